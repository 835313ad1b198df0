"""BatchNorm moved left, right or nowhere: the network computes the same, and says what was done."""

import keras
import numpy as np
import pytest
from keras import layers
from random_models import random_input, randomize

from lrp_widgets import Network, explain
from lrp_widgets.layers import Affine, Padding, Threshold

NORM = "batch normalization"


def read(build, shape=(9, 8, 3), seed=0):
    """The model that `build(x)` makes, with random weights and statistics, and its network."""
    picture = keras.Input(shape)
    model = keras.Model(picture, build(picture))
    randomize(model, np.random.default_rng(seed))
    network = Network.from_keras(model)
    x = random_input(model, seed)
    theirs = np.asarray(model(x, training=False))
    assert np.abs(network(x) - theirs).max() <= 1e-5 * np.abs(theirs).max()
    return model, network


def kinds(network):
    return [(layer.name, layer.kind) for layer in network.layers[1:]]


def norm(name="bn"):
    return layers.BatchNormalization(name=name)


@pytest.mark.parametrize(
    "layer",
    [
        lambda: layers.Conv2D(4, 3, name="layer"),
        lambda: layers.Conv2D(6, 3, groups=3, use_bias=False, name="layer"),
        lambda: layers.DepthwiseConv2D(3, depth_multiplier=2, name="layer"),
        lambda: layers.Dense(4, name="layer"),
    ],
    ids=["convolution", "groups", "depthwise", "dense"],
)
def test_to_the_left(layer):
    _, network = read(lambda x: layers.ReLU()(norm()(layer()(x))))
    assert [name for name, _ in kinds(network)] == ["layer"]
    assert network["layer"].activation.name == "relu"
    assert network.notes == ("bn (batch normalization) is folded into layer.",)


@pytest.mark.parametrize(
    "layer",
    [
        lambda: layers.Conv2D(4, 3, name="layer"),
        lambda: layers.Conv2D(4, (2, 3), padding="same", name="layer"),
        lambda: layers.Conv2D(4, 3, padding="same", dilation_rate=2, name="layer"),
        lambda: layers.Conv2D(6, 3, groups=3, padding="same", use_bias=False, name="layer"),
        lambda: layers.DepthwiseConv2D(3, padding="same", depth_multiplier=2, name="layer"),
        lambda: layers.Conv2D(4, 1, strides=2, padding="same", name="layer"),
        lambda: layers.Dense(4, name="layer"),
    ],
    ids=["valid", "same", "dilation", "groups", "depthwise", "1×1 stride", "dense"],
)
@pytest.mark.parametrize("activation", [layers.ReLU, lambda **s: layers.ReLU(6, **s), None])
def test_to_the_right(layer, activation):
    """Behind an activation: BatchNorm (→ ReLU) → layer, with scales of either sign."""

    def build(x):
        x = norm()(layers.Conv2D(6, 1, activation="relu", name="before")(x))
        return layer()(activation(name="act")(x) if activation else x)

    model, network = read(build)
    assert np.any(np.asarray(model.get_layer("bn").gamma) < 0)
    assert not any(isinstance(each, Affine) for each in network.layers)
    assert ("bn" in dict(kinds(network))) == (activation is not None)
    pads = [each for each in network.layers if isinstance(each, Padding)]
    same = getattr(model.get_layer("layer"), "padding", "") == "same"
    assert [pad.name for pad in pads] == ["layer_pad"] * (
        same and model.get_layer("layer").kernel_size != (1, 1)
    )
    assert network["layer"].activation is None
    [note] = network.notes
    assert note.startswith("bn (batch normalization) is moved into layer behind it")
    assert ("its ReLU became a threshold" in note) == (activation is not None)


def test_what_a_threshold_is():
    """ReLU(s·x + o) = s·max(x, t) + o, or min where s is negative, with t = −o/s."""
    model, network = read(
        lambda x: layers.Conv2D(2, 1, name="c")(layers.ReLU()(norm()(layers.ReLU(name="r")(x)))),
        shape=(None, None, 3),
    )
    gamma, beta, mean, variance = (
        np.asarray(w, np.float64) for w in model.get_layer("bn").get_weights()
    )
    scale = gamma / np.sqrt(variance + 1e-3)
    zero = mean - beta / scale
    threshold = network["bn"]
    assert isinstance(threshold, Threshold)
    np.testing.assert_allclose(np.where(scale > 0, threshold.low, threshold.high), zero, rtol=1e-9)
    assert np.all(np.isinf(np.where(scale > 0, threshold.high, threshold.low)))
    kernel = np.asarray(model.get_layer("c").kernel, np.float64)
    moved = network["c"].kernel
    np.testing.assert_allclose(moved, kernel * scale[:, None], rtol=1e-6)


