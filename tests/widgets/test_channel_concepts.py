"""What a channel stands for on the page: pictures, measured sentences, and the lines of Python."""

import base64
from threading import Event

import numpy as np
import pytest
from page_modules import carried

from lrp_widgets import concepts, explain, load_image, load_network
from lrp_widgets._support.downloads import Cancelled
from lrp_widgets.figures.code_snippet import as_python
from lrp_widgets.lrp.concepts.showing import show_both
from lrp_widgets.media.scene_attributes import DIFFERENCES, REST, find_difference
from lrp_widgets.session import Request, Session
from lrp_widgets.widgets.dashboard.dashboard import Dashboard
from lrp_widgets.widgets.dashboard.export_panel import ExportPanel
from lrp_widgets.widgets.page.export import key, prepare
from lrp_widgets.widgets.settings.difference_text import SCORES, a_difference, read_difference
from lrp_widgets.widgets.settings.url_state import read, write
from lrp_widgets.widgets.stepper.concept_words import (
    concept_view,
    differences_to_choose,
    small_picture,
    told_sentence,
)
from lrp_widgets.widgets.stepper.stepper import LayerStepper

LAYER = "block4_conv2"


@pytest.fixture(scope="module")
def network():
    return load_network("mini-vgg")


@pytest.fixture(scope="module")
def explained(network):
    return explain(network, load_image("star", network))


@pytest.fixture(scope="module")
def found(network):
    return concepts.concepts_of(network)


def asked(stepper, **message):
    """What the browser gets for a question."""
    answers = []
    stepper.send = lambda content, buffers=None: answers.append((content, buffers))
    stepper._handle_custom_msg({"version": stepper.summary["version"], **message}, [])
    return answers


def test_both_rows_of_pictures_are_told(explained, network, found):
    stepper = LayerStepper(explained)
    [(message, [buffer])] = asked(stepper, type="concept", layer=LAYER, channel=8)
    assert (message["layer"], message["channel"]) == (LAYER, 8)
    for row, kind in zip(message["rows"], ("relevance", "activation"), strict=True):
        wanted = concepts.show_channel(found, network, LAYER, 8, kind, count=6)
        assert [cell["name"] for cell in row["cells"]] == [each.name for each in wanted]
        for cell, each in zip(row["cells"], wanted, strict=True):
            size = 3 * cell["rows"] * cell["columns"]
            pixels = np.frombuffer(buffer[cell["offset"] : cell["offset"] + size], np.uint8)
            np.testing.assert_array_equal(pixels.reshape(each.dimmed.shape), each.dimmed)
            top, left, bottom, right = each.box
            assert f"rows {top} to {bottom - 1}, columns {left} to {right - 1}" in cell["words"]
        for name in {each.target for each in wanted}:
            count = sum(each.target == name for each in wanted)
            assert f"{name} {count}" in row["classes"]
    numbers = [
        {each.picture for each in found.references(LAYER, 8, kind)[:6]}
        for kind in ("relevance", "activation")
    ]
    shared = len(numbers[0] & numbers[1])
    assert message["shared"].startswith(f"{shared or 'None'} of 6 pictures")
    assert "1,000 drawn scenes" in message["from"]


def test_sentences_hold_what_was_measured(explained, network, found):
    view, _ = concept_view(show_both(found, network, LAYER, 8), explained)
    best = found.tells(LAYER, 8)[0]
    area = max(best.measured.auc, 1 - best.measured.auc)
    assert f"AUC {area:.3f} ± {best.measured.error:.3f}" in view["tells"][0]
    assert f"{best.measured.ones} + {best.measured.others} scenes" in view["tells"][0]
    assert "0.5 is chance" in view["tells"][0]
    assert "so it knows the answer" in view["tells"][-1]
    assert all(view["tells"][0] != each for each in view["tells"][1:])


def told(auc, error=0.01, names=("star", "cross")):
    difference = find_difference(*names)[0]
    return concepts.Told(3, difference, "activation", 0.9, concepts.Telling(auc, error, 60, 50))


