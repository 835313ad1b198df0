"""Files from the internet: fetched once, checked by their hash, found when put there by hand."""

import contextlib
import errno
import logging
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .memory import size as in_words
from .paths import cache_folder

CHUNK = 64 * 1024
# Seconds to reach the server, and between two pieces of the file.
PATIENCE = (10, 15)
# At most this often (seconds) is progress reported.
BEAT = 0.1


class DownloadError(OSError, ValueError):
    """A file is not here and could not be fetched; the message is one sentence that says why."""


class Cancelled(Exception):
    """Someone asked for the download to stop."""


@dataclass(frozen=True)
class RemoteFile:
    """A published file: what it is, where it is from, and where it lies on this machine.

    `what`: a plural that a sentence can start with, as in "the labels of tiny-darknet".
    `hashes`: "md5:…" or "sha256:…", that of the published file first, then those of others that
    do as well; empty where none was published, and the size has to do. `names`: what the file may
    be called; the first is what it is saved as.
    `folders`: functions that give the folders where it may lie; it is saved in the first.
    `size` in bytes, None where it is not known; `advice` ends the sentence of an error.
    """

    what: str
    url: str
    hashes: tuple[str, ...]
    names: tuple[str, ...]
    folders: tuple[Callable[[], Path], ...]
    size: int | None = None
    advice: str = ""

    def find(self):
        """Return the path where a file of this name and size lies, or None; reads no contents."""
        return next(self._present(), None)

    def find_intact(self):
        """Return the path of a file whose hash is right, or None; hashes each file only once."""
        present = self._present()
        return next((p for p in present if not self.hashes or _is_intact(p, self.hashes)), None)

    def target(self):
        """Where the file is saved when it is fetched."""
        return self.folders[0]() / self.names[0]

    def _present(self):
        for folder in self.folders:
            for name in self.names:
                with contextlib.suppress(OSError):  # a folder that cannot be entered holds nothing
                    path = folder() / name
                    if path.is_file() and self.size in (None, path.stat().st_size):
                        yield path


def fetch(file, progress=None, cancel=None, patience=PATIENCE):
    """Return the path of `file`, fetched unless it is here already with the right hash.

    `progress(done, total, text)`: told the bytes that have arrived; `cancel`: a threading.Event
    that stops the download. The file appears under its name only when it is whole and its hash
    right, whatever happens and however many processes fetch it at once.
    Raises DownloadError with one sentence, and Cancelled.
    """
    path = file.find_intact()
    if path is not None:
        return path
    meter = _Meter(file, progress, cancel)
    meter.check()
    broken = file.target().is_file()
    try:
        _make_room(file)
        path = _retrieve(file, meter, patience)
    except Cancelled:
        raise
    except Exception as error:
        meter.check()  # who has given up waiting is not told that the connection is bad
        state = "are broken on this machine" if broken else "are not on this machine"
        amount = f" ({in_words(file.size)})" if file.size else ""
        reason = _reason(error, file, meter.done)
        raise DownloadError(
            f"{_capital(file.what)}{amount} {state} and could not be fetched: "
            f"{reason}{file.advice}."
        ) from error
    if file.hashes:
        _remember(path, file.hashes[0])
    return path


def forget(path):
    """Delete a fetched file, and what was noted of it."""
    for gone in (path, _note(path)):
        with contextlib.suppress(OSError):  # what cannot be deleted only takes room
            gone.unlink()


def _retrieve(file, meter, patience):
    import pooch

    target = file.target()
    downloader = pooch.HTTPDownloader(progressbar=meter, chunk_size=CHUNK, timeout=patience)
    known = file.hashes[0] if file.hashes else None
    if known is None:
        target.unlink(missing_ok=True)  # what is there has another size, or it had been found
    with _quiet(pooch.get_logger()):
        path = pooch.retrieve(file.url, known, target.name, target.parent, None, downloader)
    if known is None and target.stat().st_size != file.size:
        target.unlink()
        raise ValueError("The file has another size.")
    return Path(path)


def _make_room(file):
    folder = file.target().parent
    folder.mkdir(parents=True, exist_ok=True)
    if file.size and shutil.disk_usage(folder).free < file.size:
        raise OSError(errno.ENOSPC, "No space left on device")


class _Meter:
    """What pooch takes for a progress bar: it reports to `progress` and stops on `cancel`."""

    def __init__(self, file, progress, cancel):
        self.file = file
        self.progress = progress
        self.cancel = cancel
        self.done = 0
        self.total = 0  # pooch sets it to what the server announces, 0 if it does not
        self._told = -BEAT

    def check(self):
        if self.cancel is not None and self.cancel.is_set():
            raise Cancelled(f"Fetching {self.file.what} was cancelled.")

    def update(self, count):
        self.check()
        whole = self.total or self.file.size or 0
        self.done = min(self.done + count, whole) if whole else self.done + count
        now = time.monotonic()
        if self.progress is not None and (now - self._told >= BEAT or self.done == whole):
            self._told = now
            amount = in_words(self.done) + (f" of {in_words(whole)}" if whole else "")
            self.progress(self.done, whole, f"Fetching {self.file.what}: {amount}")

    def reset(self):
        """Start again from zero, as pooch asks for before it reports the total at the end."""
        self.done = 0

    def close(self):
        """Nothing is held open."""


def _reason(error, file, done):
    """Why a download failed, in the words of a sentence's end."""
    from requests import exceptions

    match error:
        case exceptions.HTTPError():
            return f"the server answered {error.response.status_code} {error.response.reason}"
        case exceptions.SSLError():
            return "the server's certificate is not trusted here"
        case exceptions.RequestException() if done:
            return f"the connection broke off after {in_words(done)}"
        case exceptions.ReadTimeout():
            return "the server did not answer"
        case exceptions.RequestException():
            return "no internet connection"
        case OSError(errno=errno.ENOSPC | errno.EDQUOT):
            return f"the disk of {file.target().parent} is full"
        case OSError():
            return f"{file.target().parent} cannot be written to ({error.strerror or error})"
        case ValueError():
            what = "hash" if file.hashes else "size"
            return f"what arrived is not the published file (its {what} differs)"
    raise error


def _capital(text):
    return text[0].upper() + text[1:]


def _is_intact(path, hashes):
    if _known_hash(path) in hashes:
        return True
    import pooch

    for known in hashes:
        algorithm, _, digest = known.partition(":")
        if pooch.file_hash(str(path), alg=algorithm) == digest:
            _remember(path, known)
            return True
    return False


# Half a gigabyte takes a second to hash. So what was found is noted in the cache folder, with the
# file's size and time of change, and holds for all later sessions until the file changes.


def _note(path):
    return cache_folder() / f"{path.name}.checked"


def _stamp(path, known):
    status = path.stat()
    return f"{known} {path} {status.st_size} {status.st_mtime_ns}"


def _remember(path, known):
    with contextlib.suppress(OSError):  # a folder that is read-only costs time, nothing else
        _note(path).write_text(_stamp(path, known), encoding="utf-8")


def _known_hash(path):
    with contextlib.suppress(OSError, UnicodeDecodeError):
        known, _, rest = _note(path).read_text(encoding="utf-8").partition(" ")
        if f"{known} {rest}" == _stamp(path, known):
            return known
    return None


@contextlib.contextmanager
def _quiet(logger):
    """Keep pooch from printing what our progress says already."""
    level = logger.level
    logger.setLevel(logging.WARNING)
    try:
        yield
    finally:
        logger.setLevel(level)
