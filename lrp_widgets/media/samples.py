"""The sample pictures: photographs from images/, and drawn scenes with a known object."""

import difflib

import numpy as np
from PIL import Image

from .._support.checks import quoted
from .decoding import ImageError

PHOTOGRAPHS = ("cat", "coffee", "astronaut", "rocket", "camera")

# One seed for each kind of scene, chosen by eye: clear, unlike each other, typical.
SCENE_SEEDS = {
    "circle": 22,
    "square": 5,
    "triangle": 3,
    "star": 14,
    "cross": 21,
    "ring": 18,
    "crescent": 20,
    "heart": 6,
}

SAMPLES = (*PHOTOGRAPHS, *SCENE_SEEDS)


def is_scene(name):
    """Return whether `name` is a drawn scene, whose object's pixels are known."""
    return isinstance(name, str) and name in SCENE_SEEDS


def sample_image(name, size=64):
    """Return a sample picture whole, uint8 (H, W, 3).

    A photograph comes in its own size; a scene is drawn at `size` pixels a side.
    Raises ImageError for an unknown name.
    """
    if is_scene(name):
        return _draw(name, size).image
    if not isinstance(name, str) or name not in PHOTOGRAPHS:
        raise ImageError(unknown_sample(name))
    from .._support.paths import folder

    with Image.open(folder("images") / f"{name}.jpg") as image:
        return np.asarray(image.convert("RGB"))


def scene_mask(name, size=64):
    """Return which pixels of the scene `name` belong to its object, bool (size, size).

    Raises ImageError where `name` is no scene: of a photograph nobody knows it exactly.
    """
    if not is_scene(name):
        raise ImageError(
            f"{quoted(name)} is no scene, so its object is not known; scenes are "
            f"{', '.join(SCENE_SEEDS)}."
        )
    return _draw(name, size).mask


def unknown_sample(name):
    """Return the sentence that says which samples there are, nearest names first."""
    word = name[:40].lower() if isinstance(name, str) else ""
    close = difflib.get_close_matches(word, SAMPLES, n=1, cutoff=0.6)
    hint = f' (did you mean "{close[0]}"?)' if close else ""
    return f"There is no sample or file {quoted(name)}{hint}; samples are {', '.join(SAMPLES)}."


def _draw(name, size):
    from .scenes import draw_scene

    return draw_scene(SCENE_SEEDS[name], kind=name, size=size)
