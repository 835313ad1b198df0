"""A newcomer's questions, answered by clicks alone, with numbers that NumPy confirms."""

import re

import numpy as np
import pytest
from dashboard_page import PATIENCE

from lrp_widgets import explain, load_image
from lrp_widgets._support.paths import folder

pytestmark = pytest.mark.browser

MOST_CLICKS = 6
NOTEBOOK = folder("notebooks") / "dashboard.ipynb"
PICTURE = "ring"


@pytest.fixture(scope="module")
def address(voila_server):
    return voila_server(NOTEBOOK)


@pytest.fixture(scope="module")
def e(network):
    return explain(network, load_image(PICTURE, network), dtype="float64")


class Clicks:
    """Clicks on a page, counted."""

    def __init__(self, page):
        self.page, self.count = page, 0

    def __call__(self, locator, **options):
        locator.click(**options)
        self.count += 1

    def on_map(self, row, column, rows, columns):
        box = self.page.locator(".lrp-canvas").bounding_box()
        at = {
            "x": (column + 0.5) / columns * box["width"],
            "y": (row + 0.5) / rows * box["height"],
        }
        self(self.page.locator(".lrp-canvas"), position=at)


def value(locator):
    return float(locator.get_attribute("data-value"))


def start(page, address):
    page.goto(address, timeout=PATIENCE)
    page.locator(".lrp-frames canvas").first.wait_for(timeout=PATIENCE)
    wait_until_fresh(page)
    return Clicks(page)


def wait_until_fresh(page):
    page.wait_for_function(
        """() => !document.querySelector(".lrp-busy:not([hidden])")
              && !("stale" in document.querySelector(".lrp-stepper").dataset)""",
        timeout=PATIENCE,
    )


def opened(page, *words):
    """Wait until the microscope shows the unit that these words name."""
    title = page.locator(".lrp-unit-title")
    for text in words:
        title.filter(has_text=text).wait_for(timeout=PATIENCE)


def test_the_newcomers_questions(page, address, network, e):
    click = start(page, address)
    click(page.locator(f".lrp-picker-tile[data-name={PICTURE}]"))
    page.locator(".lrp-predictions li:first-child", has_text=PICTURE).wait_for(timeout=PATIENCE)
    wait_until_fresh(page)

    # Which three inputs gave fc1's unit 12 most of its relevance, and how much?
    click(page.locator(".lrp-frame[data-layer=fc1]"))
    click(page.locator(".lrp-canvas"))
    opened(page, "fc1")
    click(page.locator(".lrp-goto input"))
    page.keyboard.type("12")
    page.keyboard.press("Enter")
    opened(page, "fc1", "unit 12")
    assert click.count <= MOST_CLICKS

    # What it received, from the classes above …
    w = np.maximum(np.float64(network["predictions"].kernel), 0)
    a = e["fc1"].activation
    sent = a[12] * w[12] / (a @ w + 1e-9) * e["predictions"].relevance
    shown = page.locator(".lrp-unit-up .lrp-unit-line .lrp-unit-number")
    assert value(shown.first) == pytest.approx(sent.max(), rel=1e-5)
    assert value(page.locator(".lrp-unit-value b")) == pytest.approx(sent.sum(), rel=1e-5)
    # … and the three inputs among which it went on, with all others in one line.
    x, w = e["flatten"].activation, np.maximum(np.float64(network["fc1"].kernel[:, 12]), 0)
    received = x * w / (x @ w + 1e-9) * sent.sum()
    three = np.argsort(-received)[:3]
    rows = page.locator(".lrp-unit-items .lrp-unit-row").all_inner_texts()[:3]
    assert rows == [f"↓ unit {k}" for k in three]
    cells = page.locator(".lrp-unit-items .lrp-unit-cell-relevance")
    amounts = [value(cell) for cell in cells.all()]
    np.testing.assert_allclose(amounts[:3], received[three], rtol=1e-4)
    rest = value(page.locator(".lrp-unit-items .lrp-unit-rest-relevance"))
    assert sum(amounts) + rest == pytest.approx(sent.sum(), rel=1e-4)

    # The link names the unit, and the place that the click has marked.
    page.evaluate("() => Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page.get_by_role("button", name="Copy link").click()
    link = page.get_by_role("textbox", name="Link to this state").input_value()
    settings, _, pin = link.partition("&pin=")
    assert settings == f"{address}?picture={PICTURE}&network=mini-vgg&layer=fc1&unit=fc1:12"
    assert re.fullmatch(r"fc1:\d+", pin)

    # How much of the relevance of this pixel came through channel 5?
    click.count = 0
    click(page.locator(".lrp-frame[data-layer=input]"))
    click.on_map(20, 30, 64, 64)
    opened(page, "input", "row 20, column 30")
    click(page.get_by_role("button", name="by channel"))
    click(page.locator(".lrp-unit-ask input"))
    page.keyboard.type("5")
    assert click.count <= MOST_CLICKS
    through = through_channels(network, e, 20, 30)
    answer = page.locator(".lrp-unit-answer")
    assert value(answer) == pytest.approx(through[5], rel=1e-4)
    strongest = page.locator(".lrp-unit-up [data-channel]").first
    assert strongest.get_attribute("data-channel") == str(through.argmax())
    total = value(page.locator(".lrp-unit-value b"))
    assert total == pytest.approx(through.sum(), rel=1e-4)

    # Which layer lost the most, and to what?
    page.keyboard.press("Escape")
    page.locator(".lrp-absorbed").wait_for()
    words = page.locator(".lrp-absorbed").inner_text()
    lost = max(abs(v) for layer in e.layers for v in layer.absorbed.values())
    assert words.startswith("Nothing was lost") == (lost < 0.0005)
    assert page.problems == []


def through_channels(network, e, row, column):
    """What a pixel, all its colours together, got from each channel of block1_conv1."""
    w = np.maximum(np.float64(network["block1_conv1"].kernel), 0)
    relevance = e["block1_conv1"].relevance
    total = np.zeros(relevance.shape[-1])
    for i, j in np.ndindex(3, 3):
        at = (row + 1 - i, column + 1 - j)  # away from the edge, all nine windows are whole
        total += w[i, j].sum(0) / (w.sum((0, 1, 2)) + 1e-9) * relevance[at]
    return total
