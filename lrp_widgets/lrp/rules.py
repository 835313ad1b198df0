r"""The rules: how the relevance R_j of a layer's outputs is shared among its inputs.

A rule for a layer with weights is data. Each of its sums says how x, w and b are modified,

    z_j = Σ_i x'_i w'_ij + b'_j,

and all rules then take the same four steps (`propagation.step`): z, s = R / z, c = transpose(s),
R = x' · c. The sums are written for inputs of both signs; where x ≥ 0, x⁺ is x and x⁻ is nothing.

Each class carries its name, its equation and its four steps in LaTeX: what the screen shows
is what the class computes. `w⁺` is max(w, 0), `w⁻` is min(w, 0), likewise for x and b.

Libraries differ in some conventions. Ours, and why:

- The bias under LRP-0, ε, γ and αβ stands in the denominator, as in the papers: z_j is then what
  the unit put out, and what the bias takes is in the ledger.
- Under z⁺, w², flat and z^B it does not, for these say how inputs alone share (z⁺: the post). Some
  libraries count b⁺, b², 1 or b there: `bias=True` does.
- γ enlarges a bias like a weight, b + γb⁺. Else γ → ∞ would forget the bias and not lead to z⁺ with
  bias; some libraries leave it as it is.
- An output with nothing to share by passes nothing on. Some libraries divide by ε there, and share
  a number that only ε decides.
- The initial relevance is what the network puts out (`targets`), so that totals are probabilities
  or logits; some libraries begin with 1. All rules are linear in it: divide by its total.
"""

from dataclasses import dataclass, fields, replace
from typing import Any, ClassVar

import numpy as np

from .._support import checks
from .._support.lazy_tensorflow import tf
from ..networks.modifiers import (
    IDENTITY,
    MINUS,
    ONES,
    PLUS,
    SQUARE,
    Beyond,
    Enlarged,
    Modifier,
    in_type,
)


@dataclass(frozen=True)
class Sum:
    """One sum of contributions by which a rule shares relevance: z_j = Σ_i x'_i w'_ij + b'_j.

    `pairs`: a modifier of x and one of w for each part of the contributions; `bias`: one of b,
    None where the rule counts no bias. `factor`: the rule's factor on this sum (α or −β).
    `sign`: 1 or −1 where no contribution has the other sign, 0 where both can meet.
    `only`: 1 for the outputs with Σ x w (+ b) ≥ 0 alone, −1 for those below 0, 0 for all.
    For the screen: `letter` is what the equation calls the sum, `name` tells it from the rule's
    others, `written` is the contribution where it is of several pairs.
    """

    pairs: tuple[tuple[Modifier, Modifier], ...]
    bias: Modifier | None = None
    factor: Any = 1.0
    sign: int = 0
    only: int = 0
    letter: str = "z"
    name: str = ""
    written: str = ""

    def of_nonnegative(self):
        """The same sum for inputs x ≥ 0: x⁺ is x, and x⁻ is nothing."""
        pairs = [(IDENTITY if x == PLUS else x, w) for x, w in self.pairs if x != MINUS]
        return replace(self, pairs=tuple(pairs))

    @property
    def symbols(self):
        """How x, w and, where these do not simply multiply, the contribution are written."""
        if len(self.pairs) != 1:
            return ("x", "w", self.written)
        [(x, w)] = self.pairs
        return (x.written.format("x"), w.written.format("w"))

    @property
    def terms(self):
        """How each of the pairs is written, such as "x⁺w⁺"."""
        return tuple(
            _factor(x.written.format("x")) + _factor(w.written.format("w")).strip()
            for x, w in self.pairs
        )


def _four(z, c, relevance=r"R_i = x_i c_i"):
    """The four steps of a rule with one sum, in LaTeX."""
    return (z, r"s_j = R_j / z_j", c, relevance)


def _plus(term, counts):
    """A term that joins a sum where it counts."""
    return f" + {term}" if counts else ""


def _factor(text):
    return f"({text}) " if " " in text else text


