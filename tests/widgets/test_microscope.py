"""What the microscope sends to the browser: few numbers, which add up to the unit's relevance."""

import json

import numpy as np
import pytest
from adds_up import adds_up
from branching import branching
from small import picture, small_vgg

from lrp_widgets import Network, explain
from lrp_widgets.lrp import rules
from lrp_widgets.lrp.unit_arithmetic import Examiner
from lrp_widgets.networks.canonize import BatchNorm
from lrp_widgets.networks.layers import Dense, Input, MaxPooling, Reshape
from lrp_widgets.widgets.dashboard.dashboard import Dashboard
from lrp_widgets.widgets.microscope.microscope import Microscope
from lrp_widgets.widgets.microscope.unit_payload import message, unit_at, unit_view
from lrp_widgets.widgets.stepper.stepper import LayerStepper

RULES = ["z-plus", rules.AlphaBeta(2, 1), rules.Epsilon(0.1), rules.Gamma(0.25)]


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


def test_a_number_that_only_moves_is_told_from_one_that_is_made_anew():
    x = np.random.default_rng(0).normal(size=(4, 4, 2))
    network = Network(
        [
            Input(name="input", shape=x.shape),
            MaxPooling(name="pool", inputs=("input",), size=(2, 2), strides=(2, 2)),
            BatchNorm(name="norm", inputs=("pool",), scale=np.full(2, 2.0), offset=np.ones(2)),
            Reshape(name="flat", inputs=("norm",)),
            Dense(name="classes", inputs=("flat",), kernel=np.ones((8, 2)), bias=None),
        ]
    )
    e = explain(network, x, dtype="float64")
    for layer, index, source, below in (
        ("norm", (1, 0, 1), "pool", (1, 0, 1)),
        ("flat", (5,), "norm", (1, 0, 1)),
    ):
        view = unit_view(Examiner(e).unit(layer, index), e)
        assert view["down"]["x"] == e[source].activation[below]
        assert (view["down"]["x"] == view["activation"]) == (layer == "flat")


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


def test_padding_keeps_its_place_in_the_window():
    network = small_vgg(2)
    e = explain(network, picture(network), dtype="float64")
    view = unit_view(Examiner(e).unit("conv2", (0, 9, 1)), e)
    down = view["down"]
    assert (down["rows"], down["columns"]) == ([-1, 0, 1], [8, 9, 10])
    assert down["pads"] == [0, 1, 2, 5, 8]
    assert down["count"] == 4 * 6  # padding is no receiver
    for channel in down["channels"]:
        assert np.take(channel["grids"]["relevance"], down["pads"]).tolist() == [0] * 5
    adds_up(view, float(np.abs(e["conv2"].relevance).max()))


def test_a_pixel_is_all_its_colours():
    network = small_vgg(2)
    e = explain(network, picture(network))
    assert unit_at(e["input"], 23, -1) == (2, 3)
    assert unit_at(e["input"], 23, 2) == (2, 3, 2)
    view = unit_view(Examiner(e).unit("input", (2, 3)), e)
    assert view["relevance"] == pytest.approx(e.pixels[2, 3].sum(), rel=1e-6)
    assert [one["relevance"] for one in view["colors"]] == e.pixels[2, 3].tolist()
    adds_up(view, float(np.abs(e.pixels).max()), 1e-5)


def test_what_came_through_a_channel():
    network = small_vgg(2)
    e = explain(network, picture(network), dtype="float64")
    a, w = e["conv1"].activation, np.maximum(np.float64(network["conv2"].kernel), 0)
    expected = np.zeros(4)
    for i, j in np.ndindex(3, 3):  # the outputs around row 3, column 4
        window = a[2 + i - 1 : 5 + i - 1, 3 + j - 1 : 6 + j - 1]
        z = np.einsum("ijc,ijck->k", window, w) + 1e-9
        part = a[3, 4, 1] * w[2 - i, 2 - j, 1] / z
        expected += part * e["conv2"].relevance[2 + i, 3 + j]
    (up,) = unit_view(Examiner(e).unit("conv1", (3, 4, 1)), e)["up"]
    np.testing.assert_allclose(up["through"]["values"], expected, rtol=1e-6)


