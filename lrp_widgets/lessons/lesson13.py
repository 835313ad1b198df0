"""Questions of lesson 13: where branches are added or put side by side, and what arrives."""

from functools import cache

import numpy as np

from .code_questions import code_question
from .experiments.loaded import explained
from .experiments.merge_layers import merge_layers
from .questions import Choice, Code, Number

# An addition whose branches nearly cancel.
SKIP, BRANCH = 2.0, -1.5

PICTURE = "star"
COMPOSITES = ("z-plus", "epsilon-alpha2-beta1", "LRP-0")


@cache
def _addition(name):
    from ..lrp.rules import Proportional, Zero
    from .experiments.one_unit import share_addition

    rule = {"proportional": Proportional(), "LRP-0": Zero()}[name]
    return float(share_addition(rule, (SKIP, BRANCH)).relevance[0])


def _last_addition():
    """The parts of the skip and the branch at mini-resnet's last addition, under z⁺."""
    layer = merge_layers(explained(PICTURE, "mini-resnet", start="logit"))[0]
    return layer.name, [each.relevance / layer.total for each in layer.branches]


def _more_at_the_last():
    _, (skip, branch) = _last_addition()
    return 2 if abs(skip - branch) < 0.02 else 0 if skip > branch else 1


def _outcome(network, name):
    from .experiments.compare_composites import outcome

    return outcome(network, PICTURE, name)


def _arrived(name):
    return _outcome("mini-resnet", name).arrived


def _gross():
    return [_outcome("mini-densenet", name).gross for name in COMPOSITES]


def share_addition(skip, branch, R):
    """The package's own proportional sharing, unit by unit; what the learner writes."""
    from ..lrp.rules import Proportional
    from .experiments.one_unit import share_addition as shared

    pairs = zip(np.ravel(skip), np.ravel(branch), np.ravel(R), strict=True)
    parts = [shared(Proportional(), (a, b), R=r).relevance[0] for a, b, r in pairs]
    return np.reshape(parts, np.shape(skip))


def _cases():
    random = np.random.default_rng(13)
    small = np.array([2.0, 1.0, 3.0]), np.array([2.0, -0.5, 0.0]), np.array([1.0, 1.0, 2.0])
    shape = (3, 4)
    large = (random.standard_normal(shape) + 0.5 for _ in range(2))
    # Somewhere both are above zero, so that nothing is left without a sum to share by.
    return [small, (*map(np.abs, large), random.random(shape))]


def _signed(skip, branch, R):
    return skip / np.where(skip + branch == 0, 1, skip + branch) * R


def _halves(skip, branch, R):
    return R / 2


def _the_branch(skip, branch, R):
    return R - share_addition(skip, branch, R)


QUESTIONS = {
    "13-skip": Number(
        text=f"An addition gets ${SKIP:g}$ from its skip and ${BRANCH:g}$ from its branch, and "
        "holds $R = 1$. How much does the skip get under *LRP-0*?",
        hint="The addition puts out the sum of both; each gets its value divided by that sum.",
        expected=lambda: _addition("LRP-0"),
        mistakes=(
            (lambda: _addition("proportional"), "That is the proportional rule."),
            (lambda: SKIP / (SKIP - BRANCH), "LRP-0 divides by the sum with signs, not by sizes."),
            (lambda: SKIP, "Divide by what the addition puts out."),
        ),
        solution=lambda: (
            f"${SKIP:g} / ({SKIP:g} {BRANCH:+g}) = {_addition('LRP-0'):g}$, and the branch "
            f"${1 - _addition('LRP-0'):g}$. In proportion the skip gets "
            f"{_addition('proportional'):g}."
        ),
        well_done="An addition is a unit with weights of one: it has the same weak spot.",
    ),
    "13-way": Choice(
        text="mini-resnet explains its star under z⁺. At its *last* addition, "
        "which of the two gets more of the relevance?",
        options=("The skip", "The branch with the convolutions", "Both the same"),
        expected=_more_at_the_last,
        why=("Read the first row of the table below.",) * 3,
        hint="This cannot be known: it depends on the weights and the picture. Guess, then look.",
        solution=lambda: (
            f"At {_last_addition()[0]} the skip gets {100 * _last_addition()[1][0]:.1f} %, the "
            f"branch {100 * _last_addition()[1][1]:.1f} %."
        ),
    ),
    "13-arrived": Number(
        text="mini-resnet, its star: what share of the initial relevance reaches the pixels under "
        "*epsilon-gamma-box*? Read it below its map.",
        hint="The line *arrived*.",
        expected=lambda: _arrived("epsilon-gamma-box"),
        tolerance=0.02,
        mistakes=(
            (lambda: _arrived("z-plus"), "That is z-plus."),
            (lambda: _arrived("overview-vgg"), "That is overview-vgg."),
            (
                lambda: _outcome("mini-resnet", "epsilon-gamma-box").gross,
                "That is Σ|R|; what arrives is counted with its signs.",
            ),
            (lambda: 1 - _arrived("epsilon-gamma-box"), "That is what did not arrive."),
        ),
        solution=lambda: f"{100 * _arrived('epsilon-gamma-box'):.1f} %.",
        well_done="γ counts biases in its denominators: the ledger has the rest.",
    ),
    "13-explodes": Choice(
        text="mini-densenet explains its star. Under which of these composites is Σ|R| at the "
        "pixels many times the initial relevance?",
        options=COMPOSITES,
        expected=lambda: int(np.argmax(_gross())),
        why=(
            "z⁺ never hands on more than it has. Read Σ|R|.",
            "Its convolutions bound each unit's shares by α and −β. Read Σ|R|.",
            "Where LRP-0 and ε divide by sums that cancel, nothing bounds the shares.",
        ),
        hint="Which of them lets many layers, one after the other, divide by sums that cancel?",
        solution=lambda: (
            ", ".join(
                f"{name} {value:.3g}" for name, value in zip(COMPOSITES, _gross(), strict=True)
            )
            + " times the initial relevance."
        ),
    ),
    "13-code": Code(
        cases=_cases,
        expected=share_addition,
        mistakes=(
            (_signed, "That is LRP-0: a value below zero gets nothing in proportion."),
            (_halves, "In proportion to the two values, not half each."),
            (_the_branch, "That is what the branch gets."),
        ),
        **code_question("13-code"),
    ),
}
