"""Layers along one axis, two and three, decoders, merges, norms and operations, as Keras has them.

And whole models of the shapes that people bring: VGG, EfficientNet-Lite, ConvNeXt, U-Net.
"""

import keras
import numpy as np
import pytest
from keras import layers, ops
from random_models import random_input, randomize

from lrp_widgets import Network, explain

SIZES = {1: (13,), 2: (9, 8), 3: (5, 6, 4)}


def deviation(network, model, x):
    ours, theirs = network(x), np.asarray(model(x, training=False))
    assert ours.shape == theirs.shape
    return np.abs(ours - theirs).max() / np.abs(theirs).max()


def read(model):
    randomize(model, np.random.default_rng(0))
    network = Network.from_keras(model)
    assert deviation(network, model, random_input(model)) < 1e-5
    return network


def stacked(axes, *steps):
    return read(keras.Sequential([keras.Input((*SIZES[axes], 4)), *steps]))


ALONG = {
    "convolution": lambda kind: [
        kind("Conv")(6, 3, padding="same", activation="gelu"),
        kind("Conv")(4, 2, strides=2),
        kind("Conv")(4, 2, groups=2, padding="same"),
    ],
    "dilation": lambda kind: [kind("Conv")(3, 2, dilation_rate=2), kind("Conv")(3, 1)],
    "largest": lambda kind: [kind("MaxPooling")(2), kind("MaxPooling")(3, 1, padding="same")],
    "mean": lambda kind: [
        kind("AveragePooling")(3, 2, padding="same"),
        kind("AveragePooling")(2, 1),
    ],
    "largest of all": lambda kind: [kind("GlobalMaxPooling")(), layers.Dense(3)],
    "mean of all": lambda kind: [kind("GlobalAveragePooling")(keepdims=True), kind("Conv")(2, 1)],
    "zeros around": lambda kind: [kind("ZeroPadding")(2), kind("Conv")(3, 3)],
    "cut": lambda kind: [kind("Cropping")(1), kind("Conv")(3, 2)],
    "copies": lambda kind: [kind("UpSampling")(3), kind("Conv")(3, 3)],
    "backwards": lambda kind: [
        getattr(layers, kind("Conv").__name__ + "Transpose")(5, 3, strides=2, padding="same"),
        getattr(layers, kind("Conv").__name__ + "Transpose")(3, 2, strides=3, activation="elu"),
    ],
    "norms": lambda kind: [
        layers.LayerNormalization(),
        kind("Conv")(4, 2),
        layers.GroupNormalization(2),
        layers.GroupNormalization(-1),
    ],
}


@pytest.mark.parametrize("axes", [1, 2, 3])
@pytest.mark.parametrize("make", ALONG.values(), ids=ALONG)
def test_along_one_axis_two_and_three(make, axes):
    steps = make(lambda name: getattr(layers, f"{name}{axes}D"))
    network = stacked(axes, *steps)
    assert None not in {length for shape in network.shapes().values() for length in shape}


@pytest.mark.parametrize(
    "steps",
    [
        [layers.Conv1D(3, 3, dilation_rate=2, padding="causal"), layers.Conv1D(2, 2)],
        [layers.DepthwiseConv1D(3, strides=2, depth_multiplier=2), layers.SeparableConv1D(3, 2)],
        [layers.LayerNormalization(axis=(1, 2)), layers.Conv1D(2, 1)],
        [layers.LayerNormalization(center=False, scale=False, epsilon=0.1), layers.Flatten()],
        [layers.Permute((2, 1)), layers.Conv1D(3, 2)],
        [layers.Conv1D(3, 2), layers.PReLU()],
        [layers.Conv1D(3, 2, activation="relu"), layers.PReLU(shared_axes=[1])],
    ],
    ids=lambda steps: " ".join(type(step).__name__ for step in steps),
)
def test_signals(steps):
    stacked(1, *steps)


def test_what_a_layer_is_called():
    network = stacked(
        2,
        layers.Conv2DTranspose(3, 3, strides=2),
        layers.UpSampling2D((1, 2)),
        layers.GroupNormalization(3),
    )
    signal = stacked(1, layers.Conv1D(3, 5, strides=2), layers.MaxPooling1D(2))
    assert [layer.kind_text for layer in (*network.layers, *signal.layers)] == [
        "the picture",
        "transposed convolution 3×3 · stride 2",
        "upsampling 1×2",
        "group normalization, 3 groups",
        "the signal",
        "convolution 5 long · stride 2",
        "max pooling 2 long",
    ]


