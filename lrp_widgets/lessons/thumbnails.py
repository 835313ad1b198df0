"""The lessons' pictures, for the index; `tools/lesson_pictures.py` takes them."""

from .._support.paths import folder
from .catalog import lesson


def picture(number):
    """Return a lesson's picture: a PNG file's bytes, None while there is none, and its words."""
    path = folder("images") / "lessons" / f"{number:02d}.png"
    return path.read_bytes() if path.is_file() else None, lesson(number).shows
