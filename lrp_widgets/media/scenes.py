"""Draws the pictures that mini-vgg knows: one coloured shape among distracting lines and blobs.

Because we draw them, we know which pixels are the object, and can measure whether a heatmap is
right. All coordinates are shares of the picture's side, so a scene looks the same at any size.
"""

from __future__ import annotations

import colorsys
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from .._support import checks

KINDS = ("circle", "square", "triangle", "star", "cross", "ring", "crescent", "heart")

# Everything is drawn this many times larger and averaged down, which smooths the edges.
SUPERSAMPLING = 4

# Pixels a side; drawing one of that size takes 0.5 GB.
LARGEST = 2048

# Scenes that are drawn at once: at 64 pixels a side they take 1.6 GB.
MOST_SCENES = 100_000

# How far a shape reaches, relative to the scene's radius: pointed shapes reach further so that
# all kinds look equally large.
REACH = {
    "circle": 0.86,
    "square": 1.06,
    "triangle": 1.14,
    "star": 1.16,
    "cross": 1.06,
    "ring": 0.94,
    "crescent": 1.04,
    "heart": 1.02,
}


@dataclass(frozen=True)
class Scene:
    """One drawn picture: image uint8 (H, W, 3), mask bool (H, W), label (index in KINDS), kind.

    The mask is True where the object covers at least half of the pixel. `color`: the object's, RGB
    in 0..1; `place`: its centre (row, column) and `radius`: its size, as shares of the side.
    """

    image: np.ndarray
    mask: np.ndarray
    label: int
    kind: str
    color: tuple[float, float, float]
    place: tuple[float, float]
    radius: float


def draw_scene(seed: int | Sequence[int], kind: str | None = None, size: int = 64) -> Scene:
    """Draw the picture number `seed`; the same seed always gives the same picture.

    seed: a non-negative integer, or several. kind: one of KINDS, or None to let the seed choose;
    another kind with the same seed puts another shape into an otherwise equal picture.
    size: side of the square picture in pixels, at least 16.
    Raises ValueError for an unknown kind or too small a size.
    """
    if not (kind is None or (isinstance(kind, str) and kind in KINDS)):
        raise ValueError(f"Unknown kind {checks.shown(kind)}; the kinds are {', '.join(KINDS)}.")
    size = checks.whole_number("The size of a scene in pixels", size, 16, LARGEST)
    seeds = seed if isinstance(seed, list | tuple) and seed else (seed,)
    seeds = [checks.seed(each) for each in seeds]
    rng = np.random.default_rng(seeds if len(seeds) > 1 else seeds[0])
    label = int(rng.integers(len(KINDS)))
    if kind is not None:
        label = KINDS.index(kind)
    kind = KINDS[label]

    colours = _Colours(rng)
    background = _background(rng, colours, size)
    coverage, (x, y), radius = _coverage(rng, kind, size)
    shade = colours.object * _ramp(rng, size, 0.93, 1.07)[..., None]
    image = background * (1 - coverage[..., None]) + shade * coverage[..., None]
    red, green, blue = colours.object.tolist()
    about = (red, green, blue), (float(y), float(x)), radius
    return Scene(_to_bytes(image), coverage >= 0.5, label, kind, *about)


