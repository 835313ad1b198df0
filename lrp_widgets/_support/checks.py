"""Checks of what callers hand in: each returns the value in its plain form, or says what is wrong.

    size = whole_number("size", size, least=1)     # ValueError: size must be a whole number of …

Every check raises ValueError with one sentence: what must be, and what was given instead.
"""

import math
import numbers
import operator
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np

# So much of a wrong value is repeated in a sentence about it.
LONGEST = 60
LONGEST_NAME = 200

LARGEST_SEED = 2**63 - 1


def number(name, value, least=None, most=None, above=None) -> float:
    """Return a finite number as a float; `least`, `most`, `above`: the range.

    Text, booleans and arrays are no numbers; a fraction (`fractions.Fraction`) is one.
    """
    return _within(name, value, _real(value), "a finite number", "between", least, most, above)


def whole_number(name, value, least=None, most=None) -> int:
    """Return a whole number as an int; 2.0 counts as 2, while text and booleans do not count."""
    return _within(name, value, _whole(value), "a whole number", "from", least, most)


def whole_numbers(index, shape):
    """Return a unit's index in a layer of that shape as a tuple of integers."""
    if isinstance(index, list | tuple | range | Iterator) or getattr(index, "ndim", 0) == 1:
        index = tuple(index)
    else:  # one number alone, or nothing of the kind
        index = (index,)
    words = f"Each number of a unit's index, of {len(shape)} for a layer of shape {shape},"
    return tuple(whole_number(words, k) for k in index)


def seed(value) -> int:
    """Return the number that random weights or scenes are drawn from."""
    return whole_number("seed", value, 0, LARGEST_SEED)


def choice(name, value, choices):
    """Return one of several texts, `choices`."""
    if not isinstance(value, str) or value not in choices:
        wanted = f"one of {', '.join(choices)}"
        if len(choices) == 2:
            wanted = '"{}" or "{}"'.format(*choices)
        raise ValueError(f"{name} must be {wanted}; got {shown(value)}.")
    return str(value)


def flag(name, value):
    """Return True or False."""
    if not isinstance(value, bool | np.bool_):
        raise ValueError(f"{name} must be True or False; got {shown(value)}.")
    return bool(value)


def path(name, value):
    """Return a path, `~` expanded, from text or a path; nothing is looked up."""
    text = str(value) if isinstance(value, str | os.PathLike) else ""
    if not text or not _can_be_a_path(text):
        raise ValueError(f"{name} must be a path; got {shown(value)}.")
    return Path(value).expanduser()


def _can_be_a_path(text):
    """Whether a file system could know it, as far as that can be told without one."""
    try:
        return "\0" not in text and os.fsencode(text) is not None
    except UnicodeEncodeError:  # half a character
        return False


def function(name, value):
    """Return a function, or None for None."""
    if not (value is None or callable(value)):
        raise ValueError(f"{name} must be a function or None; got {shown(value)}.")
    return value


def finite_array(name, values):
    """Return an array of numbers as float64; it may not be empty, and every value is finite."""
    try:
        found = np.asarray(values)
        if found.dtype.kind not in "fiub" or found.size == 0:
            raise ValueError
        found = found.astype(np.float64)
    except (ValueError, TypeError, OverflowError):
        raise ValueError(f"{name} must be an array of numbers; got {shown(values)}.") from None
    if not np.isfinite(found).all():
        raise ValueError(f"{name} must hold finite numbers only; got NaN or infinity among them.")
    return found


def shown(value):
    """Return a value in a few words on one line, for a sentence that refuses it."""
    if isinstance(value, np.ndarray) and value.ndim:
        return f"an array of shape {value.shape}"
    if isinstance(value, list | tuple | set | frozenset | dict) and len(value) > 20:
        return f"a {type(value).__name__} of {len(value)}"
    if isinstance(value, str | bytes | bytearray):
        value = value[:LONGEST]  # quoted, it is longer still
    try:
        text = repr(value.item() if isinstance(value, np.generic) else value)
    except Exception:  # a number of too many digits, or an object that cannot say what it is
        return f"a {type(value).__name__} too long to show"
    text = "".join(letter if letter.isprintable() else " " for letter in text)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def quoted(name):
    """Return a file's or a sample's name in quotation marks, short and on one line."""
    if not isinstance(name, str | os.PathLike):
        return shown(name)
    name, more = str(name)[:LONGEST_NAME], len(str(name)) > LONGEST_NAME
    return f'"{spelled_out(name)}{"…" if more else ""}"'


def spelled_out(text):
    """Return a text with line ends and other control characters spelled out."""
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode()
        for letter in text
    )


def _real(value):
    """A number as a float, infinite where it is too large for one; None for what is no number."""
    if isinstance(value, bool | np.bool_):
        return None
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    if not isinstance(value, numbers.Real) and not isinstance(value, np.floating | np.integer):
        return None
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def _whole(value):
    if _real(value) is None:
        return None
    try:
        return operator.index(value)
    except TypeError:
        found = float(value)
        return int(found) if found.is_integer() else None


def _within(name, value, found, kind, word, least, most, above=None):
    """The number that was found in a value, within its range; None for none."""
    is_number = isinstance(found, int) or (found is not None and math.isfinite(found))
    if (
        is_number
        and (least is None or found >= least)
        and (most is None or found <= most)
        and (above is None or found > above)
    ):
        return found
    limits = []
    if least is not None and most is not None:
        limits = [f"{word} {least} and {most}" if word == "between" else f"from {least} to {most}"]
    else:
        limits += [f"at least {least}"] if least is not None else []
        limits += [f"above {above}"] if above is not None else []
        limits += [f"at most {most}"] if most is not None else []
    wanted = " and ".join(limits)
    if not is_number:
        wanted = f"{kind}{' of' * wanted.startswith('at')} {wanted}".strip()
    raise ValueError(f"{name} must be {wanted}; got {shown(value)}.")
