"""BatchNorm moved left, right or nowhere: the network computes the same, and says what was done."""

import keras
import numpy as np
import pytest
from keras import layers
from random_models import random_input, randomize

from lrp_widgets import Network, explain
from lrp_widgets.networks.layers import Padding

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
@pytest.mark.parametrize("activation", [layers.ReLU, layers.LeakyReLU, None])
def test_to_the_right(layer, activation):
    """Behind an activation: BatchNorm (→ ReLU) → layer, with scales of either sign."""

    def build(x):
        x = norm()(layers.Conv2D(6, 1, activation="relu", name="before")(x))
        return layer()(activation(name="act")(x) if activation else x)

    model, network = read(build)
    assert np.any(np.asarray(model.get_layer("bn").gamma) < 0)
    assert [name for name, _ in kinds(network)] == ["before", "bn", "layer"]
    assert network["bn"].kind == "shift" and set(network["bn"].scale) == {1, -1}
    assert (network["bn"].activation is not None) == (activation is not None)
    theirs = model.get_layer("layer")
    assert network["layer"].bias is None or np.array_equal(network["layer"].bias, theirs.bias)
    assert getattr(theirs, "padding", "") == getattr(network["layer"], "padding", "")
    assert network.notes == (
        "bn (batch normalization) is moved into layer behind it: what is left of it subtracts a "
        "limit.",
    )


def test_what_is_left_behind():
    """ReLU(s·x + o) = |s| · max(± (x − t), 0) with t = −o/s, and what is clipped is exactly 0."""
    model, network = read(
        lambda x: layers.Conv2D(2, 1, name="c")(layers.ReLU()(norm()(layers.ReLU(name="r")(x)))),
        shape=(None, None, 3),
    )
    gamma, beta, mean, variance = (
        np.asarray(w, np.float64) for w in model.get_layer("bn").get_weights()
    )
    scale = gamma / np.sqrt(variance + 1e-3)
    zero = mean - beta / scale
    bn = network["bn"]
    np.testing.assert_array_equal(bn.scale, np.sign(scale))
    np.testing.assert_allclose(-bn.bias / bn.scale, zero, rtol=1e-9)
    x = random_input(model)
    values = network.forward(x)
    sign = np.sign(scale)
    expected = np.maximum(sign * (np.maximum(x, 0) - zero), 0)
    np.testing.assert_allclose(values["bn"], expected, atol=1e-6)
    clipped = sign * (np.maximum(x, 0) - zero) < -1e-6
    assert clipped.any() and not values["bn"][clipped].any()
    kernel = np.asarray(model.get_layer("c").kernel, np.float64)
    np.testing.assert_allclose(network["c"].kernel, kernel * np.abs(scale)[:, None], rtol=1e-6)


def test_to_the_right_into_all_that_read_it():
    def build(x):
        x = layers.ReLU()(norm()(layers.MaxPooling2D(name="pool")(x)))
        one = layers.Conv2D(4, 3, strides=2, padding="same", name="one")(x)
        two = layers.Conv2D(4, 1, strides=2, name="two")(x)
        return layers.Add(name="sum")([one, two])

    _, network = read(build)
    assert kinds(network) == [
        ("pool", "max pooling"),
        ("bn", "shift"),
        ("one", "convolution"),
        ("two", "convolution"),
        ("sum", "addition"),
    ]
    assert "moved into one and two behind it" in network.notes[0]


