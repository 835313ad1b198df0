"""Small things that make a page readable: scales, columns, numbers near one, what a field takes."""

import pytest
from fake_explaining import settled
from stepper_pages import made_up, write_page, write_widget
from views import PATIENCE, open_view

from lrp_widgets._support import number_words
from lrp_widgets.widgets.compare.compare import Compare

pytestmark = pytest.mark.browser


@pytest.fixture
def stepper(page, tmp_path):
    page.goto(write_page(tmp_path / "stepper.html", made_up(), current="block1_conv1"))
    page.locator(".lrp-frames canvas").first.wait_for()
    return page


def test_the_ends_of_the_scale_say_what_they_mean(stepper):
    row = stepper.locator(".lrp-scale-row").first
    words = row.inner_text().split()
    assert words[0] == "against" and words[1].startswith("−")
    assert words[-1] == "for" and words[-2].startswith("+")
    side = row.get_by_text("against")
    assert side.get_attribute("title") == "against and for all classes (softmax)"
    stepper.get_by_role("button", name="activation").click()
    stepper.wait_for_function(
        """() => document.querySelector(".lrp-scale-words").textContent.startsWith("white")"""
    )
    assert not side.is_visible()


def test_the_tour_says_it_once():
    from lrp_widgets.widgets.dashboard.tour.pages import PAGES

    said = [page.title for page in PAGES if "against it" in page.text]
    assert said == ["What the colours mean"]


def test_a_channel_that_is_not_there_is_refused_in_words(stepper):
    field = stepper.get_by_role("spinbutton", name="Channel, counted from 0")
    field.fill("2")
    field.fill("77")
    words = stepper.locator(".lrp-of")
    assert words.inner_text() == "There is no channel 77: they are 0 to 3."
    assert field.get_attribute("aria-invalid") == "true"
    assert stepper.evaluate("() => window.model.get('channel')") == 2
    field.fill("3")
    assert words.inner_text() == "of 4"
    assert stepper.evaluate("() => window.model.get('channel')") == 3


def test_a_list_that_goes_on_shows_it(page, tmp_path):
    from stepper_pages import VGG16

    page.goto(write_page(tmp_path / "stepper.html", made_up(VGG16), height="620px"))
    bars = page.locator(".lrp-bars")
    bars.locator(".lrp-bar").first.wait_for()
    assert bars.evaluate("one => one.scrollHeight > one.clientHeight")
    assert "local" in bars.evaluate("one => getComputedStyle(one).backgroundAttachment")
    foot = """one => {
      const { left, bottom, width } = one.getBoundingClientRect();
      return { x: left, y: bottom - 4, width, height: 3 };
    }"""
    before = page.screenshot(clip=bars.evaluate(foot))
    bars.evaluate("one => one.scrollTo({ top: one.scrollHeight, behavior: 'instant' })")
    assert page.screenshot(clip=bars.evaluate(foot)) != before


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.9967, "0.997"), (0.99961, "> 0.999"), (0.5, "0.50"), (1, "1.00"), (-0.9967, "−0.997")],
)
def test_what_is_not_one_is_not_shown_as_one(value, text):
    assert number_words.correlation(value) == text


def test_the_panes_stand_at_one_height_and_their_titles_differ(page, tmp_path):
    first, second = settled(made_up(seed=0)), settled(made_up(seed=1), pooling="max")
    page.goto(write_widget(tmp_path / "compare.html", Compare(first, second)))
    page.locator(".lrp-correlation").wait_for()
    tops = [each.bounding_box()["y"] for each in page.locator(".lrp-pane .lrp-canvas").all()]
    assert max(tops) - min(tops) < 0.5
    titles = [each.inner_text() for each in page.locator(".lrp-pane-title").all()[:2]]
    assert titles[0].startswith("picture A") and titles[1].startswith("picture B")


def test_columns_of_the_microscope_do_not_touch_and_bars_stand_under_numbers(lessons_url, page):
    open_view(page, lessons_url, "microscope")
    gaps = page.locator(".lrp-unit-left .lrp-unit-line").evaluate_all(
        """(lines) => lines.map((line) => {
          const [, value, share] = [...line.children].map((cell) => {
            const range = document.createRange();
            range.selectNodeContents(cell);
            return range.getBoundingClientRect();
          });
          return share.left - value.right;
        })"""
    )
    assert len(gaps) > 4 and min(gaps) >= 6
    sizes = page.locator(".lrp-unit-cell").evaluate_all(
        """(cells) => cells.map((cell) => getComputedStyle(cell))
          .filter(({ backgroundImage }) => backgroundImage.includes("gradient") &&
            !backgroundImage.includes("repeating"))
          .map(({ backgroundSize }) => backgroundSize)"""
    )
    assert sizes and all(size.endswith(" 3px") for size in sizes)


def test_a_slider_says_its_value(lessons_url, page):
    open_view(page, lessons_url, "rules")
    block = page.locator(".lrp-rules-rows .lrp-control-block select >> visible=true").nth(1)
    block.select_option(label="γ")
    handle = page.locator(".lrp-control-parameter .noUi-handle >> visible=true").first
    handle.wait_for(timeout=PATIENCE)
    readout = page.locator(".lrp-control-parameter .widget-readout >> visible=true").first
    handle.press("ArrowRight")
    page.wait_for_function(
        """() => [...document.querySelectorAll(".lrp-control .noUi-handle")]
          .filter((one) => one.checkVisibility())
          .every((one) => one.getAttribute("aria-valuetext") ===
            one.closest(".lrp-control").querySelector(".widget-readout").textContent)"""
    )
    assert handle.get_attribute("aria-valuetext") == readout.inner_text() != ""
