"""The league's tables: what was measured last, beside this file, and how they are written."""

import csv
from functools import cache
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).parent
TABLES = ("league", "mprt", "class_cosines", "turned_over", "photographs")

# How many of the pictures with the highest and the lowest values a row names.
ENDS = 3


@cache
def table(name="league"):
    """Return one of `TABLES` as it was measured last: a list of {column: value}.

    An empty cell is NaN. `highest` and `lowest` are lists of (number of the picture, its value).
    """
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return [
            {key: _read(key, value) for key, value in row.items()} for row in csv.DictReader(file)
        ]


def _read(column, text):
    if column in ("highest", "lowest"):
        pairs = (each.split(":") for each in text.split())
        return [(int(number), float(value)) for number, value in pairs]
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            pass
    return text or float("nan")


def summary(values):
    """Return mean, standard error and number of the pictures where there is a value."""
    values = np.asarray(values, np.float64)
    values = values[np.isfinite(values)]
    count = len(values)
    if not count:
        return {"mean": np.nan, "error": np.nan, "scenes": 0}
    error = values.std(ddof=1) / np.sqrt(count) if count > 1 else np.nan
    return {"mean": values.mean(), "error": error, "scenes": count}


def ends(values, better="more"):
    """The pictures with the highest and the lowest values, the extreme ones first, and picture 0's.

    {"highest": [(number, value), …], "lowest": …, "first": the value of picture 0, for a test}.
    Of a measure that is `better` the nearer to "zero", the farthest from 0 and the nearest.
    """
    values = np.asarray(values, np.float64)
    known = np.flatnonzero(np.isfinite(values))
    size = np.abs(values) if better == "zero" else values
    rising = known[np.argsort(size[known], kind="stable")]
    count = min(ENDS, len(rising) // 2)
    pairs = [(int(k), float(values[k])) for k in rising]
    return {
        "highest": pairs[::-1][:count],
        "lowest": pairs[:count],
        "first": values[0] if len(values) else np.nan,
    }


def write(name, entries, folder=FOLDER):
    """Write one of `TABLES`; entries are {column: value}, all with the same columns."""
    with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(entries[0]), lineterminator="\n")
        writer.writeheader()
        for entry in entries:
            writer.writerow({key: _written(value) for key, value in entry.items()})


def _written(value):
    if isinstance(value, list):
        return " ".join(f"{number}:{at:.5g}" for number, at in value)
    if isinstance(value, float):
        return f"{value:.6g}" if np.isfinite(value) else ""
    return value
