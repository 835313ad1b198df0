"""The ledger as one table: TensorFlow hands out one tensor sooner than hundreds."""

import numpy as np

from ..._support.lazy_tensorflow import tf
from ...networks.layers import Input
from ..layer_result import ABSORBED

TOTALS = ("in", "out", *ABSORBED)


def as_table(ledger):
    """`propagate`'s ledger as float64 (rows, B): each layer's totals, then all branches.

    Where a layer has one input, that gets all that goes out, and has no row of its own.
    """
    none = tf.zeros_like(next(iter(ledger.values()))["in"])
    rows = [entry[key] for entry in ledger.values() for key in TOTALS]
    rows += [
        row for entry in ledger.values() if len(entry["branches"]) > 1 for row in entry["branches"]
    ]
    return tf.stack([row if _is_full(row) else none + row for row in rows])


def _is_full(row):
    return tf.is_tensor(row) and row.shape.rank == 1


def from_table(table, layers):
    """The ledger of a backward pass through `layers`, given input first, as arrays (B,).

    With "rounding" in each entry: what "in" has more than "out" and all that was absorbed.
    """
    layers = [layer for layer in reversed(layers) if not isinstance(layer, Input)]
    table, count = np.asarray(table), len(TOTALS) * len(layers)
    totals = table[:count].reshape(len(layers), len(TOTALS), -1)
    with np.errstate(invalid="ignore"):  # infinite totals, which `explain` refuses by name
        rounding = totals[:, 0] - totals[:, 1] - sum(totals[:, k] for k in range(2, len(TOTALS)))
    branches, ledger = iter(table[count:]), {}
    for layer, entry, left in zip(layers, totals, rounding, strict=True):
        ledger[layer.name] = entry = dict(zip(TOTALS, entry, strict=True), rounding=left)
        several = len(layer.inputs) > 1
        entry["branches"] = [next(branches) for _ in layer.inputs] if several else [entry["out"]]
    return ledger
