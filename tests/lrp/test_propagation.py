"""Every rule on every kind of layer, with relevance given, against the written-out oracle."""

import numpy as np
import oracle
import pytest
from branching import branching
from propagating import RULES, back

from lrp_widgets import Network
from lrp_widgets.lrp import rules
from lrp_widgets.lrp.engine.constants import Constants
from lrp_widgets.networks import blocked_dense
from lrp_widgets.networks.activations import Activation
from lrp_widgets.networks.layers import (
    Addition,
    Affine,
    AveragePooling,
    Convolution,
    Dense,
    Elementwise,
    GlobalAveragePooling,
    GlobalMaxPooling,
    Input,
    MaxPooling,
    Padding,
)

SEEDS = range(8)
CANCELS = (rules.Zero, rules.Epsilon, rules.Gamma)  # denominators can come close to zero


def hold_against_oracle(network, x, relevance, assigned, dtype, tolerance, constants=None):
    """Relevance and ledger of every layer and picture, within `tolerance` of the largest |R|."""
    relevances, ledger = back(network, x, relevance, assigned, dtype=dtype, constants=constants)
    for picture in range(len(x)):
        outputs, z = oracle.forward(network, x[picture])
        expected = {layer.name: np.zeros_like(outputs[layer.name]) for layer in network.layers}
        expected[network.layers[-1].name] = relevance[picture]
        for layer in reversed(network.layers[1:]):
            down, absorbed = oracle.step(
                network, layer, outputs, z, expected[layer.name], assigned[layer.name], 1e-9
            )
            for name, part in zip(layer.inputs, down, strict=True):
                expected[name] = expected[name] + part
            scale = np.abs(expected[layer.name]).sum() + sum(np.abs(part).sum() for part in down)
            for entry, value in absorbed.items():
                got = np.broadcast_to(ledger[layer.name][entry], len(x))[picture]
                assert got == pytest.approx(value, abs=tolerance * scale), (layer.name, entry)
        for name, value in expected.items():
            largest = np.abs(value).max() or 1.0
            error = np.abs(relevances[name][picture] - value).max() / largest
            assert error <= tolerance, (name, error)


def one_layer(layer, x, rule, seed, dtype="float64", tolerance=1e-10):
    """One layer behind an input, with random relevance of both signs at its output."""
    network = Network([Input(name="input", shape=x.shape[1:]), layer])
    shape = network(x[:1]).shape[1:]
    relevance = np.random.default_rng(seed + 100).normal(size=(len(x), *shape))
    hold_against_oracle(network, x, relevance, {layer.name: rule}, dtype, tolerance)


