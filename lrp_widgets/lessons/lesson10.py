"""Questions of lesson 10: the other rules, on one unit."""

from functools import cache

import numpy as np

from .code_questions import code_question
from .questions import Choice, Code, Number, shares_of

# The unit of the table: its terms nearly cancel.
X = (2.0, 1.0, 1.0)
W = (1.0, -1.6, 0.2)
B = -0.2
EPSILON = 0.5

SHAKEN = ("LRP-0", "αβ with α = 2", "z⁺", "w²")


@cache
def _shared(rule):
    from .experiments.one_unit import share_unit

    return share_unit(rule, X, W, B)


def _zero():
    from ..lrp.rules import Zero

    return _shared(Zero()).relevance


def _first_input():
    """How much the first input gets under LRP-0: the option's number."""
    first = _zero()[0]
    return 0 if first < 1 - 1e-6 else 1 if first < 1 + 1e-6 else 2


def _z():
    return float(np.dot(X, W)) + B


def _epsilon():
    from ..lrp.rules import Epsilon

    return float(_shared(Epsilon(EPSILON)).relevance[1])


def _alpha_beta():
    from ..lrp.rules import AlphaBeta

    return float(_shared(AlphaBeta(2, 1)).relevance[1])


LIMITS = ("LRP-0", "ε = 0.25", "z⁺", "flat")


def _limit_of_gamma():
    """Which of the rows γ comes to when it is made very large."""
    from ..lrp.rules import Epsilon, Flat, Gamma, Zero, ZPlus

    far = _shared(Gamma(1e6)).relevance
    rules = (Zero(), Epsilon(0.25), ZPlus(), Flat())
    return int(np.argmin([np.abs(_shared(rule).relevance - far).max() for rule in rules]))


def _shaken():
    from ..lrp.rules import AlphaBeta, WSquare, Zero, ZPlus

    return [_shared(rule).change for rule in (Zero(), AlphaBeta(2, 1), ZPlus(), WSquare())]


def gamma_rule(x, W, b, R, gamma):
    """The package's own γ-rule for a dense layer; what the learner writes."""
    from ..lrp.rules import Gamma
    from .experiments.one_dense import flows

    return flows(Gamma(gamma), x, W, R, b, epsilon=0.0).relevance


def _cases():
    random = np.random.default_rng(10)
    cases = [(np.array([2.0, 1.0]), np.array([[1.0], [-1.5]]), np.array([0.5]), np.ones(1), 0.5)]
    for inputs, outputs in ((3, 2), (5, 4)):
        shapes = ((inputs, outputs), (outputs,))
        weights, bias = (random.uniform(-0.6, 1.0, shape) for shape in shapes)
        x, R = random.random(inputs) + 0.2, random.random(outputs)
        cases.append((x, weights, bias, R, float(random.random() + 0.1)))
    return cases


def _rule(x, W, b, R, w, denominator_bias):
    return x * (w @ (R / (x @ w + denominator_bias)))


def _no_bias(x, W, b, R, gamma):
    return _rule(x, W, b, R, W + gamma * np.maximum(W, 0), 0)


def _plain_bias(x, W, b, R, gamma):
    return _rule(x, W, b, R, W + gamma * np.maximum(W, 0), b)


def _plain_weights_above(x, W, b, R, gamma):
    w = W + gamma * np.maximum(W, 0)
    return x * (W @ (R / (x @ w + b + gamma * np.maximum(b, 0))))


