"""How complicated a map is: how few of its pixels hold its relevance."""

import numpy as np

from ..._support import checks
from .maps import checked


def entropy(relevance) -> float:
    """Return how evenly |R| is spread over the pixels: 0 for a single one, 1 for all alike.

    H = −Σ_i p_i log p_i / log n, with p_i = |R_i| / Σ|R|, for n pixels. `relevance` is a map of
    any shape, channels summed. NaN for a map of zeros or of one pixel. Source: Bhatt et al. 2020,
    "Evaluating and Aggregating Feature-based Model Explanations", whose complexity is not divided
    by log n, nor is Quantus's; ours compares maps of different sizes.
    """
    size = np.abs(checked(relevance)).ravel()
    total = size.sum()
    if total == 0 or size.size < 2:
        return float("nan")
    p = size[size > 0] / total
    return float(-(p @ np.log(p)) / np.log(size.size)) + 0.0  # no −0 for a single pixel


def gini(relevance) -> float:
    """Return how unevenly |R| is spread: 0 for all alike, 1 − 1/n for a single one of n pixels.

    G = Σ_k (2k − n − 1) |R|_(k) / (n Σ|R|), with |R|_(1) ≤ … ≤ |R|_(n). `relevance` is a map of any
    shape, channels summed. NaN for a map of zeros. Source: Hurley and Rickard 2009; Chalasani et
    al. 2020, "Concise Explanations of Neural Networks using Adversarial Training". Quantus adds
    1e-7 to every value first.
    """
    size = np.sort(np.abs(checked(relevance)).ravel())
    total, n = size.sum(), size.size
    weights = 2 * np.arange(1, n + 1) - n - 1
    return float(weights @ size / (n * total)) + 0.0 if total else float("nan")


def fewest_places(relevance, part=0.5) -> int | None:
    """Return the fewest places that together hold `part` of Σ|R|: from 1 to all of them.

    min k such that Σ of the k largest |R_i| ≥ part · Σ|R|. `relevance` is a map of any shape,
    channels summed. A constant map needs ⌈part · n⌉ of its n places. None for a map of zeros.
    """
    part = checks.number("part", part, above=0, most=1)
    held = np.cumsum(np.sort(np.abs(np.ravel(checked(relevance))))[::-1])
    return int(np.searchsorted(held, part * held[-1])) + 1 if held[-1] else None


def fewest_cells(relevance, part=0.9) -> float:
    """Return the same as a share of all places; NaN for a map of zeros."""
    count = fewest_places(relevance, part)
    return float("nan") if count is None else count / np.size(relevance)


def negative_share(relevance) -> float:
    """Return the share of Σ|R| that is below zero; NaN for a map of zeros."""
    relevance = checked(relevance)
    total = np.abs(relevance).sum()
    return float(np.maximum(-relevance, 0).sum() / total) if total else float("nan")
