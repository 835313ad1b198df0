"""Weights kept once for all processes of a machine: one memory-mapped file a tensor.

All kernels that open a network's weights read the same pages; one that writes into its arrays
copies only the pages it writes to. Weights appear whole or not at all: they are written aside,
flushed to the disk and renamed, and whoever opens them checks that nothing has changed since.
"""

import contextlib
import hashlib
import io
import json
import os
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..._support.downloads import Cancelled
from ..._support.memory import size as in_words
from ..._support.paths import cache_folder
from .serialization import put_together, take_apart

FORMAT = 1
PIECE = 16 * 2**20  # bytes written between two looks at `cancel`
PATIENCE = 0.2  # seconds between two tries while another process fills it


@dataclass(frozen=True)
class CachedWeights:
    """The place of one network's weights in the cache folder.

        cached = CachedWeights("vgg16", "md5:6437…")
        weights = cached.open(names)
        if weights is None:
            with cached.locked():
                weights = cached.open(names) or cached.fill(tensors, total)

    `name`: what its folder is called; `source`: tells the weights from others of that name, such
    as the hash of the file that they are from. Weights are {layer name: (kernel, bias)}.
    """

    name: str
    source: str

    @property
    def folder(self):
        return _cache() / self.name

    def is_filled(self):
        """Whether all files are there in their sizes; reads no tensor."""
        try:
            entries = self._index()["tensors"]
            return all(_path(self.folder, key).stat().st_size == entries[key][0] for key in entries)
        except (OSError, ValueError, LookupError, TypeError):
            return False

    def open(self, names):
        """Return the weights of the layers `names`, mapped copy-on-write, or None.

        None where nothing is kept, of another source, or a file is not what was written: its
        hash is looked at only if its size and time of change are not those noted.
        """
        try:
            index = self._index()
            self._check_files(index)
            return {name: tuple(self._map(name, part) for part in _PARTS) for name in names}
        except (OSError, ValueError, LookupError, TypeError):
            return None

    def open_network(self):
        """Return the (layers, notes) that `fill_network` has written, mapped, or None as `open`."""
        try:
            index = self._index()
            self._check_files(index)
            return put_together(index["network"], self._map)
        except (OSError, ValueError, LookupError, TypeError):
            return None

    def fill(self, tensors, total, progress=None, cancel=None):
        """Write (layer name, (kernel, bias)) pairs, in bytes about `total`; return the weights.

        One tensor is held at a time. `progress(done, total, text)` and `cancel`, a
        threading.Event, as in `downloads.fetch`. Call it while they are `locked`.
        Raises OSError where the disk is full or cannot be written to, and Cancelled.
        """
        named = ((name, dict(zip(_PARTS, pair, strict=True))) for name, pair in tensors)
        names = self._write(named, total, progress, cancel)
        return self._as_written(self.open(names))

    def fill_network(self, layers, notes, progress=None, cancel=None):
        """Write a network's layers with all that they hold; return what `open_network` does.

        Arguments and errors as in `fill`.
        """
        network, tensors = take_apart(layers, notes)
        total = sum(array.nbytes for _, arrays in tensors for array in arrays.values())
        self._write(tensors, total, progress, cancel, network=network)
        return self._as_written(self.open_network())

    def _write(self, tensors, total, progress, cancel, **about):
        """Write (layer name, {part: array}) pairs, and `about` into the index; return the names."""
        cache = _cache()
        cache.mkdir(parents=True, exist_ok=True)
        self._sweep()
        aside = Path(tempfile.mkdtemp(prefix=self._prefix, dir=cache))
        try:
            writer = _Writer(self.name, total, progress, cancel)
            entries, names = {}, []
            for name, arrays in tensors:
                names.append(name)
                for part, array in arrays.items():
                    entries[_key(name, part)] = writer.write(_path(aside, _key(name, part)), array)
            index = {"format": FORMAT, "source": self.source, "tensors": entries}
            _write_index(aside, index | about)
            _flush(aside)
            self._put_up(aside)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
        _flush(cache)
        return names

    def _as_written(self, opened):
        if opened is None:
            raise OSError(f"The files in {self.folder} are not what was written to them.")
        return opened

    @contextlib.contextmanager
    def locked(self, progress=None, cancel=None):
        """Let one process at a time fill it; the others wait. A killed one lets go."""
        try:
            import fcntl
        except ImportError:  # without locks each fills it, and the last to rename it wins
            yield
            return
        cache = _cache()
        with contextlib.ExitStack() as stack:
            with contextlib.suppress(OSError):  # a folder that is read-only is not filled anyway
                cache.mkdir(parents=True, exist_ok=True)
                file = stack.enter_context((cache / f"{self.name}.lock").open("w"))
                while not _try_lock(fcntl, file):
                    if cancel is not None and cancel.is_set():
                        raise Cancelled(f"Waiting for the weights of {self.name} was cancelled.")
                    if progress is not None:
                        progress(0, 0, "Another program is getting these weights")
                    time.sleep(PATIENCE)
            yield

    @property
    def _prefix(self):
        return f".{self.name}-"

    def _sweep(self):
        """Remove what processes that were killed have left; whoever is locked in may."""
        for left in _cache().glob(f"{self._prefix}*"):
            shutil.rmtree(left, ignore_errors=True)

    def _put_up(self, aside):
        """Give `aside` its place in the cache; what is broken or older there makes way."""
        with tempfile.TemporaryDirectory(prefix=self._prefix, dir=_cache()) as old:
            with contextlib.suppress(FileNotFoundError):
                # Processes that have mapped the old files keep them until they end.
                self.folder.rename(Path(old) / "old")
            aside.rename(self.folder)

    def _index(self):
        index = json.loads((self.folder / "index.json").read_text(encoding="utf-8"))
        if (index["format"], index["source"]) != (FORMAT, self.source):
            raise ValueError("The cache holds other weights under this name.")
        return index

    def _check_files(self, index):
        """Raise ValueError for a file that has changed.

        One that is only newer, as after the cache folder was copied, is noted with its new time.
        """
        noted = False
        for key, (size, changed, digest) in index["tensors"].items():
            path = _path(self.folder, key)
            status = path.stat()
            if (status.st_size, status.st_mtime_ns) == (size, changed):
                continue
            if status.st_size != size or _digest(path) != digest:
                raise ValueError(f"{path} is damaged.")
            index["tensors"][key] = (size, status.st_mtime_ns, digest)
            noted = True
        if noted:
            with contextlib.suppress(OSError):
                _write_index(self.folder, index)

    def _map(self, name, part):
        mapped = np.load(_path(self.folder, _key(name, part)), mmap_mode="c", allow_pickle=False)
        return np.asarray(mapped)


