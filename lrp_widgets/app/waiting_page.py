"""What a visitor gets while a server has no place: status 503, and a page that opens by itself."""

import errno
import secrets
from pathlib import Path

from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.utils import url_path_join
from tornado.web import authenticated

from .._support.templates import template
from .admission import RESERVED
from .headers import OurHeaders

COOKIE = "lrp_place"
RETRY_AFTER = 30  # seconds
_FULL_DISK = (errno.ENOSPC, errno.EFBIG, errno.EDQUOT)


class QueuePlace(OurHeaders, JupyterHandler):
    """Answers {"place": …} for a waiting page's ticket: from 1, and 0 once it may enter."""

    def initialize(self, admission):
        self.admission = admission

    @authenticated
    def get(self, ticket):
        self.set_header("Cache-Control", "no-store")
        self.finish({"place": self.admission.place(ticket)})


def refuse(handler, full):
    """Finish a handler's request with 503; full: whether all places are taken, or only starts."""
    title = "All places are taken at the moment" if full else "Many are arriving at the moment"
    ticket = secrets.token_urlsafe(16)
    _finish(
        handler,
        title,
        said="Everybody here gets a Python of their own, one after the other.",
        soft="Stay on this page: it opens by itself when it is your turn.",
        queue=url_path_join(handler.base_url, "voila/api/queue", ticket),
        cookie=f"{COOKIE}={ticket}",
        base_url=handler.base_url,
        reserved=RESERVED,
    )


def tell_failure(handler, error):
    """Finish a handler's request with 503: an OSError keeps the server from starting a kernel."""
    full = error.errno in _FULL_DISK
    _finish(
        handler,
        "No Python can be started here at the moment",
        said="The server's disk is full." if full else f"The server says: {error.strerror}.",
        soft=f"Tell whoever runs it. This page tries again every {RETRY_AFTER} seconds.",
        queue=None,
    )


def _finish(handler, title, **words):
    handler.set_status(503)
    handler.set_header("Retry-After", str(RETRY_AFTER))
    handler.set_header("Cache-Control", "no-store")
    if "text/html" not in handler.request.headers.get("Accept", ""):
        handler.set_header("Content-Type", "text/plain; charset=utf-8")
        handler.finish(f"{title}. Try again in {RETRY_AFTER} seconds.\n")
        return
    handler.set_header("Content-Type", "text/html; charset=utf-8")
    handler.finish(
        template("waiting_page.html.j2", Path(__file__).parent).render(
            title=title, retry_after=RETRY_AFTER, **words
        )
    )
