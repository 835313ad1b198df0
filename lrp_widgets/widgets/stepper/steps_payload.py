"""What the browser must know of a layer's four steps: maps, equation lines, words, the window."""

import numpy as np
from latex2mathml.converter import convert as mathml

from ...lrp.channels import summed
from ...lrp.rules import WinnerTakeAll

WORDS = {
    "z": "What the rule adds up for each unit of {here} from its inputs in {below}.",
    "s": "The relevance of each unit of {here}, divided by its z.",
    "c": "What each unit of {below} gets back: the s of all units of {here} that it fed, weighted.",
    "R": "The relevance that {below} receives from {here}: the c of each unit times its x.",
}
ONES_WORDS = WORDS | {
    "z": "What the rule adds up for each unit of {here}. With x = 1 the inputs play no part.",
    "R": "The relevance that {below} receives from {here}: c as it is, because x = 1.",
}
WINNER_WORDS = {
    "z": "The largest input of each unit of {here}, among its window in {below}.",
    "s": "Which inputs won: for how many units of {here} each was the largest.",
    "c": "What each winner in {below} gets: all the relevance of the units it won.",
    "R": "The relevance that {below} receives from {here}. Nothing was divided.",
}


def steps_view(found, window, e):
    """(dict for the browser, float32 bytes of all its maps one after the other).

    `found`, `window`: as `session.Inspector.steps` returns them. Maps are summed over channels;
    each term says where its map begins, and of which layer's units it is.
    """
    rule = e[found.layer].rule
    words = WINNER_WORDS if isinstance(rule, WinnerTakeAll) else WORDS
    words = ONES_WORDS if found.ones else words
    maps, offset = [], 0

    def packed(terms):
        nonlocal offset
        for term in terms:
            values = summed(term.values).astype(np.float32).ravel()
            maps.append(values)
            yield {"label": term.label, "layer": term.layer, "offset": offset, "of": term.of}
            offset += values.size

    below = dict.fromkeys(term.layer for term in found.steps["R"].terms)
    names = {"here": found.layer, "below": " and ".join(below)}
    view = {
        "ones": found.ones,
        "x": list(packed(found.x)),
        "steps": {
            key: {
                "symbol": mathml(line.split("=")[0]),
                "name": _letter(line),
                "line": mathml(line),
                "words": words[key].format(**names),
                "operand": step.operand,
                "terms": list(packed(step.terms)),
            }
            for line, (key, step) in zip(found.lines, found.steps.items(), strict=True)
        },
        "window": window and _window(window),
    }
    return view, b"".join(values.tobytes() for values in maps)


def _letter(line):
    """What a line is about, in plain letters: s, or i*."""
    symbol = line.split("=")[0]
    return symbol[0] + ("*" if "^*" in symbol else "")


def _window(slide):
    """How a window slides over a layer's input, as plain numbers."""
    spans = zip(slide.size, slide.dilation, strict=True)
    return {
        "first": list(slide.first),
        "strides": list(slide.strides),
        "span": [(size - 1) * step + 1 for size, step in spans],
    }
