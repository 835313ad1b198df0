"""How long the maps of all channels of a layer take, beside one explanation.

    python benchmarks/channels.py [--runs 20]

One backward pass for all channels of each layer of mini-vgg with 64 of them. The limit is 0.3 s,
and so many times the explanation of the picture. Processor time, which a busy machine changes
little, stands beside it.
"""

import argparse
import os
import statistics
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from lrp_widgets import explain, load_image, load_network

LIMIT = 0.3
CHANNELS = 64


def main():
    """Print the table; return 1 where the limit is passed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=20)
    runs = parser.parse_args().runs
    network = load_network("mini-vgg")
    image = load_image("star", network)
    e = explain(network, image)
    once, own = _times(lambda: explain(network, image), runs)
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; {runs} runs, medians")
    print(f"{'explain':14} {1000 * once:7.1f} ms {1000 * own:7.1f} ms of processor time")
    slowest = 0.0
    for layer in e.layers:
        if layer.shape[-1] != CHANNELS or len(layer.shape) != 3:
            continue
        took, own = _times(lambda name=layer.name: e.channel_maps(name), runs)
        slowest = max(slowest, took)
        print(f"{layer.name:14} {1000 * took:7.1f} ms {1000 * own:7.1f} ms")
    print(f"limit {1000 * LIMIT:.0f} ms: {'held' if slowest <= LIMIT else 'passed'}")
    return int(slowest > LIMIT)


def _times(function, runs):
    """Medians of the time and the processor time of a call."""
    function()
    took, own = [], []
    for _ in range(runs):
        clock, processor = time.perf_counter(), time.process_time()
        function()
        took.append(time.perf_counter() - clock)
        own.append(time.process_time() - processor)
    return statistics.median(took), statistics.median(own)


if __name__ == "__main__":
    sys.exit(main())
