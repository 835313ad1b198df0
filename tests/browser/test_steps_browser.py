"""The four steps in a real browser: pictures, equation lines, playing, the sliding window."""

import numpy as np
import pytest
from small import picture, small_vgg
from stepper_pages import open_answered, stop_clock

from lrp_widgets import explain
from lrp_widgets.lrp.layer_steps import four_steps
from lrp_widgets.widgets.stepper.stepper import LayerStepper

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def e():
    network = small_vgg(2)
    return explain(network, picture(network), dtype="float64")


@pytest.fixture
def show(new_page, tmp_path):
    """Open a page with a stepper whose questions are answered by its Python side."""

    def open_page(e, size=(1010, 690), page_options=(), **traits):
        page = new_page(*size, **dict(page_options))
        stepper = LayerStepper(e, **traits)
        return open_answered(page, tmp_path / "page.html", stepper)

    return open_page


def begin(page):
    page.get_by_role("button", name="four steps").click()
    page.locator(".lrp-line.lrp-current").wait_for()


def go(page, step):
    page.locator(f".lrp-step-bar [data-value={step}]").click()


def step_of(page):
    return page.evaluate("() => model.get('step')")


def point_at(page, row, column, rows, columns):
    box = page.locator(".lrp-canvas").bounding_box()
    page.mouse.move(
        box["x"] + (column + 0.5) / columns * box["width"],
        box["y"] + (row + 0.5) / rows * box["height"],
    )


def value_shown(page):
    return float(page.locator(".lrp-readout-value b").get_attribute("data-value"))


def drawn(page):
    return page.evaluate("() => document.querySelector('.lrp-canvas').toDataURL()")


def frame_box(page, selector, rows, columns):
    """The cells that a frame lies around: (row, column, high, wide)."""
    style = page.evaluate(
        """(selector) => {
          const { left, top, width, height } = document.querySelector(selector).style;
          return [left, top, width, height].map(parseFloat);
        }""",
        selector,
    )
    left, top, width, height = (part / 100 for part in style)
    corner = (top * rows - height * rows / 2, left * columns - width * columns / 2)
    return tuple(round(part) for part in (*corner, height * rows, width * columns))


def test_each_step_has_its_picture_line_and_numbers(show, e):
    page = show(e, current="conv2")
    begin(page)
    found, pictures, colours, lines = four_steps(e, "conv2").steps, set(), set(), []
    for step in "zscR":
        go(page, step)
        line = page.locator(".lrp-line.lrp-current")
        assert line.get_attribute("data-step") == step
        lines.append(line.inner_text())
        pictures.add(drawn(page))
        colours.add(page.locator(".lrp-scale-bar").evaluate("(bar) => bar.style.background"))
        expected = found[step].terms[0].values.sum(-1)
        rows, columns = expected.shape
        point_at(page, 3, 7, rows, columns)
        assert value_shown(page) == pytest.approx(expected[3, 7], rel=1e-6)
    assert len(pictures) == len(colours) == len(set(lines)) == 4

    # R is the relevance of the layer below, and another layer is looked at without steps
    assert value_shown(page) == pytest.approx(e["conv1"].relevance[3, 7].sum(), rel=1e-6)
    page.locator(".lrp-frame[data-layer=pool]").click()
    assert step_of(page) == "" and page.locator(".lrp-step-bar").is_hidden()
    assert page.problems == []


