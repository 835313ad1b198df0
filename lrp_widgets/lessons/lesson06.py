"""Questions of lesson 6: the input layer."""

from functools import cache

import numpy as np

from ..lrp.rules import Ones, ZPlus
from .experiments.brightness import both_maps, brighter, goes_along
from .experiments.input_rules import RULES
from .experiments.loaded import image, network
from .experiments.one_dense import flows
from .experiments.one_unit import share_unit
from .questions import Choice, Number

# A window that holds a dark line, and the weights of a unit that looks for one.
LINE = np.array([1.0, 0.0, 1.0])
LOOKS_FOR_LINE = np.array([1.0, -2.0, 1.0])
MIDDLE = 1  # the line's pixel, counted from 0

# The same unit over a line that is not quite black, for the task about z^B.
GRAY_LINE = np.array([0.9, 0.2, 0.5])

# One unit of the first layer, and the three pixels that it sees.
X = np.array([0.0, 0.2, 0.8])
W = np.array([[1.0], [2.0], [1.0]])
SHIFT = 0.5
THIRD = 2  # the pixel asked for, counted from 0

DARK = -100
MEASURED, DARKEST = "heart", "ring"  # pictures of the two questions about mini-vgg


def _shares(rule, x=X):
    return flows(rule, x, W, [1.0]).relevance


def _of_line(rule, x=LINE):
    """What a window gets of R = 1 of the unit that looks for a dark line."""
    return share_unit(rule, x, LOOKS_FOR_LINE).relevance


def compared():
    """Say in Markdown what each rule gives to the three pixels of the dark line."""
    depends = {"z⁺, the pixels": ("w⁺", "yes"), "z⁺, x = 1": ("w⁺", "no"), "w²": ("w²", "no")}
    depends |= {"z^B": ("w", "yes"), "flat": ("nothing", "no")}
    rows = [
        f"| {name.replace('z^B', '$z^B$')} | "
        + " | ".join(f"{r:.2f}" for r in _of_line(rule))
        + " | "
        f"{depends[name][0]} | {depends[name][1]} |"
        for name, rule in RULES.items()
    ]
    head = (
        f"| rule | $x_1 = {LINE[0]:g}$, $w_1 = {LOOKS_FOR_LINE[0]:g}$ "
        f"| $x_2 = {LINE[1]:g}$, $w_2 = {LOOKS_FOR_LINE[1]:g}$ "
        f"| $x_3 = {LINE[2]:g}$, $w_3 = {LOOKS_FOR_LINE[2]:g}$ | goes by | looks at the pixels |"
    )
    return "\n".join([head, "|---|---:|---:|---:|---|---|", *rows])


def _line_choice():
    share = _of_line(Ones())[MIDDLE]
    return int(np.argmin(np.abs(np.array([0.5, 1 / 3, 0.0]) - share)))


def _credits(rule):
    """Whether a rule gives the dark pixel more than each of its bright neighbours."""
    shares = _of_line(rule)
    return shares[MIDDLE] > max(np.delete(shares, MIDDLE)) + 1e-6


def _loses_when_bright(rule):
    bright = LINE.copy()
    bright[MIDDLE] = 1.0
    return _of_line(rule, bright)[MIDDLE] < _of_line(rule)[MIDDLE] - 1e-6


_CANDIDATES = ("z⁺, x = 1", "w²", "z^B", "flat")


def _both():
    """The rule that credits the line, and only while it is dark: the option's number."""
    [found] = [
        k
        for k, name in enumerate(_CANDIDATES)
        if _credits(RULES[name]) and _loses_when_bright(RULES[name])
    ]
    return found


def _from_below():
    """What the line gets if it counts by how far it is above the lowest value."""
    parts = GRAY_LINE * np.abs(LOOKS_FOR_LINE)
    return (parts / parts.sum())[MIDDLE]


def _box(x=GRAY_LINE):
    return _of_line(RULES["z^B"], x)[MIDDLE]


@cache
def _dark(name):
    """Both explanations by mini-vgg of a picture made darker."""
    return both_maps(network(), brighter(image(name), DARK))


def _correlations():
    return [goes_along(e) for e in _dark(MEASURED).values()]


def _total(rule):
    return _dark(DARKEST)[rule].totals["input"]


def _bias():
    return _dark(DARKEST)[None].layers[1].absorbed["bias"]


