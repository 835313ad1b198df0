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
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from ..._support import memory
from ..._support.aligned import aligned_empty


def read(path: str | Path, wanted: dict[str, tuple]) -> Iterator[tuple[str, tuple]]:
    """Read a Keras file layer by layer: yields (layer name, (kernel, bias)), float32.

    `wanted`: {layer name: kernel shape} of the network, input first; each has a bias. Layers are
    found by name, or, where the file's carry other names, by their order among those of their
    kind. The last layer may have another number of outputs, as after fine-tuning.
    Raises ValueError, one sentence, where the file does not fit the network or is no such file.
    """
    path = Path(path)
    with _opened(path, wanted) as file:
        try:
            stored = _stored_layers(file)
        except Exception as error:  # links in a circle, lists that are none: HDF5 says it oddly
            raise _unreadable(path) from error
        names = _matched(stored, wanted)
        problem = _misfit(stored, names, wanted)
        if problem:
            raise ValueError(f"{path.name} does not fit: {problem}.")
        largest = max(int(np.prod(part.shape)) for name in wanted for part in stored[names[name]])
        memory.require(4 * largest, f"Reading {path.name}")
        for name in wanted:
            kernel, bias = stored[names[name]]
            yield name, (_array(kernel, name, "kernel"), _array(bias, name, "bias"))


def _unreadable(path):
    return ValueError(
        f"{path.name} cannot be read: it is damaged, or no .h5, .weights.h5 or .keras file."
    )


@contextlib.contextmanager
def _opened(path, wanted):
    """The HDF5 file at `path`, or the one inside the archive at `path`."""
    import h5py

    try:
        with contextlib.ExitStack() as stack:
            source = path
            if zipfile.is_zipfile(path):
                source = _unpacked(path, stack, wanted)
            yield stack.enter_context(h5py.File(source, "r"))
    except (OSError, KeyError, zipfile.BadZipFile, UnicodeDecodeError) as error:
        if getattr(error, "errno", None) == errno.ENOSPC:
            raise
        raise _unreadable(path) from error


def _unpacked(path, stack, wanted):
    folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="lrp-widgets-"))
    target = Path(folder) / path.name
    archive = stack.enter_context(zipfile.ZipFile(path))
    # An optimizer keeps two numbers a weight beside it; what claims far more is no such archive.
    most = 2**26 + 40 * sum(int(np.prod(shape)) for shape in wanted.values())
    if archive.getinfo("model.weights.h5").file_size > most:
        raise ValueError(
            f"{path.name} does not fit: unpacked it would be larger than this network's weights "
            "can be."
        )
    with archive.open("model.weights.h5") as source, target.open("wb") as copy:
        shutil.copyfileobj(source, copy, 1 << 20)
    return target


def _stored_layers(file):
    """{layer name: its tensors, as HDF5 datasets} of all layers with weights, in their order."""
    root = file.get("model_weights", file)
    names = _strings(root, "layer_names")
    return dict(_keras_2(root, names) if names else _keras_3(file))


def _keras_2(root, names):
    for name in names:
        parts = [_dataset(root[name][weight]) for weight in _strings(root[name], "weight_names")]
        if len(parts) <= 2:
            if parts:
                yield name, parts
            continue
        # A model within the model, or more than a kernel and a bias: the paths tell which.
        inner = {}
        for part in parts:
            inner.setdefault(str(part.parent.name).rsplit("/", 1)[-1], []).append(part)
        yield from inner.items()


def _keras_3(file):
    import h5py

    found = []

    def visit(path, item):
        # The optimizer, metrics, and the whole-number seeds of dropout are no layers' weights.
        if isinstance(item, h5py.Group) and path.endswith("/vars") and "0" in item:
            beside = path.startswith("optimizer") or "metrics" in path.split("/")[0]
            parts = [] if beside else [_dataset(item[key]) for key in sorted(item, key=int)]
            if parts and parts[0].dtype.kind == "f":
                found.append((_natural(path), str(item.attrs.get("name", path)), parts))

    file.visititems(visit)
    # Groups are called conv2d, conv2d_1, … conv2d_10: in order of the model if read as numbers.
    found.sort(key=lambda entry: entry[0])
    for _, name, parts in found:
        yield name, parts


def _dataset(item) -> Any:
    import h5py

    if not isinstance(item, h5py.Dataset):
        raise TypeError(f"{item.name} holds no numbers")
    return item


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


def _matched(stored, wanted):
    """{the network's layer name: the file's}: by name, else by order within each rank."""
    if all(name in stored for name in wanted):
        return {name: name for name in wanted}
    names = {}
    for rank in (4, 2):
        ours = [name for name, shape in wanted.items() if len(shape) == rank]
        theirs = [name for name, parts in stored.items() if parts[0].ndim == rank]
        if len(ours) != len(theirs):
            return {name: name for name in wanted if name in stored}
        names |= dict(zip(ours, theirs, strict=True))
    return names


def _misfit(stored, names, wanted):
    """Where the file and the network differ first, in words; None if they fit."""
    elsewhere = "; Network.from_keras reads models of other architectures"
    last = list(wanted)[-1]
    for name, shape in wanted.items():
        if name not in names:
            return f"it has no weights for the network's layer {name}{elsewhere}"
        kernel, *bias = stored[names[name]]
        checked = slice(-1) if name == last else slice(None)
        if kernel.ndim != len(shape) or kernel.shape[checked] != tuple(shape)[checked]:
            return (
                f"the kernel of {name} is {_by(kernel.shape)} in the file "
                f"and {_by(shape)} in the network"
            )
        if any(part.dtype.kind != "f" for part in (kernel, *bias)):
            return f"the weights of {name} are no floating-point numbers, but {kernel.dtype}"
        if [part.shape for part in bias] != [kernel.shape[-1:]]:
            return f"{name} has a kernel and a bias in the network, but not in the file{elsewhere}"
    for name in stored:
        if name not in names.values():
            return f"the network has no layer for the weights of its layer {name}{elsewhere}"
    return None


def _by(shape):
    return "×".join(map(str, shape))


def _array(dataset, layer, what):
    array = aligned_empty(dataset.shape)
    dataset.read_direct(array)
    check_finite(array, Path(dataset.file.filename).name, layer, what)
    return array


def check_finite(array: np.ndarray, file: str, layer: str, what: str) -> None:
    """Raise ValueError, naming file and layer, for weights with NaN or infinity among them."""
    with np.errstate(all="ignore"):
        finite = np.isfinite(array.sum(dtype=np.float64)) or np.isfinite(array).all()
    if not finite:
        raise ValueError(
            f"{file} holds weights that are no finite numbers, in the {what} of layer {layer}."
        )