def test_which_way_a_sentence_goes():
    assert "larger for a star than for a cross, AUC 0.970 ± 0.010 on 60 + 50" in told_sentence(
        told(0.97)
    )
    assert "larger for a cross than for a star, AUC 0.970 ± 0.010 on 50 + 60" in told_sentence(
        told(0.03)
    )
    from_rest = told(0.03, names=("star", REST))
    assert "smaller for a star than for the rest, AUC 0.030" in told_sentence(from_rest)
    assert "tells nothing apart; clearest, a star from a cross, AUC 0.510" in told_sentence(
        told(0.51)
    )
    assert "AUC 1.000 on 60" in told_sentence(told(1.0, 0.0))


def test_the_channels_that_tell_two_values_apart(explained, found):
    stepper = LayerStepper(explained)
    difference = "star,cross,activation"
    [(message, _)] = asked(stepper, type="telling", layer=LAYER, difference=difference)
    wanted = found.which(LAYER, "star", "cross", count=12)
    assert [k for k, *_ in message["channels"]] == [each.channel for each in wanted]
    assert [area for _, area, _ in message["channels"]] == [t.measured.auc for t in wanted]
    measured = wanted[0].measured
    assert f"measured on {measured.ones} + {measured.others} others" in message["words"]


@pytest.mark.parametrize(
    ("difference", "says"),
    [
        ("star,red,activation", "Nothing is measured"),
        ("star", "two values and a score"),
        (7, "two"),
    ],
)
def test_what_is_no_difference_is_refused(explained, difference, says):
    stepper = LayerStepper(explained, telling="star,cross,activation")
    assert asked(stepper, type="telling", layer=LAYER, difference=difference) == []
    assert says in stepper.error
    assert stepper.telling == ""


def test_what_is_no_channel_is_refused(explained):
    stepper = LayerStepper(explained, concept=3)
    assert asked(stepper, type="concept", layer=LAYER, channel=64) == []
    assert "from 0 to 63" in stepper.error
    assert stepper.concept == -1
    assert asked(stepper, type="concept", layer="nowhere", channel=1) == []


def test_only_measured_networks_can_be_asked_what_tells(explained, network):
    choices = LayerStepper(explained).differences
    assert choices == differences_to_choose()
    assert len([1 for _, _, others in choices for other in others if other == "rest"]) == 14
    pairs = sum(len(others) for *_, others in choices)
    assert pairs == sum(1 if each.other == REST else 2 for each in DIFFERENCES)
    for value, _, others in choices:
        for other in others:
            assert read_difference(f"{value},{other},sum")[2] == "summed activation"
    other = network.randomized(1)
    stepper = LayerStepper(explain(other, load_image("star", other)), telling="star,rest,sum")
    assert (stepper.differences, stepper.telling) == ([], "")


def test_the_address_carries_both():
    state, notes = read("concept=12&telling=star,rest,sum&ranked=1", ("star",), ("mini-vgg",))
    assert (state.concept, state.telling, notes) == (12, "star,rest,sum", [])
    assert write(state) == "ranked=1&concept=12&telling=star,rest,sum"
    _, [note] = read("telling=star,red,sum", ("star",), ("mini-vgg",))
    assert "Nothing is measured about star and red" in note
    assert a_difference("") == ""
    assert set(SCORES) == {"activation", "sum", "relevance"}


def test_the_copied_python_shows_the_same(explained, found, network):
    stepper = LayerStepper(explained, current=LAYER, ranked=True, concept=8)
    stepper.telling = "cross,star,activation"
    panel = ExportPanel(stepper, picture="star")
    code = panel.code[len(as_python(explained, "star", panel.view)) :]
    kept = {"network": network}
    exec(code, kept)
    wanted = concepts.show_channel(found, network, LAYER, 8, "activation")
    assert [each.name for each in kept["excites"]] == [each.name for each in wanted]
    assert 'found.which("block4_conv2", "cross", "star", "activation")' in code
    stepper.ranked = False
    assert panel.code == as_python(explained, "star", panel.view)


