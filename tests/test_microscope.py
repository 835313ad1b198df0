"""What the microscope sends to the browser: few numbers, which add up to the unit's relevance."""

import json

import numpy as np
import pytest
from small import picture, small_vgg
from test_layers_oracle import branching

from lrp_widgets import explain, rules
from lrp_widgets.units import Examiner
from lrp_widgets.widgets.dashboard import Dashboard
from lrp_widgets.widgets.microscope import Microscope
from lrp_widgets.widgets.stepper import LayerStepper
from lrp_widgets.widgets.unit_view import unit_at, unit_view

RULES = ["z-plus", rules.AlphaBeta(2, 1), rules.Epsilon(0.1), rules.Gamma(0.25)]


def adds_up(view, scale):
    """Shown and summed parts, downwards and upwards, are the unit's relevance."""
    close = {"abs": 1e-9 * scale}
    for up in view["up"]:
        listed = sum(one["relevance"] for one in up["top"])
        assert listed + up["rest"]["relevance"] == pytest.approx(up["total"], **close)
    if view["up"]:
        assert sum(up["total"] for up in view["up"]) == pytest.approx(view["relevance"], **close)
    down = view["down"]
    if down is None:
        return
    assert down["handed"] + sum(down["booked"].values()) == pytest.approx(
        view["relevance"], **close
    )
    if down["form"] == "moved":
        return
    if down["form"] == "window":
        listed = sum(sum(channel["grids"]["relevance"]) for channel in down["channels"])
    else:
        listed = sum(one["relevance"] for one in down["items"])
    assert listed + down["rest"]["relevance"] == pytest.approx(down["handed"], **close)
    terms = sum(one["value"] for one in down["terms"])
    assert terms + down["handed_rest"] == pytest.approx(down["handed"], **close)
    for part in down["sums"]:
        z = sum(one["value"] for one in part["terms"]) + part["rest"]["value"]
        assert z == pytest.approx(part["z"], abs=1e-9)


@pytest.mark.parametrize("pooling", ["avg", "max"])
@pytest.mark.parametrize("rule", RULES, ids=str)
def test_what_is_shown_adds_up(rule, pooling):
    network = small_vgg(1)
    e = explain(network, picture(network), rule, pooling, dtype="float64")
    examiner, random = Examiner(e), np.random.default_rng(0)
    forms = {}
    for layer in e.layers:
        scale = float(np.abs(layer.relevance).max())
        for _ in range(8):
            index = tuple(random.integers(side) for side in layer.shape)
            view = unit_view(examiner.unit(layer.name, index), e)
            adds_up(view, scale)
            assert len(json.dumps(view)) < 20_000
            forms[layer.name] = view["down"] and view["down"]["form"]
    assert forms["input"] is None
    assert forms["flatten"] == "moved"
    assert forms["conv2"] == forms["pool"] == "window"
    assert forms["fc"] == "list"


def test_an_addition_lists_both_of_its_layers():
    network = branching(np.random.default_rng(3))
    e = explain(network, np.random.default_rng(4).normal(size=(6, 5, 2)), dtype="float64")
    for layer in e.layers:
        index = tuple(side // 2 for side in layer.shape)
        view = unit_view(Examiner(e).unit(layer.name, index), e)
        adds_up(view, float(np.abs(layer.relevance).max()))


def test_the_window_lies_where_the_unit_looks():
    network = small_vgg(2)
    e = explain(network, picture(network), dtype="float64")
    down = unit_view(Examiner(e).unit("conv2", (3, 6, 1)), e)["down"]
    assert (down["rows"], down["columns"]) == ([2, 3, 4], [5, 6, 7])
    for channel in down["channels"]:
        k, grids = channel["channel"], channel["grids"]
        x = e["conv1"].activation[2:5, 5:8, k].ravel()
        w = np.maximum(network["conv2"].kernel[:, :, k, 1], 0).ravel()
        np.testing.assert_allclose(grids["x"], x)
        np.testing.assert_allclose(grids["w"], w)
        np.testing.assert_allclose(grids["product"], x * w, rtol=1e-6)


def test_the_input_rule_takes_one_for_every_pixel():
    network = small_vgg(2)
    e = explain(network, picture(network))
    first = next(layer for layer in e.layers if layer.name == "conv1")
    index = unit_at(first, 22, -1)
    down = unit_view(Examiner(e).unit("conv1", index), e)["down"]
    assert down["labels"]["x"][0] == "x = 1"
    assert all(set(channel["grids"]["x"]) == {1.0} for channel in down["channels"])


def test_the_strongest_channel_is_taken_where_none_is_chosen():
    network = small_vgg(2)
    e = explain(network, picture(network))
    layer = e["conv1"]
    row, column, channel = unit_at(layer, 23, -1)
    assert (row, column) == (2, 3)
    assert channel == np.abs(layer.relevance[2, 3]).argmax()
    assert unit_at(layer, 23, 4) == (2, 3, 4)
    assert unit_at(e["fc"], 5, -1) == (5,)


def test_a_path_is_walked_and_walked_back():
    network = small_vgg(2)
    microscope = Microscope(explain(network, picture(network)))
    for layer, index in (("fc", [3]), ("flatten", [7]), ("pool", [0, 1, 3]), ("fc", [3])):
        microscope._handle_custom_msg({"type": "look", "layer": layer, "index": index}, [])
    assert [place["layer"] for place in microscope.path] == ["out", "fc"]
    assert microscope.unit["index"] == [3]


def test_the_stepper_opens_a_unit_and_goes_along():
    network = small_vgg(2)
    e = explain(network, picture(network))
    stepper = LayerStepper(e)
    stepper._handle_custom_msg({"type": "look at", "layer": "fc", "cell": 2, "channel": -1}, [])
    assert (stepper.unit["layer"], stepper.current) == ("fc", "fc")
    other = explain(network, picture(network, 5))
    relevance = other["conv1"].relevance
    index = tuple(map(int, np.unravel_index(relevance.argmax(), relevance.shape)))
    stepper.look("conv1", index)
    assert stepper.current == "conv1"
    before = stepper.unit["relevance"]
    stepper.show(other)
    assert stepper.unit["relevance"] == relevance[index] != before
    stepper._handle_custom_msg({"type": "leave"}, [])
    assert (stepper.unit, stepper.path) == ({}, [])


def test_a_batch_is_refused():
    network = small_vgg(2)
    with pytest.raises(ValueError, match="choose one picture"):
        Microscope(explain(network, picture(network, count=2)))


def test_the_dashboard_examines_in_the_background():
    page = Dashboard("network=mini-vgg")
    assert page.wait(120)
    explanation = page.stepper._explanation
    page.stepper.look("block4_pool", (1, 2, 3))
    assert page.wait(60)
    assert page.stepper.unit["relevance"] == explanation["block4_pool"].relevance[1, 2, 3]
    adds_up(page.stepper.unit, 1e4 * float(np.abs(explanation["block4_pool"].relevance).max()))
    assert page.stepper.error == page.stepper.status == ""

    # The same unit stays under the microscope when another question is answered.
    page.controls["pooling"].value = "max"
    assert page.wait(60)
    assert page.wait(60)
    other = page.stepper._explanation
    assert other is not explanation
    assert page.stepper.unit["relevance"] == other["block4_pool"].relevance[1, 2, 3]
