"""The place that a click has marked on a map, and how an address names it.

A widget's `pin` is {"layer": name, "cell": number}, {} for none; cells are counted row by row. In
an address it is "input:3,4", a row and a column, or "fc1:12", a unit of a layer without places.
"""

from ...figures.layout import grid
from ...lrp.channels import is_vector


def unit_place(unit):
    """Take the setting `unit` apart: ("fc1", (12,)) for "fc1:12"."""
    layer, _, numbers = unit.rpartition(":")
    return layer, tuple(map(int, numbers.split(",")))


def same_places(one, other):
    """Whether the layers of two explanations have the same names and shapes."""
    first, second = ([(e.name, e.shape) for e in each.layers] for each in (one, other))
    return first == second


def write_pin(pin, explanation):
    """Return a pin as an address names it; None for none, or one that the explanation has not."""
    layer, cell = pin.get("layer"), pin.get("cell")
    if explanation is None or layer not in explanation.totals or not isinstance(cell, int):
        return None
    shape = explanation[layer].shape
    _, columns, cells = grid(shape)
    if not 0 <= cell < cells:
        return None
    return f"{layer}:{cell}" if is_vector(shape) else f"{layer}:{cell // columns},{cell % columns}"


def read_pin(text, explanation):
    """Return the pin that an address names; {} where the explanation has no such place."""
    layer, numbers = unit_place(text)
    if layer not in explanation.totals:
        return {}
    shape = explanation[layer].shape
    rows, columns, cells = grid(shape)
    if is_vector(shape):
        sizes, cell = (cells,), numbers[0]
    else:
        sizes, cell = (rows, columns), numbers[0] * columns + numbers[-1]
    inside = len(numbers) == len(sizes) and all(map(int.__lt__, numbers, sizes))
    return {"layer": layer, "cell": cell} if inside else {}
