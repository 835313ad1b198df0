"""The lessons as plain web pages: written once, read from a disk in a browser without a network."""

import re
from html import escape

import nbformat
import pytest
from page_modules import carried
from playwright.sync_api import expect
from test_accessible_browser import violations
from views import PATIENCE

from lrp_widgets.app import cli
from lrp_widgets.lessons import LESSONS, lesson
from lrp_widgets.lessons.checking import questions
from lrp_widgets.lessons.questions import Code
from lrp_widgets.widgets.lessons.site import lesson_pages
from lrp_widgets.widgets.lessons.site.lesson_pages import page_name, write_lessons

pytestmark = pytest.mark.browser
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    return write_lessons(tmp_path_factory.mktemp("site"), [lesson(2)], say=lambda line: None)


@pytest.fixture(scope="module")
def text(site):
    return (site / "02_dense.html").read_text("utf-8")


def test_all_its_words_and_tasks_are_there(text):
    words = re.sub(r"<script.*?</script>|<style>.*?</style>", "", text, flags=re.DOTALL)
    for heading in ("What you need to know", "Predict", "Theory", "Play", "Tasks", "Legend"):
        assert re.search(rf"<h2[^>]*>{heading}</h2>", words)
    assert words.count("<math") > 10 and "$" not in words
    widgets = carried(text)
    tasks = {w["state"]["name"]: w for w in widgets.values() if w["module"] == "lessons/task.js"}
    judged = {name for name, asked in questions("02").items() if not isinstance(asked, Code)}
    assert set(tasks) == judged
    assert all(task["state"]["checks"] and task["state"]["solution"] for task in tasks.values())
    assert words.count("This task is answered in Python") == len(questions("02")) - len(judged)


def test_what_needs_a_kernel_stands_still_and_the_rest_does_not(text):
    still = re.findall(r'<div inert><div id="([\w-]+)"', text)
    modules = {name: widget["module"] for name, widget in carried(text).items()}
    assert {modules[name] for name in still} == {"lessons/playgrounds/dense_graph.js"}
    assert "stepper/stepper.js" in modules.values()
    assert len(re.findall("It stands still on this page", text)) == len(still)


def test_links_lead_to_pages(site, text):
    assert 'rel="prev" href="01_from_prediction_to_relevance.html"' in text
    assert 'rel="next" href="03_conservation.html"' in text
    assert not re.search(r'href="(?!https://mybinder)[^"]*\.ipynb', text)
    index = (site / "index.html").read_text("utf-8")
    assert (
        'href="02_dense.html"' in index
        and escape(lesson(2).goal, quote=False).replace("'", "&#39;") in index
    )


def test_it_is_worked_through_from_a_disk(site, new_page):
    address = (site / "02_dense.html").as_uri()
    page = new_page(offline=True)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address)
    graph = page.locator("[data-covered]")
    expect(page.locator(".lrp-cover")).to_be_visible()
    expect(graph).to_be_hidden()
    assert violations(page) == {}

    right = questions("02")["02-predict"].expected()
    page.locator("[data-question='02-predict'] input").nth(right).check()
    expect(page.locator("[data-question='02-predict'] .lrp-task-verdict")).to_contain_text("Right")
    expect(graph.locator("svg, canvas").first).to_be_visible()

    task = page.locator("[data-question='02-share']")
    task.get_by_role("textbox").fill("7")
    task.get_by_role("button", name="Check").click()
    expect(task.locator(".lrp-task-verdict")).to_contain_text("Not yet")
    task.get_by_role("textbox").fill(str(questions("02")["02-share"].expected()))
    task.get_by_role("button", name="Check").click()
    expect(task.locator(".lrp-task-verdict")).to_contain_text("Right")
    task.get_by_text("Solution").click()
    expect(task.locator("details[open] math").first).to_be_visible()

    page.set_viewport_size({"width": 390, "height": 844})
    assert violations(page) == {}
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.reload()  # answers stay, and what they uncovered
    expect(task.locator(".lrp-task-verdict")).to_contain_text("Right")
    expect(graph.locator("svg, canvas").first).to_be_visible()
    page.goto((site / "index.html").as_uri())
    assert violations(page) == {}
    assert page.problems == []
    assert {url.split("?")[0] for url in asked} == {address, (site / "index.html").as_uri()}


def test_the_command_writes_all_lessons(tmp_path, monkeypatch, capsys):
    asked = []
    monkeypatch.setattr(lesson_pages, "write_lessons", asked.append)
    assert cli.main(["export", "lessons", "--out", str(tmp_path / "site")]) == 0
    assert asked == [tmp_path / "site"]
    assert "index.html opens them" in capsys.readouterr().out
    (tmp_path / "file").touch()
    assert cli.main(["export", "lessons", "--out", str(tmp_path / "file")]) == 2
    assert "the lessons are a folder" in capsys.readouterr().err


def test_a_lesson_that_stops_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(lesson_pages, "folder", lambda name: tmp_path)
    stops = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 / 0")])
    nbformat.write(stops, tmp_path / "02_dense.ipynb")
    with pytest.raises(RuntimeError, match=r"^02_dense.ipynb cannot be executed: ZeroDivision"):
        write_lessons(tmp_path / "site", [lesson(2)], say=print)


@pytest.mark.slow
@pytest.mark.parametrize("each", LESSONS, ids=lambda each: each.slug)
def test_every_lesson_is_a_page(each, tmp_path, new_page):
    write_lessons(tmp_path, [each], say=lambda line: None)
    path = tmp_path / page_name(each)
    assert path.stat().st_size < 8_000_000
    page = new_page(width=390, height=844, offline=True)
    page.goto(path.as_uri())
    page.locator(".lrp-task").first.wait_for()
    page.evaluate(
        "() => document.querySelectorAll('.lrp-cover-buttons > :last-child')"
        ".forEach((button) => button.click())"
    )
    expect(page.locator("[data-covered][hidden]")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.problems == []
