"""The waterfall: from the output to the pixels, in numbers, as a figure and on the page."""

from itertools import pairwise

import numpy as np
import pytest
from chain import chain
from figure_words import assert_nothing_is_cut, words
from stepper_pages import write_page

from lrp_widgets import explain, load_image, load_network
from lrp_widgets.figures.waterfall import rows, waterfall


@pytest.fixture(scope="module")
def leaking():
    network = load_network("mini-vgg")
    return explain(network, load_image("star", network), "overview-vgg")


def test_the_steps_of_a_loss_and_a_gain_by_hand():
    """LRP-0, start 4: fc3 loses 2 to its bias, fc2 gains 2, fc1 loses 3; 1 reaches the input."""
    steps = waterfall(chain((1, 3), (1, -2), (1, 2)))
    ends = {step.entry: (step.before, step.after) for step in steps}
    assert [step.entry for step in steps[1:-1]] == ["bias", "stabilizer", "dead", "padding"]
    ends = [(step.before, step.after) for step in steps]
    assert ends == [(0, 4), (4, 1), (1, 1), (1, 1), (1, 1), (0, 1)]
    assert dict(steps[1].layers) == pytest.approx({"fc1": -3, "fc2": 2, "fc3": -2})
    assert (steps[1].name, steps[2].name) == ("lost to the bias", "to the stabilizer ε")


@pytest.mark.parametrize(
    ("unit", "start", "change", "name", "share"),
    [
        ((1, 1), 2, "−1.000", "lost to the bias", "−50.0 %"),
        ((2, -1), 1, "+1.000", "gained from the bias", "+100.0 %"),
        ((-2, -1), -3, "+1.000", "lost to the bias", "−33.3 %"),  # a start below zero
        ((-2, 1), -1, "−1.000", "gained from the bias", "+100.0 %"),
    ],
)
def test_signs_by_hand(unit, start, change, name, share):
    first, bias, *_ = rows(chain(unit))
    assert first["after"] == pytest.approx(start)
    assert (bias["number"], bias["name"], bias["share"]) == (change, name, share)
    assert bias["gained"] == name.startswith("gained")


def test_the_steps_lead_to_the_pixels(leaking):
    steps = waterfall(leaking)
    for one, next_one in pairwise(steps[:-1]):
        assert next_one.before == one.after
    for step in steps[1:-1]:
        absorbed = sum(layer.absorbed[step.entry] for layer in leaking.layers)
        assert step.change == pytest.approx(-absorbed)
        assert sum(change for _, change in step.layers) == pytest.approx(step.change)
    assert steps[-2].after == pytest.approx(steps[-1].after, abs=1e-5)


def test_the_figure_says_it(leaking):
    figure = leaking.plot_waterfall()
    (axes,) = figure.axes
    steps = waterfall(leaking)
    drawn = [(bar.get_x(), bar.get_width()) for bar in axes.patches]
    np.testing.assert_allclose(drawn, [(step.before, step.change) for step in steps])
    assert "lost to the bias" in words(figure) and "(−70.6 %)" in words(figure)
    assert_nothing_is_cut(figure)


def test_the_page_shows_causes_and_their_layers(page, tmp_path, leaking):
    page.goto(write_page(tmp_path / "page.html", leaking))
    page.get_by_role("button", name="by cause").click()
    table = page.get_by_role("table", name="Where the initial relevance went")
    told = [row.inner_text().split() for row in table.get_by_role("row").all()[1:]]
    assert [row[-2] for row in told] == [each["share"].split()[0] for each in rows(leaking)]
    bias = table.get_by_role("button", name="lost to the bias")
    bias.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("model.get('totals')") == "bias"
    assert bias.get_attribute("aria-expanded") == "true"
    assert page.evaluate("document.activeElement.dataset.entry") == "bias"
    layers = table.locator(".lrp-fall-layer")
    listed = next(each for each in rows(leaking) if each["entry"] == "bias")["layers"]
    assert [layer.locator("th").inner_text() for layer in layers.all()] == [
        each["name"] for each in listed
    ]
    table.get_by_role("button", name="fc1").click()
    assert page.locator(".lrp-name").inner_text() == "fc1"
    assert "+0.359" in layers.and_(page.locator("[aria-current]")).inner_text()
    page.evaluate("model.set('totals', 'layers')")
    assert table.is_hidden() and page.locator(".lrp-bars").is_visible()


def test_a_gain_stands_beyond_the_end_of_its_bar(page, tmp_path):
    network = load_network("mini-vgg")
    e = explain(network, load_image("star", network), "epsilon-plus")
    page.goto(write_page(tmp_path / "page.html", e, current="fc1"))
    bar = page.locator(".lrp-bar[data-layer=fc1]")
    passed, gained = (
        bar.locator(f".lrp-bar-{part}").bounding_box() for part in ("passed", "bias.lrp-gained")
    )
    assert gained["x"] == pytest.approx(passed["x"] + passed["width"], abs=1)
    share = -e["fc1"].absorbed["bias"] / e["fc1"].total
    assert gained["width"] / passed["width"] == pytest.approx(share, abs=0.03)
    assert "gained on the way down: 0.359 from the bias" in bar.get_attribute("title")
    assert "bias (gained) −0.36" in page.locator(".lrp-legend").inner_text()
