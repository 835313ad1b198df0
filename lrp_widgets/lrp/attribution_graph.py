"""The attribution graph: through which channels of which layers a class gets its relevance."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from .._support import checks
from ..networks.blocks import DENSE, blocks
from .channel_maps import path_below, rows_through
from .channels import is_vector
from .layer_result import of_one_picture
from .through import followed, path_through, settle

# Layers of a graph unless others are asked for, and channels of each.
MOST_LAYERS = 4
TOP = 5


@dataclass(frozen=True, eq=False)
class Node:
    """What is explained, one channel of a layer, all its others together, or the input.

    `kind`: "start", "channel", "others" or "pixels"; `layer`: its name; `channels`: numbers counted
    from 0, () of the start and the pixels. `share`: of its layer's Σ|R|, as `e.channel_shares`.
    `flow`: what of 1 arrives here when each node hands on what it gets by its edges' shares: Σ over
    the edges that end here of (flow of the source) · share. `map`: the relevance of the input that
    passes through these channels, like `e.pixels`.
    """

    kind: str
    layer: str
    channels: tuple[int, ...]
    share: float
    flow: float
    map: np.ndarray


@dataclass(frozen=True, eq=False)
class Edge:
    """How much of the relevance that passes through `source` is found at `target` below it.

    `share` = `positive` + `negative`: the parts of the target's Σ|R| with R > 0 and with R < 0.
    """

    source: Node
    target: Node
    share: float
    positive: float
    negative: float


@dataclass(frozen=True, eq=False)
class AttributionGraph:
    """What `attribution_graph` returns. `layers`: their names, nearest to the output first.

    `nodes`: the start, then layer by layer the strongest channel first and the others last, then
    the pixels. `edges`: by their source, then by their target, in that order.
    """

    layers: tuple[str, ...]
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]

    def outgoing(self, node: Node) -> list[Edge]:
        """The edges that leave a node: their shares add up to 1, or are none where R is 0."""
        return [edge for edge in self.edges if edge.source is node]

    def __repr__(self):
        return (
            f"<AttributionGraph through {', '.join(self.layers)}: {len(self.nodes)} nodes, "
            f"{len(self.edges)} edges>"
        )


def attribution_graph(
    e, layers=None, top=TOP, network=None, report: Callable[[float], Any] | None = None
) -> AttributionGraph:
    """Follow an explanation from its class through the strongest channels of some layers.

        for edge in attribution_graph(e).edges:
            print(edge.source.layer, edge.source.channels, edge.target.channels, edge.share)

    A layer's nodes are the `top` channels with the largest shares of its Σ|R|, and one node of all
    its others. The share of an edge from channel j of a layer l to channel k of m, the next layer
    of the graph below it, is k's share in the relevance conditioned on j:

        share(j → k) = Σ_p |R_kp(j)| / Σ_k' Σ_p |R_k'p(j)|,

    over m's places p, with R(j) m's relevance in `explain(…, through={l: [j]})`. A node of several
    channels takes them together, as {l: [j, …]}; the start's R is the explanation's own; at the
    pixels all channels are one node. So the shares that leave a node add up to 1. `positive` and
    `negative` are the parts with R > 0 and R < 0. What a layer absorbs, and what goes past it, is
    in no share. Under z⁺ nothing is negative, and where nothing is absorbed a node's `flow` is its
    `share`; where both signs meet they differ, for what comes from different sources can cancel.
    Where the explanation itself follows channels of a layer (`through`), there are no others.

    `layers`: names, all on one path; None for those of `graph_layers`. `network` is needed where
    `e.network` is only a `NetworkInfo`. `report(fraction)` is told how far it is.
    Raises ValueError for several pictures, and for layers that are not there or not on one path.
    Source: Achtibat et al. 2023; channels of a layer share one backward pass.
    """
    of_one_picture(e)
    network, top = network or e.network, checks.whole_number("top", top, least=1)
    names = _ordered(network, graph_layers(e, network) if layers is None else layers)
    bottom = e.layers[0]
    groups = [_groups(e, name, top) for name in names]
    pixels = _Groups(("pixels",), np.ones((1, bottom.shape[-1]), bool))
    total, done = sum(len(each.kinds) for each in groups), 0
    start = Node("start", e.layers[-1].name, (), 1.0, 1.0, e.pixels)
    nodes, edges, above = [start], [], [start]
    parts = _parts(followed(e, names[0])[None], groups[0])
    for name, here, lower, below in zip(
        names, groups, [*names[1:], bottom.name], [*groups[1:], pixels], strict=True
    ):
        maps = np.zeros((len(here.kinds), *bottom.shape), bottom.relevance.dtype)
        going_on = np.zeros((2, len(here.kinds), len(below.kinds)))
        path, _ = path_below(e, name, network)
        wanted = tuple(dict.fromkeys((lower, bottom.name)))
        for rows, found in rows_through(e, name, here.masks, wanted, path, network):
            going_on[:, rows], maps[rows] = _parts(found[0], below), found[-1]
            done += len(rows)
            if report is not None:
                report(done / total)
        there = _nodes(e, name, here, _arriving(above, parts), maps)
        edges += _edges(above, there, parts)
        nodes, above, parts = nodes + there, there, going_on
    end = Node("pixels", bottom.name, (), 1.0, float(_arriving(above, parts)[0]), e.pixels)
    edges += _edges(above, [end], parts)
    return AttributionGraph(tuple(names), (*nodes, end), tuple(edges))


def graph_layers(e, network=None) -> tuple[str, ...]:
    """The layers of an explanation's graph unless others are asked for, the topmost first.

    Of each block before the dense part (`blocks.blocks`) it is the last layer with places that
    every path crosses: a pooling layer in VGG, an addition in ResNet. Without such a block it is
    every hidden dense layer. Of these the four nearest to the output are taken. A layer that
    relevance is followed through (`through`) takes the place of its block's.
    """
    network = network or e.network
    found, grouped = {}, blocks(network)
    for block, names in grouped.items():
        inside = [n for n in names if block != DENSE and not is_vector(e[n].shape)]
        crossed = next((n for n in reversed(inside) if _every_path_crosses(network, n)), None)
        if crossed is not None:
            found[block] = [crossed]
    if not found:
        hidden = [layer.name for layer in network.weighted[:-1]]
        found = {name: [name] for name in hidden if _every_path_crosses(network, name)}
    found = dict(list(found.items())[-MOST_LAYERS:])
    for block, names in grouped.items():
        chosen = [name for name in e.through if name in names]
        found |= {block: chosen} if chosen else {}
    names = {name for some in found.values() for name in some}
    if not names:
        raise ValueError(
            f"{network.name} has no hidden layer that all relevance passes: name the layers."
        )
    return tuple(_topmost_first(network, names))


def _every_path_crosses(network, name):
    return not path_through(network, settle({name: 0})).past


def _topmost_first(network, names):
    order = [layer.name for layer in network.layers]
    return sorted(names, key=order.index, reverse=True)


def _ordered(network, layers):
    """Layers given by name, in order. Raises ValueError for those that no graph leads through."""
    names = dict.fromkeys([layers] if isinstance(layers, str) else layers)
    if not names:
        raise ValueError("A graph leads through one layer at least: name some.")
    path_through(network, settle(dict.fromkeys(names, 0)))  # all on one path
    return _topmost_first(network, names)


class _Groups(NamedTuple):
    """A layer's nodes: the `kinds` of each, and `masks`, bool (nodes, channels)."""

    kinds: tuple[str, ...]
    masks: np.ndarray


