"""What rules add up in large dense layers comes along with the forward pass, and is the same."""

import numpy as np
import pytest
import tensorflow as tf
from small import small_vgg

from lrp_widgets import explain
from lrp_widgets.lrp import rules
from lrp_widgets.lrp.engine.constants import Constants
from lrp_widgets.lrp.engine.passes import Passes
from lrp_widgets.lrp.engine.runner import runner_of
from lrp_widgets.lrp.live_frame import explain_frame
from lrp_widgets.networks import blocked_dense

TAKEN = [
    rules.ZPlus(),
    rules.ZPlus(bias=True),
    rules.AlphaBeta(2, 1),
    rules.Flat(),
    rules.WSquare(),
    rules.WSquare(bias=True),
]
LEFT = [rules.Gamma(0.5), rules.Gamma(0.5, generalized=True), rules.Epsilon(0.1), rules.Zero()]


@pytest.fixture
def blocks(monkeypatch):
    monkeypatch.setattr(blocked_dense, "LARGE", 0)
    monkeypatch.setattr(blocked_dense, "BLOCK", 12)  # 7 units of fc one row at a time, 5 of out two


@pytest.fixture
def looks(monkeypatch):
    """How often rows of a layer's weights were fetched, in all blocks together."""
    fetched = []
    rows_of = blocked_dense.rows_of

    def watched(layer, w, rows):
        fetched.append(layer.name)
        return rows_of(layer, w, rows)

    monkeypatch.setattr(blocked_dense, "rows_of", watched)
    return fetched


def picture(seed=0, count=None):
    shape = (8, 10, 3) if count is None else (count, 8, 10, 3)
    return np.random.default_rng(seed).integers(0, 256, shape, np.uint8)


def passed(network, rule, x):
    """The outputs and logits of a forward pass, and what the rule adds up on the way."""
    passes = Passes(network, Constants(), {layer.name: rule for layer in network.weighted})
    found, products = passes.forward(network.tensors("float64"), x)
    return passes, found, products


@pytest.mark.parametrize("activation", ["relu", None])
@pytest.mark.parametrize("rule", TAKEN, ids=repr)
def test_it_is_what_the_walk_back_would_add_up(rule, activation, blocks):
    network = small_vgg() if activation else small_vgg(activation=None)
    x = tf.constant(network.preprocess(picture(count=3)), tf.float64)
    passes, found, added_up = passed(network, rule, x)
    outputs, logits = found.outputs, found.logits
    assert set(added_up) == {"fc", "out"}
    expected, expected_logits = network.forward_pass(x, network.tensors("float64"))
    np.testing.assert_allclose(logits, expected_logits, rtol=1e-12, atol=1e-14)
    for name, output in expected.items():
        np.testing.assert_allclose(outputs[name], output, rtol=1e-12, atol=1e-14)
    alone = passes.products(network.tensors("float64"), found)
    for name, products in added_up.items():
        assert set(products) == set(alone[name])
        for pair, product in products.items():
            np.testing.assert_allclose(product, alone[name][pair], rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("rule", LEFT, ids=repr)
def test_a_rule_that_asks_for_z_or_changes_its_weights_waits(rule, blocks):
    network = small_vgg()
    x = tf.constant(network.preprocess(picture()[None]), tf.float64)
    *_, added_up = passed(network, rule, x)
    assert not added_up


@pytest.mark.parametrize("rule", TAKEN, ids=repr)
def test_weights_are_fetched_once_forwards_and_once_backwards(rule, blocks, looks, monkeypatch):
    linear, whole = blocked_dense.Dense.linear, []

    def watched(self, x, w):
        whole.extend([self.name] * (w.shape[0] == self.kernel.shape[0]))
        return linear(self, x, w)

    monkeypatch.setattr(blocked_dense.Dense, "linear", watched)
    network = small_vgg()
    explain(network, picture(), rule)
    assert not whole  # no product with all weights of a layer
    shape = network["out"].kernel.shape
    skips = not any(x.moves_zero for part in rule.sums for x, _ in part.pairs)
    skipped = skips and np.sum(runner_of(network).last.passed.outputs["fc"] == 0)
    found = -(-(shape[0] - int(skipped)) // (12 // shape[1]))
    assert looks.count("out") == 2 * found


def test_a_question_that_fails_leaves_nothing_behind(blocks):
    network = small_vgg()
    explain(network, picture(0), "z-plus")
    with pytest.raises(ValueError, match="class"):
        explain(network, picture(1), "z-plus", start="logit", target=17)
    again = explain(network, picture(0), "z-plus", start="logit", target=1)
    fresh = explain(small_vgg(), picture(0), "z-plus", start="logit", target=1)
    for ours, theirs in zip(again.layers, fresh.layers, strict=True):
        np.testing.assert_allclose(ours.relevance, theirs.relevance, rtol=1e-5, atol=1e-8)


def test_another_rule_of_the_same_picture_adds_up_its_own(blocks):
    network = small_vgg()
    for rule in (*TAKEN, *LEFT, *reversed(TAKEN)):
        e, fresh = explain(network, picture(), rule), explain(small_vgg(), picture(), rule)
        for ours, theirs in zip(e.layers, fresh.layers, strict=True):
            largest = np.abs(theirs.relevance).max()
            np.testing.assert_allclose(
                ours.relevance, theirs.relevance, rtol=0, atol=1e-5 * largest
            )


@pytest.mark.parametrize("rule", [*TAKEN, *LEFT], ids=repr)
def test_at_once_too(rule, blocks):
    network = small_vgg()
    frames = [picture(seed) for seed in range(9)]  # directly at first, then compiled
    for frame in frames:
        found = explain_frame(network, frame, rules=rule).relevance
        expected = explain(small_vgg(), frame, rule).pixels.sum(-1)
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-5 * np.abs(expected).max())


def test_on_a_gpu_large_layers_are_taken_whole(blocks, looks, monkeypatch):
    expected = explain(small_vgg(), picture(), "z-plus")
    assert looks
    looks.clear()
    monkeypatch.setattr(blocked_dense, "gpus", lambda: ["GPU:0"])
    found = explain(small_vgg(), picture(), "z-plus")
    assert not looks
    for ours, theirs in zip(found.layers, expected.layers, strict=True):
        np.testing.assert_allclose(ours.relevance, theirs.relevance, rtol=1e-5, atol=1e-8)
