"""A lesson's coding tasks as a notebook for nbgrader or otter-grader, with solutions and tests.

It is the teacher's version: the grader takes out the solutions and the hidden tests. It executes
from top to bottom; a test holds a function against the lesson's own check.
"""

import textwrap

from .asked import asked
from .catalog import LESSONS, lesson
from .checking import questions
from .code_questions import model_solutions
from .questions import Code

FORMS = ("nbgrader", "otter")
SCHEMA = 3  # of nbgrader's metadata

_HIDDEN_TEST = """\
from lrp_widgets.lessons import check as check_again
verdict = check_again("{name}", {function})
assert verdict, "There is no code yet." if verdict is None else str(verdict)
"""


def assignment(number, form="nbgrader"):
    """Return the coding tasks of lesson `number` as a notebook, in one of FORMS, as JSON has it.

    Raises ValueError for a lesson that there is not, or that has no such task.
    """
    if form not in FORMS:
        raise ValueError(f"An assignment is for {' or '.join(FORMS)}, not {form!r}.")
    tasks = _coding_tasks(number)
    if not tasks:
        others = ", ".join(str(each.number) for each in LESSONS if _coding_tasks(each.number))
        raise ValueError(f"Lesson {number} has no task that code answers; lessons {others} have.")
    cells = _nbgrader_cells if form == "nbgrader" else _otter_cells
    solutions = model_solutions(f"{number:02d}")
    body = [
        cell for name, question in tasks.items() for cell in cells(name, question, solutions[name])
    ]
    all_cells = [*_head(lesson(number), form), *body]
    for place, cell in enumerate(all_cells):
        cell["id"] = str(place)  # the same each time, for whoever keeps it under version control
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": _METADATA, "cells": all_cells}


def _cell(kind, source, metadata=None):
    cell = {"cell_type": kind, "metadata": metadata or {}, "source": source}
    return cell | ({"execution_count": None, "outputs": []} if kind == "code" else {})


_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def _coding_tasks(number):
    known = questions(number)
    names = (each.name for each in asked(number))
    return {name: known[name] for name in names if isinstance(known[name], Code)}


def _head(of_lesson, form):
    title = f"# Lesson {of_lesson.number}: {of_lesson.title}\n\n{of_lesson.goal}"
    imports = _cell("code", "import numpy as np\n\nfrom lrp_widgets.lessons import check")
    if form == "nbgrader":
        imports["metadata"] = _nbgrader("imports", locked=True)
        return [_cell("markdown", title), imports]
    config = _cell("raw", "# ASSIGNMENT CONFIG\nexport_cell: false")
    return [config, _cell("markdown", title), imports]


# nbgrader


def _nbgrader_cells(name, question, solution):
    function = _function(solution)
    yield _cell("markdown", _told(question), metadata=_nbgrader(f"{name}-text", locked=True))
    yield _cell(
        "code",
        _marked(solution, "### BEGIN SOLUTION", "### END SOLUTION"),
        metadata=_nbgrader(name, solution=True),
    )
    hidden = _HIDDEN_TEST.format(name=name, function=function)
    yield _cell(
        "code",
        f'print(check("{name}", {function}))\n### BEGIN HIDDEN TESTS\n{hidden}### END HIDDEN TESTS',
        metadata=_nbgrader(f"{name}-test", grade=True, locked=True, points=1),
    )


def _nbgrader(grade_id, grade=False, solution=False, locked=False, points=None):
    cell = {"schema_version": SCHEMA, "grade_id": grade_id, "task": False}
    cell |= {"grade": grade, "solution": solution, "locked": locked}
    return {"nbgrader": cell if points is None else cell | {"points": points}}


# otter-grader


def _otter_cells(name, question, solution):
    function = _function(solution)
    yield _cell("raw", f"# BEGIN QUESTION\nname: {name}\npoints: 1")
    yield _cell("markdown", _told(question))
    yield _cell("raw", "# BEGIN SOLUTION")
    yield _cell("code", _marked(solution, "# BEGIN SOLUTION", "# END SOLUTION"))
    yield _cell("raw", "# END SOLUTION")
    yield _cell("raw", "# BEGIN TESTS")
    hidden = _HIDDEN_TEST.format(name=name, function=function)
    yield _cell("code", f'""" # BEGIN TEST CONFIG\nhidden: true\n""" # END TEST CONFIG\n{hidden}')
    yield _cell("raw", "# END TESTS")
    yield _cell("raw", "# END QUESTION")


def _told(question):
    return (
        f"{question.text}\n\n**Hint.** {question.hint}\n\n"
        f"What the lesson begins with:\n\n```python\n{question.skeleton}```"
    )


def _function(solution):
    return solution.partition("def ")[2].partition("(")[0]


def _marked(solution, begin, end):
    """A function's lines below the first between two marks, as deep as they are."""
    first, _, body = solution.partition("\n")
    marks = (textwrap.indent(mark, "    ") for mark in (begin, end))
    return "\n".join([first, next(marks), body.rstrip("\n"), next(marks)])
