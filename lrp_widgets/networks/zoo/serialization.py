"""A whole network in the weight cache: what read it first is not needed again.

Networks that branch are read through Keras (`keras_applications`), which takes seconds and memory.
What comes out, BatchNorm folded, is laid out in the weight cache; later it is opened from there.
"""

from dataclasses import astuple, fields, is_dataclass

import numpy as np

from ... import __version__
from .. import attention, canonize, einsum_dense, layers, normalizing, resampling
from ..activations import Activation

# Whatever changes how a model is read must change this, or old files are taken for new ones.
READING = f"read by lrp-widgets {__version__}, 2"

_KINDS = {
    kind.__name__: kind
    for module in (layers, canonize, attention, einsum_dense, normalizing, resampling)
    for kind in vars(module).values()
    if isinstance(kind, type) and issubclass(kind, layers.Layer) and is_dataclass(kind)
}


def take_apart(network_layers, notes):
    """Return ({…} that JSON can hold, [(layer name, {field: array}), …]) of (layers, notes).

    Kernels are rounded to float32, which is what TensorFlow is handed; other arrays stay.
    """
    described, tensors = [], []
    for layer in network_layers:
        values = {field.name: getattr(layer, field.name) for field in fields(layer)}
        arrays = {key: v for key, v in values.items() if isinstance(v, np.ndarray)}
        plain = {key: _plain(v) for key, v in values.items() if key not in arrays}
        described.append({"layer": type(layer).__name__, "arrays": list(arrays), **plain})
        if "kernel" in arrays:
            arrays["kernel"] = arrays["kernel"].astype(np.float32, copy=False)
        tensors.append((layer.name, arrays))
    return {"layers": described, "notes": list(notes)}, tensors


def put_together(about, array):
    """Return (layers, notes) from what `take_apart` gave; `array(layer name, field)` has the rest.

    Raises LookupError, TypeError or ValueError for what it did not give.
    """
    found = []
    for entry in about["layers"]:
        plain = {key: _real(v) for key, v in entry.items() if key not in ("layer", "arrays")}
        arrays = {key: array(entry["name"], key) for key in entry["arrays"]}
        found.append(_KINDS[entry["layer"]](**plain, **arrays))
    return found, tuple(about["notes"])


def _plain(value):
    return [*astuple(value), "activation"] if isinstance(value, Activation) else value


def _real(value):
    """What `_plain` and JSON made of a field's value: tuples came back as lists."""
    if not isinstance(value, list):
        return value
    if value[-1:] == ["activation"]:
        return Activation(*value[:-1])
    return tuple(map(_real, value))
