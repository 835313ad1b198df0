"""Pictures for a network: from a sample's name, a file, bytes or an array to uint8 pixels."""

import os
import re

import numpy as np
from PIL import Image

from .._support.checks import shown, whole_number
from .decoding import ImageError, fit, from_array, from_pillow, open_bytes, open_file
from .samples import PHOTOGRAPHS, SAMPLES, is_scene, sample_image, scene_mask, unknown_sample
from .scenes import LARGEST as LARGEST_SCENE

__all__ = [
    "PHOTOGRAPHS",
    "SAMPLES",
    "ImageError",
    "is_scene",
    "load_image",
    "object_mask",
    "sample_image",
    "scene_mask",
]

# For a network that takes pictures of any size.
DEFAULT_SIDE = 224

# Pixels of the largest picture that is made to measure: no network here takes a tenth of that.
LARGEST = 16_000_000


def load_image(source, network=None, size=None):
    """Return a picture as a network takes it, uint8 (H, W, 3), or (H, W, 1) for a gray one.

    source: a sample's name (`SAMPLES`), a path, a picture file's bytes, an array, or a Pillow
    image. A name in SAMPLES is always the sample; write "./cat" or a Path for a file called so.
    Of an array, integers count 0..255 (uint16: 0..65535) and floats 0..1.
    network: gives the size, 224 where it takes any, and the channels.
    size: a side or (height, width), instead of the network's.

    The centre is cropped to the wanted proportions (a square without network and size) and resized
    with an antialiasing filter; a picture that fits already is returned as it is. EXIF rotation
    is followed, transparency laid on white, the first frame of an animation taken. A host sets in
    `picture_limits` how many pixels and bytes a picture may have; what decoding takes beside the
    finished picture stays below 300 MB. Raises ImageError, a ValueError, in one sentence.
    """
    if not (network is None or hasattr(network, "input_shape")):
        raise ImageError(f"network must be a Network, as load_network gives; got {shown(network)}.")
    wanted, channels = _wanted_size(network, size), _wanted_channels(network)
    image = _open(source, wanted)
    if channels == 1:
        return np.array(image.convert("L"))[..., None]
    return np.array(image)


def object_mask(picture, height, width):
    """Return which pixels are a drawn scene's object, bool (height, width); None for no scene.

    They lie where they are in the picture that `load_image` makes of that size. Only a name is a
    scene's: a Path may be that of a file which is called so as well.
    """
    if not isinstance(picture, str) or not is_scene(picture):
        return None
    side = min(max(height, width, 16), LARGEST_SCENE)
    mask = fit(Image.fromarray(scene_mask(picture, side)).convert("L"), (height, width))
    return np.array(mask.convert("L")) >= 128


def _wanted_size(network, size):
    """The height and width asked for; None for the picture's own."""
    if size is not None:
        return _sides(size)
    if network is None:
        return None
    if len(network.input_shape) != 3:
        raise ImageError(
            f"This network takes input of shape {tuple(network.input_shape)}, not pictures."
        )
    height, width, _ = network.input_shape
    return height or width or DEFAULT_SIDE, width or height or DEFAULT_SIDE


def _sides(size):
    """The height and width that a `size` names."""
    several = isinstance(size, list | tuple) or getattr(size, "ndim", 0) == 1
    try:
        sides = [whole_number("size", side, least=1) for side in (size if several else [size])]
    except ValueError:
        sides = []
    if len(sides) not in (1, 2):
        raise ImageError(
            f"The size must be a side or (height, width) in pixels, not {shown(size)}."
        )
    height, width = sides[0], sides[-1]
    if height * width > LARGEST:
        raise ImageError(
            f"A picture of {shown(height)} × {shown(width)} pixels would be too large: "
            f"{LARGEST // 10**6} million are the most that is made."
        )
    return height, width


def _wanted_channels(network):
    channels = 3 if network is None else network.input_shape[-1]
    if channels not in (1, 3, None):
        raise ImageError(f"This network takes {channels} channels; a picture has 1 or 3.")
    return channels


def _open(source, size):
    if isinstance(source, str) and source in SAMPLES:
        side = max(16, *size) if size else 64
        return fit(Image.fromarray(sample_image(source, min(side, LARGEST_SCENE))), size)
    if isinstance(source, str | os.PathLike):
        if isinstance(source, str) and _is_mere_word(source) and not os.path.exists(source):
            raise ImageError(unknown_sample(source))
        return open_file(source, size)
    if isinstance(source, bytes | bytearray | memoryview):
        return open_bytes(source, size)
    if isinstance(source, Image.Image):
        return from_pillow(source, size)
    return from_array(source, size)


def _is_mere_word(source):
    return re.fullmatch(r"[^./\\]+", source) is not None


def mirror(frame):
    """Return a frame (H, W, …) with left and right exchanged, as a mirror shows it."""
    return frame[:, ::-1]
