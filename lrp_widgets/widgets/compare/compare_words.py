"""What the page says of two explanations: in what they differ, and what their correlation means."""

import numpy as np

from ..._support.number_words import correlation, signed
from ...figures.captions import settings
from ...lrp.attribution import MethodMap
from ...lrp.judging import METHOD_WORDS
from ...lrp.metrics import rank_correlation

# How a setting is put where only some of them are named; the others stand for themselves.
_PHRASES = {
    "rule": "rule {}",
    "input layer": "{} at the input",
    "pooling": "{} pooling",
}

# What is named of an explanation and another method's map: they have no other settings in common.
_OF_EVERY_METHOD = ("method", "rule", "network", "weights", "explained")

# Of two different pictures; a pane's own is named by the page, where it has a name.
PICTURES = ("picture A", "picture B")

_VIEWS = {"gray": "gray", "rgb": "RGB"}

# From this correlation on → what it means.
_MEANINGS = (
    (0.95, "Nearly the same places, in the same order."),
    (0.7, "Mostly the same places are strong in both."),
    (0.3, "Only in part the same places are strong."),
    (-0.3, "Hardly related: one tells little of the other."),
    (-1.1, "Turned over: strong in one is weak in the other."),
)


def differences(first, second, views=("gray", "gray")):
    """Return, for each of two explanations, what it has otherwise than the other one.

    Two texts such as "pretrained weights" and "random weights (seed 0)"; empty where they agree.
    """
    sides = tuple(zip((first, second), views, strict=True))
    titles = [_otherwise(*sides), _otherwise(*reversed(sides))]
    if _another_picture(first.picture, second.picture):
        # First, because a pane may cut its title's end.
        titles = [", ".join(filter(None, each)) for each in zip(PICTURES, titles, strict=True)]
    return titles


def _otherwise(mine, other):
    (e, view), (f, view_of_other) = mine, other
    words, words_of_other = settings(e), settings(f)
    if isinstance(e, MethodMap) or isinstance(f, MethodMap):
        words = {name: words[name] for name in _OF_EVERY_METHOD if name in words}
    parts = [
        _phrase(name, said) for name, said in words.items() if said != words_of_other.get(name)
    ]
    if view != view_of_other:
        parts.append(_VIEWS[view])
    return ", ".join(parts)


def method_sentence(found):
    """Return one sentence on a `MethodMap`: what it has not, and what its ledger is, if it has one.

    "" for an explanation.
    """
    if not isinstance(found, MethodMap):
        return ""
    what = f"B, by {METHOD_WORDS[found.method]}, has no layers to step through"
    if found.baseline is None:
        return f"{what} and no ledger."
    difference = signed(found.score - found.baseline)
    return (
        f"{what}; its ledger is its sum: ΣR {signed(found.total)} beside z(x) − z(black) = "
        f"{difference}."
    )


def _phrase(name, words):
    if name == "weights":
        kind, _, seed = words.partition(", ")
        return f"{kind} weights" + (f" ({seed})" if seed else "")
    if (name, words) == ("input layer", "like every layer"):
        words = "pixel values"
    return _PHRASES.get(name, "{}").format(words)


def _another_picture(first, second):
    """Whether two pictures differ; of two sizes nobody knows, for networks crop and resize."""
    if first is None or second is None or first.shape != second.shape:
        return False
    return not np.array_equal(first, second)


def by_channel(first, second):
    """Return how Σ|R| of the pixels lies on the colours of two explanations of one picture.

    "" where these are not two explanations of one picture in colours with different input rules.
    """
    if first is None or second is None or first.picture is None or second.picture is None:
        return ""
    rules = [_otherwise((e, ""), (f, "")) for e, f in ((first, second), (second, first))]
    colours = first.layers[0].shape[-1] == 3 and np.array_equal(first.picture, second.picture)
    if not colours or not all("at the input" in words for words in rules):
        return ""
    shares = zip(["red", "green", "blue"], *map(_shares, (first, second)), strict=True)
    found = ", ".join(f"{name} {a:.0f} → {b:.0f} %" for name, a, b in shares)
    r = rank_correlation(first.heatmap("gray"), second.heatmap("gray"))
    return f"Σ|R| here, A → B: {found}; colours added up, rank correlation {correlation(r)}."


def _shares(e):
    """Each channel's share of Σ|R| over the pixels, in percent."""
    sizes = np.abs(np.asarray(e.pixels, np.float64)).sum((0, 1))
    return 100 * sizes / (sizes.sum() or 1)


def correlation_words(r, equal):
    """Return one sentence on a rank correlation; `equal`: whether the numbers are the same."""
    if equal:
        return "The same numbers in both."
    if np.isnan(r):
        return "One map is equal everywhere: nothing to rank."
    return next(words for least, words in _MEANINGS if r >= least)
