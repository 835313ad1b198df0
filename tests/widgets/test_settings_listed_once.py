"""A setting is listed once; everything that shows, reads or writes it follows from that."""

from dataclasses import fields, replace

import pytest
from fake_explaining import FakeNetwork, make_explanation

from lrp_widgets.app import cli
from lrp_widgets.figures import captions
from lrp_widgets.figures.code_snippet import as_python
from lrp_widgets.figures.view_settings import View
from lrp_widgets.lrp.question import Question
from lrp_widgets.lrp.settings import as_text, settings
from lrp_widgets.session import QUESTION, REQUEST, Request
from lrp_widgets.widgets.compare.compare_page import LISTED as IN_PANE_B
from lrp_widgets.widgets.live.live import Live
from lrp_widgets.widgets.settings.controls import Controls
from lrp_widgets.widgets.settings.url_state import State, read, write
from lrp_widgets.widgets.stepper.stepper import LayerStepper

NAMES = ("mini-vgg", "vgg16")
SHOWN = {**REQUEST, **settings(View)}
LINKED = [name for name, each in SHOWN.items() if each.link]
CHOSEN = [name for name, each in SHOWN.items() if each.words]


@pytest.fixture(scope="module")
def controls():
    return Controls(NAMES)


def test_a_request_is_network_weights_seed_picture_and_a_question():
    assert set(QUESTION) == {field.name for field in fields(Question)}
    assert set(REQUEST) - set(QUESTION) == {"picture", "network", "weights", "seed"}
    assert Question(**Request("star", "mini-vgg").settings) == Question(rules="own")


@pytest.mark.parametrize("name", REQUEST)
def test_every_setting_has_a_name_and_one_sentence(name):
    assert REQUEST[name].label and REQUEST[name].help.endswith(".")


@pytest.mark.parametrize("name", LINKED)
def test_what_a_link_carries_has_a_control_if_it_has_a_name(name, controls):
    each = SHOWN[name]
    assert each.link in {field.name for field in fields(State)}
    assert (each.link in controls.by_name) == bool(each.label)


@pytest.mark.parametrize("name", CHOSEN)
def test_every_choice_can_be_made_everywhere(name, controls):
    each = SHOWN[name]
    for value, words in each.words.items():
        assert each.read(as_text(value)) == value and words
        if each.link:
            link = write(replace(State(), **{each.link: value}))
            assert getattr(read(link, (), NAMES)[0], each.link) == value
        if each.link in controls.by_name:
            controls[each.link].value = value
        if each.option:
            flag = f"--{each.option.replace('_', '-')}"
            options = cli._parser().parse_args(["explain", "cat", flag, as_text(value)])
            assert getattr(options, each.option) == value
        for widget in (LayerStepper(), Live()):
            if widget.has_trait(name):
                setattr(widget, name, value)
    with pytest.raises(ValueError, match="it can be "):
        each.read("something else")


def test_pane_b_can_have_all_of_a_question_but_what_belongs_to_pane_a():
    own = {each.name for each in IN_PANE_B.values()}
    assert set(REQUEST) - own == {"other", "epsilon", "through"}


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("pooling", "max", "pooling: winner-take-all"),
        ("rules", "epsilon-plus", "rule: epsilon-plus"),
        ("input_rule", None, "input layer: like every layer"),
        ("epsilon", 0.5, "stabilizer: ε = 0.5"),
        ("dtype", "float64", "dtype: float64"),
    ],
)
def test_captions_and_code_name_what_was_asked(name, value, words):
    e = make_explanation(FakeNetwork("mini-vgg"), **{name: value})
    assert words in captions.settings_line(e).replace("\xa0", " ")
    written = f'"{value}"' if isinstance(value, str) else value
    assert f"    {name}={written}," in as_python(e)
