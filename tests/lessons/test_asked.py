"""What a lesson asks is read from its notebook, in order, predictions told apart from tasks."""

import pytest

from lrp_widgets.lessons import LESSONS
from lrp_widgets.lessons.asked import Asked, asked
from lrp_widgets.lessons.checking import questions


def test_the_order_is_the_pages():
    assert asked(2) == (
        Asked("02-predict", prediction=True),
        Asked("02-share", prediction=False),
        Asked("02-received", prediction=False),
        Asked("02-code", prediction=False),
    )


@pytest.mark.parametrize("number", [each.number for each in LESSONS])
def test_everything_is_asked_once(number):
    names = [each.name for each in asked(number)]
    assert sorted(names) == sorted(questions(number))
    assert any(each.prediction for each in asked(number))


def test_a_prediction_is_done_once_it_is_made():
    assert Asked("02-predict", prediction=True).is_done(right=False)
    assert not Asked("02-share", prediction=False).is_done(right=False)
    assert Asked("02-share", prediction=False).is_done(right=True)


def test_there_is_no_lesson_77():
    with pytest.raises(ValueError, match="There are lessons 1 to"):
        asked(77)
