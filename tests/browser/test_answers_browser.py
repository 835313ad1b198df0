"""A lesson's answers stay in the browser, on the index and in files, until they are forgotten."""

import json

import pytest
from dashboard_page import PATIENCE
from playwright.sync_api import expect

from lrp_widgets.lessons import lesson

pytestmark = pytest.mark.browser

KEY = "lrp-widgets lesson 02 at /"


def kept(page):
    return json.loads(page.evaluate("key => localStorage.getItem(key)", KEY) or "{}")


def test_answers_survive_until_they_are_forgotten(open_lesson, lessons_url, tmp_path):
    page = open_lesson(2)
    predict = page.locator(".lrp-task").filter(has_text="input 3 is set to 0")
    share = page.locator(".lrp-task").filter(has_text="What share of output 1")
    head = page.locator(".lrp-lesson-head")
    mine = page.get_by_role("region", name="My lesson")
    mine.get_by_text("0 of 4 done").wait_for()
    # Answered: a prediction, wrong; a task, wrong and then right; and what is no number.
    predict.get_by_label("It gets larger").check()
    predict.get_by_text("✗ Not yet.").wait_for()
    for answer, said in (("0.3429", "✗ Not yet."), ("half", "Enter a number"), ("4/7", "✓ Right.")):
        share.get_by_role("textbox").fill(answer)
        share.get_by_role("textbox").press("Enter")
        share.get_by_text(said).wait_for()
    head.get_by_role("link", name="2 of 4 done").click()
    mine.get_by_text("2 of 4 done").wait_for()
    page.wait_for_function(
        "() => document.querySelector('.lrp-mine').getBoundingClientRect().bottom <= innerHeight"
    )
    mine.get_by_label("Name").fill("Ada Lovelace")

    page.get_by_label("input 3", exact=True).fill("0")
    page.wait_for_function("key => localStorage.getItem(key).includes('dense-graph')", arg=KEY)

    # Taken home: as a file, and as a page.
    with page.expect_download() as download:
        mine.get_by_role("button", name="Download my answers").click()
    assert download.value.suggested_filename == "lesson-02-Ada-Lovelace.json"
    download.value.save_as(tmp_path / "ada.json")
    file = json.loads((tmp_path / "ada.json").read_text("utf-8"))
    assert (file["format"], file["version"], file["lesson"]) == ("lrp-widgets answers", 1, 2)
    assert file["name"] == "Ada Lovelace"
    assert file["answers"]["02-share"]["tried"] == ["0.3429", "4/7"]
    assert file["answers"]["02-predict"] == {"given": "2", "tried": ["2"], "right": False}
    with page.expect_download() as download:
        mine.get_by_role("button", name="Download a page to print").click()
    download.value.save_as(tmp_path / "ada.html")
    sheet = (tmp_path / "ada.html").read_text("utf-8")
    assert "Ada Lovelace" in sheet and ">4/7<" in sheet and "✓ Right, 2 answers." in sheet

    # Opened again without anything in its address; a claim to be right is checked, not believed.
    edited = kept(page)
    edited["answers"]["02-received"] = {"given": "7", "tried": ["7"], "right": True}
    page.evaluate("([key, value]) => localStorage.setItem(key, value)", [KEY, json.dumps(edited)])
    page.goto(f"{lessons_url}voila/render/{lesson(2).notebook}")
    share.get_by_text("✓ Right.").wait_for()
    assert share.get_by_role("textbox").input_value() == "4/7"
    predict.get_by_text("✗ Not yet.").wait_for()
    assert predict.get_by_label("It gets larger").is_checked()
    page.locator(".lrp-graph").wait_for()  # what the prediction uncovered, set as it was
    assert page.get_by_label("input 3", exact=True).input_value() == "0"
    page.wait_for_function(
        "() => /R₃0(?!\\.)/.test(document.querySelector('.lrp-graph-drawing').textContent)"
    )
    received = page.locator(".lrp-task").filter(has_text="does input 2 receive")
    received.get_by_text("✗ Not yet.").wait_for()
    head.get_by_role("link", name="2 of 4 done").wait_for()
    assert mine.get_by_label("Name").input_value() == "Ada Lovelace"

    # The index, on a phone, in a tab of its own.
    index = page.context.new_page()
    index.set_viewport_size({"width": 390, "height": 844})
    index.goto(f"{lessons_url}voila/render/index.ipynb")
    card = index.locator(".lrp-index-card").nth(1)
    card.get_by_text("2 of 4 done").wait_for()
    assert index.locator(".lrp-index-card").nth(2).get_by_text("0 of 5 done").is_visible()
    assert index.evaluate("document.documentElement.scrollWidth") <= 390

    # Forgotten, once one has said yes: here, in the address, and in the other tab.
    mine.get_by_role("button", name="Forget", exact=True).click()
    mine.get_by_role("button", name="Keep them").click()
    assert kept(page)["answers"]
    mine.get_by_role("button", name="Forget", exact=True).click()
    mine.get_by_text("Forget your answers to this lesson?").wait_for()
    with page.expect_navigation():
        mine.get_by_role("button", name="Forget", exact=True).click()
    page.locator(".lrp-cover").wait_for()
    mine.get_by_text("0 of 4 done").wait_for()
    assert not predict.get_by_role("radio", checked=True).count()
    assert "predicted" not in page.url and kept(page) == {}
    card.get_by_text("0 of 4 done").wait_for()

    # The index forgets all lessons.
    page.evaluate("([key, value]) => localStorage.setItem(key, value)", [KEY, json.dumps(edited)])
    card.get_by_text("3 of 4 done").wait_for()
    index.get_by_role("button", name="Forget all my answers").click()
    index.get_by_role("button", name="Forget", exact=True).click()
    card.get_by_text("0 of 4 done").wait_for()
    assert kept(index) == {}
    assert page.problems == []


