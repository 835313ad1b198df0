"""Rules and changes of a composite as short text, as a link and `rules=` carry them.

"gamma:0.1"                                  one rule
"epsilon-plus,block2:gamma:0.1,dense:zero"   a composite with other rules for two of its parts
"""

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
}


def spell(rule):
    """Return a rule as text, "gamma:0.25"; its name alone for a class that has no spelling."""
    for name, (kind, fixed, free) in WRITTEN.items():
        if type(rule) is kind and all(getattr(rule, key) == v for key, v in fixed.items()):
            values = [getattr(rule, key) for key in free]
            return ":".join([name, *(_number(value) for value in values if value is not None)])
    return rule.name


def read_rule(text):
    """Return the rule that a text such as "gamma:0.25" describes.

    Settings left out have their defaults; β follows from α. Raises ValueError, saying how rules are
    written.
    """
    name, *values = text.split(":")
    if name not in WRITTEN:
        raise ValueError(f"a rule is one of {', '.join(WRITTEN)}, such as gamma:0.1")
    kind, fixed, free = WRITTEN[name]
    if len(values) > len(free):
        raise ValueError(f"{name} takes {len(free) or 'no'} numbers")
    settings = {key: _value(value) for key, value in zip(free, values, strict=False)}
    if kind is AlphaBeta and settings:
        settings["beta"] = round(settings["alpha"] - 1, 12)
    return kind(**fixed, **settings)


def split(text):
    """Take a composite's text apart: its base, and {part: rule}.

    Raises ValueError for what is no rule.
    """
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


def _number(value):
    if isinstance(value, tuple):
        return "/".join(map(_number, value))
    return repr(float(value)).removesuffix(".0")


def _value(text):
    try:
        values = tuple(float(each) for each in text.split("/"))
    except ValueError:
        raise ValueError(f"{text!r} is no number") from None
    if not all(abs(value) < float("inf") for value in values):
        raise ValueError(f"{text!r} is no finite number")
    return values if len(values) > 1 else values[0]
