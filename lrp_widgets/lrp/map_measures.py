"""One map in four numbers: how concentrated, how much on the object, bright places, another class.

None of them says whether a map is right; `MapMeasures.words` says what each is held against.
"""

from dataclasses import dataclass, replace

import numpy as np

from .._support import number_words
from .attribution.methods import keeps_sign
from .channels import summed
from .metrics import brightness_correlation, fewest_places, mass, rank_correlation

# What the map is compared with.
TOP, RUNNER_UP, LOGIT = "top class", "runner-up", "logit"


@dataclass(frozen=True)
class Compared:
    """The rank correlation with another map of the same picture; NaN where one is constant.

    `what`: `TOP` or `RUNNER_UP`, that class's map, or `LOGIT`, the map of the target's logit beside
    a contrast; `name`, `target`: the class and its number.
    """

    what: str
    name: str
    correlation: float
    target: int


@dataclass(frozen=True)
class MapMeasures:
    """What `measure` found.

    `places`: {layer: number of places}, `half`: {layer: fewest of them that hold half of Σ|R|, None
    for a map of zeros}. Of the pixels' map alone, None where it is not known: `on_object` (share of
    Σ|R|), `area` (the object's share of the picture, which a constant map gets), `brightness` (rank
    correlation with luminance) and `compared`.
    """

    places: dict
    half: dict
    on_object: float | None = None
    area: float | None = None
    brightness: float | None = None
    compared: Compared | None = None

    def half_words(self, layer):
        """Return "464 of 4,096 places (11.3 %)"; "–" for a map of zeros."""
        count, places = self.half[layer], self.places[layer]
        if count is None:
            return "–"
        return f"{count:,} of {places:,} places ({number_words.share(count, places)})"

    def words(self, layer):
        """Return the measures of a layer's map in one text, with what each is compared with."""
        parts = [f"half of Σ|R| in {self.half_words(layer)}; if even in 50 %"]
        if layer == next(iter(self.places)):
            parts += self._pixel_words()
        return "\xa0· ".join(part.replace(" ", "\xa0") for part in parts)

    def _pixel_words(self):
        if self.on_object is not None:
            share, area = number_words.share(self.on_object, 1), number_words.share(self.area, 1)
            yield f"on the object {share} of Σ|R|, on {area} of the area"
        if self.brightness is not None:
            yield f"rank correlation with brightness {number_words.correlation(self.brightness)}"
        if self.compared is not None:
            r = number_words.correlation(self.compared.correlation)
            yield f"with the map of the {self.compared.what} ({self.compared.name}) {r}"

    def numbers(self):
        """Return what there is as plain numbers and words, for files."""
        found = {
            "on the object": self.on_object,
            "object's share of the area": self.area,
            "rank correlation with brightness": self.brightness,
        }
        if self.compared is not None:
            what = f"rank correlation with the map of the {self.compared.what}"
            found |= {what: self.compared.correlation, "compared with": self.compared.name}
        return {key: value for key, value in found.items() if value is not None and value == value}


def measure(e, mask=None):
    """Return the `MapMeasures` of an explanation of one picture, without a comparison.

    `mask` (H, W) bool: the object's pixels, where they are known.
    Raises ValueError for a mask of another size than the picture.
    """
    maps = {layer.name: summed(layer.relevance) for layer in e.layers}
    pixels = maps[e.layers[0].name]
    pictured = len(e.layers[0].shape) == 3
    half = {name: fewest_places(each) for name, each in maps.items()}
    found = MapMeasures({name: each.size for name, each in maps.items()}, half)
    if pictured and mask is not None and np.any(pixels):
        found = replace(found, on_object=mass(pixels, mask), area=float(np.mean(mask)))
    if pictured and e.picture is not None:
        found = replace(found, brightness=brightness_correlation(pixels, e.picture))
    return found


@dataclass(frozen=True, eq=False)
class ClassMap:
    """The pixels' map (H, W), and what must be known to compare it with another.

    `total` is the initial relevance; `target` the class's number, None for all; `output` the last
    layer's; `signed`: whether the topmost layer with weights shares by contributions of both signs.
    """

    map: np.ndarray
    start: str
    total: float
    target: int | None
    output: np.ndarray
    signed: bool


def class_map(e):
    """Return the `ClassMap` of an explanation of one picture."""
    return ClassMap(
        map=e.heatmap("gray"),
        start=e.start,
        total=float(e.start_total),
        target=None if e.target_index is None else int(e.target_index),
        output=np.array(e.layers[-1].activation, np.float64),
        signed=keeps_sign(layer.rule for layer in e.layers),
    )


def compare(one, other):
    """Return the rank correlation of two `ClassMap`s; `other` starts with a class's logit.

    Under rules whose denominators are never negative a negative initial relevance merely turns a
    map over: both are compared as |z| gives them. Under LRP-0, ε and γ in the topmost layer the
    logit's sign is part of the share: both are compared as z gives them. NaN where a map is
    constant.
    """
    mine = _logit_sign(one, other) if one.signed else one.total
    theirs = 1 if other.signed else other.total
    r = rank_correlation(one.map, other.map)
    return r if (mine >= 0) == (theirs >= 0) else -r


def _logit_sign(one, other):
    """The sign of the explained class's logit where its probability stands in its place, else 1.

    z_t = z_o + log p_t − log p_o, from the logit that the other map starts with.
    """
    if one.start != "probability":
        return 1
    mine, theirs = one.output[one.target], one.output[other.target]
    return other.total + np.log(mine) - np.log(theirs) if mine and theirs else 1
