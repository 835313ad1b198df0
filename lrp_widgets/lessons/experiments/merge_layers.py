"""Where a network's ways meet, in additions and concatenations: how relevance divides there."""

from dataclasses import dataclass

from ...lrp.layer_result import of_one_picture


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
    Raises ValueError for an explanation of several pictures.
    """
    of_one_picture(e)
    depths = _depths(e.network)
    return [
        Join(
            layer.name,
            layer.kind,
            layer.total,
            tuple(sorted((Way(*way) for way in layer.ways), key=lambda way: depths[way.source])),
        )
        for layer in reversed(e.layers)
        if layer.ways
    ]


def _depths(network):
    """How many layers stand at most between each layer and the input: {name: count}."""
    depths = {}
    for layer in network.layers:
        depths[layer.name] = 1 + max((depths[source] for source in layer.inputs), default=-1)
    return depths
