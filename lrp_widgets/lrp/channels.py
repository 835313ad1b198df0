"""A layer's values, summed over its channels."""

import numpy as np


def is_vector(shape):
    """Whether a layer has units but no places: (n,), or (1, 1, n)."""
    return len(shape) == 1 or all(side == 1 for side in shape[:-1])


def summed(array):
    """Sum over channels, in float64: one value a place; vectors stay as they are."""
    array = np.asarray(array, np.float64)
    return array if is_vector(array.shape) else array.sum(axis=-1)


def has_channels(shape):
    """Whether a layer has several channels at places: (H, W, C), or along one axis or three."""
    return not is_vector(shape) and shape[-1] > 1
