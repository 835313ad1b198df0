"""The teaching guide as a page of the server: its links open the dashboard beside it, ready set.

The page is plain HTML, without a kernel. It lies in the same folder as the pages of the notebooks,
so the guide's own links (``dashboard.ipynb?picture=star``) hold wherever that folder is: under
``lrp-widgets dashboard``, on a Jupyter server, on Binder. JupyterLab's own preview of the file
would take them for names of files.
"""

from pathlib import Path

from jupyter_server.base.handlers import JupyterHandler
from tornado.web import authenticated

from .._support.paths import folder
from .._support.templates import template
from ..figures import markdown
from .headers import OurHeaders

_HERE = Path(__file__).parent


class GuidePage(OurHeaders, JupyterHandler):
    """Answers with the page, to whoever may see the server's other pages."""

    name = "teaching_guide.html"

    @authenticated
    def get(self):
        self.finish(page())


def page():
    """Return the guide as a whole HTML document, with a list of its chapters."""
    guide = (folder("notebooks") / "teaching_guide.md").read_text("utf-8")
    words, headings = markdown.document(guide)
    styles = (_HERE.parent / "widgets" / "shared" / "theme.css", _HERE / "guide_page.css")
    return template("guide_page.html.j2", _HERE).render(
        title=next(text for level, _, text in headings if level == 1),
        chapters=[(anchor, text) for level, anchor, text in headings if level == 2],
        words=words,
        style="\n".join(path.read_text("utf-8") for path in styles),
    )
