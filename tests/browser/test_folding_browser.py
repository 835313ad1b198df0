"""A network that branches, in a browser: folded blocks, and the branches of an addition."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
from stepper_pages import made_up, write_page

from lrp_widgets.lrp.rules import Proportional, ZPlus

SHAPE = (6, 6, 4)
BLOCKS = {
    "block1": ("conv1",),
    "block2": ("a_conv", "b_conv", "a_add"),
    "block3": ("c_conv", "d_conv", "c_add", "mean"),
    "dense": ("predictions",),
}
LAYERS = [
    ("input", "input", "picture", None, (6, 6, 3)),
    ("conv1", "convolution", "convolution 3×3", ZPlus(), SHAPE),
    ("a_conv", "convolution", "convolution 3×3", ZPlus(), SHAPE),
    ("b_conv", "convolution", "convolution 3×3", ZPlus(), SHAPE),
    ("a_add", "addition", "addition", Proportional(), SHAPE),
    ("c_conv", "convolution", "convolution 3×3", ZPlus(), SHAPE),
    ("d_conv", "convolution", "convolution 3×3", ZPlus(), SHAPE),
    ("c_add", "addition", "addition", Proportional(), SHAPE),
    ("mean", "global average pooling", "global average pooling", Proportional(), (4,)),
    ("predictions", "dense", "dense", ZPlus(), (8,)),
]
BRANCHES = {
    "a_add": (("a_conv", 0.25), ("b_conv", 0.75)),
    "c_add": (("c_conv", 0.5), ("a_add", 0.5)),
}


@pytest.fixture
def page(new_page, tmp_path):
    e = made_up(LAYERS)
    layers = [replace(layer, branches=BRANCHES.get(layer.name, ())) for layer in e.layers]
    names = SimpleNamespace(**vars(e.network), blocks=BLOCKS)
    e = replace(e, layers=layers, network=names)
    page = new_page(1060, 680)
    page.goto(write_page(tmp_path / "stepper.html", e))
    page.wait_for_function("() => !!window.close_widget")
    return page


def shown(page, part=".lrp-frame"):
    return page.locator(part).evaluate_all("(all) => all.map((each) => each.dataset.layer)")


def name_of(page):
    return page.locator(".lrp-name").inner_text()


FOLDED = ["input", "conv1", "a_add", "mean", "predictions"]


def test_blocks_are_folded_and_unfolded(page):
    assert shown(page) == FOLDED
    assert shown(page, ".lrp-bar") == FOLDED[::-1]
    page.get_by_role("button", name="Unfold block2, 3 layers").click()
    unfolded = ["input", "conv1", "a_conv", "b_conv", "a_add", "mean", "predictions"]
    assert shown(page) == unfolded
    assert shown(page, ".lrp-bar") == unfolded[::-1]
    page.locator(".lrp-frame[data-layer=a_conv]").click()
    page.get_by_role("button", name="Fold block2, 3 layers").click()
    assert shown(page) == FOLDED
    assert name_of(page) == "a_add"  # which stands for what is folded away
    assert page.problems == []


def test_stepping_passes_over_what_is_folded(page):
    walked = []
    for _ in FOLDED:
        walked.append(name_of(page))
        page.locator(".lrp-stepper").press("ArrowRight")
    assert walked == FOLDED[::-1]
    page.locator(".lrp-slider").fill("1")
    assert name_of(page) == "mean"
    assert page.locator(".lrp-place").inner_text() == "layer 2 of 10, output → input"


def test_a_way_leads_to_where_the_relevance_went(page):
    page.locator(".lrp-frame[data-layer=a_add]").click()
    shares = page.locator(".lrp-branches li").all_inner_texts()
    assert shares == ["to a_conv +0.250 (25.0 %)", "to b_conv +0.750 (75.0 %)"]
    page.locator(".lrp-branch", has_text="b_conv").click()
    assert name_of(page) == "b_conv"
    assert "b_conv" in shown(page)  # its block was unfolded for it
    assert page.locator(".lrp-branches").is_hidden()
    page.evaluate("model.set('current', 'd_conv')")
    assert len(shown(page)) == len(LAYERS)
    assert page.problems == []
