"""The maps of a layer's channels: what of the input's relevance passes through each of them."""

from dataclasses import dataclass

import numpy as np

from .._support import checks
from .layer_result import of_one_picture
from .through import Path, channel_count, path_through, settle

# So many bytes the largest layer below takes at most, all rows of one backward pass together.
AT_ONCE = 2**26


def channel_maps(e, layer, channels=None, network=None) -> np.ndarray:
    """The relevance of the input that passes through each channel of a layer, one map each.

        channel_maps(e, "block3_conv2")[12]     # as explain(…, through={"block3_conv2": 12}).pixels

    R_j = 0 for all j of the layer in other channels; what goes past the layer is dropped. So the
    maps add up to the map of what passes through the layer (`through`). Where the explanation
    itself follows channels of other layers, so do the maps.
    `channels`: numbers counted from 0, by default all. `network` is needed where `e.network` is
    only a `NetworkInfo`.
    Returns an array (channels, …), each like `e.pixels`. Raises ValueError for several pictures,
    and for a layer or a channel that is not there. Source: Achtibat et al. 2023.
    """
    path, count = path_below(e, layer, network)
    words = f"A channel of {layer}"
    asked = range(count) if channels is None else channels
    asked = [checks.whole_number(words, each, 0, count - 1) for each in asked]
    return _maps(e, layer, path, np.eye(count, dtype=bool)[asked], network)


@dataclass(frozen=True, eq=False)
class RankedChannels:
    """A layer's channels, the one with the largest share first; made by `ranked_channels`.

    `shares`: that of every channel, by its number; `channels`: the numbers of the strongest, and
    `maps` (channels, …) theirs, like `e.pixels`; `passing`: the map of what passes through the
    layer, `past`: that of what goes past it, None where nothing can.
    """

    shares: np.ndarray
    channels: tuple[int, ...]
    maps: np.ndarray
    passing: np.ndarray
    past: np.ndarray | None


def ranked_channels(e, layer, count=12, network=None) -> RankedChannels:
    """A layer's strongest channels with their shares and maps; the arguments of `channel_maps`."""
    path, channels = path_below(e, layer, network)
    shares = e.channel_shares(layer)
    strongest = np.argsort(-shares, kind="stable")[:count]
    groups = np.concatenate([np.eye(channels, dtype=bool)[strongest], np.ones((1, channels), bool)])
    maps = _maps(e, layer, path, groups, network)
    leads_past = path.past and layer not in e.through  # else only a part of it is at hand
    return RankedChannels(
        shares=shares,
        channels=tuple(map(int, strongest)),
        maps=maps[:-1],
        passing=maps[-1],
        past=e.pixels - maps[-1] if leads_past else None,
    )


def path_below(e, layer, network=None):
    """What an explanation follows below a layer of which single channels are asked for, as a
    `Path`, and how many channels it has.
    """
    network = network or of_one_picture(e).network
    others = {name: some for name, some in e.through.items() if name != layer}
    return path_through(network, settle(others | {layer: 0})), channel_count(network, layer)


def _maps(e, layer, path, groups, network):
    """The map of what passes through each group of channels, a row of `groups`."""
    maps = np.zeros((len(groups), *e.layers[0].shape), e[layer].relevance.dtype)
    for rows, (found,) in rows_through(e, layer, groups, (e.layers[0].name,), path, network):
        maps[rows] = found
    return maps


def rows_through(e, layer, groups, wanted, path, network=None):
    """Follow what passes through each group of a layer's channels: many in one backward pass.

    `groups`: bool (groups, channels); `wanted`: names of layers below it; `path`: as `path_below`
    gives it. Yields (numbers of some groups, [R of a wanted layer for each of these, …]) until all
    groups that have any relevance were told.
    """
    from .engine.runner import runner_of

    runner, epsilon = runner_of(network or e.network), e.settings["epsilon"]
    rules = {each.name: each.rule for each in e.layers if each.rule is not None}
    outputs = {each.name: each.activation[None] for each in e.layers}
    relevance = e[layer].relevance[None]
    some = relevance.any(tuple(range(relevance.ndim - 1)))  # the other channels' maps are 0
    rows = np.flatnonzero((groups & some).any(1))
    step = max(1, AT_ONCE // max(output.nbytes for output in outputs.values()))
    for start in range(0, len(rows), step):
        here = rows[start : start + step]
        masks = path.masks | {layer: groups[here].astype(np.float32)}
        asked = (layer, relevance), rules, epsilon, Path(masks, path.past), wanted
        yield here, [np.asarray(found) for found in runner.rows(outputs, *asked)]
