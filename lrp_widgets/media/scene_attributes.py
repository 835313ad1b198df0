"""What can be asked about drawn scenes: which shape, which colour, where, and how large.

shape    8 kinds, each against all the rest, and each pair of two
colour   the hue's sixth of the circle, each against the rest; red is centred on 0°
place    left or right half, upper or lower half, by the object's centre
size     radius above or below 0.25 of the side, which halves the range that is drawn
"""

import colorsys
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from .scenes import KINDS, Scene

HUES = ("red", "yellow", "green", "cyan", "blue", "magenta")
REST = "the rest"
MIDDLE_RADIUS = 0.25


@dataclass(frozen=True)
class Difference:
    """Two groups of scenes that something may tell apart: "star" from "cross", or from `REST`."""

    attribute: str
    one: str
    other: str = REST

    @property
    def words(self) -> str:
        """It in words, "a star from a cross"."""
        return " from ".join(self.nouns)

    @property
    def nouns(self) -> tuple[str, str]:
        """Both groups in words, ("a star", "a cross")."""
        return noun(self.attribute, self.one), noun(self.attribute, self.other)


DIFFERENCES = (
    *(Difference("shape", kind) for kind in KINDS),
    *(Difference("shape", *pair) for pair in combinations(KINDS, 2)),
    *(Difference("colour", hue) for hue in HUES),
    Difference("place", "left", "right"),
    Difference("place", "top", "bottom"),
    Difference("size", "large", "small"),
)


def find_difference(one: str, other: str = REST) -> tuple[Difference, bool]:
    """The difference between two values, and whether it is kept the other way round.

    Raises ValueError for what is not asked about scenes.
    """
    for each in DIFFERENCES:
        if (each.one, each.other) == (one, other):
            return each, False
        if (each.other, each.one) == (one, other) and other != REST:
            return each, True
    raise ValueError(
        f"Nothing is measured about {one} and {other}: there are the shapes {', '.join(KINDS)}, "
        f"two of them or one against the rest, the colours {', '.join(HUES)} against the rest, "
        "left and right, top and bottom, large and small."
    )


def hue_of(color: Sequence[float]) -> str:
    """The name in `HUES` of a colour RGB in 0..1: which sixth of the circle its hue lies in."""
    hue = colorsys.rgb_to_hsv(*color)[0]
    return HUES[round(6 * hue) % 6]


def values_of(scene: Scene) -> dict[str, str]:
    """A scene's value of each attribute that is asked about, both halves of its place included."""
    row, column = scene.place
    return {
        "shape": scene.kind,
        "colour": hue_of(scene.color),
        "left or right": "left" if column < 0.5 else "right",
        "top or bottom": "top" if row < 0.5 else "bottom",
        "size": "large" if scene.radius > MIDDLE_RADIUS else "small",
    }


def groups(scenes: Sequence[Scene]) -> np.ndarray:
    """Which group of each difference the scenes are in, int8 (differences, scenes).

    1: `one`, 0: `other`, −1: neither, as a circle where a star is told from a cross.
    """
    found = np.full((len(DIFFERENCES), len(scenes)), -1, np.int8)
    for column, scene in enumerate(scenes):
        values = set(values_of(scene).values())
        for row, each in enumerate(DIFFERENCES):
            if each.one in values:
                found[row, column] = 1
            elif each.other == REST or each.other in values:
                found[row, column] = 0
    return found


def noun(attribute: str, value: str) -> str:
    """What a value says of a scene, "a star", "a red object", "an object on the left"."""
    if value == REST:
        return value
    if attribute == "shape":
        return f"a {value}"
    if attribute == "place":
        side = "on the" if value in ("left", "right") else "at the"
        return f"an object {side} {value}"
    return f"a {value} object"
