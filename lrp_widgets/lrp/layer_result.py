"""What an explanation knows of one layer: activation, relevance, and its row of the ledger."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from .._support import checks

if TYPE_CHECKING:
    from .explanation import Explanation

# Where relevance goes that a layer receives and does not hand on: the entries of its ledger.
ABSORBED = ("bias", "stabilizer", "dead", "padding", "set aside")


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
    `branches`: for a layer of several inputs (input, ΣR that it got from this layer), each.
    Arrays have the layer's `shape`.
    """

    total: float
    absorbed: dict[str, float]
    branches: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, eq=False)
class LayerResults(_Layer):
    """One layer for a batch of pictures: a `LayerResult` with a leading axis (B, …) everywhere.

    `shape` is that of one picture; `total`, and each entry of `absorbed` and `branches`, is (B,).
    """

    total: np.ndarray
    absorbed: dict[str, np.ndarray]
    branches: tuple[tuple[str, np.ndarray], ...] = ()

    def picture(self, i: int) -> LayerResult:
        """This layer of picture `i` alone; its arrays are views."""
        return LayerResult(
            *self._about,
            self.activation[i],
            self.relevance[i],
            float(self.total[i]),
            {key: float(values[i]) for key, values in self.absorbed.items()},
            tuple((source, float(values[i])) for source, values in self.branches),
        )

    def pictures(self, some: slice) -> "LayerResults":
        """This layer of some of the pictures; its arrays are views."""
        return LayerResults(
            *self._about,
            self.activation[some],
            self.relevance[some],
            self.total[some],
            {key: values[some] for key, values in self.absorbed.items()},
            tuple((source, values[some]) for source, values in self.branches),
        )

    @property
    def _about(self):
        """What it has in common with those of its pictures, in the order of the fields."""
        return self.name, self.kind, self.kind_text, self.rule, self.equation, self.shape


def choose_one(several):
    """The sentence for what is asked of several pictures, and only one picture has."""
    count = len(several)
    return f"This explanation is of {count} pictures; choose one picture: e[i], such as e[0]."


def of_one_picture(e) -> "Explanation":
    """Return an explanation of one picture; raise ValueError for several, or anything else."""
    if not all(isinstance(layer, LayerResult) for layer in getattr(e, "layers", [None])):
        if isinstance(e, Sequence) and not isinstance(e, str):
            raise ValueError(choose_one(e))
        raise ValueError(f"An explanation is what explain returns; got {checks.shown(e)}.")
    return e
