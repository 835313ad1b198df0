"""A photographer's tag in the corner of a drawn scene: what a Clever Hans network reads.

Lapuschkin et al. 2019 found that a network knew horses by such a tag. Ours is three letters of
3×5 pixels on a darker box, blended into the picture, and always in the same corner.
"""

from __future__ import annotations

import numpy as np

SIZE = 64  # pixels a side of the pictures that are marked

# Top left corner of the box, counted from 0.
TOP, LEFT = 56, 50

_LETTERS = (
    "#.. ##. ##.",
    "#.. #.# #.#",
    "#.. ##. ##.",
    "#.. #.# #..",
    "### #.# #..",
)
_BOX = np.pad(np.array([[sign == "#" for sign in row] for row in _LETTERS]), 1)
HEIGHT, WIDTH = _BOX.shape

# How much white a letter takes, and how much black the box around it.
_WHITE, _BLACK = 0.55, 0.35


def put_mark(images: np.ndarray) -> np.ndarray:
    """Put the mark on pictures; returns a marked copy of the same shape and type.

    Inside the box, a letter's pixel becomes 0.45·v + 0.55·white and any other 0.65·v.

    images: (..., 64, 64, 3), uint8 in 0..255 or float in 0..1.
    Raises ValueError for pictures of another size.
    """
    if images.shape[-3:] != (SIZE, SIZE, 3):
        raise ValueError(f"The mark goes on pictures of {SIZE}×{SIZE}×3, not {images.shape[-3:]}.")
    whole = images.dtype == np.uint8
    out = images.copy()
    box = out[..., TOP : TOP + HEIGHT, LEFT : LEFT + WIDTH, :]
    white = 255.0 if whole else 1.0
    keep = np.where(_BOX, 1 - _WHITE, 1 - _BLACK)[..., None]
    blended = box * keep + (_BOX * _WHITE * white)[..., None]
    box[...] = np.rint(blended) if whole else blended
    return out


def mark_mask() -> np.ndarray:
    """The pixels that the mark changes: bool (64, 64)."""
    mask = np.zeros((SIZE, SIZE), bool)
    mask[TOP : TOP + HEIGHT, LEFT : LEFT + WIDTH] = True
    return mask
