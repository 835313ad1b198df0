"""Every page as a screen reader, a keyboard and weak eyes meet it: axe-core finds nothing."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from views import PATIENCE, QUERIES, open_view, settle

from lrp_widgets.lessons import LESSONS

pytestmark = pytest.mark.browser

# Off by default in axe: what is written on a control is what it is called.
ASKED = {"rules": {"label-content-name-mismatch": {"enabled": True}}}
# Rows of numbers are buttons too, and called by a sentence that says what the numbers are.
ROWS = ("lrp-bar", "lrp-pair", "lrp-unit-go")

CONTRAST = """(node) => {
  const channels = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].reduce((sum, value, i) => {
    const c = value / 255;
    const linear = c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    return sum + [0.2126, 0.7152, 0.0722][i] * linear;
  }, 0);
  let behind = node;
  while (behind && (channels(getComputedStyle(behind).backgroundColor)[3] ?? 1) === 0) {
    behind = behind.parentElement;
  }
  const both = [getComputedStyle(node).color, getComputedStyle(behind).backgroundColor];
  const [dark, bright] = both.map((text) => light(channels(text))).sort((a, b) => a - b);
  return (bright + 0.05) / (dark + 0.05);
}"""


def violations(page):
    """What axe-core finds: {rule: places}."""
    found = Axe().run(page, options=ASKED).response["violations"]
    places = {
        each["id"]: [
            node["html"][:120]
            for node in each["nodes"]
            if each["id"] not in ASKED["rules"] or not any(row in node["html"] for row in ROWS)
        ]
        for each in found
    }
    return {rule: nodes for rule, nodes in places.items() if nodes}


@pytest.mark.parametrize("view", QUERIES)
def test_axe_finds_nothing_in_a_view(lessons_url, page, view):
    open_view(page, lessons_url, view)
    assert violations(page) == {}
    page.set_viewport_size({"width": 390, "height": 844})
    settle(page)
    assert violations(page) == {}


# Some lessons in every run, one of them with two views of the dashboard; all of them now and then.
OFTEN = (1, 2, 4, 10)
LESSON_PAGES = [
    pytest.param(each.notebook, marks=[] if each.number in OFTEN else pytest.mark.slow)
    for each in LESSONS
]


@pytest.mark.parametrize("notebook", ["index.ipynb", *LESSON_PAGES])
def test_axe_finds_nothing_in_a_page_of_the_lessons(lessons_url, page, notebook):
    page.goto(f"{lessons_url}voila/render/{notebook}", timeout=PATIENCE)
    page.locator(".lrp-index, .lrp-task").first.wait_for(timeout=PATIENCE)
    assert violations(page) == {}


def test_axe_finds_nothing_while_the_page_waits_for_its_kernel(lessons_url, page):
    page.route("**/voila/static/**", lambda route: None)  # never answered: nothing goes on
    page.goto(lessons_url, wait_until="commit")
    page.get_by_text("A Python of your own is starting").wait_for()
    assert violations(page) == {}


# What is chosen stays readable under the pointer


@pytest.mark.parametrize("view", ["compare", "tour", "step", "steps", "rules", "live"])
def test_what_is_chosen_is_readable_under_the_pointer(lessons_url, page, view):
    open_view(page, lessons_url, view)
    if view == "tour":
        page.locator(".lrp-tour-choices > button").last.click()
        page.locator(".lrp-tour-choices > [aria-pressed=true]").wait_for()
    chosen = page.locator(":is([aria-pressed=true], .mod-active, .lrp-tab[aria-current]):visible")
    assert chosen.count()
    for one in chosen.all():
        one.hover()
        assert one.evaluate(CONTRAST) >= 4.5, one.inner_text()


# Keys


@pytest.mark.parametrize("view", ["step", "compare"])
def test_keys_work_on_a_fresh_page_and_after_a_click_anywhere(lessons_url, page, view):
    open_view(page, lessons_url, view)
    words = page.locator(".lrp-place:visible").first

    def number():
        return int(words.inner_text().split()[1])

    def press(key, expected):
        page.keyboard.press(key)
        page.wait_for_function(
            """(n) => [...document.querySelectorAll(".lrp-place")].some(
              (one) => one.checkVisibility() && one.textContent.startsWith(`layer ${n} of`))""",
            arg=expected,
        )

    last = number()
    assert page.evaluate("() => document.activeElement === document.body")
    press("ArrowLeft", last - 1)
    page.locator("h1").click()
    press("ArrowLeft", last - 2)
    page.locator(".lrp-control-pooling .widget-label").click()
    press("Home", 1)
    page.get_by_role("button", name="min–max").click()
    press("ArrowRight", 2)
    page.mouse.click(640, 50)  # the gap under the title bar
    press("End", last)

    # A field keeps its keys, and so does the gallery.
    page.locator(".lrp-control-network select").focus()
    page.keyboard.press("Home")
    assert number() == last
    page.locator(".lrp-picker-tile[aria-checked=true]").focus()
    page.keyboard.press("ArrowLeft")
    assert number() == last
