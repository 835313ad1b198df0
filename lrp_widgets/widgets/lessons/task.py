"""A lesson's question on the page: answer, hint, verdict at once, and a hidden solution."""

import inspect
import textwrap
from html import escape

import anywidget
import traitlets

from ...figures.markdown import html
from ...lessons import question
from ...lessons.checking import listeners
from ...lessons.questions import Choice, Code
from ..shared.built import built


class Task(anywidget.AnyWidget):
    """One question of a lesson, with a field for its answer.

        Task("02-share")

    What is typed or chosen is judged as `lrp_widgets.lessons.check` judges it, with what helps.
    A question that needs code shows no field: it is answered by `check` in a cell, which the task
    shows. The browser keeps the answers (answers.js); a page that is opened again asks anew whether
    they are right. Raises ValueError for a question that there is not.
    """

    needs_kernel = False  # on an exported page the browser does what the kernel does here

    _esm = built("lessons/task.js")
    _css = built("lessons/task.css")

    heading = traitlets.Unicode("Task").tag(sync=True)
    name = traitlets.Unicode(help="the question's").tag(sync=True)
    kept = traitlets.Bool(False, help="the address keeps the answer").tag(sync=True)
    form = traitlets.Enum(("number", "choice", "code")).tag(sync=True)
    text = traitlets.Unicode(help="HTML").tag(sync=True)
    hint = traitlets.Unicode(help="HTML").tag(sync=True)
    options = traitlets.List(traitlets.Unicode(), help="HTML").tag(sync=True)
    unit = traitlets.Unicode("").tag(sync=True)
    verdict = traitlets.Dict(help="{} before the first answer").tag(sync=True)
    checks = traitlets.Dict(help="{}: the kernel judges; see `checks`").tag(sync=True)
    solution = traitlets.Unicode("", help="HTML; empty until it is asked for").tag(sync=True)

    def __init__(self, name):
        self.question = asked = question(name)
        super().__init__(
            name=name,
            form=_form(asked),
            text=html(asked.text),
            hint=html(asked.hint),
            options=[_inline(option) for option in getattr(asked, "options", ())],
            unit=getattr(asked, "unit", ""),
        )
        self._asked = 0
        self.on_msg(self._answer)
        listeners.add(self)

    def answer(self, value):
        """Judge an answer, show the verdict and return it."""
        verdict = self.question.judge(value)
        self._show(str(value), verdict)
        return verdict

    def hear(self, name, answer, verdict):
        """Show what `check` says of an answer to the question `name`, if it is this one."""
        if name == self.name:
            self._show(source(answer) if self.form == "code" else str(answer), verdict)

    def forget(self):
        """Show no answer any more."""
        self.verdict = {}

    def without_kernel(self):
        """Give the page what it needs to check answers by itself, the solution included."""
        self.checks = checks(self.question)
        self.solution = html(self.question.solution())

    def _show(self, given, verdict):
        self._asked += 1  # the same verdict twice is news twice
        self.verdict = {
            "right": verdict.right,
            "understood": verdict.understood,
            "message": _said(verdict),
            "count": self._asked,
            "given": given,
        }

    def _answer(self, _widget, message, _buffers):
        match message:
            case {"type": "answer", "value": str() | int() as value}:
                self.answer(value)
            case {"type": "solution"}:
                self.solution = html(self.question.solution())


def checks(asked):
    """Return what judge.js judges a number or a choice by; {} of code, which needs a kernel."""
    match asked:
        case Choice():
            given = {
                "expected": int(asked.expected()),
                "why": [_inline(each) for each in asked.why],
            }
            return {"form": "choice", "options": [_inline(each) for each in asked.options]} | given
        case Code():
            return {}
    return {
        "form": "number",
        "expected": float(asked.expected()),
        "tolerance": asked.tolerance,
        "least": asked.least,
        "mistakes": [[float(value()), _inline(message)] for value, message in asked.mistakes],
        "well_done": _inline(asked.well_done),
    }


def source(function):
    """Return a function's code as it was written; "" where that is not known."""
    try:
        return textwrap.dedent(inspect.getsource(function))
    except (OSError, TypeError):
        return ""


def _form(asked):
    match asked:
        case Choice():
            return "choice"
        case Code():
            return "code"
    return "number"


def _said(verdict):
    """A verdict's message as HTML; what a learner wrote in it may look like LaTeX and be none."""
    if verdict.understood:
        try:
            return _inline(verdict.message)
        except Exception:  # of many kinds, as latex2mathml stumbles
            pass
    return escape(verdict.message)


def _inline(text):
    """A single paragraph's HTML without the paragraph."""
    return html(text).strip().removeprefix("<p>").removesuffix("</p>")
