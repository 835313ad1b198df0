"""The index of the lessons: a card each, quickly, and with links that lead somewhere."""

import base64
import io
import subprocess
import sys

import pytest
from PIL import Image
from processes import ROOT

from lrp_widgets._support.paths import folder
from lrp_widgets.lessons import LESSONS, lesson, thumbnails
from lrp_widgets.widgets import LessonIndex
from lrp_widgets.widgets.lessons import index


def test_there_is_a_card_for_each_lesson():
    cards = LessonIndex().lessons
    assert [card["notebook"] for card in cards] == [each.notebook for each in LESSONS]
    assert [card["shows"] for card in cards] == [each.shows for each in LESSONS]
    for card in cards:
        assert card["here"] == (folder("notebooks") / card["notebook"]).is_file()
        assert card["goal"].endswith(".") and card["shows"].endswith(".")


def test_a_lesson_that_is_not_installed_has_no_link(monkeypatch, tmp_path):
    (tmp_path / LESSONS[1].notebook).touch()
    monkeypatch.setattr(index, "folder", lambda name: tmp_path)
    assert [card["here"] for card in LessonIndex().lessons[:3]] == [False, True, False]


def test_a_lesson_without_a_picture_has_words(monkeypatch, tmp_path):
    monkeypatch.setattr(thumbnails, "folder", lambda name: tmp_path)
    assert thumbnails.picture(2) == (None, lesson(2).shows)
    assert LessonIndex().lessons[1]["picture"] == ""


def test_pictures_are_small_and_of_the_cards_proportions():
    for card in LessonIndex().lessons:
        if card["picture"]:
            file = base64.b64decode(card["picture"].partition(",")[2])
            assert len(file) <= 40_000
            assert Image.open(io.BytesIO(file)).size == (480, 270)


def test_the_index_opens_without_tensorflow():
    code = (
        "import sys; from lrp_widgets.widgets import LessonIndex; LessonIndex();"
        "print('tensorflow' in sys.modules, 'keras' in sys.modules)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert run.stdout.split() == ["False", "False"]


@pytest.mark.browser
def test_the_index_leads_to_the_lessons(lessons_url, page):
    page.goto(f"{lessons_url}voila/render/index.ipynb")
    cards = page.locator(".lrp-index-card")
    cards.first.wait_for()
    assert cards.count() == len(LESSONS)
    for card, each in zip(LessonIndex().lessons, LESSONS, strict=True):
        shown = cards.nth(each.number - 1)
        assert each.title in shown.inner_text()
        links = [link.get_attribute("href") for link in shown.get_by_role("link").all()]
        # This page is served without JupyterLab, so there is no link to it.
        assert links == ([f"/voila/render/{each.notebook}"] if card["here"] else [])
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 1280
    assert not page.problems
    page.get_by_role("link", name="Open as a page: lesson 2").click()
    page.locator(".lrp-lesson-head", has_text="Lesson 2").wait_for()
    back = page.get_by_role("link", name="all lessons").get_attribute("href")
    assert back == "/voila/render/index.ipynb"
