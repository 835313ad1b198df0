"""What `lrp-widgets dashboard --public` adds for a server that anybody can reach.

Smaller uploads and no videos; limits of each kernel's memory, processes and dumps; a kernel that
dies is not started again; and a page may not flood its kernel. SECURITY.md says what is promised.
"""

import os
import sys
import time

from tornado.web import HTTPError

from .._support.host_limits import host_limit
from ..media.picture_limits import most_bytes
from .channels import Channels

# What kernels and pages read from the environment; what the host has set stays.
SETTINGS = {
    "LRP_WIDGETS_MAX_PIXELS": "25e6",
    "LRP_WIDGETS_MAX_BYTES": "20e6",
    "LRP_WIDGETS_MAX_VIDEO_BYTES": "0",
    "LRP_WIDGETS_MAX_NETWORK_BYTES": "0",
    "LRP_WIDGETS_FILES": "0",
    "LRP_WIDGETS_KERNEL_MEMORY": "4e9",
    "LRP_WIDGETS_KERNEL_PROCESSES": "4096",
}

BESIDE = 1_000_000  # bytes of a message beside the picture that it carries
AT_ONCE = 60_000_000  # bytes that a kernel's pages may send in one go
A_SECOND = 4_000_000  # and then each second; the camera's frames take a quarter
CONNECTIONS = 5  # to one kernel: a page has one, and a second while it is loaded anew


def set_limits():
    """Set in the environment what kernels and pages read, where the host has set nothing."""
    for name, value in SETTINGS.items():
        os.environ.setdefault(name, value)


def kernel_limits():
    """Return what a kernel may take: bytes, and processes; None where that has no limit.

    LRP_WIDGETS_KERNEL_MEMORY is in bytes of its own, mapped weights included, beyond which it gets
    none. LRP_WIDGETS_KERNEL_PROCESSES counts processes and threads of the server's user, all
    kernels together, as Linux does. Raises ValueError for what is no number.
    """
    return host_limit("LRP_WIDGETS_KERNEL_MEMORY"), host_limit("LRP_WIDGETS_KERNEL_PROCESSES")


def largest_message():
    """Return how many bytes a page's message may have: the largest picture, and what is around."""
    return most_bytes() + BESIDE


def limit_kernel(pid):
    """Set a kernel's limits on its process from outside: nothing that it runs can lift them.

    On Linux only, and only where the process runs on this machine (`pid` is None elsewhere).
    """
    memory, processes = kernel_limits()
    if sys.platform != "linux" or not pid or not (memory or processes):
        return
    import resource

    limits = {
        resource.RLIMIT_DATA: memory,
        resource.RLIMIT_NPROC: processes,
        resource.RLIMIT_CORE: 0,
    }
    for which, limit in limits.items():
        if limit is not None:
            resource.prlimit(pid, which, (limit, limit))


class Flow:
    """How much may still be sent: `at_once` bytes, and `a_second` more each second."""

    def __init__(self, at_once=AT_ONCE, a_second=A_SECOND):
        self._at_once, self._a_second = at_once, a_second
        self._left, self._seen = at_once, time.monotonic()

    def takes(self, size):
        """Count `size` bytes, and return whether they were not too many."""
        now = time.monotonic()
        self._left = min(self._at_once, self._left + self._a_second * (now - self._seen))
        self._seen = now
        self._left -= size
        return self._left >= 0


class LimitedChannels(Channels):
    """A kernel's websocket that ends where a page floods it: the server keeps what waits."""

    def initialize(self, flows):
        super().initialize()
        self.flows = flows  # kernel → its Flow, shared by all its connections

    async def get(self, kernel_id):
        kernels = self.kernel_manager
        if kernel_id in kernels:
            if kernels.kernel_model(kernel_id)["connections"] >= CONNECTIONS:
                raise HTTPError(429, f"A page has {CONNECTIONS} connections at most.")
            for ended in [each for each in self.flows if each not in kernels]:
                del self.flows[ended]
            self.flows.setdefault(kernel_id, Flow())
        await super().get(kernel_id=kernel_id)

    def on_message(self, ws_message):
        if self.flows[self.kernel_id].takes(len(ws_message)):
            super().on_message(ws_message)
        else:
            self.close(1008, "More was sent than a page needs.")