def _groups(e, name, top):
    """A layer's strongest channels, one each, and one of the others that are followed."""
    shares = _shares(e, name)
    strongest = [k for k in np.argsort(-shares, kind="stable")[:top] if shares[k] > 0]
    masks = np.eye(len(shares), dtype=bool)[strongest]
    others = np.ones(len(shares), bool)
    others[strongest] = False
    if name in e.through:
        others[np.setdiff1d(np.arange(len(shares)), e.through[name])] = False
    kinds = ("channel",) * len(strongest)
    if shares[others].any():
        return _Groups((*kinds, "others"), np.concatenate([masks, others[None]]))
    return _Groups(kinds, masks)


def _shares(e, name):
    """Each channel's share of what an explanation follows of a layer."""
    sizes = np.abs(followed(e, name), dtype=np.float64)
    sizes = sizes.reshape(-1, sizes.shape[-1]).sum(0)
    return sizes / (sizes.sum() or 1.0)


def _parts(relevance, groups):
    """Each group's share of a layer's Σ|R|, a row for each of several relevances of it.

    relevance: (rows, …, channels). Returns (2, rows, groups): R > 0, then R < 0.
    """
    places = np.asarray(relevance, np.float64)
    places = places.reshape(len(places), -1, places.shape[-1])
    signed = (np.maximum(places, 0).sum(1), np.maximum(-places, 0).sum(1))
    parts = np.stack([sizes @ groups.masks.T for sizes in signed])
    whole = np.broadcast_to(parts.sum((0, 2))[:, None], parts.shape)
    return np.divide(parts, whole, out=np.zeros_like(parts), where=whole > 0)


def _arriving(above, parts):
    """What of 1 arrives at each node of a layer: Σ of the flows above · their edges' shares."""
    return np.array([node.flow for node in above]) @ parts.sum(0)


def _nodes(e, name, groups, flows, maps):
    shares, found = _shares(e, name), []
    for kind, mask, flow, each in zip(*groups, flows, maps, strict=True):
        channels = tuple(map(int, np.flatnonzero(mask)))
        found.append(Node(kind, name, channels, float(shares[mask].sum()), float(flow), each))
    return found


def _edges(above, here, parts):
    return [
        Edge(source, target, *map(float, (parts[:, s, t].sum(), *parts[:, s, t])))
        for s, source in enumerate(above)
        for t, target in enumerate(here)
        if parts[:, s, t].any()
    ]
