"""Lesson 7: the backward pass through whichever trained network is here."""

from itertools import pairwise

import numpy as np
import pytest
from lesson_cells import predict

from lrp_widgets import explain
from lrp_widgets._support import memory
from lrp_widgets._support.paths import folder
from lrp_widgets.lessons import check, lesson07
from lrp_widgets.lessons.checking import questions
from lrp_widgets.lessons.experiments.layer_statistics import (
    LayerStatistics,
    becomes_finer_at,
    cells_for_half,
    in_squares,
    largest,
    layer_statistics,
)
from lrp_widgets.lessons.experiments.output_starts import output_of
from lrp_widgets.media.images import load_image
from lrp_widgets.networks.zoo import registry
from lrp_widgets.networks.zoo.registry import load_network
from lrp_widgets.widgets import LayerTable


@pytest.fixture
def only(monkeypatch):
    """Make it look as if only these networks' trained weights were on the disk."""

    def choose(*names, free=64 * 2**30):
        monkeypatch.setattr(registry, "on_disk", lambda name, weights="pretrained": name in names)
        monkeypatch.setattr(memory, "available", lambda: free)
        lesson07.network.cache_clear()

    yield choose
    lesson07.network.cache_clear()


@pytest.mark.parametrize(
    ("here", "free", "name", "picture", "said"),
    [
        (("mini-vgg",), 2**34, "mini-vgg", "star", "Neither are tiny-darknet's, 4.2 MB."),
        (("mini-vgg", "tiny-darknet"), 2**34, "tiny-darknet", "cat", "553 MB, are not on this"),
        (lesson07.NETWORKS, 2**34, "vgg16", "cat", "uses **VGG16**"),
        (lesson07.NETWORKS, 2**30, "tiny-darknet", "cat", "too little memory is free for it"),
        (lesson07.NETWORKS, 2**20, "mini-vgg", "star", "too little memory is free for it"),
    ],
)
def test_the_best_network_that_is_here_is_explained(only, here, free, name, picture, said):
    only(*here, free=free)
    assert (lesson07.network(), lesson07.picture()) == (name, picture)
    assert said in lesson07.which_network()


def test_vgg16_is_counted_in_its_architecture():
    channels = [3, 64, 64, 128, 128, 256, 256, 256, *[512] * 6]
    widths = [7 * 7 * 512, 4096, 4096, 1000]
    count = sum(3 * 3 * c * n + n for c, n in pairwise(channels))
    count += sum(c * n + n for c, n in pairwise(widths))
    assert f"{count / 1e6:.0f} million" in lesson07.about_vgg16()
    assert "13 convolutions, in 5 blocks" in lesson07.about_vgg16()


def test_the_lesson_opens_at_the_output():
    assert lesson07.output_layer() == lesson07.explained().layers[-1].name
    assert lesson07.explained() is lesson07.explained()


def facts(**changes):
    plain = {"name": "a", "kind": "dense", "kind_text": "", "shape": (4,), "total": 1, "half": 0.5}
    return LayerStatistics(**plain | changes)


def test_statistics_of_layers_are_counted():
    layers = [
        facts(units=4, cells=0),
        facts(name="coarse", units=40, cells=4),
        facts(name="same", units=40, cells=4),
        facts(name="fine", units=48, cells=16),
        facts(name="input", units=48, cells=16),
    ]
    assert [each.name for each in becomes_finer_at(layers)] == ["same"]
    assert largest(layers).name == "input"


def test_half_of_the_relevance_is_found_by_adding_up():
    random = np.random.default_rng(0)
    for shape in ((6,), (3, 5), (4, 4)):
        R = random.random(shape) ** 2
        held = count = 0
        for value in sorted(R.ravel(), reverse=True):
            held += value
            count += 1
            if held >= R.sum() / 2:
                break
        assert cells_for_half(R) == count
    assert cells_for_half([0.1, -0.9]) == 1  # relevance of either sign counts by its size


def test_cells_are_added_up_in_equal_squares():
    cells = np.arange(24.0).reshape(4, 6)
    blocks = cells.reshape(2, 2, 3, 2).sum((1, 3))
    np.testing.assert_array_equal(in_squares(cells, 2, 3), blocks)
    np.testing.assert_array_equal(in_squares(cells, 4, 6), cells)
    # Where the cells do not fit, the middle of each decides, and nothing is lost.
    odd = in_squares(np.ones((5, 7)), 2, 3)
    assert odd.tolist() == [[4, 6, 4], [6, 9, 6]] and odd.sum() == 35


def test_smaller_cells_alone_do_not_focus():
    """The same relevance, drawn finer: its own cells look concentrated, equal squares do not."""
    random = np.random.default_rng(7)
    coarse = random.random((4, 4))
    grain = random.random((4, 4, 8, 8)) ** 4
    fine = coarse[:, :, None, None] * grain / grain.sum((2, 3), keepdims=True)
    fine = fine.transpose(0, 2, 1, 3).reshape(32, 32)
    assert cells_for_half(fine) / fine.size < 0.5 * cells_for_half(coarse) / coarse.size
    assert cells_for_half(in_squares(fine, 4, 4)) == cells_for_half(coarse)


