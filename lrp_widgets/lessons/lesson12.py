"""Questions of lesson 12: BatchNorm folded into its neighbours."""

from functools import cache

import numpy as np

from ..networks.canonize import batch_norm, fold
from .code_questions import code_question
from .questions import Choice, Code, Number

# A BatchNorm behind a unit with one weight and a bias; its ε is left out.
GAMMA, BETA, MEAN, VARIANCE = 3.0, 0.5, 1.0, 4.0
WEIGHT, BIAS = 0.8, 0.2


def _bn():
    scale, offset, center = batch_norm([GAMMA], [BETA], [MEAN], [VARIANCE], epsilon=0)
    return float(scale[0]), float(offset[0] - scale[0] * center[0])


def _limit():
    """What the BatchNorm makes zero."""
    scale, offset = _bn()
    return -offset / scale


@cache
def _folded():
    """(weight, bias) of the unit with the BatchNorm in it."""
    from ..networks.layers import Dense

    dense = Dense(name="unit", kernel=np.array([[WEIGHT]]), bias=np.array([BIAS]))
    made = fold(dense, *(np.array([value]) for value in _bn()))
    return float(made.kernel[0, 0]), float(made.bias[0])


def _right_padding():
    """Which constant at the edges leaves a convolution's output as it was: the option's number."""
    from .experiments.one_batch_norm import fold_by_numbers

    folded = fold_by_numbers("right")
    after = {stage.name: stage.values for stage in folded.after}
    zero = -folded.offset / folded.scale
    differences = []
    for constant in (0.0, zero, folded.offset):
        row = np.pad(after["bn"], 1, constant_values=constant)
        output = np.correlate(row, folded.kernel, "valid") + folded.bias
        differences.append(np.abs(output - folded.before[-1].values).max())
    return int(np.argmin(differences))


def folded_weights(w, b, gamma, beta, mean, variance, epsilon):
    """The package's own folding of one unit; what the learner writes."""
    from ..networks.layers import Dense

    scale, offset, center = batch_norm([gamma], [beta], [mean], [variance], epsilon)
    unit = Dense(name="unit", kernel=np.reshape(w, (-1, 1)), bias=np.array([b]))
    made = fold(unit, scale, offset - scale * center)
    return np.append(made.kernel, made.bias)


def _cases():
    random = np.random.default_rng(12)
    cases = [(np.array([WEIGHT, -0.4]), BIAS, GAMMA, BETA, MEAN, VARIANCE, 0.0)]
    for count in (1, 4):
        numbers = random.uniform(0.5, 2.0, 5) * (1, -1, 1, 1, 1)
        cases.append((random.standard_normal(count), *map(float, numbers), 1e-3))
    return cases


def _without_epsilon(w, b, gamma, beta, mean, variance, epsilon):
    return folded_weights(w, b, gamma, beta, mean, variance, 0.0)


def _variance_itself(w, b, gamma, beta, mean, variance, epsilon):
    scale = gamma / (variance + epsilon)
    return np.append(scale * w, scale * (b - mean) + beta)


def _old_bias_as_it_was(w, b, gamma, beta, mean, variance, epsilon):
    scale = gamma / np.sqrt(variance + epsilon)
    return np.append(scale * w, b + beta - scale * mean)


QUESTIONS = {
    "12-predict": Choice(
        text="In DenseNet a BatchNorm stands *before* its convolution: BN → ReLU → conv, and the "
        "convolution pads with 0. The scale moves into the convolution; what is left of "
        "BatchNorm and ReLU is $\\max(x - t, 0)$ with $t = -\\text{offset}/\\text{scale}$. With "
        "what must the convolution pad now, so that its output stays the same?",
        options=("Still with 0", "With t", "With the offset"),
        expected=_right_padding,
        why=(
            "The limit is subtracted first: what was clipped to 0 is exactly 0 still.",
            "t is what BatchNorm turns into 0, and it has been subtracted. What is left of t?",
            "The offset is what BatchNorm makes of an x of 0; the padding stands *behind* it.",
        ),
        hint="Where the ReLU put out 0: what does max(x − t, 0) put out there?",
        solution=lambda: (
            "Still with 0: max(x − t, 0) is the ReLU's output divided by the scale, and 0 divided "
            "by the scale is 0. Choose *pool → BN → ReLU → conv* and compare the outputs."
        ),
    ),
    "12-fold": Number(
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
    "12-limit": Number(
        text=f"The same BatchNorm, $\\gamma = {GAMMA:g}$, $\\beta = {BETA:g}$, $\\mu = {MEAN:g}$, "
        f"$\\sigma^2 = {VARIANCE:g}$, stands before a ReLU and a convolution. It is moved to the "
        "right: which $t$ is left to be subtracted?",
        hint="t is what the BatchNorm turns into 0: solve scale · t + offset = 0.",
        expected=_limit,
        mistakes=(
            (lambda: _bn()[1], "That is the offset: what the BatchNorm makes of 0."),
            (lambda: MEAN, "That is the mean; β shifts the zero away from it."),
        ),
        solution=lambda: (
            f"$t = -\\text{{offset}}/\\text{{scale}} = {-_bn()[1]:g} / {_bn()[0]:g} = "
            f"{_limit():.3f}$."
        ),
        well_done="Everything up to t is switched off; what is above it counts from there.",
    ),
    "12-code": Code(
        cases=_cases,
        expected=folded_weights,
        mistakes=(
            (_without_epsilon, "BatchNorm adds its ε to the variance."),
            (_variance_itself, "Divide by the standard deviation, the root of the variance."),
            (_old_bias_as_it_was, "The old bias goes through the scale too."),
        ),
        **code_question("12-code"),
    ),
}
