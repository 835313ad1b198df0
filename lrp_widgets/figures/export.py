"""Writes an explanation to files: figures to look at, numbers to go on with."""

import csv
import io
import json

import numpy as np

from .._support.checks import path
from ..lrp.map_measures import measure


def save(e, folder):
    """Write the figures and the numbers of an explanation into `folder`; return the paths.

    heatmap.png, heatmap_rgb.png (where the picture has three channels), layers.png, totals.png,
    waterfall.png, layers.gif (see `layers_gif`), ledger.csv (see `ledger_csv`) and relevance.npz
    (see `numbers`). The folder is made on need; files of these names in it are replaced.
    Raises OSError where nothing can be written there.
    """
    folder = path("folder", folder)
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, figure in _figures(e):
        paths.append(folder / name)
        figure.savefig(paths[-1], dpi=150)
    for name, content in _contents(e):
        paths.append(folder / name)
        paths[-1].write_bytes(content)
    return paths


def numbers(e, measures=None):
    """Return all numbers of an explanation as the bytes of an NPZ file, for `numpy.load`.

    It holds "relevance/<layer>" for every layer (float, the layer's shape), "layers" (their names,
    input first), "totals" and "absorbed/<kind>" (one value a layer), "places" and "half" (how many
    places each layer's map has, channels summed, and the fewest that hold half of Σ|R|; 0 for a map
    of zeros), "picture" where there is one, and "about": settings, prediction, what arrived and
    the warning, and what is measured of the pixels' map, as JSON. `measures`: a
    `map_measures.MapMeasures` that knows more than the explanation alone tells.
    """
    file = io.BytesIO()
    np.savez_compressed(file, **_arrays(e, measures or measure(e)))
    return file.getvalue()


def ledger_csv(e, measures=None):
    """Return the totals and the ledger as the bytes of a CSV file, one line a layer, input first.

    Columns: layer, kind, shape, rule, total (ΣR at the layer's output) and what of it did not reach
    its inputs: absorbed_bias, absorbed_stabilizer, absorbed_dead, absorbed_padding,
    absorbed_set_aside, absorbed_rounding. Numbers are written in full, UTF-8 with a mark by which
    spreadsheets know it.
    """
    measures = measures or measure(e)
    of_pixels = {key.replace(" ", "_"): value for key, value in measures.numbers().items()}
    kinds = list(e.layers[0].absorbed)
    columns = [
        "layer",
        "kind",
        "shape",
        "rule",
        "total",
        *(f"absorbed_{k.replace(' ', '_')}" for k in kinds),
    ]
    file = io.StringIO(newline="")
    table = csv.DictWriter(file, [*columns, "places", "half", *of_pixels])
    table.writeheader()
    for layer in e.layers:
        values = [
            layer.name,
            layer.kind_text,
            "×".join(map(str, layer.shape)),
            layer.rule.name if layer.rule else "",
            float(layer.total),
            *(float(layer.absorbed[kind]) for kind in kinds),
        ]
        row = dict(zip(columns, values, strict=True))
        row |= {"places": measures.places[layer.name], "half": measures.half[layer.name]}
        table.writerow(row | (of_pixels if layer is e.layers[0] else {}))
    return file.getvalue().encode("utf-8-sig")


def _contents(e):
    from .gif import layers_gif

    yield "layers.gif", layers_gif(e)
    yield "ledger.csv", ledger_csv(e)
    yield "relevance.npz", numbers(e)


def _figures(e):
    shape = e.layers[0].shape
    if len(shape) == 3:
        yield "heatmap.png", e.plot()
        if shape[-1] == 3:
            yield "heatmap_rgb.png", e.plot(channels="rgb")
    yield "layers.png", e.plot_layers()
    yield "totals.png", e.plot_totals()
    yield "waterfall.png", e.plot_waterfall()


def _arrays(e, measures):
    from ..lrp import conservation_warning
    from .captions import settings

    arrays = {f"relevance/{layer.name}": layer.relevance for layer in e.layers}
    arrays["layers"] = np.array([layer.name for layer in e.layers])
    arrays["totals"] = np.array([layer.total for layer in e.layers], np.float64)
    for kind in e.layers[0].absorbed:
        arrays[f"absorbed/{kind}"] = np.array([layer.absorbed[kind] for layer in e.layers])
    if e.picture is not None:
        arrays["picture"] = e.picture
    arrays["places"] = np.array(list(measures.places.values()))
    arrays["half"] = np.array([count or 0 for count in measures.half.values()])
    about = {
        "settings": settings(e),
        "prediction": e.prediction[:10],
        "arrived": conservation_warning.words(e),
        "warning": conservation_warning.warning(e),
        "measures": measures.numbers(),
    }
    arrays["about"] = np.array(json.dumps(about, ensure_ascii=False))
    return arrays
