"""Which rule each layer gets, and how that is written."""

import dataclasses

import numpy as np
import pytest
from small import flexible, picture, small_vgg

from lrp_widgets import Network, explain
from lrp_widgets.figures import captions
from lrp_widgets.lrp import composites, rule_words, rules
from lrp_widgets.lrp.composites import COMPOSITES, NAMES, Composite, assign, describe
from lrp_widgets.networks.activations import Activation
from lrp_widgets.networks.blocks import blocks
from lrp_widgets.networks.input_bounds import input_bounds
from lrp_widgets.networks.layers import (
    Addition,
    Affine,
    Convolution,
    Dense,
    GlobalAveragePooling,
    Input,
    MaxPooling,
    Padding,
)
from lrp_widgets.networks.preprocessing import CAFFE
from lrp_widgets.networks.zoo.registry import load_network

RELU = Activation("relu")


def residual(seed=0, biases=True):
    """Two blocks of convolutions with a skip each, a convolution that makes smaller between."""
    random = np.random.default_rng(seed)

    def conv(name, source, depth, filters, **settings):
        kernel = random.normal(size=(3, 3, depth, filters)) * np.sqrt(2 / 9 / depth)
        bias = random.normal(size=filters) * 0.1 if biases else None
        settings = {"activation": RELU, "padding": "same", **settings}
        return Convolution(name=name, inputs=(source,), kernel=kernel, bias=bias, **settings)

    layers = [
        Input(name="input", shape=(8, 8, 3)),
        conv("a1", "input", 3, 4),
        conv("a2", "a1", 4, 4, activation=None),
        Addition(name="a", inputs=("a1", "a2"), activation=RELU),
        conv("b1", "a", 4, 6, strides=(2, 2), activation=None),
        conv("b2", "b1", 6, 6, activation=None),
        Addition(name="b", inputs=("b1", "b2")),
        GlobalAveragePooling(name="mean", inputs=("b",)),
        Dense(
            name="classes",
            inputs=("mean",),
            kernel=random.normal(size=(6, 4)),
            bias=random.normal(size=4) * 0.1 if biases else None,
            activation=Activation("softmax"),
        ),
    ]
    return Network(layers, name="residual")


def test_the_composites_and_their_order():
    assert NAMES == (
        "z-plus",
        "z-plus-depthwise",
        "epsilon-plus",
        "epsilon-plus-flat",
        "epsilon-alpha2-beta1",
        "epsilon-alpha2-beta1-flat",
        "epsilon-gamma-box",
        "excitation-backprop",
        "overview-vgg",
    )
    for composite in COMPOSITES.values():
        assert composite.description.endswith(".") and "\n" not in composite.description
        assert composite.source
        assert hash(composite)


def test_blocks_of_a_vgg_and_of_a_residual_network():
    vgg = blocks(load_network("vgg16", weights="random"))
    assert list(vgg) == ["block1", "block2", "block3", "block4", "block5", "dense"]
    for name, layers in vgg.items():
        assert all(layer.startswith(name) for layer in layers) or name == "dense"
    assert vgg["dense"] == ("flatten", "fc1", "fc2", "predictions")
    assert blocks(residual()) == {
        "block1": ("a1", "a2", "a"),
        "block2": ("b1", "b2", "b", "mean"),
        "dense": ("classes",),
    }


def test_the_overview_as_published():
    """Montavon et al. 2019, the table of rules for VGG16."""
    table = assign(load_network("vgg16", weights="random"), "overview-vgg")
    low, high = (-123.68, -116.779, -103.939), (131.32, 138.221, 151.061)
    first = table.pop("block1_conv1")
    np.testing.assert_allclose(first.low, low, rtol=1e-5)  # red first, as all is inside
    np.testing.assert_allclose(first.high, high, rtol=1e-5)
    for name, rule in table.items():
        if name.endswith("pool"):
            assert rule == rules.Proportional()
        elif name.startswith(("block1", "block2", "block3")):
            assert rule == rules.Gamma(0.25)
        elif name.startswith("block"):
            assert rule == rules.Epsilon(0.25, relative=True)
        else:
            assert rule == (rules.Pass() if name == "flatten" else rules.Zero())


