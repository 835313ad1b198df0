"""How fast relevance is: every figure a ratio to the same network's forward pass, in one run.

    python benchmarks/speed.py [--network vgg16] [--rounds 15] [--chart images/speed.png]

What is compared takes turns, so that a busy machine slows all of it down; the fastest of the rounds
counts. VGG16 with He-scaled random weights stands in for the trained one: the arithmetic is the
same, except that fewer of its inputs are zero. The mini networks, where calls and bookkeeping count
as much as arithmetic, have rows of their own. Prints a table in Markdown, and draws it.
"""

import argparse
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from functools import partial

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from post_scheme import compiled as post_scheme

from lrp_widgets import explain, load_image, load_network
from lrp_widgets._support.hardware import gpus
from lrp_widgets.lrp.engine.compiling import PATIENCE
from lrp_widgets.lrp.live_frame import explain_frame
from lrp_widgets.networks.inputs import network_input
from lrp_widgets.networks.precision import live_type
from lrp_widgets.networks.zoo.mini.model import build_keras

BATCH = 8

# Mini networks, which have rows of their own, and pictures that suit them.
MINI = ("mini-vgg", "mini-resnet")
SCENES, PHOTOGRAPHS = ("star", "circle", "ring", "heart"), ("cat", "coffee", "astronaut", "rocket")

# Times the first explanation once the libraries are there; a process of its own, for it is first.
FIRST = """
import time
import tensorflow as tf
from lrp_widgets import explain, load_image, load_network
import lrp_widgets.lrp.explain, lrp_widgets.lrp.engine.runner, PIL.Image
tf.constant(0.0) + 1  # TensorFlow finds its devices
begun = time.perf_counter()
network = load_network({name!r}, {weights!r})
explain(network, load_image("cat", network))
print(time.perf_counter() - begun)
"""


@dataclass
class Row:
    """One line of the table: `value` in `unit`, which ought to be at most (or least) `limit`."""

    what: str
    value: float
    unit: str
    limit: float | None = None
    at_least: bool = False

    @property
    def kept(self):
        if self.limit is None:
            return None
        return self.value >= self.limit if self.at_least else self.value <= self.limit

    def cells(self):
        sign = "≥" if self.at_least else "≤"
        limit = "" if self.limit is None else f"{sign} {self.limit:g}{self.unit}"
        verdict = {None: "", True: "kept", False: "missed"}[self.kept]
        return self.what, f"{self.value:.2f}{self.unit}", limit, verdict


def fastest(rounds, warm_up=PATIENCE + 2, **calls):
    """Seconds of the fastest round of each call; the calls take turns. {name: seconds}"""
    for call in calls.values():
        for _ in range(warm_up):  # compiled, and memory at hand
            call()
    times = {name: [] for name in calls}
    for _ in range(rounds):
        for name, call in calls.items():
            begun = time.perf_counter()
            call()
            times[name].append(time.perf_counter() - begun)
    return {name: min(each) for name, each in times.items()}


def pictures_for(network):
    """Four pictures of the kind that a network knows."""
    names = SCENES if network.name in MINI else PHOTOGRAPHS
    return [load_image(name, network) for name in names]


def forward_pass(network, picture):
    """The network's own compiled forward pass, from input to output, and the picture as its x."""
    tensors, last = network.tensors(), network.layers[-1].name
    x = tf.constant(network_input(network, picture)[0])
    return tf.function(lambda x: network.forward_pass(x, tensors)[0][last], autograph=False), x


