"""Turns whatever holds a picture (a file, bytes, an array) into a plain RGB Pillow image.

A file of a few kilobytes can claim a hundred million pixels. So a picture is decoded at a reduced
size where the format can (JPEG), and what is larger than the answer needs is turned into colours
band by band, made smaller by the same step. What that takes is reckoned from the file's head, and
refused before any memory is used.
"""

import io
import os
import struct
import warnings

import numpy as np
from PIL import ExifTags, Image

from .._support.checks import quoted, spelled_out
from .._support.host_limits import named_files_allowed
from .picture_limits import MEMORY, most_bytes, most_pixels

# Only these decoders are tried: others (EPS, for one) start programs or have no use here.
FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF", "PPM")

# Bytes of a pixel in Pillow's memory, by mode; 4 for all the others.
PIXEL = {"1": 1, "L": 1, "P": 1, "I;16": 2, "I;16B": 2, "I;16L": 2, "I;16N": 2}

# Bytes that a decoder needs for a pixel beside the picture itself; measured, rounded up.
# WebP has three more canvases of four channels.
BESIDE = {"WEBP": 13, "GIF": 2, "BMP": 4, "PPM": 4}

# Pictures of more pixels than this are made smaller, to no less than twice the wanted size, before
# they are resized; of a smaller one every pixel counts.
WHOLE = 8_000_000

# Pixels that are turned into colours at a time.
BAND = 2**20

EXIF_ORIENTATION = 0x0112
TRANSPOSE = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
SIDEWAYS = (5, 6, 7, 8)


class ImageError(ValueError):
    """A picture that cannot be read or does not suit the network; its text is one sentence."""


def open_file(path, size=None):
    """Return the middle of the picture in a file as RGB; `size` as in `fit`.

    Raises ImageError for a missing path, a folder, a file without permission or no picture.
    """
    name = quoted(path)
    try:
        named_files_allowed()
    except ValueError as error:
        raise ImageError(str(error)) from None
    try:
        path = os.path.expanduser(path)
        if os.path.isdir(path):
            raise ImageError(f"{name} is a folder; name one picture in it.")
        file = open(path, "rb")  # noqa: SIM115  (its errors are told apart from the decoder's)
    except FileNotFoundError:
        raise ImageError(f"There is no file {name}.") from None
    except ImageError:
        raise
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ImageError(f"{name} cannot be read ({reason}).") from error
    with file:
        return _decode(file, name, size)


def open_bytes(data, size=None):
    """Return the middle of the picture in a file's content, given as bytes, as RGB.

    `size` as in `fit`. Raises ImageError where it is no picture.
    """
    return _decode(io.BytesIO(data), "The uploaded file", size)


