"""Every view at every size: nothing cut, nothing on top of something else, all within reach."""

from pathlib import Path

import pytest
from views import PATIENCE, QUERIES, open_view, settle

from lrp_widgets.lessons import lesson

pytestmark = pytest.mark.browser

CHECK = (Path(__file__).parent / "whole_page.js").read_text(encoding="utf-8")

# Width, height and device pixels a pixel: telephones, tablets, laptops, a projector, a 4K screen;
# then a laptop and a Full HD screen at 200 %.
SIZES = [
    (390, 844, 3),
    (768, 1024, 2),
    (1024, 768, 1),
    (1180, 720, 1),
    (1280, 720, 1),
    (1920, 1080, 1),
    (2560, 1440, 1),
    (3840, 2160, 1),
    (640, 360, 2),
    (960, 540, 2),
]
TOUCHED = 1172  # pixels; up to this width a page is as high as it needs to be


def resize(page, width, height, scale=1):
    """Give the page's window a size, and a scale that `set_viewport_size` cannot give."""
    page.set_viewport_size({"width": width, "height": height})
    session = page.context.new_cdp_session(page)
    session.send(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": height, "deviceScaleFactor": scale, "mobile": False},
    )
    settle(page)


def faults(page):
    """What `whole_page.js` finds, at each size at which it finds something."""
    found = {}
    for width, height, scale in SIZES:
        resize(page, width, height, scale)
        if sentences := page.evaluate(CHECK, {"touch": width <= TOUCHED}):
            found[f"{width}×{height}"] = sentences
    return found


@pytest.mark.parametrize("view", QUERIES)
def test_a_view_is_whole_at_every_size(lessons_url, page, view):
    open_view(page, lessons_url, view)
    assert faults(page) == {}
    assert page.problems == []


@pytest.mark.parametrize("notebook", ["index.ipynb", lesson(1).notebook])
def test_a_page_of_the_lessons_is_whole_at_every_size(lessons_url, page, notebook):
    page.goto(f"{lessons_url}voila/render/{notebook}", timeout=PATIENCE)
    page.locator(".lrp-index, .lrp-lesson-head").first.wait_for(timeout=PATIENCE)
    page.locator(".lrp-index, .lrp-task").first.wait_for(timeout=PATIENCE)
    assert faults(page) == {}


def test_the_checker_finds_what_it_looks_for(page):
    page.set_content(
        """<style>* { font: 16px sans-serif }
        button { position: absolute; width: 90px; left: 0 }</style>
        <div style="width: 60px; overflow: hidden; white-space: nowrap">cut at its end</div>
        <div style="height: 40px; overflow: hidden"><br><br><br>unreachable</div>
        <div style="height: 40px; overflow: auto"><br><br><br>reachable</div>
        <p style="width: 60px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap"
           title="told in full">told in full</p>
        <p style="position: absolute; top: 300px">over</p>
        <p style="position: absolute; top: 302px">under</p>
        <button style="top: 400px">first</button><button style="top: 410px">second</button>
        <button style="top: 450px; left: 2000px">beyond</button>
        <button style="top: 500px; height: 12px">low</button>
        <button style="top: 514px">near</button>
        <button style="top: 600px">veiled</button>
        <div style="position: absolute; top: 590px; left: 0; width: 200px; height: 60px"></div>
        """
    )
    found = page.evaluate(CHECK, {"touch": True})
    kinds = [
        "cut: div “cut at its end”",
        "cut: div “unreachable”",
        "text over text: p “over” and p “under”",
        "control over control: button “first” and button “second”",
        "out of reach: button “beyond”",
        "hard to touch: button “low”",
        "covered: button “veiled”",
        "the page scrolls sideways",
    ]
    for kind in kinds:
        assert [each for each in found if each.startswith(kind)], (kind, found)
    assert not [each for each in found if "“reachable”" in each or "“told in full”" in each]


# What a person does there: scroll to the end, point at a map, find what was opened.


