"""How even, how much on the object, how alike: relevance maps in numbers."""

import numpy as np

from .._support import checks


def entropy(relevance):
    """Return how evenly |R| is spread over the pixels: 0 for a single one, 1 for all alike.

    H = −Σ_i p_i log p_i / log n, with p_i = |R_i| / Σ|R|, for n pixels. `relevance` is a map of
    any shape, channels summed. NaN for a map of zeros or of one pixel.
    """
    size = np.abs(_map(relevance)).ravel()
    total = size.sum()
    if total == 0 or size.size < 2:
        return float("nan")
    p = size[size > 0] / total
    return float(-(p @ np.log(p)) / np.log(size.size)) + 0.0  # no −0 for a single pixel


def mass(relevance, mask):
    """Return the share of |R| on the object: Σ_{i in mask} |R_i| / Σ_i |R_i|.

    `relevance` (H, W), `mask` bool (H, W). A map that knows nothing has the share of the picture
    that the object covers. NaN for a map of zeros. Source: "relevance mass accuracy" of Arras et
    al. 2022, whose maps are made positive before.
    """
    size, mask = _sizes(relevance, mask)
    total = size.sum()
    return float(size[mask].sum() / total) if total else float("nan")


def rank_accuracy(relevance, mask):
    """Return how many of the K strongest pixels are the object's, as a share; K is its size.

    `relevance` (H, W), `mask` bool (H, W); among equals the first in row-major order counts as
    the stronger. NaN for an empty mask. Source: Arras et al. 2022, "CLEVR-XAI".
    """
    size, mask = _sizes(relevance, mask)
    count = int(mask.sum())
    strongest = np.argsort(-size, kind="stable")[:count]
    return float(mask[strongest].mean()) if count else float("nan")


def rank_correlation(a, b):
    """Return Spearman's rank correlation of two arrays of one shape: 1 same order, −1 reverse.

    That is Pearson's correlation of the ranks; equal values share the mean of theirs. It asks only
    whether both put the same places first, not how large the values are. NaN where one of the
    arrays is constant.
    """
    return correlation(*map(_ranks, _pair(a, b)))


def correlation(a, b):
    """Return Pearson's correlation of two arrays of one shape; NaN where one is constant."""
    a, b = _pair(a, b)
    a, b = a - a.mean(), b - b.mean()
    sizes = np.sqrt((a @ a) * (b @ b))
    return float(a @ b / sizes) if sizes > 0 else float("nan")


def fewest_places(relevance, part=0.5):
    """Return the fewest places that together hold `part` of Σ|R|: from 1 to all of them.

    min k such that Σ of the k largest |R_i| ≥ part · Σ|R|. `relevance` is a map of any shape,
    channels summed. A constant map needs ⌈part · n⌉ of its n places. None for a map of zeros.
    """
    part = checks.number("part", part, above=0, most=1)
    held = np.cumsum(np.sort(np.abs(np.ravel(_map(relevance))))[::-1])
    return int(np.searchsorted(held, part * held[-1])) + 1 if held[-1] else None


def fewest_cells(relevance, part=0.9):
    """Return the same as a share of all places; NaN for a map of zeros."""
    count = fewest_places(relevance, part)
    return float("nan") if count is None else count / np.size(relevance)


def luminance(picture):
    """Return how bright a picture's pixels look, (H, W): Y = 0.299 R + 0.587 G + 0.114 B.

    `picture` (H, W, 3), or (H, W, 1), whose value is the luminance itself; other channels count
    alike. Source: ITU-R BT.601, luma.
    """
    picture = np.asarray(picture, np.float64)
    weights = (0.299, 0.587, 0.114) if picture.shape[-1] == 3 else None
    return np.average(picture, axis=-1, weights=weights)


def brightness_correlation(relevance, picture):
    """Return Spearman's rank correlation of |R| with the picture's luminance, −1 to 1.

    `relevance` (H, W), channels summed; `picture` (H, W, C). 1 where the brighter of two pixels
    always has the more relevance, 0 by chance. It does not tell why: a bright object gives it as
    well as a rule that favours bright pixels. NaN where the map or the picture is constant.
    """
    return rank_correlation(np.abs(_map(relevance)), luminance(picture))


def negative_share(relevance):
    """Return the share of Σ|R| that is below zero; NaN for a map of zeros."""
    relevance = _map(relevance)
    total = np.abs(relevance).sum()
    return float(np.maximum(-relevance, 0).sum() / total) if total else float("nan")


def change(relevance, others):
    """Return how much `others` (B, …) differ from `relevance`: mean of Σ|R' − R| / Σ|R|.

    Meant for maps of the same picture with a little noise; 0 where nothing has changed. NaN for a
    map of zeros.
    """
    relevance, others = _map(relevance), checks.finite_array("others", others)
    if others.shape[1:] != relevance.shape:
        raise ValueError(
            f"The map is {relevance.shape}, the others {others.shape}: these must be several maps "
            "of its shape."
        )
    total = np.abs(relevance).sum()
    return float(np.abs(others - relevance).sum() / len(others) / total) if total else float("nan")


def _map(relevance):
    return checks.finite_array("A relevance map", relevance)


def _pair(a, b):
    """Two arrays as float64 in one row each, checked to have one shape."""
    a, b = checks.finite_array("The first map", a), checks.finite_array("The second map", b)
    if a.shape != b.shape:
        raise ValueError(f"The maps are {a.shape} and {b.shape}: they must have one shape.")
    return a.ravel(), b.ravel()


def _ranks(x):
    """Ranks from 0 on; equal values get the mean of their ranks."""
    _, which, counts = np.unique(x, return_inverse=True, return_counts=True)
    return (np.cumsum(counts) - (counts + 1) / 2)[which]


def _sizes(relevance, mask):
    relevance, mask = _map(relevance), np.asarray(mask)
    if mask.dtype != bool:
        raise ValueError(f"A mask is an array of True and False; got {checks.shown(mask)}.")
    if relevance.shape != mask.shape:
        raise ValueError(f"The map is {relevance.shape}, the mask {mask.shape}: they must agree.")
    return np.abs(relevance).ravel(), mask.ravel()
