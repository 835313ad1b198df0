"""A video that arrives in pieces from the browser, and is then read frame by frame."""

import tempfile
import threading

from ..._support.errors import VideoError
from ..._support.host_limits import host_limit

# Bytes that are taken where the host says nothing else; those of one piece are well below what
# servers refuse.
LARGEST = 200_000_000
PIECE = 1_000_000

# Seconds ahead up to which frames are read one by one, rather than from the next beginning.
NEAR = 2.0


def most_bytes():
    """Return the bytes of the largest video: LRP_WIDGETS_MAX_VIDEO_BYTES, 0 for none, or 200 MB."""
    return host_limit("LRP_WIDGETS_MAX_VIDEO_BYTES", LARGEST, least=0)


class UploadedVideo:
    """An uploaded video, in a temporary file without a name that goes when the upload is closed.

        upload = UploadedVideo("holiday.mp4", size)
        upload.take(piece)          # until all have come: then it returns True
        upload.frame(1.5)           # what is seen after 1.5 seconds

    Raises VideoError, in one sentence, for what is too large, incomplete or no video.
    """

    def __init__(self, name, size):
        largest = most_bytes()
        if not largest:
            raise VideoError("This server takes no videos; the camera works all the same.")
        if size > largest:
            raise VideoError(
                f"{name} has {size / 1e6:.0f} MB; videos of up to {largest / 1e6:.0f} MB are taken."
            )
        self._name, self._size, self._received = name, size, 0
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  (closed by `close`)
        self._reading = threading.Lock()
        self._video = self._frames = None
        self._now = self._ahead = None  # the frame that is seen, and the one after it

    def take(self, piece):
        """Add a piece; return whether the video is complete, and opened."""
        self._received += len(piece)
        if self._received > self._size:
            raise VideoError(f"More of {self._name} came than was announced; open it again.")
        try:
            self._file.write(piece)
        except OSError as error:
            raise VideoError(f"There is no room for {self._name} ({error.strerror}).") from error
        if self._received < self._size:
            return False
        from ...media.video import Video

        self._file.seek(0)
        self._video = Video(self._file, self._name)
        self._go_to(0)
        if self._now is None:
            raise VideoError(f"{self._name} holds no frames.")
        return True

    @property
    def received(self):
        """How many bytes have come."""
        return self._received

    @property
    def duration(self):
        """Its length in seconds, 0 where the file does not say."""
        return self._video.duration or 0

    def frame(self, time=None):
        """Return (its time, pixels, the next one's time or None) of the frame seen at a time.

        None asks for the next frame, whenever it comes; after the last that is the last.
        """
        with self._reading:
            if self._video is None:
                raise VideoError("There is no video any more; open one again.")
            if time is None:
                if self._ahead is not None:
                    self._advance()
            else:
                if time < self._now[0] or time > self._now[0] + NEAR:
                    self._go_to(time)
                while self._ahead is not None and self._ahead[0] <= time:
                    self._advance()
            return (*self._now, self._ahead and self._ahead[0])

    def _go_to(self, time):
        self._video.go_to(time)
        self._frames = iter(self._video)
        self._ahead = next(self._frames, None)
        self._advance()

    def _advance(self):
        self._now, self._ahead = self._ahead, next(self._frames, None)

    def close(self):
        """Let go of the video and its file."""
        with self._reading:
            if self._video is not None:
                self._video.close()
            self._video = None
            self._file.close()
