"""What changes from layer to layer: how large and how fine each layer is, and how concentrated."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ...lrp.channels import is_vector, summed


@dataclass(frozen=True)
class LayerStatistics:
    """One layer of an explanation.

    `units`: how many numbers its relevance consists of; `cells`: how many places its map has, 0
    for a vector, whose units have none; `half`: which part of the map's cells (of a vector's
    units) suffices to hold half of the relevance, the strongest first. `squares`: how many of
    `of_squares` equal parts of the picture do, which are the same for all layers; 0 for a vector.
    """

    name: str
    kind: str
    kind_text: str
    shape: tuple[int, ...]
    units: int
    cells: int
    total: float
    half: float
    squares: int = 0
    of_squares: int = 0


def layer_statistics(e):
    """Return the `LayerStatistics` of an explanation of one picture, output first.

    The equal parts of the picture are as many as the coarsest map has cells.
    """
    maps = [summed(layer.relevance) for layer in e.layers if not is_vector(layer.shape)]
    grid = min((each.shape for each in maps), key=np.prod, default=None)
    return [_facts(layer, grid) for layer in reversed(e.layers)]


def in_squares(cells, rows, columns):
    """Add up a map's cells in rows × columns equal parts of the picture: (rows, columns).

    A cell belongs to the part in which its middle lies. Maps with cells of different sizes can be
    compared only so: cut into smaller cells, every map looks more concentrated.
    """
    cells, added = np.asarray(cells, np.float64), np.zeros((rows, columns))
    row, column = (
        (np.arange(side) + 0.5) * parts // side
        for side, parts in zip(cells.shape, added.shape, strict=True)
    )
    np.add.at(added, (row.astype(int)[:, None], column.astype(int)), cells)
    return added


def cells_for_half(relevance):
    """Return how many cells suffice to hold half of Σ|R|, the strongest first.

    `relevance`: of any shape, in which every number is a cell.
    """
    strongest = np.sort(np.abs(np.asarray(relevance, np.float64)).ravel())[::-1]
    held = np.cumsum(strongest)
    return int(np.searchsorted(held, held[-1] / 2)) + 1


def largest(facts):
    """Return the facts of the layer with the most units, of several the nearest to the input."""
    return max(reversed(facts), key=lambda each: each.units)


def becomes_finer_at(facts):
    """Return the layers whose inputs have more places than they have themselves.

    These are the layers below which the map is finer. Layers without places, such
    as dense ones, are left out, and so is the one that first has places.
    """
    with_places = [each for each in facts if each.cells]
    pairs = pairwise(with_places)
    return [upper for upper, lower in pairs if lower.cells > upper.cells]


def _facts(layer, grid):
    cells = summed(layer.relevance)
    has_places = not is_vector(layer.shape)
    return LayerStatistics(
        name=layer.name,
        kind=layer.kind,
        kind_text=layer.kind_text,
        shape=layer.shape,
        units=int(np.prod(layer.shape)),
        cells=cells.size if has_places else 0,
        total=float(layer.total),
        half=cells_for_half(cells) / cells.size,
        squares=cells_for_half(in_squares(cells, *grid)) if has_places else 0,
        of_squares=int(np.prod(grid)) if has_places else 0,
    )