# The contributions above zero, and those below, of inputs of both signs.
POSITIVE = ((PLUS, PLUS), (MINUS, MINUS))
NEGATIVE = ((PLUS, MINUS), (MINUS, PLUS))


@dataclass(frozen=True)
class Rule:
    """A rule for a layer with weights; subclasses say in `sums` what they add up.

    A rule's parameters may be tensors: to TensorFlow it is a composite of the settings that are
    `live`, so that one compiled backward pass serves all their values.
    """

    name: ClassVar[str]
    equation: ClassVar[str]
    steps: ClassVar[tuple[str, ...]]
    letters: ClassVar[dict[str, str]] = {}  # what the equation calls the rule's settings
    suggested: ClassVar[dict[str, tuple[float, ...]]] = {}  # values of a setting worth trying
    live: ClassVar[tuple[str, ...]] = ()  # the settings that a slider moves

    def __post_init__(self):
        for each in fields(self):
            if each.type is bool:
                _settle(self, each.name, checks.flag)

    @property
    def sums(self) -> tuple[Sum, ...]:
        """The sums by which each output's relevance is shared."""
        raise NotImplementedError

    def stabilizer(self, epsilon, d):
        """The ε that this rule adds to the denominators `d`; `epsilon` is that of `explain`."""
        return epsilon

    def of_channels(self, channels):
        """The rule for inputs of these channels alone (a slice)."""
        return self

    @property
    def settings(self):
        """The rule's settings in the equation's letters, such as "α = 2, β = 1"."""
        values = ((letter, getattr(self, name)) for name, letter in self.letters.items())
        return ", ".join(f"{letter} = {_in_words(value)}" for letter, value in values)

    @property
    def form(self):
        """All of the rule but the values of its live settings, which share one computation."""
        fixed = {each.name: getattr(self, each.name) for each in fields(self)}
        return type(self), self.live, tuple((k, v) for k, v in fixed.items() if k not in self.live)

    def __tf_flatten__(self):
        return self.form, tuple(getattr(self, name) for name in self.live)

    @classmethod
    def __tf_unflatten__(cls, form, values):
        _, live, fixed = form
        rule = object.__new__(cls)  # unchecked: these values are tensors
        vars(rule).update(fixed, **dict(zip(live, values, strict=True)))
        return rule


@dataclass(frozen=True)
class ZPlus(Rule):
    r"""z⁺: share by the contributions above zero.

    R_i = Σ_j (x_i w_ij)⁺ / (Σ_i' (x_i' w_i'j)⁺ + ε) · R_j, for x ≥ 0 the same as with
    x_i w⁺_ij. With `bias`, b⁺_j joins the denominator and keeps its share.
    Montavon et al. 2017, "Explaining nonlinear classification decisions with deep Taylor
    decomposition"; the post's equation 1.
    """

    bias: bool = False
    name: ClassVar[str] = "z⁺"

    @property
    def steps(self):
        b = _plus("b^+_j", self.bias)
        return _four(rf"z_j = \sum_i x_i w^+_{{ij}}{b} + \varepsilon", r"c_i = \sum_j w^+_{ij} s_j")

    @property
    def signed_steps(self):
        """The steps where inputs of both signs occur: one c for each sign of x."""
        b = _plus("b^+_j", self.bias)
        return (
            rf"z_j = \sum_i (x_i w_{{ij}})^+{b} + \varepsilon",
            r"s_j = R_j / z_j",
            r"c^\pm_i = \sum_j w^\pm_{ij} s_j",
            r"R_i = x^+_i c^+_i + x^-_i c^-_i",
        )

    @property
    def equation(self):
        b = _plus("b^+_j", self.bias)
        return rf"R_i = \sum_j \frac{{x_i w^+_{{ij}}}}{{\sum_{{i'}} x_{{i'}} w^+_{{i'j}}{b}}} R_j"

    @property
    def signed_equation(self):
        """The equation where inputs of both signs occur: by contribution, not by weight."""
        b = _plus("b^+_j", self.bias)
        return (
            r"R_i = \sum_j \frac{(x_i w_{ij})^+}"
            rf"{{\sum_{{i'}} (x_{{i'}} w_{{i'j}})^+{b}}} R_j"
        )

    @property
    def sums(self):
        bias = PLUS if self.bias else None
        return (Sum(POSITIVE, bias, sign=1, written="(x · w)⁺"),)


