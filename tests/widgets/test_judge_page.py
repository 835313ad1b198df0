"""Judge without a browser: its numbers are the library's, and it follows what is asked."""

import csv
import io
from dataclasses import replace
from functools import partial
from threading import Event

import numpy as np
import pytest

from lrp_widgets import attribution, explain, load_image, metrics, session
from lrp_widgets.lrp import attribution as methods
from lrp_widgets.lrp.judging import METHOD_WORDS, Judging
from lrp_widgets.lrp.targets import runner_up
from lrp_widgets.media.images import object_mask
from lrp_widgets.session import NetworkInfo, Session
from lrp_widgets.widgets.dashboard.dashboard import Dashboard
from lrp_widgets.widgets.judge.judge import Judge
from lrp_widgets.widgets.judge.judge_words import headline
from lrp_widgets.widgets.judge.measure_rows import fixed
from lrp_widgets.widgets.settings.url_state import read, write

QUERY = "network=mini-vgg&picture=star&view=judge&explain=logit&target=star&patch=16"
ASKED = {"patch": 16, "target": "star"}
LOGIT_OF_STAR = {"start": "logit", "target": "star"}


@pytest.fixture(scope="module")
def image(network):
    return load_image("star", network)


@pytest.fixture(scope="module")
def page(network):
    """A dashboard that shows Judge, with the tests' own network."""
    made = Dashboard(QUERY, Session(load=lambda *_: network, memory_needed=lambda _: 0))
    assert made.wait(120)
    return made


@pytest.fixture(scope="module")
def pixels(network, image):
    return explain(network, image, "z-plus", start="logit", target="star").pixels


@pytest.fixture
def ask(page):
    """Set something and wait; what was set before comes back afterwards."""
    before = page.judge.settings

    def change(**settings):
        for name, value in settings.items():
            setattr(page.judge.widget, name, value)
        assert page.wait(120)
        return page.judge.widget

    yield change
    page.judge.set(before)
    assert page.wait(120)


def curve(widget, which, order):
    return next(
        each for each in widget.curves["curves"] if (each["map"], each["order"]) == (which, order)
    )


def expect(widget, which, order, network, image, relevance, **settings):
    wanted = metrics.perturb(network, image, relevance, order, **ASKED | settings)
    shown = curve(widget, which, order)
    np.testing.assert_allclose(shown["scores"], wanted.scores, rtol=1e-4, atol=1e-5)
    assert np.reshape(shown["replaced"], (-1, 2)).tolist() == wanted.replaced.tolist()
    assert shown["predicted"] == wanted.predicted.tolist()
    return wanted


def test_the_curves_are_those_of_perturb(page, network, image, pixels):
    widget = page.judge.widget
    second = attribution.gradient_times_input(network, image, "star")
    most, least, by_chance, *_ = (
        expect(widget, which, order, network, image, relevance)
        for which, order, relevance in (
            ("a", "morf", pixels),
            ("a", "lerf", pixels),
            ("random", "random", pixels),
            ("b", "morf", second),
            ("b", "lerf", second),
        )
    )
    area = most.aopc - least.aopc
    assert f"z⁺: {'+' if area > 0 else ''}{fixed(area)}" in widget.areas
    assert f"after {most.lost_after} of 16 patches" in widget.headline
    assert f"{by_chance.lost_after}." in widget.headline
    row = next(each for each in widget.measures if each["key"] == "abpc")
    assert row["value"] == fixed(area)


@pytest.mark.parametrize("setting", [{"baseline": "black"}, {"score": "logit"}, {"patch": 8}])
def test_they_follow_what_is_chosen(ask, network, image, pixels, setting):
    expect(ask(**setting), "a", "morf", network, image, pixels, **setting)


def test_a_second_map_is_another_rule_with_the_same_question(ask, network, image):
    widget = ask(versus="epsilon-plus")
    second = explain(network, image, "epsilon-plus", start="logit", target="star").pixels
    expect(widget, "b", "morf", network, image, second)
    assert widget.areas[1].startswith("epsilon-plus: ")
    assert [each["map"] for each in ask(versus="none").curves["curves"]] == ["a", "random", "a"]