CONSTANTS = np.array([0.5, -2, 3, 1], np.float32)
OPERATIONS = {
    "x * 2": lambda x: x * 2,
    "2 * x": lambda x: 2 * x,
    "one number a channel": lambda x: ops.multiply(x, CONSTANTS),
    "x / c": lambda x: x / 4,
    "x + 1": lambda x: x + 1,
    "c + x": lambda x: ops.add(CONSTANTS, x),
    "x - c": lambda x: ops.subtract(x, CONSTANTS),
    "1 - x": lambda x: 1 - x,
    "-x": lambda x: -x,
    "relu": ops.relu,
    "relu6": lambda x: ops.relu6(9 * x),
    "leaky_relu": lambda x: ops.leaky_relu(x, 0.1),
    "activations.relu": lambda x: keras.activations.relu(x, 0.1, max_value=0.5),
    "elu": lambda x: ops.elu(x, 0.3),
    "gelu by tanh": ops.gelu,
    "gelu": lambda x: ops.gelu(x, approximate=False),
    "silu": ops.silu,
    "softplus": ops.softplus,
    "sigmoid": ops.sigmoid,
    "tanh": ops.tanh,
    "softmax": ops.softmax,
    "maximum with 0": lambda x: ops.maximum(x, 0),
    "maximum": lambda x: ops.maximum(x, -x),
    "sum": lambda x: ops.add(x, ops.relu(x)),
    "difference": lambda x: ops.relu(x) - x,
    "concatenate": lambda x: ops.concatenate([x, -x], axis=2),
    "mean": lambda x: ops.mean(x, (1, 2)),
    "max": lambda x: ops.max(x, (-2, 1), keepdims=True),
    "reshape": lambda x: ops.reshape(x, (-1, 24, 12)),
    "transpose": lambda x: ops.transpose(x, (0, 3, 1, 2)),
    "swapaxes": lambda x: ops.swapaxes(x, 1, -1),
    "expand_dims": lambda x: ops.squeeze(ops.expand_dims(x, 1), 1),
    "pad": lambda x: ops.pad(x, ((0, 0), (1, 2), (0, 1), (0, 0))),
    "Average": lambda x: layers.Average()([x, 2 * x, ops.relu(x)]),
    "Subtract": lambda x: layers.Subtract()([x, ops.tanh(x)]),
    "Maximum": lambda x: layers.Maximum()([x, -x, ops.tanh(x) + 0.1]),
}


@pytest.mark.parametrize("write", OPERATIONS.values(), ids=OPERATIONS)
def test_operations(write):
    x = keras.Input((9, 8, 4))
    network = read(keras.Model(x, write(x)))
    assert len(network.layers) > 1


def test_a_saved_model_keeps_its_operations(tmp_path):
    x = keras.Input((9, 8, 4))
    y = layers.Conv2D(4, 3)(ops.multiply(x, CONSTANTS) / 2 - 1)
    model = keras.Model(x, ops.relu(y))
    model.save(tmp_path / "model.keras")
    network = Network.from_file(tmp_path / "model.keras")
    assert deviation(network, model, random_input(model)) < 1e-5


REFUSED = {
    "product": (lambda x: x * ops.tanh(x), "both depend on the picture"),
    "quotient": (lambda x: 1 / x, "division by a constant"),
    "by zero": (lambda x: x / 0, "division by a constant that is not 0"),
    "places": (lambda x: x + np.ones((9, 1, 1), np.float32), "one number for all"),
    "wider": (lambda x: layers.Conv2D(1, 1)(x) * 1.0 + CONSTANTS, "leaves the shape"),
    "mean of rows": (lambda x: ops.mean(x, 1), "over all places"),
    "clipped": (lambda x: ops.maximum(x, 1), "constant 0 alone"),
    "batch": (lambda x: ops.transpose(x, (1, 0, 2, 3)), "batch axis"),
    "reflected": (lambda x: ops.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)), "reflect"), "zeros"),
    "ones around": (
        lambda x: ops.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)), constant_values=1),
        "zeros",
    ),
    "infinite": (lambda x: x * np.inf, "finite"),
    "softmax over rows": (lambda x: ops.softmax(x, 1), "only −1"),
}


@pytest.mark.parametrize(("write", "words"), REFUSED.values(), ids=REFUSED)
def test_operations_that_are_refused(write, words):
    x = keras.Input((9, 8, 4))
    with pytest.raises(ValueError, match=r"^(Operation|Layer) '\w+' .*\.$") as caught:
        Network.from_keras(keras.Model(x, write(x)))
    assert words in str(caught.value)


