"""What the channels of a network stand for: reference pictures, and what each channel tells."""

import json
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ..._support import checks
from ...media.scene_attributes import DIFFERENCES, REST, Difference, find_difference, groups
from .collecting import REFERENCES, START, Collector, replace_file
from .pictures import DrawnScenes, PictureFiles, Pictures
from .telling import Telling, auc_with_error
from .values import ACTIVATION, KINDS, RELEVANCE, SCORES

# Areas and errors are kept in ten-thousandths: finer than any error here.
FINE = 10_000
MISSING = np.iinfo(np.uint16).max


@dataclass(frozen=True)
class Reference:
    """A picture that a channel answers strongly: its number, its strongest place, and the value.

    `place`: (row, column) in the layer, () for a layer of units.
    """

    picture: int
    place: tuple[int, ...]
    value: float


@dataclass(frozen=True)
class Told:
    """A difference that a channel tells: `difference.one` from `difference.other`.

    `chosen`: the area on the scenes that channels are ranked by; `measured`: the `Telling` on the
    others. So what is reported of the best of many is not the best by chance.
    """

    channel: int
    difference: Difference
    score: str
    chosen: float
    measured: Telling


@dataclass(frozen=True, eq=False)
class Concepts:
    """What every channel of a network stands for, of one set of pictures.

        concepts = concepts_of(network)
        concepts.references("block4_conv2", 12)                 # RelMax
        concepts.references("block4_conv2", 12, "activation")   # ActMax
        concepts.tells("block4_conv2", 12)                      # what it tells apart, best first
        concepts.which("block4_conv2", "star", "cross")         # which channels tell these apart

    `rules`: those of the relevance, from the logit of each picture's own top class; `shapes`:
    {layer: shape}; `classes`: each picture's explained class, −1 for one that could not be read.
    `best`, as a `Collector` has it; `areas`: {layer: (differences, scores, 3, channels)} of
    ten-thousandths: area on the scenes of even number, area and error on those of odd number; {}
    where the pictures' attributes are not known. `counts`: how many scenes of odd number each
    difference's groups have.
    """

    pictures: Pictures
    rules: str
    shapes: dict[str, tuple[int, ...]]
    classes: np.ndarray
    best: dict
    areas: dict = field(default_factory=dict)
    counts: tuple[tuple[int, int], ...] = ()
    about: str = ""

    @classmethod
    def of(cls, collector: Collector, pictures: Pictures) -> "Concepts":
        """What a `Collector` has found, and of drawn scenes what its channels tell apart."""
        areas, counts = {}, []
        if isinstance(pictures, DrawnScenes) and collector.scores:
            masks = groups([pictures.scene(number) for number in range(len(pictures))])
            areas = {name: _areas(collector, name, masks) for name in collector.shapes}
            counts = [(int((m[1::2] == 1).sum()), int((m[1::2] == 0).sum())) for m in masks]
        return cls(
            pictures,
            collector.rules,
            collector.shapes,
            collector.classes,
            collector.best,
            areas,
            tuple(counts),
            collector.about,
        )

    @property
    def words(self) -> str:
        """The pictures in a few words, those left out that could not be read."""
        return self.pictures.described(int((self.classes >= 0).sum()))

    def references(self, layer: str, channel: int, kind: str = RELEVANCE) -> list[Reference]:
        """The pictures that a channel answers most strongly, the strongest first.

        `kind`: "relevance" (RelMax) or "activation" (ActMax), see `channel_values`. Pictures whose
        value is not above 0 are left out. Raises ValueError for what is not there.
        """
        channel = self._check(layer, channel)
        kind = checks.choice("kind", kind, KINDS)
        pictures, places, values = (
            self.best[layer, kind, what][channel] for what in ("pictures", "places", "values")
        )
        grid = self.shapes[layer][:-1]
        return [
            Reference(
                int(picture), tuple(map(int, np.unravel_index(place, grid))) if grid else (), value
            )
            for picture, place, value in zip(pictures, places, values.tolist(), strict=True)
            if picture >= 0 and value > 0
        ]

    def tells(self, layer: str, channel: int, score: str = ACTIVATION) -> list[Told]:
        """What a channel tells apart, the clearest first; [] where attributes are not known."""
        channel = self._check(layer, channel)
        found = [self._told(layer, channel, k, score) for k in range(len(DIFFERENCES))]
        return sorted((t for t in found if t), key=lambda t: -abs(t.chosen - 0.5))

    def which(
        self, layer: str, one: str, other: str = REST, score: str = ACTIVATION, count: int = 0
    ) -> list[Told]:
        """The channels of a layer by how well they tell two values apart, the clearest first.

        `one`, `other`: as "star" and "cross", or a value alone for it against the rest. An area
        above ½: the channel's value is larger for `one`. Ranked on the scenes of even number,
        measured on those of odd number. `count`: so many of them, 0 for all. Raises ValueError for
        values that nothing is known of.
        """
        difference, turned = find_difference(one, other)
        number = DIFFERENCES.index(difference)
        channels = range(self.shapes[self._layer(layer)][-1])
        found = [self._told(layer, channel, number, score, turned) for channel in channels]
        ranked = sorted((t for t in found if t), key=lambda t: -abs(t.chosen - 0.5))
        return ranked[:count] if count else ranked

    def _told(self, layer, channel, number, score, turned=False):
        score = SCORES.index(checks.choice("score", score, SCORES))
        if layer not in self.areas:
            return None
        packed = self.areas[layer][number, score, :, channel]
        if (packed == MISSING).any():
            return None
        chosen, area, error = (packed / FINE).tolist()
        each, (ones, others) = DIFFERENCES[number], self.counts[number]
        if turned:
            chosen, area, ones, others = 1 - chosen, 1 - area, others, ones
            each = Difference(each.attribute, each.other, each.one)
        return Told(channel, each, SCORES[score], chosen, Telling(area, error, ones, others))

    def _layer(self, layer):
        if not isinstance(layer, str) or layer not in self.shapes:
            raise ValueError(
                f"Nothing is known of the channels of {checks.shown(layer)}; there are "
                f"{', '.join(self.shapes)}."
            )
        return layer

    def _check(self, layer, channel):
        last = self.shapes[self._layer(layer)][-1] - 1
        return checks.whole_number(f"A channel of {layer}", channel, 0, last)

    # On the disk

    def save(self, path: Path):
        """Write it as one small file, read by `read_concepts`."""
        about = {
            "about": self.about,
            "rules": self.rules,
            "start": START,
            "layers": {name: list(shape) for name, shape in self.shapes.items()},
            "pictures": _described(self.pictures),
            "counts": self.counts,
        }
        arrays = {"head": np.array(json.dumps(about)), "classes": _small(self.classes)}
        for kind in KINDS:
            for what in ("pictures", "places", "values"):
                parts = [self.best[name, kind, what] for name in self.shapes]
                arrays[f"{kind}|{what}"] = _small(np.concatenate(parts))
        if self.areas:
            arrays["areas"] = np.concatenate([self.areas[name] for name in self.shapes], -1)
        replace_file(path, lambda file: np.savez_compressed(file, **arrays))


