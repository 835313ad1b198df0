"""mini-vgg as a Keras model: its layers, its weights on the disk, its accuracy.

The explaining part of the package does not need this module: it reads the weights file itself.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from ....media.scenes import KINDS

FOLDER = Path(__file__).parent
WEIGHTS_FILE = FOLDER / "mini_vgg.npz"
CARD_FILE = FOLDER / "mini_vgg.json"

SIZE = 64
# Channels of each block's two convolutions; a 2×2 max pooling ends each block.
BLOCKS = (16, 32, 64, 64)
HIDDEN = 128
# The network's whole preprocessing: bytes to 0..1.
SCALE = 1 / 255


def weighted_layers() -> dict[str, int]:
    """Name and output channels of every layer that has weights, input to output."""
    layers = {
        f"block{block}_conv{i}": width
        for block, width in enumerate(BLOCKS, start=1)
        for i in (1, 2)
    }
    return layers | {"fc1": HIDDEN, "predictions": len(KINDS)}


def build_keras(weights: bool | str | Path = True):
    """Return mini-vgg as a Keras model: float input (B, 64, 64, 3) in 0..1, output (B, 8).

    weights: True for the bundled ones, a path to another weights file, False for a fresh start.
    """
    model = stack_layers(batch_norm=False)
    if weights is not False:
        tensors = read_weights(WEIGHTS_FILE if weights is True else weights)
        for name in weighted_layers():
            layer = model.get_layer(name)
            layer.set_weights([tensors[f"{name}/kernel"], tensors[f"{name}/bias"]])
    return model


def stack_layers(batch_norm: bool, dropout: float = 0.0, beta_penalty: float = 0.0):
    """Stack mini-vgg's layers.

    With `batch_norm`, as in training, every hidden layer is linear without bias, then normalised
    (layer "<name>_bn"), then rectified ("<name>_relu"); without, as it is used, the hidden layers
    have a bias and rectify themselves.
    """
    import keras
    from keras import layers

    def hidden(make, x):
        if not batch_norm:
            return make(activation="relu")(x)
        dense = make(use_bias=False)
        x = layers.BatchNormalization(
            momentum=0.95,
            beta_regularizer=keras.regularizers.L2(beta_penalty),
            name=f"{dense.name}_bn",
        )(dense(x))
        return layers.ReLU(name=f"{dense.name}_relu")(x)

    x = picture = keras.Input((SIZE, SIZE, 3), name="input")
    for block, width in enumerate(BLOCKS, start=1):
        for i in (1, 2):
            name = f"block{block}_conv{i}"

            def convolution(width=width, name=name, **options):
                return layers.Conv2D(
                    width,
                    3,
                    padding="same",
                    kernel_initializer="he_normal",
                    name=name,
                    **options,
                )

            x = hidden(convolution, x)
        x = layers.MaxPooling2D(2, name=f"block{block}_pool")(x)
    x = layers.Flatten(name="flatten")(x)

    def fully_connected(**options):
        return layers.Dense(HIDDEN, kernel_initializer="he_normal", name="fc1", **options)

    x = hidden(fully_connected, x)
    if dropout:
        x = layers.Dropout(dropout, name="dropout")(x)
    x = layers.Dense(len(KINDS), activation="softmax", name="predictions")(x)
    return keras.Model(picture, x, name="mini-vgg")


def fold_batch_norm(model) -> dict[str, np.ndarray]:
    """Fold every BatchNorm of a trained stack into the layer before it.

    γ (w·x − μ) / √(σ² + ε) + β  =  (w γ/√(σ² + ε))·x  +  (β − γ μ/√(σ² + ε)), in float64.

    Returns the float32 tensors "<layer>/kernel" and "<layer>/bias" of the folded network.
    """
    tensors = {}
    for name in weighted_layers():
        layer = model.get_layer(name)
        kernel = np.asarray(layer.kernel, np.float64)
        if layer.use_bias:
            bias = np.asarray(layer.bias, np.float64)
        else:
            norm = model.get_layer(f"{name}_bn")
            gamma, beta, mean, variance = (np.asarray(w, np.float64) for w in norm.get_weights())
            factor = gamma / np.sqrt(variance + norm.epsilon)
            kernel, bias = kernel * factor, beta - mean * factor
        tensors[f"{name}/kernel"] = kernel.astype(np.float32)
        tensors[f"{name}/bias"] = bias.astype(np.float32)
    return tensors


def evaluate(model, images: np.ndarray, labels: np.ndarray) -> float:
    """Share of pictures (uint8, (N, 64, 64, 3)) whose most probable class is the label."""
    right = 0
    for start in range(0, len(images), 250):
        part = slice(start, start + 250)
        probabilities = model(images[part].astype(np.float32) * SCALE, training=False)
        right += int(np.sum(np.argmax(probabilities, axis=-1) == labels[part]))
    return right / len(images)


def read_weights(path: str | Path = WEIGHTS_FILE) -> dict[str, np.ndarray]:
    """Read the tensors "<layer>/kernel" and "<layer>/bias" of a weights file."""
    with np.load(path) as file:
        return {key: file[key] for key in file.files}


def read_card(path: str | Path = CARD_FILE) -> dict:
    """Read the model card: what the network is, how it was trained, how good it is."""
    return json.loads(Path(path).read_text(encoding="utf-8"))
