"""How long the lessons take a slow reader: python -m tools.lesson_minutes

Counted in the notebooks and their questions, not guessed: all words that are read at `PACE`, and
the seconds of `EACH` for whatever there is to do. The reading pace is that of a textbook in a
second language; the seconds of what there is to do are our estimates, for want of a class to
measure. `minutes` rounds up to the next five; a test holds `lrp_widgets.lessons.LESSONS` to it.
"""

import math
import re

import nbformat

from lrp_widgets._support.paths import folder
from lrp_widgets.lessons import LESSONS, lesson
from lrp_widgets.lessons.checking import questions
from lrp_widgets.lessons.questions import Choice, Code, Number

PACE = 130  # words a minute
ROUNDED_TO = 5

# Seconds for each equation set on a line of its own, each numbered thing to try, each view that
# nothing numbered goes with, and for each question: to think, to calculate, to write.
EACH = {"equation": 20, "try": 40, "view": 60, Choice: 30, Number: 90, Code: 240}

VIEWS = (
    r"\b(LookCloser|ClassMaps|CompositeMaps|LookInside|MergeLayers|SideBySide|LayerTable"
    r"|YourMap)\("
)
ASKED = r'\b(?:Task|Predict)\(\s*"([^"]+)"'
STEP = r"^\d+\. "


def seconds(number):
    """What a lesson takes, {what: seconds}."""
    cells = nbformat.read(folder("notebooks") / lesson(number).notebook, as_version=4).cells
    read, code = (
        "\n".join(cell.source for cell in cells if cell.cell_type == kind)
        for kind in ("markdown", "code")
    )
    # What a code cell shows as text stands in it between three quotes.
    read += "\n".join(re.findall(r'"""(.*?)"""', code, re.DOTALL))
    asked = [questions(number)[name] for name in re.findall(ASKED, code)]
    for question in asked:
        read += "\n" + "\n".join([question.text, *getattr(question, "options", ())])
    steps = len(re.findall(STEP, read, re.MULTILINE))
    return {
        "reading": 60 * words(read) / PACE,
        "equations": EACH["equation"] * (read.count("$$") // 2),
        "things to try": EACH["try"] * steps,
        "views": EACH["view"] * len(re.findall(VIEWS, code)),
        "questions": sum(EACH[type(question)] for question in asked),
    }


def words(text):
    """How many words there are to read; an equation of its own is counted elsewhere."""
    text = re.sub(r"\$\$.*?\$\$", " ", text, flags=re.DOTALL)
    text = re.sub(r"\]\([^)]*\)", "]", text)  # the address of a link is not read
    return len(re.findall(r"\w[\w'’-]*", text))


def minutes(number):
    """What a lesson takes, in minutes, rounded up."""
    return ROUNDED_TO * math.ceil(sum(seconds(number).values()) / 60 / ROUNDED_TO)


if __name__ == "__main__":
    print("lesson  said  takes  of which")
    for each in LESSONS:
        parts = seconds(each.number)
        of_which = ", ".join(f"{what} {spent / 60:.0f}" for what, spent in parts.items())
        print(f"{each.number:6} {each.minutes:5} {minutes(each.number):6}  {of_which}")
