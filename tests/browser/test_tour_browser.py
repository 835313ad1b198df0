"""The guided tour as a visitor takes it: by clicks, by keyboard, by link, and back again."""

import pytest
from dashboard_page import (
    NO_INTERNET,
    NOTEBOOK,
    PATIENCE,
    copied_link,
    spills,
    wait_for_result,
)

from lrp_widgets.widgets.dashboard.tour.pages import PAGES

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(voila_server):
    return voila_server(NOTEBOOK, **NO_INTERNET)


def wait_for_page(page, number):
    page.wait_for_function(
        """(count) => document.querySelector(".lrp-tour-count").textContent === count
          && document.querySelector(".lrp-tour").getAttribute("aria-busy") === "false" """,
        arg=f"{number} of {len(PAGES)}",
        timeout=PATIENCE,
    )


def wait_until_solved(page):
    page.locator(".lrp-tour-next:not(:disabled)").wait_for(timeout=PATIENCE)


def lit(page):
    """The highlighted part: found, in sight, and not under the tour's panel."""
    page.locator(".lrp-tour-lit").wait_for(timeout=PATIENCE)
    part, panel = (page.locator(one).bounding_box() for one in (".lrp-tour-lit", ".lrp-tour"))
    assert 0 <= part["x"] <= part["x"] + part["width"] <= 1280
    assert 0 <= part["y"] <= part["y"] + part["height"] <= 720
    beside = part["x"] >= panel["x"] + panel["width"]
    assert beside or part["y"] >= panel["y"] + panel["height"]
    return page.locator(".lrp-tour-lit")


def answer(page, words):
    page.locator(".lrp-tour-choices").get_by_role("button", name=words, exact=True).click()


def go_up_to_the_class(page):
    for layer in ("flatten", "fc1", "predictions"):
        page.locator(".lrp-unit-up .lrp-unit-go").first.click()
        page.locator(".lrp-unit-title", has_text=layer).wait_for(timeout=PATIENCE)


def click_the_darkest_cell(page):
    """By the place that the page reads out as the strongest."""
    row, column = (int(one) for one in page.locator(".lrp-readout-place b").all_inner_texts())
    box = page.locator(".lrp-canvas").bounding_box()
    page.mouse.click(
        box["x"] + (column + 0.5) * box["width"] / 4, box["y"] + (row + 0.5) * box["height"] / 4
    )


def click_the_strongest_receiver(page):
    cells = page.locator(".lrp-unit-grid-relevance button")
    values = cells.evaluate_all("(all) => all.map((one) => Number(one.dataset.value))")
    cells.nth(values.index(max(values))).click()


TASKS = {
    "What the network says": lambda page: answer(
        page, page.locator(".lrp-prediction-name").first.inner_text()
    ),
    "The total stays the same": lambda page: page.locator(".lrp-bar").last.click(),
    "Down, layer by layer": lambda page: [
        page.get_by_role("button", name="next layer").click() for _ in range(3)
    ],
    "What the colours mean": lambda page: answer(page, "no"),
    "The rule: z⁺": lambda page: answer(page, "nothing"),
    "One unit’s numbers": click_the_darkest_cell,
    "Up to the class": go_up_to_the_class,
    "Pooling: who gets it?": lambda page: answer(page, "winner-take-all"),
    "Down to a pixel": click_the_strongest_receiver,
    "Gray or RGB": lambda page: (
        page.locator(".lrp-tools").get_by_role("button", name="RGB").click()
    ),
    "Activation is not relevance": lambda page: page.get_by_role(
        "button", name="activation", exact=True
    ).click(),
    "Trained or random?": lambda page: answer(page, "less"),
    "Another class": lambda page: answer(page, "above 0.9"),
    "Where did it go?": lambda page: answer(page, "none of them"),
    "Is it right?": lambda page: [
        page.locator(".lrp-judge .lrp-chart-legend li").nth(4).wait_for(timeout=PATIENCE),
        page.locator(".lrp-judge").get_by_role("button", name="play").click(),
    ],
}


def test_the_whole_tour_by_clicks(address, page):
    page.goto(f"{address}?network=mini-vgg&picture=heart")
    wait_for_result(page)
    page.get_by_role("button", name="Start here").click()
    for number, one in enumerate(PAGES, 1):
        wait_for_page(page, number)
        assert page.locator(".lrp-tour h2").inner_text() == one.title
        page.wait_for_url(f"{address}?tour={number}")
        if one.opens:
            page.locator(".lrp-unit-title").wait_for(timeout=PATIENCE)
        assert lit(page).count() == 1
        assert spills(page) == []
        if one.task:
            assert page.locator(".lrp-tour-next").is_disabled()
            TASKS[one.title](page)
            wait_until_solved(page)
            assert page.locator(".lrp-tour-says.lrp-right").is_visible()
            assert lit(page).count() == 1
            assert spills(page) == []
        page.locator(".lrp-tour-next").click()
    page.get_by_role("button", name="Back to where you were").click()
    page.locator(".lrp-picker-tile[aria-checked=true][data-name=heart]").wait_for(timeout=PATIENCE)
    assert page.locator(".lrp-tour-lit").count() == 0
    page.wait_for_url(f"{address}?picture=heart&network=mini-vgg")
    assert page.problems == []


def test_a_link_to_a_page_a_reload_and_the_keyboard(address, page):
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"{address}?tour=5")
    wait_for_result(page)
    wait_for_page(page, 5)
    assert page.locator(".lrp-name").inner_text() == "block3_conv2"
    assert lit(page).evaluate("(one) => getComputedStyle(one).animationName") == "none"
    assert copied_link(page) == f"{address}?tour=5"

    # Another page by its dot, with the keyboard; the heading takes the focus.
    dot = page.get_by_role("button", name="Page 12: Activation is not relevance")
    dot.focus()
    page.keyboard.press("Enter")
    wait_for_page(page, 12)
    page.wait_for_url(f"{address}?tour=12")
    assert page.evaluate("() => document.activeElement.tagName") == "H2"
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.textContent") == "show me"
    page.keyboard.press("Enter")
    wait_until_solved(page)
    page.wait_for_function("() => document.activeElement.matches('.lrp-tour-next')")

    # A reload comes back to this page.
    page.reload()
    wait_for_result(page)
    wait_for_page(page, 12)
    assert page.locator(".lrp-tour-next").is_disabled()

    # Escape leaves; the button has the focus and resumes.
    page.locator(".lrp-tour h2").focus()
    page.keyboard.press("Escape")
    page.locator(".lrp-tour").wait_for(state="hidden", timeout=PATIENCE)
    resume = page.get_by_role("button", name=f"Resume tour · 12 of {len(PAGES)}")
    resume.wait_for(timeout=PATIENCE)
    assert resume.evaluate("(one) => one === document.activeElement")
    assert page.locator(".lrp-control-network").is_visible()
    page.keyboard.press("Enter")
    wait_for_page(page, 12)
    assert spills(page) == []
    # A page that goes away asks Voilà to end its kernel, which Voilà refuses.
    assert [one for one in page.problems if "voila/api/shutdown" not in one] == []