def test_a_rule_says_how_its_numbers_are_written():
    network = small_vgg(2)

    def down(rule, layer="conv2", index=(3, 4, 1), input_rule="ones"):
        e = explain(network, picture(network), rule, input_rule=input_rule, dtype="float64")
        view = unit_view(Examiner(e).unit(layer, index), e)
        return view["settings"], view["down"]

    def heads(down):
        return [down["labels"][key][0] for key in ("x", "w", "product")]

    settings, plus = down("z-plus")
    assert (settings, heads(plus)) == ("", ["x", "w⁺", "x · w⁺"])
    settings, two = down(rules.AlphaBeta(2, 1))
    assert (settings, heads(two)) == ("α = 2, β = 1", ["x", "w", "x · w"])
    assert [(part["name"], part["factor"]) for part in two["sums"]] == [("z⁺", 2), ("z⁻", -1)]
    grids = two["channels"][0]["grids"]
    np.testing.assert_allclose(np.add(grids["product 0"], grids["product 1"]), grids["product"])
    settings, gamma = down(rules.Gamma(0.25))
    assert (settings, gamma["labels"]["w"][0]) == ("γ = 0.25", "w + γw⁺")
    _, generalized = down(rules.Gamma(0.25, generalized=True))
    assert len(generalized["sums"]) == 1  # the one for the sign of this unit
    assert heads(down(rules.WSquare())[1]) == ["x = 1", "w²", "1 · w²"]
    box = rules.ZBox((-1.0, -1.0, -2.0), 3.0)
    settings, bounded = down("z-plus", "conv1", (3, 4, 1), box)
    assert settings == "l = (−1, −1, −2), h = 3"
    assert heads(bounded) == ["x", "w", "x·w − l·w⁺ − h·w⁻"]


def test_a_unit_without_relevance_still_shows_its_strongest_inputs():
    network = small_vgg(2)
    e = explain(network, picture(network), start="probability", target=0)
    index = int(np.flatnonzero(e["out"].relevance == 0)[0])
    down = unit_view(Examiner(e).unit("out", (index,)), e)["down"]
    products = [one["product"] for one in down["items"]]
    assert products[0] == max(products) > 0


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


def test_the_address_opens_its_unit():
    page = Dashboard("network=mini-vgg&unit=block2_conv1:3,4,7")
    assert page.wait(120)
    assert (page.stepper.current, page.stepper.unit["index"]) == ("block2_conv1", [3, 4, 7])
    assert page.header.query.endswith("layer=block2_conv1&unit=block2_conv1:3,4,7")
    page.stepper.leave()
    assert page.header.query.endswith("layer=block2_conv1")


def test_a_unit_of_the_address_that_is_not_there():
    page = Dashboard("network=mini-vgg&unit=fc1:99999")
    assert page.wait(120)
    assert page.stepper.unit == {}
    assert "the unit “fc1:99999”, which mini-vgg has not" in page.stepper.notes[0]


def test_the_message_is_the_equation_without_its_sum():
    """R_i in a rule's equation is the sum over all senders; one of them hands on R_{i←j}."""
    written = [rules.ZPlus(), rules.Ones(), rules.Zero(), rules.Epsilon(0.1)]
    written += [rules.AlphaBeta(2, 1), rules.Gamma(0.25), rules.Gamma(0.25, generalized=True)]
    written += [rules.WSquare(), rules.Flat(), rules.ZBox(0, 1), rules.Proportional]
    written += [rules.WinnerTakeAll, rules.Pass]
    for rule in written:
        for equation in {rule.equation, getattr(rule, "signed_equation", rule.equation)}:
            told = message(equation)
            assert told.startswith(r"R_{i \leftarrow j} = ") and r"\sum_j " not in told
            summed = told.replace(r"R_{i \leftarrow j} = ", r"R_i = \sum_j ")
            assert equation in (summed, summed.replace(r"\sum_j ", "")), equation
