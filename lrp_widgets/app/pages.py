"""The addresses of our pages, the same under `lrp-widgets dashboard` and a Jupyter server's Voilà."""

from jupyter_server.utils import url_path_join
from tornado.web import authenticated
from voila.tornado.handler import TornadoVoilaHandler

from . import pulse
from .guide_page import GuidePage


class Page(TornadoVoilaHandler):
    """A notebook as a page: the notebook of its address, or the one that it is given."""

    @authenticated
    async def get(self, path=None):
        # Sets the cookie of the check against forged requests. With its last message a page ends
        # its kernel; without the cookie that is refused, and the kernel stays until it is culled.
        self.xsrf_token  # noqa: B018
        await super().get(path)


def handlers(base_url, folder, settings):
    """Return the handlers of the notebooks of a folder, of the guide beside them, and the pulse.

    base_url: the server's; folder: a regular expression for the notebooks' folder below the
    server's root, "" or ending in "/"; settings: what Voilà's handler takes (`config`,
    `template_paths`, `voila_configuration`).
    """
    below = url_path_join(base_url, "voila/render/")
    return [
        (rf"{below}({folder}[^/]+\.ipynb)", Page, settings),
        (f"{below}{folder}{GuidePage.name}", GuidePage),
        pulse.handler(base_url),
    ]
