"""What the browser must know of one unit: its strongest numbers each, all others summed.

Every list carries a `rest`, so that what is sent adds up although it is short.
"""

from functools import lru_cache

import numpy as np
from latex2mathml.converter import convert

from ...lrp.channels import is_vector
from .top_terms import plain, strongest, without
from .unit_off import why_nothing
from .unit_receivers import receivers

SENDERS = 5
SUMMED = -1  # the channel of a map that is summed over all of them
MOST_ASKED = 4096  # so many channels or units of the sender can be asked for one by one
DIGITS = 7  # of the numbers that are only sent to be asked for
COLORS = ["red", "green", "blue"]


def unit_view(unit, e):
    """A dict of plain numbers and words for the browser, from a `units.Unit` of explanation `e`."""
    entry = e[unit.layer]
    return {
        "layer": unit.layer,
        "index": list(unit.index),
        "name": _class_name(e, unit.layer, unit.index),
        "kind": entry.kind,
        "kind_text": entry.kind_text,
        "relevance": unit.relevance,
        "activation": plain(unit.activation),
        "field": list(unit.field) if unit.field and len(unit.field) == 4 else None,
        "rule": entry.rule.name if entry.rule else "",
        "settings": getattr(entry.rule, "settings", ""),
        "note": getattr(entry.rule, "note", ""),
        "equation": _mathml(message(entry.equation)) if entry.rule else "",
        "up": [_senders(up, e) for up in unit.up],
        "down": receivers(unit, e) if unit.down else None,
        "colors": _colors(entry, unit.index),
        "off": why_nothing(unit, e),
    }


def unit_layers(e):
    """What the browser must know to name any unit: each layer's name and shape, and its colours."""
    return [
        {
            "name": entry.name,
            "shape": list(entry.shape),
            "channel_names": COLORS if _in_colors(entry) else [],
        }
        for entry in e.layers
    ]


def unit_at(entry, cell, channel):
    """The index of the unit at `cell` of a layer's map: in `channel`, or the strongest for −1.

    At an input in colours −1 means the pixel, (row, column): all its channels together.
    """
    shape = entry.shape
    if is_vector(shape):
        return tuple(map(int, np.unravel_index(cell, shape)))
    place = tuple(map(int, np.unravel_index(cell, shape[:-1])))
    if not 0 <= channel < shape[-1]:
        if _in_colors(entry):
            return place
        channel = int(np.abs(entry.relevance[place]).argmax())
    return (*place, channel)


def has_unit(e, layer, index):
    """Whether an explanation has this unit, or pixel of a picture in colours."""
    if layer not in e.totals:
        return False
    shape = e[layer].shape
    if _in_colors(e[layer]) and len(index) == len(shape) - 1:
        shape = shape[:-1]
    return len(index) == len(shape) and all(
        0 <= k < size for k, size in zip(index, shape, strict=True)
    )


def _in_colors(entry):
    return entry.kind == "input" and len(entry.shape) == len(COLORS) == entry.shape[-1]


def message(equation):
    """What unit j alone hands to i, R_{i←j}, from a rule's equation for R_i = Σ_j R_{i←j}."""
    told = equation.removeprefix("R_i = ").removeprefix(r"\sum_j ")
    return rf"R_{{i \leftarrow j}} = {told}"


@lru_cache(maxsize=64)
def _mathml(equation):
    return convert(equation, display="block")


def _colors(entry, index):
    """A pixel of a picture in colours: every channel's value and relevance."""
    if not _in_colors(entry):
        return []
    place = index[:2]
    values = zip(entry.activation[place], entry.relevance[place], strict=True)
    return [{"activation": float(x), "relevance": float(r)} for x, r in values]


def _class_name(e, layer, index):
    names = e.network.class_names
    last = layer == e.layers[-1].name and len(names) == e[layer].shape[-1]
    return names[index[-1]] if last else ""


def _senders(up, e):
    sent, entry = up.relevance, e[up.sender]
    top = strongest(sent, SENDERS)
    return {
        "layer": up.sender,
        "kind_text": entry.kind_text,
        "rule": entry.rule.name,
        "count": len(sent),
        "total": float(sent.sum()),
        "top": [
            {
                "index": plain(up.places[k]),
                "name": _class_name(e, up.sender, up.places[k]),
                "relevance": float(sent[k]),
                "of": float(entry.relevance[tuple(up.places[k])]),
            }
            for k in top
        ],
        "rest": {"count": len(sent) - len(top), "relevance": without(sent, top)},
        "map": _map(up.places, sent),
        "through": _through(up, entry.shape),
    }


def _map(places, values):
    """What came from each position, summed over channels; None where there are no positions."""
    if places.shape[1] != 3 or len(places) == 0:
        return None
    rows, r = np.unique(places[:, 0], return_inverse=True)
    columns, c = np.unique(places[:, 1], return_inverse=True)
    summed = np.zeros((len(rows), len(columns)))
    np.add.at(summed, (r, c), values)
    if summed.size == 1:
        return None
    return {"rows": plain(rows), "columns": plain(columns), "values": plain(summed.ravel())}


def _through(up, shape):
    """What came through each channel of the sender, or each unit of a vector, to be asked for."""
    if not 1 < shape[-1] <= MOST_ASKED or len(up.places) < 2:
        return None
    sums = np.bincount(up.places[:, -1], up.relevance, minlength=shape[-1])
    what = "unit" if len(shape) == 1 else "channel"
    return {"what": what, "values": [float(f"{value:.{DIGITS}g}") for value in sums]}
