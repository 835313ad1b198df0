"""Writes an explanation to files: figures to look at, numbers to go on with."""

import json
from pathlib import Path

import numpy as np


def save(e, folder):
    """Write the figures and the numbers of an explanation into `folder`; return the paths.

    heatmap.png, heatmap_rgb.png (where the picture has three channels), layers.png, totals.png and
    relevance.npz, which holds "relevance/<layer>" for every layer (float, the layer's shape),
    "layers" (their names, input first), "totals" and "absorbed/<kind>" (one value a layer),
    "picture" where there is one, and "about": settings and prediction as JSON. It is read by
    `numpy.load`. The folder is made on need; files of these names in it are replaced.
    Raises OSError where nothing can be written there.
    """
    folder = Path(folder).expanduser()
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, figure in _figures(e):
        paths.append(folder / name)
        figure.savefig(paths[-1], dpi=150)
    paths.append(folder / "relevance.npz")
    np.savez_compressed(paths[-1], **_numbers(e))
    return paths


def _figures(e):
    shape = e.layers[0].shape
    if len(shape) == 3:
        yield "heatmap.png", e.plot()
        if shape[-1] == 3:
            yield "heatmap_rgb.png", e.plot(channels="rgb")
    yield "layers.png", e.plot_layers()
    yield "totals.png", e.plot_totals()


def _numbers(e):
    from .captions import settings

    numbers = {f"relevance/{layer.name}": layer.relevance for layer in e.layers}
    numbers["layers"] = np.array([layer.name for layer in e.layers])
    numbers["totals"] = np.array([layer.total for layer in e.layers], np.float64)
    for kind in e.layers[0].absorbed:
        numbers[f"absorbed/{kind}"] = np.array([layer.absorbed[kind] for layer in e.layers])
    if e.picture is not None:
        numbers["picture"] = e.picture
    about = {"settings": settings(e), "prediction": e.prediction[:10]}
    numbers["about"] = np.array(json.dumps(about, ensure_ascii=False))
    return numbers