def draw_scenes(count: int, seed: int, size: int = 64) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draw `count` pictures; picture i is draw_scene((seed, i)), whatever the count.

    Returns images uint8 (count, size, size, 3), labels int64 (count,) and masks bool
    (count, size, size). Different seeds share no picture.
    """
    count = checks.whole_number("count", count, 0, MOST_SCENES)
    checks.seed(seed)
    images = np.empty((count, size, size, 3), np.uint8)
    labels = np.empty(count, np.int64)
    masks = np.empty((count, size, size), bool)
    for i in range(count):
        scene = draw_scene((seed, i), size=size)
        images[i], labels[i], masks[i] = scene.image, scene.label, scene.mask
    return images, labels, masks


# Colours -------------------------------------------------------------------------------------


class _Colours:
    """The colours of one scene, RGB in 0..1: two for the background, some for what distracts.

    The object's colour is drawn again until it stands out from all the others.
    """

    def __init__(self, rng: np.random.Generator):
        hue, saturation, value = rng.uniform((0, 0.15, 0.25), (1, 0.6, 1))
        self.background = (
            _hsv(hue, saturation, value),
            _hsv(hue + rng.uniform(-0.08, 0.08), saturation, value + rng.uniform(-0.14, 0.14)),
        )
        self.distracting = [
            _mix(self.background[0], _hsv(*rng.uniform((0, 0.2, 0.2), 1)), rng.uniform(0.3, 0.75))
            for _ in range(5)
        ]
        self.object = self._outstanding(rng)

    def _outstanding(self, rng: np.random.Generator) -> np.ndarray:
        best, best_contrast = self.background[0], -1.0
        for _ in range(40):
            colour = _hsv(*rng.uniform((0, 0.45, 0.3), 1))
            contrast = min(
                min(_difference(colour, other) for other in self.background),
                # What distracts may come closer to the object's colour than the background.
                1.5 * min(_difference(colour, other) for other in self.distracting),
            )
            if contrast > best_contrast:
                best, best_contrast = colour, contrast
            if contrast > 0.36:
                break
        return best


def _hsv(hue: float, saturation: float, value: float) -> np.ndarray:
    return np.array(colorsys.hsv_to_rgb(hue % 1.0, saturation, min(max(value, 0.0), 1.0)))


def _mix(first: np.ndarray, second: np.ndarray, share: float | np.ndarray) -> np.ndarray:
    return (1 - share) * first + share * second


def _difference(first: np.ndarray, second: np.ndarray) -> float:
    """How different two colours look, 0..1: weighted by the eye's sensitivity to R, G and B."""
    return float(np.sqrt(np.dot((0.3, 0.5, 0.2), (first - second) ** 2)))


# What is drawn -------------------------------------------------------------------------------


def _background(rng: np.random.Generator, colours: _Colours, size: int) -> np.ndarray:
    """A smooth change of colour with blobs and lines on it, float (size, size, 3)."""
    ramp = _ramp(rng, size, 0.0, 1.0)[..., None]
    ground = _to_bytes(_mix(*colours.background, ramp))
    side = size * SUPERSAMPLING
    canvas = Image.fromarray(ground).resize((side, side), Image.Resampling.NEAREST)
    draw = ImageDraw.Draw(canvas)
    for _ in range(rng.integers(2, 6)):
        draw.polygon(_pixels(_blob(rng), side), fill=_ink(rng, colours))
    for _ in range(rng.integers(2, 6)):
        width = round(side * rng.uniform(0.012, 0.034))
        draw.line(_pixels(_line(rng), side), fill=_ink(rng, colours), width=width, joint="curve")
    return np.asarray(canvas.reduce(SUPERSAMPLING)) / 255.0


def _coverage(rng: np.random.Generator, kind: str, size: int):
    """How much of each pixel the object covers, 0..1, (size, size); its centre (x, y), radius."""
    radius = rng.uniform(0.17, 0.33)
    reach = 1.16 * radius + 0.015
    centre = rng.uniform(reach, 1 - reach, 2)
    angle = rng.uniform(0, 2 * np.pi)
    rotation = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    side = size * SUPERSAMPLING
    canvas = Image.new("L", (side, side))
    draw = ImageDraw.Draw(canvas)
    for fill, points in zip((255, 0), _outlines(kind, rng.uniform()), strict=False):
        placed = centre + REACH[kind] * radius * points @ rotation
        draw.polygon(_pixels(placed, side), fill=fill)
    return np.asarray(canvas.reduce(SUPERSAMPLING)) / 255.0, centre, radius


