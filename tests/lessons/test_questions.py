"""How answers are judged: numbers as people write them, choices, and learners' functions."""

import re
from fractions import Fraction

import numpy as np
import pytest

from lrp_widgets.lessons import check, checking
from lrp_widgets.lessons.questions import Choice, Code, Number

WORDS = {"text": "?", "hint": "!", "solution": lambda: "so"}


def quarter(**more):
    return Number(expected=lambda: 0.25, **WORDS, **more)


@pytest.mark.parametrize(
    "answer",
    [0.25, "0.25", " 0,25 ", "25 %", "25%", 0.2501, np.float32(0.25), Fraction(1, 4)],
)
def test_a_number_may_be_written_in_many_ways(answer):
    assert quarter().judge(answer).right


@pytest.mark.parametrize("answer", ["1/4", " 1 / 4 ", "1⁄4", "0,5/2", "100/4 %"])
def test_a_number_may_be_a_fraction(answer):
    assert quarter().judge(answer).right


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (-0.25, "look at the sign"),
        ("25", "looks like a percentage"),
        (0.3, "too large"),
        (0.2, "too small"),
        ("half", "Enter a number, such as 0.25 or 1/4, not “half”"),
        ("−1/4", "look at the sign"),
        ("1/0", "Enter a number"),
        ("1/4/2", "Enter a number"),
        ("/4", "Enter a number"),
        (10**400, "Enter a number"),
        (float("nan"), "Enter a number"),
        (None, "Enter a number"),
        ("", "Enter a number"),
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


@pytest.mark.parametrize("answer", ["1,024", "1024", "1.024e3", "4096/4"])
def test_a_comma_may_group_thousands(answer):
    assert Number(expected=lambda: 1024.0, tolerance=1e-6, **WORDS).judge(answer).right


def test_a_comma_may_still_be_a_point():
    assert Number(expected=lambda: 1.024, tolerance=1e-6, **WORDS).judge("1,024").right


def test_what_a_stabilizer_leaves_is_zero():
    assert Number(expected=lambda: 0.0, **WORDS).judge(1e-6).right


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
        (lambda x: ..., "There are still dots"),
        (lambda x: x * ..., "There are still dots"),
        (lambda x: 1 / 0, "stopped with ZeroDivisionError: division by zero"),
        (lambda x: x[:1], r"has the shape (1,); it should be (2,)"),
        (lambda x: "two", "Return a number or an array, not str"),
        (lambda x: x, "In test case 1 you get [1. 2.], which is not right yet."),
        (lambda x: 2 * np.abs(x), "In test case 2 you get [6. 8.], which is not right yet."),
        (3, "Give the function itself"),
    ],
)
def test_what_is_wrong_with_code_is_said(function, says):
    verdict = code().judge(function)
    assert not verdict.right
    assert says in verdict.message


def test_the_right_result_is_told_with_the_second_try_only():
    first = code().judge(lambda x: x)
    assert "4." not in first.message
    again = code().judge(lambda x: x, again=True)
    assert again.message == "In test case 1 you get [1. 2.]; right is [2. 4.]."


def difference(mine, right):
    """What is said of a function that returns `mine` where `right` is right."""
    question = Code(cases=lambda: [()], expected=lambda: right, **WORDS)
    return question.judge(lambda: mine, again=True).message


@pytest.mark.parametrize("by", [3e-4, 1e-3])
@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
def test_equal_texts_are_never_shown_as_different(by, scale):
    right = scale * np.array([0.123456789, 0.2])
    for mine in (right * (1 + by), right[0] * (1 + by)):
        said = difference(mine, right if np.ndim(mine) else right[0])
        _, one, other = re.fullmatch(r"In (.*) you get (.*); right is (.*)\.", said).groups()
        assert one != other, said


def test_of_a_large_array_one_entry_is_told():
    right = np.zeros((40, 50))
    mine = right.copy()
    mine[7, 9] = 0.5
    assert difference(mine, right) == "In test case 1 you get 0.5 at [7, 9]; right is 0."


def test_a_stabilizer_is_not_held_against_anybody():
    x, w, R = np.array([0.2, 0.4]), np.array([[1.0, 0.5], [0.5, 2.0]]), np.array([0.6, 0.4])

    def share(epsilon):
        return lambda x, w, R: x * (w @ (R / (x @ w + epsilon)))

    question = Code(cases=lambda: [(x, w, R)], expected=share(0), **WORDS)
    assert all(question.judge(share(10.0**power)) for power in (-5, -7, -9))
    assert not question.judge(share(1e-2))


def test_whole_numbers_are_right_or_wrong():
    question = Code(cases=lambda: [()], expected=lambda: 100_000, **WORDS)
    assert question.judge(lambda: 100_000.0)
    assert not question.judge(lambda: 100_001)


def test_a_typical_mistake_in_code():
    question = code(mistakes=((lambda x: 3 * x, "That is three times x."),))
    assert question.judge(lambda x: 3 * x).message == "That is three times x."


def test_a_verdict_reads_as_a_sentence():
    assert str(quarter(well_done="A fourth.").judge(0.25)) == "✓ Right. A fourth."
    assert str(quarter().judge(1)).startswith("✗ Not yet. ")
    assert bool(quarter().judge(0.25)) is True


@pytest.fixture
def no_tries(monkeypatch):
    monkeypatch.setattr(checking, "_tried", checking.defaultdict(set))


SOURCE = "def z_plus(x, W, R):\n    return {}\n"


def written(body):
    """A function as it stands in a cell, made anew each time that the cell is run."""
    namespace = {}
    exec(SOURCE.format(body), namespace)
    return namespace["z_plus"]


@pytest.mark.usefixtures("no_tries")
def test_the_same_cell_run_twice_is_one_try():
    for _ in range(2):
        assert "right is" not in check("02-code", written("0 * x")).message
    assert "right is" in check("02-code", written("1 * x")).message
    assert "right is" in check("02-code", written("0 * x")).message


def test_dots_are_no_answer():
    assert check("02-share", ...) is None
    assert check("02-predict", ...) is None
    assert check("02-code", ...) is None
