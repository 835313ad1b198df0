"""What an explanation knows of one layer: activation, relevance, and its row of the ledger."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from .._support import checks

# Where relevance goes that a layer receives and does not hand on: the entries of its ledger.
ABSORBED = ("bias", "stabilizer", "dead", "padding")


@dataclass(frozen=True, eq=False)
class _Layer:
    name: str
    kind: str
    kind_text: str
    rule: Any
    equation: str
    shape: tuple[int, ...]
    activation: np.ndarray
    relevance: np.ndarray


@dataclass(frozen=True, eq=False)
class LayerResult(_Layer):
    """One layer: its output's activation and relevance, and what was absorbed below it.

    `rule` is the rule by which the relevance of this layer's output went down to its inputs
    (None for the input), `equation` that rule's LaTeX. `total` is ΣR; `absorbed` says what of
    it did not reach the inputs: "bias", "stabilizer", "dead" (a unit with nothing to share by),
    "padding" (what fell on places around the picture) and, as a check, "rounding":
    total = what the inputs got + all of these. Rounding in float32 is below 1e-5 of the larger of
    Σ|R| here and Σ|R| handed on or absorbed; where large terms of both signs cancel, this is not
    1e-5 of Σ|R| here.
    `ways`: for a layer of several inputs (input, ΣR that it got from this layer), each.
    Arrays have the layer's `shape`.
    """

    total: float
    absorbed: dict[str, float]
    ways: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, eq=False)
class LayerResults(_Layer):
    """One layer for a batch of pictures: a `LayerResult` with a leading axis (B, …) everywhere.

    `shape` is that of one picture; `total`, and each entry of `absorbed` and `ways`, is (B,).
    """

    total: np.ndarray
    absorbed: dict[str, np.ndarray]
    ways: tuple[tuple[str, np.ndarray], ...] = ()

    def picture(self, i: int) -> LayerResult:
        """This layer of picture `i` alone; its arrays are views."""
        return self._picked(LayerResult, lambda values: values[i], lambda values: float(values[i]))

    def pictures(self, some: slice) -> "LayerResults":
        """This layer of some of the pictures; its arrays are views."""
        return self._picked(LayerResults, lambda values: values[some], lambda values: values[some])

    def _picked(self, kind, array, number):
        about = {field.name: getattr(self, field.name) for field in fields(self)}
        about |= {
            "activation": array(self.activation),
            "relevance": array(self.relevance),
            "total": number(self.total),
            "absorbed": {key: number(values) for key, values in self.absorbed.items()},
            "ways": tuple((source, number(values)) for source, values in self.ways),
        }
        return kind(**about)


def choose_one(several):
    """The sentence for what is asked of several pictures, and only one picture has."""
    count = len(several)
    return f"This explanation is of {count} pictures; choose one picture: e[i], such as e[0]."


def of_one_picture(e):
    """Return an explanation of one picture; raise ValueError for several, or anything else."""
    if isinstance(e, Sequence) and not isinstance(e, str):
        raise ValueError(choose_one(e))
    if not all(isinstance(layer, LayerResult) for layer in getattr(e, "layers", [None])):
        raise ValueError(f"An explanation is what explain returns; got {checks.shown(e)}.")
    return e
