r"""The rules: how the relevance R_j of a layer's outputs is shared among its inputs.

Every rule for a layer with weights says which contributions it adds up for an output unit,

    z_j = Σ_i x_i w_ij,

with x or w changed in its own way; `propagation.redistribute` then does the same four steps
for all of them: z (and what is added to it), s = R / z, c = transpose(s), R = x · c.

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
- The walk starts with what the network puts out (`starts`), so that totals are probabilities or
  logits; some libraries start with 1. All rules are linear in the start: divide by its total.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from .._support import checks


@dataclass(frozen=True)
class Sum:
    """One sum of contributions by which a rule shares relevance.

    `pairs`: (x, w) tensors; the contribution of input i to output j is Σ x_i w_ij over them.
    `bias`: what of the layer's bias the rule counts into the denominator, None for nothing.
    `factor`: the rule's factor on this sum (α or −β). `only`: outputs that it is for.
    `cancels`: whether contributions of both signs can meet in it. `denominator`: Σ over the pairs
    plus the bias, where the rule knows it at less cost. `even`: whether all weights are one;
    `below`: whether all contributions are below zero.
    For the screen: `name` tells it from the rule's other sums, `terms` its pairs from each other;
    `letter` is what the equation calls it, and `symbols` are x, w and, where these do not simply
    multiply, the contribution.
    """

    pairs: tuple
    bias: Any = None
    factor: float = 1.0
    only: Any = None
    cancels: bool = False
    denominator: Any = None
    even: bool = False
    below: bool = False
    name: str = ""
    terms: tuple[str, ...] = ()
    letter: str = "z"
    symbols: tuple[str, ...] = ("x", "w")


# What `Inputs.positive` and `Inputs.negative` pair up where inputs of both signs occur.
POSITIVE = ("x⁺w⁺", "x⁻w⁻")
NEGATIVE = ("x⁺w⁻", "x⁻w⁺")


@dataclass(frozen=True)
class Inputs:
    """What a rule may look at: the layer's input `x`, its weights `w` and `b`, and more.

    `real` is 1 where x is a real value and 0 where it is padding; `nonnegative` tells that no
    x can be below zero. `channel` is the number of each input's channel where x is one unit's
    fan-in; None where the channels are x's last axis. `stored` is the layer's z from the forward
    pass, `kept(rule)` the rule's constant, `plus()` w⁺ and `turned()` w⁺ turned round, all from an
    earlier one, `added_up` what `add_up` gave for it; None where they are not at hand.
    """

    layer: Any
    x: Any
    w: Any
    b: Any
    real: Any
    nonnegative: bool = False
    channel: Any = None
    stored: Any = None
    kept: Any = None
    plus: Any = None
    turned: Any = None
    added_up: Any = None

    @property
    def z(self):
        """The layer's output before its activation, bias included."""
        import tensorflow as tf

        if self.stored is not None:
            return self.stored
        return tf.cast(self.layer.combine([self.x], self.w, self.b), self.x.dtype)

    def constant(self, rule):
        """`rule.constant`, which no picture changes, so that it is made only once."""
        return rule.constant(self) if self.kept is None else self.kept(rule)

    @cached_property
    def w_plus(self):
        return _plus(self.w) if self.plus is None else self.plus()

    def transpose(self, s, w):
        """c_i = Σ_j w_ij s_j; for w⁺ with the kernel that is at hand."""
        if self.turned is not None and w is self.w_plus:
            return self.layer.transpose_turned(s, self.turned())
        return self.layer.transpose(s, w, self.x)

    def positive(self):
        """Pairs of all contributions above zero: x⁺w⁺ and x⁻w⁻."""
        if self.nonnegative:
            return ((self.x, self.w_plus),)
        return ((_plus(self.x), self.w_plus), (_minus(self.x), _minus(self.w)))

    def negative(self):
        """Pairs of all contributions below zero: x⁺w⁻ and x⁻w⁺."""
        if self.nonnegative:
            return ((self.x, _minus(self.w)),)
        return ((_plus(self.x), _minus(self.w)), (_minus(self.x), self.w_plus))

    def symbols(self, sign):
        """How the contributions of one sign are written: w⁺ alone tells it where x ≥ 0."""
        return ("x", f"w{sign}") if self.nonnegative else ("x", "w", f"(x · w){sign}")

    def per_channel(self, values):
        """A tensor of one value for all, or of one a channel, that fits to x."""
        import tensorflow as tf

        values = tf.constant(values, self.x.dtype)
        if values.shape.rank == 0 or self.channel is None:
            return values
        return tf.gather(values, self.channel)

    def z_without_bias(self):
        return self.z if self.b is None else self.z - self.b

    def bias_plus(self):
        return None if self.b is None else _plus(self.b)

    def bias_minus(self):
        return None if self.b is None else _minus(self.b)


