"""Questions of lesson 11: BatchNorm folded, additions, and where relevance ends up beyond VGG."""

from functools import cache

import numpy as np

from ..canonize import batch_norm, fold
from .questions import Choice, Number

# A BatchNorm behind a unit with one weight and a bias; its ε is left out.
GAMMA, BETA, MEAN, VARIANCE = 3.0, 0.5, 1.0, 4.0
WEIGHT, BIAS = 0.8, 0.2

# An addition whose ways nearly cancel.
SKIP, BRANCH = 2.0, -1.5

PICTURE = "star"
COMPOSITES = ("z-plus", "epsilon-alpha2-beta1", "overview-vgg")


def _bn():
    scale, offset = batch_norm([GAMMA], [BETA], [MEAN], [VARIANCE], epsilon=0)
    return float(scale[0]), float(offset[0])


@cache
def _folded():
    """(weight, bias) of the unit with the BatchNorm in it."""
    from ..layers import Dense

    dense = Dense(name="unit", kernel=np.array([[WEIGHT]]), bias=np.array([BIAS]))
    made = fold(dense, *(np.array([value]) for value in _bn()))
    return float(made.kernel[0, 0]), float(made.bias[0])


def _right_padding():
    """Which constant at the edges leaves a convolution's output as it was: the option's number."""
    from ..one_fold import fold_by_numbers

    folded = fold_by_numbers("right")
    after = {stage.name: stage.values for stage in folded.after}
    zero = -folded.offset / folded.scale
    differences = []
    for constant in (0.0, zero, folded.offset):
        row = np.pad(after["bn"], 1, constant_values=constant)
        output = np.correlate(row, folded.kernel, "valid") + folded.bias
        differences.append(np.abs(output - folded.before[-1].values).max())
    return int(np.argmin(differences))


@cache
def _addition(name):
    from ..one_unit import share_addition
    from ..rules import Proportional, Zero

    rule = {"proportional": Proportional(), "LRP-0": Zero()}[name]
    return float(share_addition(rule, (SKIP, BRANCH)).relevance[0])


@cache
def _last_addition():
    """The parts of the skip and the branch at mini-resnet's last addition, under z⁺."""
    from ..composite_maps import network_named
    from ..explaining import explain
    from ..images import load_image
    from ..joins import joins

    network = network_named("mini-resnet")
    join = joins(explain(network, load_image(PICTURE, network), start="logit"))[0]
    return join.name, [way.relevance / join.total for way in join.ways]


def _more_at_the_last():
    _, (skip, branch) = _last_addition()
    return 2 if abs(skip - branch) < 0.02 else 0 if skip > branch else 1


def _outcome(network, name):
    from ..composite_maps import outcome

    return outcome(network, PICTURE, name)


def _arrived(name):
    return _outcome("mini-resnet", name).arrived


def _gross():
    return [_outcome("mini-densenet", name).gross for name in COMPOSITES]


QUESTIONS = {
    "11-predict": Choice(
        text="In DenseNet a BatchNorm stands *before* its convolution: BN → ReLU → conv, and the "
        "convolution pads with 0. Scale and offset move into the convolution; of the ReLU a "
        "threshold is left, $\\max(x, t)$ with $t = -\\text{offset}/\\text{scale}$. With what must "
        "the convolution pad now, so that its output stays the same?",
        options=("Still with 0", "With t", "With the offset"),
        expected=_right_padding,
        why=(
            "What used to be 0 *behind* the BatchNorm: which value stands for it *before* it?",
            "t is the value that the BatchNorm turned into 0, so t stands for that 0 now.",
            "The offset is what the BatchNorm makes of 0. Which value does it turn *into* 0?",
        ),
        hint="Solve scale · x + offset = 0.",
        solution=lambda: (
            "Scale · t + offset = 0: t stands where 0 stood. Choose *pool → BN → ReLU → conv* "
            "below and compare the outputs."
        ),
    ),
    "11-fold": Number(
        text=f"A unit computes $z = {WEIGHT:g} x + {BIAS:g}$, and a BatchNorm follows with "
        f"$\\gamma = {GAMMA:g}$, $\\beta = {BETA:g}$, $\\mu = {MEAN:g}$, $\\sigma^2 = "
        f"{VARIANCE:g}$ (its ε left out). Which *bias* does the folded unit have?",
        hint="scale = γ/√σ², offset = β − scale·μ; and the old bias goes through the scale.",
        expected=lambda: _folded()[1],
        mistakes=(
            (lambda: BIAS + _bn()[1], "The old bias goes through the scale too."),
            (
                lambda: GAMMA / VARIANCE * BIAS + BETA - GAMMA / VARIANCE * MEAN,
                "Divide by the standard deviation, the root of the variance.",
            ),
            (lambda: _bn()[0] * BIAS + BETA, "The mean is subtracted before it is scaled."),
            (lambda: _folded()[0], "That is the new weight."),
            (lambda: _bn()[1], "That is the offset alone; the unit had a bias already."),
        ),
        solution=lambda: (
            f"scale $= {GAMMA:g}/\\sqrt{{{VARIANCE:g}}} = {_bn()[0]:g}$, offset $= {BETA:g} - "
            f"{_bn()[0]:g} \\cdot {MEAN:g} = {_bn()[1]:g}$; bias $= {_bn()[0]:g} \\cdot {BIAS:g} "
            f"{_bn()[1]:+g} = {_folded()[1]:g}$, and the weight $= {_folded()[0]:g}$."
        ),
        well_done="One unit instead of two layers, and the same output for every x.",
    ),
    "11-skip": Number(
        text=f"An addition gets ${SKIP:g}$ from its skip and ${BRANCH:g}$ from its branch, and "
        "holds $R = 1$. How much does the skip get under *LRP-0*?",
        hint="The addition puts out the sum of both; each way gets its value divided by that sum.",
        expected=lambda: _addition("LRP-0"),
        mistakes=(
            (lambda: _addition("proportional"), "That is the proportional way."),
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
    "11-way": Choice(
        text="Before you look: mini-resnet explains its star under z⁺. At its *last* addition, "
        "which way gets more of the relevance?",
        options=("The skip", "The branch with the convolutions", "Both the same"),
        expected=_more_at_the_last,
        why=("Read the first row of the table below.",) * 3,
        hint="This cannot be known: it depends on the weights and the picture. Guess, then look.",
        solution=lambda: (
            f"At {_last_addition()[0]} the skip gets {100 * _last_addition()[1][0]:.1f} %, the "
            f"branch {100 * _last_addition()[1][1]:.1f} %."
        ),
    ),
    "11-arrived": Number(
        text="mini-resnet, its star: which share of the start reaches the pixels under "
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
    "11-explodes": Choice(
        text="Choose mini-densenet, and wait for its maps. Under which of these composites is "
        "Σ|R| at the pixels many times the start?",
        options=COMPOSITES,
        expected=lambda: int(np.argmax(_gross())),
        why=(
            "z⁺ never hands on more than it has. Read Σ|R|.",
            "Its convolutions bound each unit's shares by α and −β. Read Σ|R|.",
            "Where LRP-0 and ε divide by sums that cancel, nothing bounds the shares.",
        ),
        hint="Read the line Σ|R| under each map.",
        solution=lambda: (
            ", ".join(
                f"{name} {value:.3g}" for name, value in zip(COMPOSITES, _gross(), strict=True)
            )
            + " times the start."
        ),
    ),
}