def test_the_window_and_the_cell_that_it_feeds(show, e):
    page = show(e, current="conv2", step="z", pace=250)
    page.locator(".lrp-line.lrp-current").wait_for()
    point_at(page, 3, 7, 8, 10)
    assert frame_box(page, ".lrp-map .lrp-cell", 8, 10) == (3, 7, 1, 1)
    assert frame_box(page, ".lrp-window", 8, 10) == (2, 6, 3, 3)
    point_at(page, 0, 9, 8, 10)
    assert frame_box(page, ".lrp-window", 8, 10) == (0, 8, 2, 2)  # the rest of 3×3 is padding
    assert "rows 0–1, columns 8–9" in page.locator(".lrp-readout").inner_text()

    # it plays by itself; the pointer takes it along, and there it waits
    page.get_by_role("button", name="Slide the window").click()
    page.locator(".lrp-readout", has_text="Under the window").wait_for()
    place = page.locator(".lrp-readout-place")
    for _ in range(2):
        page.wait_for_function(
            "(was) => document.querySelector('.lrp-readout-place').textContent !== was",
            arg=place.text_content(),
        )
    point_at(page, 5, 2, 8, 10)
    page.get_by_role("button", name="Slide the window").wait_for()
    assert frame_box(page, ".lrp-window", 8, 10) == (4, 1, 3, 3)

    # the other way round: c of an input is fed by the outputs over it; pooling has windows too
    go(page, "c")
    point_at(page, 5, 2, 8, 10)
    assert frame_box(page, ".lrp-window", 8, 10) == (4, 1, 3, 3)
    page.locator(".lrp-frame[data-layer=pool]").click()
    begin(page)
    point_at(page, 1, 4, 4, 5)
    assert frame_box(page, ".lrp-window", 8, 10) == (2, 8, 2, 2)
    z = e["conv2"].activation[2:4, 8:10].sum()
    assert value_shown(page) == pytest.approx(z, rel=1e-6)
    go(page, "c")
    point_at(page, 3, 9, 8, 10)
    assert frame_box(page, ".lrp-window", 4, 5) == (1, 4, 1, 1)
    assert page.problems == []


def test_playing_pausing_and_keys(show, e):
    page = show(e, current="fc", step="z", pace=250)
    page.locator(".lrp-line.lrp-current").wait_for()
    play = page.get_by_role("button", name="Play the four steps")
    stop_clock(page)
    play.click()
    page.clock.run_for(300)
    assert step_of(page) == "s"
    page.get_by_role("button", name="Pause").click()
    page.clock.run_for(5000)
    assert step_of(page) == "s"
    play.click()
    page.clock.run_for(5000)
    assert step_of(page) == "R"
    play.wait_for()  # it ends there by itself
    page.clock.resume()
    page.get_by_role("button", name="Previous step").click()
    assert step_of(page) == "c"
    page.get_by_label("Time for each step").press("End")
    assert page.evaluate("() => model.get('pace')") == 2000
    page.locator(".lrp-canvas").focus()
    for key, step in (("z", "z"), ("r", "R"), ("Escape", "")):
        page.keyboard.press(key)
        assert step_of(page) == step
    assert page.locator(".lrp-readout-value").inner_text().startswith("relevance")

    # what only passes relevance on has no steps to show
    page.locator(".lrp-frame[data-layer=flatten]").click()
    page.get_by_role("button", name="four steps").click()
    assert "Nothing is added up" in page.locator(".lrp-step-side").inner_text()
    assert page.locator(".lrp-step-bar").is_hidden()
    assert page.problems == []


def test_less_motion_is_respected(show, e):
    page = show(e, current="conv2", step="z", page_options={"reduced_motion": "reduce"}.items())
    page.locator(".lrp-line.lrp-current").wait_for()
    assert page.locator(".lrp-step-row button:disabled[title*='less motion']").count() == 1
    page.get_by_role("button", name="Next step").click()
    assert step_of(page) == "s"
    assert page.locator(".lrp-pace-words").inner_text() == "1.6 s a step"
    page.locator(".lrp-canvas").focus()
    before = page.locator(".lrp-readout-place").inner_text()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowLeft")
    assert page.locator(".lrp-readout-place").inner_text() != before
    assert page.problems == []


@pytest.mark.parametrize("layer", ["conv2", "fc", "out"])
def test_nothing_sticks_out_of_the_card(show, e, layer):
    page = show(e, (760, 690), current=layer, step="c")
    page.locator(".lrp-line.lrp-current").wait_for()
    sticking = page.evaluate(
        """() => {
          const card = document.querySelector(".lrp-layer").getBoundingClientRect();
          return [...document.querySelectorAll(".lrp-layer *")]
            .filter((node) => node.getBoundingClientRect().right > card.right + 1)
            .map((node) => node.className);
        }"""
    )
    assert sticking == []


def test_every_array_that_is_drawn_is_finite(e):
    for layer in ("conv1", "conv2", "pool", "fc", "out"):
        for step in four_steps(e, layer).steps.values():
            assert all(np.isfinite(term.values).all() for term in step.terms)
