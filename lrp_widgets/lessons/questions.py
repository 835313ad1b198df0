"""Kinds of questions: what is asked, and how an answer is judged.

The right answer is always computed, by a function of no arguments, when it is first needed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np


@dataclass(frozen=True)
class Verdict:
    """Whether an answer is `right`, and what to tell the person who gave it."""

    right: bool
    message: str

    def __bool__(self):
        return self.right

    def __str__(self):
        return f"{'✓ Right.' if self.right else '✗ Not yet.'} {self.message}"

    def _repr_markdown_(self):
        return str(self)


@dataclass(frozen=True, kw_only=True)
class Question:
    """What all questions have: `text`, `hint` and `solution` are Markdown with ``$…$``.

    `solution` is a function, because it names computed numbers. `well_done` is said of a right
    answer.
    """

    text: str
    hint: str
    solution: Callable[[], str]
    well_done: str = ""

    def judge(self, answer):
        """Return the Verdict on an answer."""
        raise NotImplementedError

    def _right(self):
        return Verdict(True, self.well_done)


@dataclass(frozen=True, kw_only=True)
class Number(Question):
    """A question whose answer is a number: right within `tolerance`, relative to its size.

    `mistakes`: (function computing what one gets by a typical mistake, what to say to it).
    `least`: below this size, differences do not count; for answers that are 0.
    """

    expected: Callable[[], float]
    tolerance: float = 0.01
    least: float = 1e-9
    mistakes: tuple[tuple[Callable[[], float], str], ...] = ()
    unit: str = ""

    @cached_property
    def _expected(self):
        return float(self.expected())

    def judge(self, answer):
        value = _read_number(answer)
        if value is None:
            return Verdict(False, f"A number is wanted, such as 0.25, not “{_short(answer)}”.")
        if self._near(value, self._expected):
            return self._right()
        for mistaken, message in self.mistakes:
            if self._near(value, float(mistaken())):
                return Verdict(False, message)
        if self._expected and self._near(value, -self._expected):
            return Verdict(False, "The size is right; look at the sign.")
        if self._near(value, 100 * self._expected):
            return Verdict(False, "That looks like a percentage: give the number itself.")
        high = value > self._expected
        return Verdict(False, f"That is too {'large' if high else 'small'}.")

    def _near(self, value, other):
        return abs(value - other) <= max(self.tolerance * abs(other), self.least)


@dataclass(frozen=True, kw_only=True)
class Choice(Question):
    """A question with `options`; `expected` returns the right one's number, counted from 0.

    `why` tells for each option what to say to whoever chose it.
    """

    options: tuple[str, ...]
    expected: Callable[[], int]
    why: tuple[str, ...]

    def __post_init__(self):
        if len(self.why) != len(self.options):
            raise ValueError(
                f"{len(self.options)} options need as many reasons, not {len(self.why)}."
            )

    @cached_property
    def _expected(self):
        return int(self.expected())

    def judge(self, answer):
        chosen = self._number(answer)
        if chosen is None:
            return Verdict(False, f"Choose one of: {'; '.join(self.options)}.")
        return Verdict(chosen == self._expected, self.why[chosen])

    def _number(self, answer):
        if isinstance(answer, str) and answer in self.options:
            return self.options.index(answer)
        if isinstance(answer, int | np.integer) and not isinstance(answer, bool):
            return int(answer) if 0 <= answer < len(self.options) else None
        return None


@dataclass(frozen=True, kw_only=True)
class Code(Question):
    """A question answered by a function, called on `cases` and held against `expected`.

    `cases`: a function that returns tuples of arguments; `expected(*case)` is the right result;
    `mistakes`: (function of a case, what to say where the answer's results equal its).
    """

    cases: Callable[[], list[tuple]]
    expected: Callable
    tolerance: float = 1e-6
    mistakes: tuple[tuple[Callable, str], ...] = ()

    def judge(self, answer):
        if not callable(answer):
            return Verdict(False, "Give the function itself, without parentheses after its name.")
        cases = self.cases()
        try:
            results = [answer(*(_copy(each) for each in case)) for case in cases]
        except Exception as error:  # anything may happen in a learner's function
            return Verdict(False, f"Your function stopped with {type(error).__name__}: {error}.")
        if any(result is None or result is ... for result in results):
            return Verdict(False, "Your function returns nothing yet; does it end with `return`?")
        if self._same(results, self.expected, cases):
            return self._right()
        for mistaken, message in self.mistakes:
            if self._same(results, mistaken, cases):
                return Verdict(False, message)
        return Verdict(False, self._first_difference(results, cases))

    def _same(self, results, function, cases):
        return all(
            _equal(result, function(*case), self.tolerance)
            for result, case in zip(results, cases, strict=True)
        )

    def _first_difference(self, results, cases):
        rights = [self.expected(*case) for case in cases]
        for number, (result, right) in enumerate(zip(results, rights, strict=True), 1):
            if not _equal(result, right, self.tolerance):
                return _difference(result, right, number)
        raise AssertionError("The results do not differ.")


def _difference(result, right, number):
    try:
        result = np.asarray(result, float)
    except (TypeError, ValueError):
        return f"A number or an array is wanted, not {type(result).__name__}."
    right = np.asarray(right)
    if result.shape != right.shape:
        return f"The result has the shape {result.shape}; it should be {right.shape}."
    with np.printoptions(precision=4, suppress=True):
        return f"In test case {number} you get {result}; right is {right}."


def _equal(result, right, tolerance):
    try:
        result = np.asarray(result, float)
    except (TypeError, ValueError):
        return False
    right = np.asarray(right)
    if result.shape != right.shape:
        return False
    return np.allclose(result, right, rtol=tolerance, atol=tolerance)


def _copy(argument):
    """What a learner's function changes in place must not reach the judge's own case."""
    return argument.copy() if isinstance(argument, np.ndarray) else argument


def _read_number(answer):
    if isinstance(answer, str):
        # As people write: 0,25 · −3 · 40 % · 2·10⁻³ is too much to ask.
        text = answer.strip().replace(",", ".").replace("−", "-")
        scale = 0.01 if text.endswith("%") else 1.0
        try:
            value = scale * float(text.removesuffix("%"))
        except ValueError:
            return None
    else:
        try:
            value = float(answer)
        except (TypeError, ValueError):
            return None
    return value if np.isfinite(value) else None


def _short(answer):
    text = str(answer)
    return text if len(text) <= 30 else text[:29] + "…"
