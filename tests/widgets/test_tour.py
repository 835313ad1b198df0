"""The guided tour on a real mini-vgg: every page's state, words and task, wrong and right."""

import re
import time
from dataclasses import asdict, replace

import numpy as np
import pytest

from lrp_widgets import load_image
from lrp_widgets._support.number_words import number
from lrp_widgets.media.images import scene_mask
from lrp_widgets.session import Session
from lrp_widgets.widgets.dashboard.dashboard import Dashboard
from lrp_widgets.widgets.dashboard.tour import tasks
from lrp_widgets.widgets.dashboard.tour.measures import Moment
from lrp_widgets.widgets.dashboard.tour.pages import BEGINNINGS, PAGES
from lrp_widgets.widgets.dashboard.tour.text import to_html
from lrp_widgets.widgets.settings.url_state import State, read, write

NUMBERS = range(1, len(PAGES) + 1)


@pytest.fixture(scope="module")
def session():
    return Session()


class Learner:
    """Somebody at a dashboard, who reads the panel and clicks."""

    def __init__(self, query, session):
        self.page = Dashboard(query, session)
        self.tour = self.page.tour
        self.stepper = self.page.stepper
        self.wait()

    def wait(self):
        assert self.page.wait(60)

    @property
    def panel(self):
        return self.tour.panel.page

    @property
    def e(self):
        return self.stepper.explanation

    def press(self, **message):
        self.tour.panel._handle_custom_msg(message, [])
        self.wait()

    def open(self, number):
        self.press(type="turn", number=number)

    def answer(self, choice):
        self.press(type="answer", choice=choice)

    def show_me(self):
        self.press(type="show")
        deadline = time.monotonic() + 120
        while not self.panel["may_go_on"] and time.monotonic() < deadline:
            time.sleep(0.01)
            self.wait()

    def look(self, layer, index):
        self.stepper._handle_custom_msg({"type": "look", "layer": layer, "index": index}, [])
        self.wait()

    def click(self, cell):
        layer = self.e[self.stepper.current]
        at = cell[0] * layer.shape[1] + cell[1]
        message = {"type": "look at", "layer": layer.name, "cell": at, "channel": -1}
        self.stepper._handle_custom_msg(message, [])
        self.wait()

    @property
    def says(self):
        return re.sub("<[^>]*>", "", self.panel["says"])


@pytest.fixture
def learner(session):
    return Learner("network=mini-vgg&picture=heart", session)


# Each page


@pytest.mark.parametrize("n", NUMBERS)
def test_a_page_begins_in_its_state_and_says_its_words(learner, n):
    learner.open(n)
    page, here = PAGES[n - 1], learner.page.state
    assert asdict(here) == asdict(replace(page.state, tour=n))
    assert learner.page.header.query == f"tour={n}"
    assert learner.panel["ready"]
    assert "…" not in learner.panel["text"]
    assert learner.stepper.error == ""
    assert learner.panel["may_go_on"] == (page.task is None)
    assert bool(learner.stepper.unit) == (page.opens is not None)
    words = re.sub(r"\$\$?.*?\$\$?", "formula", page.text).split()
    assert len(words) <= 60
    assert re.search(r"\[.+?\]", page.text), "the highlighted part is named"


@pytest.mark.parametrize("n", [n for n in NUMBERS if PAGES[n - 1].task])
def test_there_is_always_a_way_on(learner, n):
    learner.open(n)
    learner.show_me()
    assert learner.panel["answered"]
    assert learner.panel["may_go_on"]
    assert learner.says
    # And without being shown: the next page opens all the same.
    learner.open(n)
    learner.open(n + 1)
    assert learner.tour.number == (n + 1) % (len(PAGES) + 1)


def number_of(title):
    return next(n for n in NUMBERS if PAGES[n - 1].title == title)


def test_the_page_of_the_prediction(learner):
    learner.open(number_of("What the network says"))
    top, probability = learner.e.prediction[0]
    wrong = next(name for name in learner.panel["choices"] if name != top)
    learner.answer(wrong)
    assert not learner.panel["may_go_on"]
    assert learner.says.startswith(f"{wrong} has only")
    learner.answer(top)
    assert learner.panel["may_go_on"]
    assert f"{probability:.2f}" in learner.says


