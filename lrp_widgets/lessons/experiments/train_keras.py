"""Train a small Keras model on drawn scenes, in well under a minute, and say how it goes."""

from dataclasses import dataclass

import numpy as np

from ...media.scenes import draw_scene

# Kinds that a small network learns quickly.
KINDS = ("circle", "ring", "cross")
SIDE = 32
PICTURES, FRESH = 600, 300  # drawn to learn from, and to be tested on
EPOCHS = 6
BATCH = 32
LEARNING_RATE = 3e-3
_SEEDS = {"learn": 1, "fresh": 2}


@dataclass(frozen=True)
class Epoch:
    """How many pictures are named rightly after an epoch, as shares; `fresh`: never seen."""

    learned: float
    fresh: float


def pictures(count, part, kinds=KINDS, side=SIDE, drawn=None):
    """Draw scenes: uint8 (count, side, side, 3) and labels (count,), the kinds taking turns.

    `part`: "learn" or "fresh", which share no picture. `drawn(k)` is told after each one.
    """
    images = np.empty((count, side, side, 3), np.uint8)
    labels = np.arange(count) % len(kinds)
    for k in range(count):
        images[k] = draw_scene((_SEEDS[part], k), kinds[labels[k]], side).image
        if drawn:
            drawn(k + 1)
    return images, labels


def turned(images, labels):
    """All pictures in four directions: a shape's kind does not depend on where is up."""
    return np.concatenate([np.rot90(images, k, (1, 2)) for k in range(4)]), np.tile(labels, 4)


def train(
    model,
    epochs=EPOCHS,
    count=PICTURES,
    fresh=FRESH,
    kinds=KINDS,
    side=SIDE,
    report=None,
    stop=None,
):
    """Teach `model`, a Keras classifier of uint8-ranged pictures, the kinds; yields each Epoch.

    The first Epoch is that before any training. `report(text, fraction)` is told what is going
    on; once `stop()` is true, training ends after the batch. The model is compiled here
    (Adam, cross-entropy). Raises ValueError where it does not fit the pictures or the kinds.
    """
    import keras

    _check(model, len(kinds), side)
    say, stopped = report or (lambda text, fraction: None), stop or (lambda: False)
    images, labels = pictures(
        count, "learn", kinds, side, lambda k: say("drawing pictures", 0.2 * k / (count + fresh))
    )
    tests, answers = pictures(
        fresh,
        "fresh",
        kinds,
        side,
        lambda k: say("drawing pictures", 0.2 * (count + k) / (count + fresh)),
    )
    images, labels = turned(images, labels)
    model.compile(
        keras.optimizers.Adam(LEARNING_RATE),
        keras.losses.SparseCategoricalCrossentropy(),
        metrics=["accuracy"],
        jit_compile=False,  # on a CPU, compiling with XLA makes a step slower
    )
    yield Epoch(
        _share_right(model, images[:fresh], labels[:fresh]), _share_right(model, tests, answers)
    )
    random = np.random.default_rng(0)
    batches = len(images) // BATCH
    for epoch in range(epochs):
        order = random.permutation(len(images))[: batches * BATCH].reshape(-1, BATCH)
        model.reset_metrics()
        for done, chosen in enumerate(order, 1):
            if stopped():
                return
            _, accuracy = model.train_on_batch(images[chosen].astype(np.float32), labels[chosen])
            share = (epoch * batches + done) / (epochs * batches)
            say(f"epoch {epoch + 1} of {epochs}", 0.2 + 0.8 * share)
        yield Epoch(float(accuracy), _share_right(model, tests, answers))


def _share_right(model, images, labels):
    answers = np.asarray(model(images.astype(np.float32), training=False))
    return float(np.mean(answers.argmax(-1) == labels))


def _check(model, classes, side):
    wanted, given = (side, side, 3), tuple(model.input_shape[1:])
    if any(g not in (w, None) for g, w in zip(given, wanted)) or len(given) != 3:
        raise ValueError(f"The model takes {given}; the pictures are {wanted}.")
    if model.output_shape[1:] != (classes,):
        raise ValueError(
            f"The model puts out {model.output_shape[1:]}; there are {classes} classes, so it "
            f"should be ({classes},)."
        )
