"""How answers are judged: numbers as people write them, choices, and learners' functions."""

import numpy as np
import pytest

from lrp_widgets.lessons.questions import Choice, Code, Number

WORDS = {"text": "?", "hint": "!", "solution": lambda: "so"}


def quarter(**more):
    return Number(expected=lambda: 0.25, **WORDS, **more)


@pytest.mark.parametrize(
    "answer", [0.25, "0.25", " 0,25 ", "25 %", "25%", np.float32(0.25), 0.2501]
)
def test_a_number_may_be_written_in_many_ways(answer):
    assert quarter().judge(answer).right


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (-0.25, "look at the sign"),
        ("25", "looks like a percentage"),
        (0.3, "too large"),
        (0.2, "too small"),
        ("half", "A number is wanted, such as 0.25, not “half”"),
        (float("nan"), "A number is wanted"),
        (None, "A number is wanted"),
        ("", "A number is wanted"),
    ],
)
def test_what_is_wrong_with_a_number_is_said(answer, says):
    verdict = quarter().judge(answer)
    assert not verdict.right
    assert says in verdict.message


def test_typical_mistakes_have_words_of_their_own():
    question = quarter(mistakes=((lambda: 0.75, "That is the other share."),))
    assert question.judge(0.75).message == "That is the other share."


def test_zero_is_an_answer():
    question = Number(expected=lambda: 0.0, **WORDS)
    assert question.judge("0").right
    assert not question.judge("0.01").right


def choice():
    return Choice(
        options=("less", "as much", "more"), why=("a", "b", "c"), expected=lambda: 1, **WORDS
    )


@pytest.mark.parametrize("answer", [1, "as much", np.int64(1)])
def test_a_choice_by_number_or_words(answer):
    assert choice().judge(answer).right


@pytest.mark.parametrize("answer", [3, -1, "nothing", True, 1.0, None])
def test_a_choice_that_is_none_lists_the_options(answer):
    verdict = choice().judge(answer)
    assert not verdict.right
    assert "less; as much; more" in verdict.message


def test_a_choice_needs_a_reason_for_each_option():
    with pytest.raises(ValueError, match="2 options need as many reasons, not 1"):
        Choice(options=("a", "b"), why=("x",), expected=lambda: 0, **WORDS)


def code(**more):
    return Code(
        cases=lambda: [(np.array([1.0, 2.0]),), (np.array([3.0, -4.0]),)],
        expected=lambda x: 2 * x,
        **WORDS,
        **more,
    )


def test_code_is_run_on_every_case():
    assert code().judge(lambda x: x + x).right
    assert code().judge(lambda x: [2 * x[0], 2 * x[1]]).right
    assert not code().judge(lambda x: 2 * np.abs(x)).right  # right in the first case only


def test_a_case_is_not_changed_by_a_learners_function():
    def greedy(x):
        x *= 2
        return x

    assert code().judge(greedy).right


@pytest.mark.parametrize(
    ("function", "says"),
    [
        (lambda x: None, "returns nothing yet"),
        (lambda x: ..., "returns nothing yet"),
        (lambda x: 1 / 0, "stopped with ZeroDivisionError: division by zero"),
        (lambda x: x[:1], r"has the shape (1,); it should be (2,)"),
        (lambda x: "two", "A number or an array is wanted, not str"),
        (lambda x: x, "In test case 1 you get [1. 2.]; right is [2. 4.]"),
        (lambda x: 2 * np.abs(x), "In test case 2 you get [6. 8.]; right is [ 6. -8.]"),
        (3, "Give the function itself"),
    ],
)
def test_what_is_wrong_with_code_is_said(function, says):
    verdict = code().judge(function)
    assert not verdict.right
    assert says in verdict.message


def test_a_typical_mistake_in_code():
    question = code(mistakes=((lambda x: 3 * x, "That is three times x."),))
    assert question.judge(lambda x: 3 * x).message == "That is three times x."


def test_a_verdict_reads_as_a_sentence():
    assert str(quarter(well_done="A fourth.").judge(0.25)) == "✓ Right. A fourth."
    assert str(quarter().judge(1)).startswith("✗ Not yet. ")
    assert bool(quarter().judge(0.25)) is True
