"""One picture through every composite: the maps at the pixels, and what is measured on them.

What has been measured is kept, because a composite's first map takes a second or more.
"""

from dataclasses import dataclass

import numpy as np

from ...lrp.attribution.methods import keeps_sign
from ...lrp.composites import COMPOSITES, assign
from ...lrp.layer_result import ABSORBED
from ...lrp.metrics import change, entropy, fewest_cells, mass, negative_share, rank_correlation
from ...lrp.rules import Zero
from ...media.samples import is_scene, scene_mask
from . import loaded
from .loaded import once

# How many times noise is laid over the picture, and how much: its spread in steps of 0 to 255.
NOISY = 4
NOISE = 5
_SEED = 10

# LRP-0 in every layer, the first one too: on a ReLU network that is gradient × input.
EVERYWHERE_ZERO = "LRP-0"
NAMES = (EVERYWHERE_ZERO, *COMPOSITES)


@dataclass(frozen=True, eq=False)
class Outcome:
    """A composite's `map` (H, W), in shares of the initial relevance, and what is measured on it.

    `arrived`: the share of the initial relevance that reached the pixels; `gross`: Σ|R|, likewise;
    `negative`: the part of Σ|R| below zero; `fewest`: the share of pixels that hold 90 % of it;
    `entropy`: how evenly it is spread; `change`: what noise in the picture changes of the map;
    `alike`: rank correlation with the map of the runner-up, as `starts_with_size` starts them;
    `mass`: the share on a drawn scene's object, NaN for a photograph;
    `absorbed`: {entry: share of the initial relevance} of the whole ledger, "bias" to "padding".
    """

    map: np.ndarray
    arrived: float
    gross: float
    negative: float
    fewest: float
    entropy: float
    change: float
    alike: float
    mass: float
    absorbed: dict


@once
def outcome(network, picture, name):
    """Explain a sample picture by one of `NAMES`: its `Outcome`; `network` is a name too.

        outcome("mini-vgg", "star", "epsilon-gamma-box").negative

    What is explained is the logit of the network's first choice: under rules with signs, softmax
    divides small probabilities by small logits, and that noise would hide the rules' own.

    Raises ValueError for what `explain`, `load_network` or `load_image` refuse.
    """
    from ...lrp.explain import explain

    network = loaded.network(network)
    images = noisy(network, picture)
    first, second = _choices(network, images)
    # The runner-up explains the picture without noise, behind all others.
    e = explain(
        network,
        np.concatenate([images, images[:1]]),
        start="logit",
        target=[first] * len(images) + [second],
        **rules_named(name),
    )
    # Each as a share of its own initial relevance: noise moves the logit as well.
    starts = np.reshape(e.start_total, (-1, 1, 1))
    maps = e.heatmap("gray") / starts
    signs = np.ones_like(starts) if starts_with_size(network, name) else np.sign(starts)
    shown = maps[0]
    return Outcome(
        map=shown,
        arrived=float(shown.sum()),
        gross=float(np.abs(shown).sum()),
        negative=negative_share(shown),
        fewest=fewest_cells(shown),
        entropy=entropy(shown),
        change=change(shown, maps[1:-1]),
        alike=rank_correlation(signs[0] * shown, signs[-1] * maps[-1]),
        mass=_on_object(shown, picture),
        absorbed={
            entry: float(sum(layer.absorbed[entry][0] for layer in e.layers) / e.start_total[0])
            for entry in ABSORBED
            if entry != "set aside"
        },
    )


def rules_named(name):
    """What `explain` is told for one of `NAMES`, or for the text of other rules."""
    if name == EVERYWHERE_ZERO:
        return {"rules": Zero(), "input_rule": None}
    return {"rules": name}


def starts_with_size(network, name):
    """Return whether classes are compared by |z_t| under these rules, and not by z_t.

    Under z⁺ a negative logit turns the whole map over, which says nothing about the class: its
    size is explained. Under LRP-0, ε and γ the last layer's denominator has the logit's own sign,
    so that a positive share speaks for the class whatever the sign: the logit itself is.
    """
    return not keeps_sign(assign(network, **rules_named(name)).values())


def choices(network, picture):
    """The names of a network's first choice and its runner-up for a sample picture."""
    made, image = loaded.network(network), loaded.image(picture, network)
    return tuple(made.class_names[k] for k in _choices(made, image[None]))


def _choices(network, images):
    """The first choice and the runner-up for the picture without noise, as class numbers."""
    return np.argsort(-np.ravel(network(network.preprocess(images[:1]))))[:2].tolist()


def _on_object(relevance, picture):
    if not is_scene(picture):
        return float("nan")
    return mass(relevance, scene_mask(picture, len(relevance)))


def noisy(network, picture):
    """A sample picture and, behind it, the same with noise: uint8 (1 + NOISY, H, W, 3)."""
    from ...media.images import load_image

    image = load_image(picture, network)
    noise = NOISE * np.random.default_rng(_SEED).standard_normal((NOISY, *image.shape))
    return np.concatenate([image[None], np.clip(np.rint(image + noise), 0, 255).astype(np.uint8)])
