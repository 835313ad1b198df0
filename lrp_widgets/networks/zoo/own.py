"""Networks that a visitor has opened: kept in this process's memory, under names of their own.

Beside those on offer they answer `registry.load_network` and its kin: "yours-" and the file's name.
They are never written to disk, and are gone with the process.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from ..network import Network

PREFIX = "yours-"

# So many times its weights does a network take while it is read and explained: Keras's copy, ours,
# TensorFlow's, and what is computed.
TIMES = 4
LEAST = 100 * 2**20

_kept: dict[str, Network] = {}


def keep(network: Network, file: str) -> Network:
    """The network under a new name, made from that of its file; from now on `find` knows it."""
    stem = re.sub(r"[^a-z0-9_.]+", "-", file.rsplit(".", 1)[0].lower()).strip("-.") or "network"
    name, number = PREFIX + stem[:30], 1
    while name in _kept:
        number += 1
        name = f"{PREFIX}{stem[:30]}-{number}"
    _kept[name] = replace(network, layers=network.as_trained(), name=name)
    return _kept[name]


def is_own(name: object) -> bool:
    """Whether a name is that of a visitor's network, be it at hand or not."""
    return isinstance(name, str) and name.startswith(PREFIX)


def names() -> Iterator[str]:
    """The names of those at hand."""
    return iter(tuple(_kept))


def find(name: str) -> Network:
    """The network of that name; raises ValueError where it is not at hand."""
    if name not in _kept:
        raise ValueError(f"The network {name} is not here any more: open its file again.")
    return _kept[name]


def forget() -> None:
    """Let go of all of them."""
    _kept.clear()


def memory_needed(size: int) -> int:
    """How many bytes a network with weights of that size takes while it is read and explained."""
    return LEAST + TIMES * size


def weights_size(network: Network) -> int:
    """How many bytes a network's weights have."""
    arrays = (array for layer in network.weighted for array in (layer.kernel, layer.bias))
    return sum(array.nbytes for array in arrays if array is not None)
