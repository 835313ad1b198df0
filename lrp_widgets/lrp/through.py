"""Relevance through chosen channels alone (concept relevance propagation).

The backward pass is linear in the relevance once the activations are fixed. So what passes through
some channels θ of a layer l can be followed alone:

    R_j = 0 for all j of l in no channel of θ,    and what goes past l is dropped.

What is dropped is in the ledger, as "set aside". The maps of all of l's channels add up to the map
of what passes through l. Source: Achtibat et al. 2023, "From attribution maps to
human-understandable explanations through Concept Relevance Propagation".
"""

import re
from collections.abc import Mapping
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np

from .._support import checks
from .._support.lazy_tensorflow import tf
from ..networks.einsum_dense import EinsumDense
from ..networks.layers import Concatenation, Input, Permute, Reshape, Weighted
from ..networks.shortcuts import total

# A link holds numbers of no more digits, nor has a layer so many channels.
_CHANNEL = re.compile(r"\d{1,9}", re.ASCII)


class Path(NamedTuple):
    """Where relevance is followed, as `propagate` asks for it.

    `masks`: {layer name: 1 for each channel followed, else 0}, (1, channels), or with a row for
    each of several questions at once; `past`: the connections (layer, its input) that lead past
    one of these layers.
    """

    masks: dict[str, Any] = {}  # noqa: RUF012 (never changed)
    past: frozenset[tuple[str, str]] = frozenset()

    def split(self, name, relevance):
        """A layer's relevance of the channels followed, and ΣR of the others."""
        if name not in self.masks:
            return relevance, 0.0
        mask = tf.cast(self.masks[name], relevance.dtype)
        between = [1] * (relevance.shape.rank - 2)  # places, between rows and channels
        mask = tf.reshape(mask, [mask.shape[0], *between, mask.shape[1]])
        return relevance * mask, total(relevance * (1 - mask))

    def differs(self, other):
        """The names of the layers whose channels another path does not follow alike."""
        masks = (self.masks, other.masks)
        return [
            name
            for name in {**self.masks, **other.masks}
            if not all(name in each for each in masks)
            or not np.array_equal(*(each[name] for each in masks))
        ]


EVERYWHERE = Path()


def path_through(network, through) -> Path:
    """The `Path` through channels, given as `settle` returns them, of layers of a network.

    Raises ValueError for a layer or a channel that is not there, and for layers through which no
    one path leads.
    """
    conditions = read(through)
    for name in conditions:
        if not any(layer.name == name for layer in network.layers):
            names = ", ".join(layer.name for layer in network.layers)
            raise ValueError(
                f"{network.name} has no layer {checks.shown(name)} to follow relevance through: "
                f"it has {names}."
            )
        if isinstance(network[name], Input):
            raise ValueError(
                f"{name} is where relevance ends: follow it through a layer above, and see the "
                "colours of the pixels one by one."
            )
    below = {name: layers_below(network, name) for name in conditions}
    for one, other in combinations(conditions, 2):
        if one not in below[other] and other not in below[one]:
            raise ValueError(
                f"{one} and {other} are on parallel branches, so nothing passes through both: "
                "choose layers on one path."
            )
    masks = {name: _mask(network, name, channels) for name, channels in conditions.items()}
    past = {
        (layer.name, source)
        for name, lower in below.items()
        for layer in network.layers
        for source in layer.inputs
        if source in lower and layer.name not in lower and layer.name != name
    }
    return Path(masks, frozenset(past))


def layers_below(network, name) -> set[str]:
    """The names of all layers that feed a layer, near or far."""
    found, waiting = set(), list(network[name].inputs)
    while waiting:
        source = waiting.pop()
        if source not in found:
            found.add(source)
            waiting += network[source].inputs
    return found


