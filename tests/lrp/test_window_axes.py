"""Signals, volumes, decoders and merges: each kind of layer against the written-out oracle."""

import numpy as np
import pytest
from random_models import random_input, random_model
from test_propagation import RULES, hold_against_oracle, one_layer
from test_unit_arithmetic import check

from lrp_widgets import Network, explain
from lrp_widgets.lrp import rules
from lrp_widgets.lrp.unit_arithmetic import Examiner
from lrp_widgets.networks.activations import Activation
from lrp_widgets.networks.layers import (
    Addition,
    AveragePooling,
    Convolution,
    Dense,
    Elementwise,
    GlobalAveragePooling,
    GlobalMaxPooling,
    Input,
    Maximum,
    MaxPooling,
    Padding,
    Permute,
    Reshape,
)
from lrp_widgets.networks.normalizing import GroupNorm, LayerNorm
from lrp_widgets.networks.resampling import Cropping, TransposedConvolution, Upsampling

LENGTHS = {1: (7,), 2: (4, 5), 3: (3, 3, 3)}
READS = {"name": "layer", "inputs": ("input",)}
CHANNELS = 4
POOLING = [rules.Proportional(), rules.WinnerTakeAll()]


def weights(random, size, groups=1, filters=4):
    kernel = random.normal(size=(*size, CHANNELS // groups, filters))
    return {"kernel": kernel, "bias": random.normal(size=filters)}


WINDOWED = {
    "convolution": lambda random, axes: Convolution(
        **READS, **weights(random, (3, 2, 2)[:axes]), padding="same", strides=(2, 1, 2)[:axes]
    ),
    "dilated, in groups": lambda random, axes: Convolution(
        **READS, **weights(random, (2,) * axes, groups=2), dilation=(2, 1, 1)[:axes], groups=2
    ),
    "depthwise": lambda random, axes: Convolution(
        **READS, **weights(random, (2,) * axes, groups=4), strides=(2,) * axes, groups=4
    ),
    "backwards": lambda random, axes: TransposedConvolution(
        **READS,
        **weights(random, (3, 2, 2)[:axes]),
        strides=(2, 1, 2)[:axes],
        dilation=(1,) * axes,
        padding="same",
    ),
    "backwards, with gaps": lambda random, axes: TransposedConvolution(
        **READS,
        **weights(random, (2, 1, 2)[:axes]),
        strides=(1, 2, 1)[:axes],
        dilation=(2, 1, 1)[:axes],
    ),
}


# Every rule along one axis; along two, of which test_propagation has the rest, and three a few.
CASES = [(1, name, rule) for name in WINDOWED for rule in RULES]
FEW = [rules.ZPlus(), rules.Ones(), rules.AlphaBeta(2, 1), rules.Flat(), rules.ZBox(-3.0, 4.0)]
FEW += [rules.Epsilon(0.25, relative=True), rules.Gamma(0.25, generalized=True)]
CASES += [(2, name, rule) for name in ("backwards", "backwards, with gaps") for rule in FEW]
CASES += [(3, name, rule) for name in WINDOWED for rule in FEW[:4]]


@pytest.mark.parametrize(("axes", "name", "rule"), CASES, ids=str)
def test_weights_along_axes(rule, name, axes):
    random = np.random.default_rng(axes)
    x = random.normal(size=(1, *LENGTHS[axes], CHANNELS))
    one_layer(WINDOWED[name](random, axes), x, rule, axes)


@pytest.mark.parametrize("axes", [1, 3])
@pytest.mark.parametrize("kind", [MaxPooling, AveragePooling])
@pytest.mark.parametrize("rule", POOLING, ids=repr)
@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("strides", [(1, 1, 1), (2, 1, 2)])
def test_pooling_along_axes(kind, rule, padding, strides, axes):
    for seed in range(3):
        x = np.random.default_rng(seed).integers(-2, 3, size=(2, *LENGTHS[axes], 2)).astype(float)
        x[:, :3] *= seed > 0  # some windows of nothing but zeros
        layer = kind(**READS, size=(2, 3, 2)[:axes], strides=strides[:axes], padding=padding)
        one_layer(layer, x, rule, seed)


@pytest.mark.parametrize("axes", [1, 3])
@pytest.mark.parametrize("kind", [GlobalMaxPooling, GlobalAveragePooling])
@pytest.mark.parametrize("rule", POOLING, ids=repr)
def test_pooling_over_all_places(kind, rule, axes):
    for keepdims in (False, True):
        x = np.random.default_rng(0).integers(-2, 3, size=(2, *LENGTHS[axes], 3)).astype(float)
        one_layer(kind(**READS, keepdims=keepdims), x, rule, 0)


MOVED = {
    "padding": lambda axes: Padding(**READS, pads=((1, 2), (0, 1), (1, 0))[:axes]),
    "cropping": lambda axes: Cropping(**READS, crops=((1, 1), (0, 1), (1, 0))[:axes]),
    "upsampling": lambda axes: Upsampling(**READS, size=(2, 3, 1)[:axes]),
    "permute": lambda axes: Permute(**READS, dims={1: (2, 1), 2: (3, 1, 2), 3: (2, 4, 1, 3)}[axes]),
    "layer normalization": lambda axes: LayerNorm(
        **READS, scale=np.array([1.0, -2, 3]), offset=np.array([1.0, 0, 1]), epsilon=0.1
    ),
    "group normalization": lambda axes: GroupNorm(
        **READS, scale=np.array([1.0, -2, 3]), offset=np.ones(3), epsilon=0.1, groups=3
    ),
    "prelu": lambda axes: Elementwise(
        **READS, activation=Activation("prelu", np.array([0.1, 0.2, -0.3]))
    ),
}


@pytest.mark.parametrize("axes", [1, 2, 3])
@pytest.mark.parametrize("make", MOVED.values(), ids=MOVED)
def test_what_passes_relevance_on(make, axes):
    x = np.random.default_rng(axes).normal(size=(2, *LENGTHS[axes], 3))
    one_layer(make(axes), x, rules.Pass(), axes)


FACTORS = {"average": (1 / 3,) * 3, "difference": (1.0, -1.0, 0.5)}
MERGES = [rules.Proportional(), rules.Zero(), rules.Epsilon(0.1), rules.Epsilon(0.2, relative=True)]


def merged(layer):
    """The input itself, its tanh and its ReLU, merged by a layer."""
    layer.inputs = ("input", "tanh", "relu")
    return Network(
        [
            Input(name="input", shape=(4, 3)),
            Elementwise(name="tanh", inputs=("input",), activation=Activation("tanh")),
            Elementwise(name="relu", inputs=("input",), activation=Activation("relu")),
            layer,
        ]
    )


@pytest.mark.parametrize("factors", FACTORS.values(), ids=FACTORS)
@pytest.mark.parametrize("rule", MERGES, ids=repr)
def test_an_average_and_a_difference(rule, factors):
    random = np.random.default_rng(0)
    network, x = merged(Addition(name="sum", factors=factors)), random.normal(size=(2, 4, 3))
    x[:, 0] = 0  # where nothing is added up
    assigned = {"sum": rule, "tanh": rules.Pass(), "relu": rules.Pass()}
    hold_against_oracle(network, x, random.normal(size=x.shape), assigned, "float64", 1e-10)


def test_of_several_the_largest_takes_all():
    random = np.random.default_rng(0)
    network, x = merged(Maximum(name="largest")), random.normal(size=(2, 4, 3))
    assigned = {"largest": rules.WinnerTakeAll(), "tanh": rules.Pass(), "relu": rules.Pass()}
    hold_against_oracle(network, x, random.normal(size=x.shape), assigned, "float64", 1e-10)


# Single units: which others they read, and which read them


def small(axes):
    """A decoder's kinds of layer one behind the other, and all merges, to five classes."""
    random = np.random.default_rng(axes)

    def weighted(kind, name, source, size, **settings):
        kernel = random.normal(size=(*size, 4, 4)) / 3
        bias = 0.1 * random.normal(size=4)
        return kind(name=name, inputs=(source,), kernel=kernel, bias=bias, **settings)

    relu, ones, lengths = Activation("relu"), (1,) * axes, LENGTHS[axes]
    two = (2,) * axes
    layers = [
        Input(name="input", shape=(*lengths, 4)),
        weighted(Convolution, "first", "input", (3, 2, 2)[:axes], padding="same", activation=relu),
        Padding(name="pad", inputs=("first",), pads=((1, 0), (0, 1), (1, 1))[:axes]),
        MaxPooling(name="largest", inputs=("pad",), size=two, strides=ones, padding="same"),
        AveragePooling(name="mean", inputs=("largest",), size=two, strides=two),
        weighted(
            TransposedConvolution,
            "back",
            "mean",
            (3, 2, 2)[:axes],
            strides=two,
            dilation=ones,
            padding="same",
        ),
        Upsampling(name="up", inputs=("back",), size=two),
        Cropping(name="cut", inputs=("up",), crops=((1, 0), (0, 1), (0, 0))[:axes]),
        LayerNorm(name="norm", inputs=("cut",), scale=np.ones(4), offset=np.ones(4), epsilon=0.1),
        weighted(Convolution, "side", "cut", two, padding="same", activation=relu),
        Addition(name="difference", inputs=("side", "norm"), factors=(1.0, -0.5)),
        Maximum(name="maximum", inputs=("difference", "side")),
        Permute(name="turned", inputs=("maximum",), dims=(*range(axes, 0, -1), axes + 1)),
        GlobalAveragePooling(name="average", inputs=("turned",), keepdims=True),
        Reshape(name="flat", inputs=("average",)),
        Dense(name="out", inputs=("flat",), kernel=random.normal(size=(4, 5))),
    ]
    network = Network(layers)
    return network, random.normal(size=(*lengths, 4))


@pytest.mark.parametrize("axes", [1, 2, 3])
@pytest.mark.parametrize("rule", ["z-plus", "epsilon:0.1", "alpha-beta:2"])
def test_units_add_up(rule, axes):
    network, x = small(axes)
    e = explain(network, x, rule, start="logit", input_rule=None, dtype="float64")
    check(e, network, tolerance=1e-9, count=80, seed=axes)


def reached(network, x, name, index):
    """Where the input changes the unit, as a mask of places; each value moved a little."""
    changed = np.zeros(x.shape[:-1], bool)
    places = list(np.ndindex(*changed.shape))
    moved = np.repeat(x[None], 1 + len(places), 0)
    for k, place in enumerate(places, 1):
        moved[(k, *place)] += np.random.default_rng(k).normal(size=x.shape[-1])
    values = network.forward(moved, "float64")[name][(slice(None), *index)]
    for k, place in enumerate(places, 1):
        changed[place] = values[k] != values[0]
    return changed


@pytest.mark.parametrize("axes", [1, 2, 3])
def test_the_receptive_field_is_what_can_change_a_unit(axes):
    network, x = small(axes)
    e = explain(network, x, start="logit", input_rule=None)
    for name in ("first", "pad", "mean", "back", "up", "cut", "side", "turned", "out"):
        shape = e[name].shape
        for index in ((*(0 for _ in shape),), tuple(n // 2 for n in shape)):
            field = Examiner(e, network).unit(name, index).field
            assert len(field) == 2 * axes
            low, high = field[:axes], field[axes:]
            assert all(0 <= a <= b <= n for a, b, n in zip(low, high, x.shape, strict=False))
            outside = reached(network, x, name, index)
            outside[tuple(map(slice, low, high))] = False
            assert not outside.any(), (name, index)


def test_the_field_of_a_unit_behind_a_transposed_convolution():
    """Two of the three taps meet an input at odd places, one does at even ones."""
    kernel = np.ones((3, 4, 4))
    layer = TransposedConvolution(**READS, kernel=kernel, strides=(2,), dilation=(1,))
    network = Network(
        [Input(name="input", shape=(6, 4)), layer, Reshape(name="r", inputs=("layer",))]
    )
    e = explain(network, np.ones((6, 4), np.float32), start="logit", input_rule=None)
    unit = Examiner(e, network)
    assert unit.unit("layer", (5, 0)).field == (2, 3)
    assert unit.unit("layer", (6, 0)).field == (2, 4)
    [down] = unit.unit("layer", (6, 0)).down
    assert sorted(set(map(int, down.places[down.real][:, 0]))) == [2, 3]


@pytest.mark.parametrize("seed", range(4000, 4005))
def test_units_of_random_models(seed):
    model = random_model(seed)
    network = Network.from_keras(model)
    x = random_input(model, seed, batch=1)[0].astype(np.float64)
    e = explain(network, x, "z-plus", start="logit", dtype="float64")
    check(e, network, tolerance=1e-8, count=40, seed=seed)