def _listed(values):
    return ", ".join(f"{value:g}" for value in np.ravel(values))


QUESTIONS = {
    "06-predict": Choice(
        text="A pixel is black: its value is $x_i = 0$. Suppose that the first layer shares by the "
        "z⁺-rule of lesson 2, with the pixels as its inputs. How much relevance does the black "
        "pixel receive?",
        options=(
            "None, whatever its weight",
            "As much as its neighbours",
            "It depends on its weight",
        ),
        expected=lambda: (
            0 if flows(ZPlus(), [0.0, 1.0], [[5.0], [1.0]], [1.0]).relevance[0] == 0 else 2
        ),
        why=(
            "Its contribution $x_i w^+_{ij}$ is 0 for every unit.",
            "Look at the rule: what does it make of $x_i = 0$?",
            "The weight is multiplied by $x_i$. What if that is 0?",
        ),
        hint="Put $x_i = 0$ into the rule.",
        solution=lambda: "$0 \\cdot w^+_{ij} s_j = 0$ for every $j$, whatever the weights.",
    ),
    "06-line": Choice(
        text=f"The unit with the weights $w = ({_listed(LOOKS_FOR_LINE)})$ sees just what it looks "
        f"for, a dark line: $x = ({_listed(LINE)})$. Now we share by z⁺ with $x = 1$ in place of "
        "all three pixels. What share does the dark pixel in the middle receive?",
        options=("Half: its weight is the largest in size", "A third, as every pixel", "None"),
        expected=_line_choice,
        why=(
            "The size of its weight is 2, but what is its sign? Which weights does z⁺ count?",
            "With $x = 1$ the pixels are equal. Are the weights?",
            "Its weight is negative, so $w^+ = 0$, and no $x$ can change that.",
        ),
        hint="What is $w^+$ for a negative weight?",
        solution=lambda: (
            f"$w^+ = ({_listed(np.maximum(LOOKS_FOR_LINE, 0))})$, so the three pixels receive "
            f"{_listed(_of_line(Ones()).round(3))}: all goes to the bright neighbours. With the "
            f"pixels themselves it is the same here: {_listed(_of_line(ZPlus()).round(3))}."
        ),
    ),
    "06-ones": Number(
        text=f"Another unit sees three pixels, $x = ({_listed(X)})$, through the weights "
        f"$w = ({_listed(W)})$, and has $R = 1$. How much does pixel 1, the black one, receive "
        "under z⁺ with $x = 1$?",
        hint="Every pixel counts by its positive weight alone: $w^+_i / \\sum w^+$.",
        expected=lambda: _shares(Ones())[0],
        mistakes=(
            (lambda: _shares(ZPlus())[0], "That would be right with the pixels themselves."),
            (lambda: 1 / 3, "The weights still count: they are not all equal."),
            (lambda: _shares(Ones())[1], "That is what pixel 2 receives."),
        ),
        solution=lambda: (
            f"$1 / (1 + 2 + 1) = {_shares(Ones())[0]:.2f}$. With the pixels themselves the three "
            f"receive {_listed(_shares(ZPlus()).round(3))}; with $x = 1$ they receive "
            f"{_listed(_shares(Ones()).round(3))}."
        ),
        well_done="Its positive weight decides, not how bright it is.",
    ),
    "06-box": Number(
        text=f"The unit with $w = ({_listed(LOOKS_FOR_LINE)})$ sees a line that is not quite "
        f"black: $x = ({_listed(GRAY_LINE)})$. It has $R = 1$ and shares by $z^B$, with $l = 0$ "
        "and $h = 1$. How much does the pixel in the middle receive?",
        hint="Positive weights: $(x_i - 0)\\, w_i$. Negative weights: $(1 - x_i)\\, |w_i|$.",
        expected=_box,
        mistakes=(
            (lambda: 0.0, "That is z⁺: there a negative weight counts as 0."),
            (lambda: _of_line(RULES["w²"], GRAY_LINE)[MIDDLE], "That is the w²-rule."),
            (lambda: 1 / 3, "That is the flat rule."),
            (lambda: _box(LINE), "That would be right for a black line, with white beside it."),
            (
                _from_below,
                "Under a negative weight, count how far the pixel is *below* the highest value.",
            ),
        ),
        solution=lambda: (
            rf"$\frac{{(1 - {GRAY_LINE[1]:g}) \cdot 2}}{{{GRAY_LINE[0]:g} \cdot 1 + "
            rf"(1 - {GRAY_LINE[1]:g}) \cdot 2 + {GRAY_LINE[2]:g} \cdot 1}} = {_box():.3f}$."
        ),
        well_done="Dark under a negative weight counts as bright under a positive one.",
    ),
    "06-both": Choice(
        text="Which of these rules gives the dark line more than its neighbours, *and* takes it "
        "back when somebody paints the line white?",
        options=_CANDIDATES,
        expected=_both,
        why=(
            "Its line gets nothing in the first place: try it in the table.",
            "It credits the line, black or white: it never looks at the pixels.",
            "It goes by the weights *and* by the pixels, in both directions.",
            "It gives every pixel the same, whatever is there.",
        ),
        hint="Try it in the table: $w = (1, -2, 1)$, and $x_2$ from 0 to 1.",
        solution=lambda: (
            f"$z^B$: the middle gets {_box(LINE):.2f} while it is black, and "
            f"{_box(np.ones(3)):.2f} when it is white. Under w² it gets "
            f"{_of_line(RULES['w²'])[MIDDLE]:.2f} either way."
        ),
    ),
    "06-shift": Number(
        text=f"The unit with $w = ({_listed(W)})$ again, under z⁺ with the *pixels themselves*. "
        f"Somebody turns up the light: every pixel grows by {SHIFT:g}, to "
        f"$x = ({_listed(X + SHIFT)})$. How much does pixel 3 receive now?",
        hint="$x_3 w^+_3$ over the sum of all three products.",
        expected=lambda: _shares(ZPlus(), X + SHIFT)[THIRD],
        mistakes=(
            (lambda: _shares(ZPlus())[THIRD], "That was right before the light was turned up."),
            (lambda: _shares(Ones())[THIRD], "That is right with x = 1."),
            (
                lambda: (X + SHIFT)[THIRD] / (X + SHIFT).sum(),
                "You left out the weights.",
            ),
        ),
        solution=lambda: (
            rf"$\frac{{1.3 \cdot 1}}{{0.5 \cdot 1 + 0.7 \cdot 2 + 1.3 \cdot 1}} = "
            f"{_shares(ZPlus(), X + SHIFT)[THIRD]:.3f}$. Before, it was "
            f"{_shares(ZPlus())[THIRD]:.3f}, though the picture shows the same thing. With "
            f"$x = 1$ it is {_shares(Ones())[THIRD]:.3f} both times."
        ),
        well_done="The same thing in another light gives another map: a bias towards brightness.",
    ),
    "06-measure": Choice(
        text=f"The picture *{MEASURED}* is darkened by {-DARK}. In which map does relevance follow "
        "brightness more closely: where is the correlation of the two larger?",
        options=("With x = 1", "With the pixels themselves", "Both alike"),
        expected=lambda: int(np.argmax(_correlations())),
        why=(
            "There the pixel's own value takes no part in the first layer. Measure it below.",
            "Each value multiplies its own relevance. Measure below how much that is.",
            "One of the two equations contains $x_i$, the other does not. Measure it below.",
        ),
        hint="Which equation contains the pixel's own value?",
        solution=lambda: (
            f"Measured: {_correlations()[0]:.2f} with x = 1, {_correlations()[1]:.2f} with the "
            "pixels themselves."
        ),
    ),
    "06-sum": Choice(
        text=f"Darkened by {-DARK}, the picture *{DARKEST}* is black in large parts. All classes "
        "are explained (softmax), so the total is 1 at the output. What is it at the pixels, under "
        "z⁺ with the pixels themselves?",
        options=("1", "Less than 1", "More than 1"),
        expected=lambda: 0 if abs(_total(None) - 1) < 1e-3 else 1 if _total(None) < 1 else 2,
        why=(
            "What can a unit share by if all pixels that it sees are 0?",
            "A unit that sees only black is driven by its bias alone, and has nothing to share by.",
            "The shares of a unit never add up to more than 1.",
        ),
        hint="Take a unit whose whole window is black: all its $x_i w^+_{ij}$ are 0.",
        solution=lambda: (
            f"Measured: {_total(None):.3f}. The ledger has the rest: the *bias* of the first "
            f"layer absorbed {_bias():.3f}. With x = 1 the total is {_total('ones'):.3f}."
        ),
    ),
}