def test_the_page_of_the_totals(learner):
    learner.open(number_of("The total stays the same"))
    learner.stepper.current = "fc1"
    assert not learner.panel["may_go_on"]
    assert "lowest bar" in learner.says
    learner.stepper.current = "input"
    assert learner.panel["may_go_on"]
    assert f"{learner.e['input'].relevance.sum():.3f} arrived" in learner.says


def test_the_page_of_the_steps(learner):
    learner.open(number_of("Down, layer by layer"))
    learner.stepper.current = "fc1"
    assert "list of 128 units" in learner.says
    learner.stepper.current = "block3_pool"
    assert "nearer to the output" in learner.says
    assert not learner.panel["may_go_on"]
    learner.stepper.current = "block4_pool"
    assert learner.panel["may_go_on"]
    assert "4×4 places" in learner.says


def test_the_page_of_the_colours(learner):
    learner.open(number_of("What the colours mean"))
    learner.answer("yes")
    assert not learner.panel["may_go_on"]
    learner.answer("no")
    assert learner.panel["may_go_on"]
    least = learner.e["block3_conv2"].relevance.sum(-1).min()
    assert least >= 0
    assert number(float(least)) in learner.says


def test_the_page_of_the_rule(learner):
    learner.open(number_of("The rule: z⁺"))
    learner.answer("what its weight says")
    assert not learner.panel["may_go_on"]
    learner.answer("nothing")
    assert learner.panel["may_go_on"]
    below = learner.e["block1_pool"]
    assert f"{(below.activation == 0).sum():,} of {below.activation.size:,}" in learner.says
    assert not below.relevance[below.activation == 0].any()


def test_the_page_of_one_unit(learner):
    learner.open(number_of("One unit’s numbers"))
    held = learner.e["block4_pool"].relevance.sum(-1)
    best = tuple(map(int, np.unravel_index(held.argmax(), held.shape)))
    learner.click((3, 3))
    assert not learner.panel["may_go_on"]
    assert "another cell is darker" in learner.says
    assert learner.stepper.unit == {}  # the map is back
    learner.click(best)
    assert learner.panel["may_go_on"]
    assert tuple(learner.stepper.unit["index"][:2]) == best
    assert number(float(held.max())) in learner.says


def test_the_page_of_the_senders(learner):
    learner.open(number_of("Up to the class"))
    down = learner.stepper.unit["down"]["terms"][0]
    learner.look(down["source"], down["index"])
    assert "That went down, to block4_conv2" in learner.says
    learner.stepper.leave()
    assert "was closed" in learner.says
    learner.look(down["source"], down["index"])
    for layer in ("block4_pool", "flatten", "fc1", "predictions"):
        assert not learner.panel["may_go_on"]
        up = learner.stepper.unit["up"][0]
        learner.look(up["layer"], up["top"][0]["index"])
        assert learner.stepper.unit["layer"] == layer
    assert learner.panel["may_go_on"]
    assert "R = 0.990 of “star”" in learner.says  # as the microscope writes it


def test_the_page_of_the_pixel(learner):
    learner.open(number_of("Down to a pixel"))
    opened = learner.stepper.unit
    assert opened["down"]["labels"]["x"][0] == "x = 1"
    best = opened["down"]["terms"][0]
    row, column, colour = best["index"]
    learner.look("input", [row, column, (colour + 1) % 3])
    assert not learner.panel["may_go_on"]
    assert "darker" in learner.says
    assert learner.stepper.unit["layer"] == "block1_conv1"  # the unit is back
    learner.stepper.leave()
    learner.wait()
    assert learner.stepper.unit["layer"] == "block1_conv1"
    learner.look("input", best["index"])
    assert learner.panel["may_go_on"]
    assert f"row {row}, column {column} received {number(best['relevance'])}" in learner.says


@pytest.mark.parametrize(
    ("title", "does", "says"),
    [
        ("Gray or RGB", {"view": "rgb"}, "red carries"),
        ("Activation is not relevance", {"quantity": "activation"}, "rank correlation"),
    ],
)
def test_the_pages_of_the_switches(learner, title, does, says):
    learner.open(number_of(title))
    learner.stepper.current = "block1_conv1"
    assert not learner.panel["may_go_on"]
    ((trait, value),) = does.items()
    setattr(learner.stepper, trait, value)
    assert learner.panel["may_go_on"]
    assert says in learner.says


# Predictions are held against what comes out


