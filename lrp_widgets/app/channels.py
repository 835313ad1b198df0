"""The websocket between a page and its kernel."""

from jupyter_server.services.kernels.websocket import KernelWebsocketHandler
from voila.tornado.kernel_websocket_handler import VoilaKernelWebsocketHandler

PROTOCOL = "v1.kernel.websocket.jupyter.org"


class Channels(VoilaKernelWebsocketHandler):
    """Voilà's websocket, for visitors too who speak another protocol than a page does.

    Voilà takes the first bytes of each binary message for a count, which they are in version 1 of
    the protocol alone. In the older one they are billions, and the server filled its memory with
    as many numbers while everybody waited.
    """

    def write_message(self, message, binary=False):
        if isinstance(message, bytes) and self.selected_subprotocol != PROTOCOL:
            return KernelWebsocketHandler.write_message(self, message, binary)
        return super().write_message(message, binary)
