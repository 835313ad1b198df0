"""An exported page in a browser that refuses every request: one page among many assertions."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest
from playwright.sync_api import expect
from test_accessible_browser import violations
from views import PATIENCE

from lrp_widgets._support.number_words import signed
from lrp_widgets.app.cli import main
from lrp_widgets.lrp.channels import summed
from lrp_widgets.widgets import Compare, export_page

pytestmark = pytest.mark.browser
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "star.html"
    assert (
        main(["export", "star", "--network", "mini-vgg", "--unit", "fc1:12", "--out", str(path)])
        == 0
    )
    return path.as_uri()


@pytest.fixture
def open_page(address, new_page):
    """Open the page in a browser of a given width, without a network; nothing may go wrong."""
    opened = []

    def open_it(**size):
        page = new_page(offline=True, **size)
        page.route("**/*", lambda route: route.continue_() if at_home(route) else route.abort())
        asked = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(address)
        page.locator(".lrp-frame canvas").first.wait_for()
        opened.append((page, asked))
        return page

    def at_home(route):
        return route.request.url == address

    yield open_it
    for page, asked in opened:
        assert page.problems == [] and asked == [address]


DRAWN = "() => document.querySelector('.lrp-canvas').toDataURL()"
FETCHING = re.compile("lrp-fetching")


def drawn(page):
    """The large map's colours."""
    return page.evaluate(DRAWN)


def test_it_steps_plays_hovers_and_shows_what_was_prepared(open_page, e):
    page = open_page()
    heading = page.locator(".lrp-name")
    expect(heading).to_have_text("input")
    expect(page.locator(".lrp-measures")).to_contain_text("with brightness")
    page.locator(".lrp-canvas").focus()
    page.keyboard.press("PageUp")
    expect(heading).to_have_text("block1_conv1")
    page.locator(".lrp-bar[data-layer=block3_conv2]").click()
    expect(heading).to_have_text("block3_conv2")
    expect(page.locator(".lrp-bar[data-layer=block3_conv2] .lrp-bar-number")).to_have_text("1.000")

    # What hover tells is the layer's own number
    box = page.locator(".lrp-canvas").bounding_box()
    rows, columns, _ = e["block3_conv2"].shape
    at = {"x": 5.5 / columns * box["width"], "y": 2.5 / rows * box["height"]}
    page.locator(".lrp-canvas").hover(position=at)
    expect(page.locator(".lrp-readout-place")).to_have_text("row 2, column 5")
    number = page.locator(".lrp-readout-value [data-value]")
    wanted = summed(e["block3_conv2"].relevance)[2, 5]
    assert np.float32(number.get_attribute("data-value")) == np.float32(wanted)
    expect(number).to_have_text(signed(wanted))

    # Channels: those that it carries, and no others are offered
    before = drawn(page)
    expect(page.get_by_label("Channel, counted from 0")).to_be_hidden()
    page.locator(".lrp-strongest button").nth(1).click()
    page.wait_for_function(f"(before) => ({DRAWN})() !== before", arg=before)
    page.get_by_role("button", name="activation").click()
    expect(page.locator(".lrp-canvas")).not_to_have_class(FETCHING)

    # The four steps
    page.get_by_role("button", name="four steps").click()
    for step in "scR":
        page.locator(f".lrp-step-bar [data-value={step}]").click()
        expect(page.locator(f".lrp-step-bar [data-value={step}]")).to_have_attribute(
            "aria-pressed", "true"
        )
        expect(page.locator(".lrp-canvas")).not_to_have_class(FETCHING)
        expect(page.locator(".lrp-readout-value")).to_contain_text(step)

    page.keyboard.press("Escape")
    looks_at_units(page, e)
    page.get_by_role("button", name="play", exact=True).click()
    expect(heading).to_have_text("block3_conv1")


def looks_at_units(page, e):
    """The microscope opens the units that the page carries, and offers no others."""
    page.locator(".lrp-canvas").click(position={"x": 1, "y": 1})  # pinned, no more
    expect(page.locator(".lrp-readout-hint")).to_be_hidden()
    chip = page.locator(".lrp-unit-chips button").first
    row, column, channel = map(int, re.findall(r"\d+", chip.inner_text()))
    chip.click()
    unit = page.locator(".lrp-unit")
    expect(unit.locator("h2")).to_contain_text(f"row {row}, column {column}, channel {channel}")
    relevance = e["block3_conv2"].relevance[row, column, channel]
    expect(unit.locator(".lrp-unit-value b")).to_have_text(signed(relevance))
    assert unit.locator("button.lrp-unit-go").count() < unit.locator("[data-term]").count()
    unit.get_by_label("Go to a unit of this page").select_option("fc1:12")
    expect(unit.locator("h2")).to_contain_text("fc1")
    assert violations(page) == {}
    page.locator(".lrp-unit-crumb", has_text="block3_conv2").click()
    expect(unit.locator("h2")).to_contain_text("block3_conv2")
    page.keyboard.press("Escape")
    expect(unit).to_be_hidden()


@pytest.mark.parametrize("size", [(1280, 720), (390, 844)])
def test_axe_finds_nothing_and_nothing_sticks_out(open_page, size):
    width, height = size
    page = open_page(width=width, height=height)
    assert violations(page) == {}
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator(".lrp-waiting").count() == 0


def test_a_page_that_is_cut_off_says_so(address, new_page, tmp_path):
    whole = Path(urlsplit(address).path).read_text("utf-8")
    at = whole.index('id="lrp-payload">') + 4000
    damaged = tmp_path / "damaged.html"
    damaged.write_text(whole[:at] + whole[at + 40_000 :], "utf-8")
    page = new_page()
    page.goto(damaged.as_uri())
    page.get_by_text("This page is damaged").wait_for()


def test_compare_is_a_page_without_what_asks_a_kernel(new_page, e, tmp_path):
    path = export_page(Compare(e, e), tmp_path / "compare.html", "Both")
    page = new_page(offline=True)
    page.goto(path.as_uri())
    expect(page.get_by_text("rank correlation 1.00")).to_be_visible()
    page.keyboard.press("Tab")
    page.get_by_role("button", name="previous layer").click()
    expect(page.locator(".lrp-compare")).to_contain_text("layer 15 of 16")
    assert violations(page) == {} and page.problems == []
