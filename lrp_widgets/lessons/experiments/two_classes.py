"""Do a composite's maps tell classes apart, and do they lie on the object? Measured on scenes.

The scenes are those of `sanity_checks`, mini-vgg's; what has been measured is kept. Each class is
explained by its logit, or its size: see `compare_composites.starts_with_size`.
"""

from dataclasses import dataclass

import numpy as np

from ...lrp.metrics import mass, rank_correlation
from . import sanity_checks
from .compare_composites import rules_named, starts_with_size
from .loaded import once


@dataclass(frozen=True)
class Pair:
    """A scene's first choice and runner-up, by their numbers, and three measures of the maps.

    `correlation`: rank correlation of the two classes' maps; `mass`: the share of the first
    choice's map on the object; `contrast`: rank correlation of the contrast's map, first choice
    against runner-up, with the first choice's own map.
    """

    first: int
    second: int
    correlation: float
    mass: float
    contrast: float


def compared(network, rules, e):
    """The maps of a batch explained with start "logit", as comparisons of classes take them."""
    maps = e.heatmap("gray")
    if starts_with_size(network, rules):
        maps = maps * np.sign(e.start_total)[:, None, None]
    return maps


@once
def class_maps(number, rules="z-plus"):
    """Explain every class of a scene: maps (classes, H, W), and the logits (classes,).

    maps, logits = class_maps(0, "epsilon-plus")
    """
    network = sanity_checks.network()
    classes = range(len(network.class_names))
    e = _explain([number] * len(classes), rules, classes)
    return compared(network, rules, e), e.start_total


@once
def contrast_maps(number, rules="z-plus"):
    """Explain the first choice against each class: maps (classes, H, W), z_t − z_o each.

    In the first choice's own place stands its logit's map. Returns these and the logits.
    """
    maps, logits = class_maps(number, rules)
    top = int(np.argmax(logits))
    others = [k for k in range(len(logits)) if k != top]
    e = _explain([number] * len(others), rules, [top] * len(others), others)
    made = np.empty_like(maps)
    made[others], made[top] = e.heatmap("gray"), maps[top]
    return made, logits


def correlations(maps, logits):
    """Rank correlation of each of a scene's maps with that of the network's first choice."""
    top = maps[int(np.argmax(logits))]
    return [rank_correlation(each, top) for each in maps]


@once
def pairs(rules="z-plus"):
    """Measure all scenes under a composite: a `Pair` for each."""
    network, numbers = sanity_checks.network(), range(sanity_checks.SCENES)
    firsts, seconds = (_ranked()[:, k].tolist() for k in (0, 1))
    first, second = (
        compared(network, rules, _explain(numbers, rules, target)) for target in (firsts, seconds)
    )
    contrast = _explain(numbers, rules, firsts, seconds).heatmap("gray")
    return [
        Pair(
            first=firsts[k],
            second=seconds[k],
            correlation=rank_correlation(first[k], second[k]),
            mass=mass(first[k], sanity_checks.scene(k).mask),
            contrast=rank_correlation(contrast[k], first[k]),
        )
        for k in numbers
    ]


def mean(rules, measure):
    """The mean of one of a Pair's measures over all scenes, such as mean("z-plus", "mass")."""
    return float(np.mean([getattr(each, measure) for each in pairs(rules)]))


def _explain(numbers, rules, target, other=None):
    from ...lrp.explain import explain

    images = np.stack([sanity_checks.scene(number).image for number in numbers])
    start = {"start": "logit"} if other is None else {"start": "contrast", "other": list(other)}
    return explain(
        sanity_checks.network(), images, target=list(target), **start, **rules_named(rules)
    )


@once
def _ranked():
    """The classes of every scene, (scenes, classes), the network's first choice first."""
    images = np.stack([sanity_checks.scene(number).image for number in range(sanity_checks.SCENES)])
    network = sanity_checks.network()
    return np.argsort(-network(network.preprocess(images)), axis=-1)