# What is seen of a printed lesson: its height, what is wider than the paper, and what is there.
PRINTED = """() => {
  const shown = (selector) =>
    [...document.querySelectorAll(selector)].filter((one) => one.checkVisibility()).length;
  const last = [...document.querySelectorAll("h2")].at(-1).getBoundingClientRect();
  const views = [...document.querySelectorAll(".lrp-on-paper")];
  return {
    ends: last.bottom + scrollY <= document.documentElement.scrollHeight,
    height: document.documentElement.scrollHeight,
    widest: Math.max(...views.map((one) => one.getBoundingClientRect().width)),
    buttons: shown(".lrp-task .lrp-button, .lrp-cover .lrp-button, .lrp-mine, .lrp-controls"),
    views: views.length,
    questions: shown(".lrp-task"),
    line: getComputedStyle(document.querySelector(".lrp-task-field input")).borderStyle,
  };
}"""


def test_a_lesson_prints_as_pages(open_lesson, tmp_path):
    page = open_lesson(2)
    page.get_by_role("button", name="Show anyway").click()
    page.locator(".lrp-graph").wait_for()
    page.locator(".lrp-stepper-frame").nth(1).wait_for()
    printed = page.pdf(format="A4", prefer_css_page_size=True)
    assert printed.count(b"/Type /Page\n") >= 4
    # The same, to be looked at: paper's style, and the layout that printing asks for.
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    seen = page.evaluate(PRINTED)
    assert seen["ends"] and seen["height"] > 2500  # on the screen a part of the page scrolls
    assert seen["views"] >= 3 and seen["widest"] <= 672
    assert seen["buttons"] == 0 and seen["questions"] == 4 and seen["line"] == "none none solid"
    # An answer is printed where it was given, and room to write where none was.
    room = "n => getComputedStyle(n.querySelector('.lrp-task-verdict'), '::before').content"
    predict = page.locator(".lrp-task").filter(has_text="input 3 is set to 0")
    assert "Because" in predict.evaluate(room)
    page.emulate_media(media="screen")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator(".lrp-on-paper").count() == 0
    predict.get_by_label("It stays the same").check()
    predict.get_by_text("✓ Right.").wait_for()
    page.emulate_media(media="print")
    assert predict.evaluate(room) == "none"
    assert page.problems == []


def test_what_was_chosen_for_maps_is_chosen_again_after_a_reload(open_lesson):
    page = open_lesson(6)
    for task in page.locator(".lrp-task:has([type=radio])").all():
        task.get_by_role("radio").first.check()
    maps = page.locator(".lrp-maps")
    maps.locator(".lrp-maps-figure canvas").first.wait_for()
    picture = maps.locator("[data-name=picture] select")
    picture.select_option("ring")
    key = "lrp-widgets lesson 06 at /"
    page.wait_for_function("key => localStorage.getItem(key)?.includes('side-by-side')", arg=key)
    page.reload()
    expect(picture).to_have_value("ring", timeout=PATIENCE)
    assert page.problems == []