_PARTS = ("kernel", "bias")


def _cache():
    return cache_folder() / "weights"


def _key(name, part):
    return f"{name}.{part}"


def _path(folder, key):
    # NumPy lays the numbers out from a multiple of 64 bytes on, as TensorFlow wants them.
    return folder / f"{key}.npy"


def _try_lock(fcntl, file):
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


class _Writer:
    """Writes tensors to files, flushed to the disk, and tells how far it has come."""

    def __init__(self, name, total, progress, cancel):
        self._name = name
        self._total = total
        self._progress = progress
        self._cancel = cancel
        self._done = 0

    def write(self, path, array):
        """Write one tensor; return its file's size, time of change and hash."""
        array = np.ascontiguousarray(array)
        digest = hashlib.sha256()
        with path.open("wb") as file:
            header = io.BytesIO()
            np.lib.format.write_array_header_1_0(
                header, np.lib.format.header_data_from_array_1_0(array)
            )
            for piece in self._pieces(header.getvalue(), array):
                file.write(piece)
                digest.update(piece)
            file.flush()
            os.fsync(file.fileno())
        status = path.stat()
        return status.st_size, status.st_mtime_ns, digest.hexdigest()

    def _pieces(self, header, array):
        yield header
        data = memoryview(array.reshape(-1)).cast("B")
        for start in range(0, len(data), PIECE):
            if self._cancel is not None and self._cancel.is_set():
                raise Cancelled(f"Laying out the weights of {self._name} was cancelled.")
            piece = data[start : start + PIECE]
            yield piece
            self._done += len(piece)
            if self._progress is not None:
                done = min(self._done, self._total)
                amount = f"{in_words(done)} of {in_words(self._total)}"
                text = f"Laying out the weights of {self._name} for all visitors: {amount}"
                self._progress(done, self._total, text)


def _digest(path):
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write_index(folder, index):
    """Put an index into `folder`, whole or not at all."""
    handle, name = tempfile.mkstemp(prefix=".index-", dir=folder)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(index, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    Path(name).replace(folder / "index.json")


def _flush(folder):
    """Bring the folder's own entries to the disk, where the system has a way to."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
