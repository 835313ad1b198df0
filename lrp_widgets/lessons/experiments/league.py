"""The league: every composite and method, every measure, on drawn scenes whose object is known.

    python -m lrp_widgets.lessons.experiments.league

writes `league.csv`, `mprt.csv` and `class_cosines.csv` beside this file; `table` reads them, and
`measures_of` measures a learner's own network. Scene k is draw_scene((20, k)), which no training
has seen. What is explained is the network's first choice, by its logit or that logit's size
(`attribution.lrp`). Every cell says over how many scenes it is a mean.

What has been measured is kept in `--parts`, and a second run goes on from there. The tables as they
are come from a run that was broken off: 20 scenes of all three networks, and of mini-vgg alone the
classes' cosines and the costly measures of the first five methods. All of it takes 45 minutes of
processor time or more.
"""

import argparse
import csv
import json
import os
from functools import cache, partial
from pathlib import Path

import numpy as np

from ...lrp import attribution, metrics
from ...lrp.composites import COMPOSITES
from ...lrp.rules import Zero
from ...media.scenes import draw_scene

SEED = 20
SCENES = 200
NETWORKS = ("mini-vgg", "mini-resnet", "mini-densenet")
FOLDER = Path(__file__).parent
TABLES = ("league", "mprt", "class_cosines")

# Scenes that are measured together, and how many at the beginning get the costly measures too.
CHUNK = 20
COSTLY = 20


OTHERS = {
    "gradient": attribution.gradient,
    "gradient-times-input": attribution.gradient_times_input,
    "integrated-gradients": partial(attribution.integrated_gradients, steps=16),
    "smooth-grad": partial(attribution.smooth_grad, samples=10),
    "grad-cam": attribution.grad_cam,
    "occlusion": attribution.occlusion,
}
LRP = {"LRP-0": partial(attribution.lrp, rules=Zero(), input_rule=None)}
LRP |= {name: attribution.method(name) for name in COMPOSITES}
METHODS = LRP | OTHERS
# What every measure is held against: a map that knows nothing, one that says nothing, the object.
CONTROLS = ("noise", "constant", "mask")
ROWS = (*METHODS, *CONTROLS)

# Measure -> whether more of it is called good; None: neither.
ON_EVERY_SCENE = {
    "abpc": True,
    "mass": True,
    "rank-accuracy": True,
    "pointing-game": True,
    "roc-auc": True,
    "other-class": False,
    "gini": None,
    "entropy": None,
}
ON_SOME_SCENES = {
    "abpc-black": True,
    "max-sensitivity": False,
    "local-lipschitz": False,
    "mprt": False,
    "smprt": False,
    "emprt": True,
}
MEASURES = ON_EVERY_SCENE | ON_SOME_SCENES


@cache
def scene(number):
    """The scene of that number: image, mask, kind."""
    return draw_scene((SEED, number))


def measures_of(network, name, numbers):
    """Return what every scene is measured by: {measure: array, a value for each scene}.

    `name`: one of `ROWS`; `numbers`: those of scenes.
    """
    scenes = [scene(number) for number in numbers]
    images = np.stack([each.image for each in scenes])
    order = np.argsort(-network(network.preprocess(images)), axis=1, kind="stable")
    method = _method(name, scenes, numbers[0])
    maps = [
        np.asarray(method(network, images, order[:, k].tolist()), np.float64).sum(-1)
        for k in (0, 1)
    ]
    found = {measure: [] for measure in ON_EVERY_SCENE}
    for each, own, others, top in zip(scenes, *maps, order[:, 0], strict=True):
        ask = {"target": int(top), "seed": SEED}
        found["abpc"].append(metrics.abpc(network, each.image, own, **ask))
        found["mass"].append(metrics.mass(own, each.mask))
        found["rank-accuracy"].append(metrics.rank_accuracy(own, each.mask))
        found["pointing-game"].append(metrics.pointing_game(own, each.mask))
        found["roc-auc"].append(metrics.roc_auc(own, each.mask))
        found["other-class"].append(metrics.rank_correlation(own, others))
        found["gini"].append(metrics.gini(own))
        found["entropy"].append(metrics.entropy(own))
    return {measure: np.array(values) for measure, values in found.items()}


def costly_measures_of(network, name, numbers):
    """Return the measures that ask for many more pictures, and MPRT layer by layer.

    ({measure: array}, {layer: array}); the controls "constant" and "mask" have no network that
    could be drawn at random, and so only what takes the picture apart.
    """
    scenes = [scene(number) for number in numbers]
    images = np.stack([each.image for each in scenes])
    ask = {"method": _method(name, scenes), "seed": SEED}
    found = {"abpc-black": _areas(network, images, ask["method"], baseline="black")}
    if name in ("constant", "mask"):
        return found, {}
    stable = {"samples": 5, **ask}
    by_layer = metrics.mprt(network, images, **ask)
    smoothed = metrics.smprt(network, images, copies=4, **ask)
    found |= {
        "max-sensitivity": [metrics.max_sensitivity(network, each, **stable) for each in images],
        "local-lipschitz": [metrics.local_lipschitz(network, each, **stable) for each in images],
        "mprt": np.mean(list(by_layer.values()), axis=0),
        "smprt": np.mean(list(smoothed.values()), axis=0),
        "emprt": metrics.emprt(network, images, **ask),
    }
    return {measure: np.array(values) for measure, values in found.items()}, by_layer


def _areas(network, images, method, **settings):
    """The areas between the curves of every picture, for its first choice."""
    top = network(network.preprocess(images)).argmax(-1).tolist()
    maps = method(network, images, top)
    return [
        metrics.abpc(network, image, relevance, target=target, seed=SEED, **settings)
        for image, relevance, target in zip(images, maps, top, strict=True)
    ]


