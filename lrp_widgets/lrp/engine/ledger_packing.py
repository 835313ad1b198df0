"""The ledger as one table: TensorFlow hands out one tensor sooner than hundreds."""

import numpy as np

from ..._support.lazy_tensorflow import tf
from ...networks.layers import Input
from ..layer_result import ABSORBED

TOTALS = ("in", "out", *ABSORBED)


def as_table(ledger):
    """`propagate`'s ledger as float64 (rows, B): a layer's totals, then its branches if several."""
    none = tf.zeros_like(next(iter(ledger.values()))["in"])
    rows = []
    for entry in ledger.values():
        branches = entry["branches"]
        rows += [entry[key] for key in TOTALS] + (branches if len(branches) > 1 else [])
    return tf.stack([row if _is_full(row) else none + row for row in rows])


def _is_full(row):
    return tf.is_tensor(row) and row.shape.rank == 1


def from_table(table, layers):
    """The ledger of a backward pass through `layers`, given input first, as arrays (B,)."""
    rows, ledger = iter(np.asarray(table)), {}
    for layer in reversed(layers):
        if isinstance(layer, Input):
            continue
        entry = {key: next(rows) for key in TOTALS}
        several = len(layer.inputs) > 1
        branches = [next(rows) for _ in layer.inputs] if several else [entry["out"]]
        ledger[layer.name] = entry | {"branches": branches}
    return ledger