@dataclass(frozen=True)
class Ones(Rule):
    r"""The input layer's z⁺ with x = 1, so that relevance does not depend on brightness.

    R_i = Σ_j w⁺_ij / (Σ_i' w⁺_i'j + ε) · R_j; the ones stand at the real pixels only.
    The post's equation 3.
    """

    name: ClassVar[str] = "z⁺ with x = 1"
    equation: ClassVar[str] = r"R_i = \sum_j \frac{w^+_{ij}}{\sum_{i'} w^+_{i'j}} R_j"
    steps: ClassVar[tuple[str, ...]] = _four(
        r"z_j = \sum_i w^+_{ij} + \varepsilon", r"c_i = \sum_j w^+_{ij} s_j", r"R_i = c_i"
    )

    @property
    def sums(self):
        return (Sum(((ONES, PLUS),), sign=1),)


@dataclass(frozen=True)
class Epsilon(Rule):
    r"""ε: share by all contributions, the bias counted, the denominator kept from zero.

    R_i = Σ_j x_i w_ij / (z_j + ε·sign(z_j)) · R_j with z_j = Σ_i x_i w_ij + b_j, sign(0) = +1.
    With `relative`, ε · rms(z) takes the place of ε, rms(z) = √(mean of z² over the layer's
    units), for each picture of a batch its own.
    Bach et al. 2015, equation 58; relative: Montavon et al. 2019.
    """

    epsilon: float = 0.25
    relative: bool = False
    name: ClassVar[str] = "ε"
    letters: ClassVar[dict[str, str]] = {"epsilon": "ε"}
    live: ClassVar[tuple[str, ...]] = ("epsilon",)
    suggested: ClassVar[dict[str, tuple[float, ...]]] = {
        "epsilon": (0, *(k * 10**-power for power in range(6, 0, -1) for k in (1, 2.5, 5)), 1, 2.5)
    }

    def __post_init__(self):
        super().__post_init__()
        _settle(self, "epsilon", checks.number, least=0)

    @property
    def equation(self):
        return (
            rf"R_i = \sum_j \frac{{x_i w_{{ij}}}}{{z_j + {self._stabilizer}"
            r" \, \mathrm{sign}(z_j)} R_j"
        )

    @property
    def steps(self):
        return _four(
            rf"z_j = \sum_i x_i w_{{ij}} + b_j + {self._stabilizer} \, \mathrm{{sign}}",
            r"c_i = \sum_j w_{ij} s_j",
        )

    @property
    def _stabilizer(self):
        return r"\varepsilon \, \mathrm{rms}(z)" if self.relative else r"\varepsilon"

    @property
    def sums(self):
        return (Sum(((IDENTITY, IDENTITY),), IDENTITY),)

    def stabilizer(self, epsilon, d):
        if not self.relative:
            return self.epsilon
        return in_type(self.epsilon, d.dtype) * root_mean_square(d)

    def settled(self, z):
        """The same for one picture's layer with the outputs `z`, its ε a number of its own."""
        if not self.relative:
            return self
        return Epsilon(float(np.squeeze(self.stabilizer(0.0, z))))


