"""Does a map change with the class, or with the weights? Layer by layer, from the league's tables.

What the tables have is a mean over drawn scenes; `cosines` measures one scene anew. The pair is
always the network's first choice and its second, each by its logit, under z⁺ by that logit's size.
"""

from dataclasses import dataclass

import numpy as np

from . import loaded
from .league import cases, measures, tables
from .loaded import once

# What is compared with z⁺, from "nothing but sums with signs" to "z⁺ below signed dense layers".
RULES = ("z-plus", "epsilon-plus", "epsilon-alpha2-beta1", "LRP-0")
RANDOMIZED = ("z-plus", "epsilon-plus", "LRP-0", "gradient", "grad-cam", "noise")


@dataclass(frozen=True, eq=False)
class Line:
    """One method's values over the layers: `layers`, `means`, `errors` (NaN where unknown)."""

    name: str
    layers: tuple
    means: np.ndarray
    errors: np.ndarray


def mean_cosines(network, weights="trained", rules=RULES):
    """Two classes' cosine at every layer, the output first: a Line for each of `rules`.

    `weights`: "trained", or "random" for a network of the same widths that has learned nothing.
    """
    rows = [
        row
        for row in tables.table("class_cosines")
        if (row["network"], row["weights"]) == (network, weights)
    ]
    return [_line(name, [row for row in rows if row["rules"] == name][::-1]) for name in rules]


def mean_mprt(methods=RANDOMIZED):
    """mini-vgg's MPRT, from the topmost layer down: a Line for each method."""
    rows = tables.table("mprt")
    return [_line(name, [row for row in rows if row["method"] == name]) for name in methods]


@once
def cosines(network, number, rules, weights="trained"):
    """Two classes' cosine at every layer for one of the league's scenes: a Line."""
    known = loaded.network(network)
    if weights == "random":
        known = _random(network)
    found = measures.cosines_of(known, rules, [cases.scene(number)])
    layers = tuple(found)[::-1]
    values = np.array([found[layer][0] for layer in layers])
    return Line(rules, layers, values, np.full(len(layers), np.nan))


@once
def _random(network):
    return loaded.network(network).randomized(cases.SEED)


@once
def choices(network, number, weights="trained"):
    """The names of the two classes that are compared: a network's first choice and its second."""
    known = loaded.network(network) if weights == "trained" else _random(network)
    [order] = measures.first_choices(known, cases.scene(number).image[None])
    return tuple(known.class_names[int(k)] for k in order[:2])


def _line(name, rows):
    return Line(
        name,
        tuple(row["layer"] for row in rows),
        np.array([row["mean"] for row in rows], float),
        np.array([row["error"] for row in rows], float),
    )
