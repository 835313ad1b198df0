"""The dashboard's "Compare" without a browser: what pane B asks for, and what comes of it."""

import pytest

from lrp_widgets.widgets.dashboard import dashboard as module
from lrp_widgets.widgets.settings.url_state import read


@pytest.fixture
def store(store):
    """The networks on offer; only mini-vgg needs no download."""
    store.disk = {"mini-vgg"}
    return store


@pytest.fixture
def make(make):
    """Make a dashboard with mini-vgg and wait for the first results."""
    return lambda query="": make("network=mini-vgg&" + query)


def click(page, **message):
    page.compare.widget._handle_custom_msg(message, [])
    assert page.wait(30)


def setting_of(page):
    """What distinguishes the two on the screen."""
    return [
        (e.network.weights, e.pooling, e.settings["rules"], e.settings["input_rule"], e.target)
        for e in page.compare.widget.explanations
    ]


PLAIN = ("pretrained", "avg", "z-plus", "ones", None)


def test_the_tab_shows_the_same_layer_for_random_weights(make):
    page = make()
    assert page.compare.widget.explanations == (None, None)  # nothing is computed before
    page.stepper.current = "conv"
    page.header.view = "compare"
    assert page.wait(30)
    assert setting_of(page) == [PLAIN, ("random", *PLAIN[1:])]
    assert page.compare.widget.current == "conv"
    assert page.stepper.layout.display == "none"
    page.header.view = "step"
    assert (page.stepper.layout.display, page.compare.widget.layout.display) == (None, "none")


@pytest.mark.parametrize(
    ("name", "first", "second"),
    [
        ("weights", PLAIN, ("random", "avg", "z-plus", "ones", None)),
        ("pooling", PLAIN, ("pretrained", "max", "z-plus", "ones", None)),
        ("channels", PLAIN, PLAIN),
        ("input", PLAIN, ("pretrained", "avg", "z-plus", None, None)),
        ("class", (*PLAIN[:4], "circle"), (*PLAIN[:4], "square")),
        ("rule", PLAIN, ("pretrained", "avg", "epsilon-plus", "ones", None)),
    ],
)
def test_each_experiment_is_one_click(make, name, first, second):
    page = make("view=compare&weights=pretrained&b=")
    click(page, type="preset", name=name)
    assert setting_of(page) == [first, second]
    assert page.compare.widget.preset == name
    views = (page.compare.widget.first_view, page.compare.widget.second_view)
    expected = {"channels": ("gray", "rgb"), "input": ("rgb", "rgb")}
    assert views == expected.get(name, ("gray", "gray"))


def test_an_experiment_sets_pane_a_too(make):
    page = make("view=compare&pooling=max&weights=random")
    click(page, type="preset", name="pooling")
    click(page, type="preset", name="weights")
    assert setting_of(page) == [PLAIN, ("random", *PLAIN[1:])]
    assert page.controls["weights"].value == "pretrained"
    assert page.controls["pooling"].value == "avg"


def test_pane_b_follows_pane_a_in_all_that_it_has_not_otherwise(make):
    page = make("view=compare&b=weights:random")
    page.controls["pooling"].value = "max"
    assert page.wait(30)
    assert [(w, p) for w, p, *_ in setting_of(page)] == [("pretrained", "max"), ("random", "max")]
    page.controls["picture"].picture = "heart"
    assert page.wait(30)
    assert page.compare._second[0].picture == "heart"


def test_settings_of_pane_b_alone(make):
    page = make("view=compare&b=")
    click(page, type="choose", name="explain", value="logit")
    click(page, type="choose", name="target", value="2")
    assert [e.target for e in page.compare.widget.explanations] == [None, "triangle"]
    assert page.compare.widget.chosen == {"explain": "logit", "target": "2"}
    click(page, type="choose", name="explain", value="")
    assert page.compare.widget.titles == ["", ""]
    click(page, type="choose", name="seed", value="-1")
    assert page.compare.widget.second_signs["error"].startswith("Seed is ignored: it is a whole")


@pytest.mark.parametrize(("own", "random"), [("", False), ("weights:random", True)])
def test_names_of_random_weights_are_remarked_in_pane_b_s_list(make, own, random):
    page = make(f"view=compare&explain=logit&b={own}")
    [target] = [each for each in page.compare.widget.choices if each["name"] == "target"]
    assert target["remark"] == "random weights: the names mean nothing" * random


def test_pane_b_explains_the_class_that_pane_a_explains(make):
    page = make("view=compare&explain=contrast&b=weights:random")
    assert page.compare._second[0].target == 0
    assert page.compare._second[0].other == 1
    click(page, type="choose", name="explain", value="logit")
    assert [e.target for e in page.compare.widget.explanations] == ["circle", "circle"]


