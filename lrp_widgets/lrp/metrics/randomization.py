"""Whether a map changes with the weights: layers are drawn at random, from the top down.

Compared are the maps of one class, the one explained by the trained network. What these measures
cannot tell: noise that is drawn anew for every network is best in all of them, though it says
nothing about any (method "noise" is that control; Binder et al. 2023, "Shortcomings of Top-Down
Randomization-Based Sanity Checks for Evaluations of Deep Neural Network Explanations").
"""

import numpy as np

from ..._support import checks
from ..attribution import method as method_of
from ..attribution.asked import MOST_PASSES, Asked
from .asking import maps_of
from .similarity import rank_correlation

BINS = 100


def mprt(network, image, method="z-plus", target=None, seed=0) -> dict:
    """Return how alike the maps of a trained and a partly random network are, layer by layer.

    {layer: Spearman's rank correlation of R and R'}, from the top layer with weights to the lowest:
    R' is the map of `network.randomized(seed, down_to=layer)`. Low is called good: a map should not
    survive weights that know nothing. Floats for one picture, arrays (B,) for a batch. Maps are
    signed, channels summed. Source: Adebayo et al. 2018, "Sanity Checks for Saliency Maps"; others
    take |R| or structural similarity, and Hedström et al. 2024 go from the bottom up.
    """
    return _randomized(network, image, method, target, seed, copies=None, noise=0)


def smprt(network, image, method="z-plus", target=None, seed=0, copies=10, noise=0.1) -> dict:
    """Return the same for maps that are first averaged over noisy copies of the picture.

    R = 1/n Σ_k R(x + n_k), with n_k Gaussian of a standard deviation of `noise` times the picture's
    range, drawn once for all networks. It keeps what a method does from being mistaken for the
    noise that gradients carry. Source: Hedström et al. 2024, "Sanity Checks Revisited: An
    Exploration to Repair the Model Parameter Randomisation Test", with 50 copies.
    """
    copies = checks.whole_number("copies", copies, 1, MOST_PASSES)
    noise = checks.number("noise", noise, least=0)
    return _randomized(network, image, method, target, seed, copies, noise)


def emprt(network, image, method="z-plus", target=None, seed=0) -> float | np.ndarray:
    """Return how much more complex a map gets when all weights are random: (H' − H) / H.

    H = −Σ_b q_b log q_b, with q_b the share of pixels in the b-th of 100 equal bins between the
    map's smallest and largest value: the entropy of the map's histogram, which knows no places and
    is not our `entropy`. Large is called good. NaN for a constant map. A float for one picture, an
    array (B,) for a batch. Source: Hedström et al. 2024; Quantus finds the number of bins from the
    data.
    """
    asked, of = Asked.of(network, image, target), method_of(method)
    lowest = network.weighted[0].name
    maps = (
        maps_of(each, asked.x, of, asked.targets).sum(-1)
        for each in (network, network.randomized(seed, down_to=lowest))
    )
    before, after = (np.array([_histogram_entropy(each) for each in found]) for found in maps)
    with np.errstate(divide="ignore", invalid="ignore"):
        rise = np.where(before > 0, (after - before) / before, np.nan)
    return float(rise[0]) if asked.single else rise


def _randomized(network, image, method, target, seed, copies, noise):
    """{layer: rank correlation with the trained network's map}, from the top down."""
    asked, of = Asked.of(network, image, target), method_of(method)
    draws = [0.0]
    if copies is not None:
        random = np.random.default_rng(checks.seed(seed))
        spread = noise * np.ptp(asked.x, axis=(1, 2, 3), keepdims=True)
        draws = [spread * random.standard_normal(asked.x.shape[1:]) for _ in range(copies)]

    def maps(of_network):
        copies = ((asked.x + draw).astype(asked.x.dtype) for draw in draws)
        several = (maps_of(of_network, x, of, asked.targets).sum(-1) for x in copies)
        return np.sum(list(several), axis=0)

    original, found = maps(network), {}
    for layer in reversed(network.weighted):
        changed = maps(network.randomized(seed, down_to=layer.name))
        alike = [rank_correlation(a, b) for a, b in zip(original, changed, strict=True)]
        found[layer.name] = alike[0] if asked.single else np.array(alike)
    return found


def _histogram_entropy(relevance):
    counts, _ = np.histogram(relevance, BINS)
    q = counts[counts > 0] / counts.sum()
    return float(-(q @ np.log(q)))
