"""How alike two maps are, and whether a map merely follows the picture's brightness."""

import numpy as np

from ..._support import checks
from .maps import checked, ranks


def rank_correlation(a, b) -> float:
    """Return Spearman's rank correlation of two arrays of one shape: 1 same order, −1 reverse.

    That is Pearson's correlation of the ranks; equal values share the mean of theirs. It asks only
    whether both put the same places first, not how large the values are. NaN where one of the
    arrays is constant.
    """
    return correlation(*map(ranks, _pair(a, b)))


def correlation(a, b) -> float:
    """Return Pearson's correlation of two arrays of one shape; NaN where one is constant."""
    a, b = _pair(a, b)
    a, b = a - a.mean(), b - b.mean()
    sizes = np.sqrt((a @ a) * (b @ b))
    return float(a @ b / sizes) if sizes > 0 else float("nan")


def change(relevance, others) -> float:
    """Return how much `others` (B, …) differ from `relevance`: mean of Σ|R' − R| / Σ|R|.

    Meant for maps of the same picture with a little noise; 0 where nothing has changed. NaN for a
    map of zeros.
    """
    relevance, others = checked(relevance), checks.finite_array("others", others)
    if others.shape[1:] != relevance.shape:
        raise ValueError(
            f"The map is {relevance.shape}, the others {others.shape}: these must be several maps "
            "of its shape."
        )
    total = np.abs(relevance).sum()
    return float(np.abs(others - relevance).sum() / len(others) / total) if total else float("nan")


def luminance(picture) -> np.ndarray:
    """Return how bright a picture's pixels look, (H, W): Y = 0.299 R + 0.587 G + 0.114 B.

    `picture` (H, W, 3), or (H, W, 1), whose value is the luminance itself; other channels count
    alike. Source: ITU-R BT.601, luma.
    """
    picture = np.asarray(picture, np.float64)
    weights = (0.299, 0.587, 0.114) if picture.shape[-1] == 3 else None
    return np.average(picture, axis=-1, weights=weights)


def brightness_correlation(relevance, picture) -> float:
    """Return Spearman's rank correlation of |R| with the picture's luminance, −1 to 1.

    `relevance` (H, W), channels summed; `picture` (H, W, C). 1 where the brighter of two pixels
    always has the more relevance, 0 by chance. It does not tell why: a bright object gives it as
    well as a rule that favours bright pixels. NaN where the map or the picture is constant.
    """
    return rank_correlation(np.abs(checked(relevance)), luminance(picture))


def _pair(a, b):
    """Two arrays as float64 in one row each, checked to have one shape."""
    a, b = checks.finite_array("The first map", a), checks.finite_array("The second map", b)
    if a.shape != b.shape:
        raise ValueError(f"The maps are {a.shape} and {b.shape}: they must have one shape.")
    return a.ravel(), b.ravel()
