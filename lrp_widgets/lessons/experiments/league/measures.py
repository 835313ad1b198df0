"""What the league measures a map by, and what each measure says and is held against."""

from dataclasses import dataclass

import numpy as np

from ....lrp import metrics
from ....lrp.judging import OF_MAP, OF_OBJECT
from ....lrp.rules import Zero
from .cases import SEED, patch_of
from .entrants import WITHOUT_NETWORK, method_of


@dataclass(frozen=True)
class Measure:
    """A column: `label`, the `question` it belongs to, and which way is called good.

    `better`: "more", "less", "zero" (the nearer to 0), or "" where none is; `says`: what it is, in
    a sentence; `beside`: what to compare it with. `masked`: whether it needs the object's pixels.
    """

    label: str
    question: str
    better: str
    says: str
    beside: str
    masked: bool = False


FAITHFUL, ON_OBJECT, STABLE, SPECIFIC, COMPLEX = (
    "faithful",
    "on the object",
    "stable",
    "specific",
    "complexity",
)


def _area(label, replaced):
    return Measure(
        label,
        FAITHFUL,
        "more",
        "The area between two curves of the class's probability while patches are replaced by "
        f"{replaced}: least relevant first, minus most relevant first.",
        "A random order gets 0 on average, a constant map 0; the object's mask shows what it takes "
        "to know the object alone.",
    )


# What a picture's patches are replaced by -> its column.
BASELINES = {
    "mean": "abpc",
    "black": "abpc-black",
    "blur": "abpc-blur",
    "border": "abpc-border",
    "noise": "abpc-noise",
}
MEASURES = {
    "abpc": _area("area, mean colour", "the picture's mean colour"),
    "abpc-black": _area("area, black", "black"),
    "abpc-blur": _area("area, blur", "a blur of the picture"),
    "abpc-border": _area("area, border", "the mean colour of the border"),
    "abpc-noise": _area("area, noise", "pixels drawn from the picture"),
    "mass": Measure(
        "mass",
        ON_OBJECT,
        "more",
        "The share of Σ|R| that lies on the object.",
        "A constant map gets the object's share of the picture, the mask 1.",
        True,
    ),
    "rank-accuracy": Measure(
        "rank accuracy",
        ON_OBJECT,
        "more",
        "Of as many of the strongest pixels as the object has, the share that is the object's.",
        "A constant map gets the object's share of the picture, the mask 1.",
        True,
    ),
    "pointing-game": Measure(
        "pointing game",
        ON_OBJECT,
        "more",
        "How often the strongest pixel is the object's.",
        "A constant map gets the object's share of the picture, the mask 1.",
        True,
    ),
    "roc-auc": Measure(
        "ROC area",
        ON_OBJECT,
        "more",
        "How often a pixel of the object has more |R| than one beside it.",
        "Noise and a constant map get ½, the mask 1.",
        True,
    ),
    "max-sensitivity": Measure(
        "max-sensitivity",
        STABLE,
        "less",
        "The largest relative change of the map in five pictures that differ by at most 2 %.",
        "Noise, drawn anew for each picture, gets about √2.",
    ),
    "local-lipschitz": Measure(
        "local Lipschitz",
        STABLE,
        "less",
        "The largest change of the map divided by that of the picture, of the same five.",
        "It has the map's own unit: compare rows only where maps are of one size.",
    ),
    "other-class": Measure(
        "another class",
        SPECIFIC,
        "zero",
        "Rank correlation with the map of the network's second choice.",
        "Noise gets 0 and knows no class at all; 1 is the same map for both.",
    ),
    "mprt": Measure(
        "MPRT",
        SPECIFIC,
        "zero",
        "Rank correlation with the maps of networks with random weights from the top down, mean.",
        "Noise gets 0, the best there is, and knows nothing of the network.",
    ),
    "smprt": Measure(
        "sMPRT",
        SPECIFIC,
        "zero",
        "The same of maps that are first averaged over four noisy copies of the picture.",
        "Noise gets 0, the best there is, and knows nothing of the network.",
    ),
    "emprt": Measure(
        "eMPRT",
        SPECIFIC,
        "more",
        "How much the entropy of the map's histogram rises when all weights are random.",
        "Noise gets 0: its histogram does not change.",
    ),
    "gini": Measure(
        "Gini index",
        COMPLEX,
        "",
        "How unevenly |R| is spread over the pixels.",
        "A constant map gets 0, a single pixel nearly 1; neither is better.",
    ),
    "entropy": Measure(
        "entropy",
        COMPLEX,
        "",
        "How evenly |R| is spread over the pixels.",
        "A constant map gets 1, a single pixel 0; neither is better.",
    ),
}

# Measured on every picture; the others only on some, for they ask the network far more often.
EVERYWHERE = (
    *("abpc", "mass", "rank-accuracy", "pointing-game", "roc-auc"),
    *("other-class", "gini", "entropy"),
)
# What is measured of photographs, whose objects nobody has drawn.
OF_PHOTOGRAPHS = tuple(name for name in EVERYWHERE if not MEASURES[name].masked)