@dataclass(frozen=True)
class Zero(Rule):
    r"""LRP-0: share by all contributions, the bias counted, with no stabilizer.

    R_i = Σ_j x_i w_ij / z_j · R_j with z_j = Σ_i x_i w_ij + b_j. A unit whose z_j is exactly
    zero passes nothing on: in the ledger R_j stands under bias where b_j is above zero, else under
    dead. Bach et al. 2015, equation 56.
    In all layers, with winner-take-all pooling, this is gradient × input, where every activation
    function has f(z) = z f'(z): none, ReLU, leaky ReLU, PReLU. It is not at a unit that another
    one has limited (ReLU6 at 6, sigmoid: the gradient vanishes, relevance does not), nor at average
    pooling, whose gradient × input is x_i / Σ_i' x_i' · R_j: where inputs of both signs meet, the
    proportional rule gives all to those above zero.
    """

    name: ClassVar[str] = "LRP-0"
    equation: ClassVar[str] = r"R_i = \sum_j \frac{x_i w_{ij}}{\sum_{i'} x_{i'} w_{i'j} + b_j} R_j"
    steps: ClassVar[tuple[str, ...]] = _four(
        r"z_j = \sum_i x_i w_{ij} + b_j", r"c_i = \sum_j w_{ij} s_j"
    )

    @property
    def sums(self):
        return (Sum(((IDENTITY, IDENTITY),), IDENTITY),)

    def stabilizer(self, epsilon, d):
        return 0.0


@dataclass(frozen=True)
class AlphaBeta(Rule):
    r"""αβ: α times the share among positive contributions, minus β times among negative ones.

    R_i = Σ_j (α (x_i w_ij)⁺ / (Σ_i' (x_i' w_i'j)⁺ + b⁺_j)
             − β (x_i w_ij)⁻ / (Σ_i' (x_i' w_i'j)⁻ + b⁻_j)) · R_j, with α − β = 1, β ≥ 0.
    Where an output has no negative part, its inputs get α·R_j, and −β·R_j stands in the ledger:
    under bias where b_j is above zero, else under dead. Likewise α·R_j where it has no positive
    part. Bach et al. 2015, equation 60.
    """

    alpha: float = 2.0
    beta: float = 1.0
    name: ClassVar[str] = "αβ"
    letters: ClassVar[dict[str, str]] = {"alpha": "α", "beta": "β"}
    suggested: ClassVar[dict[str, tuple[float, ...]]] = {
        "alpha": (1, 1.1, 1.25, 1.5, 1.75, 2, 2.5, 3, 4, 5)
    }
    equation: ClassVar[str] = (
        r"R_i = \sum_j \left( \alpha \frac{(x_i w_{ij})^+}{z^+_j}"
        r" - \beta \frac{(x_i w_{ij})^-}{z^-_j} \right) R_j"
    )
    steps: ClassVar[tuple[str, ...]] = (
        r"z^\pm_j = \sum_i (x_i w_{ij})^\pm + b^\pm_j \pm \varepsilon",
        r"s^\pm_j = R_j / z^\pm_j",
        r"c^\pm_i = \sum_j w^\pm_{ij} s^\pm_j",
        r"R_i = \alpha \, x_i c^+_i - \beta \, x_i c^-_i",
    )
    signed_steps: ClassVar[tuple[str, ...]] = (
        *steps[:2],
        r"c^{\pm+}_i = \sum_j w^\pm_{ij} s^+_j, \; c^{\pm-}_i = \sum_j w^\mp_{ij} s^-_j",
        r"R_i = \alpha \sum_\pm x^\pm_i c^{\pm+}_i - \beta \sum_\pm x^\pm_i c^{\pm-}_i",
    )

    def __post_init__(self):
        _settle(self, "beta", checks.number, least=0)
        _settle(self, "alpha", checks.number, least=1)
        if not abs(self.alpha - self.beta - 1) <= 1e-9:
            raise ValueError(
                f"αβ needs α − β = 1 to conserve relevance; got α = {self.alpha}, β = {self.beta}."
            )

    @property
    def live(self):
        return ("alpha", "beta") if self.subtracts else ()

    @property
    def subtracts(self):
        """Whether there is a second sum: a β that is a tensor is above zero."""
        return not (isinstance(self.beta, int | float) and self.beta == 0)

    @property
    def sums(self):
        gain = Sum(POSITIVE, PLUS, self.alpha, 1, letter="z⁺", name="+", written="(x · w)⁺")
        loss = Sum(NEGATIVE, MINUS, -self.beta, -1, letter="z⁻", name="−", written="(x · w)⁻")
        return (gain, loss) if self.subtracts else (gain,)


