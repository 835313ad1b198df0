"""Lesson 11: BatchNorm by numbers, additions, and what reaches the pixels beyond VGG."""

import numpy as np
import pytest

from lrp_widgets import composite_maps
from lrp_widgets.explaining import explain
from lrp_widgets.images import load_image
from lrp_widgets.joins import joins
from lrp_widgets.layers import Addition, Concatenation
from lrp_widgets.lessons import check
from lrp_widgets.one_fold import BIAS, KERNEL, ROW, WAYS, fold_by_numbers
from lrp_widgets.rules import Epsilon
from lrp_widgets.widgets import FoldNumbers, MeetingWays, RulesOnAddition

PATIENCE = 120
STATISTICS = [(1.5, 0.5, 1.0, 4.0), (-1.5, 0.75, -0.5, 2.25), (0.5, -1.0, 0.25, 0.5)]


def relu(x):
    return np.maximum(x, 0)


def written_out(way, gamma, beta, mean, variance):
    """What the little network puts out, as its layers are defined, in plain NumPy."""
    pooled = np.maximum(ROW[:-1], ROW[1:])

    def normalised(x):
        return gamma * (x - mean) / np.sqrt(variance) + beta

    def convolved(x):
        padded = np.concatenate([[0], x, [0]])
        return np.array([padded[k : k + 3] @ KERNEL + BIAS for k in range(len(x))])

    if way == "left":
        return relu(normalised(convolved(np.array(ROW[:-1]))))
    if way == "right":
        return convolved(relu(normalised(pooled)))
    return relu(normalised(pooled)).mean(keepdims=True)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("statistics", STATISTICS)
def test_the_output_stays_whatever_is_folded(way, statistics):
    folded = fold_by_numbers(way, *statistics)
    expected = written_out(way, *statistics)
    for stages in (folded.before, folded.after):
        np.testing.assert_allclose(stages[-1].values, expected, atol=1e-12)
    assert folded.difference < 1e-12


def test_the_stages_say_what_was_rewritten():
    gamma, beta, mean, variance = STATISTICS[0]
    scale = gamma / np.sqrt(variance)
    offset = beta - scale * mean
    left = fold_by_numbers("left", *STATISTICS[0])
    assert [stage.name for stage in left.after] == ["x", "conv"]
    np.testing.assert_allclose(left.kernel, scale * np.array(KERNEL))
    assert left.bias == pytest.approx(scale * BIAS + offset)
    right = fold_by_numbers("right", *STATISTICS[0])
    assert [stage.kind for stage in right.after[2:]] == ["threshold", "padding", "convolution"]
    assert right.after[2].words == "max(x, 0.333)" and right.after[3].words == "pads with 0.333"
    assert right.after[3].values[0] == right.after[3].values[-1] == pytest.approx(-offset / scale)
    assert fold_by_numbers("right", -1.5).after[2].words.startswith("min(x,")
    assert "stays a layer of its own" in fold_by_numbers("right", 0.0).note
    kept = fold_by_numbers("kept")
    assert "one to one" in kept.note and kept.kernel is None
    with pytest.raises(ValueError, match="folded left, right, kept"):
        fold_by_numbers("up")


def test_the_fold_follows_its_sliders():
    widget = FoldNumbers()
    assert [each["rewritten"] for each in widget.numbers["after"]] == [False, True]
    widget.set_state({"way": "right", "gamma": -2.0, "mean": 0.5})
    expected = fold_by_numbers("right", -2.0, 0.5, 0.5, 4.0)
    assert widget.numbers["scale"] == expected.scale == -1
    np.testing.assert_allclose(widget.numbers["after"][-1]["values"], expected.after[-1].values)
    assert widget.numbers["note"].endswith("its ReLU became a threshold.")