def convolution(random, bias=True, depth=3, groups=1, filters=4, size=(3, 2), **settings):
    return Convolution(
        **{"name": "layer", "inputs": ("input",), **settings},
        kernel=random.normal(size=(*size, depth // groups, filters)),
        bias=random.normal(size=filters) if bias else None,
        groups=groups,
    )


CONVOLUTIONS = {
    "valid": dict(),
    "same": dict(padding="same"),
    "stride": dict(strides=(2, 3), padding="same"),
    "stride valid": dict(strides=(2, 2)),
    "dilation": dict(dilation=(2, 1), padding="same"),
    "no bias": dict(bias=False),
    "groups": dict(groups=2, depth=4, padding="same"),
    "1×1": dict(size=(1, 1)),
    "turned": dict(padding="same", size=(3, 1), depth=8, filters=2),
    "turned groups": dict(
        padding="same", size=(1, 3), depth=16, groups=2, filters=2, dilation=(1, 2)
    ),
    "depthwise": dict(groups=3, filters=6, strides=(2, 2), padding="same"),
    "depthwise, uneven strides": dict(groups=3, filters=3, strides=(2, 1)),
}


@pytest.mark.parametrize("rule", RULES, ids=repr)
def test_convolution_of_a_small_picture_with_many_channels(rule):
    random = np.random.default_rng(0)
    layer = convolution(random, padding="same", size=(3, 1), depth=30, filters=25)
    x = random.normal(size=(2, 1, 2, 30))
    assert layer._goes_by_places(x.shape) and not layer._flips_quickly(x.shape)
    one_layer(layer, x, rule, 0)


@pytest.mark.parametrize("rule", RULES, ids=repr)
@pytest.mark.parametrize("settings", CONVOLUTIONS.values(), ids=CONVOLUTIONS)
def test_convolution(rule, settings):
    for seed in SEEDS:
        random = np.random.default_rng(seed)
        layer = convolution(random, **settings)
        x = random.normal(size=(2, 5, 6, settings.get("depth", 3)))
        one_layer(layer, x, rule, seed)


def test_z_box_with_bounds_for_each_channel():
    for seed in SEEDS:
        random = np.random.default_rng(seed)
        layer = convolution(random, depth=4, groups=2, padding="same")
        low, high = -random.uniform(3, 4, 4), random.uniform(3, 4, 4)
        one_layer(
            layer, random.normal(size=(2, 5, 6, 4)), rules.ZBox(tuple(low), tuple(high)), seed
        )


@pytest.mark.parametrize("rule", RULES, ids=repr)
def test_dense(rule):
    for seed in SEEDS:
        random = np.random.default_rng(seed)
        layer = Dense(
            name="layer",
            inputs=("input",),
            kernel=random.normal(size=(7, 5)),
            bias=random.normal(size=5) if seed % 2 else None,
        )
        one_layer(layer, random.normal(size=(3, 7)), rule, seed)


@pytest.mark.parametrize("units", [6, 7])
@pytest.mark.parametrize("rule", RULES, ids=repr)
def test_dense_in_blocks_without_the_rows_whose_input_is_zero(rule, units, monkeypatch):
    monkeypatch.setattr(blocked_dense, "LARGE", 0)
    monkeypatch.setattr(blocked_dense, "BLOCK", 5 * 3)  # 6 units in blocks of 2, 7 in one
    for seed in SEEDS:
        random = np.random.default_rng(seed)
        layer = Dense(
            name="layer",
            inputs=("input",),
            kernel=random.normal(size=(9, units)),
            bias=random.normal(size=units) if seed % 2 else None,
        )
        x = random.normal(size=(2, 9))
        x[:, [1, 4]] = 0  # in both pictures
        x[0, 2] = 0
        x[0] *= seed != 3  # one picture that is black
        one_layer(layer, x, rule, seed)


@pytest.mark.parametrize("rule", RULES, ids=repr)
def test_float32_stays_within_the_design(rule):
    tolerance = 1e-4 if isinstance(rule, CANCELS) else 1e-5
    for seed in SEEDS:
        random = np.random.default_rng(seed)
        layer = convolution(random, padding="same")
        layer.kernel = layer.kernel.astype(np.float32)
        layer.bias = layer.bias.astype(np.float32)
        x = random.normal(size=(2, 6, 5, 3)).astype(np.float32)
        if isinstance(rule, rules.Zero) and _smallest_z(layer, x) < 1e-3:
            continue  # LRP-0 has no stabilizer: next to a zero no float32 can be exact
        one_layer(layer, x, rule, seed, "float32", tolerance)


def _smallest_z(layer, x):
    network = Network([Input(name="input", shape=x.shape[1:]), layer])
    return min(np.abs(oracle.forward(network, each)[1]["layer"]).min() for each in x)


WINDOWS = {
    "2×2": dict(size=(2, 2), strides=(2, 2)),
    "overlap": dict(size=(3, 3), strides=(2, 2)),
    "overlap same": dict(size=(3, 3), strides=(2, 2), padding="same"),
    "uneven": dict(size=(3, 2), strides=(1, 2), padding="same"),
    "gaps": dict(size=(1, 2), strides=(2, 3)),
}


@pytest.mark.parametrize("kind", [MaxPooling, AveragePooling])
@pytest.mark.parametrize("rule", [rules.Proportional(), rules.WinnerTakeAll()], ids=repr)
@pytest.mark.parametrize("settings", WINDOWS.values(), ids=WINDOWS)
def test_pooling(kind, rule, settings):
    for seed in SEEDS:
        random = np.random.default_rng(seed)
        x = random.integers(-2, 3, size=(2, 7, 6, 3)).astype(float)  # ties, zeros, both signs
        x[:, :4, :4] *= random.integers(0, 2)  # some windows of nothing but zeros
        one_layer(kind(name="layer", inputs=("input",), **settings), x, rule, seed)


@pytest.mark.parametrize("settings", WINDOWS.values(), ids=WINDOWS)
def test_compiled_in_float32_the_first_of_equals_wins_too(settings):
    import tensorflow as tf  # whose compiled pooling is another library's

    layer = MaxPooling(name="layer", inputs=("input",), **settings)
    compiled = tf.function(layer.hand_to_winners)
    for seed in SEEDS:
        random = np.random.default_rng(seed)
        x = random.integers(-1, 2, size=(2, 7, 6, 16)).astype(float)
        relevance = random.integers(1, 9, size=layer.combine([x]).shape).astype(float)  # exact
        expected = layer.hand_to_winners(tf.constant(relevance), tf.constant(x))
        found = compiled(tf.constant(relevance, tf.float32), tf.constant(x, tf.float32))
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("kind", [GlobalMaxPooling, GlobalAveragePooling])
@pytest.mark.parametrize("rule", [rules.Proportional(), rules.WinnerTakeAll()], ids=repr)
def test_global_pooling(kind, rule, keepdims):
    for seed in SEEDS:
        x = np.random.default_rng(seed).integers(-2, 3, size=(2, 3, 4, 5)).astype(float)
        one_layer(kind(name="layer", inputs=("input",), keepdims=keepdims), x, rule, seed)


@pytest.mark.parametrize(
    "rule",
    [rules.Proportional(), rules.Zero(), rules.Epsilon(0.1), rules.Epsilon(0.25, relative=True)],
    ids=repr,
)
def test_addition(rule):
    for seed in SEEDS:
        random = np.random.default_rng(seed)
        kernel = random.normal(size=(1, 1, 3, 3))
        network = Network(
            [
                Input(name="input", shape=(4, 5, 3)),
                Convolution(name="way", inputs=("input",), kernel=kernel),
                Elementwise(name="relu", inputs=("input",), activation=Activation("relu")),
                Addition(name="sum", inputs=("input", "way", "relu")),
            ]
        )
        x = random.normal(size=(2, 4, 5, 3))
        x[:, :2, :2] = 0  # places where nothing is added
        relevance = random.normal(size=x.shape)
        assigned = {"sum": rule, "relu": rules.Pass(), "way": rules.WSquare()}
        hold_against_oracle(network, x, relevance, assigned, "float64", 1e-10)


@pytest.mark.parametrize("dtype, tolerance", [("float64", 1e-10), ("float32", 1e-4)])
@pytest.mark.parametrize("shape", [(4, 5, 3), (3,)], ids=["picture", "vector"])
@pytest.mark.parametrize(
    "rule",
    [rules.Zero(), rules.Epsilon(0.1), rules.Epsilon(0.25, relative=True), rules.Pass()],
    ids=repr,
)
def test_a_scale_and_an_offset(rule, shape, dtype, tolerance):
    """A unit with one input and a bias for LRP-0 and ε: also far from 0, and with a scale of 0."""
    for seed in range(4):
        random = np.random.default_rng(seed)
        scale = random.normal(size=3) * [1, 1, 0]
        center = random.normal(size=3) * [1, 30, 1]
        offset = random.normal(size=3)
        layer = Affine(name="layer", inputs=("input",), scale=scale, offset=offset, center=center)
        x = random.normal(size=(2, *shape)) + np.float32(center)
        x[..., 0] *= random.random(x[..., 0].shape) > 0.3  # where the bias alone is put out
        one_layer(layer, x, rule, seed, dtype, tolerance)
    alone = Affine(name="layer", inputs=("input",), scale=np.array(2.0), offset=np.array(-1.0))
    one_layer(alone, random.normal(size=(2, *shape)), rule, 0, dtype, tolerance)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_z_box_of_a_constant_shares_nothing(dtype):
    """Behind a scale of 0 both bounds are the value itself: (x − l) w⁺ + (x − h) w⁻ is 0."""
    x = np.full((1, 5, 5, 3), np.float32(0.843092))
    bound = float(x[0, 0, 0, 0])
    layer = convolution(np.random.default_rng(0), padding="same", size=(3, 3))
    one_layer(layer, x, rules.ZBox(bound, bound), 0, dtype, 1e-6)


def padded_network(random, between):
    """A convolution that reads what `between` (layers behind a padding) makes of the padding."""
    names = ["pad", *(layer.name for layer in between)]
    for layer, source in zip(between, names, strict=False):
        layer.inputs = (source,)
    return Network(
        [
            Input(name="input", shape=(5, 4, 3)),
            Padding(name="pad", inputs=("input",), pads=((1, 2), (0, 1))),
            *between,
            convolution(random, name="conv", inputs=(names[-1],), padding="same"),
        ]
    )


# What lies between a padding layer and the convolution that hands relevance to the padding.
BETWEEN_PADDING = {
    "offset": lambda: [Affine(name="offset", scale=np.ones(3), offset=np.array([0.5, -1, 2]))],
    "largest": lambda: [MaxPooling(name="pool", size=(2, 2), strides=(1, 1))],
    "scale and center": lambda: [
        Affine(name="offset", scale=np.ones(3), offset=np.ones(3)),
        Affine(name="shift", scale=np.array([1, -1, 2]), offset=np.ones(3), center=np.arange(3.0)),
    ],
}


@pytest.mark.parametrize("between", BETWEEN_PADDING.values(), ids=BETWEEN_PADDING)
@pytest.mark.parametrize("rule", RULES, ids=repr)
def test_what_falls_on_padding_is_absorbed_by_padding(rule, between):
    from lrp_widgets.lrp.composites import assign

    random = np.random.default_rng(3)
    network = padded_network(random, between())
    x = random.normal(size=(2, 5, 4, 3)) - 1  # mostly below zero: the padding's 0 is the largest
    relevance = random.normal(size=(2, *network(x).shape[1:]))
    assigned = assign(network, rule, "max", None)
    hold_against_oracle(network, x, relevance, assigned, "float64", 1e-9)
    _, ledger = back(network, x, relevance, assigned)
    on_padding = sum(np.abs(entry["padding"]).sum() for entry in ledger.values())
    by_ones = isinstance(rule, rules.Ones | rules.WSquare | rules.Flat)
    pooled = "pool" in assigned
    # A pool hands the padding's 0 on as a real value, and only some rules share with a 0.
    falls = by_ones or isinstance(rule, rules.ZBox) if pooled else not by_ones
    assert (on_padding > 1e-3) == falls
    if not pooled:
        assert np.abs(ledger["pad"]["dead"]).max() == 0


@pytest.mark.parametrize("pooling", ["avg", "max"])
@pytest.mark.parametrize("rule", [rules.ZPlus(), rules.AlphaBeta(2, 1), rules.WSquare()], ids=repr)
def test_a_network_that_branches(rule, pooling):
    from lrp_widgets.lrp.composites import assign

    for seed in range(3):
        random = np.random.default_rng(seed)
        network = branching(random)
        x = random.normal(size=(2, 6, 5, 2))
        relevance = random.normal(size=(2, 3))
        assigned = assign(network, rule, pooling)
        hold_against_oracle(network, x, relevance, assigned, "float64", 1e-9)
        hold_against_oracle(
            network, x, relevance, assign(network, rule, pooling, None), "float64", 1e-9
        )


@pytest.mark.parametrize("settings", [dict(size=(3, 3)), dict(size=(3, 1), dilation=(1, 1))])
@pytest.mark.parametrize("rule", [rules.ZPlus(), rules.AlphaBeta(2, 1), rules.Ones()], ids=repr)
def test_a_kernel_flipped_once_serves_every_picture(rule, settings, monkeypatch):
    random = np.random.default_rng(0)
    layer = convolution(random, padding="same", depth=9, **settings)
    network = Network([Input(name="input", shape=(5, 6, 9)), layer])
    flipped = []
    flip = Convolution.flip
    monkeypatch.setattr(
        Convolution, "flip", lambda self, w: flipped.append(self.name) or flip(self, w)
    )
    constants, assigned = Constants(), {"layer": rule}
    for _ in range(3):
        x, relevance = random.normal(size=(2, 5, 6, 9)), random.normal(size=(2, 5, 6, 4))
        hold_against_oracle(network, x, relevance, assigned, "float64", 1e-10, constants)
    assert flipped == ["layer"]
