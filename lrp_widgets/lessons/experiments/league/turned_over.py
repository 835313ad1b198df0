"""A pair of methods whose order the baseline turns over: searched for, then measured anew.

A search over many pairs finds differences that are chance. So the pair is chosen on some scenes,
and what is reported of it is measured on others, which the search has not seen.
"""

from itertools import combinations, permutations

import numpy as np

from .tables import summary


def search(areas):
    """Return the pair that a change of baseline turns over most clearly: methods, baselines.

    `areas`: {baseline: {method: array, an area for each scene}}. Returns (first, second, one,
    other): the first method is ahead under the baseline `one`, the second under `other`.
    """
    return max(_candidates(areas), key=lambda each: each[0])[1]


def _candidates(areas):
    """(how clear, (first, second, one, other)) of every pair of methods and of baselines.

    How clear: the smaller of the two mean differences, in its own standard errors, with signs such
    that it is above zero where the order is turned over.
    """
    for first, second in combinations(next(iter(areas.values())), 2):
        clear = {}
        for baseline, by_method in areas.items():
            found = summary(by_method[first] - by_method[second])
            clear[baseline] = found["mean"] / found["error"] if found["error"] > 0 else 0.0
        for one, other in permutations(areas, 2):
            yield min(clear[one], -clear[other]), (first, second, one, other)


def rows(network, pair, areas, numbers):
    """Return what fresh scenes say of a pair: two rows of the table, the baseline `one` first.

    `pair`: what `search` returned; `areas` as there, of the scenes of those `numbers`. Each row has
    the mean difference first − second with its error, and of the scenes the `example` where the
    two baselines disagree most, with its own `difference`.
    """
    first, second, one, other = pair
    found = {each: areas[each][first] - areas[each][second] for each in (one, other)}
    example = int(np.argmax(np.minimum(found[one], -found[other])))
    return [
        {"network": network, "first": first, "second": second, "baseline": baseline}
        | summary(found[baseline])
        | {"example": numbers[example], "difference": float(found[baseline][example])}
        for baseline in (one, other)
    ]
