"""A network's blocks: its layers grouped by how often the picture has been made smaller."""

import math

from .attention import Projection
from .layers import Convolution, Dense, GlobalWindow, Input, Reshape, Window
from .network import Network

DENSE = "dense"


def blocks(network: Network) -> dict[str, tuple[str, ...]]:
    """The layers of a network in blocks: {"block1": (names…), …, "dense": (names…)}.

    A block ends with a pooling layer, or before a convolution, of stride above 1. What stands
    behind a flatten or a global pooling layer, and every dense layer, is the block "dense". In
    VGG16 these are its five blocks and the fully connected part; in ResNet50 conv1 to conv5 and
    the part behind the average. In a transformer a block begins with the layer that attention
    reads, and only what stands behind the last attention's dense layers is "dense".
    """
    after, depths = {}, {}
    read = {
        source
        for layer in network.layers
        if isinstance(layer, Projection)
        for source in layer.inputs
    }
    with_places = _leading_to_places(network)
    for layer in network.layers:
        before = max((after[source] for source in layer.inputs), default=0)
        if layer.name in with_places and isinstance(layer, Dense | Reshape):
            depths[layer.name] = after[layer.name] = before + (layer.name in read)
        elif layer.name in read:
            depths[layer.name] = after[layer.name] = before + 1
        else:
            depths[layer.name], after[layer.name] = _depths(layer, before)
    order = sorted({depths[layer.name] for layer in network.layers[1:]})
    names = {depth: f"block{number}" for number, depth in enumerate(order, start=1)}
    names[math.inf] = DENSE
    grouped: dict[str, tuple[str, ...]] = {names[depth]: () for depth in order}
    for layer in network.layers[1:]:
        grouped[names[depths[layer.name]]] += (layer.name,)
    return grouped


def _leading_to_places(network):
    """The names of a transformer's layers from which a global pooling or attention is reached."""
    if not any(isinstance(layer, Projection) for layer in network.layers):
        return set()
    found = set()
    for layer in reversed(network.layers):
        if layer.name in found or isinstance(layer, GlobalWindow | Projection):
            found.update(layer.inputs)
    return found


def _depths(layer, before):
    """How often the picture was made smaller: for the layer itself, and for its readers."""
    match layer:
        case Dense() | Reshape():
            return math.inf, math.inf
        case GlobalWindow():
            return before, math.inf
        case Convolution() if max(layer.strides) > 1:
            return before + 1, before + 1
        case Window() if max(layer.strides) > 1:
            return before, before + 1
        case Input():
            return 0, 0
    return before, before
