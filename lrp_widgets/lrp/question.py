"""What is asked about a picture, as one value."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from .._support import checks
from .rules import Rule
from .settings import class_name, number, setting
from .targets import STARTS
from .through import read_text, settle

POOLINGS = ("avg", "max")
DTYPES = ("float32", "float64")


@dataclass(frozen=True, kw_only=True)
class Question:
    """The arguments of `explain` besides network and picture, checked as far as they can be alone.

        Question(rules="epsilon-plus", start="logit", target="cat")

    Equal questions have equal answers. What a network decides (its own default rules and start,
    which classes it has) is checked once a network is there. Each field says what the page, a link
    and the command line must know of it (`settings.Setting`). Raises ValueError, in one sentence.
    """

    pooling: str = setting(
        "avg",
        "Pooling",
        "How a pooling layer shares R out within its window: by activation (proportional), "
        "or all to the largest (winner-take-all).",
        words={"avg": "proportional", "max": "winner-take-all"},
    )
    rules: Any = setting(
        "z-plus",
        "Rules",
        "The composite: which rule each layer gets; own: the one that suits this network. "
        "Blocks: another rule, and its parameter, for one part of the network.",
    )
    input_rule: Any = setting(
        "ones",
        "Input layer",
        "The first layer's rule: x = 1, so that no value counts for more because it is large; "
        "or that of the other layers, with the pixels' values.",
        words={"ones": "x = 1", None: "pixel values"},
        link="",
    )
    start: str | None = setting(
        None,
        "Explain",
        "Where relevance R starts: at all softmax probabilities, at one class's probability or "
        "logit, or at the difference of two logits.",
        words={
            "softmax": "all classes (softmax)",
            "probability": "one class: probability",
            "logit": "one class: logit",
            "contrast": "contrast of two classes",
        },
        link="explain",
    )
    target: Any = setting(
        None,
        "Class",
        "The class t whose output is explained; the list is sorted by probability.",
        class_name,
        follows="explain",
    )
    other: Any = setting(
        None,
        "against",
        "The class o that the target is contrasted with: the initial relevance is z_t − z_o. Under "
        "z⁺ the map is the logit’s over again; epsilon-plus and epsilon-gamma-box tell classes "
        "apart: see the measures under the map.",
        class_name,
        follows="explain",
    )
    epsilon: float = setting(
        1e-9, "Stabilizer", "What keeps denominators away from zero.", number(0), link=""
    )
    dtype: str = setting(
        "float32",
        "dtype",
        "The type of the numbers: float64 where those of float32 are not exact enough.",
        words={each: each for each in DTYPES},
    )
    through: Any = setting(
        "",
        "Through",
        "Only the relevance that passes through these channels of a layer is followed.",
        read_text,
    )

    def __post_init__(self):
        checks.choice("pooling", self.pooling, POOLINGS)
        checks.choice("dtype", self.dtype, DTYPES)
        if self.start is not None:
            checks.choice("start", self.start, STARTS)
        check_input_rule(self.input_rule)
        values: dict[str, Any] = {
            "epsilon": checks.number("epsilon", self.epsilon, least=0),
            "through": settle(self.through),
        }
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
