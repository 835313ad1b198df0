"""Two explanations side by side: which layers belong together, and how alike their maps are."""

import numpy as np

__all__ = ["partners", "rank_correlation"]


def partners(first, second):
    """Return, for each layer name in `first`, the position of its partner in `second`.

    Inputs belong together, and so do outputs and layers of one name that stand in one order in
    both; what lies between is matched by its relative position. Both lists run from the input to
    the output and have at least two names.
    """
    where = {name: j for j, name in enumerate(second)}
    known = [(0, 0)]
    for i, name in enumerate(first[1:-1], 1):
        j = where.get(name, 0)
        if known[-1][1] < j < len(second) - 1:
            known.append((i, j))
    known.append((len(first) - 1, len(second) - 1))
    positions = np.interp(range(len(first)), *zip(*known, strict=True))
    return [int(position + 0.5) for position in positions]


def rank_correlation(a, b):
    """Return Spearman's rank correlation of two arrays of one size.

    That is Pearson's correlation of the ranks, from −1 to 1; equal values share the mean of their
    ranks. It asks only whether both put the same places first, not how large the values are. It
    is NaN where all values of one array are equal.
    """
    a, b = (_ranks(x) - (x.size - 1) / 2 for x in (np.ravel(a), np.ravel(b)))
    scale = np.sqrt((a @ a) * (b @ b))
    return float(a @ b / scale) if scale else float("nan")


def _ranks(x):
    """Ranks from 0 on; equal values get the mean of their ranks."""
    _, which, counts = np.unique(x, return_inverse=True, return_counts=True)
    return (np.cumsum(counts) - (counts + 1) / 2)[which]
