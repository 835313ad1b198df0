"""The address follows the page, and the page follows the address back; without a browser."""

from types import SimpleNamespace

import numpy as np
import pytest
from fake_explaining import FakeNetwork, Recorder, make_explanation

from lrp_widgets.widgets.dashboard import dashboard as module
from lrp_widgets.widgets.dashboard.dashboard import Dashboard
from lrp_widgets.widgets.settings.url_state import own_picture
from lrp_widgets.widgets.shared.pinned import read_pin, write_pin

STAR = "picture=star&network=mini-vgg"


@pytest.fixture
def recorder():
    return Recorder()


@pytest.fixture
def make(monkeypatch, recorder):
    """Make a dashboard of networks that are all on the disk but vgg16's trained weights."""
    store = SimpleNamespace(
        NAMES=("mini-vgg", "tiny-darknet", "vgg16"),
        on_disk=lambda name, weights: weights == "random" or name != "vgg16",
        download_size=lambda name: 553_467_096,
        default_name=lambda: "mini-vgg",
    )
    monkeypatch.setattr(module, "registry", store)

    def make(query=STAR):
        page = Dashboard(query, recorder.session())
        assert page.wait(30)
        return page

    return make


def entries(page):
    """What the browser's history would hold: a list that the page's address makes."""
    found = [page.header.query]
    last = page.header.entries

    def follow(_):
        nonlocal last
        if page.header.entries > last:
            found.append(page.header.query)
        else:
            found[-1] = page.header.query
        last = page.header.entries

    page.header.observe(follow, "query")
    return found


def travel(page, query, number=1):
    """What the browser sends when a person goes back or forward."""
    page.header._handle_custom_msg({"type": "travel", "query": f"?{query}", "number": number}, [])
    assert page.wait(30)
    assert page.header.travelled == number


def look(page, layer, index):
    page.stepper.look(layer, index)
    assert page.wait(30)


def settled(page):
    assert page.wait(30)
    return page.header.query


def test_views_and_units_are_entries_and_the_rest_is_not(make):
    page = make()
    history = entries(page)
    page.controls["pooling"].value = "max"
    page.stepper.set_state({"current": "conv"})
    page.stepper.set_state({"pin": {"layer": "conv", "cell": 1}})
    settled(page)
    assert history == [f"{STAR}&pooling=max&layer=conv&pin=conv:0,1"]
    page.header.set_state({"view": "compare"})
    settled(page)
    page.header.set_state({"view": "live"})
    page.header.set_state({"view": "step"})
    assert len(history) == 4
    assert "view=compare" in history[1]
    assert "view=live" in history[2]
    assert history[3] == history[0]


def test_what_the_address_says_is_restored_and_makes_no_entry(make, recorder):
    page = make()
    history = entries(page)
    page.stepper.set_state({"pin": {"layer": "input", "cell": 6}})
    first = settled(page)
    page.controls["pooling"].value = "max"
    page.controls["explain"].value = "logit"
    settled(page)
    page.controls["target"].value = 3
    settled(page)  # without a kernel the answer comes in the worker's thread: not while we go on
    page.header.set_state({"view": "compare"})
    second = settled(page)
    made = len(recorder.explained)

    for number, query in enumerate((first, second, first), 1):
        before = len(history)
        travel(page, query, number)
        assert page.header.query == query
        assert len(history) == before
    assert len(recorder.explained) == made  # all of it was at hand
    assert page.header.view == "step"
    assert page.stepper.pin == {"layer": "input", "cell": 6}
    assert page.controls["pooling"].value == "avg"


def test_a_pin_is_dropped_with_its_network(make):
    page = make()
    page.stepper.set_state({"pin": {"layer": "predictions", "cell": 5}})
    assert page.header.query == f"{STAR}&pin=predictions:5"
    page.controls["network"].value = "tiny-darknet"
    assert "pin" not in settled(page)
    assert page.stepper.pin == {}
    page.controls["network"].value = "mini-vgg"
    assert "pin" not in settled(page)


def test_another_network_closes_the_microscope_and_leaves_its_entry_whole(make):
    page = make()
    history = entries(page)
    page.stepper.unit = {"layer": "conv", "index": [0, 1, 2]}
    opened = page.header.query
    assert opened == f"{STAR}&unit=conv:0,1,2"
    page.controls["network"].value = "tiny-darknet"
    settled(page)
    assert page.stepper.unit == {}
    assert history == [STAR, opened, "picture=cat&network=tiny-darknet"]


def test_a_unit_that_is_not_there_makes_no_entry(make):
    page = make()
    history = entries(page)
    travel(page, f"{STAR}&unit=conv9:1")
    assert history == [STAR]
    assert "“conv9:1”" in page.stepper.notes[0]


def test_a_unit_that_cannot_be_looked_at_makes_no_entry(make):
    page = make()
    history = entries(page)
    travel(page, f"{STAR}&unit=conv:0,1,2")  # this network has nothing to compute it with
    assert page.stepper.error
    assert history == [STAR]


@pytest.mark.parametrize("pin", ["conv9:0,0", "conv:2,0", "conv:0,2", "conv:3", "predictions:8"])
def test_a_pin_of_another_network_is_dropped_with_a_note(make, pin):
    page = make(f"{STAR}&pin={pin}")
    assert page.stepper.pin == {}
    assert page.stepper.notes[0] == f"The address marks the place “{pin}”, which mini-vgg has not."
    assert page.header.query == STAR


def test_a_channel_that_the_layer_has_not_is_told(make):
    page = make(f"{STAR}&channel=77")
    assert page.stepper.channel == -1
    assert page.stepper.notes[0] == "The address names channel 77; those of input are from 0 to 2."
    page = make(f"{STAR}&channel=2")
    assert page.stepper.channel == 2
    assert not any("channel" in note for note in page.stepper.notes)


def test_a_link_to_a_network_that_must_be_fetched_stays_in_the_address(make):
    asked = "picture=cat&network=vgg16&layer=conv&pin=conv:0,1"
    page = make(asked)
    assert page.prompt.is_open
    assert page.header.query == asked
    page.prompt.cancel.click()
    assert settled(page) == "picture=star&network=mini-vgg"


def test_ones_own_picture_comes_back_as_long_as_it_is_here(make):
    page = make()
    history = entries(page)
    page.controls["picture"].picture = b"mine"
    settled(page)
    mine = f"picture={own_picture(b'mine')}&network=mini-vgg"
    assert history == [mine]
    page.controls["picture"].picture = "heart"
    settled(page)
    travel(page, mine)
    assert page.controls["picture"].picture == b"mine"
    assert page.header.query == mine

    # In another kernel, after a reload, it is gone: the page says so.
    page = make(mine)
    assert page.controls["picture"].picture == "star"
    assert "cannot travel" in page.stepper.notes[0]
    assert page.header.query == STAR


def test_pins_are_cells_of_a_layer_s_map():
    e = make_explanation(FakeNetwork("mini-vgg"), np.zeros(1))
    for text in ("input:3,0", "conv:1,1", "predictions:7"):
        assert write_pin(read_pin(text, e), e) == text
    for pin in ({}, {"layer": "conv"}, {"layer": "conv", "cell": 4}, {"layer": "x", "cell": 0}):
        assert write_pin(pin, e) is None
