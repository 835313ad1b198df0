"""Small networks that branch: one of our layers, and one that Keras built."""

import keras
import numpy as np
from keras import layers
from random_models import randomize

from lrp_widgets.networks.activations import Activation
from lrp_widgets.networks.layers import (
    Addition,
    AveragePooling,
    Concatenation,
    Convolution,
    Dense,
    Elementwise,
    Input,
    Padding,
    Reshape,
)
from lrp_widgets.networks.network import Network


def branching(random):
    """input → convolution → (convolution, leaky) + skip → concatenation → pad → dense."""
    relu, leaky = Activation("relu"), Activation("leaky relu", 0.1)

    def conv(name, source, depth, **settings):
        # Small weights: where tanh saturates, near-ties would be broken by its last digit.
        kernel = random.normal(size=(3, 3, depth, 4)) * 0.2
        bias = random.normal(size=4) * 0.2
        return Convolution(
            name=name, inputs=(source,), kernel=kernel, bias=bias, padding="same", **settings
        )

    return Network(
        [
            Input(name="input", shape=(6, 5, 2)),
            Padding(name="pad", inputs=("input",), pads=((1, 0), (2, 1))),
            conv("conv1", "pad", 2, activation=leaky),
            conv("conv2", "conv1", 4, activation=relu),
            Addition(name="add", inputs=("conv1", "conv2")),
            Elementwise(name="act", inputs=("add",), activation=Activation("tanh")),
            Concatenation(name="concat", inputs=("act", "conv2")),
            Padding(name="pad2", inputs=("concat",), pads=((1, 1), (0, 1))),
            AveragePooling(name="pool", inputs=("pad2",), size=(3, 3), strides=(2, 2)),
            conv("conv3", "pool", 8, activation=relu),
            Reshape(name="flatten", inputs=("conv3",)),
            Dense(name="fc", inputs=("flatten",), kernel=random.normal(size=(64, 3))),
        ]
    )


def small_model():
    """A residual block, a depthwise one and a dense one, each with BatchNorm."""
    x = picture = keras.Input((16, 16, 3))

    def conv(x, width, **settings):
        x = layers.Conv2D(width, 3, padding="same", use_bias=False, **settings)(x)
        return layers.BatchNormalization()(x)

    x = layers.ReLU()(conv(x, 6, strides=2))
    x = layers.ReLU()(layers.Add(name="sum")([x, conv(layers.ReLU()(conv(x, 6)), 6)]))
    y = layers.BatchNormalization()(layers.DepthwiseConv2D(3, padding="same", use_bias=False)(x))
    x = layers.Add(name="linear sum")([x, conv(layers.ReLU(6)(y), 6)])
    for _ in range(2):
        y = conv(layers.ReLU()(layers.BatchNormalization()(x)), 4)
        x = layers.Concatenate()([x, y])
    x = layers.ReLU()(layers.BatchNormalization(name="last")(x))
    x = layers.GlobalAveragePooling2D()(layers.AveragePooling2D(3, 2, "same")(x))
    model = keras.Model(picture, layers.Dense(5, activation="softmax")(x), name="small")
    randomize(model, np.random.default_rng(5))
    return model