def test_pictures_are_sent_small_and_in_colour():
    assert small_picture(np.zeros((300, 150, 3), np.uint8)).shape == (96, 48, 3)
    gray = small_picture(np.full((5, 7, 1), 9, np.uint8))
    assert gray.shape == (5, 7, 3)
    assert (gray == 9).all()


def test_an_exported_page_carries_what_is_open(explained, network):
    difference = "star,cross,activation"
    stepper = LayerStepper(
        explained, current=LAYER, ranked=True, concept=8, channel=8, telling=difference
    )
    version = stepper.summary["version"]
    about = {"layer": LAYER, "version": version}
    [[channels, _]] = asked(stepper, type="channels", layer=LAYER)
    [[concept, [pictures]]] = asked(stepper, type="concept", layer=LAYER, channel=8)
    [[telling, _]] = asked(stepper, type="telling", layer=LAYER, difference=difference)
    made = carried(prepare({"star": stepper}, "A star")())["star"]["answers"]
    for wanted, more in (
        (channels, {}),
        (concept, {"channel": 8}),
        (telling, {"difference": difference}),
    ):
        message = {"type": wanted["type"], **about, **more}
        content = made[key(message)]["content"]
        assert wanted == message | content
    kept = made[key({"type": "concept", **about, "channel": 8})]["buffers"]
    assert base64.b64decode(kept[0]["bytes"]) == pictures
    stepper.ranked = False
    made = carried(prepare({"star": stepper}, "A star")())["star"]["answers"]
    assert not any("concept" in name for name in made)


def test_the_dashboard_asks_its_session(found):
    page = Dashboard(f"network=mini-vgg&picture=star&layer={LAYER}&ranked=1&concept=8", Session())
    assert page.wait(120)
    assert (page.stepper.concept, page.stepper.current) == (8, LAYER)
    assert "concept=8" in page.header.query
    sent = []
    page.stepper.send = lambda content, buffers=None: sent.append(content)

    def ask(**message):
        message |= {"layer": LAYER, "version": page.stepper.summary["version"]}
        page.stepper._handle_custom_msg(message, [])
        assert page.wait(120)

    ask(type="concept", channel=8)
    assert [len(row["cells"]) for row in sent[0]["rows"]] == [6, 6]
    ask(type="telling", difference="star,cross,activation")
    assert sent[1]["channels"][0][0] == found.which(LAYER, "star", "cross")[0].channel
    ask(type="concept", channel=99)
    assert len(sent) == 2
    assert "from 0 to 63" in page.stepper.error
    assert page.stepper.concept == -1
    page.controls["weights"].value = "random"
    assert page.wait(120)
    assert page.stepper.differences == []


def test_an_address_names_a_channel_that_is_not_there():
    page = Dashboard(f"network=mini-vgg&picture=star&layer={LAYER}&ranked=1&concept=64", Session())
    assert page.wait(120)
    assert page.stepper.concept == -1
    assert any(
        "channel 64; those of block4_conv2 are from 0 to 63" in n for n in page.stepper.notes
    )


def test_another_question_ends_the_search_and_the_next_goes_on(monkeypatch):
    session, cancel, asked_for = Session(), Event(), []
    request = Request("star", "mini-vgg", weights="random", seed=3)
    image = concepts.DrawnScenes.image

    def counted(pictures, number, network):
        asked_for.append(number)
        if number == 25:
            cancel.set()
        return image(pictures, number, network)

    monkeypatch.setattr(concepts.DrawnScenes, "image", counted)
    with pytest.raises(Cancelled):
        session.concept(request, LAYER, 3, cancel)
    assert asked_for == list(range(40))[: len(asked_for)]
    shown = session.concept(request, LAYER, 3, Event())
    assert asked_for[:40] == list(range(40))
    assert shown.concepts.words == "40 drawn scenes"
