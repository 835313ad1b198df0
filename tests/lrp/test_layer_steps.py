"""The four steps of a layer: what is shown is what was propagated, and the sums written out."""

import numpy as np
import oracle
import pytest
from branching import branching
from check_steps import check_steps
from small import flexible, picture, small_vgg

from lrp_widgets import explain, load_network
from lrp_widgets.lrp import rules
from lrp_widgets.lrp.layer_steps import four_steps
from lrp_widgets.media.scenes import draw_scene
from lrp_widgets.networks.activations import Activation
from lrp_widgets.networks.layers import Convolution, Weighted
from lrp_widgets.networks.network import Network

RULES = [
    rules.ZPlus(),
    rules.ZPlus(bias=True),
    rules.AlphaBeta(2, 1),
    rules.Epsilon(0.1),
    rules.Epsilon(0.1, relative=True),
    rules.Zero(),
    rules.Gamma(0.25),
    rules.Gamma(0.25, generalized=True),
    rules.WSquare(),
    rules.Flat(),
    rules.ZBox(-2.0, 3.0),
]


def leaky(**settings):
    return small_vgg(1, activation=Activation("leaky relu", 0.1), **settings)


@pytest.mark.parametrize("pooling", ["avg", "max"])
def test_every_layer_of_mini_vgg_ends_at_the_relevance_below(pooling):
    network = load_network("mini-vgg")
    e = explain(network, draw_scene(3).image, pooling=pooling)
    assert check_steps(e, network, 1e-5) == 14


@pytest.mark.parametrize("rule", RULES, ids=str)
def test_every_rule_with_inputs_of_both_signs(rule):
    network = leaky()
    e = explain(network, picture(network), rule, input_rule=None, dtype="float64")
    assert check_steps(e, network, 1e-10) == 5


@pytest.mark.parametrize(
    ("rule", "pooling"),
    [
        ("z-plus", "avg"),
        ("z-plus", "max"),
        (rules.Zero(), "avg"),
        (rules.Epsilon(0.1), "avg"),
        (rules.Epsilon(0.1, relative=True), "avg"),
    ],
    ids=str,
)
def test_a_network_that_branches(rule, pooling):
    network = branching(np.random.default_rng(3))
    x = np.random.default_rng(4).normal(size=(6, 5, 2))
    e = explain(network, x, rule, pooling, input_rule=rules.Flat(), dtype="float64")
    assert check_steps(e, network, 1e-10) > 2
    added = [layer for layer in network.layers if layer.kind == "addition"]
    assert added
    for layer in added:
        terms = four_steps(e, layer.name).steps["R"].terms
        assert [term.layer for term in terms] == list(layer.inputs)


def written_out(e, network, name):
    """z, s, c and R by loops: {step: [array, …]}, under z⁺, αβ or proportional sharing."""
    layer, rule = network[name], e[name].rule
    x, relevance = np.float64(e[layer.inputs[0]].activation), np.float64(e[name].relevance)
    if isinstance(layer, Weighted):
        _, links = oracle.connections(layer, x.shape)
        alpha = isinstance(rule, rules.AlphaBeta)
        signs = [(1, rule.alpha), (-1, -rule.beta)] if alpha else [(1, 1.0)]
    else:
        _, places = oracle.windows(layer, x.shape)
        links = {j: [(i, 1.0) for i in here] for j, here in places.items()}
        alpha, signs = False, [(1, 1.0)]
    epsilon = e.settings["epsilon"] if isinstance(layer, Weighted) else 0.0
    made = {"z": [], "s": [], "c": [], "R": [np.zeros_like(x)]}
    for sign, factor in signs:
        z, s = np.zeros_like(relevance), np.zeros_like(relevance)
        pairs = [np.zeros_like(x), np.zeros_like(x)]  # c towards positive and negative inputs
        for j, here in links.items():
            bias = float(layer.bias[j[-1]]) if alpha and layer.bias is not None else 0.0
            z[j] = sum(max(sign * x[i] * w, 0) for i, w in here) + max(sign * bias, 0) + epsilon
            z[j] *= sign
            s[j] = relevance[j] / z[j] if abs(z[j]) > epsilon else 0.0
            for i, w in here:
                pairs[0][i] += s[j] * max(sign * w, 0) * sign
                pairs[1][i] += s[j] * min(sign * w, 0) * sign
        made["z"].append(z)
        made["s"].append(s)
        made["c"] += pairs
        made["R"][0] += factor * (np.maximum(x, 0) * pairs[0] + np.minimum(x, 0) * pairs[1])
    return made


