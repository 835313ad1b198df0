"""The strip of measures in a real browser: under the stepper's map, and in Compare's panes."""

import numpy as np
import pytest
from fake_explaining import settled
from stepper_pages import made_up, write_page, write_widget

from lrp_widgets.lrp.channels import summed
from lrp_widgets.lrp.map_measures import TOP, Compared, measure
from lrp_widgets.lrp.metrics import brightness_correlation
from lrp_widgets.widgets.compare.compare import Compare
from lrp_widgets.widgets.shared.measure_cells import cells

pytestmark = pytest.mark.browser

MASK = np.zeros((12, 20), bool)
MASK[2:6, 3:9] = True


@pytest.fixture(scope="module")
def e():
    return made_up(seed=4)


@pytest.fixture
def show(new_page, tmp_path, e):
    def open_page(size=(1060, 680), **traits):
        page = new_page(*size)
        page.goto(write_page(tmp_path / "stepper.html", e, current="input", **traits))
        page.wait_for_function("() => !!window.close_widget")
        return page

    return open_page


def tell(page, measures):
    page.evaluate("(measures) => model.set('measures', measures)", measures)


def strip(page):
    return [cell.inner_text().split("\n") for cell in page.locator(".lrp-measure:visible").all()]


def fewest(relevance):
    size = -np.sort(-np.abs(summed(relevance)).ravel())
    return next(k for k in range(1, size.size + 1) if size[:k].sum() >= size.sum() / 2)


def test_the_numbers_are_numpy_s(show, e):
    page = show()
    tell(page, cells(measure(e, MASK)))
    pixels = summed(e.pixels)
    count = fewest(e.pixels)
    share = 100 * np.abs(pixels)[MASK].sum() / np.abs(pixels).sum()
    bright = f"{brightness_correlation(pixels, e.picture):.2f}".replace("-", "−")
    assert strip(page) == [
        ["half of Σ|R| in", f"{100 * count / 240:.1f} % {count} of 240; even: 50 %"],
        ["on the object", f"{share:.1f} % area: 10.0 %"],
        ["with brightness", f"{bright} chance: 0"],
    ]


def test_inner_layers_have_their_own_half_and_say_where_the_others_are(show, e):
    page = show()
    page.evaluate("() => model.set('current', 'block1_pool')")
    count = fewest(e["block1_pool"].relevance)
    ((label, text),) = strip(page)
    assert label == "half of Σ|R| in"
    assert text.startswith(f"{100 * count / 60:.1f} % {count} of 60;")
    words = page.locator(".lrp-measures-words")
    assert words.inner_text() == "Object, brightness and classes are measured at the pixels."
    page.evaluate("() => model.set('quantity', 'activation')")
    assert strip(page) == []
    assert words.inner_text() == "Measured of relevance, summed over channels."


def test_a_press_says_what_a_number_can_and_cannot_tell(show, e):
    page = show()
    cell = page.get_by_role("button", name="with brightness")
    assert "Spearman" in cell.get_attribute("aria-description")
    said = page.locator(".lrp-measures-help")
    assert not said.is_visible()
    cell.focus()
    page.keyboard.press("Enter")
    assert cell.get_attribute("aria-expanded") == "true"
    assert said.is_visible()
    assert "does not tell why" in said.inner_text()
    page.keyboard.press("Escape")
    assert not said.is_visible()
    assert cell.get_attribute("aria-expanded") == "false"
    assert page.problems == []


def test_what_is_still_to_come_shows_the_last_number_faded_or_dots(show, e):
    page = show()
    pending = Compared(TOP, "ring", float("nan"), 5)
    found = measure(e, MASK)
    tell(page, cells(found, pending))
    compared = page.locator("[data-measure=compared]")
    assert compared.inner_text().split("\n") == ["with top class’s map", "… same: 1"]
    done = cells(type(found)(**vars(found) | {"compared": Compared(TOP, "ring", 0.996, 5)}))
    tell(page, done)
    assert compared.inner_text().split("\n")[1] == "0.996 same: 1"
    assert compared.get_attribute("data-old") is None
    tell(page, cells(found, pending))  # the next answer of a slider
    assert compared.inner_text().split("\n")[1] == "0.996 same: 1"
    assert compared.get_attribute("data-old") is not None
    tell(page, {})
    assert page.locator(".lrp-measures").get_attribute("data-old") is not None


