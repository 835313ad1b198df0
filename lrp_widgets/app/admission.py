"""How many visitors a server takes, and whose turn it is.

Each visitor has a kernel. It takes memory, and its start takes a core, for seconds where it is not
forked. So a server takes as many visitors as its free memory holds, and starts one kernel a core at
a time. The others wait in a queue, on a page that opens by itself (`waiting_page`).
"""

import os
import time

from .._support import memory
from . import forked_kernels

# Bytes of its own that a visitor's kernel takes, by benchmarks/memory.py (private, Linux):
#
#                     forked    started
#   bare                  51         37
#   mini-vgg              84        310
#   mini-resnet           99        311
#   VGG16, mapped        416        606   MB
#
# A place is for a mini network.
_FORKED, _STARTED = 110e6, 330e6
# So much stays free for those who are in: one of them may go on to VGG16. Where less is free, the
# kernel says so in a sentence (`memory.require`), and its page stays as it is.
_RESERVE = 350e6
# What the fork server takes from when it begins until it has imported everything.
_FORK_SERVER = 320e6
_GROWING = 60  # seconds until it takes them
RESERVED = 20  # seconds that a place is kept for a page that has not said that it is there
_HERE = 6  # seconds; a waiting page asks every two
_GONE = 90  # the same for a page out of sight, whose browser lets it ask once a minute
_LONGEST_QUEUE = 1000


class Admission:
    """The places of one server; `kernels` is its kernel manager.

    max_visitors: how many at most; None takes what the free memory holds, at least one. cores: how
    many kernels may start at once, by default as many as the machine has.
    """

    def __init__(self, kernels, max_visitors=None, cores=None):
        self.kernels = kernels
        self.max_visitors = max_visitors
        self.cores = cores or os.cpu_count() or 1
        self._began = {}  # kernel → when its page got it, and what it will take
        self._seen = set()  # kernels whose page runs its JavaScript
        self._starting = 0  # pages on their way
        self._without_kernel = 0  # those of them that have no kernel yet
        self._granted = {}  # ticket → until when its place is kept
        self._queue = {}  # ticket → when its page asked last

    def is_free(self, ahead=0):
        """Whether one more may start now, after `ahead` others."""
        return self.is_room(ahead) and self._starting + len(self._kept()) + ahead < self.cores

    def is_room(self, ahead=0):
        """Whether the server takes one more visitor, after `ahead` others."""
        running = self._running()
        coming = self._without_kernel + len(self._kept()) + ahead
        if self.max_visitors is not None:
            return len(running) + coming < self.max_visitors
        if not running and not coming:
            return True
        now = time.monotonic()
        growing = sum(size for began, size in running.values() if now - began < _GROWING)
        if forked_kernels.is_importing():
            growing += _FORK_SERVER
        return memory.available() > growing + (coming + 1) * _kernel_size() + _RESERVE

    def enter(self, ticket=None):
        """Take a place, and return whether there was one: for this ticket, or for anybody."""
        if self._kept().pop(ticket, None) is None and not self.is_free(len(self._waiting(_HERE))):
            return False
        self._queue.pop(ticket, None)
        self._starting += 1
        self._without_kernel += 1
        return True

    def has_kernel(self, kernel):
        """A page that entered has its kernel now."""
        self._without_kernel -= 1
        self._began[kernel] = time.monotonic(), _kernel_size()

    def is_whole(self, kernel):
        """A page that entered has been sent whole; `kernel` is None where it got none."""
        self._starting -= 1
        if kernel is None:
            self._without_kernel -= 1

    def sees(self, kernel):
        """The page of this kernel has asked for its pulse: somebody is there."""
        if kernel in self._began:
            self._seen.add(kernel)

    def is_seen(self, kernel):
        """Whether the page of this kernel has said that it is there."""
        return kernel in self._seen

    def place(self, ticket):
        """Return a waiting page's place in the queue, from 1; 0 if it may enter within 20 s."""
        if ticket in self._kept():
            return 0
        if ticket in self._queue or len(self._queue) < _LONGEST_QUEUE:
            self._queue[ticket] = time.monotonic()
        here = self._waiting(_HERE)
        if ticket in here and self.is_free(here.index(ticket)):
            del self._queue[ticket]
            self._granted[ticket] = time.monotonic() + RESERVED
            return 0
        waiting = self._waiting(_GONE)
        return waiting.index(ticket) + 1 if ticket in waiting else len(waiting) + 1

    def _running(self):
        self._began = {name: one for name, one in self._began.items() if name in self.kernels}
        self._seen.intersection_update(self._began)
        return self._began

    def _kept(self):
        now = time.monotonic()
        self._granted = {ticket: until for ticket, until in self._granted.items() if until > now}
        return self._granted

    def _waiting(self, seconds):
        """The tickets in the queue whose pages asked within so many seconds."""
        now = time.monotonic()
        self._queue = {ticket: at for ticket, at in self._queue.items() if now - at < _GONE}
        return [ticket for ticket, at in self._queue.items() if now - at < seconds]


def _kernel_size():
    return _FORKED if forked_kernels.is_ready() else _STARTED
