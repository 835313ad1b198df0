"""Measure the league anew, part by part, and write its tables.

What has been measured is kept in `--parts`, a file for each part, and a second run goes on from
there: several may run at once. `--until` ends a run between two parts. All of it takes about two
hours of processor time.
"""

import argparse
import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from . import cases, measures, tables, turned_over
from .entrants import LRP, METHODS, ROWS, WITHOUT_NETWORK
from .measures import BASELINES, MEASURES

NETWORKS = ("mini-vgg", "mini-resnet", "mini-densenet")
ON_PHOTOGRAPHS = ("tiny-darknet",)

# How many scenes a measure is taken on: the more often it asks the network, the fewer.
SCENES = 200
AREA_SCENES = {"mini-vgg": 100, "mini-resnet": 40, "mini-densenet": 40}
BASELINE_SCENES = {"mini-vgg": 40}
COSTLY = 20
# The scenes on which a pair is measured that was found on those above.
FRESH = range(40, 100)
# Scenes that are measured together.
CHUNK = 20
PHOTOGRAPHS_CHUNK = 5


@dataclass(frozen=True)
class Part:
    """One row of one network on some pictures: `ask()` measures it, its file is called by `key`."""

    key: tuple
    ask: Callable

    @property
    def file(self):
        return f"{'--'.join(map(str, self.key))}.json"


def parts_of(name, network, folder=None):
    """The parts of one network; `folder` has photographs beside the samples."""
    if name in ON_PHOTOGRAPHS:
        every = cases.photographs(network, folder)
        starts = range(0, len(every), PHOTOGRAPHS_CHUNK)
        chunks = {start: every[start : start + PHOTOGRAPHS_CHUNK] for start in starts}
        rows = [row for row in ROWS if row != "mask"]
        yield from _rows(name, network, measures.measures_of, rows, chunks)
        return
    chunks = {
        start: [cases.scene(start + k) for k in range(CHUNK)] for start in range(0, SCENES, CHUNK)
    }

    def first(count):
        return {start: chunk for start, chunk in chunks.items() if start < count}

    few = first(COSTLY)
    asking = [row for row in ROWS if row not in WITHOUT_NETWORK]
    yield from _rows(name, network, measures.map_measures_of, ROWS, chunks)
    yield from _rows(name, network, measures.areas_of, ROWS, first(AREA_SCENES[name]))
    others = first(BASELINE_SCENES.get(name, 0))
    yield from _rows(name, network, measures.other_areas_of, ROWS, others)
    yield from _cosines(name, network, few[0])
    yield from _rows(name, network, measures.stability_of, asking, few)
    yield from _rows(name, network, measures.entropy_rise_of, asking, few)
    # A network with other weights is compiled anew: for all layers of mini-densenet, an hour.
    if name == "mini-vgg":
        yield from _rows(name, network, measures.mprt_of, asking, few)
        yield from _rows(name, network, measures.smprt_of, asking, few)


def _rows(name, network, measure, rows, chunks):
    """Row by row, for what a row compiles is not kept for long: {first scene's number: cases}."""
    table = "mprt" if measure is measures.mprt_of else "league"
    for row in rows:
        for start, chosen in chunks.items():
            ask = partial(measure, network, row, chosen, _seed(start))
            yield Part((table, name, row, measure.__name__, start), ask)


def _seed(start):
    return (cases.SEED << 20) + start


def _cosines(name, network, chosen):
    """Two classes' cosines, as trained and with random weights: layers of the same widths."""
    for weights in ("trained", "random"):
        of = network if weights == "trained" else network.randomized(cases.SEED)
        for rules in LRP:
            ask = partial(measures.cosines_of, of, rules, chosen)
            yield Part(("class_cosines", name, rules, weights, 0), ask)


def measure(folder, networks, until=None, photographs=None):
    """Measure what is not in `folder` yet; stop between two parts after `until` (seconds).

    `photographs`: a folder with more of them than the samples.
    """
    from ....networks.zoo.registry import load_network, on_disk

    folder.mkdir(parents=True, exist_ok=True)
    begun = time.monotonic()
    for name in networks:
        if not on_disk(name):
            print(f"{name} is not on this machine and is left out.")
            continue
        for part in parts_of(name, load_network(name), photographs):
            if until is not None and time.monotonic() - begun > until:
                return
            path = folder / part.file
            if not path.exists():
                at = time.process_time()
                found = part.ask()
                _keep(path, found if isinstance(found, tuple) else (found,))
                spent = time.process_time() - at
                print(f"{path.stem}  {spent:.1f} s of processor time", flush=True)


