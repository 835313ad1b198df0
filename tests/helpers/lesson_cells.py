"""The cells of a lesson, what they open, and a learner who predicts."""

import ast
import re

import nbformat

from lrp_widgets._support.paths import folder
from lrp_widgets.lessons import lesson


def cells(number):
    """A lesson's cells, as nbformat reads them."""
    return nbformat.read(folder("notebooks") / lesson(number).notebook, as_version=4).cells


def source(number, kind):
    """The text of a lesson's cells of one kind, "code" or "markdown"."""
    return [cell.source for cell in cells(number) if cell.cell_type == kind]


def queries(number):
    """What the views of the dashboard in a lesson are opened with, where that is written out."""
    code = "\n".join(source(number, "code"))
    literals = re.findall(r'LookCloser\(\s*((?:"[^"]*"\s*)+)', code)
    return [ast.literal_eval(f"({literal})") for literal in literals]


def predict(page, question, option):
    """On a lesson's page, choose an option of the prediction whose text has `question` in it."""
    asked = page.locator(".lrp-task").filter(has_text=question)
    asked.get_by_label(option, exact=True).check()
    asked.locator(".lrp-task-verdict b").wait_for()
