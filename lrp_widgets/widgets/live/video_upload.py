"""Videos in the live view: uploaded by the browser, explained frame by frame."""

import io

from PIL import Image

from ..._support.errors import VideoError
from ...lrp.live_frame import square
from .uploaded_video import PIECE, UploadedVideo

QUALITY = 92  # of the JPEG that the browser draws below the relevance


class VideoUpload:
    """What a `Live` does with videos.

    The browser's messages are "video-begin", "video-piece", "video-frame" and "video-close". Of the
    widget it uses `send` and `_look_at(id, get_frame)`.
    """

    _upload = None

    def _receive_video(self, message, buffers):
        """Answer one of the messages about videos."""
        try:
            match message["type"]:
                case "video-begin":
                    self._close_video()
                    self._upload = UploadedVideo(str(message["name"]), int(message["size"]))
                    self.send({"type": "video-more", "received": 0, "piece": PIECE})
                case "video-piece" if self._upload is not None:
                    self._take(bytes(buffers[0]))
                case "video-frame":
                    self._look_at(message["id"], lambda: self._video_frame(message["time"]))
                case "video-close":
                    self._close_video()
        except (VideoError, OSError) as error:
            self._close_video()
            self.send({"type": "video-refused", "sentence": str(error)})

    def _take(self, piece):
        if self._upload.take(piece):
            self.send({"type": "video-ready", "duration": self._upload.duration})
        else:
            self.send({"type": "video-more", "received": self._upload.received, "piece": PIECE})

    def _video_frame(self, time):
        """The frame's picture, what is told of it, and its JPEG."""
        if self._upload is None:
            raise VideoError("There is no video any more; open one again.")
        at, pixels, following = self._upload.frame(time)
        picture = square(pixels)
        file = io.BytesIO()
        Image.fromarray(picture).save(file, "JPEG", quality=QUALITY)
        return picture, {"time": at, "next": following}, file.getvalue()

    def _close_video(self):
        upload, self._upload = self._upload, None
        if upload is not None:
            upload.close()
