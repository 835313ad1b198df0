"""Pane B of "Compare" as another method's map: what it asks for, shows, says and hands out."""

import threading

import numpy as np
import pytest
from fake_explaining import make_layer

from lrp_widgets import attribution, explain, load_image, metrics, session
from lrp_widgets.lrp.judging import METHOD_WORDS
from lrp_widgets.session import Session
from lrp_widgets.widgets.compare.compare import Compare
from lrp_widgets.widgets.compare.compare_words import differences
from lrp_widgets.widgets.dashboard.dashboard import Dashboard

SIDE = 4


def click(page, **message):
    page.compare.widget._handle_custom_msg(message, [])
    assert page.wait(30)


# The page, with methods that answer at once


@pytest.fixture
def asked(monkeypatch):
    """What methods were asked for: (method, network's name, target)."""
    noted = []

    def map_of(name, network, image, target=None, report=None):
        noted.append((name, network.name, target))
        relevance = np.linspace(-1, 1, SIDE * SIDE * 3, dtype=np.float32).reshape(SIDE, SIDE, 3)
        layers = [make_layer("input", relevance)]
        number = 0 if target is None else target
        return attribution.MethodMap(name, network, layers, image, number, 3.0, None, {})

    monkeypatch.setattr(session, "map_of", map_of)
    return noted


def test_a_method_stands_beside_the_explanation_and_says_what_it_lacks(make, asked):
    page = make("network=mini-vgg&view=compare&b=&layer=conv")
    click(page, type="choose", name="method", value="occlusion")
    first, second = page.compare.widget.explanations
    assert asked == [("occlusion", "mini-vgg", 0)]  # the class that A says first
    assert (first.start, second.method) == ("softmax", "occlusion")
    widget = page.compare.widget
    assert widget.current == "input"
    assert widget.titles == ["rule z⁺, all classes (softmax)", "occlusion, logit of circle"]
    said = widget.second["summary"]["sentence"]
    assert said == "B, by occlusion, has no layers to step through and no ledger."
    assert [each["comparable"] for each in widget.pairs] == [True, False, False]
    assert {cell["key"] for cell in widget.second_measures["pixels"]} >= {"half"}
    assert widget.second_measures["pending"] is None
    widget.quantity = "activation"
    assert not any(each["comparable"] for each in widget.pairs)


def test_another_rule_of_a_costs_no_map_and_another_class_one(make, asked):
    page = make("network=mini-vgg&view=compare&explain=logit&b=method:gradient")
    page.controls["pooling"].value = "max"
    assert page.wait(30)
    assert asked == [("gradient", "mini-vgg", 0)]
    click(page, type="choose", name="target", value="2")
    assert asked[1:] == [("gradient", "mini-vgg", 2)]
    click(page, type="choose", name="network", value="tiny-darknet")
    assert asked[2:] == [("gradient", "tiny-darknet", 2)]


def test_settings_of_lrp_are_not_offered_beside_a_method(make, asked):
    page = make("network=mini-vgg&view=compare&b=pooling:max,rules:epsilon-plus,weights:random")
    click(page, type="choose", name="method", value="smooth-grad")
    choices = {each["name"]: each for each in page.compare.widget.choices}
    unneeded = {name for name, each in choices.items() if each.get("unneeded")}
    assert unneeded == {"rules", "input_rule", "pooling", "explain", "dtype"}
    assert page.compare.differing == {"weights": "random", "method": "smooth-grad"}
    assert [words for _, words in choices["method"]["options"]] == list(METHOD_WORDS.values())
    click(page, type="choose", name="method", value="")
    assert not hasattr(page.compare.widget.explanations[1], "method")


def test_the_method_travels_in_the_link_and_can_be_hidden_or_locked(make, asked):
    page = make("network=mini-vgg&view=compare&b=method:grad-cam,seed:3")
    assert "b=method:grad-cam,seed:3" in page.header.query
    assert make(page.header.query).state == page.state
    page = make("network=mini-vgg&view=compare&hide=method&b=")
    assert "method" not in {each["name"] for each in page.compare.widget.choices}
    assert not {"gradient", "method"} & {each["name"] for each in page.compare.widget.presets}
    page = make("network=mini-vgg&view=compare&lock=1&b=method:grad-cam")
    click(page, type="preset", name="weights")
    assert page.compare.widget.explanations[1].method == "grad-cam"
    page = make("network=mini-vgg&view=compare&b=method:lime")
    assert "method" in page.compare.widget.notes[0] and "occlusion" in page.compare.widget.notes[0]