def from_array(array, size=None, name="The array"):
    """Return the middle of an array (H, W), (H, W, 1 | 3), or with alpha (H, W, 2 | 4), as RGB.

    Integers count 0..255 (uint16: 0..65535), floats 0..1, booleans black and white. `size` as in
    `fit`. Raises ImageError for other shapes and for values outside that range.
    """
    try:
        array = np.asarray(array)
    except ValueError:  # lists of different lengths
        raise ImageError(f"{name} is no picture: its rows differ in length.") from None
    if array.ndim == 2:
        array = array[..., None]
    if array.ndim != 3 or array.shape[2] not in (1, 2, 3, 4) or 0 in array.shape:
        raise ImageError(
            f"{name} of shape {array.shape} is no picture; (height, width), or with 1 to 4 "
            "channels last, would be."
        )
    mode = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}[array.shape[2]]
    pixels = np.empty(array.shape, np.uint8)
    step = max(1, BAND // array.shape[1])
    for top in range(0, len(array), step):
        pixels[top : top + step] = _to_bytes(array[top : top + step], name)
    return fit(Image.fromarray(pixels[..., 0] if mode == "L" else pixels), size, name)


def from_pillow(image, size=None):
    """Return the middle of a Pillow image as RGB; `size` as in `fit`. Raises ImageError."""
    try:
        return fit(image, size)
    except ImageError:
        raise
    except Exception as error:  # its file may be read only now, and be damaged
        reason = spelled_out(str(error)).rstrip(".") or type(error).__name__
        raise ImageError(f"The picture cannot be read ({reason}).") from error


def fit(image, size=None, name="The picture", orientation=1):
    """Crop the middle of a Pillow image to (height, width), and resize it: an RGB image.

    Without a size it is the largest square. Transparency is laid on white, 16 bits are scaled to 8.
    `orientation`: how EXIF says that the picture lies.
    """
    if orientation in SIDEWAYS and size is not None:
        size = size[::-1]
    box, factor = _middle(image.size, size)
    image = _colours(image, box, factor, name)
    if size is not None and image.size != size[::-1]:
        inner = tuple((end - start) / factor for start, end in zip(box[:2], box[2:], strict=True))
        image = image.resize(size[::-1], Image.Resampling.LANCZOS, box=(0, 0, *inner))
    if orientation in TRANSPOSE:
        image = image.transpose(TRANSPOSE[orientation])
    return image


def _middle(whole, size):
    """The box of the middle of an image (width, height), and by what factor it shrinks at once."""
    height, width = size or (min(whole),) * 2
    scale = min(whole[1] / height, whole[0] / width)
    across, down = max(1, round(scale * width)), max(1, round(scale * height))
    left, top = (whole[0] - across) // 2, (whole[1] - down) // 2
    large = across * down > WHOLE
    factor = max(1, int(scale // 2)) if size and large else 1
    return (left, top, left + across, top + down), factor


def _colours(image, box, factor, name):
    """The part of an image in the box as RGB, `factor` times smaller, band by band."""
    left, top, right, bottom = box
    if image.mode == "RGB" and not image.has_transparency_data and factor == 1:
        return image if box == (0, 0, *image.size) else image.crop(box)
    colours = Image.new("RGB", (-(-(right - left) // factor), -(-(bottom - top) // factor)))
    step = factor * max(1, BAND // ((right - left) * factor))
    for start in range(top, bottom, step):
        band = _to_rgb(image.crop((left, start, right, min(start + step, bottom))), name)
        band = band.reduce(factor) if factor > 1 else band
        colours.paste(band, (0, (start - top) // factor))
    return colours


def _to_rgb(image, name):
    """A Pillow image as RGB: 16 bits scaled to 8, transparency laid on white."""
    if image.mode.startswith("I") or image.mode == "F":
        values = _to_bytes(_wide_values(image, name), name)
        return Image.fromarray(values).convert("RGB")
    if image.has_transparency_data:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image)
    return image.convert("RGB")


def _decode(file, name, size):
    pixels, length = most_pixels(), most_bytes()
    try:
        image = _open(file, name, pixels, length)
        if size is not None:
            # Only JPEG can do this, by a half, a quarter or an eighth; the others ignore it.
            side = max(size)
            image.draft(None, (2 * side, 2 * side))
        _check_memory(image, file, name, size)
        image.load()
        return fit(image, size, name, _orientation(image))
    except ImageError:
        raise
    except MemoryError:
        raise ImageError(f"{name} is too large for this machine's memory.") from None
    except Exception as error:  # a broken file makes decoders fail in many ways
        reason = spelled_out(str(error)).rstrip(".") or type(error).__name__
        raise ImageError(f"{name} is damaged or cut off ({reason}).") from error


def _open(file, name, most_pixels, most_bytes):
    """Read the file's head only, and refuse what is no picture or too large."""
    length = file.seek(0, os.SEEK_END)
    file.seek(0)
    if length == 0:
        raise ImageError(f"{name} is empty.")
    if length > most_bytes:
        raise ImageError(
            f"{name} is too large: it has more than the {most_bytes / 10**6:g} million bytes that "
            "are read."
        )
    most = f"more than the {most_pixels / 10**6:g} million that are read"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image = Image.open(file, formats=FORMATS)
    except Image.UnidentifiedImageError:
        raise ImageError(
            f"{name} is not a picture that can be read; JPEG, PNG, WebP, BMP, GIF and TIFF can."
        ) from None
    except Image.DecompressionBombError:
        raise ImageError(f"{name} is too large: {most}.") from None
    if image.width * image.height > most_pixels:
        size = f"{image.width} × {image.height} pixels"
        raise ImageError(f"{name} is too large: {size} are {most}.")
    return image


def _check_memory(image, file, name, size):
    """Refuse a picture whose decoding would take too much memory, reckoned from its head."""
    pixels = image.width * image.height
    each = PIXEL.get(image.mode, 4) + BESIDE.get(image.format, 0)
    needed = each * pixels
    if image.format in ("JPEG", "MPO"):
        needed += _kept_whole(file)
    elif image.format == "TIFF":
        needed += _strip(image)
    box, factor = _middle(image.size, size)
    if image.mode != "RGB" or factor > 1 or box != (0, 0, *image.size):  # else it stays as it is
        needed += 4 * (box[2] - box[0]) * (box[3] - box[1]) // factor**2
    if size is not None:  # resized in width, then in height
        height, width = size
        needed += 4 * width * (box[3] - box[1]) // factor + width * height
    if needed > MEMORY:
        raise ImageError(
            f"{name} is too large: to decode {image.width} × {image.height} pixels of this kind "
            f"takes {needed / 2**20:.0f} MB of memory, and {MEMORY // 2**20} are allowed."
        )


def _strip(image):
    """Bytes of the strip, or tile, that a TIFF's decoder unpacks at a time: it may be all."""
    tags, tag = image.tag_v2, ExifTags.Base
    tile = tags.get(tag.TileWidth, 0) * tags.get(tag.TileLength, 0)
    rows = min(tags.get(tag.RowsPerStrip, image.height), image.height)
    bits = max(32, sum(tags.get(tag.BitsPerSample, (1,))))
    return max(tile, image.width * rows) * bits // 8


def _kept_whole(file):
    """Bytes of the coefficients that a JPEG's decoder keeps of the whole picture at once.

    It does so where they come in several scans: 2 bytes for each of a component's pixels, and all
    components are reckoned at full resolution.
    """
    file.seek(2)
    components, pixels, progressive = 1, 0, False
    while (head := file.read(4)) and len(head) == 4:
        marker, length = head[1], struct.unpack(">H", head[2:])[0]
        if head[0] != 0xFF:
            break
        if marker == 0xFF:  # filling
            file.seek(-3, os.SEEK_CUR)
            continue
        body = file.read(max(0, length - 2))
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC) and len(body) >= 6:
            rows, columns, components = struct.unpack(">HHB", body[1:6])
            pixels, progressive = rows * columns, marker not in (0xC0, 0xC1)
        if marker == 0xDA:
            several = progressive or not body or body[0] < components
            return 2 * components * pixels if several else 0
    return 2 * components * pixels


def _orientation(image):
    """How EXIF says that the picture lies; 1, upright, where its block is broken."""
    try:
        return image.getexif().get(EXIF_ORIENTATION, 1)
    except Exception:  # the picture itself is fine, so its remarks must not stop us
        return 1


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
