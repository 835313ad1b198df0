"""What is asked about a picture, as one value."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from .._support import checks
from .rules import Rule
from .targets import STARTS

POOLINGS = ("avg", "max")
DTYPES = ("float32", "float64")


@dataclass(frozen=True)
class Question:
    """The arguments of `explain` besides network and picture, checked as far as they can be alone.

        Question(rules="epsilon-plus", start="logit", target="cat")

    Equal questions have equal answers. What a network decides (its own default rules and start,
    which classes it has) is checked once a network is there. Raises ValueError, in one sentence.
    """

    rules: Any = "z-plus"
    pooling: str = "avg"
    start: str | None = None
    target: Any = None
    other: Any = None
    input_rule: Any = "ones"
    epsilon: float = 1e-9
    dtype: str = "float32"

    def __post_init__(self):
        checks.choice("pooling", self.pooling, POOLINGS)
        checks.choice("dtype", self.dtype, DTYPES)
        if self.start is not None:
            checks.choice("start", self.start, STARTS)
        check_input_rule(self.input_rule)
        values = {"epsilon": checks.number("epsilon", self.epsilon, least=0)}
        for name in ("target", "other"):  # a list would be no key
            value = getattr(self, name)
            several = isinstance(value, list) or getattr(value, "ndim", 0) == 1
            values[name] = tuple(np.asarray(value, object)) if several else value
        for name, value in values.items():
            object.__setattr__(self, name, value)


def check_input_rule(rule):
    """Raise ValueError for what is no rule for the first layer, as `explain` takes it."""
    if not (rule is None or isinstance(rule, Rule) or (isinstance(rule, str) and rule == "ones")):
        raise ValueError(f'input_rule must be "ones", None or a rule; got {checks.shown(rule)}.')
