"""Reads weights out of NPZ archives, in which this project keeps those of its own networks."""

import math
from pathlib import Path

import numpy as np

from .keras_weights import check_finite


def read(path, shapes, what):
    """Return the float32 arrays of an NPZ file: {name: shape} → {name: array}.

    `what`: the network whose weights they are, for the sentence that refuses another file. Nothing
    is unpacked that is larger than these shapes can be. Raises ValueError, one sentence, for a file
    that does not hold them.
    """
    path = Path(path)
    arrays = {}
    try:
        with np.load(path, allow_pickle=False) as file:
            for name, shape in shapes.items():
                # A few kilobytes can claim gigabytes: 8 bytes a number, and the header.
                if file.zip.getinfo(f"{name}.npy").file_size > 8 * math.prod(shape) + 4096:
                    raise ValueError(f"{name} is too large")
                arrays[name] = np.asarray(file[name], np.float32)
    except KeyError as error:
        raise ValueError(f"{path.name} does not hold the weights of {what}.") from error
    except Exception as error:  # of zip archives and of what is in them there are many
        raise ValueError(
            f"{path.name} cannot be read: it does not hold the weights of {what}."
        ) from error
    for name, shape in shapes.items():
        layer, _, kind = name.rpartition("/")
        if arrays[name].shape != tuple(shape):
            raise ValueError(f"{path.name} does not fit: the {kind} of {layer} has another shape.")
        check_finite(arrays[name], path.name, layer, kind)
    return arrays
