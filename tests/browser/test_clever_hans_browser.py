"""The Clever Hans laboratory, played through by somebody who is not told where the mark is."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from lesson_cells import predict

from lrp_widgets.lessons import LESSONS
from lrp_widgets.lessons.experiments import clever_hans as hans

pytestmark = pytest.mark.browser

PATIENCE = 120_000
NUMBER = next(each.number for each in LESSONS if each.slug == "clever_hans")


def share(text):
    return float(re.search(r"([\d.]+) %", text)[1]) / 100


def test_the_story_from_accuracy_to_repair(open_lesson, page):
    open_lesson(NUMBER)
    assert page.locator(".lrp-hans").count() == 0  # covered until it was predicted
    predict(
        page, "right for the wrong reason", "Pictures from elsewhere, or changed in one thing only"
    )
    predict(page, "Into how many groups", "Two")
    lab = page.locator(".lrp-hans")
    lab.locator(".lrp-hans-name").first.wait_for(timeout=PATIENCE)

    # 1 and 2: it looks fine, and its maps fall into groups, told as text and as pictures.
    assert share(lab.locator(".lrp-hans-step").nth(0).inner_text()) == pytest.approx(
        hans.judged().as_trained, abs=1e-3
    )
    sizes = [
        int(re.search(r"(\d+) pictures", name)[1])
        for name in lab.locator(".lrp-hans-name").all_inner_texts()
    ]
    assert sum(sizes) == hans.COLLECTED
    assert lab.locator(".lrp-hans-plane image").count() == hans.COLLECTED
    lab.locator(".lrp-hans-name").nth(1).press("Enter")
    assert lab.locator(".lrp-hans-name").nth(1).get_attribute("aria-pressed") == "true"

    # 3: nothing tells the place, the rest is locked; a wrong guess stays wrong; keys find it.
    assert "Find the place" in lab.inner_text()
    assert not lab.locator(".lrp-hans-outcomes").is_visible()
    canvas = lab.locator(".lrp-hans-frame canvas").first
    canvas.press("Enter")
    lab.get_by_text("Not there").wait_for(timeout=PATIENCE)
    for _ in range(7):
        canvas.press("ArrowDown")
        canvas.press("ArrowRight")
    canvas.press("Enter")
    lab.get_by_text("A mark of 7×13 pixels").wait_for(timeout=PATIENCE)

    # 4: the mark goes on, and the probability moves.
    words = lab.locator(".lrp-hans-wide p")
    words.filter(has_text="without the mark").wait_for(timeout=PATIENCE)
    bars = lab.locator(".lrp-hans-wide .lrp-chart-picture")
    before = bars.get_attribute("aria-label")
    lab.get_by_role("group", name="The mark").get_by_text("on", exact=True).click()
    assert bars.get_attribute("aria-label") != before

    # 5: what was measured of the network as it is stands in the table.
    first = lab.locator(".lrp-hans-outcomes tbody tr").first
    first.wait_for(timeout=PATIENCE)
    cells = [share(text) for text in first.locator("td").all_inner_texts()]
    judged = hans.judged()
    expected = [judged.as_trained, judged.no_mark, judged.all_marked, judged.turned, judged.on_mark]
    assert cells == pytest.approx(expected, abs=6e-4)
    lab.locator(".lrp-hans-slider input").fill("32")
    lab.get_by_text("pruned: 32 of fc1").wait_for(timeout=PATIENCE)

    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        found = Axe().run(page, ".lrp-hans").response["violations"]
        assert [each["id"] for each in found] == []
