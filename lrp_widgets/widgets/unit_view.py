"""What the browser must know of one unit: its strongest numbers each, all others summed.

Every list carries a `rest`, so that what is sent adds up although it is short.
"""

import numpy as np
from latex2mathml.converter import convert as mathml

from lrp_widgets.rules import Flat, Gamma, Ones, WSquare

CHANNELS = 3
INPUTS = 8
SENDERS = 5
TERMS = 3
MOST_CELLS = 49  # windows up to 7×7 are drawn as grids, larger ones as lists
PARTS = ("product", "share", "relevance")


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
        "activation": unit.activation,
        "field": unit.field and list(unit.field),
        "rule": entry.rule.name if entry.rule else "",
        "equation": mathml(entry.rule.equation, display="block") if entry.rule else "",
        "up": [_senders(up, e) for up in unit.up],
        "down": _receivers(unit, e) if unit.down else None,
    }


def unit_at(entry, cell, channel):
    """The index of the unit at `cell` of a layer's map: in `channel`, or the strongest for −1."""
    shape = entry.shape
    if len(shape) < 3 or all(side == 1 for side in shape[:-1]):
        return tuple(map(int, np.unravel_index(cell, shape)))
    place = tuple(map(int, np.unravel_index(cell, shape[:-1])))
    if not 0 <= channel < shape[-1]:
        channel = int(np.abs(entry.relevance[place]).argmax())
    return (*place, channel)


def _class_name(e, layer, index):
    names = e.network.class_names
    last = layer == e.layers[-1].name and len(names) == e[layer].shape[-1]
    return names[index[-1]] if last else ""


# Upwards


