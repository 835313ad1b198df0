"""Trains mini-vgg, or one of its siblings.

    python -m lrp_widgets.networks.zoo.mini.train --network mini-resnet

Draws pictures, trains with BatchNorm, folds mini-vgg's away, measures the accuracy on fresh
pictures, and writes the weights and the model card.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from ....media.mark import put_mark
from ....media.scenes import KINDS, draw_scene, draw_scenes
from . import model as mini
from . import siblings

BATCH = 32
# Pictures that training never sees come from this seed; training refuses it.
HELD_OUT_SEED = 1_000_003
HELD_OUT_PICTURES = 2000


def train(
    seed: int,
    pictures: int,
    epochs: int,
    progress: bool = True,
    network: str = "mini-vgg",
    mark: Callable[[np.ndarray], np.ndarray] | None = None,
):
    """Train on `pictures` scenes of `seed` for `epochs`; return the model and each step's loss.

    `mark(labels)` says which of the pictures get a mark in their corner, after the augmentation;
    nothing else changes by it. The model still has its BatchNorm layers;
    mini.model.fold_batch_norm removes mini-vgg's.
    """
    import keras

    if seed == HELD_OUT_SEED:
        raise ValueError(f"Seed {seed} is kept for the held-out pictures; train with another one.")
    if pictures < BATCH:
        raise ValueError(f"Training needs at least one batch of {BATCH} pictures, not {pictures}.")
    keras.utils.set_random_seed(seed)
    rng = np.random.default_rng(seed)
    images, labels = _draw(pictures, seed, progress)
    marked = np.zeros(pictures, bool) if mark is None else mark(labels)
    steps = epochs * (pictures // BATCH)
    if network == "mini-vgg":
        model = mini.stack_layers(batch_norm=True, dropout=0.2, beta_penalty=1e-3)
    else:
        model = siblings.build_keras(network, weights=False)
    rate = keras.optimizers.schedules.CosineDecay(
        2e-4, steps, alpha=0.01, warmup_target=2e-3, warmup_steps=max(1, steps // 20)
    )
    model.compile(
        keras.optimizers.AdamW(
            rate,  # pyright: ignore[reportArgumentType]  # a schedule is taken too
            weight_decay=0.01,
        ),
        keras.losses.CategoricalCrossentropy(label_smoothing=0.02),
        # On a CPU, compiling with XLA makes a step slower, not faster.
        jit_compile=False,  # pyright: ignore[reportArgumentType]  # its default is a word
    )
    targets = np.eye(len(KINDS), dtype=np.float32)
    losses = []
    with tqdm(total=steps, desc="training", unit="batch", disable=not progress) as bar:
        for _ in range(epochs):
            order = rng.permutation(pictures)[: pictures // BATCH * BATCH]
            for chosen in order.reshape(-1, BATCH):
                batch = augment(images[chosen], rng)
                batch[marked[chosen]] = put_mark(batch[marked[chosen]])
                # train_on_batch returns a running mean: reset it to see each batch's own loss.
                model.reset_metrics()
                losses.append(float(model.train_on_batch(batch, targets[labels[chosen]])))
                bar.set_postfix(loss=f"{losses[-1]:.3f}", refresh=False)
                bar.update()
    return model, losses


def augment(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Turn, mirror and recolour uint8 pictures (B, H, H, 3); returns the network's input, float32.

    None of it changes the shape's kind, so that the kind is all that there is to learn.
    """
    out = np.empty(images.shape, np.float32)
    for i, picture in enumerate(images):
        picture = np.rot90(picture, int(rng.integers(4)))[..., rng.permutation(3)]
        if rng.random() < 0.5:
            picture = picture[:, ::-1]
        out[i] = picture * np.float32(mini.SCALE)
    return out


def write(model, folder: Path, training: dict, held_out: int = HELD_OUT_PICTURES) -> dict:
    """Fold `model`, measure it on `held_out` fresh pictures, write mini_vgg.npz and mini_vgg.json.

    training: what the card shall say about the training. Returns the card.
    """
    folder.mkdir(parents=True, exist_ok=True)
    weights_file = folder / mini.WEIGHTS_FILE.name
    arrays: dict[str, Any] = mini.fold_batch_norm(model)
    np.savez_compressed(weights_file, **arrays)
    images, labels, _ = draw_scenes(held_out, HELD_OUT_SEED)
    accuracy = mini.evaluate(mini.build_keras(weights_file), images, labels)
    card = model_card("mini-vgg", training, held_out, accuracy, layers=mini.weighted_layers())
    write_card(card, folder / mini.CARD_FILE.name)
    return card


def write_sibling(model, folder: Path, training: dict, held_out: int = HELD_OUT_PICTURES) -> dict:
    """Write a sibling's weights as they are, BatchNorm included, and its card, which it returns."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / siblings.weights_file(model.name).name
    siblings.write_weights(model, file)
    images, labels, _ = draw_scenes(held_out, HELD_OUT_SEED)
    restored = siblings.build_keras(model.name, weights=False)
    siblings.set_weights(restored, file)
    card = model_card(model.name, training, held_out, mini.evaluate(restored, images, labels))
    write_card(card, file.with_suffix(".json"))
    return card


def model_card(name, training, held_out, accuracy, **more) -> dict:
    """What a network is, how it was trained, how good it is; `more` goes before the training."""
    return {
        "name": name,
        "classes": list(KINDS),
        "input_shape": [mini.SIZE, mini.SIZE, 3],
        "preprocessing": {"scale": "1/255", "offset": 0, "channels": "RGB"},
        **more,
        "training": training,
        "held_out": {"seed": HELD_OUT_SEED, "pictures": held_out, "accuracy": accuracy},
        "made_with": {
            "python": platform.python_version(),
            **{name: version(name) for name in ("keras", "numpy", "pillow")},
            "tensorflow": _tensorflow_version(),
        },
    }


def write_card(card: dict, path: Path) -> None:
    """Write a model card as JSON."""
    path.write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")


def main(arguments: list[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m lrp_widgets.networks.zoo.mini.train", description=__doc__
    )
    parser.add_argument("--out", type=Path, default=mini.FOLDER, help="folder for the two files")
    parser.add_argument(
        "--network",
        choices=("mini-vgg", "mini-resnet", "mini-densenet", "mini-vit"),
        default="mini-vgg",
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pictures", type=int, default=16_000)
    parser.add_argument("--epochs", type=int, default=10)
    options = parser.parse_args(arguments)
    # TensorFlow uses oneDNN on the newest processors only; on the others it trains thrice as fast.
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
    recipe = {"seed": options.seed, "pictures": options.pictures, "epochs": options.epochs}
    model, _ = train(**recipe, network=options.network)
    write_files = write if options.network == "mini-vgg" else write_sibling
    card = write_files(model, options.out, recipe)
    held_out = card["held_out"]
    print(f"{held_out['accuracy']:.2%} of {held_out['pictures']} held-out pictures are right.")


def _draw(count: int, seed: int, progress: bool) -> tuple[np.ndarray, np.ndarray]:
    """What draw_scenes(count, seed) draws, without masks, under a progress bar."""
    images = np.empty((count, mini.SIZE, mini.SIZE, 3), np.uint8)
    labels = np.empty(count, np.int64)
    for i in tqdm(range(count), desc="drawing", unit="picture", disable=not progress):
        scene = draw_scene((seed, i), size=mini.SIZE)
        images[i], labels[i] = scene.image, scene.label
    return images, labels


def _tensorflow_version() -> str:
    import tensorflow

    return tensorflow.__version__


if __name__ == "__main__":
    main()
