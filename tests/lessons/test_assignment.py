"""Assignments: notebooks that execute, whose tests fail once a grader took the solutions out."""

import json
import re

import nbformat
import numpy as np
import pytest

from lrp_widgets.app.cli import main
from lrp_widgets.lessons import LESSONS
from lrp_widgets.lessons.asked import asked
from lrp_widgets.lessons.assignment import FORMS, assignment
from lrp_widgets.lessons.checking import questions
from lrp_widgets.lessons.questions import Code

WITH_CODE = [
    each.number
    for each in LESSONS
    if any(isinstance(question, Code) for question in questions(each.number).values())
]
STUB = "    raise NotImplementedError()"


def run(cells):
    """Execute code cells in order, as a kernel does."""
    namespace = {}
    for cell in cells:
        if cell["cell_type"] == "code":
            exec(cell["source"], namespace)


def for_students(cell):
    """A cell as nbgrader and otter-grader hand it out: without the solution."""
    marked = r"^    #+ BEGIN SOLUTION$.*?^    #+ END SOLUTION$"
    source = re.sub(marked, STUB, cell["source"], flags=re.MULTILINE | re.DOTALL)
    return cell | {"source": source}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("number", WITH_CODE)
def test_every_coding_task_is_there(number, form):
    notebook = assignment(number, form)
    nbformat.validate(nbformat.from_dict(notebook))
    tested = re.findall(r'check_again\("([^"]+)"', json.dumps(notebook).replace('\\"', '"'))
    known = questions(number)
    assert tested == [each.name for each in asked(number) if isinstance(known[each.name], Code)]
    marks = "\n".join(cell["source"] for cell in notebook["cells"])
    assert marks.count("    ### BEGIN SOLUTION" if form == "nbgrader" else "    # BEGIN SOLUTION")
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            compile(for_students(cell)["source"], "a student's", "exec")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("number", [2, 12])
def test_it_executes_with_the_solution_and_fails_without(number, form):
    cells = assignment(number, form)["cells"]
    run(cells)
    emptied = [for_students(cell) for cell in cells]
    assert emptied != cells
    with pytest.raises(AssertionError, match="NotImplementedError"):
        run(emptied)
    wrong = [cell | {"source": cell["source"].replace("return ", "return 2 * ")} for cell in cells]
    with pytest.raises(AssertionError):
        run(wrong)


@pytest.mark.slow
@pytest.mark.parametrize("number", WITH_CODE)
def test_each_executes(number):
    run(assignment(number)["cells"])


def test_cells_say_what_nbgrader_wants_to_know():
    cells = assignment(14)["cells"]
    graded = [cell["metadata"]["nbgrader"] for cell in cells if cell["metadata"]]
    ids = [each["grade_id"] for each in graded]
    assert len(ids) == len(set(ids))
    for each in graded:
        assert {"schema_version", "grade", "solution", "locked", "task", "grade_id"} <= set(each)
        assert each["schema_version"] == 3 and not each["task"]
        assert not (each["grade"] and each["solution"])
        assert ("points" in each) is each["grade"]
        assert each["locked"] is not each["solution"]
        assert re.fullmatch(r"[a-zA-Z0-9_\-]+", each["grade_id"])
    assert sum(each["grade"] for each in graded) == sum(each["solution"] for each in graded) == 7
    tests = [cell["source"] for cell in cells if "HIDDEN" in cell["source"]]
    assert len(tests) == 7
    for source in tests:
        shown = source.partition("### BEGIN HIDDEN TESTS")[0]
        assert shown.startswith("print(check(") and "assert" not in shown


def test_a_lesson_without_code_is_refused(capsys):
    with pytest.raises(ValueError, match=r"Lesson 5 has no task that code answers; lessons 1, 2, "):
        assignment(5)
    with pytest.raises(ValueError, match="for nbgrader or otter, not 'moodle'"):
        assignment(2, "moodle")
    assert main(["assignment", "77"]) == 1
    assert "There is no lesson 77" in capsys.readouterr().err


def test_the_command_writes_a_notebook(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["assignment", "02"]) == 0
    written = nbformat.read(tmp_path / "assignment-02.ipynb", as_version=4)
    namespace = {}
    exec(next(cell.source for cell in written.cells if "BEGIN SOLUTION" in cell.source),
         {"np": np}, namespace)  # fmt: skip
    assert callable(namespace["z_plus"])
    assert main(["assignment", "2", "--form", "otter", "--out", "new/otter.ipynb"]) == 0
    assert "# BEGIN QUESTION" in (tmp_path / "new" / "otter.ipynb").read_text("utf-8")
