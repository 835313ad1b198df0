"""From a weights file to weights: through the store that all processes of a machine share."""

import hashlib

import numpy as np

from . import downloads
from .downloads import DownloadError
from .weight_store import Shelf

# Fewer bytes than this are read, or drawn, by each process for itself.
WORTH_KEEPING = 32 * 2**20


def published_shelf(name, file):
    """Return the shelf of a network's pretrained weights."""
    return Shelf(name, file.hashes[0] if file.hashes else f"{file.url} {file.size}")


def keep(name, file, read, shapes, progress=None, cancel=None):
    """Return the weights of a `RemoteFile` from its shelf, which is filled on first use.

    `read(path, shapes)` yields (layer name, (kernel, bias)); the weights are {layer name:
    (kernel, bias)}. What was downloaded to fill the shelf is deleted again; a file that lay there
    before is left. Raises DownloadError, OSError where the shelf cannot be filled, and Cancelled.
    """
    fetched = []

    def tensors():
        here = file.find_intact()
        path = here or downloads.fetch(file, progress, cancel)
        fetched.extend([] if here else [path])
        yield from read(path, shapes)

    weights = _kept(published_shelf(name, file), tensors, shapes, progress, cancel)
    for path in fetched:
        downloads.forget(path)
    return weights


def published(name, file, read, shapes, progress=None, cancel=None):
    """Return the weights of a `RemoteFile`, as `keep` does, or this process's own copy.

    The latter where there is no room or no right to keep them.
    """
    try:
        return keep(name, file, read, shapes, progress, cancel)
    except DownloadError:
        raise
    except OSError:
        return dict(read(downloads.fetch(file, progress, cancel), shapes))


def given(name, path, read, shapes, progress=None, cancel=None):
    """Return the weights of a person's own file; a large one is kept on a shelf of its own.

    The shelf is filled again when the file has changed. Raises ValueError for a file that does
    not fit, and Cancelled.
    """
    status = path.stat()
    if status.st_size < WORTH_KEEPING:
        return dict(read(path, shapes))
    place = str(path.resolve())
    number = hashlib.sha256(place.encode()).hexdigest()[:12]
    shelf = Shelf(f"{name}-{number}", f"{place} {status.st_size} {status.st_mtime_ns}")
    try:
        return _kept(shelf, lambda: read(path, shapes), shapes, progress, cancel)
    except OSError:
        return dict(read(path, shapes))


def drawn(name, network, seed, progress=None, cancel=None):
    """Return the random weights of `network.randomized(seed)`; large ones are kept on a shelf."""
    shapes = {layer.name: layer.kernel.shape for layer in network.weighted}

    def tensors():
        return (
            (layer.name, (layer.kernel, layer.bias)) for layer in network.randomized(seed).weighted
        )

    if _size(shapes) < WORTH_KEEPING:
        return dict(tensors())
    shelf = Shelf(f"{name}-random", f"He et al. 2015, seed {seed}")
    try:
        return _kept(shelf, tensors, shapes, progress, cancel)
    except OSError:
        return dict(tensors())


def _size(shapes):
    """Bytes of float32 weights whose kernels have these shapes."""
    return 4 * sum(int(np.prod(shape)) + shape[-1] for shape in shapes.values())


def _kept(shelf, tensors, shapes, progress, cancel):
    """The weights on `shelf`, filled with `tensors()` if need be."""
    weights = shelf.open(shapes)
    if weights is None:
        with shelf.locked(progress, cancel):
            weights = shelf.open(shapes)  # another process may have been faster
            if weights is None:
                weights = shelf.fill(tensors(), _size(shapes), progress, cancel)
    return weights
