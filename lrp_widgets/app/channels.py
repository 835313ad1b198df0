"""The websocket between a page and its kernel."""

from jupyter_server.services.kernels.websocket import KernelWebsocketHandler
from voila.tornado.kernel_websocket_handler import VoilaKernelWebsocketHandler

PROTOCOL = "v1.kernel.websocket.jupyter.org"
# Bytes that may wait for a page which reads more slowly than its kernel answers. A page stays far
# below, on any line: it asks again once it has its answer, and the largest, VGG16's, has 2.7 MB.
MOST_WAITING = 50_000_000


class Channels(VoilaKernelWebsocketHandler):
    """Voilà's websocket, for visitors too who are no page of ours.

    Who speaks another protocol: Voilà takes the first bytes of each binary message for a count,
    which they are in version 1 of the protocol alone. In the older one they are billions, and the
    server filled its memory with as many numbers while everybody waited.

    Who asks and does not read: the answers would wait in the server's memory, without an end.

    Who says that a message has billions of parts, or goes on sending while the connection ends
    (its protocol is then unknown, and read as the older one): the server made room for them all.
    """

    waiting = 0

    def on_message(self, ws_message):
        if self.ws_connection is None:
            return
        if isinstance(ws_message, bytes) and not self._has_its_parts(ws_message):
            self.close(1007, "This is no message.")
            return
        super().on_message(ws_message)

    def _has_its_parts(self, message):
        """Whether a binary message is long enough for the places of its parts."""
        size, order = (8, "little") if self.selected_subprotocol == PROTOCOL else (4, "big")
        return size * (int.from_bytes(message[:size], order) + 1) <= len(message)

    def write_message(self, message, binary=False):
        if self.waiting > MOST_WAITING:
            return None  # it is being closed
        if isinstance(message, bytes) and self.selected_subprotocol != PROTOCOL:
            written = KernelWebsocketHandler.write_message(self, message, binary)
        else:
            written = super().write_message(message, binary)
        if written is not None:
            self._count(len(message), written)
        return written

    def on_close(self):
        super().on_close()
        if self.waiting > MOST_WAITING:  # nor are its answers kept for when it comes again
            self.kernel_manager.stop_buffering(self.kernel_id)

    def _count(self, size, written):
        self.waiting += size
        written.add_done_callback(lambda _: self._has_left(size))
        if self.waiting > MOST_WAITING:
            self.close(1008, "More was asked for than is read.")

    def _has_left(self, size):
        if self.waiting <= MOST_WAITING:
            self.waiting -= size
