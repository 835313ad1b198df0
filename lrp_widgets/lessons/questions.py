"""Kinds of questions: what is asked, and how an answer is judged.

The right answer is always computed, by a function of no arguments, when it is first needed.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np


@dataclass(frozen=True)
class Verdict:
    """Whether an answer is `right`, and what to tell the person who gave it.

    `understood` is False where it could not be read at all, such as a word in place of a number.
    """

    right: bool
    message: str
    understood: bool = True

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

    def judge(self, answer, again=False):
        """Return the Verdict on an answer; only one given `again` may be told the right one."""
        raise NotImplementedError

    def untouched(self, answer):
        """Whether this is no answer yet: ``...``, or the code as the lesson delivers it."""
        return answer is ...

    def _right(self):
        return Verdict(True, self.well_done)


@dataclass(frozen=True, kw_only=True)
class Number(Question):
    """A question whose answer is a number: right within `tolerance`, relative to its size.

    `mistakes`: (function computing what one gets by a typical mistake, what to say to it).
    `least`: below this size, differences do not count; a stabilizer leaves as much where the
    answer is 0.
    """

    expected: Callable[[], float]
    tolerance: float = 0.01
    least: float = 1e-5
    mistakes: tuple[tuple[Callable[[], float], str], ...] = ()
    unit: str = ""

    @cached_property
    def _expected(self):
        return float(self.expected())

    def judge(self, answer, again=False):
        values = _read_numbers(answer)
        if not values:
            message = f"Enter a number, such as 0.25 or 1/4, not “{_short(answer)}”."
            return Verdict(False, message, understood=False)
        if any(self._near(value, self._expected) for value in values):
            return self._right()
        value = values[0]
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

    def judge(self, answer, again=False):
        chosen = self._number(answer)
        if chosen is None:
            message = f"Choose one of: {'; '.join(self.options)}."
            return Verdict(False, message, understood=False)
        return Verdict(chosen == self._expected, self.why[chosen])

    def _number(self, answer):
        if isinstance(answer, str) and answer in self.options:
            return self.options.index(answer)
        if isinstance(answer, int | np.integer) and not isinstance(answer, bool):
            return int(answer) if 0 <= answer < len(self.options) else None
        return None


def shares_of(names, values):
    """Names and their shares in percent, as text: "z⁺ 0.9 %, w² 0.0 %"."""
    pairs = zip(names, values, strict=True)
    return ", ".join(f"{name} {100 * value:.1f} %" for name, value in pairs)


def _as_it_is(result):
    return result


@dataclass(frozen=True, kw_only=True)
class Code(Question):
    """A question answered by a function, called on `cases` and held against `expected`.

    `cases`: a function that returns tuples of arguments; `expected(*case)` is the right result;
    `skeleton`: the function as the lesson delivers it, of which nothing is said; `mistakes`:
    (function of a case, what to say where the answer's results equal its).
    `reads`: makes of a result, of theirs and of ours, the array that is compared.
    Results are right within `tolerance` of the largest entry, ten times what a stabilizer of 1e-5
    of the denominator changes. Whole numbers have to be right to the last digit.
    """

    cases: Callable[[], list[tuple]]
    expected: Callable
    skeleton: str = ""
    tolerance: float = 1e-4
    mistakes: tuple[tuple[Callable, str], ...] = ()
    reads: Callable = _as_it_is

    def judge(self, answer, again=False):
        if not callable(answer):
            message = "Give the function itself, without parentheses after its name."
            return Verdict(False, message, understood=False)
        cases = self.cases()
        try:
            results = [answer(*(_copy(each) for each in case)) for case in cases]
        except Exception as error:  # anything may happen in a learner's function
            if "ellipsis" in str(error):
                return Verdict(False, _DOTS)
            return Verdict(False, f"Your function stopped with {type(error).__name__}: {error}.")
        if any(result is ... for result in results):
            return Verdict(False, _DOTS)
        if any(result is None for result in results):
            return Verdict(False, "Your function returns nothing yet; does it end with `return`?")
        try:
            results = [self.reads(result) for result in results]
        except (TypeError, ValueError, AttributeError) as error:
            return Verdict(False, f"What your function returns is not what is wanted: {error}.")
        if self._same(results, self.expected, cases):
            return self._right()
        for mistaken, message in self.mistakes:
            if self._same(results, mistaken, cases):
                return Verdict(False, message)
        return Verdict(False, self._first_difference(results, cases, again))

    def untouched(self, answer):
        return answer is ... or what_it_does(answer) in _functions(self.skeleton)

    def _same(self, results, function, cases):
        return all(
            _equal(result, self.reads(function(*case)), self.tolerance)
            for result, case in zip(results, cases, strict=True)
        )

    def _first_difference(self, results, cases, again):
        rights = [self.reads(self.expected(*case)) for case in cases]
        for number, (result, right) in enumerate(zip(results, rights, strict=True), 1):
            if not _equal(result, right, self.tolerance):
                return _difference(result, right, number, again)
        raise AssertionError("The results do not differ.")


_DOTS = "There are still dots, `...`, where code is missing."


def what_it_does(function):
    """A function's code, wherever it stands and whatever its comments say; None without code."""
    return _instructions(getattr(function, "__code__", None))


def _functions(source):
    """What each of the functions in a piece of source does."""
    # Python calls what the same piece imports by other instructions, and IPython takes a cell
    # apart before it compiles it.
    pieces = (compile(given + source, "", "exec") for given in ("", "import numpy as np\n"))
    constants = (each for piece in pieces for each in piece.co_consts)
    return [_instructions(each) for each in constants if hasattr(each, "co_code")]


def _instructions(code):
    return code and (code.co_code, code.co_consts, code.co_names, code.co_varnames)


def _difference(result, right, number, again):
    """Say how a result differs in a test case; the right one only to whoever tries `again`."""
    try:
        result = np.asarray(result, float)
    except (TypeError, ValueError):
        return f"Return a number or an array, not {type(result).__name__}."
    right = np.asarray(right, float)
    if result.shape != right.shape:
        return f"The result has the shape {result.shape}; it should be {right.shape}."
    place = ""
    if result.size > _PRINTED:
        at = np.unravel_index(np.argmax(np.abs(result - right)), result.shape)
        place, result, right = f" at [{', '.join(map(str, at))}]", result[at], right[at]
    mine, its = _told_apart(result, right)
    if again:
        return f"In test case {number} you get {mine}{place}; right is {its}."
    return f"In test case {number} you get {mine}{place}, which is not right yet."


# Larger arrays are not printed: one entry that differs is.
_PRINTED = 24


def _told_apart(one, other):
    """Two arrays in words, with as many digits as it takes to tell them apart."""
    for digits in range(4, 18):
        with np.printoptions(precision=digits, suppress=digits < 9):
            words = [str(each) if each.ndim else f"{each:.{digits}g}" for each in (one, other)]
        if words[0] != words[1]:
            break
    return words


def _equal(result, right, tolerance):
    try:
        result = np.asarray(result, float)
    except (TypeError, ValueError):
        return False
    right = np.asarray(right)
    if result.shape != right.shape:
        return False
    if right.dtype.kind in "iub":
        return bool((result == right).all())
    allowed = tolerance * np.abs(right).max(initial=0) or 1e-9
    return bool((np.abs(result - right) <= allowed).all())


def _copy(argument):
    """What a learner's function changes in place must not reach the judge's own case."""
    return argument.copy() if isinstance(argument, np.ndarray) else argument


def _read_numbers(answer):
    """What a number as people write it may mean, the likeliest first; nothing if it is none."""
    if not isinstance(answer, str):
        try:
            value = float(answer)
        except (TypeError, ValueError, OverflowError):
            return []
        return [value] if np.isfinite(value) else []
    # 0,25 · −3 · 40 % · 4/7; and 1,024 may be a thousand as well as a little more than 1.
    text = answer.strip().replace("−", "-").replace("⁄", "/")
    scale = 0.01 if text.endswith("%") else 1.0
    text = text.removesuffix("%").strip()
    readings = [text.replace(",", ".")]
    if re.fullmatch(r"-?[1-9]\d{0,2}(,\d{3})+", text):
        readings.append(text.replace(",", ""))
    values = [_read_fraction(each) for each in readings]
    return [scale * value for value in values if value is not None]


def _read_fraction(text):
    """A decimal number or a fraction of two, as a float; None for anything else."""
    above, slash, below = text.partition("/")
    try:
        value = float(above) / float(below) if slash else float(above)
    except (ValueError, ZeroDivisionError):
        return None
    return value if np.isfinite(value) else None


def _short(answer):
    text = str(answer)
    return text if len(text) <= 30 else text[:29] + "…"
