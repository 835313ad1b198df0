"""Rules and changes of a composite as short text, as a link and `rules=` carry them.

"gamma:0.1"                                  one rule
"gamma:1/2", "z-box:-1.5|0|1:2"              with a fraction; with a number for each channel
"epsilon-plus,block2:gamma:0.1,dense:zero"   a composite with other rules for two of its parts
"""

import re
from math import isfinite
from typing import Any

from .._support.checks import shown
from .operation_rules import Halves, Linearized, SecondFactor, Tangent
from .rules import (
    AlphaBeta,
    Epsilon,
    Flat,
    Gamma,
    Ones,
    Proportional,
    WinnerTakeAll,
    WSquare,
    ZBox,
    Zero,
    ZPlus,
)

# The base that stands for the network's default composite.
OWN = "own"

# Between the bounds that z^B has for single channels; "/" is a fraction's.
BETWEEN_CHANNELS = "|"

_DECIMAL = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?", re.ASCII | re.IGNORECASE)

# How a rule is written: its class, the settings that go without saying, and those that follow.
WRITTEN = {
    "z-plus": (ZPlus, {"bias": False}, ()),
    "z-plus-bias": (ZPlus, {"bias": True}, ()),
    "zero": (Zero, {}, ()),
    "epsilon": (Epsilon, {"relative": False}, ("epsilon",)),
    "epsilon-rms": (Epsilon, {"relative": True}, ("epsilon",)),
    "gamma": (Gamma, {"generalized": False, "bias": True}, ("gamma",)),
    "gamma-no-bias": (Gamma, {"generalized": False, "bias": False}, ("gamma",)),
    "gamma-sign": (Gamma, {"generalized": True, "bias": True}, ("gamma",)),
    "gamma-sign-no-bias": (Gamma, {"generalized": True, "bias": False}, ("gamma",)),
    "alpha-beta": (AlphaBeta, {}, ("alpha",)),
    "w-square": (WSquare, {"bias": False}, ()),
    "w-square-bias": (WSquare, {"bias": True}, ()),
    "flat": (Flat, {"bias": False}, ()),
    "flat-bias": (Flat, {"bias": True}, ()),
    "z-box": (ZBox, {"bias": False}, ("low", "high")),
    "z-box-bias": (ZBox, {"bias": True}, ("low", "high")),
    "ones": (Ones, {}, ()),
    "proportional": (Proportional, {}, ()),
    "winner-take-all": (WinnerTakeAll, {}, ()),
    "halves": (Halves, {}, ("epsilon",)),
    "second-factor": (SecondFactor, {}, ("epsilon",)),
    "tangent": (Tangent, {}, ()),
    "linearized": (Linearized, {}, ("epsilon",)),
}


def spell(rule):
    """Return a rule as text, "gamma:0.25"; its name alone for a class that has no spelling."""
    for name, (kind, fixed, free) in WRITTEN.items():
        if type(rule) is kind and all(getattr(rule, key) == v for key, v in fixed.items()):
            values = [getattr(rule, key) for key in free]
            return ":".join([name, *(_number(value) for value in values if value is not None)])
    return rule.name


def read_rule(text):
    """Return the rule that a text such as "gamma:0.25" or "gamma:1/4" describes.

    Settings left out have their defaults; β follows from α. Raises ValueError, saying how rules are
    written.
    """
    if not isinstance(text, str):
        raise ValueError(f"a rule is written as text, such as gamma:0.1, not {shown(text)}")
    name, *values = text.split(":")
    if name not in WRITTEN:
        raise ValueError(f"a rule is one of {', '.join(WRITTEN)}, such as gamma:0.1")
    kind, fixed, free = WRITTEN[name]
    if len(values) > len(free):
        count = {0: "no number", 1: "one number"}.get(len(free), f"{len(free)} numbers")
        raise ValueError(f"{name} takes {count}, not {len(values)}")
    settings: dict[str, Any] = {
        key: _value(value, kind) for key, value in zip(free, values, strict=False)
    }
    if kind is AlphaBeta and settings:
        settings["beta"] = max(0.0, round(settings["alpha"] - 1, 12))
    return kind(**fixed, **settings)


def split(text):
    """Take a composite's text apart: its base, and {part: rule}.

    Raises ValueError for what is no rule.
    """
    if not isinstance(text, str):
        raise ValueError(f"a composite is written as text, such as epsilon-plus, not {shown(text)}")
    base, *edits = map(str.strip, text.split(","))
    changed = {}
    for edit in edits:
        part, _, rule = edit.partition(":")
        if not part or not rule:
            raise ValueError("a change is written as part:rule, such as block2:gamma:0.1")
        changed.pop(part, None)  # the last one counts, and stands last
        changed[part] = read_rule(rule)
    return base, changed


def join(base, changed):
    """The text of a composite's base with other rules for some parts, {part: rule}."""
    return ",".join([base, *(f"{part}:{spell(rule)}" for part, rule in changed.items())])


def read_number(text):
    """Return the number that a text stands for: "0.25", "1e-6", or a fraction, "1/4".

    Raises ValueError, saying what it is not.
    """
    parts = [part.strip().replace("−", "-") for part in text.split("/")]
    if len(parts) > 2 or not all(map(_DECIMAL.fullmatch, parts)):
        raise ValueError(f"{shown(text)} is no number, such as 0.25 or 1/4")
    top, *bottom = map(float, parts)
    if bottom == [0]:
        raise ValueError(f"{shown(text)} divides by zero")
    value = top / bottom[0] if bottom else top
    if not isfinite(value):
        raise ValueError(f"{shown(text)} is no finite number")
    return value


def _number(value):
    if isinstance(value, tuple):
        return BETWEEN_CHANNELS.join(map(_number, value))
    return repr(float(value)).removesuffix(".0")


def _value(text, kind):
    if kind is ZBox and BETWEEN_CHANNELS in text:
        return tuple(map(read_number, text.split(BETWEEN_CHANNELS)))
    return read_number(text)