def test_the_overview_on_a_network_without_a_dense_part():
    table = assign(load_network("tiny-darknet", weights="random"), "overview-vgg")
    assert table["conv10"] == rules.Epsilon(0.25, relative=True)
    assert table["conv6"] == rules.Gamma(0.25)
    assert table["conv16"] == rules.Zero()  # which speaks for the classes
    assert table["conv1"] == rules.ZBox(0.0, 1.0)


def test_a_composite_prints_as_a_table():
    text = describe(small_vgg(), "epsilon-alpha2-beta1-flat", pooling="max")
    assert text == (
        "epsilon-alpha2-beta1-flat for small-vgg\n"
        "block   layers        rule\n"
        "block1  conv1         flat\n"
        "block1  conv2         αβ, α = 2, β = 1\n"
        "block1  pool          winner-take-all\n"
        "dense   fc … out (2)  ε = 1×10⁻⁶"
    )
    assert describe(residual(), "overview-vgg") == (
        "overview-vgg for residual\n"
        "block   layers      rule\n"
        "block1  a1          z^B, low = 0, high = 255\n"
        "block1  a2          γ = 0.25\n"
        "block1  a           proportional\n"
        "block2  b1 … b (3)  ε = 0.25 · rms(z)\n"
        "block2  mean        proportional\n"
        "dense   classes     LRP-0"
    )


def test_rules_in_words():
    words = {
        rules.ZPlus(): "z⁺",
        rules.ZPlus(bias=True): "z⁺ with bias",
        rules.Gamma(0.5, generalized=True): "generalised γ = 0.5",
        rules.Gamma(0.5, bias=False): "γ = 0.5 without bias",
        rules.AlphaBeta(1, 0): "αβ, α = 1, β = 0",
        rules.ZBox(0.0, 1.0, bias=True): "z^B with bias, low = 0, high = 1",
        rules.ZBox((-1.0, 0.0), 2.5): "z^B, low = (−1, 0), high = 2.5",
        rules.WinnerTakeAll(): "winner-take-all",
    }
    assert {rule: rule_words.rule(rule) for rule in words} == words


def test_the_input_rule():
    network = small_vgg()
    own = COMPOSITES["epsilon-plus-flat"]
    assert assign(network, "epsilon-plus")["conv1"] == rules.Ones()
    assert assign(network, "epsilon-plus", input_rule=None)["conv1"] == rules.ZPlus()
    assert assign(network, own)["conv1"] == rules.Flat()
    assert assign(network, own, input_rule=None)["conv1"] == rules.ZPlus()
    assert assign(network, own, input_rule=rules.Ones())["conv1"] == rules.Ones()
    assert assign(network, own.replaced("block1", rules.Zero()))["conv1"] == rules.Flat()
    assert assign(network, own.replaced("conv1", rules.Zero()))["conv1"] == rules.Zero()
    assert assign(network, own.replaced("input layer", rules.Zero()))["conv1"] == rules.Zero()


def test_a_block_or_a_layer_gets_another_rule():
    composite = COMPOSITES["z-plus"].replaced("block2", rules.Gamma(0.1))
    composite = composite.replaced("a2", rules.Zero()).replaced("block2", rules.Epsilon(0.5))
    assert composite.name == "z-plus,a2:zero,block2:epsilon:0.5"
    table = assign(residual(), composite)
    assert (table["a2"], table["b1"], table["b2"]) == (rules.Zero(), *[rules.Epsilon(0.5)] * 2)
    assert table["classes"] == rules.ZPlus()
    assert COMPOSITES["z-plus"].rows == (("every layer", rules.ZPlus()),)  # nothing was changed
    pooled = COMPOSITES["z-plus"].replaced("pool", rules.WinnerTakeAll())
    assert assign(small_vgg(), pooled)["pool"] == rules.WinnerTakeAll()


@pytest.mark.parametrize(
    "rule, expected",
    [
        (rules.Zero(), rules.Zero()),
        (rules.Epsilon(0.1), rules.Epsilon(0.1)),
        (rules.ZPlus(), rules.Proportional()),
        (rules.AlphaBeta(2, 1), rules.Proportional()),
        (rules.Gamma(0.25), rules.Proportional()),
        (rules.WSquare(), rules.Proportional()),
    ],
    ids=repr,
)
def test_an_addition_is_shared_as_its_place_says(rule, expected):
    table = assign(residual(), rule)
    assert table["a"] == table["b"] == expected
    assert table["mean"] == rules.Proportional()