@pytest.mark.parametrize("rule", [rules.ZPlus(), rules.AlphaBeta(2, 1)], ids=str)
@pytest.mark.parametrize(
    ("strides", "padding", "size"),
    [((1, 1), "same", (3, 3)), ((2, 1), "same", (3, 2)), ((2, 2), "valid", (2, 3))],
)
def test_a_convolution_written_out(rule, strides, padding, size):
    random = np.random.default_rng(7)
    network = leaky()
    kernel = random.normal(size=(*size, 6, 3)).astype(np.float32)
    conv = Convolution(
        name="conv2",
        inputs=("conv1",),
        kernel=kernel,
        bias=random.normal(size=3).astype(np.float32),
        strides=strides,
        padding=padding,
    )
    end = flexible().layers[-1]
    end = type(end)(name="average", inputs=("conv2",), activation=end.activation)
    layers = [*network.layers[:4], conv, end]
    network = Network(layers, name="strided")
    e = explain(network, picture(network), rule, dtype="float64")
    found, expected = four_steps(e, "conv2").steps, written_out(e, network, "conv2")
    for step in "zscR":
        shown = [term.values for term in found[step].terms]
        assert len(shown) == len(expected[step])
        for given, wanted in zip(shown, expected[step], strict=True):
            scale = np.abs(wanted).max()
            np.testing.assert_allclose(given, wanted, atol=1e-12 * scale, rtol=1e-9)


@pytest.mark.parametrize("name", ["fc", "pool"])
def test_layers_after_relu_written_out(name):
    network = small_vgg(2)
    e = explain(network, picture(network), dtype="float64")
    found, expected = four_steps(e, name).steps, written_out(e, network, name)
    for step in "zscR":
        (term,) = found[step].terms
        np.testing.assert_allclose(term.values, expected[step][0], rtol=1e-9, atol=1e-15)


def test_the_winner_takes_steps_of_its_own():
    network = small_vgg(2)
    e = explain(network, picture(network), pooling="max", dtype="float64")
    found = four_steps(e, "pool")
    assert found.lines[0].startswith("m_j")
    x = e["conv2"].activation
    largest = x.reshape(4, 2, 5, 2, 4).max((1, 3))
    np.testing.assert_array_equal(found.steps["z"].terms[0].values, largest)
    won = found.steps["s"].terms[0].values
    assert won.shape == x.shape and won.sum() == largest.size
    np.testing.assert_array_equal(x[won == 1].sum(), x[won > 0].sum())
    np.testing.assert_array_equal(found.steps["c"].terms[0].values[won == 0], 0)


def test_a_huge_dense_layer_is_taken_in_blocks(monkeypatch):
    network = leaky()
    e = explain(network, picture(network), rules.AlphaBeta(2, 1), dtype="float64")
    whole = four_steps(e, "fc").steps
    monkeypatch.setattr("lrp_widgets.networks.blocked_dense.LARGE", 0)
    monkeypatch.setattr("lrp_widgets.networks.blocked_dense.BLOCK", 12)
    for key, step in four_steps(e, "fc").steps.items():
        for term, other in zip(step.terms, whole[key].terms, strict=True):
            assert term.label == other.label
            np.testing.assert_allclose(term.values, other.values, rtol=1e-12, atol=1e-15)


def test_the_first_layer_reads_ones_and_keeps_the_pictures_channel_order():
    network = flexible()  # reads blue first
    e = explain(network, picture(network))
    found = four_steps(e, "conv")
    assert found.ones and (found.x[0].values == 1).all()
    np.testing.assert_allclose(
        found.steps["R"].terms[0].values, e["input"].relevance, rtol=1e-5, atol=1e-9
    )


def test_as_many_lines_as_steps_with_the_right_signs():
    network = leaky()
    e = explain(network, picture(network), rules.AlphaBeta(2, 1))
    found = four_steps(e, "conv2")
    assert found.lines == rules.AlphaBeta(2, 1).signed_steps
    assert [term.label for term in found.steps["z"].terms] == ["+", "−"]
    labels = [term.label for term in found.steps["c"].terms]
    assert labels == ["+: x⁺w⁺", "+: x⁻w⁻", "−: x⁺w⁻", "−: x⁻w⁺"]
    assert [term.of for term in found.steps["c"].terms] == [0, 0, 1, 1]


def test_what_has_no_four_steps_says_so():
    network = small_vgg()
    e = explain(network, picture(network, count=2))
    with pytest.raises(ValueError, match="only passes relevance on"):
        four_steps(e[0], "flatten")
    with pytest.raises(ValueError, match="choose one picture"):
        four_steps(e, "fc")
