"""A hundred random units in every kind of layer of mini-vgg and VGG16 add up as shown."""

import pytest
from adds_up import check_units

from lrp_widgets import explain, load_image, load_network
from lrp_widgets.lrp import rules

KINDS = {"input", "convolution", "max pooling", "flatten", "dense"}

OTHER_RULES = [
    rules.ZPlus(bias=True),
    rules.Epsilon(0.25),
    rules.Epsilon(0.25, relative=True),
    rules.AlphaBeta(2, 1),
    rules.Gamma(0.25),
    rules.Gamma(0.25, generalized=True),
    rules.WSquare(),
    rules.Flat(),
]


@pytest.mark.parametrize(("pooling", "count"), [("avg", 100), ("max", 20)])
def test_mini_vgg(network, pooling, count):
    e = explain(network, load_image("ring", network), pooling=pooling)
    assert check_units(e, network, count, 1e-5) == KINDS


@pytest.mark.parametrize("rule", OTHER_RULES, ids=str)
def test_mini_vgg_by_other_rules(network, rule):
    e = explain(network, load_image("ring", network), rule, input_rule=None, dtype="float64")
    check_units(e, network, 12, 1e-5)


def test_mini_vgg_from_values_between_bounds(network):
    # Bounds of every channel, as a network has them whose channels are centred one by one.
    rule = rules.ZBox((0.0, -0.1, 0.0), (1.0, 1.0, 1.1))
    e = explain(network, load_image("ring", network), input_rule=rule, dtype="float64")
    check_units(e, network, 12, 1e-5)


@pytest.mark.slow
def test_vgg16():
    network = load_network("vgg16", weights="random")
    e = explain(network, load_image("cat", network))
    assert check_units(e, network, 100, 1e-5) == KINDS