QUESTIONS = {
    "10-predict": Choice(
        text=f"A unit's inputs contribute {X[0] * W[0]:+g}, {X[1] * W[1]:+g} and "
        f"{X[2] * W[2]:+g}, and its bias is {B:g}: together $z = {_z():.1f}$. It holds $R = 1$. "
        "LRP-0 gives each input $x_i w_i / z$ of it. What does the *first* input get?".replace(
            "-", "−"
        ).replace("LRP−0", "LRP-0"),
        options=("Less than 1", "Exactly 1", "More than 1"),
        expected=_first_input,
        why=(
            "Divide its contribution by $z$.",
            "Divide its contribution by $z$: is $z$ as large as the contribution?",
            "Several times as much as there was. Another input gets less than nothing, so that "
            "the sum comes out.",
        ),
        hint="$x_1 w_1 / z$.",
        solution=lambda: (
            f"LRP-0 gives {_zero()[0]:.2f}, {_zero()[1]:.2f} and {_zero()[2]:.2f}, and the "
            "bias absorbs the rest."
        ),
    ),
    "10-shaken": Choice(
        text="Every input of this unit is shaken a little, by about one percent. Each rule shares "
        "again. Whose shares change most?",
        options=SHAKEN,
        expected=lambda: int(np.argmax(_shaken())),
        why=(
            "It divides by $z$, the small difference of large numbers: a little more or less in "
            "one of them is much in $z$.",
            "It divides each sign by its own sum, and neither is a difference. Read **1 % noise**.",
            "It divides by a sum of positive contributions. Read **1 % noise**.",
            "It shares by weights alone: the inputs take no part at all.",
        ),
        hint="Which of them divides by a difference?",
        solution=lambda: f"Measured: {shares_of(SHAKEN, _shaken())}.",
    ),
    "10-epsilon": Number(
        text="The same unit, with its values as they stood at first: contributions "
        f"${X[0] * W[0]:g}$, ${X[1] * W[1]:g}$, ${X[2] * W[2]:g}$, bias ${B:g}$, $R = 1$. Under "
        f"the ε-rule with $\\varepsilon = {EPSILON:g}$: what does the *second* input get?",
        hint="$x_2 w_2 / (z + \\varepsilon)$, with the bias in $z$.",
        expected=_epsilon,
        mistakes=(
            (lambda: _zero()[1], "That is LRP-0: the stabilizer belongs into the denominator."),
            (lambda: X[1] * W[1] / (_z() - B + EPSILON), "The ε-rule counts the bias as well."),
            (lambda: X[1] * W[1], "That is its contribution; divide by the denominator."),
        ),
        solution=lambda: (
            f"${X[1] * W[1]:g} / ({_z():.1f} + {EPSILON:g}) = {_epsilon():.3f}$. LRP-0 gives it "
            f"{_zero()[1]:g}."
        ),
        well_done="ε only damps: every input gets less, in the same proportion.",
    ),
    "10-alpha": Number(
        text="The same unit once more, under αβ with $\\alpha = 2$, $\\beta = 1$ and the bias "
        "counted: what does the *second* input get?",
        hint="It has the only negative contribution, but the bias is negative too: both stand in "
        "$z^-$. The rule subtracts β times the share.",
        expected=_alpha_beta,
        mistakes=(
            (lambda: -1.0, "The bias is negative as well, and takes its part of $z^-$."),
            (
                lambda: 2 * _alpha_beta(),
                "That is with α; negative contributions are shared with β.",
            ),
            (lambda: 0.0, "That is z⁺, or β = 0."),
        ),
        solution=lambda: (
            f"$-\\beta \\cdot \\frac{{{X[1] * W[1]:g}}}{{{X[1] * W[1]:g} {B:+g}}} \\cdot 1 = "
            f"{_alpha_beta():.3f}$."
        ),
        well_done="However small $z$ becomes, αβ never gives more than α and −β.",
    ),
    "10-gamma": Choice(
        text="Pull **γ** to its right end. Towards which other row does the row γ move?",
        options=LIMITS,
        expected=_limit_of_gamma,
        why=(
            "That is where γ = 0 is.",
            "Look at what input 2 gets when γ is large.",
            "The enlarged positive part outweighs all the rest. (This unit's bias is below zero; "
            "where it is above zero, the limit is z⁺ *with* bias.)",
            "Flat does not look at the contributions at all.",
        ),
        hint="Compare what the three inputs get.",
        solution=lambda: (
            f"With γ = 10⁶ the row is the row {LIMITS[_limit_of_gamma()]}: γ leads from LRP-0 "
            "to z⁺."
        ),
    ),
    "10-code": Code(
        cases=_cases,
        expected=gamma_rule,
        mistakes=(
            (_no_bias, "The denominator lacks the bias."),
            (_plain_bias, "A positive bias is enlarged too: `b + gamma * np.maximum(b, 0)`."),
            (_plain_weights_above, "Step c hands out by the enlarged weights as well."),
        ),
        **code_question("10-code"),
    ),
}
