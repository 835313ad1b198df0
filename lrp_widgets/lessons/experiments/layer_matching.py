"""Two explanations side by side: which of their layers belong together."""

import numpy as np


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
