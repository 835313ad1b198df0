"""How much memory many different questions about one network leave behind.

    python benchmarks/growth.py [--network mini-vgg] [--calls 2000]

Pictures, batch sizes, rules, pooling, starts and types are mixed at random (seeded). What is kept
and compiled for a network has bounds, so the process should stop growing: at most 100 MB above what
it takes once the libraries and the network are there.
"""

import argparse
import gc
import random

import numpy as np
import psutil

from lrp_widgets import explain, load_network

LIMIT = 100  # MB
RULES = (
    "z-plus",
    "epsilon-plus",
    "epsilon-plus-flat",
    "epsilon-gamma-box",
    "z-plus,block2:gamma:0.1",
    "alpha-beta:2",
    "epsilon:0.01",
    "w-square",
    "overview-vgg",
    "gamma:0.3",
)


def measure(name, calls, warm_up=20):
    """Yield (calls so far, MB since the warm-up) ten times."""
    network, choose = load_network(name), random.Random(0)
    shape = (30, *network.input_shape)
    pictures = np.random.default_rng(0).integers(0, 256, shape, np.uint8)

    def ask():
        numbers = choose.sample(range(len(pictures)), choose.choice((1, 1, 1, 2, 3, 5)))
        explain(
            network,
            pictures[numbers] if len(numbers) > 1 else pictures[numbers[0]],
            rules=choose.choice(RULES),
            pooling=choose.choice(("avg", "max")),
            start=choose.choice(("softmax", "probability", "logit", "contrast")),
            input_rule=choose.choice(("ones", None)),
            dtype=choose.choice(("float32", "float32", "float64")),
        )

    def resident():
        gc.collect()
        return psutil.Process().memory_info().rss / 1e6

    for _ in range(warm_up):
        ask()
    before = resident()
    for part in range(10):
        for _ in range(calls // 10):
            ask()
        yield (part + 1) * (calls // 10), resident() - before


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--network", default="mini-vgg")
    parser.add_argument("--calls", type=int, default=2000)
    options = parser.parse_args()
    for calls, grown in measure(options.network, options.calls):
        print(f"{calls:6d} calls  {grown:+7.1f} MB", flush=True)
    print("kept" if grown <= LIMIT else "missed", f"(at most {LIMIT} MB)")


if __name__ == "__main__":
    main()
