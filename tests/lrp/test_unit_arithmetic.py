"""The arithmetic of single units: what is shown adds up to what is on the map."""

import numpy as np
import pytest
from branching import branching
from small import flexible, picture, small_vgg

from lrp_widgets import Network, explain
from lrp_widgets.lrp import rules
from lrp_widgets.lrp.unit_arithmetic import Examiner
from lrp_widgets.networks.activations import Activation
from lrp_widgets.networks.layers import (
    Affine,
    Convolution,
    Dense,
    GlobalAveragePooling,
    Input,
    Padding,
    Reshape,
)

RULES = ["z-plus", rules.AlphaBeta(2, 1), rules.Epsilon(0.1), rules.Gamma(0.25, generalized=True)]


def check(e, network, count=100, tolerance=1e-5, seed=0):
    """`count` random units: down and absorbed add up to R, and up adds up to R."""
    examiner = Examiner(e, network)
    random = np.random.default_rng(seed)
    for _ in range(count):
        layer = e.layers[random.integers(len(e.layers))]
        index = tuple(random.integers(size) for size in layer.shape)
        unit = examiner.unit(layer.name, index)
        scale = float(np.abs(layer.relevance).max())
        assert unit.relevance == layer.relevance[index]
        if unit.down:
            handed = sum(down.relevance.sum() for down in unit.down)
            absorbed = sum(sum(down.absorbed.values()) for down in unit.down)
            assert handed + absorbed == pytest.approx(unit.relevance, abs=tolerance * scale)
        if unit.up:
            received = sum(up.relevance.sum() for up in unit.up)
            assert received == pytest.approx(unit.relevance, abs=tolerance * scale)


@pytest.mark.parametrize("pooling", ["avg", "max"])
@pytest.mark.parametrize("rule", RULES, ids=str)
def test_a_hundred_units_add_up(rule, pooling):
    network = small_vgg(1, activation=Activation("leaky relu", 0.1))
    e = explain(network, picture(network), rule, pooling, dtype="float64")
    check(e, network, tolerance=1e-9)


@pytest.mark.parametrize("pooling", ["avg", "max"])
def test_a_network_that_branches(pooling):
    network = branching(np.random.default_rng(3))
    x = np.random.default_rng(4).normal(size=(6, 5, 2))
    e = explain(network, x, pooling=pooling, input_rule=rules.Flat(), dtype="float64")
    check(e, network, tolerance=1e-9)


def test_a_network_that_reads_blue_first():
    network = flexible()
    e = explain(network, picture(network), input_rule=None)
    check(e, network)
    unit = Examiner(e).unit("conv", (2, 3, 1))
    down = unit.down[0]
    values = e["input"].activation[tuple(down.places.T)]
    np.testing.assert_array_equal(values, down.x)


def test_down_is_the_sum_written_out():
    network = small_vgg(2)
    e = explain(network, picture(network), dtype="float64")
    down = e.unit("conv2", (3, 4, 1)).down[0]
    a, w = e["conv1"].activation, np.maximum(np.float64(network["conv2"].kernel), 0)
    terms = a[2:5, 3:6] * w[..., 1]
    expected = terms / (terms.sum() + 1e-9) * e["conv2"].relevance[3, 4, 1]
    received = np.zeros_like(a)
    received[tuple(down.places.T)] = down.relevance
    np.testing.assert_allclose(received[2:5, 3:6], expected, rtol=1e-10, atol=1e-15)
    assert received.sum() == pytest.approx(down.relevance.sum())
    part = down.sums[0]
    assert part.denominator == pytest.approx(terms.sum() + 1e-9)


def test_winner_take_all_names_its_winner():
    network = small_vgg(2)
    e = explain(network, picture(network), pooling="max")
    down = Examiner(e).unit("pool", (1, 2, 3)).down[0]
    values = e["conv2"].activation[2:4, 4:6, 3]
    assert tuple(down.places[down.winner][:2] - (2, 4)) == divmod(int(values.argmax()), 2)
    assert down.relevance[down.winner] == e["pool"].relevance[1, 2, 3]


def padded():
    """pad → add one → dense: of an input 2 and its padding, places of 3 and 1 share by 3 and 1."""
    kernel = np.array([[1.0], [1.0]], np.float32)
    layers = [
        Input(name="input", shape=(1, 1, 1)),
        Padding(name="pad", inputs=("input",), pads=((0, 0), (0, 1))),
        Affine(name="plus one", inputs=("pad",), scale=np.ones(1), offset=np.ones(1)),
        Reshape(name="flatten", inputs=("plus one",)),
        Dense(name="dense", inputs=("flatten",), kernel=kernel),
    ]
    return Network(layers)


def test_what_falls_on_padding_by_hand():
    """The output 4 goes down as 3 and 1, and the 1 falls on the padding."""
    e = explain(padded(), np.full((1, 1, 1), 2, np.float32), input_rule=None, dtype="float64")
    assert e.totals == pytest.approx({**dict.fromkeys(e.totals, 4), "input": 3})
    absorbed = {layer.name: layer.absorbed["padding"] for layer in e.layers}
    assert absorbed == pytest.approx({**dict.fromkeys(absorbed, 0), "pad": 1})
    for entry in ("bias", "dead"):
        assert all(layer.absorbed[entry] == 0 for layer in e.layers)
    assert e["pad"].equation == "R_i = R_j"
    assert e["pad"].rule.note == "for real values; what falls on the padding is absorbed"
    real, around = (e.unit("pad", (0, column, 0)).down[0] for column in (0, 1))
    assert real.relevance == pytest.approx([3]) and not any(real.absorbed.values())
    assert len(around.relevance) == 0 and around.absorbed["padding"] == pytest.approx(1)


def test_the_receptive_field_holds_every_pixel_that_matters():
    network = small_vgg(5).randomized(5)
    image = picture(network, 5)
    e = explain(network, image)
    for name, index in (("conv1", (0, 0, 1)), ("conv2", (4, 5, 0)), ("pool", (1, 2, 2))):
        top, left, bottom, right = Examiner(e).unit(name, index).field
        x = network.preprocess(image[None])
        moved = np.zeros(image.shape[:2], bool)
        for row, column in np.ndindex(moved.shape):
            changed = x.copy()
            changed[0, row, column] += 500 * np.random.default_rng(row).normal(size=3)
            value = network.forward(changed)[name][0][index]
            moved[row, column] = value != e[name].activation[index]
        rows, columns = np.nonzero(moved)
        assert rows.min() >= top
        assert rows.max() < bottom
        assert columns.min() >= left
        assert columns.max() < right
        if name == "conv1":
            assert (top, left, bottom, right) == (0, 0, 2, 2)  # the rest of 3×3 is padding


def test_an_input_that_no_window_reads_received_nothing():
    kernel = np.ones((1, 1, 2, 3), np.float32)
    layers = [
        Input(name="input", shape=(5, 5, 2)),
        Convolution(name="conv", inputs=("input",), kernel=kernel, strides=(2, 2)),
        GlobalAveragePooling(name="average", inputs=("conv",)),
    ]
    network = Network(layers)
    e = explain(network, np.ones((5, 5, 2), np.float32))
    (up,) = Examiner(e).unit("input", (1, 2, 0)).up
    assert (len(up.places), up.relevance.sum()) == (0, 0)
    check(e, network, count=30)


def test_a_unit_that_is_not_there():
    network = small_vgg()
    e = explain(network, picture(network))
    with pytest.raises(ValueError, match="no unit"):
        Examiner(e).unit("conv1", (0, 0, 6))
