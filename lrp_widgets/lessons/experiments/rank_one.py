"""Chains of random matrices: two classes start apart; how alike are they some layers below?

Theorem (after Sixt et al. 2020, "When Explanations Lie"): products of non-negative matrices whose
entries stay within a fixed ratio of each other approach rank 1. Zeros can prevent it, and signed
chains approach it too where they are narrow; so all are drawn with the same widths.
"""

import numpy as np

DEPTH = 12
DRAWS = 40


def draw(kind, width, ratio=10.0, zeros=0.0, seed=0):
    """Return one chain: `DEPTH` matrices (width, width), the topmost first.

    `kind`: "positive", with entries drawn evenly from 1 to `ratio`, of which a share `zeros` is 0;
    "signed", with normal entries.
    """
    random = np.random.default_rng((seed, width))
    shape = (DEPTH, width, width)
    if kind == "signed":
        return random.standard_normal(shape)
    matrices = random.uniform(1, ratio, shape)
    return np.where(random.random(shape) < zeros, 0, matrices)


def cosines(matrices, a, b):
    """Return the cosine of a and b at the top and behind every matrix: (1 + matrices,) numbers.

    cos = a·b / (‖a‖ ‖b‖); each matrix takes both one layer down, M a and M b. NaN where nothing is
    left of one of them.
    """
    found = [_cosine(a, b)]
    for matrix in matrices:
        a, b = matrix @ a, matrix @ b
        # Only directions count; the sizes would grow out of every range.
        a, b = (each / (np.linalg.norm(each) or 1) for each in (a, b))
        found.append(_cosine(a, b))
    return np.array(found)


def alike(kind, width, ratio=10.0, zeros=0.0):
    """Return |cos| of classes 1 and 2 over the layers, for `DRAWS` chains: (DRAWS, 1 + DEPTH).

    Each class starts alone: all of its relevance is in one unit.
    """
    first, second = np.eye(width)[:2]
    chains = (draw(kind, width, ratio, zeros, seed) for seed in range(DRAWS))
    return np.abs([cosines(chain, first, second) for chain in chains])


def _cosine(a, b):
    sizes = np.linalg.norm(a) * np.linalg.norm(b)
    return float(np.dot(a, b) / sizes) if sizes else float("nan")