def _senders(up, e):
    sent, entry = up.relevance, e[up.sender]
    top = _strongest(sent, SENDERS)
    return {
        "layer": up.sender,
        "kind_text": entry.kind_text,
        "rule": entry.rule.name,
        "count": len(sent),
        "total": float(sent.sum()),
        "top": [
            {
                "index": _plain(up.places[k]),
                "name": _class_name(e, up.sender, up.places[k]),
                "relevance": float(sent[k]),
                "of": float(entry.relevance[tuple(up.places[k])]),
            }
            for k in top
        ],
        "rest": {"count": len(sent) - len(top), "relevance": _without(sent, top)},
        "map": _map(up.places, sent),
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
    return {"rows": _plain(rows), "columns": _plain(columns), "values": _plain(summed.ravel())}


# Downwards


def _receivers(unit, e):
    downs, rule = unit.down, e[unit.layer].rule
    places = np.concatenate([down.places for down in downs])
    sources = [down.source for down in downs for _ in down.places]
    relevance = np.concatenate([down.relevance for down in downs])
    first = downs[0]
    moved = first.w is None and not first.sums and first.winner is None
    if moved:
        return _moved(unit, first, e)
    columns, plain = _columns(rule, downs)
    columns["relevance"] = relevance
    columns["share"] = relevance / unit.relevance if unit.relevance else _shares(downs)

    def item(k):
        number = {key: float(values[k]) for key, values in columns.items()}
        return {"source": sources[k], "index": _plain(places[k]), **number}

    weighted, listed = first.w is not None, _listed(relevance, TERMS, item)
    view = {
        "form": "list",
        "source": first.source,
        "kind_text": e[first.source].kind_text,
        "labels": _labels(rule, weighted, plain, columns),
        "count": len(relevance),
        "plain": plain,
        "winner": None if first.winner is None else item(first.winner),
        "sums": [_sum(part, item) for part in first.sums],
        "handed": float(relevance.sum()),
        "terms": listed["terms"],
        "handed_rest": listed["rest"]["value"],
        "booked": {key: sum(down.booked[key] for down in downs) for key in first.booked},
    }
    window = None if len(downs) > 1 else _window(places)
    if window:
        return view | {"form": "window"} | _channels(places, columns, *window)
    top = _strongest(relevance, INPUTS)
    rest = {key: _without(columns[key], top) for key in PARTS if key in columns}
    return view | {
        "items": [item(k) for k in top],
        "rest": {"count": len(relevance) - len(top), **rest},
    }


def _moved(unit, down, e):
    return {
        "form": "moved",
        "source": down.source,
        "kind_text": e[down.source].kind_text,
        "source_shape": list(e[down.source].shape),
        "index": _plain(down.places[0]) if len(down.places) else None,
        "handed": float(down.relevance.sum()),
        "booked": down.booked,
    }


def _columns(rule, downs):
    """x, w and their product as the rule takes them; and whether x · w is all there is to it."""
    x = np.concatenate([np.asarray(down.x, np.float64) for down in downs])
    down = downs[0]
    if down.w is None:
        # An addition's sum runs over all its layers; each of them carries the same one.
        product = down.sums[0].products if down.sums else x
        return {"x": x} | ({"product": product} if np.any(product != x) else {}), True
    w = np.asarray(down.w, np.float64)
    product = sum(part.products for part in down.sums)
    match rule:
        case Ones():
            x, w = np.ones_like(x), np.maximum(w, 0)
        case WSquare():
            x, w = np.ones_like(x), w * w
        case Flat():
            x, w = np.ones_like(x), np.ones_like(w)
        case Gamma(generalized=False):
            w = w + rule.gamma * np.maximum(w, 0)
        case _ if np.allclose(product, x * np.maximum(w, 0), rtol=1e-6, atol=0):
            w = np.maximum(w, 0)
    plain = len(down.sums) == 1 and np.allclose(product, x * w, rtol=1e-6, atol=1e-12)
    return {"x": x, "w": w, "product": product}, plain


def _labels(rule, weighted, plain, columns):
    """What stands above each column, and what it means."""
    if not weighted:
        labels = {"x": ["x", "activation of the input"]}
        if "product" in columns:
            labels["product"] = ["x⁺", "what of it counts"]
    else:
        w = {"Ones": "w⁺", "WSquare": "w²", "Flat": "1", "Gamma": "w + γw⁺"}
        one = isinstance(rule, Ones | WSquare | Flat)
        positive = plain and not np.any(columns["w"] < 0)
        sign = w.get(type(rule).__name__, "w⁺" if positive else "w")
        labels = {
            "x": ["x = 1", "this rule takes 1 for every input"] if one else ["x", "activation"],
            "w": [sign, "weight, as the rule takes it"],
            "product": [f"x · {sign}" if plain else "counted", "the contribution"],
        }
    labels["share"] = ["share", "contribution / z"]
    labels["relevance"] = ["R", "relevance received"]
    return labels


def _shares(downs):
    """What each input would get of a relevance of 1, where the unit has none."""
    sums = [part for part in downs[0].sums if part.denominator]
    if not sums:
        return np.zeros(sum(len(down.relevance) for down in downs))
    return sum(part.factor * part.products / part.denominator for part in sums)


def _sum(part, item):
    numbers = ("factor", "z", "bias", "stabilizer", "denominator", "s")
    listed = _listed(part.products, TERMS, item)
    return {key: float(getattr(part, key)) for key in numbers} | listed


def _listed(values, count, item):
    top = _strongest(values, count)
    return {
        "terms": [item(k) | {"value": float(values[k])} for k in top],
        "rest": {"count": len(values) - len(top), "value": _without(values, top)},
    }


def _window(places):
    """Rows and columns of a window small enough to draw; None for anything else."""
    if places.shape[1] != 3:
        return None
    rows, columns = np.unique(places[:, 0]), np.unique(places[:, 1])
    cells = len(rows) * len(columns)
    channels = len(np.unique(places[:, 2]))
    drawable = 1 < cells <= MOST_CELLS and cells * channels == len(places)
    return (rows, columns) if drawable else None


def _channels(places, columns, rows, cols):
    """The strongest channels of a window, cell by cell, and all others summed."""
    channels, number = np.unique(places[:, 2], return_inverse=True)
    cell = np.searchsorted(rows, places[:, 0]) * len(cols) + np.searchsorted(cols, places[:, 1])
    grids = {}
    for key, values in columns.items():
        grids[key] = np.zeros((len(channels), len(rows) * len(cols)))
        grids[key][number, cell] = values
    received = grids["relevance"].sum(1)
    top = _strongest(received, CHANNELS)
    sums = {key: grids[key].sum(1) for key in PARTS if key in grids}
    return {
        "rows": _plain(rows),
        "columns": _plain(cols),
        "channels": [
            {
                "channel": int(channels[k]),
                "grids": {key: _plain(grid[k]) for key, grid in grids.items()},
                "sums": {key: float(values[k]) for key, values in sums.items()},
            }
            for k in top
        ],
        "rest": {
            "count": len(channels) - len(top),
            **{key: _without(values, top) for key, values in sums.items()},
        },
    }


def _strongest(values, count):
    """Numbers of the largest values in size that are not zero, at least one of them."""
    order = np.argsort(-np.abs(values), kind="stable")[:count]
    kept = [int(k) for k in order if values[k] != 0]
    return kept or [int(k) for k in order[:1]]


def _without(values, numbers):
    left = np.ones(len(values), bool)
    left[numbers] = False
    return float(np.sum(values, where=left))


def _plain(array):
    return np.asarray(array).tolist()
