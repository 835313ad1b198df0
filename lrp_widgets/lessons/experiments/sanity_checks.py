"""Sanity checks on mini-vgg, measured: drawn scenes, and weights drawn anew.

Scenes are known by their number, 0 to `SCENES` − 1; training has not seen them. What has been
measured is kept.
"""

from dataclasses import dataclass, fields
from functools import cache

import numpy as np

from ...lrp.metrics import entropy, mass, rank_accuracy, rank_correlation
from ...media.scenes import draw_scene
from . import loaded
from .loaded import once

SCENES = 16
_SEED = 8  # training draws with seed 1


@dataclass(frozen=True)
class Measures:
    """What is measured of one map, or the means over all scenes.

    `mass`, `rank_accuracy` are about the object; `correlation` is with the trained network's map.
    """

    entropy: float
    mass: float
    rank_accuracy: float
    correlation: float


@dataclass(frozen=True, eq=False)
class Outcome:
    """A map (H, W), its Measures, and the network's first choice with its probability."""

    map: np.ndarray
    measures: Measures
    predicted: str
    probability: float


@cache
def scene(number):
    """The drawn scene of that number: image, mask, kind."""
    return draw_scene((_SEED, number))


def network(down_to=None, seed=0):
    """mini-vgg as trained, or with random weights from its output down to the layer `down_to`."""
    return loaded.network() if down_to is None else _randomized(down_to, seed)


@once
def _randomized(down_to, seed):
    return loaded.network().randomized(seed, down_to)


def steps():
    """The layers that get random weights, one more at a time from the top; None: as trained."""
    return [None, *(layer.name for layer in reversed(network().weighted))]


def all_random():
    """The last of the steps: down to the first layer with weights."""
    return steps()[-1]


def outcomes(down_to=None, seed=0):
    """Explain all scenes by the network with those weights; an Outcome for each."""
    return _outcomes(down_to, seed if down_to else 0)


@once
def _outcomes(down_to, seed):
    from ...lrp.explain import explain

    # One batch, because the same computation for one scene after the other takes far longer.
    drawn = [scene(number) for number in range(SCENES)]
    e = explain(network(down_to, seed), np.stack([each.image for each in drawn]))
    maps = [one.heatmap("gray") for one in e]
    originals = maps if down_to is None else [outcome.map for outcome in outcomes()]
    return [
        Outcome(made, _measure(made, each.mask, original), *prediction[0])
        for made, each, original, prediction in zip(maps, drawn, originals, e.prediction)
    ]


def mean(down_to=None, seed=0):
    """The means of the Measures over all scenes."""
    found = [outcome.measures for outcome in outcomes(down_to, seed)]
    return Measures(
        *(float(np.mean([getattr(m, field.name) for m in found])) for field in fields(Measures))
    )


def _measure(made, mask, original):
    return Measures(
        entropy=entropy(made),
        mass=mass(made, mask),
        rank_accuracy=rank_accuracy(made, mask),
        correlation=rank_correlation(made, original),
    )


def covered(number=None):
    """What share of the picture the object covers; None for the mean over all scenes."""
    if number is None:
        return float(np.mean([covered(k) for k in range(SCENES)]))
    return float(scene(number).mask.mean())
