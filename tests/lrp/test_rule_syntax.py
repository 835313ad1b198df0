"""Rules and composites as text: what is written can be read, and what cannot is refused."""

import pytest
from small import picture, small_vgg

from lrp_widgets import explain
from lrp_widgets.lrp import rule_words, rules
from lrp_widgets.lrp.composites import COMPOSITES, assign, choose
from lrp_widgets.lrp.rule_syntax import join, read_rule, spell, split

SPELLED = {
    rules.ZPlus(): "z-plus",
    rules.ZPlus(bias=True): "z-plus-bias",
    rules.Zero(): "zero",
    rules.Epsilon(1e-6): "epsilon:1e-06",
    rules.Epsilon(0.25, relative=True): "epsilon-rms:0.25",
    rules.Gamma(0.1): "gamma:0.1",
    rules.Gamma(2, generalized=True): "gamma-sign:2",
    rules.Gamma(0.1, bias=False): "gamma-no-bias:0.1",
    rules.Gamma(2, generalized=True, bias=False): "gamma-sign-no-bias:2",
    rules.AlphaBeta(2.1, 1.1): "alpha-beta:2.1",
    rules.AlphaBeta(1, 0): "alpha-beta:1",
    rules.WSquare(): "w-square",
    rules.WSquare(bias=True): "w-square-bias",
    rules.Flat(): "flat",
    rules.Flat(bias=True): "flat-bias",
    rules.ZBox(): "z-box",
    rules.ZBox(0.0, 1.0, bias=True): "z-box-bias:0:1",
    rules.ZBox((-1.5, 0.0), 2.0): "z-box:-1.5|0:2",
    rules.Ones(): "ones",
    rules.Proportional(): "proportional",
    rules.WinnerTakeAll(): "winner-take-all",
}


@pytest.mark.parametrize(("rule", "text"), SPELLED.items(), ids=str)
def test_each_rule_is_written_and_read(rule, text):
    assert spell(rule) == text
    assert read_rule(text) == rule


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("gamma:1/2", rules.Gamma(0.5)),
        ("gamma: 1 / 4", rules.Gamma(0.25)),
        ("gamma:0/3", rules.Gamma(0)),
        ("epsilon:2.5e-1", rules.Epsilon(0.25)),
        ("epsilon-rms:1/3", rules.Epsilon(1 / 3, relative=True)),
        ("alpha-beta:4/3", rules.AlphaBeta(4 / 3, 1 / 3)),
        ("z-box:−1/2:1/2", rules.ZBox(-0.5, 0.5)),
        ("z-box:-1/2|0|0.5:3/2", rules.ZBox((-0.5, 0.0, 0.5), 1.5)),
    ],
)
def test_fractions_are_numbers(text, rule):
    read = read_rule(text)
    for name, value in vars(rule).items():
        assert getattr(read, name) == pytest.approx(value, abs=1e-12)
    assert read_rule(spell(read)) == read


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("gamma:1/0", "'1/0' divides by zero"),
        ("gamma:0/0.0", "divides by zero"),
        ("gamma:1/2/3", "'1/2/3' is no number, such as 0.25 or 1/4"),
        ("gamma:/2", "'/2' is no number"),
        ("gamma:1|2", "'1|2' is no number"),
        ("gamma:1_0", "'1_0' is no number"),
        ("gamma:1e999", "'1e999' is no finite number"),
        ("gamma:1e308/1e-308", "is no finite number"),
        ("gamma:" + "9" * 5000, "is no finite number"),
        ("gamma:1e" + "9" * 50_000, "is no finite number"),
        ("gamma:-1/2", "gamma must be at least 0; got -0.5"),
        ("alpha-beta:2/3", "alpha must be at least 1; got 0.6666666666666666"),
        ("z-box:1:1/2", "low = 1.0, high = 0.5"),
        ("z-box:1|2:1|2|3", "2 low bounds and 3 high ones"),
    ],
)
def test_what_is_no_number_is_named(text, words):
    with pytest.raises(ValueError) as error:
        read_rule(text)
    assert words in str(error.value) and len(str(error.value)) < 200
    with pytest.raises(ValueError, match="rules cannot be"):
        explain(small_vgg(), picture(small_vgg()), text)
    with pytest.raises(ValueError, match="rules cannot be"):
        explain(small_vgg(), picture(small_vgg()), f"own,block1:{text}")


def test_settings_left_out_have_their_defaults():
    assert read_rule("gamma") == rules.Gamma()
    assert read_rule("alpha-beta") == rules.AlphaBeta()


@pytest.mark.parametrize(
    "text", ["", "delta", "gamma:x", "gamma:nan", "gamma:-1", "gamma:1:2", "flat:1", "alpha-beta:0"]
)
def test_what_is_no_rule_is_refused_in_one_sentence(text):
    with pytest.raises(ValueError, match=r"\w") as error:
        read_rule(text)
    assert "\n" not in str(error.value)


def test_a_composite_with_changes():
    text = "epsilon-plus,block2:gamma:0.1,dense:zero"
    base, changed = split(text)
    assert (base, changed) == ("epsilon-plus", {"block2": rules.Gamma(0.1), "dense": rules.Zero()})
    assert join(base, changed) == text
    assert split("own,a:flat,b:zero,a:zero")[1] == {"b": rules.Zero(), "a": rules.Zero()}
    network = small_vgg()
    replaced = COMPOSITES["epsilon-plus"].replaced("block2", rules.Gamma(0.1))
    replaced = replaced.replaced("dense", rules.Zero())
    assert choose(network, text) == replaced
    assert rule_words.rule_words(text) == "epsilon-plus; block2: γ = 0.1; dense: LRP-0"


def test_text_is_as_good_as_the_objects_it_describes():
    network = small_vgg(default_rules="epsilon-plus")
    image = picture(network)
    for text, meant in {
        "gamma:0.5": rules.Gamma(0.5),
        "own,block1:flat": COMPOSITES["epsilon-plus"].replaced("block1", rules.Flat()),
    }.items():
        assert assign(network, text) == assign(network, meant)
        e = explain(network, image, text)
        assert e.settings == explain(network, image, meant).settings
        assert assign(network, e.settings["rules"]) == assign(network, text)


@pytest.mark.parametrize("text", ["nothing", "z-plus,block1", "z-plus,block9:zero", "proportional"])
def test_a_text_that_describes_nothing_is_refused(text):
    with pytest.raises(ValueError, match=r"rules|block"):
        assign(small_vgg(), text)


def test_a_composite_of_ones_own_is_called_by_its_name():
    assert rule_words.rule_words("mine, by layer") == "mine, by layer"
