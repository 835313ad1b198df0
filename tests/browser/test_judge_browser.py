"""Judge in a real browser: play, scrub, choose, cancel, come back; a file, and a telephone."""

import csv
import io

import pytest
from axe_playwright_python.sync_playwright import Axe
from dashboard_page import NOTEBOOK, PATIENCE

from lrp_widgets import explain, load_image, load_network, metrics

pytestmark = pytest.mark.browser

QUERY = "network=mini-vgg&picture=star&view=judge&patch=16&versus=none"


@pytest.fixture(scope="module")
def address(voila_server):
    return voila_server(NOTEBOOK)


def wait_for_curves(page, count=3):
    page.wait_for_function(
        """(count) => {
          const judge = document.querySelector(".lrp-judge");
          return judge && !("stale" in judge.dataset)
            && judge.querySelectorAll(".lrp-chart-legend li").length === count;
        }""",
        arg=count,
        timeout=PATIENCE,
    )


def wait_for_query(page, text):
    page.wait_for_function("(text) => location.search.includes(text)", arg=text, timeout=PATIENCE)


def place(page):
    return page.locator(".lrp-judge .lrp-place").inner_text()


def test_a_picture_is_taken_apart_and_judged(address, page):
    page.goto(f"{address}?{QUERY}")
    wait_for_curves(page)
    network = load_network("mini-vgg")
    image = load_image("star", network)
    e = explain(network, image, start="softmax")
    most = metrics.perturb(network, image, e.pixels, patch=16)
    area = metrics.abpc(network, image, e.pixels, patch=16)
    title = page.locator(".lrp-judge-headline")
    assert f"after {most.lost_after} of 16 patches" in title.inner_text()
    shown = page.locator("[data-measure=abpc] .lrp-judge-value").inner_text()
    assert float(shown.replace("−", "-")) == pytest.approx(area, abs=0.006)

    # Scrub by the keyboard, wherever the focus is; the words and the address follow.
    says = page.locator(".lrp-judge-says")
    assert says.inner_text().startswith("sure it is a star: ")
    for _ in range(most.lost_after):
        page.keyboard.press("ArrowRight")
    assert place(page) == f"{most.lost_after} of 16 patches"
    now = network.class_names[most.predicted[most.lost_after]]
    assert says.inner_text().startswith(f"now it says {now}; star has ")
    wait_for_query(page, f"replaced={most.lost_after}")
    page.keyboard.press("Home")
    assert place(page) == "0 of 16 patches"

    # Point at the curves, and play to the end.
    box = page.locator(".lrp-chart-picture").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert int(place(page).split()[0]) in (7, 8, 9)
    page.keyboard.press("Home")
    page.get_by_role("button", name="play").click()
    page.wait_for_function(
        "() => document.querySelector('.lrp-judge .lrp-place').innerText === '16 of 16 patches'"
    )
    page.get_by_role("button", name="play").wait_for()

    # The numbers as a file.
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
        page.get_by_role("menuitem", name="Curves").click()
    text = download.value.path().read_text("utf-8-sig")
    rows = [each for each in csv.DictReader(io.StringIO(text)) if each["order"] == "morf"]
    assert [float(each["score"]) for each in rows] == pytest.approx(most.scores, abs=1e-4)

    # Another baseline, then a reload: all of it comes back.
    page.locator("[data-setting=baseline]").select_option("black")
    wait_for_query(page, "baseline=black")
    wait_for_curves(page)
    after = metrics.perturb(network, image, e.pixels, patch=16, baseline="black").lost_after
    page.wait_for_function(
        "(text) => document.querySelector('.lrp-judge-headline').innerText.includes(text)",
        arg=f"after {after} of 16",
        timeout=PATIENCE,
    )
    wait_for_query(page, "replaced=16")
    left, words = page.url, title.inner_text()
    page.reload()
    wait_for_curves(page)
    assert (page.url, title.inner_text(), place(page)) == (left, words, "16 of 16 patches")

    # Another rule asks anew, at the beginning of the picture.
    page.locator(".lrp-control-rules select").select_option("epsilon-plus")
    wait_for_query(page, "rules=epsilon-plus")
    wait_for_curves(page)
    assert "epsilon-plus: " in page.locator(".lrp-judge-areas").inner_text()
    assert place(page) == "0 of 16 patches"

    # As others meet it.
    assert Axe().run(page).response["violations"] == []
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_timeout(300)
    assert page.evaluate("() => document.documentElement.scrollWidth") == 390
    assert Axe().run(page).response["violations"] == []

    # On paper it is whole, without controls, on as many pages as it needs.
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 700, "height": 900})
    assert not page.locator(".lrp-controls, .lrp-title-bar").first.is_visible()
    measures = page.locator(".lrp-judge-below")
    assert measures.evaluate("(one) => one.scrollHeight <= one.clientHeight")
    assert page.evaluate("() => document.documentElement.scrollHeight") > 1200
    assert page.pdf(format="A4").count(b"/Type /Page\n") >= 2
    page.emulate_media(media="screen")

    # Back leads to the view before.
    page.set_viewport_size({"width": 1280, "height": 720})
    page.get_by_role("button", name="Step through").click()
    page.locator(".lrp-judge").wait_for(state="hidden")
    page.go_back()
    page.locator(".lrp-judge").wait_for()
    assert [one for one in page.problems if "voila/api/shutdown" not in one] == []


def test_what_takes_long_shows_how_far_it_is_and_can_be_cancelled(address, page):
    page.goto(f"{address}?network=mini-vgg&picture=star&view=judge&patch=16&versus=none")
    wait_for_curves(page)
    page.locator("[data-setting=patch]").select_option("4")
    page.locator("[data-setting=versus]").select_option("integrated-gradients")
    page.locator(".lrp-judge [role=progressbar]").wait_for()
    page.locator(".lrp-judge .lrp-busy").get_by_role("button", name="cancel").click()
    again = page.get_by_role("button", name="Take it apart")
    again.wait_for()
    assert not page.locator(".lrp-judge .lrp-busy").is_visible()
    assert page.locator(".lrp-judge .lrp-notes").inner_text().startswith("Cancelled")
    page.locator("[data-setting=patch]").select_option("16")
    wait_for_curves(page, 5)
    assert not again.is_visible()
    assert page.problems == []