@dataclass(frozen=True)
class Gamma(Rule):
    r"""γ: share by all contributions, the positive ones made larger.

    Plain: R_i = Σ_j x_i (w_ij + γ w⁺_ij) / (Σ_i' x_i' (w_i'j + γ w⁺_i'j) + b_j + γ b⁺_j) · R_j.
    `generalized` enlarges the contributions that have the sign of z_j, the bias likewise, for
    inputs and outputs of either sign. Without `bias`, b_j is in no denominator and z_j is the sum
    of the contributions alone: the bias absorbs nothing, but units that their bias drives share
    by contributions which say little.
    Montavon et al. 2019, "Layer-wise Relevance Propagation: An Overview".
    """

    gamma: float = 0.25
    generalized: bool = False
    bias: bool = True
    name: ClassVar[str] = "γ"
    letters: ClassVar[dict[str, str]] = {"gamma": "γ"}
    suggested: ClassVar[dict[str, tuple[float, ...]]] = {
        "gamma": (0, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.75, 1, 2, 5, 10, 100)
    }
    live: ClassVar[tuple[str, ...]] = ("gamma",)

    def __post_init__(self):
        super().__post_init__()
        _settle(self, "gamma", checks.number, least=0)

    @property
    def steps(self):
        if self.generalized:
            b = _plus(r"b_j + \gamma b^\sigma_j", self.bias)
            return (
                r"z_j = \sum_i x_i w_{ij} + \gamma (x_i w_{ij})^\sigma"
                rf"{b} + \varepsilon \sigma",
                r"s_j = R_j / z_j, \; \sigma = \mathrm{sign}(z_j)",
                r"c_i = \sum_j (w_{ij} + \gamma w^\sigma_{ij}) s_j",
                r"R_i = x_i c_i",
            )
        b = _plus(r"b_j + \gamma b^+_j", self.bias)
        return _four(
            rf"z_j = \sum_i x_i (w_{{ij}} + \gamma w^+_{{ij}}){b} + \varepsilon \, \mathrm{{sign}}",
            r"c_i = \sum_j (w_{ij} + \gamma w^+_{ij}) s_j",
        )

    @property
    def signed_steps(self):
        """The steps where inputs of both signs occur: one c for each sign of x."""
        if not self.generalized:
            return self.steps
        return (
            *self.steps[:2],
            r"c^\pm_i = \sum_j (w_{ij} + \gamma w^{\pm\sigma}_{ij}) s_j",
            r"R_i = x^+_i c^+_i + x^-_i c^-_i",
        )

    @property
    def equation(self):
        if self.generalized:
            return (
                r"R_i = \sum_j \frac{x_i w_{ij} + \gamma (x_i w_{ij})^{\mathrm{sign}(z_j)}}"
                r"{\sum_{i'} x_{i'} w_{i'j} + \gamma (x_{i'} w_{i'j})^{\mathrm{sign}(z_j)}} R_j"
            )
        return (
            r"R_i = \sum_j \frac{x_i (w_{ij} + \gamma w^+_{ij})}"
            r"{\sum_{i'} x_{i'} (w_{i'j} + \gamma w^+_{i'j})} R_j"
        )

    @property
    def sums(self):
        above, below = Enlarged(self.gamma, PLUS), Enlarged(self.gamma, MINUS)
        if not self.generalized:
            return (Sum(((IDENTITY, above),), above if self.bias else None),)
        return tuple(
            Sum(
                ((PLUS, mine), (MINUS, other)),
                mine if self.bias else None,
                only=sign,
                name=name,
                written=f"x·w + γ(x·w){mine.part.written.format('')}",
            )
            for sign, name, mine, other in ((1, "z ≥ 0", above, below), (-1, "z < 0", below, above))
        )


