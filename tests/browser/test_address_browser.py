"""The address of the page: reload, Back, Forward and bookmarks, in a real browser."""

from urllib.parse import parse_qsl, urlsplit

import pytest
from dashboard_page import PATIENCE, copied_link, wait_for_query, wait_for_result

from lrp_widgets._support.paths import folder

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(voila_server):
    return voila_server(folder("notebooks") / "dashboard.ipynb")


def query(page):
    return dict(parse_qsl(urlsplit(page.url).query))


def click_map(page, row, column):
    """Click a place of the large map, in fractions of it."""
    box = page.locator(".lrp-map-column canvas[role=img]").bounding_box()
    page.mouse.click(box["x"] + column * box["width"], box["y"] + row * box["height"])
    page.mouse.move(5, 5)


READING = "document.querySelector('.lrp-stepper .lrp-readout').innerText"
UNIT = "document.querySelector('.lrp-unit:not([hidden]) .lrp-unit-title')?.innerText"
KERNEL = "JSON.parse(document.getElementById('jupyter-config-data').textContent).kernelId"


def wait_for(page, what, value):
    page.wait_for_function(f"(value) => {what} === value", arg=value, timeout=PATIENCE)


def unit(page):
    return page.locator(".lrp-stepper .lrp-unit-title")


def history_length(page):
    return page.evaluate("() => history.length")


def visit(page, address):
    page.goto(address)
    wait_for_result(page)


def check_a_walk(page, address):
    """Mark a place, open units, turn to Compare, and come back over all of it and a reload."""
    visit(page, f"{address}?picture=heart&network=mini-vgg")
    page.locator(".lrp-stepper").press("PageUp")
    wait_for_query(page, layer="block1_conv1")
    begun = history_length(page)
    kernel = page.evaluate(KERNEL)

    click_map(page, 0.51, 0.26)
    unit(page).wait_for(timeout=PATIENCE)
    first = unit(page).inner_text()
    wait_for_query(page, pin="block1_conv1:32,16")
    page.locator(".lrp-unit-down button").first.click()
    page.wait_for_function(f"(first) => {UNIT} !== first", arg=first)
    second = unit(page).inner_text()
    page.keyboard.press("Escape")
    unit(page).wait_for(state="hidden")
    marked = page.evaluate(READING)
    assert marked.startswith("Pinned place\nrow 32, column 16\n")
    page.get_by_role("button", name="Compare", exact=True).click()
    wait_for_query(page, view="compare", unit=None)
    assert history_length(page) == begun + 4

    page.go_back()
    wait_for_query(page, view=None, unit=None)
    page.locator(".lrp-map-column canvas[role=img]").wait_for()
    page.go_back()
    wait_for(page, UNIT, second)
    page.go_back()
    wait_for(page, UNIT, first)
    page.go_back()
    unit(page).wait_for(state="hidden")
    assert query(page) == {
        "picture": "heart",
        "network": "mini-vgg",
        "layer": "block1_conv1",
        "pin": "block1_conv1:32,16",
    }
    for _ in range(3):
        page.go_forward()
    wait_for_query(page, view=None, unit=None)
    unit(page).wait_for(state="hidden")
    wait_for(page, READING, marked)
    assert history_length(page) == begun + 4
    # All that without a reload.
    assert kernel == page.evaluate(KERNEL)

    # A reload, and a bookmark: the same state, the marked place included.
    left = page.url
    assert copied_link(page) == left
    page.reload()
    wait_for_result(page)
    wait_for_query(page, pin="block1_conv1:32,16")
    wait_for(page, READING, marked)
    assert page.url == left
    page.go_back()
    wait_for(page, UNIT, second)


def test_a_walk_there_and_back(address, page):
    check_a_walk(page, address)
    assert [one for one in page.problems if "voila/api/shutdown" not in one] == []


def test_so_it_does_on_a_jupyter_server(lab_server, page):
    """Below the address that a hub gives each user, and with what servers put into it."""
    base = lab_server(folder("notebooks").parent, base_url="/user/x/")
    address = f"{base}voila/render/notebooks/dashboard.ipynb"
    check_a_walk(page, address)

    visit(page, f"{address}?token=secret&picture=ring&voila-theme=light&network=mini-vgg")
    page.get_by_role("button", name="winner-take-all").click()
    wait_for_query(page, pooling="max", token="secret", **{"voila-theme": "light"})
    page.get_by_role("button", name="Compare", exact=True).click()
    wait_for_query(page, view="compare", pooling="max", token="secret")
    link = copied_link(page)
    assert link == page.url.replace("&token=secret", "")
    assert "secret" not in link


