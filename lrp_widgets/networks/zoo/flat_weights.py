"""Reads weights that lie one after the other as plain numbers: a shard of tensorflow.js."""

from pathlib import Path

import numpy as np

from .keras_weights import check_finite


def read(path, wanted):
    """Yield (layer name, (kernel, bias)) of little-endian float32 numbers in the layers' order.

    `wanted`: {name: kernel shape}, the order that tensorflow.js's manifest has. Raises ValueError
    where the file holds another count of numbers, or one that is not finite.
    """
    data = Path(path).read_bytes()
    count = sum(int(np.prod(shape)) + shape[-1] for shape in wanted.values())
    if len(data) != 4 * count:
        raise ValueError(
            f"{Path(path).name} does not fit: it holds {len(data):,} bytes, and the network's "
            f"{count:,} weights take {4 * count:,}."
        )
    numbers, at = np.frombuffer(data, "<f4"), 0
    for name, shape in wanted.items():
        parts = {}
        for part, size in (("kernel", shape), ("bias", shape[-1:])):
            end = at + int(np.prod(size))
            parts[part] = numbers[at:end].reshape(size)
            check_finite(parts[part], Path(path).name, name, part)
            at = end
        yield name, (parts["kernel"], parts["bias"])
