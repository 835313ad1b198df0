"""Reference pictures as they are shown: cut to what the channel sees, dimmed by what it says."""

from dataclasses import dataclass

import numpy as np

from ..._support import checks
from ...networks.receptive_fields import receptive_field
from ..explain import explain
from ..explanation import Explanations
from .collecting import START, pictures_at_once
from .table import Concepts, Reference
from .values import KINDS, RELEVANCE

# How bright a pixel stays that no relevance reaches.
DARKEST = 0.25

# The share of pixels whose |R| is full brightness or more.
FULL = 98


@dataclass(frozen=True, eq=False)
class ShownReference:
    """A `Reference` with its picture.

    `name`: the picture's; `target`: the class explained; `box`: the receptive field of the
    strongest place, (top, left, bottom, right), ends excluded; `crop`: the picture there, uint8;
    `dimmed`: the same, dimmed; `relevance`: the map through the channel there, float32 (h, w).
    """

    reference: Reference
    name: str
    target: str
    box: tuple[int, int, int, int]
    crop: np.ndarray
    dimmed: np.ndarray
    relevance: np.ndarray


@dataclass(frozen=True, eq=False)
class ShownChannel:
    """What a channel stands for: its reference pictures of both kinds, and where they are from."""

    concepts: Concepts
    layer: str
    channel: int
    rows: dict[str, list[ShownReference]]

    @property
    def shared(self) -> int:
        """How many pictures are in both rows."""
        relevance, activation = (
            {each.reference.picture for each in self.rows[kind]} for kind in KINDS
        )
        return len(relevance & activation)


def show_channel(
    concepts: Concepts, network, layer: str, channel: int, kind: str = RELEVANCE, count: int = 8
) -> list[ShownReference]:
    """The reference pictures of a channel, the strongest first, as they are shown.

    The relevance of each starts at the logit of its own top class, by the rules of `concepts`, and
    goes through this channel alone (`explain(…, through={layer: channel})`). Pictures that cannot
    be read any more are left out. Arguments otherwise as `Concepts.references`.
    """
    count = checks.whole_number("count", count, 1)
    references = concepts.references(layer, channel, kind)[:count]
    return _shown(concepts, network, (layer, channel), references)


def show_both(concepts: Concepts, network, layer: str, channel: int, count=6) -> ShownChannel:
    """A channel's reference pictures of both kinds; one that is in both is explained once."""
    several = {kind: concepts.references(layer, channel, kind)[:count] for kind in KINDS}
    every = [each for kind in KINDS for each in several[kind]]
    shown = {each.reference: each for each in _shown(concepts, network, (layer, channel), every)}
    rows = {
        kind: [shown[each] for each in references if each in shown]
        for kind, references in several.items()
    }
    return ShownChannel(concepts, layer, channel, rows)


def _shown(concepts, network, through, references):
    """References as they are shown, each picture explained once, a few at a time."""
    layer, channel = through
    images = {}
    for number in {each.picture: None for each in references}:
        try:
            images[number] = concepts.pictures.image(number, network)
        except (ValueError, OSError):
            continue
    answers, shapes, step, every = {}, {}, pictures_at_once(network), list(images)
    for start in range(0, len(every), step):
        some = every[start : start + step]
        batch = np.stack([images[number] for number in some])
        asked = {"rules": concepts.rules, "start": START, "through": {layer: channel}}
        found = explain(network, batch, **asked)
        assert isinstance(found, Explanations)
        shapes = {each.name: tuple(each.shape) for each in found.layers}
        for position, number in enumerate(some):
            answer = found[position]
            name = concepts.pictures.name(number)
            answers[number] = name, answer.target or "", answer.picture, answer.heatmap()
    found = []
    for each in references:
        if each.picture in answers:
            box = receptive_field(network, shapes, layer, (*each.place, channel))
            found.append(_cut(each, box, *answers[each.picture]))
    return found


def _cut(reference, box, name, target, picture, heatmap):
    """A `ShownReference`: of picture and map what lies within the box."""
    top, left, bottom, right = box
    crop, relevance = picture[top:bottom, left:right], heatmap[top:bottom, left:right]
    return ShownReference(reference, name, target, box, crop, dim(crop, relevance), relevance)


def dim(crop, relevance) -> np.ndarray:
    """A picture (h, w, C), darker where |R| (h, w) is smaller; full where it is among the largest.

        x · (d + (1 − d) · min(1, |R| / q)),   d = 0.25, q the 98th percentile of |R|

    of |R| averaged over each pixel and its eight neighbours. A map of zeros leaves it all dark.
    """
    size = _smoothed(np.abs(np.asarray(relevance, np.float64)))
    full = np.percentile(size, FULL) or size.max()
    light = np.minimum(1, size / full) if full > 0 else np.zeros_like(size)
    return np.rint(crop * (DARKEST + (1 - DARKEST) * light[..., None])).astype(np.uint8)


def _smoothed(values):
    """Means over each place and its neighbours; beyond the edge the nearest counts."""
    padded = np.pad(values, 1, mode="edge")
    rows, columns = values.shape
    shifted = [padded[i : i + rows, j : j + columns] for i in range(3) for j in range(3)]
    return np.mean(shifted, 0)
