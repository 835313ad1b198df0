"""mini-resnet, mini-densenet and mini-vit as Keras models: mini-vgg's siblings.

They see the same scenes (64×64×3, bytes divided by 255) and tell the same eight shapes apart. Their
BatchNorm is kept in the weights file, so that reading them shows how it is folded.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from ....media.scenes import KINDS
from .. import npz
from . import model as mini
from .model import FOLDER, SIZE

# mini-resnet: channels of each stage, which has two residual blocks of two 3×3 convolutions.
STEM = 16
STAGES = (24, 48, 64)
# mini-densenet: channels that each 3×3 convolution adds, and how many a dense block has.
GROWTH = 12
DENSE_BLOCKS = (4, 4, 4)
# mini-vit: channels of its convolutions, of which the last are the tokens' width, and its blocks.
VIT_STEM = (24, 48, 64)
VIT_BLOCKS = 4
VIT_HEADS = 4


def build_keras(name: str, weights: bool = True):
    """Return one of them: float input (B, 64, 64, 3) in 0..1, output (B, 8)."""
    model = {"mini-resnet": _resnet, "mini-densenet": _densenet, "mini-vit": _vit}[name]()
    if weights:
        set_weights(model, weights_file(name))
    return model


def weights_file(name: str) -> Path:
    """Where a sibling's weights lie: all of the Keras model's, by path."""
    return FOLDER / f"{name.replace('-', '_')}.npz"


def read_card(name: str) -> dict:
    """Read a sibling's model card, as `model.read_card` does."""
    return mini.read_card(weights_file(name).with_suffix(".json"))


def set_weights(model, path: Path) -> None:
    """Fill a model from a weights file, tensor by tensor, by path.

    Raises ValueError, one sentence, for a file that does not hold this model's weights.
    """
    arrays = npz.read(
        path, {weight.path: tuple(weight.shape) for weight in model.weights}, model.name
    )
    for weight in model.weights:
        weight.assign(arrays[weight.path])


def write_weights(model, path: Path) -> None:
    """Write kernels, biases and BatchNorm's statistics, float32, by path."""
    tensors: dict[str, Any] = {
        weight.path: np.asarray(weight, np.float32) for weight in model.weights
    }
    np.savez_compressed(path, **tensors)


def _resnet():
    """He et al. 2016 in miniature: two 3×3 convolutions and a skip, added, then ReLU."""
    import keras
    from keras import layers

    picture = keras.Input((SIZE, SIZE, 3), name="input")
    x = layers.MaxPooling2D(2, name="pool1")(_convolution(picture, "conv1", STEM))
    for stage, width in enumerate(STAGES, start=2):
        for block in (1, 2):
            name = f"conv{stage}_block{block}"
            first = block == 1
            stride = 2 if first and stage > 2 else 1
            y = _convolution(x, f"{name}_1", width, stride)
            y = _convolution(y, f"{name}_2", width, relu=False)
            if first:
                x = _convolution(x, f"{name}_0", width, stride, side=1, relu=False)
            x = layers.ReLU(name=f"{name}_out")(layers.Add(name=f"{name}_add")([x, y]))
    return _end(picture, x, "mini-resnet")


def _densenet():
    """Huang et al. 2017 in miniature: BatchNorm → ReLU → 3×3 convolution, put beside its input."""
    import keras
    from keras import layers

    picture = keras.Input((SIZE, SIZE, 3), name="input")
    x = _plain(picture, "conv1_conv", 2 * GROWTH)
    x = layers.MaxPooling2D(2, name="pool1")(x)
    for block, count in enumerate(DENSE_BLOCKS, start=2):
        for i in range(1, count + 1):
            y = _plain(_rectified(x, f"conv{block}_block{i}"), f"conv{block}_block{i}_conv", GROWTH)
            x = layers.Concatenate(name=f"conv{block}_block{i}_concat")([x, y])
        x = _rectified(x, f"pool{block}")
        if block <= len(DENSE_BLOCKS):
            x = _plain(x, f"pool{block}_conv", x.shape[-1] // 2, side=1)
            x = layers.AveragePooling2D(2, name=f"pool{block}_pool")(x)
    return _end(picture, x, "mini-densenet")


def _vit():
    """Dosovitskiy et al. 2021 in miniature, on tokens that convolutions make (Xiao et al. 2021).

    Three convolutions of stride 2 turn the picture into 8×8 tokens; each block is attention, then
    two dense layers, with a LayerNorm before and a skip past each.
    """
    import keras
    from keras import layers

    from ...keras_tokens import PositionEmbedding

    x = picture = keras.Input((SIZE, SIZE, 3), name="input")
    for i, width in enumerate(VIT_STEM, start=1):
        x = _convolution(x, f"stem{i}", width, stride=2, relu=i < len(VIT_STEM))
    width = VIT_STEM[-1]
    x = PositionEmbedding(name="positions")(x)
    for block in range(1, VIT_BLOCKS + 1):
        name = f"encoder{block}"
        y = layers.LayerNormalization(epsilon=1e-6, name=f"{name}_norm1")(x)
        y = layers.MultiHeadAttention(VIT_HEADS, width // VIT_HEADS, name=f"{name}_attention")(y, y)
        x = layers.Add(name=f"{name}_add1")([x, y])
        y = layers.LayerNormalization(epsilon=1e-6, name=f"{name}_norm2")(x)
        y = layers.Dense(4 * width, activation="gelu", name=f"{name}_dense1")(y)
        y = layers.Dense(width, name=f"{name}_dense2")(y)
        x = layers.Add(name=f"{name}_add2")([x, y])
    x = layers.LayerNormalization(epsilon=1e-6, name="norm")(x)
    x = layers.GlobalAveragePooling2D(name="avg_pool")(x)
    x = layers.Dense(len(KINDS), activation="softmax", name="predictions")(x)
    return keras.Model(picture, x, name="mini-vit")


def _convolution(x, name, width, stride=1, side=3, relu=True):
    """Convolution → BatchNorm (→ ReLU)."""
    x = _plain(x, f"{name}_conv", width, stride, side)
    return _rectified(x, name, relu)


def _plain(x, name, width, stride=1, side=3):
    from keras import layers

    return layers.Conv2D(
        width,
        side,
        stride,
        padding="same",
        use_bias=False,
        kernel_initializer="he_normal",
        name=name,
    )(x)


def _rectified(x, name, relu=True):
    """BatchNorm (→ ReLU)."""
    from keras import layers

    x = layers.BatchNormalization(momentum=0.95, name=f"{name}_bn")(x)
    return layers.ReLU(name=f"{name}_relu")(x) if relu else x


def _end(picture, x, name):
    import keras
    from keras import layers

    x = layers.GlobalAveragePooling2D(name="avg_pool")(x)
    x = layers.Dense(len(KINDS), activation="softmax", name="predictions")(x)
    return keras.Model(picture, x, name=name)
