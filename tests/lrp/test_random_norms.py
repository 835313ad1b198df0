"""BatchNorm in every position, on networks that are drawn: the promises hold for all of them.

The ledger's rounding is below 1e-5 of Σ|R|, of the larger side of a layer: what it holds, or what
it hands on and books. (Under LRP-0 a layer can hand on 10,000 times what it holds; the digits of
float32 are relative to that.) LRP-0 is gradient × input, and the forward pass is as exact as
float32 allows.
"""

import numpy as np
import pytest
import tensorflow as tf
from random_norms import model_with_norms

from lrp_widgets import Network, explain
from lrp_widgets.lrp import rules
from lrp_widgets.lrp.layer_result import ABSORBED

RULES = ("zero", "epsilon:1e-6", "gamma:0.25", "alpha-beta:2", "z-plus", "epsilon-plus")
RULES += ("epsilon-gamma-box", "overview-vgg")


def check(seed, count):
    """One drawn network under `count` of the rules."""
    model, picture = model_with_norms(seed)
    network = Network.from_keras(model)
    forward_is_as_exact_as_float32_allows(network, model, picture)
    for k in range(count):
        name = RULES[(seed + k) % len(RULES)]
        e = explain(network, picture, rules=name, start="logit")
        for layer in e.layers[1:]:
            assert np.isfinite(layer.relevance).all(), (name, layer.name)
            sources = [e[source].relevance for source in network[layer.name].inputs]
            sides = (
                np.abs(layer.relevance).sum(dtype=np.float64),
                sum(np.abs(each).sum(dtype=np.float64) for each in sources),
                sum(abs(layer.absorbed[key]) for key in ABSORBED),
            )
            assert abs(layer.absorbed["rounding"]) <= 1e-5 * max(sides), (name, layer.name)
    is_gradient_times_input(network, picture)


def forward_is_as_exact_as_float32_allows(network, model, picture):
    """Within 10 times what rounding each layer's output does in float64, or what Keras does."""
    x = tf.constant(picture[None], tf.float64)
    tensors, random = network.tensors("float64"), np.random.default_rng(0)
    last = network.layers[-1].name

    def rounded(layer, outputs):
        z = network.combine(tensors, layer, outputs)
        return z * (1 + 2.0**-24 * random.standard_normal(z.shape))

    exact = network(picture[None], "float64")
    draws = [network.walk(x, tensors, combine=rounded)[0][last] for _ in range(4)]
    draws.append(np.asarray(model(picture[None], training=False)))
    inherent = max(np.abs(each - exact).max() for each in draws)
    ours = np.abs(network(picture[None]) - exact).max()
    assert ours <= 10 * inherent + 1e-6 * np.abs(exact).max()


def is_gradient_times_input(network, picture):
    """In float64, down to where the picture has been prepared; means share by strength alone."""
    if any("average" in layer.kind for layer in network.layers):
        return

    settings = {"rules": "zero", "pooling": "max", "start": "logit", "target": 1}
    e = explain(network, picture, input_rule=None, dtype="float64", **settings)
    prepared = "input"  # R_i = R_j in what prepares the picture, also under LRP-0
    while isinstance(e[_reader(network, prepared)].rule, rules.Pass):
        prepared = _reader(network, prepared)
    x = tf.constant(picture[None], tf.float64)
    with tf.GradientTape() as tape:
        tape.watch(x)
        outputs, logits = network.walk(x, network.tensors("float64"))
        logit = logits[0, 1]
    expected = (tape.gradient(logit, outputs[prepared]) * outputs[prepared])[0].numpy()
    scale = max(np.abs(e[name].relevance).max() for name in e.totals)
    assert np.abs(e[prepared].relevance - expected).max() <= 2e-9 * scale


def _reader(network, name):
    return next(layer.name for layer in network.layers if name in layer.inputs)


@pytest.mark.parametrize("seed", range(24))
def test_networks_with_norms_everywhere(seed):
    check(seed, 2)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1000, 2000))
def test_a_thousand_networks_with_norms_everywhere(seed):
    check(seed, len(RULES))
