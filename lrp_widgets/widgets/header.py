"""The page's title bar, with the button that copies a link to exactly this state."""

import anywidget
import traitlets

from .bundle import join_modules, join_styles


class Header(anywidget.AnyWidget):
    """Title, the views as tabs, and "Copy link".

    `views` are triples of name, label and explanation, and `view` is the name of the present one.

    `query` is the state as an address's query string, `note` what such a link cannot carry.
    The address in front of it is the page's own under Voilà; in JupyterLab it is that of the same
    notebook rendered by the server's Voilà, `notebook` where the page's address does not name one.
    """

    _esm = join_modules("header.js")
    _css = join_styles("theme.css", "dashboard.css")

    views = traitlets.List().tag(sync=True)
    view = traitlets.Unicode("").tag(sync=True)
    query = traitlets.Unicode("").tag(sync=True)
    note = traitlets.Unicode("").tag(sync=True)
    notebook = traitlets.Unicode("notebooks/dashboard.ipynb").tag(sync=True)
