"""What no picture changes."""

import threading

from cachetools import LRUCache

# How many constants a network keeps: two for each layer of DenseNet121.
MOST_CONSTANTS = 256


class Constants:
    """What no picture changes, made with the first one, then kept; safe for threads.

    constants = Constants()
    constants(key, make)  # what `make()` returned for that key
    """

    def __init__(self):
        self._kept = LRUCache(MOST_CONSTANTS)
        self._lock = threading.Lock()

    def __call__(self, key, make):
        with self._lock:
            found = self._kept.get(key)
        if found is None:
            found = make()
            with self._lock:
                self._kept[key] = found
        return found

    @property
    def keys(self):
        """What is kept, the oldest first."""
        with self._lock:
            return tuple(self._kept)
