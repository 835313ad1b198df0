"""What a channel stands for, as the browser is told it: pictures, and measured sentences."""

from collections import Counter

import numpy as np
from PIL import Image

from ..._support.number_words import minus
from ...lrp.concepts.pictures import SAMPLE_PHOTOGRAPHS
from ...lrp.concepts.values import ACTIVATION, KINDS, RELEVANCE, SUM
from ...media.scene_attributes import DIFFERENCES, HUES, REST
from ...media.scenes import KINDS as SHAPES
from ..settings.difference_text import WRITTEN_REST

# Pictures are sent at most so many pixels a side.
LARGEST = 96

TITLES = {
    RELEVANCE: ("Relevance", "what it is used for"),
    ACTIVATION: ("Activation", "what excites it"),
}
SUBJECTS = {
    RELEVANCE: "Its relevance",
    ACTIVATION: "Its largest activation",
    SUM: "Its summed activation",
}
KNOWS = (
    "Relevance begins at the class that the network found, so it knows the answer: it says what "
    "the channel is used for, not what it sees."
)


def concept_view(found, explanation):
    """What the browser must know of a `ShownChannel`: (dict, the pictures' RGB bytes)."""
    rows, pictures, offset = [], [], 0
    for kind in KINDS:
        cells = []
        for each in found.rows[kind]:
            small = small_picture(each.dimmed)
            top, left, bottom, right = each.box
            cells.append(
                {
                    "offset": offset,
                    "rows": small.shape[0],
                    "columns": small.shape[1],
                    "name": each.name,
                    "words": f"{each.name}: {_value(kind, each.reference.value)}; rows {top} to "
                    f"{bottom - 1}, columns {left} to {right - 1}",
                }
            )
            pictures.append(small.tobytes())
            offset += small.size
        title, means = TITLES[kind]
        targets = Counter(each.target for each in found.rows[kind])
        classes = ", ".join(f"{name} {count}" for name, count in targets.most_common())
        rows.append({"title": title, "means": means, "cells": cells, "classes": classes})
    return {
        "rows": rows,
        "from": from_words(found.concepts),
        "shared": shared_words(found),
        "tells": told_sentences(found),
    }, b"".join(pictures)


def from_words(concepts):
    """Where the pictures are from, and what was done to them."""
    words = (
        f"Of {concepts.words}, cut to what the channel sees and dimmed where no relevance passes "
        f"through it; rules {concepts.rules}."
    )
    if concepts.pictures == SAMPLE_PHOTOGRAPHS:
        words += " A folder of yours says more: lrp-widgets concepts, in a terminal."
    return words


def shared_words(found):
    """Where relevance and activation differ, in a sentence or two."""
    sizes = [len(found.rows[kind]) for kind in KINDS]
    if not any(sizes):
        return "No picture gives it activation or relevance above 0: it says nothing here."
    if not all(sizes):
        return f"Its {KINDS[sizes.index(0)]} is above 0 in no picture."
    most = min(sizes)
    if found.shared == most:
        return "Both rows have the same pictures."
    both = f"{found.shared or 'None'} of {most} pictures {'is' if found.shared < 2 else 'are'}"
    used, excites = (Counter(e.target for e in found.rows[kind]).most_common(1) for kind in KINDS)
    differ = used[0][0] != excites[0][0]
    apart = f" Used most for “{used[0][0]}”, excited most by “{excites[0][0]}”." if differ else ""
    return f"{both} in both rows.{apart}"


def told_sentences(found):
    """What a channel tells apart, measured, in sentences; [] where that is not known.

    Of the activation the clearest difference, and the clearest of one value from the rest.
    """
    seen = found.concepts.tells(found.layer, found.channel, ACTIVATION)
    if not seen:
        return []
    used = found.concepts.tells(found.layer, found.channel, RELEVANCE)
    from_rest = next(each for each in seen if each.difference.other == REST)
    chosen = [seen[0], *([from_rest] if from_rest is not seen[0] else [])]
    return [*(told_sentence(each) for each in chosen), f"{told_sentence(used[0])} {KNOWS}"]


def told_sentence(told):
    """One `Told` in a sentence."""
    measured, (one, other) = told.measured, told.difference.nouns
    area, ones, others = measured.auc, measured.ones, measured.others
    if area < 0.5 and told.difference.other != REST:
        one, other, area, ones, others = other, one, 1 - area, others, ones
    figures = f"AUC {area:.3f}{standard_error(measured.error)}"
    scenes = f"on {ones} + {others} scenes that had no part in choosing this; 0.5 is chance"
    if abs(area - 0.5) <= 2 * measured.error:
        words = f"tells nothing apart; clearest, {told.difference.words}"
    else:
        words = f"{'larger' if area > 0.5 else 'smaller'} for {one} than for {other}"
    return f"{SUBJECTS[told.score]}: {words}, {figures} {scenes}."


def telling_view(found, explanation):
    """What the browser must know of several `Told` of a layer: (dict, no bytes)."""
    if not found:
        return {"channels": [], "words": "Of these pictures nothing is known."}, b""
    one, other = found[0].difference.nouns
    ones, others = found[0].measured[2:]
    return {
        "channels": [
            [t.channel, t.measured.auc, f"{t.measured.auc:.3f}{standard_error(t.measured.error)}"]
            for t in found
        ],
        "words": f"How often {one} gives a larger value than {other}: the area under the ROC "
        f"curve, AUC ± standard error. 0.5 is chance; below it, {other} gives the larger one. "
        f"Ranked on 500 scenes, measured on {ones} + {others} others.",
    }, b""


def differences_to_choose():
    """What channels can be ranked by: [[a value, its group, those it can be told from], …]."""
    against = {}
    for each in DIFFERENCES:
        against.setdefault(each.one, []).append(WRITTEN_REST if each.other == REST else each.other)
        if each.other != REST:
            against.setdefault(each.other, []).append(each.one)
    groups = {"shape": SHAPES, "colour": HUES, "place": ("left", "right", "top", "bottom")}
    groups["size"] = ("large", "small")
    return [
        [value, group, against[value]]
        for group, values in groups.items()
        for value in values
        if value in against
    ]


def small_picture(crop):
    """A picture as it is sent: uint8 RGB, shrunk where it is large."""
    rgb = np.repeat(crop, 3, -1) if crop.shape[-1] == 1 else crop
    side = max(rgb.shape[:2])
    if side <= LARGEST:
        return np.ascontiguousarray(rgb)
    size = [max(1, round(length * LARGEST / side)) for length in rgb.shape[1::-1]]
    return np.asarray(Image.fromarray(rgb).resize(size, Image.Resampling.BOX))


def standard_error(error):
    """A standard error in words; none where it is 0, as it is where every pair agrees."""
    return f" ± {error:.3f}" if error >= 0.0005 else ""


def _value(kind, value):
    if kind == RELEVANCE:
        return minus(f"{100 * value:.1f} % of the layer’s relevance")
    return minus(f"activation {value:.3g}")
