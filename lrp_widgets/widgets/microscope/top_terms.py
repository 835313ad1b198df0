"""Short lists that still add up: the strongest numbers of many, and the sum of all others."""

import numpy as np


def strongest(values, count):
    """Numbers of the largest values in size that are not zero, at least one of them."""
    order = np.argsort(-np.abs(values), kind="stable")[:count]
    kept = [int(k) for k in order if values[k] != 0]
    return kept or [int(k) for k in order[:1]]


def without(values, numbers):
    """The sum of all values but those of the given numbers."""
    left = np.ones(len(values), bool)
    left[numbers] = False
    return float(np.sum(values, where=left))


def plain(array):
    """The array as numbers and lists that JSON can hold."""
    return np.asarray(array).tolist()