def test_to_the_right_into_all_that_read_it():
    def build(x):
        x = layers.ReLU()(norm()(layers.MaxPooling2D(name="pool")(x)))
        one = layers.Conv2D(4, 3, padding="same", name="one")(x)
        two = layers.Conv2D(4, 1, name="two")(x)
        return layers.Add(name="sum")([one, two])

    _, network = read(build)
    assert kinds(network) == [
        ("pool", "max pooling"),
        ("bn", "threshold"),
        ("one_pad", "padding"),
        ("one", "convolution"),
        ("two", "convolution"),
        ("sum", "addition"),
    ]
    assert "moved into one and two behind it" in network.notes[0]


STAYS = {
    "leaky relu between": lambda x: layers.Conv2D(2, 3)(
        layers.LeakyReLU(0.25)(norm()(layers.ReLU()(x)))
    ),
    "strides that pad as the size says": lambda x: layers.Conv2D(2, 3, strides=2, padding="same")(
        norm()(layers.ReLU()(x))
    ),
    "pooling behind": lambda x: layers.Conv2D(2, 3)(
        layers.MaxPooling2D()(norm()(layers.ReLU()(x)))
    ),
    "also read by an addition": lambda x: _read_by_two(x),
    "at the end": lambda x: norm()(layers.GlobalAveragePooling2D()(layers.ReLU()(x))),
}


def _read_by_two(x):
    x = norm()(layers.Conv2D(4, 1, activation="relu")(x))
    return layers.Add()([x, layers.Conv2D(4, 1)(x)])


@pytest.mark.parametrize("build", STAYS.values(), ids=STAYS)
def test_or_it_stays_and_passes_relevance_one_to_one(build):
    _, network = read(build)
    assert network["bn"].kind == NORM
    assert network.notes == (
        "bn (batch normalization) stays a layer of its own: relevance passes it one to one.",
    )


def test_a_scale_of_zero_stays():
    """There is no value that BatchNorm would make zero, for the padding to stand for."""
    picture = keras.Input((6, 6, 3))
    x = norm()(layers.ReLU()(picture))
    model = keras.Model(picture, layers.Conv2D(2, 3, padding="same")(x))
    randomize(model, np.random.default_rng(0))
    gamma = model.get_layer("bn").gamma
    gamma.assign(np.asarray(gamma) * [1, 0, 1])
    network = Network.from_keras(model)
    x = random_input(model)
    np.testing.assert_allclose(network(x), np.asarray(model(x)), atol=1e-5)
    assert network["bn"].kind == NORM


def test_batch_norm_of_the_picture_counts_as_preprocessing():
    _, network = read(lambda x: layers.Flatten()(layers.Conv2D(2, 3, name="c")(norm()(x))))
    assert kinds(network)[0] == ("bn", NORM)
    assert network.reads_input(network["c"])


def test_rescaling_inside_is_folded_as_well():
    _, network = read(lambda x: layers.Rescaling(2, 1, name="r")(layers.Conv2D(2, 1, name="c")(x)))
    assert [name for name, _ in kinds(network)] == ["c"]
    assert network.notes == ("r (rescaling) is folded into c.",)


def test_relevance_that_reaches_what_the_padding_stands_for_is_booked_to_padding():
    def build(x):
        x = layers.ReLU()(norm()(layers.Conv2D(6, 1, activation="relu", name="before")(x)))
        x = layers.Conv2D(4, 3, padding="same", name="layer", activation="relu")(x)
        return layers.Dense(3, name="classes")(layers.Flatten()(x))

    _, network = read(build)
    x = random_input_like(network)
    for rules in ("z-plus", "epsilon-plus", "overview-vgg"):
        e = explain(network, x, rules=rules)
        pad = e["layer_pad"]
        booked = {entry for entry, value in pad.absorbed.items() if value and entry != "rounding"}
        assert booked == {"padding"}
        assert pad.total == pytest.approx(e["bn"].total + pad.absorbed["padding"], rel=1e-4)
        assert e["bn"].total == pytest.approx(e["before"].total, rel=1e-5)
        unit = e.unit("layer_pad", (0, 0, 0))
        assert unit.down[0].booked["padding"] == pytest.approx(unit.relevance)


def random_input_like(network):
    return np.random.default_rng(1).normal(size=network.input_shape).astype(np.float32)
