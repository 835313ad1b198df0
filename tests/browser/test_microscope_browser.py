"""The microscope in a real browser: a grain of relevance followed by clicks, class to pixel."""

import json

import numpy as np
import pytest
from small import picture, small_vgg
from stepper_pages import write_widget

from lrp_widgets import explain
from lrp_widgets.lrp.rules import AlphaBeta
from lrp_widgets.widgets.microscope.microscope import Microscope
from lrp_widgets.widgets.stepper.stepper import LayerStepper

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def network():
    return small_vgg(2)


@pytest.fixture(scope="module")
def e(network):
    return explain(network, picture(network), dtype="float64")


@pytest.fixture
def show(new_page, tmp_path):
    """Open a page with a widget whose messages are answered by its Python side."""

    def open_page(widget, size=(1010, 690)):
        page = new_page(*size)

        def ask(message):
            widget._handle_custom_msg(json.loads(message), [])
            names = ["path", "unit"] + (["current"] if hasattr(widget, "current") else [])
            return {name: getattr(widget, name) for name in names}

        page.expose_function("ask", ask)
        page.goto(write_widget(tmp_path / "page.html", widget, "652px"))
        page.wait_for_function("() => !!window.close_widget")
        page.evaluate(
            """() => {
              model.send = async (message) => {
                const state = await window.ask(JSON.stringify(message));
                for (const [key, value] of Object.entries(state)) model.set(key, value);
                window.answered = (window.answered ?? 0) + 1;
              };
            }"""
        )
        return page

    return open_page


def act(page, action):
    """Do something that asks Python, and wait for the answer."""
    before = page.evaluate("() => window.answered ?? 0")
    action()
    page.wait_for_function("(before) => (window.answered ?? 0) > before", arg=before)


def value(locator):
    return float(locator.get_attribute("data-value"))


def title(page):
    return page.locator(".lrp-unit-title").inner_text()


def test_from_the_class_to_a_pixel_and_back(show, e, network):
    page = show(Microscope(e))
    out = int(np.abs(e["out"].relevance).argmax())
    assert title(page).startswith("out")
    assert value(page.locator(".lrp-unit-value b")) == e["out"].relevance[out]

    # A dense layer: the table's numbers are NumPy's.
    x, w = e["fc"].activation, np.maximum(np.float64(network["out"].kernel[:, out]), 0)
    received = x * w / (x @ w + 1e-9) * e["out"].relevance[out]
    shown = page.locator(".lrp-unit-items .lrp-unit-cell-relevance")
    strongest = np.sort(received)[::-1][: shown.count()]
    np.testing.assert_allclose([value(one) for one in shown.all()], strongest, rtol=1e-6)
    unit = int(received.argmax())

    act(page, page.locator(".lrp-unit-items button").first.click)
    assert f"unit {unit}" in title(page)
    assert value(page.locator(".lrp-unit-up .lrp-unit-line .lrp-unit-number").first) > 0
    act(page, page.locator(".lrp-unit-items button").first.click)
    assert title(page).startswith("flatten")
    act(page, page.locator(".lrp-unit-moved button").click)
    assert title(page).startswith("pool")

    # A window: what is received is R shared by activation.
    row, column, channel = page.evaluate("() => model.get('unit').index")
    window = e["conv2"].activation[2 * row : 2 * row + 2, 2 * column : 2 * column + 2, channel]
    expected = window / window.sum() * e["pool"].relevance[row, column, channel]
    cells = page.locator(".lrp-unit-grid-relevance button")
    np.testing.assert_allclose([value(one) for one in cells.all()], expected.ravel(), rtol=1e-6)

    for layer in ("conv2", "conv1"):
        values = [value(one) for one in cells.all()]
        act(page, cells.nth(int(np.argmax(values))).click)
        assert title(page).startswith(layer)
    # The first convolution takes x = 1 at the real pixels, and 0 in the padding around them.
    unit = page.evaluate("() => model.get('unit')")
    row, column, channel = unit["index"]
    real = np.pad(np.ones((8, 10, 1)), ((1, 1), (1, 1), (0, 0)))[row : row + 3, column : column + 3]
    w = np.maximum(np.float64(network["conv1"].kernel[..., channel]), 0) * real
    expected = w / (w.sum() + 1e-9) * e["conv1"].relevance[row, column, channel]
    first = unit["down"]["channels"][0]["channel"]
    values = [value(one) for one in cells.all()]
    np.testing.assert_allclose(values[:9], expected[..., first].ravel(), rtol=1e-6, atol=1e-12)

    act(page, cells.nth(int(np.argmax(values))).click)
    assert title(page).startswith("pad")
    for layer in ("scale", "input"):
        act(page, page.locator(".lrp-unit-moved button").click)
        assert title(page).startswith(layer)
    pixel = tuple(page.evaluate("() => model.get('unit').index"))
    assert value(page.locator(".lrp-unit-value b")) == pytest.approx(e.pixels[pixel])
    together = page.locator(".lrp-unit-cell-sum")
    assert value(together) == pytest.approx(e.pixels[pixel[:2]].sum())
    assert page.evaluate("() => model.get('path').length") == 9
    assert page.locator(".lrp-unit-crumb").count() == 4  # those in between are left out
    assert page.problems == []

    # Back up by the strongest senders, and by the path.
    for layer in ("scale", "pad", "conv1", "conv2"):
        act(page, page.locator(".lrp-unit-up button.lrp-unit-go").first.click)
        assert title(page).startswith(layer)
    act(page, page.locator("button.lrp-unit-crumb").first.click)
    assert title(page).startswith("out")


