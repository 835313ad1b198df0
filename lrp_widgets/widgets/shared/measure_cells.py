"""What the strip of measures under a map says: label, number, what it is held against, help."""

from ..._support import number_words
from ...lrp.map_measures import LOGIT

HALF = (
    "The fewest places that together hold half of Σ|R|. A map that is equal everywhere needs 50 % "
    "of them. It tells how concentrated the map is, not whether it is right."
)
ON_OBJECT = (
    "The share of Σ|R| on the object’s own pixels, beside their share of the area: a map that is "
    "equal everywhere has as much. It tells whether the map agrees with us, not what the network "
    "depends on."
)
BRIGHTNESS = (
    "Spearman’s rank correlation of |R| with the picture’s luminance: 0 by chance, 1 where the "
    "brighter of two pixels always has more. It does not tell why: a bright object gives it, too."
)
CLASS = (
    "Spearman’s rank correlation with the map of the {what} ({name}), each as a positive logit "
    "gives it: 0 by chance, 1 where all places have the same order. Near 1 the map tells little of "
    "its class; a low number does not make it right."
)
CONTRAST = (
    "Spearman’s rank correlation of the contrast’s map with that of the logit of {name} alone. "
    "Near 1, as under z⁺, the contrast gives the logit’s map over again; below, it tells the "
    "classes apart. It does not tell whether rightly so."
)


def cells(measured, pending=None):
    """Return what the browser draws of `MapMeasures`: plain words.

    "layers": {name: (value, detail)} of the half; "pixels": the cells of the pixels' map, with a
    short label and without the detail where there is little room; "pending": the cell of a
    comparison that is still to come, a `Compared` with NaN, or None.
    """
    layers = {name: _half(measured, name) for name in measured.places}
    coming = pending and _compared(pending) | {"value": "…"}
    return {"layers": layers, "pixels": list(_of_pixels(measured)), "pending": coming}


def _half(measured, layer):
    count, places = measured.half[layer], measured.places[layer]
    if count is None:
        return ["–", f"of {places:,}"]
    return [number_words.share(count, places), f"{count:,} of {places:,}"]


def _of_pixels(measured):
    first = next(iter(measured.places))
    value, detail = _half(measured, first)
    yield _cell("half", ("half of Σ|R| in", "half in"), value, detail, "even: 50 %", HALF)
    if measured.on_object is not None:
        share, area = (
            number_words.share(measured.on_object, 1),
            number_words.share(measured.area, 1),
        )
        yield _cell("object", ("on the object", "on object"), share, "", f"area: {area}", ON_OBJECT)
    if measured.brightness is not None:
        r = number_words.correlation(measured.brightness)
        yield _cell("brightness", ("with brightness", "brightness"), r, "", "chance: 0", BRIGHTNESS)
    if measured.compared is not None:
        yield _compared(measured.compared)


def _compared(found):
    words = CONTRAST if found.what == LOGIT else CLASS
    words = words.format(what=found.what, name=found.name)
    r = number_words.correlation(found.correlation)
    return _cell("compared", (f"with {found.what}’s map", found.what), r, "", "same: 1", words)


def _cell(key, labels, value, detail, beside, words):
    label, short = labels
    return {
        "key": key,
        "label": label,
        "short": short,
        "value": value,
        "detail": detail,
        "beside": beside,
        "help": words,
    }