def measure_pair(folder, name):
    """Measure the pair that the baseline turns over on fresh scenes; return its rows."""
    from ....networks.zoo.registry import load_network

    areas = _areas(gather(folder)["league"], name)
    if not areas:
        return []
    pair = turned_over.search(areas)
    first, second, one, other = pair
    fresh, network = {one: {}, other: {}}, None
    for method in (first, second):
        path = folder / f"fresh--{name}--{method}--{one}-{other}--{FRESH[0]}.json"
        if not path.exists():
            network = network or load_network(name)
            chosen = [cases.scene(number) for number in FRESH]
            found = measures.areas_of(network, method, chosen, baselines=(one, other))
            _keep(path, (found,))
        [found] = json.loads(path.read_text())
        for baseline, by_method in fresh.items():
            by_method[method] = np.array(found[BASELINES[baseline]])
    return turned_over.rows(name, pair, fresh, FRESH)


def _keep(path, found):
    plain = [{name: np.asarray(v).tolist() for name, v in each.items()} for each in found]
    path.with_suffix(".new").write_text(json.dumps(plain))
    os.replace(path.with_suffix(".new"), path)


def gather(folder):
    """Return what the files of a folder hold: {table: {(network, row[, weights]): {column: …}}}."""
    found = {"league": {}, "mprt": {}, "class_cosines": {}}
    paths = sorted(folder.glob("*.json"), key=lambda path: int(path.stem.split("--")[-1]))
    for path in paths:
        table, network, row, *rest = path.stem.split("--")
        if table not in found:
            continue
        key = (network, row, rest[0]) if table == "class_cosines" else (network, row)
        for name, values in _by_table(table, json.loads(path.read_text())):
            kept = found[name].setdefault(key, {})
            for column, more in values.items():
                kept[column] = np.concatenate([kept.get(column, []), np.array(more, float)])
    return found


def _by_table(table, parts):
    """MPRT's part holds means for the league besides its own columns."""
    return zip(("league", "mprt") if table == "mprt" else (table,), parts, strict=True)


def write(found, turned, folder):
    """Write all tables from what was gathered, in the order of networks, rows and columns."""
    order = {name: k for k, name in enumerate((*NETWORKS, *ON_PHOTOGRAPHS))}
    rank = {name: k for k, name in enumerate(ROWS)}
    sort = partial(sorted, key=lambda item: (order[item[0][0]], rank[item[0][1]], item[0][2:]))
    league = [
        {"network": network, "method": row, "measure": column}
        | tables.summary(values[column])
        | tables.ends(values[column], MEASURES[column].better)
        for (network, row), values in sort(found["league"].items())
        for column in MEASURES
        if column in values
    ]
    mprt = [
        {"network": network, "method": row, "layer": layer} | tables.summary(values)
        for (network, row), layers in sort(found["mprt"].items())
        for layer, values in layers.items()
    ]
    cosines = [
        {"network": network, "rules": row, "weights": weights, "layer": layer}
        | tables.summary(values)
        for (network, row, weights), layers in sort(found["class_cosines"].items())
        for layer, values in layers.items()
    ]
    written = {"league": league, "mprt": mprt, "class_cosines": cosines, "turned_over": turned}
    for name, entries in written.items():
        if entries:
            tables.write(name, entries, folder)


def _areas(league, network):
    """{baseline: {method: areas of the scenes that have all baselines}} of a network."""
    rows = {row: league.get((network, row), {}) for row in METHODS}
    if not all(column in values for values in rows.values() for column in BASELINES.values()):
        return {}
    count = min(len(values[column]) for values in rows.values() for column in BASELINES.values())
    return {
        baseline: {row: values[column][:count] for row, values in rows.items()}
        for baseline, column in BASELINES.items()
    }


def main(arguments=None):
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m lrp_widgets.lessons.experiments.league", description=__doc__
    )
    every = (*NETWORKS, *ON_PHOTOGRAPHS)
    parser.add_argument("--out", type=Path, default=tables.FOLDER, help="folder for the tables")
    parser.add_argument("--parts", type=Path, default=Path("league_parts"))
    parser.add_argument("--networks", nargs="+", choices=every, default=every)
    parser.add_argument("--until", type=float, help="seconds after which no part is begun")
    parser.add_argument("--photographs", type=Path, help="folder with more than the samples")
    options = parser.parse_args(arguments)
    photographs = options.photographs
    measure(options.parts, options.networks, options.until, photographs)
    turned = [row for name in BASELINE_SCENES for row in measure_pair(options.parts, name)]
    found = gather(options.parts)
    write(found, turned, options.out)
    if any(network in ON_PHOTOGRAPHS for network, _ in found["league"]):
        files = cases.photograph_files(photographs)
        pictures = [
            {"number": k, "name": name, "sha256": digest} for k, (name, digest) in enumerate(files)
        ]
        tables.write("photographs", pictures, options.out)


if __name__ == "__main__":
    main()