def test_another_class_costs_pane_b_one_explanation_only(make, recorder):
    page = make("view=compare&explain=logit&b=target:2")
    assert page.explanation.target == "circle"
    assert [target for *_, target in recorder.explained] == [None, 2]


# The link


def test_the_tab_and_what_differs_travel_in_the_link(make):
    page = make()
    assert "view" not in page.header.query
    page.header.view = "compare"
    click(page, type="preset", name="pooling")
    page.compare.widget.scales = "common"
    page.compare.widget.current = "conv"
    query = page.header.query
    assert "view=compare" in query
    assert "b=pooling:max" in query
    again = make(query)
    assert again.state == page.state
    assert setting_of(again) == setting_of(page)
    assert again.compare.widget.current == "conv"


def test_what_the_address_gets_wrong_is_said(make):
    page = make("view=compare&b=weights:trained")
    (note,) = page.compare.widget.notes
    assert "“weights:trained”" in note
    assert setting_of(page)[1][0] == "random"  # the default
    click(page, type="preset", name="pooling")
    assert page.compare.widget.notes == []


def test_a_locked_page_compares_what_the_link_says(make):
    page = make("view=compare&lock=1&b=pooling:max")
    assert page.compare.widget.locked
    click(page, type="preset", name="weights")
    assert setting_of(page)[1][:2] == ("pretrained", "max")


def test_what_is_hidden_is_not_offered(make):
    page = make("view=compare&hide=weights,explain&b=")
    offered = [each["name"] for each in page.compare.widget.presets]
    assert offered == ["pooling", "channels", "input", "rule"]
    names = {each["name"] for each in page.compare.widget.choices}
    assert not names & {"weights", "seed", "explain", "target"}


# What goes wrong


def test_a_failure_is_one_sentence_and_the_last_good_result_stays(make, recorder):
    page = make("view=compare&b=pooling:max")
    before = page.compare.widget.explanations
    recorder.problem = ValueError("The file is broken.")
    click(page, type="preset", name="weights")
    signs = page.compare.widget.second_signs
    assert (signs["error"], signs["stale"]) == ("The file is broken.", False)
    assert page.compare.widget.explanations == before
    assert page.compare.differing == {"pooling": "max"}
    assert page.compare.widget.first_signs["error"] == ""
    click(page, type="dismiss", side="second")
    assert page.compare.widget.second_signs["error"] == ""


def test_weights_that_are_not_there_are_refused_in_one_sentence(make):
    page = make("view=compare&b=")
    click(page, type="choose", name="network", value="vgg16")
    assert (
        "VGG16’s pretrained weights are not on this machine"
        in (page.compare.widget.second_signs["error"])
    )
    assert page.compare.widget.chosen == {}
    click(page, type="choose", name="weights", value="random")
    click(page, type="choose", name="network", value="vgg16")
    assert page.compare.widget.explanations[1].network.name == "vgg16"


def test_pane_a_s_troubles_are_shown_in_pane_a(make, recorder):
    page = make("view=compare&b=pooling:max")
    recorder.problem = ValueError("The file is broken.")
    page.controls["weights"].value = "random"
    assert page.wait(30)
    assert page.compare.widget.first_signs["error"] == "The file is broken."
    assert page.compare.widget.second_signs["error"] == ""
    click(page, type="dismiss", side="first")
    assert page.stepper.error == ""


def test_every_value_on_offer_can_be_read(make):
    page = make("view=compare&b=weights:random,explain:logit")
    for choice in page.compare.widget.choices:
        assert not choice.get("unneeded")
        for value, words in choice.get("options", [("7", "seven")]):
            assert words
            _, notes = read(f"b={choice['name']}:{value}", ("cat", "star"), module.registry.NAMES)
            assert choice["name"] == "picture" or notes == []


def test_pane_b_has_rules_by_block_from_a_link_and_none_of_another_network(make):
    page = make("view=compare&rules=z-plus,dense:flat&b=rules:epsilon-plus;dense:gamma:0.1")
    assert [each[2] for each in setting_of(page)] == [
        "z-plus,dense:flat",
        "epsilon-plus,dense:gamma:0.1",
    ]
    assert "b=rules:epsilon-plus%3Bdense:gamma:0.1" in page.header.query
    (offered,) = (each for each in page.compare.widget.choices if each["name"] == "rules")
    assert [offered["options"][0][0], offered["options"][-1]] == [
        "own",
        ["epsilon-plus,dense:gamma:0.1", "epsilon-plus; dense: γ = 0.1"],
    ]
    click(page, type="choose", name="rules", value="")
    click(page, type="choose", name="weights", value="random")
    click(page, type="choose", name="network", value="tiny-darknet")
    assert [each[2] for each in setting_of(page)] == ["z-plus,dense:flat", "z-plus"]
