"""What holds for every network and picture, looked for by hypothesis."""

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from small import picture, small_vgg

from lrp_widgets import Network, explain
from lrp_widgets.lrp import rules
from lrp_widgets.networks.activations import Activation
from lrp_widgets.networks.layers import AveragePooling, Convolution, Input, Reshape

ACTIVATIONS = [Activation("relu"), Activation("leaky relu", 0.1), Activation("tanh")]

seeds = st.integers(0, 2**32 - 1)
poolings = st.sampled_from(["avg", "max"])
# Every example compiles a network: few of them, and no long hunt for the smallest failure.
calmly = settings(
    max_examples=8, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate]
)


@calmly
@given(seed=seeds, pooling=poolings, activation=st.sampled_from(ACTIVATIONS))
def test_what_the_start_gives_arrives_or_is_absorbed(seed, pooling, activation):
    network = small_vgg(seed, activation=activation)
    e = explain(network, picture(network, seed), pooling=pooling)
    absorbed = sum(
        layer.absorbed[key]
        for layer in e.layers
        for key in ("bias", "stabilizer", "dead", "padding")
    )
    assert e.totals["input"] + absorbed == pytest.approx(e.start_total, abs=1e-4)
    assert e.pixels.min() >= 0  # z⁺ keeps the sign of the initial relevance


@calmly
@given(seed=seeds, pooling=poolings)
def test_without_biases_and_dead_units_everything_arrives(seed, pooling):
    network = small_vgg(seed).randomized(seed)
    e = explain(network, picture(network, seed), pooling=pooling)
    dead = sum(layer.absorbed["dead"] for layer in e.layers)
    assert all(layer.absorbed["bias"] == 0 for layer in e.layers)
    assert e.totals["input"] + dead == pytest.approx(1, abs=1e-4)


@calmly
@given(seed=seeds, exponent=st.integers(-38, 12), zeros=st.booleans())
def test_maps_are_finite_for_tiny_and_large_inputs(seed, exponent, zeros):
    network = small_vgg(seed)
    x = np.random.default_rng(seed).normal(size=(8, 10, 3)) * 10.0**exponent
    x *= 0 if zeros else 1
    for epsilon in (0.0, 1e-9):
        e = explain(network, x.astype(np.float32), epsilon=epsilon, input_rule=None)
        for layer in e.layers:
            assert np.isfinite(layer.relevance).all()
            assert np.isfinite(list(layer.absorbed.values())).all()


@calmly
@given(seed=seeds, rule=st.sampled_from([rules.ZPlus(), rules.AlphaBeta(2, 1), rules.Gamma(0.5)]))
def test_relevance_is_linear_in_the_start(seed, rule):
    """The map of a contrast is the map of its one logit minus that of the other."""
    network = small_vgg(seed)
    image = picture(network, seed)
    both = explain(network, image, rule, start="contrast", target=0, other=1, dtype="float64")
    one = explain(network, image, rule, start="logit", target=0, dtype="float64")
    other = explain(network, image, rule, start="logit", target=1, dtype="float64")
    scale = max(np.abs(one.pixels).max(), np.abs(other.pixels).max())
    np.testing.assert_allclose(both.pixels, one.pixels - other.pixels, atol=1e-9 * scale)


@calmly
@given(seed=seeds)
def test_lrp_0_is_gradient_times_input_on_a_relu_network(seed):
    """With the bias in the denominator, winner-take-all and a logit (Ancona et al. 2018)."""
    network = small_vgg(seed)
    layers = [layer for layer in network.layers if layer.name not in ("scale", "pad")]
    first = next(layer for layer in layers if isinstance(layer, Convolution))
    first.inputs, first.padding = ("input",), "same"
    network = Network(layers)
    is_gradient_times_input(network, np.random.default_rng(seed).normal(size=(8, 10, 3)))