def cosines_of(network, rules, numbers):
    """Return `class_cosines` of the first choice and the runner-up: {layer: array}."""
    found = {}
    settings = {"rules": Zero(), "input_rule": None} if rules == "LRP-0" else {"rules": rules}
    for number in numbers:
        image = scene(number).image
        first, second = np.argsort(-network(network.preprocess(image[None]))[0])[:2]
        pair = {"target": int(first), "other": int(second), "dtype": "float32"}
        for layer, value in metrics.class_cosines(network, image, **pair, **settings).items():
            found.setdefault(layer, []).append(value)
    return {layer: np.array(values) for layer, values in found.items()}


def _method(name, scenes=(), seed=0):
    """One of `ROWS` as a method; the mask's is of these scenes only."""
    if name == "noise":
        return attribution.noise((SEED << 20) + seed)
    if name == "mask":
        return lambda *_: np.stack([each.mask for each in scenes])[..., None]
    if name == "constant":
        return lambda *_: np.ones((len(scenes), *scenes[0].mask.shape, 1))
    return METHODS[name]


# The tables


def table(name="league"):
    """Return one of `TABLES` as it was measured last: a list of {column: value}."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return [{key: _read(value) for key, value in row.items()} for row in csv.DictReader(file)]


def _read(text):
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError:
        return text


def summary(values):
    """Return mean, standard error and number of the scenes where there is a value."""
    values = np.asarray(values, np.float64)
    values = values[np.isfinite(values)]
    count = len(values)
    if not count:
        return {"mean": np.nan, "error": np.nan, "scenes": 0}
    error = values.std(ddof=1) / np.sqrt(count) if count > 1 else np.nan
    return {"mean": values.mean(), "error": error, "scenes": count}


def write_tables(parts, folder):
    """Write the tables from what was measured: {(network, table, row): {column: values}}."""
    rows = {name: [] for name in TABLES}
    for (network, name, row), found in parts.items():
        for column, values in found.items():
            key = "measure" if name == "league" else "layer"
            entry = {"network": network, "method": row, key: column, **summary(values)}
            if name == "league":
                entry |= _ends(values)
            rows[name].append(entry)
    for name, entries in rows.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, entries[0], lineterminator="\n")
            writer.writeheader()
            for entry in entries:
                writer.writerow({key: _written(value) for key, value in entry.items()})


def _ends(values):
    """The scenes with the highest and the lowest value, and what scene 0 has, for a test."""
    if not np.isfinite(values).any():
        return {"highest": "", "lowest": "", "first": np.nan}
    return {
        "highest": int(np.nanargmax(values)),
        "lowest": int(np.nanargmin(values)),
        "first": values[0],
    }


def _written(value):
    return f"{value:.6g}" if isinstance(value, float) else value


# Measuring, part by part


def measure(folder, networks=NETWORKS, scenes=SCENES):
    """Measure what is not in `folder` yet, a file for each part; costly parts come last."""
    from ...networks.zoo.registry import load_network

    folder.mkdir(parents=True, exist_ok=True)
    loaded = {name: load_network(name) for name in networks}
    for start in range(0, scenes, CHUNK):
        numbers = range(start, min(start + CHUNK, scenes))
        for network in networks:
            for row in ROWS:
                ask = partial(measures_of, loaded[network], row, numbers)
                _part(folder, ("league", network, row, start), ask)
        if start == 0:
            for network in networks:
                _costly_parts(folder, network, loaded[network], range(min(COSTLY, scenes)))


def _costly_parts(folder, name, network, numbers):
    for rules in LRP:
        ask = partial(cosines_of, network, rules, numbers)
        _part(folder, ("class_cosines", name, rules, 0), ask)
    for row in ROWS:
        if row not in ("constant", "mask"):
            ask = partial(costly_measures_of, network, row, numbers)
            _part(folder, ("costly", name, row, 0), ask)


def _part(folder, key, ask):
    """Measure one part, unless its file is there."""
    path = folder / f"{'--'.join(map(str, key))}.json"
    if not path.exists():
        found = ask()
        found = list(found) if isinstance(found, tuple) else [found]
        plain = [{name: np.asarray(v).tolist() for name, v in each.items()} for each in found]
        path.with_suffix(".new").write_text(json.dumps(plain))
        os.replace(path.with_suffix(".new"), path)


def gather(folder):
    """Return what the files of a folder hold, as `write_tables` takes it."""
    found = {}

    def add(network, name, row, values):
        kept = found.setdefault((network, name, row), {})
        for column, more in values.items():
            kept[column] = np.concatenate([kept.get(column, []), np.array(more, float)])

    for network in NETWORKS:
        for row in ROWS:
            for start in range(0, SCENES, CHUNK):
                for kind in ("league", "costly", "class_cosines"):
                    path = folder / f"{kind}--{network}--{row}--{start}.json"
                    parts = json.loads(path.read_text()) if path.exists() else []
                    names = ("league", "mprt") if kind == "costly" else (kind,)
                    for name, values in zip(names, parts, strict=False):
                        add(network, name, row, values)
    return found


def main(arguments=None):
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m lrp_widgets.lessons.experiments.league", description=__doc__
    )
    parser.add_argument("--out", type=Path, default=FOLDER, help="folder for the tables")
    parser.add_argument("--parts", type=Path, default=Path("league_parts"))
    parser.add_argument("--networks", nargs="+", choices=NETWORKS, default=NETWORKS)
    parser.add_argument("--scenes", type=int, default=SCENES)
    options = parser.parse_args(arguments)
    measure(options.parts, options.networks, options.scenes)
    write_tables(gather(options.parts), options.out)


if __name__ == "__main__":
    main()
