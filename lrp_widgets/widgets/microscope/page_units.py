"""The units whose arithmetic an exported page carries, and the clicks on a map that open them."""

import numpy as np

from ...lrp.channels import is_vector, summed
from .unit_off import why_channel
from .unit_payload import SUMMED, unit_at, unit_view


def page_units(e, inspector, count, marked=()):
    """Return what `PreparedUnits` of prepared_units.js takes: {"views": […], "opened": […]}.

    `count` units of each layer, the strongest one at each of its strongest places (of a picture in
    colours: its pixels), and the units `marked`, (layer, index). `inspector`: a
    `session.Inspector` of e, or what has its `unit`.
    """
    chosen = [(entry.name, index) for entry in e.layers for index in _strongest(entry, count)]
    views, opened = [], []
    for layer, index in dict.fromkeys([*chosen, *((layer, tuple(i)) for layer, i in marked)]):
        click = {"layer": layer, "number": len(views)}
        opened += [click | each for each in _clicks(e[layer], index)]
        views.append(unit_view(inspector.unit(layer, index), e))
    return {"views": views, "opened": opened}


def _strongest(entry, count):
    """The unit that a click on each of the strongest places of the summed map opens."""
    sizes = np.abs(summed(entry.relevance)).ravel()
    cells = np.argsort(-sizes, kind="stable")[:count]
    return [unit_at(entry, int(cell), SUMMED) for cell in cells if sizes[cell]]


def _clicks(entry, index):
    """The clicks that open a unit: on its cell of the summed map, and of its own channel's."""
    shape = entry.shape
    places = shape if is_vector(shape) else shape[:-1]
    cell = int(np.ravel_multi_index(index[: len(places)], places))
    channels = [SUMMED, *range(shape[-1])] if len(places) < len(shape) else [SUMMED]
    for channel in channels:
        if unit_at(entry, cell, channel) == tuple(index):
            why = why_channel(entry, index, channel)
            yield {"cell": cell, "channel": channel, "why": why}
