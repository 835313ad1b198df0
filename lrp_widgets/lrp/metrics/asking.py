"""Asking a method for the maps of many network inputs."""

import numpy as np

from ..attribution import method as method_of
from ..attribution.scoring import batch_size


def maps_of(network, x, method, targets) -> np.ndarray:
    """Return the maps of network inputs x (B, H, W, C) in RGB, float64 (B, H, W, C or 1).

    `targets`: a class number for all, or one for each.
    """
    of, size = method_of(method), batch_size(x.shape[1:])
    targets = np.broadcast_to(targets, len(x)).tolist()
    # A float array is handed to a method in the order that the network was trained with; to swap
    # red and blue a second time leads back there.
    x = network.in_rgb(x)
    parts = [slice(i, i + size) for i in range(0, len(x), size)]
    return np.concatenate([np.asarray(of(network, x[p], targets[p]), np.float64) for p in parts])
