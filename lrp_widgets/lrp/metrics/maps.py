"""What the measures share: maps checked and summed, and ranks."""

import numpy as np

from ..._support import checks


def checked(relevance):
    """Return a map of any shape as float64; raises ValueError for what is none."""
    return checks.finite_array("A relevance map", relevance)


def flat(relevance, shape, what):
    """Return a map (H, W), or (H, W, C) whose channels are summed, as (H, W) float64.

    Raises ValueError where it is not of the `shape` (H, W) that `what`, "the mask", has.
    """
    relevance = checked(relevance)
    if relevance.ndim == len(shape) + 1:
        relevance = relevance.sum(-1)
    if relevance.shape != tuple(shape):
        raise ValueError(f"The map is {relevance.shape}, {what} {tuple(shape)}: they must agree.")
    return relevance


def ranks(x):
    """Return ranks from 0 on; equal values get the mean of their ranks."""
    _, which, counts = np.unique(x, return_inverse=True, return_counts=True)
    return (np.cumsum(counts) - (counts + 1) / 2)[which]