@pytest.mark.parametrize(("width", "height"), [(390, 844), (768, 1024), (960, 540)])
def test_the_last_frame_of_the_strip_is_reached_by_scrolling(lessons_url, new_page, width, height):
    page = new_page(width, height)
    open_view(page, lessons_url, "step")
    page.mouse.move(width * 0.7, height * 0.8)
    frame = page.locator(".lrp-frame[data-layer=input]")
    for _ in range(40):
        if frame.is_visible() and frame.bounding_box()["y"] + 40 < height:
            break
        page.mouse.wheel(0, 400)
        settle(page)
    assert frame.bounding_box()["y"] + 40 < height
    page.locator(".lrp-frame[data-layer=block1_conv1]").click()
    assert page.locator(".lrp-name").inner_text() == "block1_conv1"


@pytest.mark.parametrize(("width", "height"), [(2560, 1440), (3840, 2160)])
def test_a_very_large_screen_is_filled_and_pointed_at_truly(lessons_url, new_page, width, height):
    page = new_page(width, height)
    open_view(page, lessons_url, "step")
    box = page.locator(".lrp-map-column .lrp-canvas").first.bounding_box()
    assert box["height"] > 0.5 * height
    letters = page.locator(".lrp-bar-name").first.evaluate(
        "one => one.getBoundingClientRect().height"
    )
    assert letters > 0.009 * height
    dashboard = page.locator(".lrp-dashboard").bounding_box()
    assert abs(dashboard["height"] - height) <= 1 and abs(dashboard["width"] - width) <= 1
    strip = page.locator("section.lrp-strip").bounding_box()
    assert height - 40 < strip["y"] + strip["height"] <= height
    page.mouse.move(box["x"] + 10.5 / 64 * box["width"], box["y"] + 50.5 / 64 * box["height"])
    page.get_by_text("Under the pointer").wait_for()
    assert page.locator(".lrp-readout-place").inner_text() == "row 50, column 10"
    # The overlay's slider follows the pointer as well.
    handle = page.locator(".lrp-control-overlay .noUi-handle")
    track = page.locator(".lrp-control-overlay .noUi-target").bounding_box()
    handle.hover()
    page.mouse.down()
    page.mouse.move(track["x"] + track["width"] / 2, track["y"] + track["height"] / 2)
    page.mouse.up()
    assert 0.4 <= float(page.locator(".lrp-control-overlay .widget-readout").inner_text()) <= 0.6


def test_on_a_telephone_the_map_comes_first_and_the_settings_unfold(lessons_url, new_page):
    page = new_page(390, 844)
    open_view(page, lessons_url, "step")
    canvas = page.locator(".lrp-map-column .lrp-canvas").first
    box = canvas.bounding_box()
    assert box["y"] >= 0 and box["y"] + box["height"] <= 844
    pooling = page.get_by_role("button", name="winner-take-all")
    assert not pooling.is_visible()
    fold = page.get_by_role("button", name="Settings", exact=True)
    fold.click()
    assert pooling.is_visible()
    pooling.click()
    page.wait_for_url("**pooling=max**")
    fold.click()
    assert not pooling.is_visible()
    page.set_viewport_size({"width": 1280, "height": 720})
    assert pooling.is_visible() and not fold.is_visible()


def test_on_a_telephone_the_microscope_opens_in_sight_and_gives_the_map_back(lessons_url, new_page):
    page = new_page(390, 844)
    open_view(page, lessons_url, "steps")
    page.get_by_role("button", name="relevance", exact=True).click()
    page.locator(".lrp-map-column .lrp-canvas").first.click()
    title = page.locator(".lrp-unit-title")
    title.wait_for(timeout=PATIENCE)
    page.wait_for_function(
        """() => {
          const { top, bottom } = document.querySelector(".lrp-unit-title").getBoundingClientRect();
          return top >= 0 && bottom <= innerHeight;
        }"""
    )
    page.keyboard.press("Escape")
    title.wait_for(state="hidden")
    canvas = page.locator(".lrp-map-column .lrp-canvas").first
    page.wait_for_function(
        """() => {
          const canvas = document.querySelector(".lrp-map-column .lrp-canvas");
          const { top, bottom } = canvas.getBoundingClientRect();
          return bottom > 100 && top < innerHeight - 100;
        }"""
    )
    assert canvas.evaluate("one => one === document.activeElement")
