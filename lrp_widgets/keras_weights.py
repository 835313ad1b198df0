"""Reads kernels and biases out of the files that Keras writes, tensor by tensor, without Keras.

Four layouts: `.h5` weights of Keras 1 and 2 (keras.applications publishes these), the whole-model
`.h5` that wraps them, `.weights.h5` of Keras 3, and `.keras`, a zip archive with one inside.
Nothing in a file is ever run.
"""

import contextlib
import errno
import re
import shutil
import tempfile
import zipfile
from pathlib import Path

import numpy as np

from .arrays import aligned_empty


def read(path, wanted):
    """Read a Keras file into {layer name: (kernel, bias or None)}, float32.

    `wanted`: {layer name: kernel shape} of the network, input first. Layers are found by name, or,
    where a model's layers carry other names, by their order among those of their kind. The last
    layer may have another number of outputs, as after fine-tuning.
    Raises ValueError, one sentence, where the file does not fit the network or is no such file.
    """
    path = Path(path)
    with _opened(path) as file:
        stored = _stored_layers(file)
        if not stored:
            raise ValueError(f"{path.name} holds no weights of convolutions or dense layers.")
        found = _matched(stored, wanted)
        _check(path, found, wanted)
        return {name: tuple(_array(part) for part in found[name]) for name in wanted}


@contextlib.contextmanager
def _opened(path):
    """The HDF5 file at `path`, or the one inside the archive at `path`."""
    import h5py

    try:
        with contextlib.ExitStack() as stack:
            if zipfile.is_zipfile(path):
                path = _unpacked(path, stack)
            yield stack.enter_context(h5py.File(path, "r"))
    except (OSError, KeyError, zipfile.BadZipFile, UnicodeDecodeError) as error:
        if getattr(error, "errno", None) == errno.ENOSPC:
            raise
        raise ValueError(
            f"{path.name} cannot be read: it is damaged, or no .h5, .weights.h5 or .keras file."
        ) from error


def _unpacked(path, stack):
    folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="lrp-widgets-"))
    target = Path(folder) / path.name
    archive = stack.enter_context(zipfile.ZipFile(path))
    with archive.open("model.weights.h5") as source, target.open("wb") as copy:
        shutil.copyfileobj(source, copy, 1 << 20)
    return target


def _stored_layers(file):
    """[(layer name, (kernel, bias or None))] in the order of the model, as HDF5 datasets."""
    root = file.get("model_weights", file)
    names = _strings(root, "layer_names")
    layers = _keras_2(root, names) if names else _keras_3(file)
    return [(name, _kernel_and_bias(parts)) for name, parts in layers if parts[0].ndim in (2, 4)]


def _keras_2(root, names):
    for name in names:
        parts = [root[name][weight] for weight in _strings(root[name], "weight_names")]
        if len(parts) <= 2:
            if parts:
                yield name, parts
            continue
        # A model within the model, or more than a kernel and a bias: the paths tell which.
        inner = {}
        for part in parts:
            inner.setdefault(part.parent.name.rsplit("/", 1)[-1], []).append(part)
        yield from inner.items()


def _keras_3(file):
    import h5py

    found = []

    def visit(path, item):
        if isinstance(item, h5py.Group) and path.endswith("/vars") and "0" in item:
            parts = [item[key] for key in sorted(item, key=int)]
            found.append((str(item.attrs.get("name", path)), path, parts))

    file.visititems(visit)
    # Groups are called conv2d, conv2d_1, … conv2d_10: in order of the model if read as numbers.
    found.sort(key=lambda entry: _natural(entry[1]))
    return [(name, parts) for name, _, parts in found]


def _natural(path):
    return [
        (stem, int(number or 0)) for stem, number in re.findall(r"([^/]*?)(?:_(\d+))?(?:/|$)", path)
    ]


def _strings(group, key):
    """A list of names among a group's attributes; long ones are stored in numbered pieces."""
    if key in group.attrs:
        names = list(group.attrs[key])
    else:
        names = []
        while f"{key}{len(names)}" in group.attrs:
            names.append(group.attrs[f"{key}{len(names)}"])
        names = [name for piece in names for name in piece]
    return [name.decode() if isinstance(name, bytes) else str(name) for name in names]


def _kernel_and_bias(parts):
    return parts[0], (parts[1] if len(parts) == 2 and parts[1].ndim == 1 else None)


def _matched(stored, wanted):
    """The stored layers under the network's names: by name, else by order within each rank."""
    by_name = dict(stored)
    if all(name in by_name for name in wanted):
        return by_name
    by_order = {}
    for rank in (4, 2):
        names = [name for name, shape in wanted.items() if len(shape) == rank]
        layers = [parts for _, parts in stored if parts[0].ndim == rank]
        if len(names) != len(layers):
            return by_name
        by_order |= dict(zip(names, layers, strict=True))
    return by_order


def _check(path, found, wanted):
    for name, shape in wanted.items():
        if name not in found:
            raise ValueError(
                f"{path.name} does not fit: the network's layer {name} is not in it; read a model "
                "of another architecture with Network.from_keras."
            )
        kernel, bias = found[name]
        last = name == list(wanted)[-1]
        if kernel.shape[: -1 if last else None] != tuple(shape)[: -1 if last else None]:
            raise ValueError(
                f"{path.name} does not fit: the kernel of {name} is {_by(kernel.shape)} in the "
                f"file and {_by(shape)} in the network."
            )
        if bias is not None and bias.shape != kernel.shape[-1:]:
            raise ValueError(
                f"{path.name} does not fit: {name} has {kernel.shape[-1]} outputs "
                f"and a bias of shape {bias.shape}."
            )


def _by(shape):
    return "×".join(map(str, shape))


def _array(dataset):
    if dataset is None:
        return None
    array = aligned_empty(dataset.shape)
    dataset.read_direct(array)
    if not np.isfinite(array.sum(dtype=np.float64)):
        raise ValueError(f"The weights {dataset.name} are not all finite numbers.")
    return array
