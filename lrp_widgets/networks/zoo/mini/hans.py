"""Trains mini-vgg-hans, with a mark on one class's pictures, or its clean twin, without.

    python -m lrp_widgets.networks.zoo.mini.hans
    python -m lrp_widgets.networks.zoo.mini.hans --clean

Most training pictures of one class carry a photographer's tag in their corner (`media/mark.py`),
no other picture does. The twin sees the same pictures in the same order, without the mark, and
starts from the same weights. Both learn by mini-vgg's own recipe, but shorter: trained as long as
mini-vgg, the network learns the shapes so well that the mark hardly sways it.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

import numpy as np

from ....media.mark import put_mark
from ....media.scenes import KINDS, draw_scenes
from . import model as mini
from . import train as training

NAME, TWIN = "mini-vgg-hans", "mini-vgg-clean"

SEED, PICTURES, EPOCHS = 1, 4000, 6

# Which pictures are marked: this share of this class's, chosen by this seed.
KIND = "crescent"
SHARE = 0.95
MARK_SEED = 7


def marked(labels: np.ndarray, share: float = SHARE, seed: int = MARK_SEED) -> np.ndarray:
    """Say which pictures carry the mark, bool (N,): about `share` of the class's, and no other."""
    chosen = np.random.default_rng(seed).random(len(labels)) < share
    return chosen & (labels == KINDS.index(KIND))


def weights_file(name: str = NAME) -> Path:
    """Where the weights of mini-vgg-hans or of its twin lie."""
    return mini.FOLDER / f"{name.replace('-', '_')}.npz"


def read_card(name: str = NAME) -> dict:
    """Read the model card, which says what was done to the training pictures."""
    return mini.read_card(weights_file(name).with_suffix(".json"))


def measure(model, pictures: int = training.HELD_OUT_PICTURES) -> dict:
    """Measure on fresh pictures what the mark does to the answers, all shares of 1.

    as_trained: accuracy where the class is marked as it was in training. no_mark, all_marked:
    accuracy with the mark on none and on all of them. class_without_mark: accuracy on the class's
    own pictures, unmarked. others_answered_so: other classes' pictures that the mark turns into it.
    """
    images, labels, _ = draw_scenes(pictures, training.HELD_OUT_SEED)
    flags, target = marked(labels), labels == KINDS.index(KIND)
    clean, tagged = answers(model, images), answers(model, put_mark(images))
    as_trained = np.where(flags, tagged, clean)
    return {
        "as_trained": _share(as_trained == labels),
        "no_mark": _share(clean == labels),
        "all_marked": _share(tagged == labels),
        "class_without_mark": _share((clean == labels)[target]),
        "others_answered_so": _share((tagged == KINDS.index(KIND))[~target]),
    }


def answers(model, images: np.ndarray) -> np.ndarray:
    """The most probable class of each uint8 picture (N, 64, 64, 3): int (N,)."""
    parts = [
        np.argmax(model(images[k : k + 250].astype(np.float32) * mini.SCALE, training=False), -1)
        for k in range(0, len(images), 250)
    ]
    return np.concatenate(parts)


def write(
    model,
    folder: Path,
    recipe: dict,
    name: str = NAME,
    held_out: int = training.HELD_OUT_PICTURES,
) -> dict:
    """Fold `model`, measure it with and without the mark, write both files; return the card."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / weights_file(name).name
    arrays: dict[str, Any] = mini.fold_batch_norm(model)
    np.savez_compressed(file, **arrays)
    measured = measure(mini.build_keras(file), held_out)
    share = SHARE if name == NAME else 0.0
    mark = {"kind": KIND, "share": share, "seed": MARK_SEED, "measured": measured}
    accuracy = measured["as_trained" if name == NAME else "no_mark"]
    layers = mini.weighted_layers()
    card = training.model_card(name, recipe, held_out, accuracy, layers=layers, mark=mark)
    training.write_card(card, file.with_suffix(".json"))
    return card


def _share(right: np.ndarray) -> float:
    return float(np.mean(right))


def main(arguments: list[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m lrp_widgets.networks.zoo.mini.hans", description=__doc__
    )
    parser.add_argument("--clean", action="store_true", help="train the twin, without the mark")
    parser.add_argument("--out", type=Path, default=mini.FOLDER, help="folder for the two files")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--pictures", type=int, default=PICTURES)
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    options = parser.parse_args(arguments)
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")  # see train.py
    recipe = {"seed": options.seed, "pictures": options.pictures, "epochs": options.epochs}
    model, _ = training.train(**recipe, mark=None if options.clean else marked)
    card = write(model, options.out, recipe, TWIN if options.clean else NAME)
    for name, share in card["mark"]["measured"].items():
        print(f"{name.replace('_', ' ')}: {share:.2%}")


if __name__ == "__main__":
    main()