def test_the_measures_are_the_library_s_and_say_what_they_are_held_against(
    page, network, image, pixels
):
    rows = {each["key"]: each for each in page.judge.widget.measures}
    mask, relevance = object_mask("star", 64, 64), pixels.sum(-1, dtype=np.float64)
    expected = {
        "mass": metrics.mass(relevance, mask),
        "rank-accuracy": metrics.rank_accuracy(relevance, mask),
        "pointing-game": metrics.pointing_game(relevance, mask),
        "roc-auc": metrics.roc_auc(relevance, mask),
        "gini": metrics.gini(relevance),
        "entropy": metrics.entropy(relevance),
    }
    assert {key: rows[key]["value"] for key in expected} == {
        key: fixed(value) for key, value in expected.items()
    }
    assert f"a constant map {fixed(mask.mean())} " in rows["mass"]["beside"]
    for each in rows.values():
        assert each["beside"] and each["help"].endswith(".")


@pytest.mark.parametrize("key", ["max-sensitivity", "class-cosine"])
def test_what_takes_a_while_is_measured_on_demand(page, network, image, key):
    widget = page.judge.widget
    widget._handle_custom_msg({"type": "measure", "key": key}, [])
    assert page.wait(120)
    row = next(each for each in widget.measures if each["key"] == key)
    assert not row["waits"] and not widget.error
    if key == "max-sensitivity":
        wanted = metrics.max_sensitivity(network, image, "z-plus", target="star")
    else:
        order = np.argsort(-network(network.preprocess(image[None]))[0])
        other = next(int(k) for k in order if network.class_names[k] != "star")
        wanted = metrics.class_cosines(network, image, "star", other)["input"]
    assert row["value"] == fixed(wanted)


def test_what_is_measured_follows_the_same_channels(network, image):
    through = {"block3_conv2": (5, 7)}
    query = f"{QUERY}&versus=none&rules=epsilon-plus&through=block3_conv2:5,7"
    session = Session(load=lambda *_: network, memory_needed=lambda _: 0)
    page = Dashboard(query, session)
    assert page.wait(120)
    other = runner_up(page.stepper.explanation)
    rules = {"rules": "epsilon-plus", "through": through}
    followed = partial(attribution.lrp, **rules)
    wanted = {
        "max-sensitivity": metrics.max_sensitivity(network, image, followed, target="star"),
        "class-cosine": metrics.class_cosines(network, image, "star", other, **rules)["input"],
    }
    without = metrics.class_cosines(network, image, "star", other, "epsilon-plus")["input"]
    assert fixed(without) != fixed(wanted["class-cosine"])
    for key, value in wanted.items():
        page.judge.widget._handle_custom_msg({"type": "measure", "key": key}, [])
        assert page.wait(120)
        row = next(each for each in page.judge.widget.measures if each["key"] == key)
        assert row["value"] == fixed(value)


def test_a_second_map_under_way_can_be_cancelled(page, ask, monkeypatch):
    begun, ended = Event(), Event()

    def endless(name, network, image, target=None, report=None):
        try:
            while True:
                report(1, 10)
                begun.set()
                ended.wait(0.01)
        finally:
            ended.set()

    monkeypatch.setattr(session, "map_of", endless)
    widget = page.judge.widget
    widget.versus = "smooth-grad"
    assert begun.wait(60) and not ended.is_set()
    widget._handle_custom_msg({"type": "cancel"}, [])
    assert ended.wait(60) and page.wait(60)
    assert widget.ended and widget.notes and not widget.status and not widget.error


def test_the_csv_has_every_point(page):
    widget = page.judge.widget
    rows = list(csv.DictReader(io.StringIO(page.judge.csv().decode("utf-8-sig"))))
    shown = widget.curves["curves"]
    assert len(rows) == sum(len(each["scores"]) for each in shown)
    assert [float(row["score"]) for row in rows] == [s for each in shown for s in each["scores"]]


def test_the_python_gives_the_number_on_the_screen(page, network, capsys):
    code = page.export_panel.code
    ready = code.replace('load_network("mini-vgg", weights="pretrained")', "network")
    exec(ready, {"network": network})
    printed = capsys.readouterr().out
    area = float(printed.split("this map: ")[1].split()[0])
    assert f"z⁺: +{fixed(area)}" in page.judge.widget.areas
    page.export_panel.showing = "step"
    assert "LayerStepper(" in page.export_panel.code
    page.export_panel.showing = "judge"


def test_what_is_chosen_is_in_the_link(ask, page):
    ask(baseline="blur", order="lerf", replaced=5)
    assert {"baseline=blur", "order=lerf", "replaced=5", "view=judge", "patch=16"} <= set(
        page.header.query.split("&")
    )


