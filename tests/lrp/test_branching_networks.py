"""Networks with BatchNorm and branches: finite, and the ledger closes, under every composite."""

import keras
import numpy as np
import pytest
from adds_up import check_units
from branching import small_model
from check_steps import check_steps
from random_models import randomize

from lrp_widgets import Network, explain
from lrp_widgets.lrp.composites import NAMES
from lrp_widgets.networks.preprocessing import CAFFE


@pytest.fixture(scope="module")
def small():
    return Network.from_keras(small_model(), preprocess=CAFFE)


def closes(network, rules, size):
    """Explain a logit; every number is finite, every layer's ledger closes, nothing explodes."""
    image = np.random.default_rng(0).integers(0, 256, (size, size, 3), np.uint8)
    e = explain(network, image, rules, start="logit")
    gross = {layer.name: float(np.abs(layer.relevance).sum()) for layer in e.layers}
    for layer in e.layers:
        assert np.isfinite(layer.relevance).all()
        flow = gross[layer.name] + sum(gross[source] for source in network[layer.name].inputs)
        assert abs(layer.absorbed["rounding"]) <= 1e-5 * flow, (layer.name, rules)
    absorbed = sum(
        layer.absorbed[key]
        for layer in e.layers
        for key in ("bias", "stabilizer", "dead", "padding")
    )
    scale = max(gross.values()) + abs(absorbed)
    assert e.totals["input"] + absorbed == pytest.approx(e.start_total, abs=1e-4 * scale)
    return e


@pytest.mark.parametrize("name", NAMES)
def test_a_small_network_with_random_statistics(small, name):
    closes(small, name, 16)


@pytest.mark.parametrize("name", ["z-plus", "epsilon-gamma-box", "overview-vgg"])
def test_units_and_steps_of_the_small_network_add_up(small, name):
    image = np.random.default_rng(0).integers(0, 256, (16, 16, 3), np.uint8)
    e = explain(small, image, name, start="logit", dtype="float64")
    check_units(e, small, 6, 1e-5)
    check_steps(e, small, 1e-10)


def test_the_small_network_holds_every_case(small):
    kinds = {layer.kind for layer in small.layers}
    assert {"addition", "concatenation", "shift", "batch normalization"} <= kinds
    assert small["last"].kind == "batch normalization"


def test_the_ways_of_an_addition_are_what_its_inputs_get(small):
    image = np.random.default_rng(0).integers(0, 256, (2, 16, 16, 3), np.uint8)
    e = explain(small, image, start="logit", dtype="float64")
    several = [layer for layer in e.layers if len(small[layer.name].inputs) > 1]
    assert {layer.name for layer in e.layers if layer.branches} == {layer.name for layer in several}
    for one in (0, 1):
        for layer in e[one].layers:
            if not layer.branches:
                continue
            assert tuple(source for source, _ in layer.branches) == small[layer.name].inputs
            handed = layer.total - sum(
                layer.absorbed[key] for key in ("bias", "stabilizer", "dead", "padding")
            )
            assert sum(value for _, value in layer.branches) == pytest.approx(handed, rel=1e-9)


# At the size of the published networks, with fewer pixels


@pytest.fixture(scope="module", params=["ResNet50", "DenseNet121", "MobileNetV2"])
def published(request):
    make = getattr(keras.applications, request.param)
    model = make(weights=None, input_shape=(64, 64, 3), classes=10)
    randomize(model, np.random.default_rng(0))
    return Network.from_keras(model, preprocess=CAFFE)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_published_networks_with_random_statistics(published, name):
    closes(published, name, 64)
