"""Worksheets: what the lesson asks, word for word, with room to write or with the solutions."""

import re
import subprocess
import sys
from html.parser import HTMLParser

import pytest
from processes import ROOT

from lrp_widgets.figures.markdown import html
from lrp_widgets.lessons import LESSONS
from lrp_widgets.lessons.asked import asked
from lrp_widgets.lessons.checking import questions
from lrp_widgets.lessons.questions import Choice, Code
from lrp_widgets.lessons.worksheet import worksheet

VOID = {"meta", "link"}


class Balanced(HTMLParser):
    """Holds that every element is closed where it was opened."""

    def __init__(self):
        super().__init__()
        self.opened = []

    def handle_starttag(self, tag, attributes):
        if tag not in VOID:
            self.opened.append(tag)

    def handle_endtag(self, tag):
        assert self.opened.pop() == tag


@pytest.mark.parametrize("number", [each.number for each in LESSONS])
def test_a_worksheet_asks_what_the_lesson_asks(number):
    page = worksheet(number)
    names = re.findall(r'<section data-question="([^"]+)">', page)
    assert names == [each.name for each in asked(number)]
    for name, question in questions(number).items():
        section = page.split(f'data-question="{name}"')[1].split("</section>")[0]
        assert html(question.text).strip() in section, name
        match question:
            case Choice():
                assert section.count("data-option=") == len(question.options), name
            case Code():
                assert question.skeleton.split("\n")[0] in section, name
            case _:
                assert "data-given" in section, name
    assert page.count("data-room") and "solution" not in page.partition("<body>")[2]
    balanced = Balanced()
    balanced.feed(page)
    assert balanced.opened == []


def test_predictions_and_tasks_are_counted_apart():
    headings = re.findall(r"<h3>(.*?)</h3>", worksheet(2))
    assert headings == ["Prediction 1", "Task 1", "Task 2", "Task 3"]


def test_a_key_has_the_solutions():
    key = worksheet(2, solutions=True)
    assert "0.5714" in key and "0.5714" not in worksheet(2)
    assert re.findall(r'data-option="(\d)">×', key) == ["1"]
    assert not re.findall(r'data-option="\d">×', worksheet(2))


def test_worksheets_need_no_tensorflow():
    """The server writes them, and stays small."""
    code = (
        "import sys; from lrp_widgets.lessons import LESSONS;"
        "from lrp_widgets.lessons.worksheet import worksheet;"
        "[worksheet(each.number) for each in LESSONS]; print('tensorflow' in sys.modules)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert run.stdout.split() == ["False"]