def half(e):
    """On how many pixels half of the relevance lies, counted one by one."""
    values, found, count = sorted(e.pixels.sum(-1).ravel(), reverse=True), 0.0, 0
    while found < sum(values) / 2:
        found, count = found + values[count], count + 1
    return count


def on_object(e):
    return 100 * e.pixels.sum(-1)[scene_mask("star")].sum() / e.pixels.sum()


def spearman(a, b):
    a, b = (np.argsort(np.argsort(x.sum(-1).ravel())) for x in (a, b))
    return np.corrcoef(a, b)[0, 1]


@pytest.mark.parametrize(
    ("title", "wrong", "right", "measured"),
    [
        (
            "Pooling: who gets it?",
            "proportional",
            "winner-take-all",
            lambda before, now: (f"{half(before)} pixels", f"on {half(now)} when"),
        ),
        (
            "Trained or random?",
            "more",
            "less",
            lambda before, now: (f"{on_object(before):.1f} %", f"{on_object(now):.1f} % do"),
        ),
        (
            "Another class",
            "below 0.5",
            "above 0.9",
            lambda before, now: (f"{spearman(before.pixels, now.pixels):.3f}",),
        ),
    ],
)
def test_a_prediction(learner, title, wrong, right, measured):
    learner.open(number_of(title))
    before = learner.e
    learner.answer(wrong)
    assert learner.says.startswith("Not so: ")
    assert learner.panel["may_go_on"]  # whoever predicted has seen
    assert learner.e is not before
    for part in measured(before, learner.e):
        assert part in learner.says
    assert learner.panel["part"].startswith("control-")

    # What the learner tries afterwards does not change the measurement.
    said, compared = learner.says, learner.e
    learner.page.go(PAGES[learner.tour.number - 1].state)
    learner.wait()
    assert learner.e is not compared
    assert learner.says == said

    learner.open(number_of(title))
    learner.answer(right)
    assert learner.says.startswith("As you guessed: ")


def test_the_page_of_the_ledger(learner):
    learner.open(number_of("Where did it go?"))
    learner.answer("the bias")
    assert not learner.panel["may_go_on"]
    assert learner.says.startswith("No: ")
    learner.answer("none of them")
    assert learner.panel["may_go_on"]
    lost = sum(layer.absorbed["stabilizer"] for layer in learner.e.layers)
    assert number(lost) in learner.says


# The same questions on other numbers have other answers


def moment(e, layer, change, **more):
    layers = [replace(one, **change(one)) if one.name == layer else one for one in e.layers]
    return Moment(replace(e, layers=layers), layer, **more)


def test_answers_come_from_the_numbers(learner):
    learner.open(1)
    e = learner.e
    negative = moment(e, "block3_conv2", lambda one: {"relevance": -one.relevance})
    assert tasks.any_blue(negative, "yes").right
    assert not tasks.any_blue(negative, "no").right

    lossy = moment(e, "fc1", lambda one: {"absorbed": {**one.absorbed, "bias": 0.03}})
    assert tasks.absorbed(lossy, "the bias").right
    assert not tasks.absorbed(lossy, tasks.NONE_OF_THEM).right

    same = Moment(e, "input", before=e)
    assert tasks.crisper_pooling(same, "no difference").right
    assert not tasks.crisper_pooling(same, "winner-take-all").right
    assert tasks.runner_up_alike(replace(same, explanation=e), "above 0.9").right
    turned = replace(
        e, layers=[replace(e.layers[0], relevance=-e.layers[0].relevance), *e.layers[1:]]
    )
    assert tasks.runner_up_alike(Moment(turned, "input", before=e), "below 0.5").right
    assert tasks.object_without_training(replace(same, picture="star"), "about as much").right
    assert "nobody knows" in tasks.object_without_training(same, "less").says


def test_words_follow_the_screen(learner):
    learner.open(number_of("Trained or random?"))
    area = 100 * scene_mask("star").mean()
    assert f"{area:.1f} %" in learner.panel["text"]
    learner.page.controls["picture"].selected = "heart"
    learner.wait()
    assert f"{100 * scene_mask('heart').mean():.1f} %" in learner.panel["text"]
    assert f"{area:.1f} %" not in learner.panel["text"]


def test_text_to_html():
    html = to_html("a < b, [the <map>] and $x_i$")
    assert html.startswith('a &lt; b, <mark class="lrp-tour-part">the &lt;map&gt;</mark> and <math')


# Coming and going


