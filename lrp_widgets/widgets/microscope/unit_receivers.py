"""Where a unit's relevance goes, for the browser: a window of small grids, or a short list.

Nothing here knows a rule: what stands above x, w and their product, and what a sum is called,
says the rule's own `Sum`.
"""

from dataclasses import replace

import numpy as np

from .top_terms import plain, strongest, without

CHANNELS = 3
INPUTS = 8
TERMS = 3
MOST_CELLS = 49  # windows up to 7×7 are drawn as grids, larger ones as lists
PARTS = ("product", "share", "relevance")  # what can be summed over inputs


def receivers(unit, e):
    """The part "down" of a unit's view."""
    first = unit.down[0]
    if first.w is None and not first.sums and _winner(unit.down) is None:
        return _moved(first, e)
    window = None if len(unit.down) > 1 else _window(first.places)
    # Padding is drawn in its place in a window, and does not exist in a list.
    downs = [down if window else _real_only(down) for down in unit.down]
    places, relevance = (
        np.concatenate([getattr(down, name) for down in downs]) for name in ("places", "relevance")
    )
    sources = [down.source for down in downs for _ in down.places]
    columns = _columns(downs)
    labels = _labels(downs[0], columns)
    columns["relevance"] = relevance
    columns["share"] = relevance / unit.relevance if unit.relevance else _shares(downs)
    count = sum(int(down.real.sum()) for down in downs)

    def item(k):
        numbers = {key: float(values[k]) for key, values in columns.items()}
        return {"source": sources[k], "index": plain(places[k]), **numbers}

    def listed(values):
        top = strongest(values, TERMS)
        terms = [item(k) | {"value": float(values[k])} for k in top]
        return {
            "terms": terms,
            "rest": {"count": count - len(top), "value": without(values, top)},
        }

    handed, winner = listed(relevance), _winner(downs)
    view = {
        "source": first.source,
        "kind_text": e[first.source].kind_text,
        "labels": labels,
        "count": count,
        "winner": None if winner is None else item(winner),
        "sums": [_sum(part, listed) for part in downs[0].sums],
        "handed": float(relevance.sum()),
        "terms": handed["terms"],
        "handed_rest": handed["rest"]["value"],
        "absorbed": _absorbed(downs),
    }
    if window:
        pads = np.flatnonzero(~first.real)
        return view | {"form": "window"} | _grids(places, pads, columns, *window)
    top = strongest(columns["share"], INPUTS)  # tells inputs apart also where R is 0
    rest = {key: without(columns[key], top) for key in PARTS if key in columns}
    return view | {
        "form": "list",
        "items": [item(k) for k in top],
        "rest": {"count": count - len(top), **rest},
    }


def _moved(down, e):
    return {
        "form": "moved",
        "source": down.source,
        "kind_text": e[down.source].kind_text,
        "source_shape": list(e[down.source].shape),
        "index": plain(down.places[0]) if len(down.places) else None,
        "x": float(down.x[0]) if len(down.places) else None,
        "handed": float(down.relevance.sum()),
        "absorbed": down.absorbed,
    }


def _real_only(down):
    real, winner = down.real, down.winner
    if real.all():
        return down
    return replace(
        down,
        places=down.places[real],
        x=down.x[real],
        w=None if down.w is None else down.w[real],
        sums=tuple(replace(part, products=part.products[real]) for part in down.sums),
        relevance=down.relevance[real],
        real=real[real],
        winner=None if winner is None else int(real[:winner].sum()),
    )


def _winner(downs):
    """The number of the input that takes all, among those of all `downs`; None without one."""
    before = 0
    for down in downs:
        if down.winner is not None:
            return before + down.winner
        before += len(down.places)
    return None


def _columns(downs):
    """x, w and their contribution as the rule takes them; of several sums also each one's."""
    columns = {"x": np.concatenate([np.asarray(down.x, np.float64) for down in downs])}
    down = downs[0]
    if down.w is not None:
        columns["w"] = np.concatenate([np.asarray(down.w, np.float64) for down in downs])
    if down.sums:
        columns["product"] = sum(part.products for part in down.sums)
        if len(down.sums) > 1:
            columns |= {f"product {k}": part.products for k, part in enumerate(down.sums)}
    if down.w is None and np.array_equal(columns.get("product"), columns["x"]):
        del columns["product"]  # pooling of positive values: x is all there is
    return columns


def _labels(down, columns):
    """What stands above each column, and what it means."""
    x, w, product = _symbols(down, columns)
    constant = "this rule takes 1 for every input" if x == "1" else "activation of the input"
    labels = {"x": ["x = 1" if x == "1" else x, constant]}
    if "w" in columns:
        labels["w"] = [w, "weight, as the rule takes it"]
    if "product" in columns:
        labels["product"] = [product, "the contribution: what of it counts"]
    labels["share"] = ["share", "this input's part of the relevance handed on"]
    labels["relevance"] = ["R", "relevance received from this unit"]
    return labels


def _symbols(down, columns):
    if not down.sums:
        return "x", "", ""
    if down.w is None:
        return "x", "", down.sums[0].symbols[-1]
    if len(down.sums) > 1:
        whole = np.allclose(columns["product"], columns["x"] * columns["w"], rtol=1e-6, atol=0)
        return "x", "w", "x · w" if whole else "counted"
    x, w, *product = down.sums[0].symbols
    return x, w, product[0] if product else f"{x} · {w}"


def _shares(downs):
    """What each input would get of a relevance of 1, where the unit has none."""
    sums = [part for part in downs[0].sums if part.denominator]
    if not sums:
        return np.zeros(sum(len(down.relevance) for down in downs))
    return sum(part.factor * part.products / part.denominator for part in sums)


def _sum(part, listed):
    numbers = ("factor", "z", "bias", "stabilizer", "denominator", "s")
    values = {key: float(getattr(part, key)) for key in numbers}
    return {"name": part.name, **values, **listed(part.products)}


def _absorbed(downs):
    return {key: sum(down.absorbed[key] for down in downs) for key in downs[0].absorbed}


def _window(places):
    """Rows and columns of a window small enough to draw; None for anything else."""
    if places.shape[1] != 3:
        return None
    rows, columns = np.unique(places[:, 0]), np.unique(places[:, 1])
    cells = len(rows) * len(columns)
    channels = len(np.unique(places[:, 2]))
    drawable = 1 < cells <= MOST_CELLS and cells * channels == len(places)
    return (rows, columns) if drawable else None


def _grids(places, pads, columns, rows, cols):
    """The strongest channels of a window, cell by cell, and all others summed."""
    channels, number = np.unique(places[:, 2], return_inverse=True)
    cell = np.searchsorted(rows, places[:, 0]) * len(cols) + np.searchsorted(cols, places[:, 1])
    grids = {}
    for key, values in columns.items():
        grids[key] = np.zeros((len(channels), len(rows) * len(cols)))
        grids[key][number, cell] = values
    top = strongest(grids["share"].sum(1), CHANNELS)
    sums = {key: grids[key].sum(1) for key in PARTS if key in grids}
    return {
        "rows": plain(rows),
        "columns": plain(cols),
        "pads": sorted({int(k) for k in cell[pads]}),
        "channels": [
            {
                "channel": int(channels[k]),
                "grids": {key: plain(grid[k]) for key, grid in grids.items()},
                "sums": {key: float(values[k]) for key, values in sums.items()},
            }
            for k in top
        ],
        "rest": {
            "count": len(channels) - len(top),
            **{key: without(values, top) for key, values in sums.items()},
        },
    }