def read_concepts(path: Path) -> Concepts:
    """What `Concepts.save` wrote. Raises OSError, or ValueError for a file that is none such."""
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        about = json.loads(str(arrays["head"]))
        shapes = {name: tuple(shape) for name, shape in about["layers"].items()}
        ends = np.cumsum([shape[-1] for shape in shapes.values()])[:-1]
        best = {}
        for kind in KINDS:
            for what in ("pictures", "places", "values"):
                parts = np.split(arrays[f"{kind}|{what}"], ends)
                best |= {(n, kind, what): part for n, part in zip(shapes, parts, strict=True)}
        areas = {}
        if "areas" in arrays:
            areas = dict(zip(shapes, np.split(arrays["areas"], ends, -1), strict=True))
        pictures, classes = _pictures(about["pictures"]), arrays["classes"]
        counts = tuple(map(tuple, about["counts"]))
    except (KeyError, EOFError, json.JSONDecodeError, ValueError, AttributeError) as error:
        raise ValueError(f"{path.name} holds no concepts that can be read ({error}).") from None
    return Concepts(pictures, about["rules"], shapes, classes, best, areas, counts, about["about"])


def _areas(collector, name, masks):
    """The areas of a layer, as `Concepts.areas` keeps them."""
    found = np.full((len(masks), len(SCORES), 3, collector.shapes[name][-1]), MISSING, np.uint16)
    for s, score in enumerate(SCORES):
        values = collector.scores[name, score]
        for d, mask in enumerate(masks):
            halves = [[values[half][mask[half] == g] for g in (1, 0)] for half in _halves(mask)]
            for channel in range(values.shape[1]):
                chosen, told = (auc_with_error(a[:, channel], b[:, channel]) for a, b in halves)
                kept = np.array([chosen.auc, told.auc, told.error])
                if np.isfinite(kept).all():
                    found[d, s, :, channel] = np.rint(FINE * kept)
    return found


def _halves(mask):
    """The scenes that channels are ranked by, and those that they are measured on."""
    numbers = np.arange(len(mask))
    return numbers[::2], numbers[1::2]


def _small(array):
    """Whole numbers in two bytes where they fit."""
    fits = array.dtype.kind == "i" and (not array.size or array.max() < 2**15)
    return array.astype(np.int16) if fits else array


def _described(pictures):
    if isinstance(pictures, DrawnScenes):
        return {"scenes": pictures.count, "seed": pictures.seed}
    assert isinstance(pictures, PictureFiles)
    return {"sources": list(pictures.sources), "folder": pictures.folder}


def _pictures(told):
    if "scenes" in told:
        return DrawnScenes(told["scenes"], told["seed"])
    return PictureFiles(tuple(told["sources"]), told["folder"])


__all__ = ["REFERENCES", "Concepts", "Reference", "Told", "read_concepts"]
