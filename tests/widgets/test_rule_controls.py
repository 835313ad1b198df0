"""The rules on the page: what is chosen is the text that travels, and back."""

import pytest

from lrp_widgets.lrp.rules import AlphaBeta, Epsilon, Gamma, ZBox
from lrp_widgets.session import NetworkInfo
from lrp_widgets.widgets.settings.rule_controls import RuleControls

MINI = NetworkInfo(
    "mini-vgg", "pretrained", None, ["a"], "epsilon-plus", {"block1": ("c",), "dense": ("d",)}
)


@pytest.fixture
def controls():
    made = RuleControls("Rules", "What they are.")
    made.list_blocks(MINI)
    return made


def row(controls, part):
    return controls._by_part[part]


def choose(controls, part, kind):
    row(controls, part)._kind.value = kind


def test_the_composite_is_the_text(controls):
    assert controls.value == "own"
    assert controls._composite.options[0] == ("own: epsilon-plus", "own")
    controls._composite.value = "excitation-backprop"
    assert controls.value == "excitation-backprop"


def test_a_block_gets_a_rule_and_a_parameter(controls):
    choose(controls, "block1", "gamma")
    assert controls.value == "own,block1:gamma:0.25"
    slider = row(controls, "block1")._slider
    assert slider.layout.display is None
    slider.value = 0.1
    assert controls.value == "own,block1:gamma:0.1"
    choose(controls, "dense", "zero")
    controls._composite.value = "z-plus"
    assert controls.value == "z-plus,block1:gamma:0.1,dense:zero"
    choose(controls, "block1", "")
    assert controls.value == "z-plus,dense:zero"
    assert slider.layout.display == "none"


@pytest.mark.parametrize(
    ("text", "part", "rule"),
    [
        ("own,block1:gamma:0.123", "block1", Gamma(0.123)),
        ("own,block1:gamma-no-bias:0.1", "block1", Gamma(0.1, bias=False)),
        ("z-plus,dense:epsilon-rms:0.25", "dense", Epsilon(0.25, relative=True)),
        ("z-plus,dense:alpha-beta:1", "dense", AlphaBeta(1, 0)),
        ("z-plus,input layer:z-box:0:1", "input layer", ZBox(0.0, 1.0)),
        ("z-plus,block1:gamma:1/3", "block1", Gamma(1 / 3)),
        ("z-plus,dense:ones", "dense", None),
    ],
)
def test_a_link_sets_the_widgets_and_asks_for_nothing_else(controls, text, part, rule):
    seen = []
    controls.observe(lambda change: seen.append(change["new"]), names="value")
    controls.value = text
    assert seen == [text]
    assert rule is None or row(controls, part).rule == rule
    slider = row(controls, part)._slider
    if rule is not None and rule.suggested:
        [parameter] = rule.suggested
        assert slider.value == getattr(rule, parameter)
        slider.value = max(value for _, value in slider.options)
        assert len(seen) == 2


def test_a_rule_that_only_a_link_names_is_listed_in_words(controls):
    controls.value = "own,block1:gamma-no-bias:0.1,dense:flat-bias"
    words = {part: row(controls, part)._kind.label for part in ("block1", "dense")}
    assert words == {"block1": "γ without bias", "dense": "flat with bias"}
    row(controls, "block1")._slider.value = 0.5
    assert controls.value == "own,block1:gamma-no-bias:0.5,dense:flat-bias"
    assert row(controls, "block1")._kind.label == "γ without bias"


def test_one_rule_for_all_layers_is_listed_as_long_as_it_is_chosen(controls):
    controls.value = "gamma:1/2,dense:flat"
    assert controls._composite.label == "γ = 0.5"
    choose(controls, "dense", "")
    assert controls.value == "gamma:1/2"
    controls._composite.value = "z-plus"
    assert controls.value == "z-plus"
    assert "gamma:1/2" not in [value for _, value in controls._composite.options]


def test_what_is_set_before_the_blocks_are_known_stays():
    controls = RuleControls("Rules", "What they are.")
    controls.value = "z-plus,block1:gamma:0.5,elsewhere:flat"
    controls.list_blocks(MINI)
    assert row(controls, "block1").rule == Gamma(0.5)
    choose(controls, "dense", "flat")
    assert controls.value == "z-plus,elsewhere:flat,block1:gamma:0.5,dense:flat"
    controls.forget_blocks()
    assert controls.value == "z-plus"
    assert row(controls, "block1").rule is None


def test_every_kind_can_be_chosen_for_every_part(controls):
    for part, each in controls._by_part.items():
        for _, kind in each._kind.options:
            choose(controls, part, kind)
            assert (f"{part}:{kind}" in controls.value) == bool(kind)


def test_a_lock_reaches_every_part(controls):
    controls.disabled = True
    assert row(controls, "block1")._kind.disabled
    assert row(controls, "dense")._slider.disabled
    assert controls._composite.disabled