def channel_count(network, name) -> int:
    """How many channels a layer puts out: units, where it has no places."""
    layer = network[name]
    if isinstance(layer, EinsumDense):
        return layer.units
    if isinstance(layer, Weighted):
        return layer.kernel.shape[-1]
    if isinstance(layer, Input):
        return layer.shape[-1]
    if isinstance(layer, Reshape | Permute | Concatenation):
        return network.shapes()[name][-1]
    return channel_count(network, layer.inputs[0])


def _mask(network, name, channels):
    count = channel_count(network, name)
    if channels[-1] >= count:
        raise ValueError(
            f"{name} of {network.name} has the channels 0 to {count - 1}: there is no "
            f"{channels[-1]}."
        )
    mask = np.zeros((1, count), np.float32)
    mask[0, list(channels)] = 1
    return mask


def path_of(e, network) -> Path:
    """The `Path` that an explanation by this network follows."""
    return path_through(network, e.settings["through"]) if e.through else EVERYWHERE


def followed(e, name) -> np.ndarray:
    """The relevance of an explanation's layer, 0 in channels that are set aside there."""
    relevance, channels = e[name].relevance, e.through.get(name)
    if channels is None:
        return relevance
    kept = np.zeros_like(relevance)
    kept[..., channels] = relevance[..., channels]
    return kept


# How channels are written: "block3_conv2:5,7", several layers "block3_conv2:5,7,fc1:12"


def settle(through) -> str:
    """Chosen channels as the one text that says them, "" for none.

    `through`: {layer: channels}, one channel or several, or such a text. Raises ValueError.
    """
    if through is None:
        return ""
    if isinstance(through, str):
        try:
            return _spell(read(through))
        except ValueError as error:
            raise ValueError(f"through cannot be {checks.shown(through)}: {error}.") from None
    if not isinstance(through, Mapping):
        raise ValueError(
            'through must be layers and their channels, such as {"block3_conv2": [5, 7]}; got '
            f"{checks.shown(through)}."
        )
    return _spell({_name(name): _channels(name, some) for name, some in through.items()})


def read(text) -> dict[str, tuple[int, ...]]:
    """The channels that a text such as "block3_conv2:5,7" names, {layer: (channel, …)}.

    Raises ValueError, saying how they are written.
    """
    found, name = {}, ""
    for item in text.split(",") if text else ():
        before, colon, channel = item.strip().rpartition(":")
        name = _unescaped(before) if colon else name
        if not name or not _CHANNEL.fullmatch(channel):
            raise ValueError("it is a layer and its channels, such as block3_conv2:5,7")
        found.setdefault(name, set()).add(int(channel))
    return {name: tuple(sorted(channels)) for name, channels in found.items()}


def read_text(text) -> str:
    """The same text in its one form, as a link and an option are read."""
    return _spell(read(text))


def words(text) -> str:
    """What is followed, in words: "channels 5, 7 of block3_conv2"."""
    return " and ".join(
        f"channel{'s' * (len(channels) > 1)} {', '.join(map(str, channels))} of {name}"
        for name, channels in read(text).items()
    )


def _spell(conditions):
    return ",".join(
        f"{_escaped(name)}:{','.join(map(str, channels))}"
        for name, channels in sorted(conditions.items())
    )


def _escaped(name):
    """A layer's name without commas, which stand between channels."""
    return name.replace("%", "%25").replace(",", "%2C")


def _unescaped(name):
    return name.replace("%2C", ",").replace("%25", "%")


def _name(name):
    if not isinstance(name, str) or not name:
        raise ValueError(
            f"A layer that relevance is followed through has a name; got {checks.shown(name)}."
        )
    return name


def _channels(name, some):
    """A layer's channels, given as one number or several, each once and in order."""
    listed = isinstance(some, list | tuple | set | frozenset | range) or np.ndim(some) == 1
    found = {
        checks.whole_number(f"A channel of {name}", each, least=0)
        for each in (some if listed else [some])
    }
    if not found:
        raise ValueError(f"There is no channel of {name} to follow: give at least one.")
    return tuple(sorted(found))
