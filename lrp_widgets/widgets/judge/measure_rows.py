"""The measures of a map, one row each: its number, what it is held against, what it can tell."""

from functools import partial

import numpy as np

from ..._support import number_words
from ..._support.downloads import Cancelled
from ...lrp import attribution, metrics
from ...lrp.attribution.methods import lrp
from ...lrp.judging import OF_MAP, OF_OBJECT
from ...lrp.targets import runner_up

FAITHFUL, ON_OBJECT, STABLE, SPECIFIC, SPREAD = (
    "faithful: does the network depend on what the map marks?",
    "on the object: do we agree with it?",
    "stable: does a little noise change it?",
    "specific: does it change with the class and the weights?",
    "how spread out it is",
)

# key → group, label, what it can and cannot tell.
TOLD = {
    "abpc": (
        FAITHFUL,
        "area between the curves",
        "Large where the score falls early for relevant patches and late for the others. It holds "
        "for this baseline and this size of patches; others can turn a ranking over.",
    ),
    "mass": (
        ON_OBJECT,
        "mass",
        "The share of |R| on the object’s pixels. It says whether we agree with the map, not what "
        "the network depends on.",
    ),
    "rank-accuracy": (
        ON_OBJECT,
        "rank accuracy",
        "The share of the strongest pixels, as many as the object has, that are the object’s. It "
        "does not see how strong they are.",
    ),
    "pointing-game": (
        ON_OBJECT,
        "pointing game",
        "1 where the strongest pixel is the object’s. A single pixel decides: it needs many "
        "pictures to say something.",
    ),
    "roc-auc": (
        ON_OBJECT,
        "area under the ROC curve",
        "How often a pixel of the object has more |R| than another. It counts a map along the "
        "object’s edge as half wrong.",
    ),
    "gini": (
        SPREAD,
        "Gini index",
        "0 for an even map, nearly 1 for a single pixel. A sharp map is easy to read, which does "
        "not make it right.",
    ),
    "entropy": (
        SPREAD,
        "entropy",
        "1 for an even map, 0 for a single pixel, divided by log n. It does not say whether the "
        "right pixels have it.",
    ),
    "max-sensitivity": (
        STABLE,
        "max-sensitivity",
        "The largest ‖R′ − R‖ / ‖R‖ over ten pictures within 2 % of this one. Small is stable; a "
        "map that never changes is stable and may be wrong.",
    ),
    "class-cosine": (
        SPECIFIC,
        "cosine with the next class",
        "How alike the maps of two classes’ logits are: near 1 the map tells little of its class. "
        "A low number does not make it right.",
    ),
    "mprt": (
        SPECIFIC,
        "random weights (MPRT)",
        "Rank correlation with the maps of partly random networks, mean over layers; low is called "
        "good. Noise is best at it, so it cannot say that a map is right.",
    ),
}

# What takes a while, and is measured when somebody asks for it.
ON_DEMAND = ("max-sensitivity", "class-cosine", "mprt")


def fixed(value):
    """Return a measure as text, "–" where it says nothing."""
    return number_words.fixed(value, 2)


def at_once(case, mask):
    """Return the rows that the map alone tells, and those that wait: a dict each for the browser.

    `mask` (H, W): the object's pixels, None where nobody knows them.
    """
    relevance = case.map
    constant = np.ones(relevance.shape)
    rows = [row("abpc", "…", "a constant map 0.00 · a random one 0 in the mean")]
    for key, measure in OF_OBJECT.items() if mask is not None else ():
        beside = f"a constant map {fixed(measure(constant, mask))} · the object itself 1.00"
        rows.append(row(key, fixed(measure(relevance, mask)), beside))
    for key in ON_DEMAND:
        rows.append(row(key, "", BESIDE[key], waits=True))
    for key, measure in OF_MAP.items():
        single = np.zeros(relevance.shape)
        single.flat[0] = 1
        beside = f"a constant map {fixed(measure(constant))} · a single pixel "
        rows.append(row(key, fixed(measure(relevance)), beside + fixed(measure(single))))
    return rows


BESIDE = {
    "max-sensitivity": "a constant map 0.00 · noise drawn anew: measured with it",
    "class-cosine": "0 where nothing is common · 1 for the same map",
    "mprt": "1 for a map that ignores the weights · noise: measured with it",
}


def row(key, value, beside, waits=False):
    """Return a row for the browser; `waits`: whether it is measured when it is asked for."""
    group, label, words = TOLD[key]
    return {
        "key": key,
        "group": group,
        "label": label,
        "value": value,
        "beside": beside,
        "help": words,
        "waits": waits,
    }


def on_demand(key, case, network, image, cancel):
    """Return the row of one of `ON_DEMAND`, measured with the network."""
    settings = case.request.settings
    rules = {name: settings[name] for name in ("rules", "pooling", "input_rule", "through")}
    target = case.target
    if key == "class-cosine":
        other = runner_up(case.explanation)
        found = metrics.class_cosines(network, image, target, other, **rules, dtype="float32")
        first = next(iter(found))
        name = case.explanation.network.class_names[other]
        return row(key, fixed(found[first]), f"{name}; {BESIDE[key]}")
    measure = {"max-sensitivity": metrics.max_sensitivity, "mprt": _mean_mprt}[key]
    ours = partial(lrp, **rules, epsilon=settings["epsilon"])
    value, noise = (
        measure(network, image, _ends(method, cancel), target=target)
        for method in (ours, attribution.noise(0))
    )
    known = {
        "max-sensitivity": f"a constant map 0.00 · noise drawn anew {fixed(noise)}",
        "mprt": f"a map that ignores the weights 1.00 · noise {fixed(noise)}",
    }
    return row(key, fixed(value), known[key])


def _mean_mprt(network, image, method, target):
    return float(np.mean([*metrics.mprt(network, image, method, target).values()]))


def _ends(method, cancel):
    """The method, which ends the measuring once `cancel` is set."""

    def ask(network, image, target=None):
        if cancel.is_set():
            raise Cancelled("Measuring was cancelled.")
        return method(network, image, target)

    return ask
