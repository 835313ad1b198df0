"""From relevance to colour: diverging maps, symmetric about zero, in which zero is white.

The browser draws from the same tables (`lookup_table`), so a saved figure and the page agree.
They are made from matplotlib's maps by tools/color_tables.py.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from .checks import number, shown

TABLES = Path(__file__).with_name("color_tables.npz")

COLORMAPS = ("RdBu_r", "PuOr_r", "seismic")
DIFFERENCE = "PRGn"  # of two maps: never taken for relevance itself
SCALES = ("symmetric", "min-max")
PERCENTILE = 99.5

# Zero needs an entry of its own with as many below as above it, which 256 entries cannot give:
# entry 128 is zero, 1 and 255 are the limits, and entry 0 repeats entry 1.
ZERO = 128
STEPS = 127

INK = (29, 37, 48)


@dataclass(frozen=True)
class Limits:
    """The values drawn in the outermost colours, and the share of the values beyond them."""

    low: float
    high: float
    clipped: float = 0.0


def lookup_table(name):
    """Return the colour table of one of COLORMAPS or of DIFFERENCE, uint8 (256, 3).

    Entry 128 is zero and exactly white; entry 128 + k and 128 − k are equally far from it, for k up
    to 127, the limit. Entry 0 repeats entry 1. Raises ValueError for an unknown name.
    """
    if not isinstance(name, str) or name not in (*COLORMAPS, DIFFERENCE):
        raise ValueError(f"Unknown colour map {shown(name)}; there are {', '.join(COLORMAPS)}.")
    return _tables()[name]


@cache
def _tables():
    """Kept in a file: a page needs them at once, and importing matplotlib takes its time."""
    with np.load(TABLES) as file:
        return dict(file)


def find_limits(relevance, scale="symmetric", percentile=PERCENTILE):
    """Return the Limits between which `relevance` (any shape) is drawn.

    scale "symmetric": ± the given percentile of |R|, so that zero keeps its colour; where that
    percentile is zero (nearly all of the map is), ± the maximum. "min-max": from the smallest to
    the largest value, as the post draws it; zero then has no colour of its own.
    Raises ValueError for another scale or a percentile outside (0, 100].
    """
    if not isinstance(scale, str) or scale not in SCALES:
        raise ValueError(f"Unknown scale {shown(scale)}; there are {' and '.join(SCALES)}.")
    percentile = number("The percentile", percentile, above=0, most=100)
    relevance = np.asarray(relevance)
    if scale == "min-max":
        return Limits(float(relevance.min()), float(relevance.max()))
    size = np.abs(relevance)
    limit = float(np.percentile(size, percentile)) or float(size.max())
    return Limits(-limit, limit, float(np.mean(size > limit)))


def activation_table():
    """Return the colours of activations, uint8 (256, 3): from white, entry 1, to ink, entry 255.

    Gray, so that nobody takes an activation for relevance.
    """
    depth = np.clip(np.arange(256) - 1, 0, None)[:, None] / (2 * STEPS)
    return np.floor(255 + (np.array(INK) - 255) * depth + 0.5).astype(np.uint8)


def find_activation_limits(activation, scale="symmetric", percentile=PERCENTILE):
    """Return the Limits between which an activation (any shape) is drawn.

    scale "symmetric": from zero, or from the lowest percentile where that is below it, to the
    highest; "min-max": from the smallest to the largest value.
    """
    activation = np.asarray(activation)
    if scale == "min-max":
        return find_limits(activation, scale)
    low, high = np.percentile(activation, (100 - percentile, percentile))
    low = min(0.0, float(low))
    high = max(float(high) or float(activation.max()), low)
    return Limits(low, high, float(np.mean((activation < low) | (activation > high))))


def to_index(relevance, limits):
    """Return each value's entry in a colour table, uint8 of the same shape: 1 at low, 255 at high.

    Values beyond the limits take the limits' colours. Where low equals high all get entry 128.
    """
    span = limits.high - limits.low
    if span == 0:
        return np.full(np.shape(relevance), ZERO, np.uint8)
    middle = (limits.high + limits.low) / 2
    position = np.clip((np.asarray(relevance, np.float64) - middle) / (span / 2), -1, 1)
    return (ZERO + np.rint(STEPS * position)).astype(np.uint8)


def to_rgb(relevance, limits, name="RdBu_r"):
    """Return relevance as colours, uint8 (H, W, 3).

    relevance (H, W) is coloured through the table `name`. relevance (H, W, 3), the "rgb" view,
    keeps its channels: each is one colour's brightness, and a symmetric scale draws zero mid-gray.
    """
    index = to_index(relevance, limits)
    return index if index.ndim == 3 else lookup_table(name)[index]


def overlay(colors, picture, strength):
    """Lay relevance colours over a picture, uint8 (H, W, 3) of the picture's size.

    colors: uint8 (h, w, 3), enlarged to the picture without smoothing. picture: uint8 (H, W, 3),
    drawn in gray so that every colour seen is relevance. strength: 0 (picture alone) to 1
    (relevance alone). Raises ValueError for a strength outside 0..1.
    """
    from PIL import Image

    strength = number("The overlay's strength", strength, 0, 1)
    size = (picture.shape[1], picture.shape[0])
    above = Image.fromarray(colors).resize(size, Image.Resampling.NEAREST)
    below = Image.fromarray(picture).convert("L").convert("RGB")
    return np.asarray(Image.blend(below, above, strength))