@pytest.mark.parametrize("size", [(390, 844), (768, 1024), (960, 640), (1280, 720), (1920, 1080)])
def test_nothing_of_it_is_cut(show, e, size):
    page = show(size=size)
    found = measure(e, MASK)
    tell(page, cells(type(found)(**vars(found) | {"compared": Compared(TOP, "x", 0.9, 5)})))
    assert (
        page.evaluate(
            """() => {
          const strip = document.querySelector(".lrp-measures");
          const room = strip.closest(".lrp-card").getBoundingClientRect();
          return [strip, ...strip.querySelectorAll("button")].filter((one) => {
            const box = one.getBoundingClientRect();
            return box.left < room.left || box.right > room.right || box.bottom > room.bottom
              || (one !== strip && one.scrollWidth > one.clientWidth + 1);
          }).map((one) => one.className + one.textContent);
        }"""
        )
        == []
    )


def test_both_panes_have_theirs(new_page, tmp_path, e):
    first, other = settled(e), settled(made_up(seed=9), pooling="max")
    page = new_page(1280, 720)
    page.goto(write_widget(tmp_path / "compare.html", Compare(first, other, current="input")))
    page.locator(".lrp-correlation").wait_for()
    for k, each in enumerate((first, other)):
        texts = page.locator(".lrp-pane").nth(k).locator(".lrp-measure:visible").all()
        half = [text for text in texts[0].inner_text().split("\n") if text.strip()]
        assert half == ["half in", f"{100 * fewest(each.pixels) / 240:.1f} %", "even: 50 %"]
        assert len(texts) == 2
    assert page.locator(".lrp-pane").nth(2).locator(".lrp-measure:visible").count() == 0
    assert page.problems == []


def test_random_weights_dim_the_names_and_say_why(new_page, tmp_path):
    e = made_up(seed=2)
    for weights, meaningless in (("pretrained", False), ("random", True)):
        e.network.weights = weights
        page = new_page()
        page.goto(write_page(tmp_path / f"{weights}.html", e))
        page.wait_for_function("() => !!window.close_widget")
        reason = page.locator(".lrp-predictions-reason")
        assert reason.is_visible() == meaningless
        assert reason.text_content() == "random weights: the names mean nothing"
        name = page.locator(".lrp-prediction-name").first
        style = name.evaluate("(each) => getComputedStyle(each).fontStyle")
        assert style == ("italic" if meaningless else "normal")
        # The numbers are what the network puts out: nothing is scaled.
        assert page.evaluate("() => model.get('summary').predictions") == [
            [name, float(p)] for name, p in e.prediction[:4]
        ]


def test_the_microscope_shows_why(new_page, tmp_path, e):
    page = new_page()
    page.goto(write_page(tmp_path / "unit.html", e))
    page.wait_for_function("() => !!window.close_widget")
    off = "Switched off by its ReLU: nothing comes, nothing goes."
    page.evaluate(
        """(off) => {
          model.set("path", [{ layer: "block1_conv1", index: [0, 0, 0] }]);
          model.set("unit", {
            layer: "block1_conv1", index: [0, 0, 0], name: "", kind: "convolution",
            kind_text: "convolution", relevance: 0, activation: 0, field: null, rule: "z⁺",
            settings: "", equation: "", up: [], down: null, colors: [], off,
            why: "Opened: channel 0 of 4.",
          });
        }""",
        off,
    )
    remark = page.locator(".lrp-unit-remark")
    assert remark.inner_text() == f"{off} Opened: channel 0 of 4."
    assert page.problems == []