def passes(network, rounds):
    """Seconds of a forward pass and of what it is compared with."""
    pictures, classes = pictures_for(network), len(network.class_names)
    forward, x = forward_pass(network, pictures[0])
    post = post_scheme(network)
    turn, batch = iter(range(10**9)), np.stack([pictures[0]] * BATCH)

    def whole():  # another picture each time: nothing is left from the last one
        explain(network, pictures[next(turn) % 2])

    def another_class():
        explain(network, pictures[0], start="probability", target=next(turn) % classes)

    def singles():
        for k in range(BATCH):
            explain(network, pictures[k % 2])

    found = fastest(
        rounds,
        forward=lambda: forward(x).numpy(),
        post=lambda: post(x).numpy(),
        whole=whole,
    )
    found |= fastest(rounds, forward_2=lambda: forward(x).numpy(), another=another_class)
    found |= fastest(max(2, rounds // 5), singles=singles, batch=lambda: explain(network, batch))
    return found


def frames(network, rounds):
    """Rows about moving pictures: from a decoded frame to its map, exact and in live precision.

    The limit of 300 frames a second is for a GPU such as an H200, and VGG16.
    """
    pictures = pictures_for(network)
    turn, quick = iter(range(10**9)), live_type() is not None

    def look(precision="exact"):
        explain_frame(network, pictures[next(turn) % len(pictures)], precision=precision)

    calls = {"exact": look} | ({"live": partial(look, "live")} if quick else {})
    seconds = fastest(rounds, **calls)
    wanted = 300 if gpus() and network.name == "vgg16" else None
    rows = [Row("frames a second", 1 / min(seconds.values()), "", wanted, at_least=True)]
    if not quick:
        return rows
    errors = []
    for picture in pictures:
        exact, live = (
            explain_frame(network, picture, precision=word) for word in ("exact", "live")
        )
        errors.append(abs(live.relevance.sum() / exact.relevance.sum() - 1))
    return [
        *rows,
        Row("live precision, times as fast", seconds["exact"] / seconds["live"], "", 1.6, True),
        Row("live precision, largest error of a total", 100 * max(errors), " %", 1),
    ]


def first(name, weights):
    """Seconds from the libraries to the first explanation, the weights lying in the store."""
    load_network(name, weights)
    command = [sys.executable, "-c", FIRST.format(name=name, weights=weights)]
    return min(float(subprocess.check_output(command, text=True)) for _ in range(3))


def measure(name, rounds):
    network = load_network(name, "random")
    seconds = passes(network, rounds)
    forward = seconds["forward"]
    return [
        Row(f"forward pass of {name}", 1000 * forward, " ms"),
        Row("z⁺ through all layers ÷ forward pass", seconds["whole"] / forward, "", 3.1),
        Row("the post's own scheme ÷ forward pass", seconds["post"] / forward, ""),
        Row("another class ÷ forward pass", seconds["another"] / seconds["forward_2"], "", 1.25),
        Row(
            f"pictures one by one ÷ in a batch of {BATCH}",
            seconds["singles"] / seconds["batch"],
            "",
            1.2,
            at_least=True,
        ),
        *frames(network, rounds),
        Row(f"first explanation, {name}", first(name, "random"), " s", 3),
        Row("first explanation, mini-vgg", first("mini-vgg", "pretrained"), " s", 1),
    ]


def measure_mini(name, rounds):
    """Rows about a mini network: a new picture each time, so that nothing is left from the last."""
    network = load_network(name)
    pictures, turn = pictures_for(network), iter(range(10**9))
    forward, x = forward_pass(network, pictures[0])
    calls = {
        "forward": lambda: forward(x).numpy(),
        "whole": lambda: explain(network, pictures[next(turn) % len(pictures)]),
    }
    if name == "mini-vgg":
        keras_model = build_keras()
        in_keras = tf.function(lambda x: keras_model(x, training=False), autograph=False)
        calls["keras"] = lambda: in_keras(x).numpy()
    seconds = fastest(20 * rounds, **calls)  # a call takes milliseconds
    whole, own = seconds["whole"], seconds["forward"]
    rows = [
        Row(f"forward pass of {name}", 1000 * own, " ms"),
        Row(f"{name}: z⁺ through all layers ÷ own forward pass", whole / own, "", 4.0),
    ]
    if "keras" in seconds:
        what = f"{name}: z⁺ through all layers ÷ Keras's compiled one"
        rows.append(Row(what, whole / seconds["keras"], "", 3.3))
    return rows


def table(rows):
    """The rows in Markdown."""
    lines = [("what", "measured", "limit", ""), ("---", "--:", "--:", "---")]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (*lines, *(r.cells() for r in rows)))


def chart(rows, path):
    """Draw the ratios to the forward pass as bars, with their limits."""
    ratios = [row for row in rows if "÷ forward" in row.what][::-1]  # VGG16's
    figure, axes = plt.subplots(figsize=(7, 2.2), layout="constrained")
    colours = ["0.7" if row.limit is None else "0.35" for row in ratios]
    names = [row.what.split(" ÷")[0] for row in ratios]
    axes.barh(names, [row.value for row in ratios], color=colours, height=0.6)
    for place, row in enumerate(ratios):
        beside = max(row.value, row.limit or 0) + 0.05  # not on the line
        axes.text(beside, place, f"{row.value:.2f}", va="center")
        if row.limit is not None:
            axes.plot([row.limit] * 2, [place - 0.4, place + 0.4], color="black")
    axes.set_xlabel("times the forward pass (lines: what it may take at most)")
    axes.set_xlim(0, max(row.limit or row.value for row in ratios) * 1.25)
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=150)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--network", default="vgg16")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--chart", help="where to save the chart, such as images/speed.png")
    chosen = parser.parse_args()
    if not gpus():
        print("No GPU is here: what follows was measured on the processor alone.\n")
    if live_type() is None:
        print("This machine has no bfloat16: the live precision is left out.\n")
    rows = [] if chosen.network in MINI else measure(chosen.network, chosen.rounds)
    for name in [chosen.network] if chosen.network in MINI else MINI:
        rows += measure_mini(name, chosen.rounds)
    print(table(rows))
    if chosen.chart:
        chart(rows, chosen.chart)
    return int(any(row.kept is False for row in rows))


if __name__ == "__main__":
    sys.exit(main())
