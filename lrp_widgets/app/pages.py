"""Our pages: the same handlers under `lrp-widgets dashboard` and under a Jupyter server's Voilà."""

import asyncio

from jupyter_core.utils import ensure_async
from jupyter_server.utils import url_path_join
from tornado.ioloop import IOLoop
from tornado.web import authenticated
from voila.tornado.handler import TornadoVoilaHandler

from . import classroom_socket, forked_kernels, public, pulse, waiting_page
from .admission import RESERVED
from .classroom import Classroom
from .guide_page import GuidePage
from .headers import OurHeaders
from .worksheet_page import WorksheetPage

_PATIENCE = 2  # seconds that a visitor is kept before the waiting page is shown
_LOOK_AGAIN = 0.2


def handlers(base_url, folder, settings, admission, above=""):
    """Return the handlers of notebooks, the teachers' pages, the queue, the pulse, the class.

    base_url: the server's; folder: a regular expression for the notebooks' folder below the
    server's root, "" or ending in "/"; settings: what Voilà's handler takes (`config`,
    `template_paths`, `voila_configuration`), and `contents`, the contents manager where it is not
    the server's; admission: an `Admission`; above: what stands before the folder in the address.
    """
    below, api = (url_path_join(base_url, "voila", name) for name in ("render/", "api/"))
    admitting = {"admission": admission}
    return [
        (rf"{below}{above}({folder}[^/]+\.ipynb)", Page, settings | admitting),
        (f"{below}{above}{folder}{GuidePage.name}", GuidePage),
        (f"{below}{above}{folder}{WorksheetPage.name}", WorksheetPage),
        (rf"{api}queue/([\w-]+)", waiting_page.QueuePlace, admitting),
        pulse.handler(base_url, **admitting),
        classroom_socket.handler(base_url, Classroom(admission.kernels)),
    ]


class Page(OurHeaders, TornadoVoilaHandler):
    """A notebook as a page, for those who find a place: that of its address, or the one given."""

    def initialize(self, admission, contents=None, **settings):
        super().initialize(**settings)
        self.contents = contents
        self.admission = admission
        self.kernel = self.process = None
        self.left = False

    @property
    def contents_manager(self):
        """The server's, or that of a folder which the server does not show."""
        return self.contents or super().contents_manager

    @property
    def kernel_manager(self):
        """The server's, which tells this page its kernel."""
        return _Telling(super().kernel_manager, self._gets)

    @authenticated
    async def get(self, path=None):
        if not await self._enters():
            waiting_page.refuse(self, full=not self.admission.is_room())
            return
        self.clear_cookie(waiting_page.COOKIE, path=self.base_url)
        # Sets the cookie of the check against forged requests. With its last message a page ends
        # its kernel; without the cookie that is refused, and the kernel stays until it is culled.
        self.xsrf_token  # noqa: B018
        try:
            await super().get(path)
        except OSError as error:
            if self.kernel is not None:  # something of the page has been sent
                raise
            waiting_page.tell_failure(self, error)
        finally:
            self.admission.is_whole(self.kernel)
            if self.kernel is not None:
                IOLoop.current().spawn_callback(forked_kernels.begin_after, self.process)
                IOLoop.current().call_later(0 if self.left else RESERVED, self._end_unless_seen)

    def on_connection_close(self):
        super().on_connection_close()
        self.left = True

    async def _enters(self):
        ticket = self.get_cookie(waiting_page.COOKIE)
        for _ in range(round(_PATIENCE / _LOOK_AGAIN)):
            if self.admission.enter(ticket):
                return True
            await asyncio.sleep(_LOOK_AGAIN)
        return False

    def _gets(self, kernel):
        self.kernel = kernel
        self.admission.has_kernel(kernel)
        provisioner = self.settings["kernel_manager"].get_kernel(kernel).provisioner
        self.process = getattr(provisioner, "pid", None)
        public.limit_kernel(self.process)

    async def _end_unless_seen(self):
        """End the kernel of a page that runs no JavaScript, as a crawler's, or was left at once."""
        kernels = self.settings["kernel_manager"]
        if self.kernel not in kernels:
            return
        connected = kernels.kernel_model(self.kernel)["connections"] > 0
        if self.left or not (connected or self.admission.is_seen(self.kernel)):
            await ensure_async(kernels.shutdown_kernel(self.kernel))


class _Telling:
    """A kernel manager that tells which kernel a page gets, a new one or one that is ready.

    New ones are forked where they can be, unless the host has said otherwise.
    """

    def __init__(self, kernels, tell):
        self._kernels, self._tell = kernels, tell

    def __getattr__(self, name):
        return getattr(self._kernels, name)

    async def start_kernel(self, env, **arguments):
        env = {forked_kernels.WISH: "1"} | env
        kernel = await ensure_async(self._kernels.start_kernel(env=env, **arguments))
        self._tell(kernel)
        return kernel

    async def get_rendered_notebook(self, **arguments):
        *rendered, kernel = await self._kernels.get_rendered_notebook(**arguments)
        self._tell(kernel)
        return *rendered, kernel