@pytest.mark.parametrize(
    "rule, expected",
    [
        (rules.Zero(), rules.Zero()),
        (rules.Epsilon(0.1), rules.Epsilon(0.1)),
        (rules.ZPlus(), rules.Pass()),
        (rules.Gamma(0.25), rules.Pass()),
        ("z-plus,bn:zero", rules.Zero()),
        ("zero,bn:z-plus", rules.Pass()),
    ],
    ids=repr,
)
def test_only_lrp_0_and_epsilon_take_a_scale_and_an_offset_as_a_unit(rule, expected):
    kernel = np.ones((3, 3, 2, 4))
    layers = [
        Input(name="input", shape=(6, 6, 2)),
        Convolution(name="conv", inputs=("input",), kernel=kernel),
        Affine(name="bn", inputs=("conv",), scale=np.ones(4), offset=np.ones(4)),
        Dense(name="classes", inputs=("bn",), kernel=np.ones((4, 3))),
    ]
    layers[1:1] = [Affine(name="before", inputs=("input",), scale=2.0, offset=1.0)]
    table = assign(Network(layers), rule)
    assert table["bn"] == expected
    assert table["before"] == rules.Pass()  # what comes in is prepared, whatever the rules


@pytest.mark.parametrize(
    "composite, words",
    [
        ("z-puls", ["z-plus", "overview-vgg", "z-puls"]),
        (COMPOSITES["z-plus"].replaced("block9", rules.Zero()), ["block9", "block1, dense"]),
        (COMPOSITES["z-plus"].replaced("fc", rules.WinnerTakeAll()), ["fc", "pooling"]),
        (COMPOSITES["z-plus"].replaced("pool", rules.Zero()), ["pool", "weights"]),
        (rules.ZBox(), ["does not read the pixels"]),
        (rules.ZBox((0, 0), (1, 1)), ["channels", "bounds for 2"]),
    ],
)
def test_what_does_not_fit_is_refused(composite, words):
    with pytest.raises(ValueError) as caught:
        assign(small_vgg(), composite)
    for word in words:
        assert word in str(caught.value)


def test_only_rules_can_be_put_into_a_composite():
    with pytest.raises(ValueError, match="rules; got 'z-plus'"):
        COMPOSITES["z-plus"].replaced("block1", "z-plus")
    with pytest.raises(dataclasses.FrozenInstanceError):
        COMPOSITES["z-plus"].rows = ()


def test_a_network_has_a_default_composite():
    network = small_vgg(default_rules="epsilon-plus")
    e = explain(network, picture(network), rules=None)
    assert e.settings["rules"] == "epsilon-plus"
    assert e["fc"].rule == rules.Epsilon(1e-6)
    assert network.randomized(1).default_rules == "epsilon-plus"


def test_the_caption_names_the_rule_that_the_first_layer_had():
    network = small_vgg()
    image = picture(network)
    assert captions.settings(explain(network, image))["input layer"] == "x = 1"
    e = explain(network, image, rules="epsilon-plus-flat")
    assert captions.settings(e)["input layer"] == "flat"
    e = explain(network, image, rules=COMPOSITES["z-plus"].replaced("block1", rules.Gamma(0.5)))
    assert captions.settings(e)["rule"] == "z⁺; block1: γ = 0.5"
    assert e.settings["rules"] == "z-plus,block1:gamma:0.5"


# The bounds of z^B


def behind(*before, shape=(6, 6, 3), preprocess=None):
    """The bounds of a convolution that stands behind `before`."""
    names = ["input", *(layer.name for layer in before)]
    for layer, source in zip(before, names, strict=False):
        layer.inputs = (source,)
    kernel = np.ones((3, 3, 3, 2), np.float32)
    conv = Convolution(name="conv", inputs=(names[-1],), kernel=kernel)
    network = Network([Input(name="input", shape=shape), *before, conv], preprocess=preprocess)
    return input_bounds(network, conv)


