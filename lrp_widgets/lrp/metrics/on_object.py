"""Whether a map's relevance lies on the object, where its pixels are known.

Channels are summed, then |R| counts: what speaks against a class is as much a statement about a
pixel as what speaks for it. `relevance` is (H, W) or (H, W, C), `mask` bool (H, W). A constant map
gets the object's share of the picture (the area under the ROC curve: ½), the mask as map gets 1.
"""

import numpy as np

from ..._support import checks
from .maps import flat, ranks


def mass(relevance, mask) -> float:
    """Return the share of |R| on the object: Σ_{i in mask} |R_i| / Σ_i |R_i|, 0 to 1.

    NaN for a map of zeros. Source: "relevance mass accuracy" of Arras et al. 2022, "CLEVR-XAI",
    whose maps are made positive before. Quantus takes the signed R there, with which the share can
    leave [0, 1], and |R| in its AttributionLocalisation.
    """
    size, mask = _sizes(relevance, mask)
    total = size.sum()
    return float(size[mask].sum() / total) if total else float("nan")


def rank_accuracy(relevance, mask) -> float:
    """Return how many of the K strongest pixels are the object's, as a share; K is its size.

    Among equals all orders are equally likely, and the expectation counts. NaN for an empty mask.
    Source: Arras et al. 2022; Quantus takes equals in the order in which they are sorted.
    """
    size, mask = _sizes(relevance, mask)
    count = int(mask.sum())
    if not count:
        return float("nan")
    weakest = np.sort(size)[-count]
    above, level = size > weakest, size == weakest
    left = count - above.sum()
    return float((mask[above].sum() + left * mask[level].mean()) / count)


def pointing_game(relevance, mask) -> float:
    """Return 1 where the strongest pixel is the object's, 0 where not; among equals their share.

    NaN for an empty mask. Source: Zhang et al. 2016, "Top-down Neural Attention by Excitation
    Backprop", who also count a hit within 15 pixels of the object.
    """
    size, mask = _sizes(relevance, mask)
    return float(mask[size == size.max()].mean()) if mask.any() else float("nan")


def roc_auc(relevance, mask) -> float:
    """Return the area under the ROC curve: how often a pixel of the object beats another, 0 to 1.

    P(|R_i| > |R_j|) + ½ P(|R_i| = |R_j|), i on the object and j beside it. ½ by chance and for a
    constant map. NaN for a mask that is empty or covers all. Source: Fawcett 2006, "An introduction
    to ROC analysis"; Quantus's AUC is the same of the signed R unless told otherwise.
    """
    size, mask = _sizes(relevance, mask)
    inside, outside = int(mask.sum()), int((~mask).sum())
    if not inside or not outside:
        return float("nan")
    wins = ranks(size)[mask].sum() - inside * (inside - 1) / 2
    return float(wins / (inside * outside))


def _sizes(relevance, mask):
    mask = np.asarray(mask)
    if mask.dtype != bool:
        raise ValueError(f"A mask is an array of True and False; got {checks.shown(mask)}.")
    return np.abs(flat(relevance, mask.shape, "the mask")).ravel(), mask.ravel()
