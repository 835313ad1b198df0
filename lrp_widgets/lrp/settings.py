"""What can be chosen, listed once: a `Setting` on each field of a dataclass.

The lists are `Question`, `session.Request` (picture, network, weights, seed and a question) and
`figures.view_settings.View` (what is looked at, and how it is drawn). From them follow the page's
controls and their help, pane B of "Compare", the link, the options of the command line, captions
and "Copy as Python".

To add a setting:

1. Give `Question` a field: `through: str = setting("", "Through", "Only what …", read)`.
   Its control, its part of a link, `--through` and its place in captions and in "Copy as Python"
   are there.
2. Compute it: `explain` takes it as an argument, and `explain.answer` uses it.

A control that is no list, number or pair of buttons is made in `controls.MADE`.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields, replace
from functools import cache
from typing import Any

from .rule_syntax import read_number


@dataclass(frozen=True, eq=False)
class Setting:
    """One thing that can be chosen.

    `label` and `help`, one sentence, stand on the page. `words` says each value in words where
    there are few. `least` and `most` are a number's range. `read` makes the value from the text of
    a link or an option, by default one of those in `words`. It raises ValueError, saying what is
    right. `link` is the setting's name on the page and in a link, `option` that on the command
    line; by default both are the field's name. "" keeps it from there. A setting is hidden together
    with the one that it `follows`.
    """

    label: str = ""
    help: str = ""
    read: Callable[[str], Any] | None = None
    words: Mapping[Any, str] | None = None
    least: float | None = None
    most: float | None = None
    link: str | None = None
    option: str | None = None
    follows: str = ""
    name: str = ""
    default: Any = None

    def in_words(self, value):
        """Return a value as captions and lists have it."""
        return (self.words or {}).get(value, str(value))


def setting(default, label="", help="", read=None, words=None, **where):
    """Return a dataclass's field that is a `Setting`; the arguments are its own."""
    return field(default=default, metadata={"setting": Setting(label, help, read, words, **where)})


def like(one, default, **changes):
    """Return a field that is the same `Setting` but for its default, as a keyword's."""
    return field(default=default, kw_only=True, metadata={"setting": replace(one, **changes)})


@cache
def settings(cls):
    """Return the settings of a dataclass by their fields' names, in the order of the fields."""
    found = {}
    for each in fields(cls):
        one = each.metadata["setting"]
        found[each.name] = replace(
            one,
            name=each.name,
            default=None if each.default is MISSING else each.default,
            read=one.read or (one_of(one.words) if one.words else None),
            link=each.name if one.link is None else one.link,
            option=each.name if one.option is None else one.option,
        )
    return found


# How a setting is read from text, and written


def as_text(value):
    """Return how one of several values is written."""
    return "none" if value is None else str(value)


def one_of(names):
    """Return a reader of one of several names."""
    by_text = {as_text(name): name for name in names}

    def read_name(text):
        if text not in by_text:
            raise ValueError(f"it can be {', '.join(by_text)}")
        return by_text[text]

    return read_name


def number(least, most=None):
    """Return a reader of numbers in a range."""
    wanted = f"a number of at least {least}" if most is None else f"a number from {least} to {most}"

    def read_in_range(text):
        try:
            value = read_number(text)
        except ValueError:
            value = float("nan")
        if not least <= value or (most is not None and value > most):
            raise ValueError(f"it is {wanted}")
        return value

    return read_in_range


def whole_number(least, most):
    """Return a reader of whole numbers in a range."""

    def read_whole_number(text):
        # No number of ours has so many digits, and Python refuses to read thousands.
        short = re.fullmatch(r"-?\d{1,19}", text, re.ASCII)
        if not (short and least <= int(text) <= most):
            raise ValueError(f"it is a whole number from {least} to {most}")
        return int(text)

    return read_whole_number


def a_name(text):
    """Read a name, any text but ""."""
    if not text:
        raise ValueError("a name is needed")
    return text


def class_name(text):
    """Read a class, its number or its name."""
    return int(text) if re.fullmatch(r"\d{1,19}", text, re.ASCII) else a_name(text)


def flag(text):
    """Read yes or no, written 1 or 0."""
    if text not in ("0", "1"):
        raise ValueError("it can be 0 or 1")
    return text == "1"
