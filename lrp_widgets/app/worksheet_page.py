"""Each lesson's worksheet as a page of the server, beside the teaching guide that links to it."""

from jupyter_server.base.handlers import JupyterHandler
from tornado.web import HTTPError, authenticated

from ..lessons.worksheet import worksheet
from .headers import OurHeaders


class WorksheetPage(OurHeaders, JupyterHandler):
    """Answers with the page, to whoever may see the server's other pages; it needs no kernel."""

    name = r"worksheet_(\d\d)\.html"

    @authenticated
    def get(self, number):
        try:
            self.finish(worksheet(int(number)))
        except ValueError as error:
            raise HTTPError(404, str(error)) from None