def test_the_map_gets_finer_and_does_not_focus():
    """On mini-vgg, cells of their own sizes would say that it does: an artefact."""
    network = load_network("mini-vgg")
    for name in ("star", "heart", "ring", "cross"):
        facts = layer_statistics(explain(network, load_image(name, network)))
        top, pixels = next(each for each in facts if each.cells), facts[-1]
        assert top.half == pytest.approx(top.squares / top.of_squares)
        assert pixels.half / top.half < 0.56
        assert 0.7 < pixels.squares / top.squares <= 1


def test_the_guide_tells_what_was_measured():
    guide = (folder("notebooks") / "teaching_guide.md").read_text(encoding="utf-8")
    network = load_network("mini-vgg")
    facts = layer_statistics(explain(network, load_image("star", network)))
    top, pixels = next(each for each in facts if each.cells), facts[-1]
    said = (
        f"half of the relevance lies in {100 * top.half:.0f} % of the topmost map's cells, and in "
        f"{100 * pixels.half:.0f} % of the pixels",
        f"counted in the same {top.of_squares} squares it lies in {top.squares} at the top and in "
        f"{pixels.squares} at the pixels",
    )
    assert all(sentence in guide for sentence in said), said


def test_facts_are_those_of_the_explanation():
    e = lesson07.explained()
    layers = layer_statistics(e)
    assert [each.name for each in layers] == [each.name for each in e.layers][::-1]
    for each in layers:
        R = e[each.name].relevance
        assert each.units == R.size
        assert each.cells == (R.shape[0] * R.shape[1] if R.ndim == 3 else 0)
        assert each.total == pytest.approx(R.sum(dtype=np.float64))
    pixels = e.heatmap("gray")
    assert layers[-1].half == pytest.approx(cells_for_half(pixels) / pixels.size, rel=1e-3)
    table = LayerTable(e).value
    assert table.count("<tr>") == len(layers) + 1
    assert f"{largest(layers).units:,}" in table


@pytest.fixture
def only_tiny_darknet(networks_folder, monkeypatch, tmp_path):
    """An explanation of its own, by tiny-darknet with its trained weights."""
    monkeypatch.setenv("LRP_WIDGETS_CACHE", str(tmp_path))
    (tmp_path / "tiny_darknet.weights").symlink_to(networks_folder / "tiny_darknet.weights")
    monkeypatch.setattr(memory, "available", lambda: 2**30)  # no room for VGG16, if it is here
    caches = (lesson07.network, lesson07.session, lesson07._facts, lesson07._logit_total)
    for each in caches:
        each.cache_clear()
    yield
    for each in caches:
        each.cache_clear()


@pytest.mark.usefixtures("only_tiny_darknet")
def test_the_questions_hold_on_photographs_too():
    assert (lesson07.network(), lesson07.picture()) == ("tiny-darknet", "cat")
    assert lesson07.output_layer() == lesson07.explained().layers[-1].name
    network = load_network("tiny-darknet")
    logits = output_of(network, load_image("cat", network)).logits
    asked = questions(7)
    assert asked["07-logit"].expected() == pytest.approx(logits.max(), rel=1e-4)
    assert "pool4, pool3, pool2 and pool1" in asked["07-finer"].solution()
    assert "224×224×16 = 802,816 units" in asked["07-largest"].solution()
    assert asked["07-largest"].expected() == 1
    pixels = lesson07.explained().heatmap().size
    assert f"of {pixels:,} pixels" in asked["07-code"].solution()


def test_half_is_counted_by_a_learner():
    def cells(R):
        held = np.cumsum(np.sort(R.ravel())[::-1])
        return np.argmax(held >= held[-1] / 2) + 1

    assert check("07-code", cells)
    assert "One too few" in check("07-code", lambda R: cells(R) - 1).message


@pytest.mark.browser
def test_the_lesson_is_worked_through(open_lesson):
    page = open_lesson(7)
    assert page.locator(".lrp-stepper, .lrp-layer-table").count() == 0
    predict(page, "how many squares hold half", "Less than half as many: the backward pass focuses")
    predict(page, "the most units", "The picture itself")
    assert page.locator(".lrp-stepper, .lrp-layer-table").count() == 0
    # The last prediction uncovers: wrong, then right.
    asked = page.locator(".lrp-task").filter(has_text="get more cells?")
    asked.get_by_label("A little at every layer").check()
    asked.get_by_text("does a convolution change").wait_for()
    asked.get_by_label("Only on the way through a pooling layer").check()
    asked.get_by_text("✓ Right.").wait_for()
    layers = page.locator(".lrp-look-closer").first
    layers.locator(".lrp-place").filter(has_text="layer 1 of 16").wait_for()
    cells = page.locator(".lrp-layer-table tr").filter(has_text="block1_conv1").locator("td")
    _, _, shape, units, places, *_ = cells.all_text_contents()
    # The slider to the first convolution: the shape on the page is the table's.
    layers.locator("input[type=range]").first.fill("14")
    layers.locator(".lrp-title").filter(has_text="block1_conv1").get_by_text(shape).wait_for()
    rows, columns, channels = map(int, shape.split("×"))
    assert int(units.replace(",", "")) == rows * columns * channels
    assert int(places.replace(",", "")) == rows * columns
    # Nothing is fetched: the page says which network it found.
    page.get_by_text("So this lesson uses mini-vgg").wait_for()
    assert page.problems == []