def test_an_addition_follows_its_sliders():
    table = RulesOnAddition(skip=2, branch=-1.5)
    shares = {row["name"]: row["relevance"] for row in table.rows}
    np.testing.assert_allclose(shares["proportional"], [1, 0])
    np.testing.assert_allclose(shares["LRP-0"], [4, -3])
    np.testing.assert_allclose(shares["ε"], np.array([2, -1.5]) / 0.75)
    table.set_state({"values": table.values | {"branch": -2.0}})  # nothing to divide by
    assert table.rows[1]["dead"] == 1 and table.rows[1]["change"] is None
    assert check("11-skip", 4) and "proportional" in check("11-skip", 1).message


def picture(network):
    return load_image("star", network)


@pytest.mark.parametrize("name", ["mini-resnet", "mini-densenet"])
def test_ways_get_what_reaches_them(name):
    """What each join hands on is what its sources have, if nobody else reads them."""
    network = composite_maps.network_named(name)
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
    network = composite_maps.network_named("mini-resnet")
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
        name: composite_maps.outcome("mini-resnet", "star", name)
        for name in ("z-plus", "epsilon-gamma-box", "overview-vgg")
    }
    assert arrived["z-plus"].arrived > 0.99 > arrived["epsilon-gamma-box"].arrived > 0.5
    assert arrived["overview-vgg"].arrived < 0.5
    dense = composite_maps.network_named("mini-densenet")
    assert "moved into" in dense.notes[0] and "stays a layer of its own" in dense.notes[-1]
    e = explain(dense, picture(dense), start="logit")
    at_paddings = sum(each.absorbed["padding"] for each in e.layers)
    missing = e.start_total - e.layers[0].total
    assert missing > 0.05 * e.start_total
    assert at_paddings == pytest.approx(missing, rel=0.1)
    older = [join.ways[0].relevance / join.total for join in joins(e)]
    assert np.mean(np.array(older) > 0.5) > 0.8
    assert composite_maps.outcome("mini-densenet", "star", "overview-vgg").gross > 10


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


@pytest.mark.browser
def test_the_lesson_is_worked_through(open_lesson):
    page = open_lesson(11)
    # A slider, and the other way: the output on the page is NumPy's, before and after.
    fold = page.locator(".lrp-bnfold")
    fold.get_by_label("scale γ").fill("-1.5")
    fold.get_by_text("scale = γ/√σ² = −0.750").wait_for()
    fold.get_by_role("button", name=WAYS["right"]).click()
    fold.get_by_text("its ReLU became a threshold").wait_for()
    for side in ("before", "after"):
        last = fold.locator(f"[data-side={side}] li").last.locator(".lrp-bnfold-values span")
        found = [float(text.replace("−", "-")) for text in last.all_text_contents()]
        np.testing.assert_allclose(found, written_out("right", -1.5, 0.5, 1.0, 4.0), atol=5e-3)
    # A prediction, and a task: wrong, then right.
    predict = page.locator(".lrp-task").filter(has_text="In DenseNet a BatchNorm stands")
    predict.get_by_label("Still with 0").check()
    predict.get_by_text("✗ Not yet.").wait_for()
    predict.get_by_role("radio", name="With t", exact=True).check()
    predict.get_by_text("✓ Right.").wait_for()
    task = page.locator(".lrp-task").filter(has_text="An addition gets")
    task.get_by_role("textbox").fill("1")
    task.get_by_role("textbox").press("Enter")
    task.get_by_text("That is the proportional way.").wait_for()
    task.get_by_role("textbox").fill(str(2 / (2 - 1.5)))
    task.get_by_role("textbox").press("Enter")
    task.get_by_text("✓ Right.").wait_for()
    # The additions of mini-resnet are measured.
    row = page.locator(".lrp-joins tr", has_text="conv4_block2_add")
    row.wait_for(timeout=120_000)
    shares = [
        float(text.split()[0]) for text in row.get_by_role("cell").all_text_contents() if text
    ]
    assert shares[1] + shares[2] == pytest.approx(100, abs=0.11)
    assert page.problems == []