@dataclass(frozen=True)
class Rule:
    """A rule for a layer with weights; subclasses say in `sums` what they add up."""

    name: ClassVar[str]
    equation: ClassVar[str]
    steps: ClassVar[tuple[str, ...]]
    letters: ClassVar[dict[str, str]] = {}  # what the equation calls the rule's settings
    changes_w: ClassVar[bool] = True  # whether it shares by other weights than the layer's own
    live_w: ClassVar[bool] = False  # whether these weights change with a live setting
    skips_zeros: ClassVar[bool] = True  # whether an input of zero gets no relevance
    suggested: ClassVar[dict[str, tuple[float, ...]]] = {}  # values of a setting worth trying
    uses_z: ClassVar[bool] = False  # whether it asks for the layer's z of the forward pass

    @property
    def live(self):
        """The settings that may be tensors, so that one compiled walk serves all their values.

        Each with a value that stands for all: where that makes another computation, it is none.
        """
        return {}

    @property
    def settings(self):
        """The rule's settings in the equation's letters, such as "α = 2, β = 1"."""
        values = ((letter, getattr(self, name)) for name, letter in self.letters.items())
        return ", ".join(f"{letter} = {_in_words(value)}" for letter, value in values)

    def sums(self, a: Inputs) -> tuple[Sum, ...]:
        """The sums by which each output's relevance is shared."""
        raise NotImplementedError

    def constant(self, a: Inputs):
        """What of the denominators depends on weights and padding alone, for rules that ask."""
        raise NotImplementedError

    def stabilizer(self, epsilon, d):
        """The ε that this rule adds to the denominators `d`; `epsilon` is that of `explain`."""
        return epsilon


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

    def __post_init__(self):
        _settle(self, "bias", checks.flag)

    @property
    def steps(self):
        b = " + b^+_j" if self.bias else ""
        return (
            rf"z_j = \sum_i x_i w^+_{{ij}}{b} + \varepsilon",
            r"s_j = R_j / z_j",
            r"c_i = \sum_j w^+_{ij} s_j",
            r"R_i = x_i c_i",
        )

    @property
    def signed_steps(self):
        """The steps where inputs of both signs occur: one c for each sign of x."""
        b = " + b^+_j" if self.bias else ""
        return (
            rf"z_j = \sum_i (x_i w_{{ij}})^+{b} + \varepsilon",
            r"s_j = R_j / z_j",
            r"c^\pm_i = \sum_j w^\pm_{ij} s_j",
            r"R_i = x^+_i c^+_i + x^-_i c^-_i",
        )

    @property
    def equation(self):
        b = r" + b^+_j" if self.bias else ""
        return rf"R_i = \sum_j \frac{{x_i w^+_{{ij}}}}{{\sum_{{i'}} x_{{i'}} w^+_{{i'j}}{b}}} R_j"

    @property
    def signed_equation(self):
        """The equation where inputs of both signs occur: by contribution, not by weight."""
        b = r" + b^+_j" if self.bias else ""
        return (
            r"R_i = \sum_j \frac{(x_i w_{ij})^+}"
            rf"{{\sum_{{i'}} (x_{{i'}} w_{{i'j}})^+{b}}} R_j"
        )

    def sums(self, a):
        bias = a.bias_plus() if self.bias else None
        return (Sum(a.positive(), bias, terms=POSITIVE, symbols=a.symbols("⁺")),)