def test_every_second_map_survives_the_address():
    for name in ("none", "epsilon-plus", *METHOD_WORDS):
        state, notes = read(f"versus={name}", (), ())
        assert (state.versus, notes) == (name, []) and read(write(state), (), ()) == (state, [])
    assert set(METHOD_WORDS) == set(methods.METHODS)


def test_another_question_ends_what_is_computed(page):
    """A new rule while curves are computed: they are dropped, and no late one is shown."""
    widget, work = page.judge.widget, page.judge._work
    before = work._newest
    page.stepper.stale = True
    assert work._newest > before and widget.stale
    page.stepper.stale = False
    widget._handle_custom_msg({"type": "again"}, [])
    assert page.wait(120) and not widget.stale


def test_a_picture_without_a_known_object_has_no_measures_of_it(network):
    made = Dashboard(
        "network=mini-vgg&picture=cat&view=judge&patch=16&versus=none",
        Session(load=lambda *_: network, memory_needed=lambda _: 0),
    )
    assert made.wait(120)
    assert not {"mass", "roc-auc"} & {each["key"] for each in made.judge.widget.measures}


def test_nothing_is_loaded_before_it_is_opened(store, recorder):
    made = Dashboard("network=mini-vgg", recorder.session())
    assert made.wait(30) and made.judge._widget is None
    made.header.view = "judge"  # networks of this test compute nothing: one sentence says so
    assert made.wait(30) and "went wrong" in made.judge.widget.error
    assert made.judge.widget in made._body.children


class Lost:
    """A curve that loses its class after so many of 64 patches."""

    replaced = [0] * 64

    def __init__(self, after):
        self.lost_after = after


@pytest.mark.parametrize(
    ("most", "by_chance", "words"),
    [
        (5, 31, "the network loses the star after 5 of 64 patches; random order needs 31."),
        (40, 31, "random order needs only 31. This map does no better than chance here."),
        (5, None, "after 5 of 64 patches; in random order it never does."),
        (None, 31, "says star to the end, when all 64 patches are replaced; random order"),
        (0, 3, "The network does not say star to begin with, it says cross"),
    ],
)
def test_the_sentence_above_is_honest(most, by_chance, words):
    assert words in headline(Lost(most), Lost(by_chance), "star", "cross")


def test_patches_are_of_a_size_that_suits_the_picture():
    assert Judging().patch_width(64, 64) == 8
    assert Judging().patch_width(224, 224) == 16
    assert Judging(patch=4).patch_width(224, 224) == 4


# In a notebook


def test_in_a_notebook_an_explanation_is_enough(network, image, pixels):
    e = explain(network, image, "z-plus", start="logit", target="star", through="block3_conv2:5")
    widget = Judge(e, scene="star", patch=16, versus="grad-cam")
    assert widget.wait(120) and not widget.error
    expect(widget, "a", "morf", network, image, e.pixels)
    expect(widget, "b", "lerf", network, image, attribution.grad_cam(network, image, "star"))
    widget.versus = "epsilon-plus"
    assert widget.wait(120) and not widget.error
    second = explain(network, image, **e.settings | {"rules": "epsilon-plus"}, **LOGIT_OF_STAR)
    expect(widget, "b", "morf", network, image, second.pixels)
    widget._handle_custom_msg({"type": "measure", "key": "class-cosine"}, [])
    assert widget.wait(120) and not widget.error
    rows = {each["key"]: each for each in widget.measures}
    mask = object_mask("star", 64, 64)
    assert rows["mass"]["value"] == fixed(metrics.mass(e.pixels, mask))
    assert not rows["class-cosine"]["waits"]
    unnamed = Judge(e, patch=16, versus="none")
    assert unnamed.wait(120)
    assert {"gini", "mass"} & {each["key"] for each in unnamed.measures} == {"gini"}


def test_what_cannot_be_judged_is_refused_in_one_sentence(network, image):
    with pytest.raises(ValueError, match="uint8 pixels"):
        Judge(explain(network, np.zeros((64, 64, 3))))
    with pytest.raises(ValueError, match="choose one picture"):
        Judge(explain(network, np.stack([image, image])))
    e = explain(network, image)
    with pytest.raises(ValueError, match="network=network"):
        Judge(replace(e, network=NetworkInfo("mini-vgg", "pretrained", None, [])))
