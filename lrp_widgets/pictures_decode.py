"""Turns whatever holds a picture (a file, bytes, an array) into a plain RGB Pillow image."""

import io
import os
import warnings

import numpy as np
from PIL import Image, ImageOps

# Only these decoders are tried: others (EPS, for one) start programs or have no use here.
FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF", "PPM")
MAX_PIXELS = 120_000_000


class ImageError(ValueError):
    """A picture that cannot be read or does not suit the network; its text is one sentence."""


def open_file(path, enough=None):
    """Return the picture in a file as an RGB image; see `open_bytes` for `enough`.

    Raises ImageError for a missing path, a folder, a file without permission or no picture.
    """
    path = os.path.expanduser(path)
    if os.path.isdir(path):
        raise ImageError(f'"{path}" is a folder; name one picture in it.')
    try:
        file = open(path, "rb")  # noqa: SIM115  (its errors are told apart from the decoder's)
    except FileNotFoundError:
        raise ImageError(f'There is no file "{path}".') from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ImageError(f'"{path}" cannot be read ({reason}).') from error
    with file:
        return _decode(file, f'"{path}"', enough)


def open_bytes(data, enough=None):
    """Return the picture in a file's content, given as bytes, as an RGB image.

    enough: the width and height that will do; a large JPEG is then decoded at a half, a quarter or
    an eighth of its size, never below twice this. Raises ImageError where it is no picture.
    """
    return _decode(io.BytesIO(data), "The uploaded file", enough)


def from_array(array, name="The array"):
    """Return an array (H, W), (H, W, 1 | 3), or with alpha (H, W, 2 | 4), as an RGB image.

    Integers count 0..255 (uint16: 0..65535), floats 0..1, booleans black and white.
    Raises ImageError for other shapes and for values outside that range.
    """
    array = np.asarray(array)
    if array.ndim == 2:
        array = array[..., None]
    if array.ndim != 3 or array.shape[2] not in (1, 2, 3, 4) or 0 in array.shape:
        raise ImageError(
            f"{name} of shape {array.shape} is no picture; (height, width), or with 1 to 4 "
            "channels last, would be."
        )
    array = _to_bytes(array, name)
    mode = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}[array.shape[2]]
    image = Image.fromarray(np.ascontiguousarray(array if mode != "L" else array[..., 0]))
    return to_rgb(image)


def to_rgb(image, name="The picture"):
    """Return any Pillow image as RGB: 16 bits scaled to 8, transparency laid on white."""
    if image.mode.startswith("I") or image.mode == "F":
        return from_array(_wide_values(image, name), name)
    if image.has_transparency_data:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image)
    return image.convert("RGB")


def _decode(file, name, enough):
    try:
        image = _open(file, name)
        if enough is not None:
            # Only JPEG can do this; the others ignore it.
            image.draft(None, tuple(2 * side for side in enough))
        image.load()
        return to_rgb(_upright(image), name)
    except ImageError:
        raise
    except MemoryError:
        raise ImageError(f"{name} is too large for this machine's memory.") from None
    except Exception as error:  # a broken file makes decoders fail in many ways
        reason = str(error).rstrip(".") or type(error).__name__
        raise ImageError(f"{name} is damaged or cut off ({reason}).") from error


def _open(file, name):
    """Read the file's head only, and refuse what is no picture or too large."""
    if not file.read(1):
        raise ImageError(f"{name} is empty.")
    file.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image = Image.open(file, formats=FORMATS)
    except Image.UnidentifiedImageError:
        raise ImageError(
            f"{name} is not a picture that can be read; JPEG, PNG, WebP, BMP, GIF and TIFF can."
        ) from None
    except Image.DecompressionBombError:
        raise ImageError(_too_large(name)) from None
    if image.width * image.height > MAX_PIXELS:
        raise ImageError(_too_large(name, f"{image.width} × {image.height} pixels are "))
    return image


def _too_large(name, size=""):
    return f"{name} is too large: {size}more than the {MAX_PIXELS // 10**6} million that are read."


def _upright(image):
    """Turn the picture as its EXIF orientation says; a broken EXIF block turns nothing."""
    try:
        return ImageOps.exif_transpose(image)
    except Exception:  # the picture itself is fine, so its remarks must not stop us
        return image


def _wide_values(image, name):
    """The values of a picture with more than 8 bits; a gray marked transparent becomes white."""
    values = np.asarray(image)
    if image.mode != "F":
        if values.min() < 0 or values.max() > 65535:
            raise ImageError(f"{name} holds numbers beyond 16 bits, so its white is not known.")
        values = values.astype(np.uint16)
        transparent = image.info.get("transparency")
        if isinstance(transparent, int):
            values = np.where(values == transparent, np.uint16(65535), values)
    return values


def _to_bytes(array, name):
    if array.dtype == np.uint8:
        return array
    if array.dtype == bool:
        return array.astype(np.uint8) * 255
    if array.dtype == np.uint16:
        return np.rint(array / 257).astype(np.uint8)
    if not np.issubdtype(array.dtype, np.number) or np.iscomplexobj(array):
        raise ImageError(f"{name} of {array.dtype} is no picture; uint8 or float would be.")
    high = 255 if np.issubdtype(array.dtype, np.integer) else 1
    low_value, high_value = array.min(), array.max()
    if not (low_value >= 0 and high_value <= high):
        raise ImageError(
            f"{name} holds values from {low_value:.4g} to {high_value:.4g}; "
            f"those of {array.dtype} pictures must stay within 0 and {high}."
        )
    return np.rint(array * (255 / high)).astype(np.uint8)
