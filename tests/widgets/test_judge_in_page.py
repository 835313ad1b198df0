"""The page judges numbers and choices as Python does: the same verdict, the same words."""

import pytest
from page_modules import call

from lrp_widgets.lessons.checking import questions
from lrp_widgets.lessons.questions import Choice, Number
from lrp_widgets.widgets.lessons.task import _inline, checks

WORDS = {"text": "?", "hint": "!", "solution": lambda: "so"}
NUMBERS = [
    *("0.25", " 0,25 ", "25 %", "25%", "1/4", " 1 / 4 ", "1⁄4", "0,5/2", "100/4 %", "0.2501"),
    *("0.26", "-0.25", "−1/4", "25", "0.3", "0.2", "half", "1/0", "0/0", "1/4/2", "/4", "", "%"),
    *("1,024", "1024", "1.024e3", "4096/4", "-1,024", "1.", ".5", "+.5", "1e-6", "0", "-0"),
    *("inf", "nan", "0x10", "1e999", "1,2,3", "1,024,000", "12 34", '<b>&"*', "9" * 40, "2"),
    *("0.75", "4/7", "0.3429"),
]
QUESTIONS = {
    "a quarter": Number(
        expected=lambda: 0.25,
        mistakes=((lambda: 0.75, "That is the *other* share, $1 - x$."),),
        well_done="Well, $x$.",
        **WORDS,
    ),
    "nothing": Number(expected=lambda: 0.0, **WORDS),
    "a thousand": Number(expected=lambda: 1024.0, tolerance=1e-6, **WORDS),
    "below": Number(expected=lambda: -2.0, least=0.5, **WORDS),
    "choice": Choice(
        options=("less", "as *much*", "more"), why=("a", "$b$", "c"), expected=lambda: 1, **WORDS
    ),
} | {name: each for name, each in questions(2).items() if checks(each)}


def test_the_page_and_python_agree():
    pairs = [
        (name, answer)
        for name, question in QUESTIONS.items()
        for answer in (NUMBERS if isinstance(question, Number) else range(-1, 5))
    ]
    found = call("lessons/judge.js", [["judge", checks(QUESTIONS[n]), a] for n, a in pairs])
    rights = 0
    for (name, answer), verdict in zip(pairs, found, strict=True):
        expected = QUESTIONS[name].judge(answer)
        assert verdict["right"] == expected.right, (name, answer)
        assert verdict["understood"] == expected.understood, (name, answer)
        if expected.understood:
            assert verdict["message"] == _inline(expected.message), (name, answer)
        rights += expected.right
    assert rights >= 20
    strange = next(v for (_, a), v in zip(pairs, found, strict=True) if a == '<b>&"*')
    assert "<b>" not in strange["message"] and "Enter a number" in strange["message"]


def test_code_needs_a_kernel():
    assert checks(questions(2)["02-code"]) == {}


@pytest.mark.parametrize("answer", ["0", "1"])
def test_a_kept_choice_is_text(answer):
    [verdict] = call("lessons/judge.js", [["judge", checks(QUESTIONS["choice"]), answer]])
    assert verdict["right"] is (answer == "1")
