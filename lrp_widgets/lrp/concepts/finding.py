"""Where what the channels of a network stand for is looked up, and how it is found on the spot."""

import threading
import weakref
from pathlib import Path

from ..._support.paths import cache_folder
from .collecting import Collector, collect, fingerprint
from .pictures import SAMPLE_PHOTOGRAPHS, DrawnScenes, Pictures
from .table import Concepts, read_concepts

# The networks whose concepts travel with the package, of so many scenes, by these rules.
MEASURED = ("mini-vgg", "mini-resnet", "mini-densenet")
SCENES = 1000
RULES = "epsilon-plus"

# Scenes that are looked at on the spot where a network of the scenes' size has nothing else.
A_FEW_SCENES = 40

FOLDER = Path(__file__).parent / "measured"

# Network → (when its file in the cache folder was written, its concepts): gone with the network.
_FOUND = weakref.WeakKeyDictionary()
# Network → the `Collector` of what is being found on the spot, or was broken off.
_BEGUN = weakref.WeakKeyDictionary()
_LOCK = threading.Lock()


def concepts_of(network, progress=None) -> Concepts:
    """What the channels of a network stand for: the best that is at hand.

    That is what `lrp-widgets concepts` has found in a folder of pictures; else, for mini-vgg,
    mini-resnet and mini-densenet as trained, what travels with the package, of 1,000 drawn scenes;
    else the sample photographs, or 40 scenes, are explained on the spot. `progress(done, of)`: told
    after each step; what it raises ends this, and the next call goes on from there. Raises
    ValueError for a network that does not take pictures.
    """
    if len(network.input_shape) != 3:
        raise ValueError(f"{network.name} does not take pictures, so there are none to show.")
    path = cached_file(network)
    stamp = path.stat().st_mtime_ns if path.is_file() else None
    with _LOCK:
        kept = _FOUND.get(network)
    if kept is not None and kept[0] == stamp:
        return kept[1]
    read = (_read_if_of(each, network) for each in (path, shipped_file(network.name)))
    found = next((each for each in read if each is not None), None)
    if found is None:
        found = _find_on_the_spot(network, progress)
    with _LOCK:
        _FOUND[network] = stamp, found
    return found


def _find_on_the_spot(network, progress):
    """What a few pictures say; where `progress` raises, the next call goes on from there."""
    pictures = few_pictures(network)
    with _LOCK:
        if network not in _BEGUN:
            _BEGUN[network] = Collector(network, pictures, own_rules(network))
        collector = _BEGUN[network]

    def told(done, _):
        if progress is not None:
            progress(done, len(pictures))

    collect(collector, network, pictures, progress=told)
    with _LOCK:
        _BEGUN.pop(network, None)
    return Concepts.of(collector, pictures)


def find_concepts(
    network, pictures: Pictures, rules=RULES, attributes=False, progress=None
) -> Concepts:
    """Find what the channels of a network stand for in a set of pictures.

    `rules`: a composite's name or text of rules; `attributes`: whether to measure what channels
    tell apart, of drawn scenes, which takes a minute; `progress(done, of)`.
    """
    collector = Collector(network, pictures, rules, keep_scores=attributes)

    def told(done, _):
        if progress is not None:
            progress(done, len(pictures))

    collect(collector, network, pictures, progress=told)
    return Concepts.of(collector, pictures)


def has_attributes(network) -> bool:
    """Whether what the channels of a network tell apart is known: of those measured, as trained.

    A `NetworkInfo` will do.
    """
    known = getattr(network, "name", "") in MEASURED
    return known and getattr(network, "weights", "") == "pretrained"


def own_rules(network) -> str:
    """The rules of relevance for a network: ε-plus, which tells classes apart, or its own."""
    return RULES if network.default_rules == "z-plus" else network.default_rules


def few_pictures(network) -> Pictures:
    """The pictures at hand: drawn scenes for a network of their size, else the photographs."""
    if tuple(network.input_shape) == (64, 64, 3):
        return DrawnScenes(A_FEW_SCENES)
    return SAMPLE_PHOTOGRAPHS


def cached_file(network) -> Path:
    """Where `lrp-widgets concepts` keeps what it finds of a network."""
    return cache_folder() / "concepts" / f"{fingerprint(network)}.npz"


def shipped_file(name: str, folder: Path | None = None) -> Path:
    """The file of a network that travels with the package."""
    return (folder or FOLDER) / f"{name.replace('-', '_')}.npz"


def _read_if_of(path, network):
    """What a file holds, if it is of this network's weights; None for none."""
    try:
        found = read_concepts(path)
    except (OSError, ValueError):
        return None
    return found if found.about.split(" ")[0] == fingerprint(network) else None
