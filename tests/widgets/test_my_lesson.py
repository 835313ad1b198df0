"""Tasks hear what `check` says, and a lesson's answers may be forgotten."""

from html import escape

import numpy as np
import pytest

from lrp_widgets.lessons import check
from lrp_widgets.lessons.asked import asked
from lrp_widgets.widgets import LessonHead, LessonIndex, MyLesson, Predict, Task
from lrp_widgets.widgets.lessons import predict


@pytest.fixture(autouse=True)
def nothing_predicted(monkeypatch):
    monkeypatch.setattr(predict, "_made", predict._Made())


def z_plus(x, W, R):
    w = np.maximum(W, 0)
    return x * (w @ (R / (x @ w)))


def test_a_task_shows_what_check_says_of_code():
    task, other = Task("02-code"), Task("02-share")
    check("02-code", z_plus)
    assert task.verdict["right"] is True
    assert task.verdict["given"].startswith("def z_plus(x, W, R):\n    w = ")
    assert other.verdict == {}
    check("02-code", lambda x, W, R: x)
    assert task.verdict["right"] is False and task.verdict["count"] == 2


def test_a_prediction_may_be_made_in_a_cell():
    covered = predict.Covered(MyLesson(2), "02-predict")
    Predict("02-predict")
    check("02-predict", 2)
    assert covered.opened


def test_code_that_is_delivered_is_no_answer():
    task = Task("02-code")
    check("02-code", ...)
    assert task.verdict == {}


@pytest.mark.parametrize("written", ["$\\frac$", "$\\begin{$", "*x*", "<b>"])
def test_what_a_learner_wrote_is_shown_as_it_is(written):
    task, code = Task("02-share"), Task("02-code")
    task.answer(written)
    assert f"not “{escape(written)}”" in task.verdict["message"]

    def stops(x, W, R):
        raise ValueError(written)

    assert "stopped with ValueError" in check("02-code", stops).message
    assert "stopped with ValueError" in code.verdict["message"]


def test_forgetting_is_for_one_lesson():
    first, second, other = Predict("02-predict"), Task("02-share"), Task("04-stride")
    for task, answer in ((first, 1), (second, "4/7"), (other, "9")):
        task.answer(answer)
    MyLesson(2)._handle_custom_msg({"type": "forget"}, [])
    assert (first.verdict, second.verdict) == ({}, {})
    assert other.verdict["right"] is True
    assert not predict.Covered(MyLesson(2), "02-predict").opened


def test_a_task_without_a_kernel_has_its_checks_and_solution():
    task = Task("02-share")
    assert task.checks == {} and task.solution == ""
    task.without_kernel()
    assert task.checks["expected"] == pytest.approx(4 / 7) and "0.5714" in task.solution


def test_every_place_counts_the_same_tasks():
    expected = [{"name": each.name, "prediction": each.prediction} for each in asked(2)]
    assert MyLesson(2).tasks == LessonHead(2).tasks == expected
    assert LessonIndex().lessons[1]["tasks"] == expected
    with pytest.raises(ValueError, match="There are lessons 1 to"):
        MyLesson(77)
