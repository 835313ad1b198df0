"""From a weights file to weights: through the cache that all processes of a machine share."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ..._support import downloads
from ..._support.downloads import DownloadError
from ..._support.progress import STAGES, Stages
from .serialization import READING
from .weight_cache import CachedWeights

# Fewer bytes than this are read, or drawn, by each process for itself.
WORTH_KEEPING = 32 * 2**20


@dataclass(frozen=True)
class Weights:
    """What the cache holds of a network whose layers are known: {layer name: (kernel, bias)}.

    `read(path, shapes)` yields them from a file, `shapes` is {layer name: kernel shape}.
    """

    read: Callable
    shapes: dict
    way: ClassVar[str] = ""

    def load(self, path, progress=None, cancel=None):
        """Return them from a file, into this process's own memory."""
        return dict(self.read(path, self.shapes))

    def open(self, cached):
        """Return what the cache holds, None where it does not."""
        return cached.open(self.shapes)

    def fill(self, cached, path, progress, cancel):
        """Lay out what the file holds, and return it from there."""
        tensors = self.read(path, self.shapes)
        return cached.fill(tensors, _size(self.shapes), progress, cancel)

    @property
    def worth_keeping(self):
        """Whether even what needs no download should be shared."""
        return _size(self.shapes) >= WORTH_KEEPING


@dataclass(frozen=True)
class Whole:
    """What the cache holds of a network that Keras reads: (layers, notes). Methods as in `Weights`.

    `read(path, stage)` gives them from a file, in `STAGES` stages.
    """

    name: str
    read: Callable
    way: ClassVar[str] = f" {READING}"
    worth_keeping: ClassVar[bool] = True  # without Keras it is there seconds earlier

    def load(self, path, progress=None, cancel=None):
        return self.read(path, Stages(self.name, STAGES, progress, cancel))

    def open(self, cached):
        return cached.open_network()

    def fill(self, cached, path, progress, cancel):
        return cached.fill_network(*self.load(path, progress, cancel), progress, cancel)


def cached_pretrained(name, file, content):
    """Return a network's pretrained weights in the cache; `content` may be the class alone."""
    source = file.hashes[0] if file.hashes else f"{file.url} {file.size}"
    return CachedWeights(name, source + content.way)


def keep(name, file, content, progress=None, cancel=None):
    """Return the `content` of a `RemoteFile` from the cache, which is filled on first use.

    What was downloaded to fill it is deleted again; a file that lay there before is left.
    Raises DownloadError, OSError where the cache cannot be filled, and Cancelled.
    """
    fetched = []

    def bring():
        here = file.find_intact()
        path = here or downloads.fetch(file, progress, cancel)
        fetched.extend([] if here else [path])
        return path

    found = _kept(cached_pretrained(name, file, content), content, bring, progress, cancel)
    for path in fetched:
        downloads.forget(path)
    return found


def published(name, file, content, progress=None, cancel=None):
    """Return the `content` of a `RemoteFile`, as `keep` does, or this process's own copy.

    The latter where there is no room or no right to keep it.
    """
    try:
        return keep(name, file, content, progress, cancel)
    except DownloadError:
        raise
    except OSError:
        return content.load(downloads.fetch(file, progress, cancel), progress, cancel)


def given(name, path, content, progress=None, cancel=None):
    """Return the `content` of a person's own file; a large one is kept in the cache.

    It is filled again when the file has changed. Raises ValueError for a file that does
    not fit, and Cancelled.
    """
    status = path.stat()
    if status.st_size < WORTH_KEEPING:
        return content.load(path, progress, cancel)
    place = str(path.resolve())
    number = hashlib.sha256(place.encode()).hexdigest()[:12]
    source = f"{place} {status.st_size} {status.st_mtime_ns}{content.way}"
    return _kept_or_own(CachedWeights(f"{name}-{number}", source), content, path, progress, cancel)


def bundled(name, path, content, progress=None, cancel=None):
    """Return the `content` of a file of this package."""
    if not content.worth_keeping:
        return content.load(path, progress, cancel)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    cached = CachedWeights(name, f"sha256:{digest}{content.way}")
    return _kept_or_own(cached, content, path, progress, cancel)


def drawn(name, content, seed, progress=None, cancel=None):
    """Return random weights: a `content` that reads them from no file, drawn with `seed`."""
    if not content.worth_keeping:
        return content.load(None, progress, cancel)
    cached = CachedWeights(f"{name}-random", f"He et al. 2015, seed {seed}{content.way}")
    return _kept_or_own(cached, content, None, progress, cancel)


def _size(shapes):
    """Bytes of float32 weights whose kernels have these shapes."""
    return 4 * sum(int(np.prod(shape)) + shape[-1] for shape in shapes.values())


def _kept_or_own(cached, content, path, progress=None, cancel=None):
    """The content from the cache, or this process's own where that cannot be filled."""
    try:
        return _kept(cached, content, lambda: path, progress, cancel)
    except OSError:
        return content.load(path, progress, cancel)


def _kept(cached, content, bring, progress, cancel):
    """The content from the cache, filled from the file that `bring()` brings if need be."""
    found = content.open(cached)
    if found is None:
        with cached.locked(progress, cancel):
            found = content.open(cached)  # another process may have been faster
            if found is None:
                found = content.fill(cached, bring(), progress, cancel)
    return found
