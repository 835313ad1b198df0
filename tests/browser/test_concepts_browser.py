"""What a channel stands for in a real browser: by clicks, by keys, on a phone."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from stepper_pages import open_answered

from lrp_widgets import concepts, explain, load_image, load_network
from lrp_widgets.widgets import export_page
from lrp_widgets.widgets.stepper.stepper import LayerStepper

pytestmark = pytest.mark.browser
LAYER = "block4_conv2"


@pytest.fixture(scope="module")
def explained():
    network = load_network("mini-vgg")
    return explain(network, load_image("star", network))


@pytest.fixture
def show(new_page, tmp_path, explained):
    def open_page(size=(1010, 690), **traits):
        stepper = LayerStepper(explained, **{"current": LAYER, "ranked": True} | traits)
        return open_answered(new_page(*size), tmp_path / "page.html", stepper)

    return open_page


def test_a_newcomer_finds_the_channel_that_tells_a_star_from_a_cross(show, explained):
    page = show(ranked=False)
    page.get_by_role("button", name="channels", exact=True).click()
    page.get_by_label("Rank by").select_option("what they tell apart")
    rows = page.locator(".lrp-tells li")
    rows.first.wait_for()
    assert page.evaluate("() => model.get('telling')") == "star,cross,activation"
    found = concepts.concepts_of(explained.network)
    best = found.which(LAYER, "star", "cross")[0]
    assert rows.first.get_attribute("data-channel") == str(best.channel)
    assert f"{best.measured.auc:.3f}" in rows.first.inner_text()
    rows.first.locator(".lrp-channel-look").click()
    panel = page.get_by_role("group", name=f"What channel {best.channel} stands for")
    panel.locator("canvas").first.wait_for()
    assert panel.locator("canvas").count() == 12
    assert "a star than for a cross" in panel.inner_text()
    seen = [
        page.evaluate(
            """(c) => c.getContext("2d").getImageData(0, 0, c.width, c.height)
              .data.some((value, k) => k % 4 < 3 && value > 60)""",
            canvas,
        )
        for canvas in panel.locator("canvas").element_handles()
    ]
    assert all(seen)
    rows.first.locator(".lrp-channel-look").click()
    panel.wait_for(state="detached")
    page.get_by_label("From", exact=True).select_option("the rest")
    page.wait_for_function("() => model.get('telling') === 'star,rest,activation'")
    page.get_by_label("Tells", exact=True).select_option("red")
    page.wait_for_function("() => model.get('telling') === 'red,rest,activation'")
    page.get_by_label("Rank by").select_option("their share of this layer’s Σ|R|")
    page.locator(".lrp-channel-sums").wait_for()


def test_units_have_pictures_too_and_stepping_closes_them(show):
    page = show(current="fc1", concept=67)
    panel = page.get_by_role("group", name="What unit 67 stands for")
    panel.locator("canvas").first.wait_for()
    assert page.evaluate("() => model.get('channel')") == -1
    page.locator(".lrp-stepper").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => model.get('current') === 'flatten'")
    assert page.evaluate("() => model.get('concept')") == -1


def test_with_keys_on_a_phone(show):
    page = show((390, 844))
    row = page.locator(".lrp-channel-look").first
    row.wait_for()
    row.focus()
    page.keyboard.press("Enter")
    page.locator(".lrp-concept canvas").first.wait_for()
    assert row.get_attribute("aria-expanded") == "true"
    assert page.evaluate("() => document.activeElement.classList.contains('lrp-channel-look')")
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("traits", [{"concept": 8}, {"telling": "star,cross,activation"}])
def test_everybody_can_read_it(show, traits):
    page = show(**traits)
    page.locator(".lrp-concept canvas, .lrp-tells li").first.wait_for()
    found = Axe().run(page, ".lrp-channel-part")
    assert found.violations_count == 0, found.generate_report()


def test_what_is_open_is_in_view(show):
    page = show(concept=8)
    page.locator(".lrp-concept canvas").first.wait_for()
    part = page.locator(".lrp-channel-part").bounding_box()
    row = page.locator('li[data-channel="8"]').bounding_box()
    first = page.locator(".lrp-concept canvas").first.bounding_box()
    assert part["y"] - 1 <= row["y"]
    assert first["y"] + first["height"] <= part["y"] + part["height"]


def test_an_exported_page_shows_what_was_open_and_offers_nothing_else(
    new_page, tmp_path, explained
):
    stepper = LayerStepper(explained, current=LAYER, ranked=True, concept=8, channel=8)
    address = export_page(stepper, tmp_path / "star.html").as_uri()
    page = new_page(1280, 900)
    page.goto(address)
    page.locator(".lrp-concept canvas").first.wait_for()
    assert page.locator(".lrp-rank-by").count() == 0
    rows = page.locator(".lrp-channel-list li[data-channel]")
    assert rows.count() == 12
    assert page.locator("button.lrp-channel-look").count() == 1
    page.locator("button.lrp-channel-look").click()
    page.locator(".lrp-concept").wait_for(state="detached")
    page.locator("button.lrp-channel-look").click()
    page.locator(".lrp-concept canvas").first.wait_for()