STAYS = {
    "relu6 between": lambda x: layers.Conv2D(2, 3)(layers.ReLU(6)(norm()(layers.ReLU()(x)))),
    "tanh between": lambda x: layers.Dense(2)(
        layers.Activation("tanh")(norm()(layers.Flatten()(layers.ReLU()(x))))
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
def test_or_it_stays(build):
    _, network = read(build)
    assert network["bn"].kind == NORM
    assert network.notes == (
        "bn (batch normalization) stays a layer of its own: LRP-0 and ε count its offset as a "
        "bias, other rules pass relevance one to one.",
    )


@pytest.mark.parametrize("beta", [0.5, -0.5])
def test_a_scale_of_zero_keeps_no_other_channel_behind(beta):
    """It is the constant max(b, 0), all of it bias; padding is 0 there as everywhere."""
    picture = keras.Input((6, 6, 3))
    x = layers.ReLU()(norm()(layers.ReLU()(picture)))
    x = layers.Conv2D(2, 3, padding="same", name="c", activation="relu")(x)
    model = keras.Model(picture, layers.Dense(2)(layers.Flatten()(x)))
    randomize(model, np.random.default_rng(0))
    bn = model.get_layer("bn")
    bn.gamma.assign(np.asarray(bn.gamma) * [1, 0, 1e-20])
    bn.beta.assign([0.3, beta, beta])
    network = Network.from_keras(model)
    x = random_input(model)
    np.testing.assert_allclose(network(x), np.asarray(model(x)), atol=1e-5)
    assert network["bn"].kind == "shift"
    values = network.forward(x)["bn"]
    np.testing.assert_array_equal(values[..., 1:], np.float32(max(beta, 0)))
    for rules in ("zero", "z-plus", "epsilon:0.1"):
        e = explain(network, x[0], rules=rules, input_rule=None)
        constant = e["bn"].relevance[..., 1].sum(dtype=np.float64)
        assert (constant != 0) == (beta > 0)
        assert not e["input"].relevance[..., 1].any()
        if rules == "z-plus":
            assert e["bn"].absorbed["bias"] == pytest.approx(constant)
        for channel in (0, 1):
            unit = e.unit("bn", (2, 3, channel))
            down = unit.down[0]
            handed = down.relevance.sum() + sum(down.absorbed.values())
            assert handed == pytest.approx(unit.relevance, abs=1e-9)


@pytest.mark.parametrize("far", [0, 30, 1000, -1000])
def test_far_from_zero_the_difference_is_exact(far):
    """BatchNorm's own float32 error at 1,000 deviations is 5e-5; x − mean first has none."""
    random = np.random.default_rng(0)
    x = (far + random.standard_normal((400, 6))).astype(np.float32)
    picture = keras.Input((6,))
    model = keras.Model(picture, layers.Dense(4)(layers.ReLU()(norm()(layers.ReLU()(picture)))))
    randomize(model, random)
    model.get_layer("bn").moving_mean.assign(np.full(6, far) + random.standard_normal(6))
    network = Network.from_keras(model)
    exact = network.forward(x.astype(np.float64), "float64")
    found = network.forward(x)
    for name in ("bn", network.layers[-1].name):
        assert np.abs(found[name] - exact[name]).max() <= 5e-7 * np.abs(exact[name]).max()
    assert np.array_equal(found["bn"] == 0, exact["bn"] == 0)


def test_batch_norm_of_the_picture_counts_as_preprocessing():
    _, network = read(lambda x: layers.Flatten()(layers.Conv2D(2, 3, name="c")(norm()(x))))
    assert kinds(network)[0] == ("bn", NORM)
    assert network.reads_input(network["c"])


def test_rescaling_inside_is_folded_as_well():
    _, network = read(lambda x: layers.Rescaling(2, 1, name="r")(layers.Conv2D(2, 1, name="c")(x)))
    assert [name for name, _ in kinds(network)] == ["c"]
    assert network.notes == ("r (rescaling) is folded into c.",)


def test_padding_is_zero_again_and_no_pad_takes_relevance():
    def build(x):
        x = layers.ReLU()(norm()(layers.Conv2D(6, 1, activation="relu", name="before")(x)))
        x = layers.Conv2D(4, 3, padding="same", name="layer", activation="relu")(x)
        return layers.Dense(3, name="classes")(layers.Flatten()(x))

    _, network = read(build)
    assert not any(isinstance(layer, Padding) for layer in network.layers)
    x = random_input_like(network)
    e = explain(network, x, rules="z-plus")
    assert e["layer"].absorbed["padding"] == e["bn"].absorbed["padding"] == 0
    assert not e["bn"].relevance[e["bn"].activation == 0].any()
    assert e["bn"].total == pytest.approx(e["before"].total, rel=1e-5)


def test_what_reaches_padding_in_front_of_a_norm_is_the_padding_s():
    def build(x):
        x = layers.ZeroPadding2D(1, name="pad")(layers.Conv2D(6, 1, name="before")(x))
        x = layers.Conv2D(4, 3, name="layer")(layers.ReLU()(norm()(x)))
        return layers.Dense(3, name="classes")(layers.Flatten()(x))

    _, network = read(build)
    x = random_input_like(network)
    for rules, where in (("z-plus", "pad"), ("zero", "bn")):
        e = explain(network, x, rules=rules, start="logit", input_rule=None)
        inside = e["bn"].relevance[1:-1, 1:-1].sum(dtype=np.float64)
        outside = e["bn"].relevance.sum(dtype=np.float64) - inside
        assert e[where].absorbed["padding"] == pytest.approx(outside, rel=1e-4)
        assert abs(outside) > 1e-3
        unit = max(range(6), key=lambda k: abs(e["bn"].relevance[0, 0, k]))
        down = e.unit("bn", (0, 0, unit)).down[0]
        handed = down.relevance.sum() + sum(down.absorbed.values())
        assert handed == pytest.approx(e["bn"].relevance[0, 0, unit], rel=1e-6)
        assert (down.absorbed["padding"] != 0) == (rules == "zero")


def random_input_like(network):
    return np.random.default_rng(1).normal(size=network.input_shape).astype(np.float32)


@pytest.mark.parametrize("far", [0, 1000])
def test_a_mean_far_from_zero_is_no_bias_that_cancels(far):
    """Folded, the bias would be 1,000 times what is put out, and the ledger lose digits."""
    picture = keras.Input((6,))
    x = layers.Dense(5, name="fc")(picture)
    model = keras.Model(picture, layers.Dense(1)(layers.ReLU()(norm()(x))))
    randomize(model, np.random.default_rng(0))
    kernel, mean = model.get_layer("fc").kernel, model.get_layer("bn").moving_mean
    kernel.assign(np.asarray(kernel) + np.eye(6)[:, :1] * far)  # what the first input adds, 1 below
    mean.assign(np.asarray(mean) + far)
    network = Network.from_keras(model)
    assert ("bn" in dict(kinds(network))) == (far > 0)
    if far:
        assert "only the signs of its scale are folded into fc" in network.notes[0]
    x = random_input_like(network)
    x[0] = 1
    exact = network(x[None].astype(np.float64), "float64")
    assert np.abs(network(x[None]) - exact).max() <= 1e-4 * np.abs(exact).max()
    for rules in ("zero", "epsilon:1e-6", "gamma:0.25", "alpha-beta:2", "z-plus"):
        e = explain(network, x, rules=rules, start="logit", input_rule=None)
        for layer in e.layers[1:]:
            size = np.abs(layer.relevance).sum(dtype=np.float64)
            assert abs(layer.absorbed["rounding"]) <= 1e-5 * size, (rules, layer.name)


def test_rules_without_biases_share_as_if_a_far_mean_were_folded(monkeypatch):
    from lrp_widgets.networks import canonize

    def build():
        picture = keras.Input((6,))
        x = layers.Dense(5, name="fc")(picture)
        model = keras.Model(picture, layers.Dense(1)(layers.ReLU()(norm()(x))))
        randomize(model, np.random.default_rng(3))
        model.get_layer("bn").moving_mean.assign(np.asarray(model.get_layer("bn").moving_mean) - 9)
        return Network.from_keras(model)

    folded = build()
    monkeypatch.setattr(canonize, "FAR", 1)
    apart = build()
    assert "bn" in dict(kinds(apart)) and "bn" not in dict(kinds(folded))
    x = random_input_like(apart).astype(np.float64)
    for rules in ("z-plus", "zero"):
        settings = dict(rules=rules, start="logit", input_rule=None, dtype="float64")
        maps = [explain(network, x, **settings).pixels for network in (folded, apart)]
        np.testing.assert_allclose(*maps, atol=1e-9 * np.abs(maps[0]).max())
