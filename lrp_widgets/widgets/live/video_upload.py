"""Films in the live view: uploaded by the browser, explained frame by frame."""

import io

from PIL import Image

from ..._support.errors import FilmError
from ...lrp.live_frame import square
from .uploaded_video import PIECE, UploadedVideo

QUALITY = 92  # of the JPEG that the browser draws below the relevance


class VideoUpload:
    """What a `Live` does with films.

    The browser's messages are "film-begin", "film-piece", "film-frame" and "film-close". Of the
    widget it uses `send` and `_look_at(id, get_frame)`.
    """

    _clip = None

    def _receive_film(self, message, buffers):
        """Answer one of the messages about films."""
        try:
            match message["type"]:
                case "film-begin":
                    self._close_film()
                    self._clip = UploadedVideo(str(message["name"]), int(message["size"]))
                    self.send({"type": "film-more", "received": 0, "piece": PIECE})
                case "film-piece" if self._clip is not None:
                    self._take(bytes(buffers[0]))
                case "film-frame":
                    self._look_at(message["id"], lambda: self._film_frame(message["time"]))
                case "film-close":
                    self._close_film()
        except (FilmError, OSError) as error:
            self._close_film()
            self.send({"type": "film-refused", "sentence": str(error)})

    def _take(self, piece):
        if self._clip.take(piece):
            self.send({"type": "film-ready", "duration": self._clip.duration})
        else:
            self.send({"type": "film-more", "received": self._clip.received, "piece": PIECE})

    def _film_frame(self, time):
        """The frame's picture, what is told of it, and its JPEG."""
        if self._clip is None:
            raise FilmError("There is no film any more; open one again.")
        at, pixels, following = self._clip.frame(time)
        picture = square(pixels)
        file = io.BytesIO()
        Image.fromarray(picture).save(file, "JPEG", quality=QUALITY)
        return picture, {"time": at, "next": following}, file.getvalue()

    def _close_film(self):
        clip, self._clip = self._clip, None
        if clip is not None:
            clip.close()
