"""Asking a method for the maps of many network inputs."""

import numpy as np

from ..attribution import method as method_of
from ..attribution.scoring import batch_size


def maps_of(network, x, method, targets) -> np.ndarray:
    """Return the maps of network inputs x (B, H, W, C), float64 (B, H, W, C or 1).

    `targets`: a class number for all, or one for each.
    """
    # As the network was trained to read it, which is how a float array is handed to a method.
    of, size = method_of(method), batch_size(x.shape[1:])
    targets = np.broadcast_to(targets, len(x)).tolist()
    parts = [slice(i, i + size) for i in range(0, len(x), size)]
    return np.concatenate([np.asarray(of(network, x[p], targets[p]), np.float64) for p in parts])
