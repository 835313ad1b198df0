"""Where a network's ways meet, in additions and concatenations: how relevance divides there."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Way:
    """One input of a join: its layer's name, and the relevance that the join hands to it, Σ."""

    source: str
    relevance: float


@dataclass(frozen=True)
class Join:
    """A layer where ways meet: `ways`, the short way (skip, or older channels) first.

    `total` is the layer's own relevance Σ; what the ways do not get is in the ledger.
    """

    name: str
    kind: str
    total: float
    ways: tuple[Way, ...]


def joins(e):
    """Every addition and concatenation of an explanation, output first: a list of `Join`.

        joins(explain(load_network("mini-resnet"), image))[0].ways

    An addition shares by its rule, a concatenation hands each channel back to where it came from.
    Computed anew from the activations, by the code of `explain`. Raises ValueError for an
    explanation of several pictures.
    """
    from .layers import Addition, Concatenation

    if e.is_batch:
        raise ValueError("This explanation is of a batch: choose one picture, such as e[0].")
    depths = _depths(e.network)
    found = []
    for layer in reversed(e.network.layers):
        if isinstance(layer, Addition | Concatenation):
            handed = zip(layer.inputs, _shares(e, layer), strict=True)
            ways = [Way(source, float(share.numpy().sum(dtype=float))) for source, share in handed]
            ways.sort(key=lambda way: depths[way.source])
            found.append(Join(layer.name, layer.kind, float(e[layer.name].total), tuple(ways)))
    return found


def _shares(e, layer):
    """What each input of the layer gets, with a batch axis."""
    import tensorflow as tf

    from .layers import Concatenation
    from .propagation import share_proportionally, share_signed, sums_of
    from .rules import Rule

    xs = [tf.constant(e[source].activation[None]) for source in layer.inputs]
    relevance = tf.constant(e[layer.name].relevance[None])
    rule = e[layer.name].rule
    if isinstance(layer, Concatenation):
        return layer.back(relevance, xs)
    if isinstance(rule, Rule):
        return share_signed(rule, xs, relevance, e.settings["epsilon"])[0]
    return share_proportionally(xs, relevance, *sums_of(layer))[0]


def _depths(network):
    """How many layers stand at most between each layer and the input: {name: count}."""
    depths = {}
    for layer in network.layers:
        depths[layer.name] = 1 + max((depths[source] for source in layer.inputs), default=-1)
    return depths