def test_a_place_marked_in_compare_stays_as_well(address, page):
    page.goto(f"{address}?picture=star&network=mini-vgg&view=compare")
    canvas = page.locator(".lrp-pane canvas[role=img]").first
    canvas.wait_for(timeout=PATIENCE)
    canvas.focus()
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    page.wait_for_function("() => location.search.includes('pin=input:')")
    page.wait_for_timeout(500)
    left, place = page.url, "document.querySelector('.lrp-pane-place').innerText"
    marked = page.evaluate(place)
    page.reload()
    canvas.wait_for(timeout=PATIENCE)
    wait_for(page, place, marked)
    assert page.url == left
    page.get_by_role("button", name="Step through").click()
    wait_for_query(page, view=None)
    row, column = left.split("pin=input:")[1].split("&")[0].split(",")
    assert f"Pinned place\nrow {row}, column {column}\n" in page.evaluate(READING)


def test_a_slider_writes_the_address_a_few_times_a_second(address, page):
    page.add_init_script(
        """for (const how of ["replaceState", "pushState"]) {
          const own = history[how].bind(history);
          history[how] = (...all) => {
            (window.writes ??= []).push(performance.now());
            own(...all);
          };
        }"""
    )
    visit(page, f"{address}?picture=star&network=mini-vgg")
    stepper = page.locator(".lrp-stepper")
    before = history_length(page)
    for _ in range(25):
        stepper.press("ArrowLeft")
        stepper.press("ArrowRight")
    stepper.press("Home")
    wait_for_query(page, layer="predictions")
    gaps = page.evaluate("() => window.writes.map((at, i, all) => at - all[i - 1]).slice(1)")
    assert min(gaps) > 390
    assert history_length(page) == before


def test_a_pin_of_another_network_is_told(address, page):
    visit(page, f"{address}?network=mini-vgg&pin=block9_conv1:3,4&unit=block9_conv1:3,4,5")
    notes = page.locator(".lrp-notes li").all_inner_texts()
    assert notes[:2] == [
        "The address marks the place “block9_conv1:3,4”, which mini-vgg has not.",
        "The address names the unit “block9_conv1:3,4,5”, which mini-vgg has not.",
    ]
    wait_for_query(page, network="mini-vgg", pin=None, unit=None)


def test_lessons_open_beside_and_lead_back_to_the_dashboard_as_it_was_left(address, page):
    visit(page, f"{address}?picture=heart&network=mini-vgg")
    kernel = page.evaluate(KERNEL)
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Lessons").click()
    lessons = opened.value
    lessons.get_by_role("link", name="Open as a page: lesson 2").click(timeout=PATIENCE)
    head = lessons.locator(".lrp-lesson-head")
    head.get_by_text("Lesson 2 of").wait_for(timeout=PATIENCE)

    # The dashboard goes on, and the lesson leads to it: to the page that is there.
    page.get_by_role("button", name="winner-take-all").click()
    wait_for_query(page, pooling="max")
    back = head.get_by_role("link", name="the dashboard")
    back.click()
    page.wait_for_timeout(500)
    assert "Lesson 2 of" in head.inner_text()
    assert len(page.context.pages) == 2
    assert page.evaluate(KERNEL) == kernel

    # "Lessons" shows the lesson that is open.
    page.get_by_role("link", name="Lessons").click()
    page.wait_for_timeout(500)
    assert len(page.context.pages) == 2
    assert "Lesson 2 of" in head.inner_text()

    # The dashboard was closed: it comes back in the lesson's tab, as it was left.
    left = page.url
    page.close()
    back.click()
    wait_for_result(lessons)
    assert lessons.url == left
    assert dict(parse_qsl(urlsplit(left).query))["pooling"] == "max"


def test_what_is_unfolded_stays_so(address, page):
    visit(page, f"{address}?picture=star&network=mini-resnet")
    frames = "[...document.querySelectorAll('.lrp-frame')].map((one) => one.textContent).join()"
    folded = page.evaluate(frames)
    page.locator(".lrp-strip [aria-expanded=false]").last.click()
    page.get_by_role("button", name="blocks").click()
    page.wait_for_function("() => /unfolded=.*&blocks=1/.test(location.search)")
    left, unfolded = page.url, page.evaluate(frames)
    assert unfolded != folded
    page.reload()
    wait_for_result(page)
    wait_for(page, frames, unfolded)
    assert page.url == left
    page.locator(".lrp-control-network select").select_option(label="mini-vgg · shapes")
    wait_for_query(page, network="mini-vgg", unfolded=None, blocks="1")
