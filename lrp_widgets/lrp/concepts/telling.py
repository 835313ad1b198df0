"""How well a channel tells two groups of pictures apart: the area under the ROC curve."""

from typing import NamedTuple

import numpy as np

from ..._support import checks


class Telling(NamedTuple):
    """An area under the ROC curve, its standard error, and how many pictures each group had."""

    auc: float
    error: float
    ones: int
    others: int


def auc_with_error(ones, others) -> Telling:
    """How often a value of the first group beats one of the second, with its standard error.

        A = mean over i, j of [x_i > y_j] + ½ [x_i = y_j]

    ½ is chance; 0 tells the groups apart as well as 1, the other way round. The error is DeLong's,
    √(var_i(V_i) / n + var_j(V_j) / m), V_i = mean_j, V_j = mean_i of the same terms. `metrics.
    roc_auc` is the same area for one map and its object, of |R|. NaN where a group is empty, and
    the error where one has a single value.
    Source: DeLong, DeLong and Clarke-Pearson 1988.
    """
    ones, others = (_values(each) for each in (ones, others))
    n, m = len(ones), len(others)
    if not n or not m:
        return Telling(np.nan, np.nan, n, m)
    of_ones, of_others = _placements(ones, others), 1 - _placements(others, ones)
    if n < 2 or m < 2:
        return Telling(float(of_ones.mean()), np.nan, n, m)
    variance = of_ones.var(ddof=1) / n + of_others.var(ddof=1) / m
    return Telling(float(of_ones.mean()), float(np.sqrt(variance)), n, m)


def _placements(values, among):
    """For each value, which share of `among` lies below it; equal ones count half."""
    among = np.sort(among)
    left, right = (np.searchsorted(among, values, side) for side in ("left", "right"))
    return (left + right) / (2 * len(among))


def _values(group):
    return checks.finite_array("A group of values", group).ravel() if np.size(group) else np.ones(0)
