"""Predictions come first: what answers them is covered until one has predicted."""

import pytest
from ipywidgets import HTML

from lrp_widgets.widgets import Covered, Predict
from lrp_widgets.widgets.lessons import predict


@pytest.fixture(autouse=True)
def nothing_predicted(monkeypatch):
    monkeypatch.setattr(predict, "_made", predict._Made())


@pytest.mark.parametrize("option", [0, 1, 2])
def test_any_answer_uncovers(option):
    asked, content = Predict("02-predict"), HTML("the answer")
    covered = Covered(content, "02-predict")
    assert not covered.opened and content not in covered.children
    asked.answer(option)
    assert covered.opened and content in covered.children
    assert asked.verdict["given"] == str(option)


@pytest.mark.parametrize("value", [7, "perhaps"])
def test_what_is_no_answer_does_not_uncover(value):
    asked, covered = Predict("02-predict"), Covered(HTML(), "02-predict")
    asked.answer(value)
    assert not covered.opened


def test_a_view_that_answers_several_waits_for_all():
    content = HTML()
    covered = Covered(content, "07-finer", "07-largest")
    Predict("07-largest").answer(0)
    assert covered.cover.waiting == ["07-finer"]
    Predict("07-finer").answer(0)
    assert covered.opened and covered.children.count(content) == 1


def test_a_cell_that_is_run_again_stays_open():
    Predict("02-predict").answer(0)
    assert Covered(HTML(), "02-predict").opened


def test_show_anyway_shows_and_predicting_afterwards_changes_nothing():
    covered = Covered(HTML(), "02-predict")
    covered._on_message(covered.cover, {"type": "nonsense"}, [])
    assert not covered.opened
    covered._on_message(covered.cover, {"type": "show"}, [])
    assert covered.opened
    children = covered.children
    Predict("02-predict").answer(0)
    assert covered.children == children
    assert not Covered(HTML(), "05-predict").opened


def test_a_cover_names_what_it_waits_for():
    with pytest.raises(ValueError, match="no question '02-nonsense'"):
        Covered(HTML(), "02-nonsense")
    with pytest.raises(ValueError, match="needs the name of a prediction"):
        Covered(HTML())
