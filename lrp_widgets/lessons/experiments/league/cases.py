"""What the league measures on: scenes drawn from their number, and photographs without a mask."""

import hashlib
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ...._support import paths
from ....lrp.attribution.patches import WIDEST
from ....media.images import PHOTOGRAPHS, load_image
from ....media.scenes import draw_scene

# Scene k is draw_scene((SEED, k)), which no training has seen.
SEED = 20

# How many drawn scenes stay at hand: 16 kB each.
SCENES_KEPT = 512


@dataclass(frozen=True, eq=False)
class Case:
    """A picture uint8 (H, W, C), its object's pixels bool (H, W) or None, and what it shows."""

    image: np.ndarray
    mask: np.ndarray | None
    title: str


@lru_cache(SCENES_KEPT)
def scene(number, side=64):
    """The drawn scene of that number as a Case."""
    drawn = draw_scene((SEED, number), size=side)
    return Case(drawn.image, drawn.mask, f"scene {number}: {drawn.kind}")


def photograph(number, network):
    """The sample photograph of that number as a network takes it; nobody has drawn its object.

    Raises IndexError for one that does not come with the package.
    """
    return _photograph(PHOTOGRAPHS[number], network)


def photographs(network, folder=None):
    """All sample photographs, then the pictures in a folder, by name, as Cases."""
    return [_photograph(each, network) for each in (*PHOTOGRAPHS, *_pictures(folder))]


def photograph_files(folder=None):
    """What `photographs` shows: (name, SHA-256 of the file) of each."""
    own = [paths.folder("images") / f"{name}.jpg" for name in PHOTOGRAPHS]
    files = [*own, *_pictures(folder)]
    return [(file.stem, hashlib.sha256(file.read_bytes()).hexdigest()) for file in files]


def _pictures(folder):
    if folder is None:
        return []
    return sorted(f for f in folder.iterdir() if f.suffix.lower() in (".jpg", ".jpeg", ".png"))


def _photograph(source, network):
    return Case(load_image(source, network), None, getattr(source, "stem", source))


def scenes_for(network, numbers):
    """Return the scenes of those numbers at a network's size.

    Raises ValueError for a network that takes no square pictures in colour.
    """
    shape = tuple(network.input_shape)
    side = shape[0] if len(shape) == 3 else None
    if shape != (side, side, 3) or (side is not None and side < 16):
        raise ValueError(
            f"The scenes are square pictures in colour of at least 16 pixels; {network.name} takes "
            f"{' × '.join(map(str, shape))}."
        )
    return [scene(number, side or 64) for number in numbers]


def patch_of(side):
    """The width of the patches that a picture is taken apart by: an eighth of its side, at most."""
    return int(np.clip(side // 8, 1, WIDEST))
