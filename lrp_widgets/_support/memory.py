"""How much memory is really available: the machine's, or less where a container sets a limit."""

import contextlib
import sys
from pathlib import Path

import psutil


class NotEnoughMemory(ValueError):
    """Something would need more memory than is available."""


def available(root="/"):
    """Return how many bytes this process may still take.

    That is the least of what the machine has free and what each control group above the process
    (a container, a notebook server's limit) still allows; page cache that would make room counts
    as free. `root` is where proc and sys are mounted.
    """
    root = Path(root)
    return max(0, min([psutil.virtual_memory().available, *_allowances(root)]))


def _allowances(root):
    """What is left under each limit of the process's control groups, versions 2 and 1, in bytes."""
    for line in _lines(root / "proc/self/cgroup"):
        _, controllers, path = line.split(":", 2)
        if controllers == "":
            base = root / "sys/fs/cgroup"
            names = ("memory.max", "memory.current", "inactive_file")
        elif "memory" in controllers.split(","):
            base = root / "sys/fs/cgroup/memory"
            names = ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
        else:
            continue
        # Inside a container the path may be the host's: the limit then lies at the base.
        folder = base / path.strip().lstrip("/")
        for place in [folder, *folder.parents]:
            if place.is_relative_to(base):
                left = _left(place, *names)
                if left is not None:
                    yield left


def _left(folder, limit_name, usage_name, cache_name):
    """Limit − usage + page cache of one control group, or None where it has no limit."""
    limit, usage = (next(iter(_lines(folder / name)), "") for name in (limit_name, usage_name))
    if not (limit.isdigit() and usage.isdigit()):
        return None  # "max", or no such file
    statistics = dict(line.split() for line in _lines(folder / "memory.stat"))
    return int(limit) - int(usage) + int(statistics.get(cache_name, 0))


def _lines(path):
    try:
        return path.read_text().splitlines()
    except OSError:
        return []


def give_back():
    """Return freed memory to the system, where the C library keeps it for later (Linux's does).

    After VGG16 was explained that is 240 MB, which other visitors can use.
    """
    if sys.platform == "linux":
        import ctypes

        with contextlib.suppress(AttributeError):  # other C libraries keep none
            ctypes.CDLL(None).malloc_trim(0)


def require(needed, what, freed=0):
    """Raise NotEnoughMemory with one sentence if `what` needs more bytes than are available.

    `freed`: bytes that will be given back before, which count as available.
    """
    free = available() + freed
    if needed > free:
        raise NotEnoughMemory(
            f"{what} needs about {size(needed)} of memory and {size(free)} is available: "
            "choose a smaller network, or close other programs."
        )


def size(count):
    """Return a number of bytes in words, as in "4.2 MB", "553 MB" or "1.1 GB"."""
    if count >= 1e9:
        return f"{count / 1e9:.1f} GB"
    return f"{count / 1e6:.{1 if count < 1e7 else 0}f} MB"
