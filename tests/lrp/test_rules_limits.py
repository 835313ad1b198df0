"""Where one rule becomes another, and that a batch is nothing but its pictures."""

import numpy as np
import pytest

from lrp_widgets.lrp import rules
from share import share

SEEDS = range(8)


def case(seed, inputs=6, outputs=5):
    """A dense layer with signed inputs and biases, and relevance of both signs."""
    random = np.random.default_rng(seed)
    x, w = random.normal(size=inputs), random.normal(size=(outputs, inputs))
    return {"x": x, "w": w, "b": random.normal(size=outputs), "r": random.normal(size=outputs)}


def same(one, other, tolerance, **layer):
    down, absorbed = share(one, **layer)
    expected, book = share(other, **layer)
    scale = np.abs(expected).max()
    np.testing.assert_allclose(down, expected, atol=tolerance * scale)
    np.testing.assert_allclose(absorbed, book, atol=tolerance * scale)


@pytest.mark.parametrize("seed", SEEDS)
def test_epsilon_to_zero_is_lrp_0(seed):
    same(rules.Epsilon(1e-12), rules.Zero(), 1e-9, **case(seed))
    same(rules.Epsilon(1e-12, relative=True), rules.Zero(), 1e-9, **case(seed))
    same(rules.Gamma(0.0), rules.Zero(), 1e-12, **case(seed))
    same(rules.Gamma(0.0, generalized=True), rules.Zero(), 1e-12, **case(seed))


@pytest.mark.parametrize("seed", SEEDS)
def test_gamma_to_infinity_is_z_plus_with_bias(seed):
    layer = case(seed)
    layer["x"] = np.abs(layer["x"])  # behind a ReLU, which is what plain γ is for
    gains = np.maximum(layer["w"] * layer["x"], 0).sum(1) + np.maximum(layer["b"], 0)
    layer["r"] = np.where(gains > 0, layer["r"], 0)  # without gains γ has nothing to enlarge
    same(rules.Gamma(1e9), rules.ZPlus(bias=True), 1e-7, **layer)


@pytest.mark.parametrize("seed", SEEDS)
def test_generalised_gamma_to_infinity_is_the_part_of_the_sign_of_z(seed):
    layer = case(seed)
    z = layer["w"] @ layer["x"] + layer["b"]
    above = {**layer, "r": np.where(z > 0, layer["r"], 0)}
    same(rules.Gamma(1e9, generalized=True), rules.ZPlus(bias=True), 1e-7, **above)
    below = {**layer, "r": np.where(z < 0, layer["r"], 0)}
    down, _ = share(rules.Gamma(1e9, generalized=True), **below)
    products = np.minimum(layer["w"] * layer["x"], 0)
    part = products / (products.sum(1) + np.minimum(layer["b"], 0))[:, None]
    expected = (part * below["r"][:, None]).sum(0)
    np.testing.assert_allclose(down, expected, atol=1e-7 * np.abs(expected).max())


@pytest.mark.parametrize("seed", SEEDS)
def test_alpha_1_beta_0_is_z_plus_with_bias(seed):
    same(rules.AlphaBeta(1, 0), rules.ZPlus(bias=True), 1e-12, **case(seed))


@pytest.mark.parametrize("seed", SEEDS)
def test_z_box_around_zero_is_by_the_size_of_the_weights(seed):
    """Where l = −1, h = 1 and x = 0, each input's share is the size of its weight."""
    layer = {**case(seed), "x": np.zeros(6)}
    down, _ = share(rules.ZBox(-1.0, 1.0), **layer)
    size = np.abs(layer["w"])
    expected = (size / size.sum(1, keepdims=True) * layer["r"][:, None]).sum(0)
    np.testing.assert_allclose(down, expected, atol=1e-12)


ALL = [
    rules.ZPlus(),
    rules.Ones(),
    rules.Zero(),
    rules.Epsilon(0.25, relative=True),
    rules.Gamma(0.25),
    rules.Gamma(0.25, generalized=True),
    rules.AlphaBeta(2, 1),
    rules.WSquare(),
    rules.Flat(),
    rules.ZBox(-3.0, 3.0),
]


@pytest.mark.parametrize("rule", ALL, ids=repr)
def test_a_batch_is_its_pictures(rule):
    import tensorflow as tf

    from lrp_widgets.lrp.layer_context import LayerContext
    from lrp_widgets.lrp.propagation import step
    from lrp_widgets.networks.layers import Convolution

    random = np.random.default_rng(0)
    w, b = random.normal(size=(3, 3, 2, 4)), random.normal(size=4)
    layer = Convolution(name="conv", inputs=("input",), kernel=w, bias=b, padding="same")
    x, r = random.normal(size=(3, 5, 4, 2)), random.normal(size=(3, 5, 4, 4))

    def back(x, r):
        mask = tf.ones((1, 5, 4, 2), tf.float64)
        context = LayerContext(layer, tf.constant(x), tf.constant(w), tf.constant(b), mask)
        taken = step(rule, context, tf.constant(r), 1e-9)
        ([share], absorbed) = taken.relevance, taken.absorbed
        return share.numpy(), [np.broadcast_to(entry, len(x)) for entry in absorbed]

    together, book = back(x, r)
    for k in range(3):
        alone, entry = back(x[k : k + 1], r[k : k + 1])
        np.testing.assert_allclose(together[k], alone[0], rtol=1e-10, atol=1e-12)
        np.testing.assert_allclose([e[k] for e in book], [e[0] for e in entry], atol=1e-12)
