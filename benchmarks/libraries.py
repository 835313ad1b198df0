"""LRP here and in iNNvestigate, zennit and Captum: the same network, picture and rule.

    python benchmarks/libraries.py [--network vgg16] [--weights random] [--rounds 5]
        [--rules RULE ...] [--torch PYTHON] [--innvestigate PYTHON]

The package needs none of these libraries, and they need not lie in one environment: PYTHON is the
interpreter of one where they are installed, by default this one.

    pip install torch torchvision zennit captum    # for --torch
    pip install innvestigate                       # for --innvestigate: its TensorFlow is 2.14

For each rule: how far the pixels' relevance is from ours in float64, relative to its largest value;
the first answer and the later ones in float32, these also as a ratio to the same library's forward
pass; and the most memory that its process took meanwhile, the library itself included (zennit and
Captum share one). Before the first answer its own model has been built and has run once. They take
turns, the fastest of the rounds counts. They give the pixels' relevance alone, we give every
layer's, and the ledger. Max pooling hands all to the winner, as in all of them, and the start is
the first class's logit. In float64 iNNvestigate takes 15 GiB for VGG16 under α2β1.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np
from beside import plain
from beside.turns import FORWARD, RULES, Player

from lrp_widgets import load_image, load_network
from lrp_widgets.networks.inputs import network_input

HERE = Path(__file__).parent / "beside"
WARM_UP = 8  # calls until everything is compiled and memory at hand


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--network", default="vgg16", help="vgg16, vgg19 or mini-vgg")
    parser.add_argument("--weights", default="random", help='"random" or "pretrained"')
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--rules", nargs="+", default=RULES, choices=RULES, metavar="RULE")
    parser.add_argument("--torch", default=sys.executable, metavar="PYTHON")
    parser.add_argument("--innvestigate", default=sys.executable, metavar="PYTHON")
    chosen = parser.parse_args()
    scripts = {
        "by_us.py": sys.executable,
        "by_torch.py": chosen.torch,
        "by_innvestigate.py": chosen.innvestigate,
    }
    with tempfile.TemporaryDirectory() as folder:
        prepare(chosen.network, chosen.weights, Path(folder))
        print("| rule | library | off by | first, s | then, ms | ÷ own forward pass | peak, GiB |")
        print("| --- | --- | --: | --: | --: | --: | --: |", flush=True)
        for rule in chosen.rules:
            # Anew for each rule: what a library keeps of the last one would add up.
            players = [Player(python, HERE / script, folder) for script, python in scripts.items()]
            for line in compare(players, rule, chosen.rounds):
                print(f"| {' | '.join(line)} |", flush=True)
            for player in players:
                player.close()
    for script, player in zip(scripts, players, strict=True):
        if player.missing:
            print(f"\n{script} was left out: {player.missing} is not installed there.")


def prepare(name, weights, folder):
    """Write the network and two pictures for it where all find them."""
    network = load_network(name, weights)
    plain.save(network, folder)
    pictures = [network_input(network, load_image(each, network))[0] for each in ("cat", "coffee")]
    np.save(folder / "pictures.npy", np.concatenate(pictures).astype(np.float32))


def compare(players, rule, rounds):
    """A line of the table for every library that knows the rule, ours first."""
    takers = [
        (player, library)
        for player in players
        for library, rules in player.knows.items()
        if rule in rules
    ]
    for player, library in takers:  # its model is no part of the first answer, nor of the peak
        player.time(library, FORWARD)
        player.forget_peak()
    first = [player.time(library, rule) for player, library in takers]
    times = {}
    for turn in range(WARM_UP + rounds):  # another picture each time: nothing is left from the last
        for player, library in takers:
            for what in (rule, FORWARD):
                seconds = player.time(library, what, turn + 1)
                if turn >= WARM_UP:
                    times.setdefault((library, what), []).append(seconds)
    peaks = [player.peak() for player, _ in takers]
    maps = [player.map(library, rule) for player, library in takers]
    for (_, library), once, peak, relevance in zip(takers, first, peaks, maps, strict=True):
        off = np.abs(relevance - maps[0]).max() / np.abs(maps[0]).max()
        took, own = (min(times[library, what]) for what in (rule, FORWARD))
        speed = f"{once:.2f}", f"{1000 * took:.0f}", f"{took / own:.1f}"
        yield rule, library, f"{off:.0e}", *speed, f"{peak:.1f}"


if __name__ == "__main__":
    main()