def test_the_bounds_come_from_the_preprocessing():
    assert behind() == (0.0, 255.0)
    low, high = behind(preprocess=CAFFE)
    # Channels are RGB inside.
    np.testing.assert_allclose(low, [-123.68, -116.779, -103.939], rtol=1e-6)
    np.testing.assert_allclose(high, [131.32, 138.221, 151.061], rtol=1e-6)


def test_the_bounds_follow_what_stands_before_the_first_weights():
    scale = Affine(name="scale", scale=np.array([1, -2, 0.5]), offset=np.array([0, 1, -3]))
    pad = Padding(name="pad", pads=((1, 1), (1, 1)))
    pool = MaxPooling(name="pool", size=(2, 2), strides=(2, 2))
    low, high = behind(scale, pad, pool, shape=(None, None, 3))
    np.testing.assert_allclose(low, [0, -509, -3])
    np.testing.assert_allclose(high, [255, 1, 124.5])


def test_padding_does_not_widen_the_bounds():
    scale = Affine(name="scale", scale=np.array(1 / 255), offset=np.array(1.0))
    assert behind(scale, Padding(name="pad", pads=((1, 1), (1, 1)))) == (1.0, 2.0)


def test_z_box_without_bounds_takes_the_networks_own():
    network = small_vgg(preprocess=CAFFE)
    table = assign(network, input_rule=rules.ZBox())
    low, _ = input_bounds(network, network["conv1"])
    assert table["conv1"].low == low
    assert len(low) == 3


def test_bounds_that_are_given_are_in_the_order_that_the_network_was_trained_with():
    network = flexible()
    given = rules.ZBox((-103.939, -116.779, -123.68), (151.061, 138.221, 131.32))
    image = picture(network)
    own = explain(network, image, input_rule=rules.ZBox(), dtype="float64")
    e = explain(network, image, input_rule=given, dtype="float64")
    np.testing.assert_allclose(e.pixels, own.pixels, rtol=1e-5, atol=1e-9)


# ε relative to the layer, and additions under ε


def test_a_relative_stabilizer_is_each_pictures_own():
    network = small_vgg()
    image = picture(network, count=2)
    rule = rules.Epsilon(0.25, relative=True)
    together = explain(network, image, rule, dtype="float64")
    for k in range(2):
        alone = explain(network, image[k], rule, dtype="float64")
        np.testing.assert_allclose(together[k].pixels, alone.pixels, rtol=1e-9, atol=1e-15)
        z = alone["flatten"].activation @ network["fc"].kernel + network["fc"].bias
        fixed = rules.Epsilon(0.25 * float(np.sqrt(np.mean(z * z))))
        e = explain(
            network,
            image[k],
            composites.COMPOSITES["z-plus"].replaced("out", rule).replaced("fc", fixed),
            dtype="float64",
        )
        np.testing.assert_allclose(e["flatten"].relevance, alone["flatten"].relevance, rtol=1e-9)


@pytest.mark.parametrize("name", NAMES)
def test_every_composite_closes_on_a_residual_network_and_in_its_units(name):
    network = residual(3)
    together = explain(network, picture(network, count=2), name)
    mass = max(float(np.abs(layer.relevance).sum()) for layer in together.layers)
    absorbed = sum(
        layer.absorbed[key]
        for layer in together.layers
        for key in ("bias", "stabilizer", "dead", "padding")
    )
    total = together.totals["input"] + absorbed
    np.testing.assert_allclose(total, together.start_total, atol=1e-5 * mass)
    e = together[1]
    for layer in (e["a"], e["b1"], e["b"]):
        index = np.unravel_index(np.abs(layer.relevance).argmax(), layer.shape)
        unit = e.unit(layer.name, index)
        given = sum(down.relevance.sum() + sum(down.absorbed.values()) for down in unit.down)
        got = sum(up.relevance.sum() for up in unit.up)
        assert given == pytest.approx(unit.relevance, rel=1e-5)
        assert got == pytest.approx(unit.relevance, rel=1e-3)


def test_a_composite_of_ones_own():
    composite = Composite("mine", (("every layer", rules.Zero()), ("a2", rules.Gamma(1.0))))
    table = assign(residual(), composite, input_rule=None)
    assert table["a1"] == table["classes"] == rules.Zero()
    assert table["a2"] == rules.Gamma(1.0)
