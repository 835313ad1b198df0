"""What lesson 18 measures: a network of two hidden units, and mini-vgg's channels."""

import numpy as np

from ...lrp import rules
from ...lrp.concepts import concepts_of
from ...lrp.concepts.values import KINDS
from ...networks.activations import Activation
from ...networks.layers import Dense, Input
from ...networks.network import Network
from .loaded import explained, network, once

LAYER, EARLY = "block4_conv2", "block2_conv2"
SHOWN = 6  # reference pictures of each kind, as on the page

X = np.array([1.0, 2.0])
W1, B1 = np.array([[1.0, 3], [4, 2]]), np.array([0.0, 1])  # rows are output units
W2, B2 = np.array([[2.0, 4], [3, 1]]), np.array([1.0, 2])

# The channels' sums over places in the task on RelMax: one row a place.
PLACES = np.array([[3.0, -1, 2], [1, -3, -2]])


def small_network():
    """Two inputs, two hidden units with a ReLU, two outputs: hidden [7, 9], outputs [51, 32]."""
    return Network(
        [
            Input(name="input", shape=(2,)),
            Dense(
                name="hidden",
                inputs=("input",),
                kernel=W1.T,
                bias=B1,
                activation=Activation("relu"),
            ),
            Dense(name="out", inputs=("hidden",), kernel=W2.T, bias=B2),
        ],
        name="two hidden units",
    )


def shares(through=None):
    """R of the two inputs by LRP-0, of a start of 1 at output 0, through these hidden units."""
    from ...lrp.explain import explain

    e = explain(
        small_network(),
        X,
        rules.Zero(),
        start="logit",
        target=0,
        input_rule=None,
        dtype="float64",
        through=None if through is None else {"hidden": through},
    )
    return e.pixels / e.start_total


@once
def adding_up():
    """How far the maps of all channels, added up, are from the whole map, relative to its size."""
    e = explained("star")
    found = e.channel_maps(LAYER).sum(0)
    return float(np.abs(found - e.pixels).sum() / np.abs(e.pixels).sum())


@once
def concepts():
    """What mini-vgg's channels stand for."""
    return concepts_of(network())


@once
def shared():
    """How many of six pictures are in both rows, for every channel that has two full rows."""
    counts = []
    for channel in range(concepts().shapes[LAYER][-1]):
        one, other = (
            {each.picture for each in concepts().references(LAYER, channel, kind)[:SHOWN]}
            for kind in KINDS
        )
        if len(one) == len(other) == SHOWN:
            counts.append(len(one & other))
    return counts


def best(layer=LAYER):
    """The channel of a layer that tells a star from a cross best, by its largest activation."""
    return concepts().which(layer, "star", "cross")[0]


def relmax(places):
    """Each channel's signed sum over places, over the sum of the sizes of these sums."""
    sums = places.sum(0)
    return sums / np.abs(sums).sum()