@pytest.fixture
def endless(monkeypatch):
    """A method that goes on until somebody ends it; `begun` and `ended` say how far it is."""
    endless = threading.Event(), threading.Event()

    def map_of(name, network, image, target=None, report=None):
        begun, ended = endless
        try:
            while True:
                report(1, 10)
                begun.set()
                ended.wait(0.01)
        finally:
            ended.set()

    monkeypatch.setattr(session, "map_of", map_of)
    return endless


def choose_endless(page, endless):
    choose = {"type": "choose", "name": "method", "value": "occlusion"}
    page.compare.widget._handle_custom_msg(choose, [])
    assert endless[0].wait(30)
    assert page.compare.widget.second_signs["cancellable"]
    assert page.compare.widget.second_signs["stale"]


def test_a_method_that_takes_long_can_be_cancelled(make, endless):
    page = make("network=mini-vgg&view=compare&b=pooling:max")
    choose_endless(page, endless)
    click(page, type="cancel", side="second")
    assert endless[1].wait(30)
    assert page.compare.differing == {"pooling": "max"}
    assert "b=pooling:max" in page.header.query
    assert page.compare.widget.explanations[1].pooling == "max"
    assert not page.compare.widget.second_signs["stale"]


def test_the_first_answer_cancelled_leaves_lrp(make, endless):
    page = make("network=mini-vgg&view=compare&b=method:occlusion,pooling:max", wait=False)
    assert endless[0].wait(30)
    click(page, type="cancel", side="second")
    assert page.compare.differing == {"pooling": "max"}
    assert page.compare.widget.explanations[1].pooling == "max"


def test_a_method_under_way_makes_way_for_pane_a(make, endless, recorder):
    page = make("network=mini-vgg&view=compare&b=")
    choose_endless(page, endless)
    page.controls["pooling"].value = "max"
    assert endless[1].wait(30)
    endless[0].clear(), endless[1].clear()
    assert page._requests.wait(30)  # pane A's, and what its answer brings
    assert endless[0].wait(30)  # it begins anew once A is there
    assert page.compare.widget.explanations[0].pooling == "max"
    page.header.view = "step"
    assert endless[1].wait(30)


# Real numbers


@pytest.fixture(scope="module")
def image(network):
    return load_image("star", network)


def test_lrp_0_is_gradient_times_input_on_the_page(network):
    session = Session(load=lambda *_: network, memory_needed=lambda _: 0)
    page = Dashboard("network=mini-vgg&picture=star&view=compare", session)
    assert page.wait(120)
    for name in ("gradient", "method"):
        click(page, type="preset", name=name)
        assert page.wait(60)
        assert page.compare.widget.preset == name
        first, second = page.compare.widget.explanations
        pair = page.compare.widget.pairs[0]["relevance"]
        wanted = metrics.rank_correlation(first.heatmap(), second.heatmap())
        assert pair["correlation"] == pytest.approx(wanted)
        if name == "gradient":
            scale = np.abs(second.pixels).max()
            np.testing.assert_allclose(first.pixels, second.pixels, atol=1e-4 * scale)
            assert pair["correlation"] > 0.99999
    assert page.compare.widget.second["summary"]["sentence"].endswith(
        "its ledger is its sum: ΣR +8.73 beside z(x) − z(black) = +8.74."
    )
    names, code = {}, page.export_panel.code
    assert 'attribution.map_of("integrated-gradients"' in code
    exec(code.replace("Compare(e,", "shown = Compare(e,"), names)
    np.testing.assert_allclose(names["second"].pixels, second.pixels, rtol=1e-4, atol=1e-6)
    there = names["shown"].pairs[0]["relevance"]["correlation"]
    assert there == pytest.approx(wanted, abs=1e-5)
    a, b, _ = page.export_panel.caption("compare")
    assert "rule:" in a and "method:\xa0integrated\xa0gradients" in b


def test_every_method_stands_beside_an_explanation_in_a_notebook(network, image):
    e = explain(network, image)
    for name in METHOD_WORDS:
        found = attribution.map_of(name, network, image)
        shown = Compare(e, found)
        values = np.frombuffer(shown.second["relevance_maps"], np.float32)
        np.testing.assert_allclose(values, found.heatmap().ravel(), rtol=1e-5, atol=1e-6)
        assert differences(e, found)[1].startswith(METHOD_WORDS[name])
        keys = [cell["key"] for cell in shown.second_measures["pixels"]]
        assert keys == ["half", "brightness"]
    with pytest.raises(ValueError, match="leads through the layers"):
        Compare(found, e)
