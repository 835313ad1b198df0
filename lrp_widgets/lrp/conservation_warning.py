"""How much relevance reached the pixels, and where the rest went or came from, in words.

For every explanation of one picture

    initial relevance = pixels + bias + stabilizer + dead + padding + set aside + rounding,

each the sum of that entry over all layers. An entry with the sign of the initial relevance was lost
on the way; one with the other sign was gained: a bias below zero, for one, leaves the inputs more
than R_j.
"""

from dataclasses import dataclass, replace

import numpy as np

from .._support import number_words
from .layer_result import ABSORBED, of_one_picture

# A share of the initial relevance at the pixels below or above these is worth a warning.
LITTLE, MUCH = 0.5, 1.5

# So is a Σ|R| at the pixels of more than so many times the initial Σ|R|. That is the measure, not
# |ΣR| of the pixels: it may be small because most was lost, or a contrast small because two logits
# are alike, and neither makes the map's numbers large.
GROWN = 100

# A smaller share would print as 0.0 %; beside the largest, a smaller part is no news.
SEEN, BESIDE = 0.0005, 0.01

# Of less than this share of the initial relevance nobody asks how much arrived.
LEAST = 1e-6

# What an entry of the ledger is called.
NAMES = {
    "bias": "the bias",
    "stabilizer": "the stabilizer ε",
    "dead": "dead units",
    "padding": "the padding",
    "set aside": "what is set aside",
    "rounding": "rounding",
}


@dataclass(frozen=True)
class Cause:
    """What the layers together absorbed under one entry: `value` is the sum of `layers`.

    `layers`: ((name, value), …) without zeros, the largest first; signs are those of the ledger.
    """

    entry: str
    layers: tuple[tuple[str, float], ...]

    @property
    def value(self):
        return float(sum(value for _, value in self.layers))

    def with_sign(self, sign):
        """The same of the layers alone whose value has that sign."""
        return replace(self, layers=tuple(each for each in self.layers if each[1] * sign > 0))


def causes(e):
    """Return a `Cause` for each entry of the ledger, "rounding" last; a tuple.

        e.start_total == e.layers[0].total + sum(cause.value for cause in causes(e))

    Raises ValueError for an explanation of several pictures.
    """
    layers, found = of_one_picture(e).layers, []
    for entry in (*ABSORBED, "rounding"):
        absorbed = [(layer.name, float(layer.absorbed[entry])) for layer in layers]
        absorbed.sort(key=lambda each: -abs(each[1]))
        found.append(Cause(entry, tuple(each for each in absorbed if each[1])))
    return tuple(found)


def reached(e):
    """Return the pixels' share of the initial relevance, ΣR / ΣR; None where that is zero."""
    return e.layers[0].total / e.start_total if e.start_total else None


def reached_of_followed(e):
    """Return the same of what is followed alone, where channels are set aside.

    None too where next to nothing is followed.
    """
    aside = sum(float(layer.absorbed["set aside"]) for layer in e.layers)
    start = e.start_total - aside
    return e.layers[0].total / start if abs(start) > LEAST * abs(e.start_total) else None


def growth(e):
    """Return Σ|R| of the pixels, in units of the initial Σ|R|; 0 where that is zero."""
    ends = e.layers[0].relevance, e.layers[-1].relevance
    pixels, start = (float(np.abs(each).sum(dtype=np.float64)) for each in ends)
    return pixels / start if start else 0.0


def inexact(e):
    """Return whether numbers grew so much on the way that those of float32 are not exact enough."""
    return e.settings.get("dtype") == "float32" and growth(e) > GROWN


def pieces(e):
    """Return how much arrived, and by cause what was lost and gained: [(text, layer), …].

    The texts, one after the other, are the sentences; `layer` is "" or the layer that a text names.
    """
    whole = "pixels" if len(e.layers[0].shape) == 3 else "input"
    if not e.start_total:
        return [(f"The initial relevance is 0: there is nothing that could reach the {whole}.", "")]
    share = number_words.share(e.layers[0].total, e.start_total)
    arrived = f"{share} of the initial relevance reached the {whole}"
    moved = _lost_and_gained(e)
    if not moved:
        return [(f"Nothing was lost on the way: {arrived}.", "")]
    return [(f"{arrived}. ", ""), *moved]


def words(e):
    """Return the same as one text."""
    return "".join(text for text, _ in pieces(e))


def warning(e):
    """Return a warning where the map says little of the initial relevance, else "".

    That is where less than half of it, or of what of it is followed, or more than one and a half
    times as much reached the pixels, and where their Σ|R| is more than a hundred times the initial
    Σ|R|. It says how much was lost and gained: "Only 13.0 % of the initial relevance reached the
    pixels. Lost: 87.0 % to the bias in 9 layers, most in conv1 (45.2 %)."
    """
    share, grown = reached_of_followed(e), growth(e)
    sentences = []
    if share is not None and not LITTLE <= share <= MUCH:
        sentences.append("Only " * (0 <= share < LITTLE) + words(e))
    if grown > GROWN:
        sentences.append(
            f"At the pixels Σ|R| is {number_words.number(grown)} times that of the initial "
            "relevance: shares of both signs grew on the way down, and the map says little."
        )
        if inexact(e):
            sentences.append(
                "In float32 its numbers can be off by some percent: with dtype float64 they are "
                "exact."
            )
    return " ".join(sentences)


def _lost_and_gained(e):
    """The pieces that tell what was lost and what was gained, the larger of the two first."""
    start, everything = e.start_total, causes(e)
    sides = [
        (verb, joint, [cause.with_sign(sign * start) for cause in everything])
        for verb, joint, sign in (("Lost", "to", 1), ("Gained", "from", -1))
    ]
    largest = max(abs(cause.value) for _, _, parts in sides for cause in parts)
    least = max(SEEN * abs(start), BESIDE * largest)
    told = []
    for verb, joint, parts in sorted(sides, key=lambda side: -max(abs(c.value) for c in side[2])):
        parts = [cause for cause in parts if abs(cause.value) >= least]
        parts.sort(key=lambda cause: -abs(cause.value))
        for i, cause in enumerate(parts):
            before = "; " if i else f"{' ' if told else ''}{verb}: "
            told += [(before, ""), *_told(cause, joint, start)]
        if parts:
            told.append((".", ""))
    return told


def _told(cause, joint, start):
    """One cause's pieces: "9.0 % to the padding in 12 layers, most in conv4_pad (2.6 %)"."""
    (name, most), count = cause.layers[0], len(cause.layers)
    share = number_words.share(abs(cause.value), abs(start))
    text = f"{share} {joint} {NAMES[cause.entry]} in "
    if count == 1:
        return [(text, ""), (name, name)]
    own = number_words.share(abs(most), abs(start))
    return [(f"{text}{count} layers, most in ", ""), (name, name), (f" ({own})", "")]
