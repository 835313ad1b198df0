"""Small networks of our own layers, for tests."""

import numpy as np

from lrp_widgets import Network
from lrp_widgets.networks.activations import Activation
from lrp_widgets.networks.layers import (
    Affine,
    Convolution,
    Dense,
    GlobalAveragePooling,
    Input,
    MaxPooling,
    Padding,
    Reshape,
)
from lrp_widgets.networks.preprocessing import CAFFE

RELU, SOFTMAX = Activation("relu"), Activation("softmax")


def small_vgg(seed=0, channels=3, size=(8, 10), last=SOFTMAX, activation=RELU, **settings):
    """Padding, two convolutions with biases, pooling, flatten, two dense layers, five classes."""
    random = np.random.default_rng(seed)

    def weights(*shape):
        kernel = random.normal(size=shape) * np.sqrt(2 / np.prod(shape[:-1]))
        bias = random.normal(size=shape[-1]) * 0.1
        return {"kernel": kernel.astype(np.float32), "bias": bias.astype(np.float32)}

    rows, columns = size[0] // 2, size[1] // 2
    layers = [
        Input(name="input", shape=(*size, channels)),
        Affine(name="scale", inputs=("input",), scale=np.float32(0.1), offset=np.float32(-0.5)),
        Padding(name="pad", inputs=("scale",), pads=((1, 1), (1, 1))),
        Convolution(
            name="conv1", inputs=("pad",), activation=activation, **weights(3, 3, channels, 6)
        ),
        Convolution(
            name="conv2",
            inputs=("conv1",),
            activation=activation,
            padding="same",
            **weights(3, 3, 6, 4),
        ),
        MaxPooling(name="pool", inputs=("conv2",), size=(2, 2), strides=(2, 2)),
        Reshape(name="flatten", inputs=("pool",)),
        Dense(
            name="fc", inputs=("flatten",), activation=activation, **weights(rows * columns * 4, 7)
        ),
        Dense(name="out", inputs=("fc",), activation=last, **weights(7, 5)),
    ]
    return Network(layers, name="small-vgg", **settings)


def flexible(seed=0, preprocess=CAFFE):
    """A BGR network for pictures of any size: a convolution, global average pooling, softmax."""
    random = np.random.default_rng(seed)
    kernel = random.normal(size=(3, 3, 3, 4)).astype(np.float32)
    layers = [
        Input(name="input", shape=(None, None, 3)),
        Convolution(name="conv", inputs=("input",), kernel=kernel, padding="same", activation=RELU),
        GlobalAveragePooling(name="average", inputs=("conv",), activation=SOFTMAX),
    ]
    return Network(layers, name="flexible", preprocess=preprocess)


def picture(network, seed=0, count=None, size=(8, 10)):
    """Random uint8 pixels that fit `network`; with `count`, a batch of them."""
    height, width, channels = network.input_shape
    shape = (height or size[0], width or size[1], channels)
    shape = shape if count is None else (count, *shape)
    return np.random.default_rng(seed).integers(0, 256, shape, np.uint8)
