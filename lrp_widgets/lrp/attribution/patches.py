"""A picture's patches, and what is put in their place."""

import numpy as np

from ..._support import checks

BASELINES = ("mean", "black", "blur", "border", "noise")
WIDEST = 16

# The longer side of a picture (pixels) up to which small patches suit it.
SMALL = 128


def suiting_width(height, width):
    """Return the width of patches that suits a picture: 8 pixels for small ones, else 16."""
    return 8 if max(height, width) <= SMALL else WIDEST


def patches(height, width, size):
    """Return the patches of a picture as pairs of slices, row by row.

    They are `size` pixels wide, 1 to `WIDEST`; the last of a row or column are narrower where the
    picture's sides are no multiples of it.
    """
    size = checks.whole_number("The width of a patch", size, 1, WIDEST)
    return [
        (slice(row, min(row + size, height)), slice(column, min(column + size, width)))
        for row in range(0, height, size)
        for column in range(0, width, size)
    ]


def replacement(picture, baseline, black=0.0, seed=0) -> np.ndarray:
    """Return what replaces each pixel of a picture, (H, W, C) float64, computed from it alone.

    `baseline`:
      "mean"    the picture's mean colour;
      "black"   `black`, a number or one a channel;
      "blur"    the picture under a Gaussian, σ = an eighth of its shorter side, whose weights are
                made to add up to 1 again where it reaches over the border;
      "border"  the mean colour of the outermost pixels;
      "noise"   for each pixel the colour of one drawn from the picture, by `seed`.

    Libraries differ: Quantus's "mean" is one number for all channels, its "black" the picture's
    smallest value; Samek et al. 2017 draw noise evenly from all colours. Ours keep a picture's
    colours, so that what is put in is as little foreign to the network as its kind allows.
    """
    baseline = checks.choice("baseline", baseline, BASELINES)
    picture = checks.finite_array("The picture", picture)
    if picture.ndim != 3:
        raise ValueError(f"A picture is (H, W, C); got {checks.shown(picture)}.")
    height, width, channels = picture.shape
    pixels = picture.reshape(-1, channels)
    match baseline:
        case "mean":
            found = pixels.mean(0)
        case "black":
            found = np.asarray(black, np.float64)
        case "blur":
            rows, columns = (_gaussian(side, min(height, width) / 8) for side in (height, width))
            return np.einsum("ih,jw,hwc->ijc", rows, columns, picture, optimize=True)
        case "border":
            inside = np.zeros((height, width), bool)
            inside[1:-1, 1:-1] = True
            found = picture[~inside].mean(0)
        case "noise":
            random = np.random.default_rng(checks.seed(seed))
            found = pixels[random.integers(len(pixels), size=(height, width))]
    return np.broadcast_to(found, picture.shape).copy()


def _gaussian(side, spread):
    """The weights of a blur along one axis, (side, side); each row adds up to 1."""
    places = np.arange(side)
    weights = np.exp(-((places[:, None] - places) ** 2) / (2 * spread**2))
    return weights / weights.sum(1, keepdims=True)
