"""How much memory a visitor takes: private and proportional set size of 1, 2 and 4 kernels.

    python benchmarks/memory.py [--visitors 1 2 4] [--networks mini-vgg vgg16] [--forked]

Each visitor is a kernel of its own that opens the dashboard and waits for its first map; all start
at once. The set sizes are read from outside (Linux only): private is what no other process has,
proportional counts a page that n processes share as 1/n. The weights of VGG16 are the pretrained
ones where they are on the disk, else random ones, which lie in the weight store just the same.

`lrp-widgets fetch vgg16` is measured too, with a file of zeros in the published layout in place of
the download, whose pieces are small.
"""

import argparse
import contextlib
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import h5py
from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.manager import KernelManager

from lrp_widgets.app import forked_kernels
from lrp_widgets.networks.layers import Weighted
from lrp_widgets.networks.zoo import architectures, registry

GIB = 2**30
PATIENCE = 300  # seconds for all visitors of one row to see their map
BEAT = 0.05  # seconds between two looks at the memory
REST = 3  # seconds until a page that was opened has come to rest

# The answer comes to the page through the kernel's event loop: waiting must not block it.
VISIT = """
import asyncio
from lrp_widgets.widgets.dashboard.dashboard import Dashboard
page = Dashboard({query!r})
while not (page.stepper.layers or page.stepper.error):
    await asyncio.sleep(0.1)
assert page.stepper.layers, page.stepper.error
"""


# Fills an empty store from the file at sys.argv[1] and says the most memory that this took.
FETCH = """
import sys, resource
from dataclasses import replace
from pathlib import Path
from lrp_widgets.networks.zoo import registry

path, offer = Path(sys.argv[1]), registry.OFFERS["vgg16"]
file = replace(offer.file, hashes=(), size=path.stat().st_size, names=(path.name,),
               folders=(lambda: path.parent,))
registry.OFFERS["vgg16"] = replace(offer, file=file)
registry.fetch("vgg16")
assert registry.on_disk("vgg16")
print(1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


class Watch:
    """Looks at the memory of kernels from outside: `now`, and the highest proportional `peak`."""

    def __init__(self, pids):
        self._pids = pids
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self.peak = 0

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        self._thread.join()

    def _look(self):
        while not self._stop.wait(BEAT):
            self.peak = max(self.peak, *(proportional for _, proportional in self.now()))

    def now(self):
        """(private, proportional) of each kernel in bytes."""
        return [set_sizes(pid) for pid in self._pids]


def set_sizes(pid):
    """(private, proportional) set size of a process in bytes."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    kib = {name: int(value.split()[0]) for name, value in (line.split(":") for line in lines)}
    return 1024 * (kib["Private_Clean"] + kib["Private_Dirty"]), 1024 * kib["Pss"]


@contextlib.contextmanager
def kernels(count):
    """`count` running kernels: (their process ids, their clients)."""
    with contextlib.ExitStack() as stack:
        pids, clients = [], []
        for _ in range(count):
            manager = KernelManager(kernel_name="python3")
            manager.start_kernel(stderr=subprocess.DEVNULL)
            stack.callback(manager.shutdown_kernel, now=True)
            client: BlockingKernelClient = manager.client()
            client.start_channels()
            stack.callback(client.stop_channels)
            client.wait_for_ready(timeout=60)
            pids.append(manager.provisioner.pid)
            clients.append(client)
        yield pids, clients


def run(clients, code):
    """Run `code` in all kernels at once and wait for all of them."""
    asked = [(client, client.execute(code)) for client in clients]
    for client, number in asked:
        deadline = time.monotonic() + PATIENCE
        while True:
            reply = client.get_shell_msg(timeout=max(0.0, deadline - time.monotonic()))
            if reply["parent_header"]["msg_id"] == number:
                break
        if reply["content"]["status"] != "ok":
            raise RuntimeError("\n".join(reply["content"]["traceback"]))


def visit(count, query):
    """`count` visitors open the dashboard: [(private, proportional)], peak of one of them."""
    with kernels(count) as (pids, clients), Watch(pids) as watch:
        run(clients, VISIT.format(query=query) if query else "0")
        time.sleep(REST)
        return watch.now(), watch.peak


def fetch_peak():
    """The highest resident memory, in bytes, of a process that lays out VGG16's weights."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "vgg16.h5"
        with h5py.File(path, "w") as file:
            layers = architectures.vgg(architectures.VGG16)
            weighted = [layer for layer in layers if isinstance(layer, Weighted)]
            file.attrs["layer_names"] = [layer.name for layer in weighted]
            for layer in weighted:
                group = file.create_group(layer.name)
                group.attrs["weight_names"] = ["kernel:0", "bias:0"]
                group.create_dataset("kernel:0", layer.kernel.shape, "float32")
                group.create_dataset("bias:0", layer.bias.shape, "float32")
        environment = {**os.environ, "LRP_WIDGETS_CACHE": str(Path(folder) / "cache")}
        command = [sys.executable, "-c", FETCH, str(path)]
        return int(subprocess.check_output(command, env=environment, text=True))


def limits(network, count, private, proportional, peak, bare):
    """What the row must keep: [(what, value, limit)]."""
    if network == "vgg16" and count == 2:
        return [("private", private, 0.5 * GIB), ("peak, proportional", peak, 1.5 * GIB)]
    if network == "mini-vgg" and count == 4:
        return [("proportional, above a bare kernel", proportional - bare, 0.35 * GIB)]
    return []


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--visitors", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--networks", nargs="+", default=["mini-vgg", "vgg16"])
    parser.add_argument("--forked", action="store_true", help="as the dashboard's are, on Linux")
    chosen = parser.parse_args()
    if chosen.forked:
        os.environ[forked_kernels.WISH] = "1"
        forked_kernels.offer()
        forked_kernels.begin()
    row = "{:<24} {:>8} {:>9} {:>13} {:>19}".format
    print(
        row("MiB, the largest of all", "visitors", "private", "proportional", "peak, proportional")
    )
    bare, kept = {}, []
    for count in chosen.visitors:
        sizes, peak = visit(count, None)
        bare[count] = max(proportional for _, proportional in sizes)
        rows = [("bare kernel", sizes, peak)]
        for network in chosen.networks:
            weights = "pretrained" if registry.on_disk(network) else "random"
            registry.load_network(network, weights)  # fills the store
            sizes, peak = visit(count, f"network={network}&weights={weights}")
            rows.append((f"{network}, {weights}", sizes, peak))
            private, proportional = (max(column) for column in zip(*sizes, strict=True))
            kept += limits(network, count, private, proportional, peak, bare[count])
        for name, sizes, peak in rows:
            numbers = (max(column) for column in zip(*sizes, strict=True))
            print(row(name, count, *(f"{n / 2**20:.0f}" for n in (*numbers, peak))), flush=True)
    if "vgg16" in chosen.networks:
        kept.append(("peak of lrp-widgets fetch vgg16", fetch_peak(), 1.5 * GIB))
    for what, value, limit in kept:
        verdict = "kept" if value <= limit else "EXCEEDED"
        print(f"{what}: {value / GIB:.2f} of at most {limit / GIB:.2f} GiB: {verdict}")
    return int(any(value > limit for _, value, limit in kept))


if __name__ == "__main__":
    sys.exit(main())
