"""Merge layers, which add branches or put them side by side: how relevance divides there."""

from dataclasses import dataclass

from ...lrp.layer_result import of_one_picture


@dataclass(frozen=True)
class Branch:
    """One input of a merge layer: the name of the layer it comes from, and ΣR that it gets."""

    source: str
    relevance: float


@dataclass(frozen=True)
class MergeLayer:
    """An addition or a concatenation; the shorter of its `branches` (skip, older channels) first.

    `total` is the layer's own ΣR; what the branches do not get is in the ledger.
    """

    name: str
    kind: str
    total: float
    branches: tuple[Branch, ...]


def merge_layers(e):
    """Every addition and concatenation of an explanation, output first: a list of `MergeLayer`.

        merge_layers(explain(load_network("mini-resnet"), image))[0].branches

    An addition shares by its rule, a concatenation hands each channel back to where it came from.
    Raises ValueError for an explanation of several pictures.
    """
    of_one_picture(e)
    depths = _depths(e.network)
    return [
        MergeLayer(
            layer.name,
            layer.kind,
            layer.total,
            tuple(
                sorted((Branch(*each) for each in layer.branches), key=lambda b: depths[b.source])
            ),
        )
        for layer in reversed(e.layers)
        if layer.branches
    ]


def _depths(network):
    """How many layers stand at most between each layer and the input: {name: count}."""
    depths = {}
    for layer in network.layers:
        depths[layer.name] = 1 + max((depths[source] for source in layer.inputs), default=-1)
    return depths
