"""The kernel of a page that is left ends with it.

A page of Voilà's says so with its last breath, but without the token against forgery that a Jupyter
server asks for, so that Voilà's own handler refuses it (its issue 1458): the kernel stays, and a
few reloads fill a small host's memory. `lrp-widgets dashboard` listens by itself, and so does a
Jupyter server, such as Binder's, where the package is installed (`server_extension`).
"""

from jupyter_server.utils import url_path_join
from voila.shutdown_kernel_handler import VoilaShutdownKernelHandler


class Goodbye(VoilaShutdownKernelHandler):
    """Ends a kernel by its long random name, which only its own page knows."""

    def check_xsrf_cookie(self):
        """The name takes the token's place."""


def handler(base_url):
    """The handler with its address, to be asked before Voilà's."""
    return url_path_join(base_url, r"/voila/api/shutdown/(.*)"), Goodbye
