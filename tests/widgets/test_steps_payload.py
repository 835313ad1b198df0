"""The four steps on the widgets' Python side: what is sent when the browser asks."""

from types import SimpleNamespace

import numpy as np
import pytest
from fake_explaining import Recorder
from small import picture, small_vgg
from stepper_pages import made_up

from lrp_widgets import explain
from lrp_widgets.lrp import rules
from lrp_widgets.lrp.channels import summed
from lrp_widgets.lrp.layer_steps import four_steps
from lrp_widgets.networks.activations import Activation
from lrp_widgets.session import Inspector
from lrp_widgets.widgets.settings.requests import Requests
from lrp_widgets.widgets.settings.url_state import State, read, write
from lrp_widgets.widgets.stepper.stepper import LayerStepper
from lrp_widgets.widgets.stepper.steps_payload import steps_view


@pytest.fixture(scope="module")
def network():
    return small_vgg(1, activation=Activation("leaky relu", 0.1))


@pytest.fixture(scope="module")
def e(network):
    return explain(network, picture(network), rules.AlphaBeta(2, 1))


def ask(stepper, layer):
    """Imitate the browser's question; return what was sent back: [(content, buffers), …]."""
    sent = []
    stepper.send = lambda content, buffers=None: sent.append((content, buffers))
    stepper._handle_custom_msg({"type": "steps", "layer": layer, "version": 1}, [])
    return sent


@pytest.mark.parametrize("layer", ["conv2", "pool", "fc"])
def test_the_maps_sent_are_the_arrays_summed_over_channels(e, layer):
    [(content, [buffer])] = ask(LayerStepper(e), layer)
    assert (content["type"], content["layer"], content["version"]) == ("steps", layer, 1)
    numbers, found = np.frombuffer(buffer, np.float32), four_steps(e, layer).steps
    for key, step in content["steps"].items():
        assert len(step["terms"]) == len(found[key].terms)
        for sent, term in zip(step["terms"], found[key].terms, strict=True):
            expected = summed(term.values).ravel()
            shown = numbers[sent["offset"] : sent["offset"] + expected.size]
            np.testing.assert_array_equal(shown, expected.astype(np.float32))
            assert sent["layer"] == term.layer


def test_the_words_and_letters_are_those_of_the_rule(network):
    e = explain(network, picture(network), pooling="max")
    view, _ = steps_view(*Inspector(e).steps("pool"), e)
    assert [step["name"] for step in view["steps"].values()] == ["m", "i*", "c", "R"]
    assert "won" in view["steps"]["s"]["words"]
    assert view["window"] == {"first": [0, 0], "strides": [2, 2], "span": [2, 2]}
    view, _ = steps_view(*Inspector(e).steps("conv1"), e)
    assert view["ones"] and "x = 1" in view["steps"]["z"]["words"]
    view, _ = steps_view(*Inspector(e).steps("fc"), e)
    assert view["window"] is None
    assert all(step["line"].startswith("<math") for step in view["steps"].values())


def test_a_layer_that_is_not_there_goes_unanswered(e):
    assert ask(LayerStepper(e), "nowhere") == []


def test_an_explanation_without_a_network_says_so():
    stepper = LayerStepper(made_up(), step="z")
    assert ask(stepper, "fc1") == []
    assert stepper.step == "" and "no network" in stepper.error


def test_the_page_tells_which_layers_have_steps(e):
    steps = {layer["name"]: layer["steps"] for layer in LayerStepper(e).layers}
    assert steps["input"] == 0 and steps["flatten"] == 1 and steps["pool"] == steps["fc"] == 4


def test_a_step_travels_in_the_link():
    state, notes = read("layer=conv2&step=c", [], [])
    assert state.step == "c" and notes == []
    assert "step=c" in write(state)
    assert write(State()) == ""


def asking(session):
    stepper = SimpleNamespace(status="", progress=-1.0, stale=False, error="", step="z")
    return Requests(session, stepper, *[lambda *_: None] * 2), stepper


def test_the_dashboard_computes_in_its_background_thread(e, network):
    session = SimpleNamespace(steps=lambda _, layer, cancel: Inspector(e, network).steps(layer))
    page, stepper = asking(session)
    answers = []
    page.steps("request", "conv2", lambda *answer: answers.append(answer))
    assert page.wait(60)
    [(found, window)] = answers
    assert window.size == network["conv2"].kernel.shape[:2]
    assert found.layer == "conv2" and stepper.step == "z"


def test_what_cannot_be_computed_goes_back_to_relevance(e):
    session = Recorder().session()
    session.steps = lambda _, layer, cancel: Inspector(e, small_vgg()).steps(layer)
    page, stepper = asking(session)
    page.steps("request", "flatten", lambda *answer: pytest.fail("answered"))
    assert page.wait(60)
    assert stepper.step == "" and "only passes relevance on" in stepper.error