@pytest.mark.parametrize("seed", range(4))
def test_lrp_0_is_gradient_times_input_behind_batchnorm_moved_on(seed):
    """Where a BatchNorm is clipped the gradient is 0, and so is what it puts out."""
    import keras
    from keras import layers
    from random_models import randomize

    x = picture = keras.Input((8, 10, 3))
    x = layers.MaxPooling2D(2, 1)(layers.Conv2D(4, 3, padding="same")(x))
    for activation in (layers.ReLU(), layers.LeakyReLU(0.125), layers.Identity()):
        y = activation(layers.BatchNormalization()(x))
        x = layers.Concatenate()([x, layers.Conv2D(4, 3, padding="same")(y)])
    x = layers.Conv2D(4, 1, activation="relu")(layers.BatchNormalization()(x))
    model = keras.Model(picture, layers.Dense(4)(layers.Flatten()(x)))
    randomize(model, np.random.default_rng(seed))
    network = Network.from_keras(model)
    assert sum(layer.kind == "shift" for layer in network.layers) == 4
    e = is_gradient_times_input(network, np.random.default_rng(seed).normal(size=(8, 10, 3)))
    clipped = next(layer for layer in e.layers if layer.kind == "shift")
    assert np.any(clipped.activation == 0) and not np.any(
        clipped.relevance[clipped.activation == 0]
    )
    assert all(abs(layer.absorbed["bias"]) > 1e-3 for layer in e.layers if layer.kind == "shift")


def is_gradient_times_input(network, x):
    e, expected = lrp_0_and_gradient_times_input(network, x, target=2)
    np.testing.assert_allclose(e.pixels, expected, atol=1e-8 * np.abs(expected).max())
    return e


def lrp_0_and_gradient_times_input(network, x, target, pooling="max"):
    import tensorflow as tf

    settings = {"pooling": pooling, "start": "logit", "target": target, "input_rule": None}
    e = explain(network, x, rules.Zero(), dtype="float64", **settings)
    tensor = tf.constant(x[None])
    with tf.GradientTape() as tape:
        tape.watch(tensor)
        logit = network.forward_pass(tensor, network.tensors("float64"))[1][0, target]
    return e, (tape.gradient(logit, tensor) * tensor)[0].numpy()


def of_two_pixels(second):
    """A network of two pixels of one channel, `second` its one layer before a flatten."""
    second.name, second.inputs = "second", ("input",)
    return Network(
        [Input(name="input", shape=(1, 2, 1)), second, Reshape(name="out", inputs=("second",))],
        class_names=["the one output"],
    )


def test_lrp_0_at_a_relu6_is_not_gradient_times_input_once_it_is_limited():
    network = of_two_pixels(
        Convolution(name="", kernel=np.array([[[[2.0]], [[1.0]]]]), activation=Activation("relu6"))
    )
    e, expected = lrp_0_and_gradient_times_input(network, np.array([[[1.0], [3.0]]]), 0)
    np.testing.assert_allclose(e.pixels, expected)  # 2 + 3 = 5 is below the limit
    e, expected = lrp_0_and_gradient_times_input(network, np.array([[[2.0], [4.0]]]), 0)
    np.testing.assert_allclose(e.pixels.ravel(), [3, 3])  # the 6 goes down as 4 : 4
    np.testing.assert_array_equal(expected, 0)


def test_lrp_0_at_average_pooling_is_not_gradient_times_input_where_signs_meet():
    network = of_two_pixels(AveragePooling(name="", size=(1, 2), strides=(1, 2)))
    e, expected = lrp_0_and_gradient_times_input(network, np.array([[[1.0], [3.0]]]), 0, "avg")
    np.testing.assert_allclose(e.pixels, expected)
    e, expected = lrp_0_and_gradient_times_input(network, np.array([[[-1.0], [3.0]]]), 0, "avg")
    np.testing.assert_allclose(e.pixels.ravel(), [0, 1])
    np.testing.assert_allclose(expected.ravel(), [-0.5, 1.5])


def test_a_wrong_rule_would_be_noticed():
    """Conservation alone proves nothing: flat conserves as well, and gives another map."""
    network = small_vgg(0).randomized(3)
    image = picture(network, 0)
    right, wrong = explain(network, image), explain(network, image, rules.Flat())
    for e in (right, wrong):
        dead = sum(layer.absorbed["dead"] for layer in e.layers)
        assert e.totals["input"] + dead == pytest.approx(1, abs=1e-4)
    assert np.abs(right.pixels - wrong.pixels).max() > 0.1 * right.pixels.max()
