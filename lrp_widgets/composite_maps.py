"""One picture through every composite: the maps at the pixels, and what is measured on them.

What has been measured is kept, because a composite's first map takes a second or more.
"""

import threading
from dataclasses import dataclass
from functools import cache

import numpy as np

from .composites import COMPOSITES
from .explanation import ABSORBED
from .measures import change, entropy, fewest_cells, negative_share
from .rules import Zero

# How many times noise is laid over the picture, and how much: its spread in steps of 0 to 255.
NOISY = 4
NOISE = 5
_SEED = 10

# LRP-0 in every layer, the first one too: on a ReLU network that is gradient × input.
EVERYWHERE_ZERO = "LRP-0"
NAMES = (EVERYWHERE_ZERO, *COMPOSITES)

measuring = threading.RLock()


@dataclass(frozen=True, eq=False)
class Outcome:
    """A composite's `map` (H, W) of a picture, as shares of the start, and its measures.

    `arrived`: the share of the start that reached the pixels, ΣR / start; `gross`: Σ|R| / start;
    `negative`: the part of Σ|R| below zero; `fewest`: the share of pixels that hold 90 % of it;
    `entropy`: how evenly it is spread; `change`: what noise in the picture changes of the map;
    `booked`: {entry: share of the start} of the whole ledger, "bias" to "padding".
    """

    map: np.ndarray
    arrived: float
    gross: float
    negative: float
    fewest: float
    entropy: float
    change: float
    booked: dict


def outcome(network, picture, name):
    """Explain a sample picture by one of `NAMES`: its `Outcome`; `network` is a name too.

        outcome("mini-vgg", "star", "epsilon-gamma-box").negative

    The start is the logit of the network's first choice: under rules with signs, a softmax start
    divides small probabilities by small logits, and that noise would hide the rules' own.

    Raises ValueError for what `explain`, `load_network` or `load_image` refuse.
    """
    with measuring:  # whoever asks meanwhile waits instead of measuring it too
        return _outcome(network, picture, name)


@cache
def network_named(name):
    """The network of that name, loaded once."""
    from .models import load_network

    return load_network(name)


@cache
def _outcome(network, picture, name):
    from .explaining import explain

    network = network_named(network)
    rules = {"rules": name}
    if name == EVERYWHERE_ZERO:
        rules = {"rules": Zero(), "input_rule": None}
    images = noisy(network, picture)
    e = explain(network, images, start="logit", target=_first_choice(network, images), **rules)
    # Each as a share of its own start: noise moves the logit as well.
    maps = e.heatmap("gray") / np.reshape(e.start_total, (-1, 1, 1))
    shown = maps[0]
    return Outcome(
        map=shown,
        arrived=float(shown.sum()),
        gross=float(np.abs(shown).sum()),
        negative=negative_share(shown),
        fewest=fewest_cells(shown),
        entropy=entropy(shown),
        change=change(shown, maps[1:]),
        booked={
            entry: float(sum(layer.absorbed[entry][0] for layer in e.layers) / e.start_total[0])
            for entry in ABSORBED
        },
    )


def _first_choice(network, images):
    """The class that the network chooses for the picture without noise."""
    from .inputs import network_input

    x, _, _ = network_input(network, images[:1], "float32")
    return int(network(x).argmax())


def noisy(network, picture):
    """A sample picture and, behind it, the same with noise: uint8 (1 + NOISY, H, W, 3)."""
    from .images import load_image

    image = load_image(picture, network)
    noise = NOISE * np.random.default_rng(_SEED).standard_normal((NOISY, *image.shape))
    return np.concatenate([image[None], np.clip(np.rint(image + noise), 0, 255).astype(np.uint8)])
