"""Reads weights files of darknet (pjreddie.com/darknet)."""

import struct
from pathlib import Path

import numpy as np

from .keras_weights import check_finite

# What darknet adds to the standard deviation (not to the variance) in its BatchNorm.
EPSILON = 1e-6


def read(path, convolutions, normalized):
    """Read the convolutions of a darknet weights file, BatchNorm folded: {name: (kernel, bias)}.

    γ (w·x − μ) / (σ + 1e-6) + β  =  (w γ/(σ + 1e-6))·x  +  (β − γ μ/(σ + 1e-6))

    `convolutions`: {name: kernel shape (rows, columns, channels, filters)} in the file's order;
    `normalized`: the names of those that BatchNorm follows. The arrays are float64, so that
    folding loses nothing. Raises ValueError where the file does not hold these layers.
    """
    numbers = _Numbers(path)
    wanted = sum(
        int(np.prod(shape)) + shape[-1] * (4 if name in normalized else 1)
        for name, shape in convolutions.items()
    )
    if numbers.count != wanted:
        raise ValueError(
            f"{Path(path).name} does not fit: it holds {numbers.count:,} weights and the network "
            f"has {wanted:,}."
        )
    weights = {}
    for name, (rows, columns, channels, filters) in convolutions.items():
        bias = numbers.take(filters)
        factor = 1.0
        if name in normalized:
            scale, mean, variance = (numbers.take(filters) for _ in range(3))
            with np.errstate(invalid="ignore"):  # of a variance below zero: refused below
                factor = scale / (np.sqrt(variance) + EPSILON)
            bias = bias - mean * factor
        kernel = numbers.take(filters, channels, rows, columns).transpose(2, 3, 1, 0)
        kernel = kernel * factor
        check_finite(kernel, Path(path).name, name, "kernel")
        check_finite(bias, Path(path).name, name, "bias")
        weights[name] = (np.ascontiguousarray(kernel), bias)
    return weights


class _Numbers:
    """The float32 numbers after the header, taken one layer's at a time as float64.

    The header: major, minor, revision as int32, then the count of pictures seen, which takes 8
    bytes from version 0.2 on and 4 before.
    """

    def __init__(self, path):
        data = Path(path).read_bytes()
        major, minor = struct.unpack("<ii", data[:8].ljust(8, b"\0"))
        header = 12 + (8 if major * 10 + minor >= 2 else 4)
        body = data[header:]
        self._numbers = np.frombuffer(body[: len(body) // 4 * 4], "<f4")
        self._at = 0
        self.count = len(self._numbers)

    def take(self, *shape):
        count = int(np.prod(shape))
        part = self._numbers[self._at : self._at + count]
        self._at += count
        return part.astype(np.float64).reshape(shape)
