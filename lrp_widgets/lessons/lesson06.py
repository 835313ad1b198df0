"""Questions of lesson 6: the input layer."""

from functools import cache

import numpy as np

from ..one_dense import flows
from ..rules import Ones, ZPlus
from .questions import Choice, Number

# One unit of the first layer, and the three pixels that it sees.
X = np.array([0.0, 0.2, 0.8])
W = np.array([[1.0], [2.0], [1.0]])
SHIFT = 0.5
THIRD = 2  # the pixel asked for, counted from 0

DARK = -100
MEASURED, DARKEST = "heart", "ring"  # pictures of the two questions about mini-vgg


def _shares(rule, x=X):
    return flows(rule, x, W, [1.0]).relevance


@cache
def _dark(name):
    """Both explanations by mini-vgg of a picture made darker."""
    from .. import load_image, load_network
    from ..brightness import both_maps, brighter

    network = load_network("mini-vgg")
    return both_maps(network, brighter(load_image(name, network), DARK))


def _correlations():
    from ..brightness import goes_along

    return [goes_along(e) for e in _dark(MEASURED).values()]


def _total(rule):
    return _dark(DARKEST)[rule].totals["input"]


def _bias():
    return _dark(DARKEST)[None].layers[1].absorbed["bias"]


def _listed(values):
    return ", ".join(f"{value:g}" for value in np.ravel(values))


QUESTIONS = {
    "06-predict": Choice(
        text="A pixel is black: its three values are $x = 0$. The first layer shares by the "
        "z⁺-rule with the pixels themselves, $R_i = \\sum_j x_i w^+_{ij} s_j$. "
        "How much relevance does the black pixel receive?",
        options=(
            "None, whatever the network looks for there",
            "As much as its neighbours",
            "It depends on the weights",
        ),
        expected=lambda: (
            0 if flows(ZPlus(), [0.0, 1.0], [[5.0], [1.0]], [1.0]).relevance[0] == 0 else 2
        ),
        why=(
            "And black may be just what matters: think of a black letter on white paper.",
            "Look at the equation: what does it make of $x_i = 0$?",
            "They are multiplied by $x_i$. What if that is 0?",
        ),
        hint="Put $x_i = 0$ into the equation.",
        solution=lambda: "$0 \\cdot w^+_{ij} s_j = 0$ for every $j$, whatever the weights are.",
    ),
    "06-ones": Number(
        text=f"A unit of the first layer sees three pixels, $x = ({_listed(X)})$, through the "
        f"weights $w = ({_listed(W)})$, and has $R = 1$. How much does pixel 1, the black one, "
        "receive with $x = 1$?",
        hint="Every pixel counts by its positive weight alone: $w^+_i / \\sum w^+$.",
        expected=lambda: _shares(Ones())[0],
        mistakes=(
            (lambda: _shares(ZPlus())[0], "That is so with the pixels themselves."),
            (lambda: 1 / 3, "The weights still count: they are not all equal."),
            (lambda: _shares(Ones())[1], "That is what pixel 2 receives."),
        ),
        solution=lambda: (
            f"$1 / (1 + 2 + 1) = {_shares(Ones())[0]:.2f}$. With the pixels themselves the three "
            f"receive {_listed(_shares(ZPlus()).round(3))}; with $x = 1$ they receive "
            f"{_listed(_shares(Ones()).round(3))}."
        ),
        well_done="What the network looks for decides, not how bright the pixel is.",
    ),
    "06-shift": Number(
        text=f"The same unit, with the *pixels themselves*. Somebody turns up the light: every "
        f"pixel grows by {SHIFT:g}, to $x = ({_listed(X + SHIFT)})$. "
        "How much does pixel 3 receive now?",
        hint="$x_3 w^+_3$ over the sum of all three products.",
        expected=lambda: _shares(ZPlus(), X + SHIFT)[THIRD],
        mistakes=(
            (lambda: _shares(ZPlus())[THIRD], "That was so before the light was turned up."),
            (lambda: _shares(Ones())[THIRD], "That is so with x = 1."),
            (
                lambda: (X + SHIFT)[THIRD] / (X + SHIFT).sum(),
                "You have left out the weights.",
            ),
        ),
        solution=lambda: (
            rf"$\frac{{1.3 \cdot 1}}{{0.5 \cdot 1 + 0.7 \cdot 2 + 1.3 \cdot 1}} = "
            f"{_shares(ZPlus(), X + SHIFT)[THIRD]:.3f}$. Before, it was "
            f"{_shares(ZPlus())[THIRD]:.3f}, though the picture shows the same thing. With "
            f"$x = 1$ it is {_shares(Ones())[THIRD]:.3f} both times."
        ),
        well_done="The same thing in another light, and another map: a bias of brightness.",
    ),
    "06-measure": Choice(
        text=f"Before you move the slider: the picture *{MEASURED}* is made darker by {-DARK}. "
        "In which map does relevance go along with brightness more closely, that is, where is "
        "the correlation of the two larger?",
        options=("With x = 1", "With the pixels themselves", "In both alike"),
        expected=lambda: int(np.argmax(_correlations())),
        why=(
            "There the pixel's own value takes no part in the first layer. Measure it below.",
            "Each value multiplies its own relevance. How large is the difference? Measure below.",
            "One of the two equations holds $x_i$, the other does not. Measure it below.",
        ),
        hint="Which equation contains the pixel's own value?",
        solution=lambda: (
            f"Measured: {_correlations()[0]:.2f} with x = 1, {_correlations()[1]:.2f} with the "
            "pixels themselves."
        ),
    ),
    "06-sum": Choice(
        text=f"The picture *{DARKEST}* made darker by {-DARK} is black in wide parts. The start is "
        "softmax, so the sum of the relevance begins with 1. What is the sum at the pixels, with "
        "the pixels themselves?",
        options=("1", "Less than 1", "More than 1"),
        expected=lambda: 0 if abs(_total(None) - 1) < 1e-3 else 1 if _total(None) < 1 else 2,
        why=(
            "What can a unit share by, if all pixels that it sees are 0?",
            "A unit that sees only black is driven by its bias alone, and has nothing to share by.",
            "Shares of a unit never add up to more than 1.",
        ),
        hint="Take a unit whose whole window is black: all its $x_i w^+_{ij}$ are 0.",
        solution=lambda: (
            f"Measured: {_total(None):.3f}. The ledger has the rest: {_bias():.3f} was booked to "
            f"*bias* in the first layer. With x = 1 the sum is {_total('ones'):.3f}."
        ),
    ),
}
