"""Whether the kernel behind a page still lives, which its page asks every few seconds.

A kernel that computes answers nothing else for as long as that takes: its silence says nothing. The
server knows more: whether the process runs, whether it is still the one that the page began with (a
kernel that dies is started again, and knows nothing of the page), and whether the page's websocket
is open. A page that is used says so with its question, and its kernel is not culled.
"""

from datetime import UTC, datetime

from jupyter_core.utils import ensure_async
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.utils import url_path_join
from tornado.web import authenticated

from .headers import OurHeaders


class Pulse(OurHeaders, JupyterHandler):
    """Answers {"life": …, "connected": …} for a kernel by its long random name.

    `life` is another one after a restart, and null for a kernel that has ended. With `?used` the
    question counts as the kernel's activity. Without, what rests is ended all the same. A hub's
    proxy counts every question as traffic, like JupyterLab's own; a page out of sight asks nothing.
    """

    def initialize(self, admission=None):
        self.admission = admission

    @authenticated
    async def get(self, kernel_id):
        self.set_header("Cache-Control", "no-store")
        if self.admission is not None:
            self.admission.sees(kernel_id)
        answer = await pulse(self.kernel_manager, kernel_id)
        if answer["life"] and self.get_argument("used", None) is not None:
            self.kernel_manager.get_kernel(kernel_id).last_activity = datetime.now(UTC)
        self.finish(answer)


async def pulse(kernels, kernel_id):
    """What is known of a kernel, given a server's kernel manager."""
    if kernel_id not in kernels or not await ensure_async(kernels.is_alive(kernel_id)):
        return {"life": None, "connected": False}
    process = getattr(kernels.get_kernel(kernel_id).provisioner, "pid", None)
    connections = kernels.kernel_model(kernel_id)["connections"]
    return {"life": str(process), "connected": connections > 0}


def handler(base_url, **settings):
    """The handler with its address, to be asked before Voilà's."""
    return url_path_join(base_url, r"/voila/api/pulse/([\w-]+)"), Pulse, settings