def first_choices(network, images):
    """Return the classes of every picture, (pictures, classes), the network's choice first."""
    return np.argsort(-network(network.preprocess(images)), axis=1, kind="stable")


def measures_of(network, name, cases, seed=0):
    """Return what is measured on every picture: {measure: array, a value for each case}.

    `name`: one of `entrants.ROWS`. What is explained is the network's first choice, by its logit or
    that logit's size (`attribution.lrp`). Cases without a mask get `OF_PHOTOGRAPHS`.
    """
    found = map_measures_of(network, name, cases, seed) | areas_of(network, name, cases, seed)
    return {measure: found[measure] for measure in EVERYWHERE if measure in found}


def map_measures_of(network, name, cases, seed=0):
    """Return what the maps of the first choice and the second tell: {measure: array}."""
    images, order = _asked(network, cases)
    method = method_of(name, cases, seed)
    maps, others = (
        np.asarray(method(network, images, order[:, k].tolist()), np.float64).sum(-1)
        for k in (0, 1)
    )
    found = {"other-class": map(metrics.rank_correlation, maps, others)}
    found |= {name: map(measure, maps) for name, measure in OF_MAP.items()}
    if all(each.mask is not None for each in cases):
        masks = [each.mask for each in cases]
        found |= {name: map(measure, maps, masks) for name, measure in OF_OBJECT.items()}
    return {measure: np.array(list(values)) for measure, values in found.items()}


def areas_of(network, name, cases, seed=0, baselines=("mean",)):
    """Return the areas between the curves, for each of `BASELINES` asked for: {measure: array}."""
    images, order = _asked(network, cases)
    targets = order[:, 0].tolist()
    maps = method_of(name, cases, seed)(network, images, targets)
    maps = np.asarray(maps, np.float64).sum(-1)
    settings = {"patch": patch_of(images.shape[1]), "seed": SEED}
    return {
        BASELINES[baseline]: np.array(
            [
                metrics.abpc(network, *each, target=target, baseline=baseline, **settings)
                for *each, target in zip(images, maps, targets, strict=True)
            ]
        )
        for baseline in baselines
    }


def other_areas_of(network, name, cases, seed=0):
    """Return the areas for all other baselines than the mean: {measure: array}."""
    others = [baseline for baseline in BASELINES if baseline != "mean"]
    return areas_of(network, name, cases, seed, others)


def _asked(network, cases):
    """The cases' images, and the classes of each, the network's first choice first."""
    images = np.stack([each.image for each in cases])
    return images, first_choices(network, images)


def stability_of(network, name, cases, seed=0):
    """Return how stable the maps are: {measure: array}; nothing for what asks no network."""
    if name in WITHOUT_NETWORK:
        return {}
    ask = {"method": method_of(name, cases, seed), "samples": 5, "seed": SEED}
    return {
        "max-sensitivity": np.array(
            [metrics.max_sensitivity(network, each.image, **ask) for each in cases]
        ),
        "local-lipschitz": np.array(
            [metrics.local_lipschitz(network, each.image, **ask) for each in cases]
        ),
    }


def entropy_rise_of(network, name, cases, seed=0):
    """Return eMPRT: {"emprt": array}; nothing for what asks no network."""
    if name in WITHOUT_NETWORK:
        return {}
    images = np.stack([each.image for each in cases])
    return {"emprt": metrics.emprt(network, images, method_of(name, cases, seed), seed=SEED)}


def mprt_of(network, name, cases, seed=0):
    """Return the mean of MPRT over the layers, and MPRT: ({"mprt": array}, {layer: array})."""
    if name in WITHOUT_NETWORK:
        return {}, {}
    images = np.stack([each.image for each in cases])
    by_layer = metrics.mprt(network, images, method_of(name, cases, seed), seed=SEED)
    return {"mprt": np.mean(list(by_layer.values()), axis=0)}, by_layer


def smprt_of(network, name, cases, seed=0):
    """Return sMPRT's mean over the layers, with four noisy copies: {"smprt": array}."""
    if name in WITHOUT_NETWORK:
        return {}
    images = np.stack([each.image for each in cases])
    by_layer = metrics.smprt(network, images, method_of(name, cases, seed), seed=SEED, copies=4)
    return {"smprt": np.mean(list(by_layer.values()), axis=0)}


def cosines_of(network, rules, cases):
    """Return `class_cosines` of the first choice and the second: {layer: array}."""
    found = {}
    settings = {"rules": Zero(), "input_rule": None} if rules == "LRP-0" else {"rules": rules}
    for case in cases:
        first, second = first_choices(network, case.image[None])[0, :2]
        pair = {"target": int(first), "other": int(second), "dtype": "float32"}
        for layer, value in metrics.class_cosines(network, case.image, **pair, **settings).items():
            found.setdefault(layer, []).append(value)
    return {layer: np.array(values) for layer, values in found.items()}