def test_a_term_is_marked_wherever_it_stands(show, e):
    index = np.unravel_index(np.abs(e["conv2"].relevance).argmax(), e["conv2"].shape)
    page = show(Microscope(e, "conv2", index))
    page.locator(".lrp-unit-grid-relevance button").nth(0).hover()
    marked = page.locator(".lrp-unit-grid .lrp-unit-marked")
    assert marked.count() == 5  # x, w, x·w, share, R
    assert len({one.get_attribute("data-term") for one in marked.all()}) == 1
    result = page.locator(".lrp-unit-one .lrp-unit-result")
    assert value(result) == value(page.locator(".lrp-unit-grid-relevance button").nth(0))
    total = page.locator(".lrp-unit-total").inner_text()
    assert page.locator(".lrp-unit-value b").inner_text() in total


def test_long_sums_break_between_their_terms(show, network):
    e = explain(network, picture(network), AlphaBeta(2, 1), start="logit")
    index = np.unravel_index(np.abs(e["conv2"].relevance).argmax(), e["conv2"].shape)
    page = show(Microscope(e, "conv2", index), size=(820, 690))
    for line in page.locator(".lrp-unit-working").all():
        assert line.evaluate("(n) => n.scrollWidth - n.clientWidth") <= 0, line.inner_text()
    assert page.locator(".lrp-unit-working wbr").count() > 8


def test_the_stepper_opens_and_closes_it(show, e):
    page = show(LayerStepper(e, current="conv2"))
    shown = page.locator(".lrp-readout-value b")
    canvas = page.locator(".lrp-canvas")
    box = canvas.bounding_box()
    act(page, lambda: page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2))
    assert title(page).startswith("conv2")
    assert page.get_by_role("region", name="Film strip").is_visible()
    assert not canvas.is_visible()
    for selector in (".lrp-unit", ".lrp-unit-right", ".lrp-unit-left"):
        sideways = page.locator(selector).evaluate("(n) => n.scrollWidth - n.clientWidth")
        assert sideways <= 0
    act(page, lambda: page.keyboard.press("Escape"))
    assert canvas.is_visible()
    assert shown.is_visible()
    act(page, lambda: page.keyboard.press("Enter"))  # the map has the focus again
    assert title(page).startswith("conv2")
    assert page.problems == []
