"""Maps as the browser takes them: float32 bytes."""

import numpy as np

VALUE = 4  # bytes


def pack(arrays):
    """All arrays one after the other as float32 bytes."""
    return b"".join(np.ascontiguousarray(array, np.float32).tobytes() for array in arrays)


def channel_map(explanation, layer, quantity, channel):
    """Return one channel's map; None where there is none such.

    `layer`: as `describe_layers` tells the browser of it.
    """
    if quantity not in ("relevance", "activation") or channel not in range(layer["channels"]):
        return None
    return pack([getattr(explanation[layer["name"]], quantity)[..., channel]])