def _outlines(kind: str, proportion: float) -> list[np.ndarray]:
    """The shape's outline within the unit circle, then that of its hole; points (N, 2), y down.

    proportion: 0..1, from slender to plump, for kinds that leave a choice.
    """
    if kind == "circle":
        return [_arc(1.0)]
    if kind == "square":
        return [_corners(4)]
    if kind == "triangle":
        return [_corners(3)]
    if kind == "star":
        points = _corners(10)
        points[1::2] *= 0.4 + 0.1 * proportion
        return [points]
    if kind == "cross":
        arm = 0.26 + 0.1 * proportion
        tip = np.sqrt(1 - arm**2)
        quarter = np.array([[tip, -arm], [tip, arm], [arm, arm]])
        turn = np.array([[0.0, 1.0], [-1.0, 0.0]])
        return [np.concatenate([quarter @ np.linalg.matrix_power(turn, i) for i in range(4)])]
    if kind == "ring":
        return [_arc(1.0), _arc(0.66 - 0.16 * proportion)]
    if kind == "crescent":
        # The moon's inner edge is a second circle that meets the first at the two horns.
        horn = np.radians(34 + 14 * proportion)
        bite = 0.8
        inner_horn = np.arcsin(np.sin(horn) / bite)
        outer = _arc(1.0, horn, 2 * np.pi - horn)
        inner = _arc(bite, 2 * np.pi - inner_horn, inner_horn)
        inner[:, 0] += np.cos(horn) - bite * np.cos(inner_horn)
        return [np.concatenate([outer, inner])]
    turn = np.linspace(0, 2 * np.pi, 64, endpoint=False)
    x = 16 * np.sin(turn) ** 3
    y = 13 * np.cos(turn) - 5 * np.cos(2 * turn) - 2 * np.cos(3 * turn) - np.cos(4 * turn)
    return [np.stack([x, -2.5 - y], axis=-1) / 17.3]


def _corners(count: int) -> np.ndarray:
    return _arc(1.0, -np.pi / 2, 1.5 * np.pi - 2 * np.pi / count, count)


def _arc(radius: float, start: float = 0.0, end: float = 2 * np.pi, count: int = 64) -> np.ndarray:
    turn = np.linspace(start, end, count)
    return radius * np.stack([np.cos(turn), np.sin(turn)], axis=-1)


def _blob(rng: np.random.Generator) -> np.ndarray:
    """A wobbly closed outline, long rather than round so that it is no shape of KINDS."""
    turn = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    wobble = 1 + sum(
        rng.uniform(0.05, 0.2) * np.cos(n * turn + rng.uniform(0, 2 * np.pi)) for n in (2, 3)
    )
    radii = rng.uniform(0.05, 0.17) * np.array([1.0, rng.uniform(0.35, 0.7)])
    angle = rng.uniform(0, np.pi)
    rotation = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    outline = (wobble * np.array([np.cos(turn), np.sin(turn)])).T * radii
    return rng.uniform(0, 1, 2) + outline @ rotation


def _line(rng: np.random.Generator) -> np.ndarray:
    """A gently bent stroke through the picture."""
    start, bend, end = rng.uniform(-0.1, 1.1, (3, 2))
    bend = 0.7 * (start + end) / 2 + 0.3 * bend
    t = np.linspace(0, 1, 16)[:, None]
    return (1 - t) ** 2 * start + 2 * t * (1 - t) * bend + t**2 * end


# Small helpers -------------------------------------------------------------------------------


def _ramp(rng: np.random.Generator, size: int, low: float, high: float) -> np.ndarray:
    """Values that rise from low to high across the picture in a random direction, (size, size)."""
    angle = rng.uniform(0, 2 * np.pi)
    place = (np.arange(size) + 0.5) / size - 0.5
    along = np.cos(angle) * place[None, :] + np.sin(angle) * place[:, None]
    reach = (abs(np.cos(angle)) + abs(np.sin(angle))) / 2
    return low + (high - low) * (along / reach + 1) / 2


def _ink(rng: np.random.Generator, colours: _Colours) -> tuple[int, int, int]:
    chosen = colours.distracting[rng.integers(len(colours.distracting))]
    red, green, blue = (int(value) for value in _to_bytes(chosen))
    return red, green, blue


def _pixels(points: np.ndarray, side: int) -> list[float]:
    return (points * side).ravel().tolist()


def _to_bytes(image: np.ndarray) -> np.ndarray:
    return np.rint(255 * np.clip(image, 0, 1)).astype(np.uint8)
