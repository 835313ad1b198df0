"""Lesson 13: additions, concatenations, and what reaches the pixels beyond VGG."""

import numpy as np
import pytest

from lrp_widgets.lessons import check
from lrp_widgets.lessons.experiments import compare_composites, loaded
from lrp_widgets.lessons.experiments.merge_layers import merge_layers
from lrp_widgets.lrp.explain import explain
from lrp_widgets.lrp.rules import Epsilon
from lrp_widgets.media.images import load_image
from lrp_widgets.networks.layers import Addition, Concatenation
from lrp_widgets.widgets import MergeLayers, RulesOnAddition

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
def test_branches_get_what_reaches_them(name):
    """What each merge layer hands on is what its sources have, if nobody else reads them."""
    network = loaded.network(name)
    e = explain(network, picture(network), start="logit")
    readers = [source for layer in network.layers for source in layer.inputs]
    found = merge_layers(e)
    kinds = Addition | Concatenation
    assert len(found) == sum(isinstance(layer, kinds) for layer in network.layers)
    for layer in found:
        assert sum(each.relevance for each in layer.branches) == pytest.approx(
            layer.total, rel=1e-4
        )
        for each in layer.branches:
            if readers.count(each.source) == 1:
                assert each.relevance == pytest.approx(e[each.source].total, rel=1e-4)


def test_a_signed_addition_gives_what_its_rule_says():
    network = loaded.network("mini-resnet")
    e = explain(network, picture(network), rules=Epsilon(0.5), start="logit")
    layer = merge_layers(e)[0]
    skip, branch = (e[each.source].activation.astype(float) for each in layer.branches)
    z = skip + branch
    s = e[layer.name].relevance / (z + 0.5 * np.where(z < 0, -1, 1))
    found = [each.relevance for each in layer.branches]
    np.testing.assert_allclose(found, [(skip * s).sum(), (branch * s).sum()], rtol=1e-4)
    with pytest.raises(ValueError, match="choose one picture"):
        merge_layers(explain(network, np.stack([picture(network)] * 2)))


def test_what_the_lesson_says_of_the_networks_is_so():
    arrived = {
        name: compare_composites.outcome("mini-resnet", "star", name)
        for name in ("z-plus", "epsilon-gamma-box", "overview-vgg")
    }
    assert arrived["z-plus"].arrived > 0.99 > arrived["epsilon-gamma-box"].arrived > 0.5
    assert arrived["overview-vgg"].arrived < 0.5
    dense = loaded.network("mini-densenet")
    e = explain(dense, picture(dense), start="logit")
    assert e.layers[0].total == pytest.approx(e.start_total, rel=1e-3)
    assert all(each.bias is None for each in dense.weighted if each.kind == "convolution")
    assert compare_composites.outcome("mini-densenet", "star", "epsilon-gamma-box").arrived > 0.95
    overview = compare_composites.outcome("mini-densenet", "star", "overview-vgg")
    assert overview.arrived < 0.2 and overview.absorbed["bias"] > 0.3
    older = [layer.branches[0].relevance / layer.total for layer in merge_layers(e)]
    assert np.mean(np.array(older) > 0.5) > 0.8
    assert compare_composites.outcome("mini-densenet", "star", "LRP-0").gross > 10


def test_the_view_follows_their_choices():
    view = MergeLayers()
    assert view.wait(PATIENCE)
    first = view.rows[0]
    assert first["name"] == "conv4_block2_add" and first["arrived"] == pytest.approx(1)
    assert sum(each["share"] for each in first["branches"]) == pytest.approx(1, abs=1e-4)
    view.set_state({"chosen": view.chosen | {"rules": "overview-vgg"}})
    assert view.wait(PATIENCE)
    assert sum(each["share"] for each in view.rows[0]["branches"]) < 0.99
    assert view.rows[-1]["arrived"] < 0.5
    assert view.status == ""


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
    assert page.locator(".lrp-merge").count() == 0
    predict = page.locator(".lrp-task").filter(has_text="which of the two gets more")
    predict.get_by_label("Both the same").check()
    predict.get_by_text("✗ Not yet.").wait_for()
    # A task: wrong, then right.
    task = page.locator(".lrp-task").filter(has_text="An addition gets")
    task.get_by_role("textbox").fill("1")
    task.get_by_role("textbox").press("Enter")
    task.get_by_text("That is the proportional rule.").wait_for()
    task.get_by_role("textbox").fill(str(2 / (2 - 1.5)))
    task.get_by_role("textbox").press("Enter")
    task.get_by_text("✓ Right.").wait_for()
    row = page.locator(".lrp-merge tr", has_text="conv4_block2_add")
    row.wait_for()
    shares = [
        float(text.split()[0]) for text in row.get_by_role("cell").all_text_contents() if text
    ]
    assert shares[1] + shares[2] == pytest.approx(100, abs=0.11)
    assert page.problems == []
