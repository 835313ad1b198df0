"""How few cells a relevance map needs, and what its values go along with."""

import numpy as np


def fewest_cells(relevance, part=0.9):
    """The smallest share of all cells that together hold `part` of Σ|R|; NaN for a map of zeros."""
    held = np.cumsum(np.sort(np.abs(np.ravel(np.asarray(relevance, np.float64))))[::-1])
    if held[-1] == 0:
        return float("nan")
    return float((np.searchsorted(held, part * held[-1]) + 1) / held.size)


def correlation(a, b):
    """Pearson's correlation of two arrays of one shape; NaN where one of them is constant."""
    a, b = (np.ravel(np.asarray(each, np.float64)) for each in (a, b))
    a, b = a - a.mean(), b - b.mean()
    sizes = np.sqrt((a @ a) * (b @ b))
    return float(a @ b / sizes) if sizes > 0 else float("nan")
