"""The networks we offer, as tables of our own layers that wait for their weights.

A layer's kernel is a stand-in of the right shape that takes no memory; `Network.randomized` or a
weights file fills it.
"""

from itertools import groupby

import numpy as np

from ..activations import Activation
from ..layers import (
    Convolution,
    Dense,
    Elementwise,
    GlobalAveragePooling,
    Input,
    Layer,
    MaxPooling,
    Reshape,
)

RELU = Activation("relu")
LEAKY = Activation("leaky relu", slope=0.1)
SOFTMAX = Activation("softmax")


def vgg_widths(convolutions, channels, hidden=(4096, 4096), classes=1000) -> dict[str, int]:
    """Name every layer with weights and give its width: {"block1_conv1": 64, …}.

    `convolutions` and `channels`: how many convolutions each block has, and how wide they are;
    `hidden`: the widths of fc1, fc2, ….
    """
    widths = {
        f"block{block}_conv{i}": width
        for block, (count, width) in enumerate(zip(convolutions, channels, strict=True), start=1)
        for i in range(1, count + 1)
    }
    widths |= {f"fc{i}": width for i, width in enumerate(hidden, start=1)}
    return widths | {"predictions": classes}


# Simonyan and Zisserman 2015, table 1, columns D and E; the names are Keras's.
VGG16 = vgg_widths((2, 2, 3, 3, 3), (64, 128, 256, 512, 512))
VGG19 = vgg_widths((2, 2, 4, 4, 4), (64, 128, 256, 512, 512))

# (filters, side of the kernel) of each convolution, "pool" between them: tiny.cfg of darknet.
TINY_DARKNET = (
    *((16, 3), "pool", (32, 3), "pool"),
    *((16, 1), (128, 3), (16, 1), (128, 3), "pool"),
    *((32, 1), (256, 3), (32, 1), (256, 3), "pool"),
    *((64, 1), (512, 3), (64, 1), (512, 3), (128, 1), (1000, 1)),
)


def vgg(widths: dict[str, int], shape=(224, 224, 3)) -> list[Layer]:
    """Return a VGG's layers: blocks of 3×3 convolutions, each ended by 2×2 max pooling, then dense.

    `widths`: as `vgg_widths` gives them; `shape`: the input's (H, W, C), H and W large enough for
    the poolings.
    """
    stack = _Stack(shape)
    names = [name for name in widths if name.startswith("block")]
    for block, convolutions in groupby(names, key=lambda name: name.split("_")[0]):
        for name in convolutions:
            stack.convolution(name, widths[name], 3, RELU)
        stack.pool(f"{block}_pool")
    stack.flatten()
    for name, width in widths.items():
        if name not in names:
            stack.dense(name, width, SOFTMAX if name == "predictions" else RELU)
    return stack.layers


def tiny_darknet(table=TINY_DARKNET, shape=(224, 224, 3)) -> list[Layer]:
    """Return Tiny Darknet's layers, BatchNorm already folded: conv1 … conv16, pool1 … pool4.

    Global average pooling turns the last convolution into the logits, "softmax" is a layer of its
    own; every convolution but the last is followed by leaky ReLU of slope 0.1.
    """
    stack = _Stack(shape)
    convolutions = pools = 0
    for i, step in enumerate(table):
        if step == "pool":
            pools += 1
            stack.pool(f"pool{pools}")
        else:
            convolutions += 1
            last = i == len(table) - 1
            filters, side = step
            stack.convolution(f"conv{convolutions}", filters, side, None if last else LEAKY)
    stack.add(GlobalAveragePooling, "avgpool")
    stack.add(Elementwise, "softmax", activation=SOFTMAX)
    return stack.layers


def tiny_vgg(channels=10, classes=10, shape=(64, 64, 3)) -> list[Layer]:
    """Return the layers of CNN Explainer's Tiny VGG (Wang et al. 2020).

    Two blocks of two 3×3 convolutions without padding and 2×2 max pooling, then one dense layer:
    conv_1_1, conv_1_2, max_pool_1, …, output.
    """
    stack = _Stack(shape)
    for block in (1, 2):
        for i in (1, 2):
            stack.convolution(f"conv_{block}_{i}", channels, 3, RELU, padding="valid")
        stack.pool(f"max_pool_{block}")
    stack.flatten()
    stack.dense("output", classes, SOFTMAX)
    return stack.layers


class _Stack:
    """Layers one on top of the other; knows the shape that it has reached."""

    def __init__(self, shape):
        self.layers: list[Layer] = [Input(name="input", shape=tuple(shape))]
        self.shape: tuple[int, ...] = tuple(shape)

    def add(self, layer, name, **settings):
        self.layers.append(layer(name=name, inputs=(self.layers[-1].name,), **settings))

    def convolution(self, name, filters, side, activation, padding="same"):
        shape = (side, side, self.shape[-1], filters)
        self.add(
            Convolution,
            name,
            **_weights(shape),
            strides=(1, 1),
            padding=padding,
            activation=activation,
        )
        lost = side - 1 if padding == "valid" else 0
        self.shape = (*(size - lost for size in self.shape[:-1]), filters)

    def pool(self, name):
        self.add(MaxPooling, name, size=(2, 2), strides=(2, 2), padding="valid")
        height, width, channels = self.shape
        self.shape = (height // 2, width // 2, channels)

    def flatten(self):
        self.add(Reshape, "flatten")
        self.shape = (int(np.prod(self.shape)),)

    def dense(self, name, units, activation):
        self.add(Dense, name, **_weights((self.shape[-1], units)), activation=activation)
        self.shape = (units,)


def _weights(shape):
    """Stand-ins of the right shapes that take no memory."""
    zero = np.zeros((), np.float32)
    return {"kernel": np.broadcast_to(zero, shape), "bias": np.broadcast_to(zero, shape[-1:])}
