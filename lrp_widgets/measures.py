"""How even, how much on the object, how alike: relevance maps in numbers."""

import numpy as np


def entropy(relevance):
    """Return how evenly |R| is spread over the pixels: 0 for a single one, 1 for all alike.

    H = −Σ_i p_i log p_i / log n, with p_i = |R_i| / Σ|R|, for n pixels. `relevance` is a map of
    any shape, channels summed. NaN for a map of zeros or of one pixel.
    """
    size = np.abs(np.asarray(relevance, np.float64)).ravel()
    total = size.sum()
    if total == 0 or size.size < 2:
        return float("nan")
    p = size[size > 0] / total
    return float(-(p @ np.log(p)) / np.log(size.size)) + 0.0  # no −0 for a single pixel