@dataclass(frozen=True)
class WSquare(Rule):
    r"""w²: share by squared weights, whatever the input.

    R_i = Σ_j w²_ij / Σ_i' w²_i'j · R_j. With `bias`, b²_j joins the denominator and keeps its
    share. Montavon et al. 2017.
    """

    bias: bool = False
    name: ClassVar[str] = "w²"

    @property
    def equation(self):
        b = _plus("b_j^2", self.bias)
        return rf"R_i = \sum_j \frac{{w_{{ij}}^2}}{{\sum_{{i'}} w_{{i'j}}^2{b}}} R_j"

    @property
    def steps(self):
        b = _plus("b_j^2", self.bias)
        return _four(
            rf"z_j = \sum_i w_{{ij}}^2{b} + \varepsilon", r"c_i = \sum_j w_{ij}^2 s_j", r"R_i = c_i"
        )

    @property
    def sums(self):
        return (Sum(((ONES, SQUARE),), SQUARE if self.bias else None, sign=1),)


@dataclass(frozen=True)
class Flat(Rule):
    r"""Flat: share evenly among all inputs that a unit is connected to.

    R_i = Σ_j 1 / (number of inputs of j) · R_j. With `bias`, a layer's bias counts as one input
    more and keeps its share. Lapuschkin et al. 2019.
    """

    bias: bool = False
    name: ClassVar[str] = "flat"

    @property
    def equation(self):
        b = _plus("1", self.bias)
        return rf"R_i = \sum_j \frac{{1}}{{\sum_{{i'}} 1{b}}} R_j"

    @property
    def steps(self):
        b = _plus("1", self.bias)
        return _four(rf"z_j = \sum_i 1{b} + \varepsilon", r"c_i = \sum_j s_j", r"R_i = c_i")

    @property
    def sums(self):
        return (Sum(((ONES, ONES),), ONES if self.bias else None, sign=1),)


@dataclass(frozen=True)
class ZBox(Rule):
    r"""z^B: for an input layer whose values lie between `low` and `high`.

    R_i = Σ_j (x_i w_ij − l_i w⁺_ij − h_i w⁻_ij) / Σ_i' (…) · R_j, in the units of the layer's
    input; `low` and `high` are a number each, or one a channel, in the order that the network was
    trained with (BGR for VGG). Without them, a composite takes what the network's own preprocessing
    makes of pixels 0 and 255 (`input_bounds`). With `bias`, b_j joins the denominator and keeps its
    share. Montavon et al. 2017.
    """

    low: float | tuple[float, ...] | None = None
    high: float | tuple[float, ...] | None = None
    bias: bool = False
    name: ClassVar[str] = "z^B"
    letters: ClassVar[dict[str, str]] = {"low": "l", "high": "h"}

    @property
    def equation(self):
        b = _plus("b_j", self.bias)
        return (
            r"R_i = \sum_j \frac{x_i w_{ij} - l_i w^+_{ij} - h_i w^-_{ij}}"
            rf"{{\sum_{{i'}} x_{{i'}} w_{{i'j}} - l_{{i'}} w^+_{{i'j}} - h_{{i'}} w^-_{{i'j}}{b}}}"
            " R_j"
        )

    @property
    def steps(self):
        b = _plus("b_j", self.bias)
        return (
            rf"z_j = \sum_i (x_i - l_i) \, w^+_{{ij}} + (x_i - h_i) \, w^-_{{ij}}{b} + \varepsilon",
            r"s_j = R_j / z_j",
            r"c^+_i = \sum_j w^+_{ij} s_j, \; c^-_i = \sum_j w^-_{ij} s_j",
            r"R_i = (x_i - l_i) \, c^+_i + (x_i - h_i) \, c^-_i",
        )

    def __post_init__(self):
        super().__post_init__()
        if self.low is None or self.high is None:
            if self.low is not self.high:
                raise ValueError("z^B needs both low and high, or neither.")
            return
        _settle(self, "low", _bound)
        _settle(self, "high", _bound)
        low, high = np.atleast_1d(self.low), np.atleast_1d(self.high)
        if 1 not in (low.size, high.size) and low.size != high.size:
            raise ValueError(f"z^B has {low.size} low bounds and {high.size} high ones.")
        if not np.all(low <= high):
            raise ValueError(f"z^B needs low ≤ high; got low = {self.low}, high = {self.high}.")

    @property
    def sums(self):
        if self.low is None or self.high is None:
            raise ValueError("z^B by itself needs bounds, low and high: composites find them.")
        whole = self.low == self.high  # the difference of the sums would be rounding alone
        low, high = Beyond(self.low, "l", whole), Beyond(self.high, "h", whole)
        bias = IDENTITY if self.bias else None
        return (Sum(((low, PLUS), (high, MINUS)), bias, written="x·w − l·w⁺ − h·w⁻"),)

    def of_channels(self, channels):
        def some(bound):
            return bound[channels] if isinstance(bound, tuple) and len(bound) > 1 else bound

        return replace(self, low=some(self.low), high=some(self.high))


