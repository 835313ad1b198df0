"""Lesson 13: additions, concatenations, and what reaches the pixels beyond VGG."""

import numpy as np
import pytest

from lrp_widgets.lessons import check
from lrp_widgets.lessons.experiments import compare_composites
from lrp_widgets.lessons.experiments.merge_layers import joins
from lrp_widgets.lrp.explain import explain
from lrp_widgets.lrp.rules import Epsilon
from lrp_widgets.media.images import load_image
from lrp_widgets.networks.layers import Addition, Concatenation
from lrp_widgets.widgets import MeetingWays, RulesOnAddition

PATIENCE = 120


def test_an_addition_follows_its_sliders():
    table = RulesOnAddition(skip=2, branch=-1.5)
    shares = {row["name"]: row["relevance"] for row in table.rows}
    np.testing.assert_allclose(shares["proportional"], [1, 0])
    np.testing.assert_allclose(shares["LRP-0"], [4, -3])
    np.testing.assert_allclose(shares["ε"], np.array([2, -1.5]) / 0.75)
    table.set_state({"values": table.values | {"branch": -2.0}})  # nothing to divide by
    assert table.rows[1]["dead"] == 1 and table.rows[1]["change"] is None
    assert check("13-skip", 4) and "proportional" in check("13-skip", 1).message


def picture(network):
    return load_image("star", network)


@pytest.mark.parametrize("name", ["mini-resnet", "mini-densenet"])
def test_ways_get_what_reaches_them(name):
    """What each join hands on is what its sources have, if nobody else reads them."""
    network = compare_composites.network_named(name)
    e = explain(network, picture(network), start="logit")
    readers = [source for layer in network.layers for source in layer.inputs]
    found = joins(e)
    kinds = Addition | Concatenation
    assert len(found) == sum(isinstance(layer, kinds) for layer in network.layers)
    for join in found:
        assert sum(way.relevance for way in join.ways) == pytest.approx(join.total, rel=1e-4)
        for way in join.ways:
            if readers.count(way.source) == 1:
                assert way.relevance == pytest.approx(e[way.source].total, rel=1e-4)


def test_a_signed_addition_gives_what_its_rule_says():
    network = compare_composites.network_named("mini-resnet")
    e = explain(network, picture(network), rules=Epsilon(0.5), start="logit")
    join = joins(e)[0]
    skip, branch = (e[way.source].activation.astype(float) for way in join.ways)
    z = skip + branch
    s = e[join.name].relevance / (z + 0.5 * np.where(z < 0, -1, 1))
    found = [way.relevance for way in join.ways]
    np.testing.assert_allclose(found, [(skip * s).sum(), (branch * s).sum()], rtol=1e-4)
    with pytest.raises(ValueError, match="choose one picture"):
        joins(explain(network, np.stack([picture(network)] * 2)))


def test_what_the_lesson_says_of_the_networks_is_so():
    arrived = {
        name: compare_composites.outcome("mini-resnet", "star", name)
        for name in ("z-plus", "epsilon-gamma-box", "overview-vgg")
    }
    assert arrived["z-plus"].arrived > 0.99 > arrived["epsilon-gamma-box"].arrived > 0.5
    assert arrived["overview-vgg"].arrived < 0.5
    dense = compare_composites.network_named("mini-densenet")
    e = explain(dense, picture(dense), start="logit")
    assert e.layers[0].total == pytest.approx(e.start_total, rel=1e-3)
    assert all(each.bias is None for each in dense.weighted if each.kind == "convolution")
    assert compare_composites.outcome("mini-densenet", "star", "epsilon-gamma-box").arrived > 0.95
    overview = compare_composites.outcome("mini-densenet", "star", "overview-vgg")
    assert overview.arrived < 0.2 and overview.booked["bias"] > 0.3
    older = [join.ways[0].relevance / join.total for join in joins(e)]
    assert np.mean(np.array(older) > 0.5) > 0.8
    assert compare_composites.outcome("mini-densenet", "star", "LRP-0").gross > 10


def test_the_ways_follow_their_choices():
    ways = MeetingWays()
    assert ways.wait(PATIENCE)
    first = ways.rows[0]
    assert first["name"] == "conv4_block2_add" and first["arrived"] == pytest.approx(1)
    assert sum(way["share"] for way in first["ways"]) == pytest.approx(1, abs=1e-4)
    ways.set_state({"chosen": ways.chosen | {"rules": "overview-vgg"}})
    assert ways.wait(PATIENCE)
    assert sum(way["share"] for way in ways.rows[0]["ways"]) < 0.99
    assert ways.rows[-1]["arrived"] < 0.5
    assert ways.status == ""


def test_a_share_of_an_addition_is_written_by_a_learner():
    def skip_share(skip, branch, R):
        skip, branch = np.maximum(skip, 0), np.maximum(branch, 0)
        return skip / (skip + branch) * R

    assert check("13-code", skip_share)
    assert "LRP-0" in check("13-code", lambda a, b, R: a / (a + b) * R).message


@pytest.mark.browser
def test_the_lesson_is_worked_through(open_lesson):
    page = open_lesson(13)
    # A prediction opens what it is about: the additions of mini-resnet, measured.
    assert page.locator(".lrp-joins").count() == 0
    predict = page.locator(".lrp-task").filter(has_text="which way gets more of the relevance?")
    predict.get_by_label("Both the same").check()
    predict.get_by_text("✗ Not yet.").wait_for()
    # A task: wrong, then right.
    task = page.locator(".lrp-task").filter(has_text="An addition gets")
    task.get_by_role("textbox").fill("1")
    task.get_by_role("textbox").press("Enter")
    task.get_by_text("That is the proportional way.").wait_for()
    task.get_by_role("textbox").fill(str(2 / (2 - 1.5)))
    task.get_by_role("textbox").press("Enter")
    task.get_by_text("✓ Right.").wait_for()
    row = page.locator(".lrp-joins tr", has_text="conv4_block2_add")
    row.wait_for(timeout=120_000)
    shares = [
        float(text.split()[0]) for text in row.get_by_role("cell").all_text_contents() if text
    ]
    assert shares[1] + shares[2] == pytest.approx(100, abs=0.11)
    assert page.problems == []
