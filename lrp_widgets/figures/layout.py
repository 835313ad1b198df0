"""A layer's numbers laid out as a flat map, as the page, the figures and the files draw it."""

import math

import numpy as np

from ..lrp.channels import is_vector


def grid(shape):
    """Return rows, columns and number of cells of a layer's summed map.

    A vector is wrapped row by row into a rectangle as near to a square as its length allows; the
    last row of one that allows none (a prime length) stays short. A signal is one row; the layers
    of a volume stand below one another.
    """
    if is_vector(shape):
        size = shape[-1]
        rows = max(n for n in range(1, int(size**0.5) + 1) if size % n == 0)
        if size > 3 * rows * rows:
            rows = int(size**0.5)
        return rows, -(-size // rows), size
    rows, columns = math.prod(shape[:-2]), shape[-2]
    return rows, columns, rows * columns


def layout(cells, shape, missing):
    """Return one entry a cell of a layer of this `shape` as (rows, columns, …).

    cells: as many entries as `summed` has values, in its order, perhaps with axes behind (colours).
    missing: what fills a last row that stays short.
    """
    rows, columns, size = grid(shape)
    rest = cells.shape[cells.ndim - (cells.size // size > 1) :]
    laid = np.full((rows * columns, *rest), missing, cells.dtype)
    laid[:size] = cells.reshape(size, *rest)
    return laid.reshape(rows, columns, *rest)


def class_layers(e):
    """Return the names of an explanation's last layers, whose units are the classes."""
    names = set()
    for layer in reversed(e.layers):
        if not is_vector(layer.shape) or layer.shape[-1] != len(e.network.class_names):
            break
        names.add(layer.name)
    return names