@dataclass(frozen=True)
class Proportional:
    r"""Share a window's relevance by activation strength; also used for an addition.

    R_i = x⁺_i / Σ_i' x⁺_i' · R_j; where a window has nothing above zero, x_i / Σ_i' x_i';
    a window of zeros passes nothing on. Padding takes no share. The post's average pooling.
    """

    name: ClassVar[str] = "proportional"
    equation: ClassVar[str] = r"R_i = \sum_j \frac{x_i}{\sum_{i'} x_{i'}} R_j"
    signed_equation: ClassVar[str] = r"R_i = \sum_j \frac{x_i^+}{\sum_{i'} x_{i'}^+} R_j"
    steps: ClassVar[tuple[str, ...]] = _four(r"z_j = \sum_i x_i", r"c_i = \sum_j s_j")
    signed_steps: ClassVar[tuple[str, ...]] = (
        r"z_j = \sum_i x^+_i",
        *steps[1:3],
        r"R_i = x^+_i c_i",
    )


@dataclass(frozen=True)
class WinnerTakeAll:
    r"""Give a window's relevance to its largest activation.

    R_i = Σ_j R_j over the windows j in which x_i is the largest; among equals the first in
    row-major order. Padding never wins. The post's max pooling.
    """

    name: ClassVar[str] = "winner-take-all"
    equation: ClassVar[str] = r"R_i = \sum_j \left[ i = \mathrm{argmax}_{i'} x_{i'} \right] R_j"
    steps: ClassVar[tuple[str, ...]] = (
        r"m_j = \max_i x_i",
        r"i^*_j = \mathrm{argmax}_i \, x_i",
        r"c_i = \sum_j [i = i^*_j] R_j",
        r"R_i = c_i",
    )


@dataclass(frozen=True)
class Pass:
    """Pass relevance on unchanged: reshaping, activation functions."""

    name: ClassVar[str] = "pass"
    equation: ClassVar[str] = r"R_i = R_j"
    steps: ClassVar[tuple[str, ...]] = (r"R_i = R_j",)


@dataclass(frozen=True)
class PassReal(Pass):
    """Pass relevance on where a layer puts out real values; what falls on its padding is absorbed.

    R_i = R_j for every unit i of the layer below; the R_j of padding are absorbed by *padding*.
    """

    note: ClassVar[str] = "for real values; what falls on the padding is absorbed"


def root_mean_square(z):
    """√(mean of z²) over all but the batch axis, with that axis's companions kept: (B, 1, …)."""
    return tf.sqrt(tf.reduce_mean(z * z, list(range(1, z.shape.rank)), keepdims=True))


def _bound(_, value):
    """A bound of z^B: a number, or a tuple of one a channel (a list would be no key)."""
    words = "Each of z^B's bounds, low and high,"
    several = isinstance(value, list | tuple) or getattr(value, "ndim", 0) == 1
    if not several or len(value) == 0:
        return checks.number(words, value)
    return tuple(checks.number(words, each) for each in value)


def _in_words(value):
    if isinstance(value, tuple):
        return f"({', '.join(map(_in_words, value))})"
    return f"{value:g}".replace("-", "−")


def _settle(rule, name, check, **limits):
    """Put the checked value of a setting in its place: the rules are frozen."""
    object.__setattr__(rule, name, check(name, getattr(rule, name), **limits))
