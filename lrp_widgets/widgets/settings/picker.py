"""Choose the picture: sample photographs, drawn scenes, or one of the visitor's own."""

import base64
import io
from functools import cache

import anywidget
import traitlets
from PIL import Image

from ...media.images import PHOTOGRAPHS, SAMPLES, load_image
from ...media.picture_limits import most_bytes
from ..shared.built import built

# Above what the browser shrinks a picture before it sends it.
LARGE_FILE = 6_000_000  # bytes; servers commonly refuse messages above 10 MiB
LARGE_SIDE = 2048  # pixels

THUMBNAIL = 96  # pixels a side


class PicturePicker(anywidget.AnyWidget):
    """A gallery of the sample pictures with a tile for uploading, dropping or pasting one.

        picker = PicturePicker(selected="cat")

    `selected` is a sample's name, or "" for the visitor's own picture, whose file's bytes are
    `upload` (shrunk in the browser where it is large). `uploads` counts them, so that sending the
    same picture again is an event too. The bytes stay in memory and are never written to disk.
    """

    _esm = built("settings/picker.js")
    _css = built("settings/picker.css")

    samples = traitlets.List(traitlets.Dict()).tag(sync=True)
    # No path: the browser might name any file of the server.
    selected = traitlets.Enum((*SAMPLES, ""), SAMPLES[0]).tag(sync=True)
    # The browser's bytes arrive as a memoryview, which Bytes alone would refuse silently.
    upload = traitlets.Bytes(b"").tag(
        sync=True, echo_update=False, from_json=lambda v, _: _taken(v)
    )
    uploads = traitlets.Int(0).tag(sync=True)
    disabled = traitlets.Bool(False).tag(sync=True)
    largest = traitlets.Int(help="in bytes; the host's limit").tag(sync=True)
    large_file = traitlets.Int(LARGE_FILE).tag(sync=True)
    large_side = traitlets.Int(LARGE_SIDE).tag(sync=True)

    def __init__(self, **traits):
        super().__init__(samples=_samples(), **{"largest": most_bytes(), **traits})

    @property
    def picture(self):
        """What is chosen: a sample's name, or the bytes of the visitor's picture."""
        return self.selected or self.upload

    @picture.setter
    def picture(self, value):
        with self.hold_trait_notifications():
            if isinstance(value, bytes):
                self.upload, self.selected = value, ""
            else:
                self.selected = value


def _taken(data):
    """An upload's bytes; of one above the limit no more than `load_image` needs to refuse it."""
    return bytes(memoryview(data)[: most_bytes() + 1])


@cache
def _samples():
    """Name, kind and small picture (a data address) of every sample, for the browser."""
    return [
        {
            "name": name,
            "kind": "photograph" if name in PHOTOGRAPHS else "scene",
            "source": _data_address(load_image(name, size=THUMBNAIL)),
        }
        for name in SAMPLES
    ]


def _data_address(pixels):
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=85)
    return "data:image/jpeg;base64," + base64.b64encode(file.getvalue()).decode()