def test_a_link_opens_its_page(session):
    learner = Learner("tour=6", session)
    assert (learner.panel["number"], learner.stepper.current) == (6, "block2_conv1")
    assert learner.page.header.query == "tour=6"
    assert learner.tour.button.description == "Leave the tour"

    # A link to a page in which something was changed carries the change, and answering begins
    # from the page's own settings all the same.
    learner = Learner("tour=9&pooling=max&layer=fc1", session)
    assert learner.page.header.query == "pooling=max&layer=fc1&tour=9"
    assert learner.e.pooling == "max"
    learner.answer("winner-take-all")
    assert "begins anew" in learner.says
    assert (learner.e.pooling, learner.stepper.current) == ("avg", "input")
    learner.answer("winner-take-all")
    assert learner.panel["right"]


def test_it_can_be_left_and_resumed(session):
    learner = Learner("network=mini-vgg&picture=heart&pooling=max&layer=block2_pool", session)
    own = learner.page.state
    tour = learner.tour
    assert tour.button.description == "Start here"
    assert tour.back.layout.display == "none"
    tour.button.click()
    learner.wait()
    assert "lrp-touring" in learner.page._dom_classes
    learner.open(5)
    learner.press(type="leave")
    assert learner.panel == {}
    assert "lrp-touring" not in learner.page._dom_classes
    assert learner.page.header.query == "picture=star&network=mini-vgg&layer=block3_conv2"
    assert tour.button.description == f"Resume tour · 5 of {len(PAGES)}"
    assert tour.back.layout.display is None

    # Resumed at once, it still knows the learner's own settings.
    tour.button.click()
    learner.wait()
    assert learner.panel["number"] == 5
    tour.button.click()
    tour.back.click()
    learner.wait()
    assert learner.page.state == own
    assert tour.back.layout.display == "none"


def test_a_picture_of_one_s_own_comes_back(learner, tmp_path):
    from PIL import Image

    path = tmp_path / "own.png"
    Image.fromarray(load_image("ring", size=80)).save(path)
    learner.page.controls["picture"].picture = path.read_bytes()
    learner.wait()
    learner.tour.button.click()
    learner.wait()
    assert learner.page.state.picture == "star"
    learner.press(type="leave")
    learner.tour.back.click()
    learner.wait()
    assert learner.page.controls["picture"].picture == path.read_bytes()
    assert learner.e.prediction[0][0] == "ring"


def test_after_the_last_page_it_begins_anew(learner):
    learner.open(len(PAGES))
    learner.open(len(PAGES) + 1)
    assert learner.panel == {}
    assert learner.tour.button.description == "Start here"


def test_what_a_teacher_locked_stays_locked(session):
    learner = Learner("network=mini-vgg&lock=1&hide=weights", session)
    learner.tour.button.click()
    learner.wait()
    assert learner.page.state.lock
    assert learner.page.controls["pooling"].disabled
    assert learner.page.header.query == "tour=1&hide=weights&lock=1"


@pytest.mark.parametrize("n", NUMBERS)
def test_links_to_pages_survive_the_address(n):
    names = (["star", "cat"], ["mini-vgg", "vgg16"])
    for changes in ({}, {"picture": "cat"}, {"layer": "input", "pooling": "max"}):
        state = replace(BEGINNINGS[n - 1], tour=n, **changes)
        assert read(write(state, BEGINNINGS), *names, BEGINNINGS) == (state, [])
    state, (note,) = read(f"tour={len(PAGES) + 1}", *names, BEGINNINGS)
    assert state == State()
    assert f"whole number from 0 to {len(PAGES)}" in note


def test_the_page_of_the_picture_taken_apart(session):
    learner = Learner(f"tour={number_of('Is it right?')}", session)
    shown = learner.page.judge.shown
    assert shown["count"] == 64 and 1 < shown["lost_after"] < shown["by_chance"]
    assert not learner.panel["answered"]
    learner.page.judge.widget.replaced = shown["lost_after"] - 1
    assert not learner.panel["answered"]
    learner.page.judge.widget.replaced = shown["lost_after"]
    assert learner.says.startswith(
        f"Lost after {shown['lost_after']} of 64 patches; a random order needs "
        f"{shown['by_chance']}."
    )
    assert learner.panel["part"] == "curves"
    learner.page.header.view = "step"  # its page is not about the stepper
    assert learner.tour.number == 0