# Models of the shapes that people bring


def vgg():
    return keras.Sequential(
        [
            keras.Input((16, 16, 3)),
            layers.Rescaling(1 / 127.5, -1),
            layers.Conv2D(8, 3, padding="same", activation="relu"),
            layers.Conv2D(8, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(12, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(10, activation="relu"),
            layers.Dropout(0.5),
            layers.Dense(4, activation="softmax"),
        ]
    )


def efficientnet_lite():
    """Inverted residuals with ReLU6, no squeeze-and-excite."""

    def block(x, width, strides):
        y = layers.Conv2D(4 * x.shape[-1], 1, use_bias=False)(x)
        y = layers.ReLU(6.0)(layers.BatchNormalization()(y))
        y = layers.DepthwiseConv2D(3, strides, padding="same", use_bias=False)(y)
        y = ops.relu6(layers.BatchNormalization()(y))
        y = layers.BatchNormalization()(layers.Conv2D(width, 1, use_bias=False)(y))
        return layers.Add()([x, y]) if x.shape == y.shape else y

    picture = keras.Input((24, 24, 3))
    x = layers.Conv2D(8, 3, 2, padding="same", use_bias=False)(picture / 127.5 - 1)
    x = layers.ReLU(6.0)(layers.BatchNormalization()(x))
    for width, strides in ((8, 1), (12, 2), (12, 1)):
        x = block(x, width, strides)
    x = layers.GlobalAveragePooling2D()(layers.Conv2D(16, 1, activation="relu6")(x))
    return keras.Model(picture, layers.Dense(4, activation="softmax")(x))


def convnext():
    """Patches, depthwise 7×7, LayerNorm, GELU, a scale for each channel, residuals."""

    def block(x):
        width = x.shape[-1]
        y = layers.Conv2D(width, 7, padding="same", groups=width)(x)
        y = layers.LayerNormalization(epsilon=1e-6)(y)
        y = layers.Dense(4 * width, activation="gelu")(y)
        y = layers.Dense(width)(y)
        return x + ops.multiply(y, np.linspace(0.5, 1.5, width, dtype=np.float32))

    picture = keras.Input((32, 32, 3))
    x = layers.LayerNormalization(epsilon=1e-6)(layers.Conv2D(6, 4, 4)(picture))
    x = block(block(x))
    x = layers.Conv2D(8, 2, 2)(layers.LayerNormalization(epsilon=1e-6)(x))
    x = layers.LayerNormalization(epsilon=1e-6)(layers.GlobalAveragePooling2D()(block(x)))
    return keras.Model(picture, layers.Dense(4)(x))


def u_net():
    """Down and up again with skips, by copies and by transposed convolutions, to one class each."""

    def twice(x, width):
        for _ in range(2):
            x = layers.Conv2D(width, 3, padding="same")(x)
            x = ops.relu(layers.BatchNormalization()(x))
        return x

    picture = keras.Input((16, 16, 1))
    first = twice(picture, 4)
    second = twice(layers.MaxPooling2D()(first), 6)
    x = twice(layers.MaxPooling2D()(second), 8)
    x = twice(layers.Concatenate()([second, layers.UpSampling2D()(x)]), 6)
    up = layers.Conv2DTranspose(4, 3, 2, padding="same", activation="relu")(x)
    up = layers.Cropping2D(1)(layers.ZeroPadding2D(1)(up))
    x = twice(ops.concatenate([first, up], -1), 4)
    return keras.Model(picture, layers.GlobalAveragePooling2D()(layers.Conv2D(3, 1)(x)))


@pytest.mark.parametrize("make", [vgg, efficientnet_lite, convnext, u_net])
@pytest.mark.parametrize("rules", ["z-plus", "epsilon-plus"])
def test_models_of_known_shapes(make, rules):
    network = read(model := make())
    image = np.random.default_rng(1).uniform(0, 255, model.input_shape[1:]).astype(np.float32)
    e = explain(network, image, rules=rules, start="logit")
    theirs = np.asarray(model(image[None], training=False))
    np.testing.assert_allclose(e.layers[-1].activation, theirs[0], rtol=2e-4, atol=1e-6)
    for layer in e.layers[1:]:
        assert np.isfinite(layer.relevance).all()
        flow = max(np.abs(layer.relevance).sum(), abs(layer.total))
        assert abs(layer.absorbed["rounding"]) <= 1e-5 * flow + 1e-12, layer.name
    assert np.abs(e.pixels).sum() > 0