@dataclass(frozen=True)
class Ones(Rule):
    r"""The input layer's z⁺ with x = 1, so that relevance does not depend on brightness.

    R_i = Σ_j w⁺_ij / (Σ_i' w⁺_i'j + ε) · R_j; the ones stand at the real pixels only.
    The post's equation 3.
    """

    name: ClassVar[str] = "z⁺ with x = 1"
    skips_zeros: ClassVar[bool] = False
    equation: ClassVar[str] = r"R_i = \sum_j \frac{w^+_{ij}}{\sum_{i'} w^+_{i'j}} R_j"
    steps: ClassVar[tuple[str, ...]] = (
        r"z_j = \sum_i w^+_{ij} + \varepsilon",
        r"s_j = R_j / z_j",
        r"c_i = \sum_j w^+_{ij} s_j",
        r"R_i = c_i",
    )

    def sums(self, a):
        pairs = ((a.real, a.w_plus),)
        return (Sum(pairs, denominator=a.constant(self), symbols=("1", "w⁺")),)

    def constant(self, a):
        return a.layer.linear(a.real, a.w_plus)


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
    changes_w: ClassVar[bool] = False
    letters: ClassVar[dict[str, str]] = {"epsilon": "ε"}
    suggested: ClassVar[dict[str, tuple[float, ...]]] = {
        "epsilon": (0, *(k * 10**-power for power in range(6, 0, -1) for k in (1, 2.5, 5)), 1, 2.5)
    }
    uses_z: ClassVar[bool] = True

    def __post_init__(self):
        _settle(self, "epsilon", checks.number, least=0)
        _settle(self, "relative", checks.flag)

    @property
    def live(self):
        return {"epsilon": 1.0}

    @property
    def equation(self):
        return (
            rf"R_i = \sum_j \frac{{x_i w_{{ij}}}}{{z_j + {self._stabilizer}"
            r" \, \mathrm{sign}(z_j)} R_j"
        )

    @property
    def steps(self):
        return (
            rf"z_j = \sum_i x_i w_{{ij}} + b_j + {self._stabilizer} \, \mathrm{{sign}}",
            r"s_j = R_j / z_j",
            r"c_i = \sum_j w_{ij} s_j",
            r"R_i = x_i c_i",
        )

    @property
    def _stabilizer(self):
        return r"\varepsilon \, \mathrm{rms}(z)" if self.relative else r"\varepsilon"

    def sums(self, a):
        return (Sum(((a.x, a.w),), a.b, cancels=True, denominator=a.z),)

    def stabilizer(self, epsilon, d):
        return _in_type_of(d, self.epsilon) * root_mean_square(d) if self.relative else self.epsilon

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
    """

    name: ClassVar[str] = "LRP-0"
    changes_w: ClassVar[bool] = False
    uses_z: ClassVar[bool] = True
    equation: ClassVar[str] = r"R_i = \sum_j \frac{x_i w_{ij}}{\sum_{i'} x_{i'} w_{i'j} + b_j} R_j"
    steps: ClassVar[tuple[str, ...]] = (
        r"z_j = \sum_i x_i w_{ij} + b_j",
        r"s_j = R_j / z_j",
        r"c_i = \sum_j w_{ij} s_j",
        r"R_i = x_i c_i",
    )

    def sums(self, a):
        return (Sum(((a.x, a.w),), a.b, cancels=True, denominator=a.z),)

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
        return {"alpha": 2.0, "beta": 1.0} if self.subtracts else {}

    @property
    def subtracts(self):
        """Whether there is a second sum: a β that is a tensor is above zero."""
        return not (isinstance(self.beta, int | float) and self.beta == 0)

    def sums(self, a):
        gain = Sum(
            a.positive(),
            a.bias_plus(),
            factor=self.alpha,
            name="+",
            terms=POSITIVE,
            letter="z⁺",
            symbols=a.symbols("⁺"),
        )
        if not self.subtracts:
            return (gain,)
        loss = Sum(
            a.negative(),
            a.bias_minus(),
            factor=-self.beta,
            below=True,
            name="−",
            terms=NEGATIVE,
            letter="z⁻",
            symbols=a.symbols("⁻"),
        )
        return (gain, loss)


@dataclass(frozen=True)
class Gamma(Rule):
    r"""γ: share by all contributions, the positive ones made larger.

    Plain: R_i = Σ_j x_i (w_ij + γ w⁺_ij) / (Σ_i' x_i' (w_i'j + γ w⁺_i'j) + b_j + γ b⁺_j) · R_j.
    `generalized` enlarges the contributions that have the sign of z_j, the bias likewise, for
    inputs and outputs of either sign. Without `bias`, b_j is in no denominator and z_j is the sum
    of the contributions alone: nothing is booked to bias, but units that their bias drives share
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
    live_w: ClassVar[bool] = True
    uses_z: ClassVar[bool] = True

    def __post_init__(self):
        _settle(self, "gamma", checks.number, least=0)
        _settle(self, "generalized", checks.flag)
        _settle(self, "bias", checks.flag)

    @property
    def live(self):
        return {"gamma": 1.0}

    @property
    def steps(self):
        if self.generalized:
            b = r" + b_j + \gamma b^\sigma_j" if self.bias else ""
            return (
                r"z_j = \sum_i x_i w_{ij} + \gamma (x_i w_{ij})^\sigma"
                rf"{b} + \varepsilon \sigma",
                r"s_j = R_j / z_j, \; \sigma = \mathrm{sign}(z_j)",
                r"c_i = \sum_j (w_{ij} + \gamma w^\sigma_{ij}) s_j",
                r"R_i = x_i c_i",
            )
        b = r" + b_j + \gamma b^+_j" if self.bias else ""
        return (
            rf"z_j = \sum_i x_i (w_{{ij}} + \gamma w^+_{{ij}}){b} + \varepsilon \, \mathrm{{sign}}",
            r"s_j = R_j / z_j",
            r"c_i = \sum_j (w_{ij} + \gamma w^+_{ij}) s_j",
            r"R_i = x_i c_i",
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

    def sums(self, a):
        z, a = (a.z, a) if self.bias else (a.z_without_bias(), replace(a, b=None))
        if not self.generalized:
            more = _with(a.layer.linear(a.x, a.w_plus), a.bias_plus())
            pairs = ((a.x, self._enlarged(a.w, a.w_plus)),)
            bias = self._enlarged(a.b, a.bias_plus())
            d = z + self.gamma * more
            return (Sum(pairs, bias, cancels=True, denominator=d, symbols=("x", "w + γw⁺")),)
        above = _with(sum(a.layer.linear(x, w) for x, w in a.positive()), a.bias_plus())
        return (
            self._signed(a, "⁺", z >= 0, z + self.gamma * above),
            self._signed(a, "⁻", z < 0, z + self.gamma * (z - above)),
        )

    def _signed(self, a, sign, only, denominator):
        """The sum for the outputs whose z has that sign."""
        part, other, opposite = (_plus, _minus, "⁻") if sign == "⁺" else (_minus, _plus, "⁺")
        pairs, terms = ((a.x, self._enlarged(a.w, part(a.w))),), ()
        symbols = ("x", f"w + γw{sign}")
        if not a.nonnegative:
            pairs = (
                (_plus(a.x), self._enlarged(a.w, part(a.w))),
                (_minus(a.x), self._enlarged(a.w, other(a.w))),
            )
            terms = (f"x⁺(w + γw{sign})", f"x⁻(w + γw{opposite})")
            symbols = ("x", "w", f"x·w + γ(x·w){sign}")
        bias = None if a.b is None else self._enlarged(a.b, part(a.b))
        return Sum(
            pairs,
            bias,
            only=only,
            cancels=True,
            denominator=denominator,
            name="z ≥ 0" if sign == "⁺" else "z < 0",
            terms=terms,
            symbols=symbols,
        )

    def _enlarged(self, values, part):
        if values is None:
            return None
        gamma = _in_type_of(values, self.gamma)
        return values + gamma * part


@dataclass(frozen=True)
class WSquare(Rule):
    r"""w²: share by squared weights, whatever the input.

    R_i = Σ_j w²_ij / Σ_i' w²_i'j · R_j. With `bias`, b²_j joins the denominator and keeps its
    share. Montavon et al. 2017.
    """

    bias: bool = False
    name: ClassVar[str] = "w²"
    skips_zeros: ClassVar[bool] = False

    def __post_init__(self):
        _settle(self, "bias", checks.flag)

    @property
    def equation(self):
        b = " + b_j^2" if self.bias else ""
        return rf"R_i = \sum_j \frac{{w_{{ij}}^2}}{{\sum_{{i'}} w_{{i'j}}^2{b}}} R_j"

    @property
    def steps(self):
        b = " + b_j^2" if self.bias else ""
        return (
            rf"z_j = \sum_i w_{{ij}}^2{b} + \varepsilon",
            r"s_j = R_j / z_j",
            r"c_i = \sum_j w_{ij}^2 s_j",
            r"R_i = c_i",
        )

    def sums(self, a):
        bias = a.b * a.b if self.bias and a.b is not None else None
        d = _with(a.constant(self), bias)
        return (Sum(((a.real, a.w * a.w),), bias, denominator=d, symbols=("1", "w²")),)

    def constant(self, a):
        return a.layer.linear(a.real, a.w * a.w)


@dataclass(frozen=True)
class Flat(Rule):
    r"""Flat: share evenly among all inputs that a unit is connected to.

    R_i = Σ_j 1 / (number of inputs of j) · R_j. With `bias`, a layer's bias counts as one input
    more and keeps its share. Lapuschkin et al. 2019.
    """

    bias: bool = False
    name: ClassVar[str] = "flat"
    skips_zeros: ClassVar[bool] = False

    def __post_init__(self):
        _settle(self, "bias", checks.flag)

    @property
    def equation(self):
        b = " + 1" if self.bias else ""
        return rf"R_i = \sum_j \frac{{1}}{{\sum_{{i'}} 1{b}}} R_j"

    @property
    def steps(self):
        b = " + 1" if self.bias else ""
        return (
            rf"z_j = \sum_i 1{b} + \varepsilon",
            r"s_j = R_j / z_j",
            r"c_i = \sum_j s_j",
            r"R_i = c_i",
        )

    def sums(self, a):
        bias = _ones_like(a.b) if self.bias and a.b is not None else None
        d = _with(a.constant(self), bias)
        pairs = ((a.real, _ones_like(a.w)),)
        return (Sum(pairs, bias, denominator=d, even=True, symbols=("1", "1")),)

    def constant(self, a):
        return a.layer.linear(a.real, _ones_like(a.w))


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
    uses_z: ClassVar[bool] = True
    skips_zeros: ClassVar[bool] = False
    letters: ClassVar[dict[str, str]] = {"low": "l", "high": "h"}

    @property
    def equation(self):
        b = " + b_j" if self.bias else ""
        return (
            r"R_i = \sum_j \frac{x_i w_{ij} - l_i w^+_{ij} - h_i w^-_{ij}}"
            rf"{{\sum_{{i'}} x_{{i'}} w_{{i'j}} - l_{{i'}} w^+_{{i'j}} - h_{{i'}} w^-_{{i'j}}{b}}}"
            " R_j"
        )

    @property
    def steps(self):
        b = " + b_j" if self.bias else ""
        return (
            rf"z_j = \sum_i (x_i - l_i) \, w^+_{{ij}} + (x_i - h_i) \, w^-_{{ij}}{b} + \varepsilon",
            r"s_j = R_j / z_j",
            r"c^+_i = \sum_j w^+_{ij} s_j, \; c^-_i = \sum_j w^-_{ij} s_j",
            r"R_i = (x_i - l_i) \, c^+_i + (x_i - h_i) \, c^-_i",
        )

    def __post_init__(self):
        _settle(self, "bias", checks.flag)
        if (self.low is None) != (self.high is None):
            raise ValueError("z^B needs both low and high, or neither.")
        if self.low is None:
            return
        _settle(self, "low", _bound)
        _settle(self, "high", _bound)
        low, high = np.atleast_1d(self.low), np.atleast_1d(self.high)
        if 1 not in (low.size, high.size) and low.size != high.size:
            raise ValueError(f"z^B has {low.size} low bounds and {high.size} high ones.")
        if not np.all(low <= high):
            raise ValueError(f"z^B needs low ≤ high; got low = {self.low}, high = {self.high}.")

    def sums(self, a):
        low, high = self._bounds(a)
        pairs = ((a.x - low, a.w_plus), (a.x - high, _minus(a.w)))
        bias = a.b if self.bias else None
        d = (a.z if self.bias else a.z_without_bias()) - a.constant(self)
        if self.low == self.high:  # that difference is rounding: every contribution is 0
            d = None
        return (
            Sum(
                pairs,
                bias,
                cancels=True,
                denominator=d,
                terms=("(x − l) w⁺", "(x − h) w⁻"),
                symbols=("x", "w", "x·w − l·w⁺ − h·w⁻"),
            ),
        )

    def constant(self, a):
        low, high = self._bounds(a)
        return a.layer.linear(low, a.w_plus) + a.layer.linear(high, _minus(a.w))

    def _bounds(self, a):
        return tuple(a.per_channel(values) * a.real for values in (self.low, self.high))


@dataclass(frozen=True)
class Proportional:
    r"""Share a window's relevance by activation strength; also used for an addition.

    R_i = x⁺_i / Σ_i' x⁺_i' · R_j; where a window has nothing above zero, x_i / Σ_i' x_i';
    a window of zeros passes nothing on. Padding takes no share. The post's average pooling.
    """

    name: ClassVar[str] = "proportional"
    equation: ClassVar[str] = r"R_i = \sum_j \frac{x_i}{\sum_{i'} x_{i'}} R_j"
    signed_equation: ClassVar[str] = r"R_i = \sum_j \frac{x_i^+}{\sum_{i'} x_{i'}^+} R_j"
    steps: ClassVar[tuple[str, ...]] = (
        r"z_j = \sum_i x_i",
        r"s_j = R_j / z_j",
        r"c_i = \sum_j s_j",
        r"R_i = x_i c_i",
    )
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
    """Pass relevance on from the real places; what falls on the places around them is booked.

    R_i = R_j for every place i of the layer below; the R_j of padding go to *padding*.
    """

    note: ClassVar[str] = "for the real places; what falls on the padding is booked"


def root_mean_square(z):
    """√(mean of z²) over all but the batch axis, with that axis's companions kept: (B, 1, …)."""
    import tensorflow as tf

    return tf.sqrt(tf.reduce_mean(z * z, list(range(1, z.shape.rank)), keepdims=True))


def _in_type_of(values, number):
    """A setting in the type of `values`; a plain number fits to any."""
    import tensorflow as tf

    return tf.cast(number, values.dtype) if tf.is_tensor(number) else number


def _bound(_, value):
    """A bound of z^B: a number, or a tuple of one a channel (a list would be no key)."""
    words = "Each of z^B's bounds, low and high,"
    several = isinstance(value, list | tuple) or getattr(value, "ndim", 0) == 1
    if not several or len(value) == 0:
        return checks.number(words, value)
    return tuple(checks.number(words, each) for each in value)


def _with(z, bias):
    return z if bias is None else z + bias


def _plus(x):
    import tensorflow as tf

    return tf.nn.relu(x)


def _minus(x):
    import tensorflow as tf

    return tf.minimum(x, tf.zeros((), x.dtype))


def _ones_like(x):
    import tensorflow as tf

    return tf.ones_like(x)


def _in_words(value):
    if isinstance(value, tuple):
        return f"({', '.join(map(_in_words, value))})"
    return f"{value:g}".replace("-", "−")


def _settle(rule, name, check, **limits):
    """Put the checked value of a setting in its place: the rules are frozen."""
    object.__setattr__(rule, name, check(name, getattr(rule, name), **limits))
