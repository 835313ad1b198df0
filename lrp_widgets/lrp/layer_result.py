"""What an explanation knows of one layer: activation, relevance, and its row of the ledger."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from .._support import checks

# Where relevance goes that a layer receives and does not hand on: the entries of its ledger.
ABSORBED = ("bias", "stabilizer", "dead", "padding")


@dataclass(frozen=True, eq=False)
class LayerResult:
    """One layer: its output's activation and relevance, and what was absorbed below it.

    `rule` is the rule by which the relevance of this layer's output went down to its inputs
    (None for the input), `equation` that rule's LaTeX. `total` is ΣR; `absorbed` says what of
    it did not reach the inputs: "bias", "stabilizer", "dead" (a unit with nothing to share by),
    "padding" (what fell on places around the picture) and, as a check, "rounding":
    total = what the inputs got + all of these.
    `ways`: for a layer of several inputs (input, ΣR that it got from this layer), each.
    Arrays have the layer's `shape`, with a leading batch axis in a batch.
    """

    name: str
    kind: str
    kind_text: str
    rule: Any
    equation: str
    shape: tuple[int, ...]
    activation: np.ndarray
    relevance: np.ndarray
    total: Any
    absorbed: dict
    ways: tuple = ()

    def picture(self, i):
        """This layer of picture `i` of a batch alone."""
        return replace(
            self,
            activation=self.activation[i],
            relevance=self.relevance[i],
            total=float(self.total[i]),
            absorbed={key: float(value[i]) for key, value in self.absorbed.items()},
            ways=tuple((source, float(value[i])) for source, value in self.ways),
        )


def of_one_picture(e):
    """Return an explanation of one picture; raise ValueError for a batch, or anything else."""
    if getattr(e, "is_batch", False):
        raise ValueError(
            f"This explanation is of {len(e)} pictures; choose one picture: e[i], such as e[0]."
        )
    if not all(isinstance(layer, LayerResult) for layer in getattr(e, "layers", [None])):
        raise ValueError(f"An explanation is what explain returns; got {checks.shown(e)}.")
    return e
