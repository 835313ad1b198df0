"""Questions of lesson 2: the z⁺-rule in a dense layer."""

import numpy as np

from .code_questions import code_question
from .questions import Choice, Code, Number

# The layer that the tasks are about: three inputs, two outputs.
X = np.array([1.0, 2.0, 0.5])
W = np.array([[0.8, -0.5], [0.3, 1.0], [-0.8, 0.4]])  # W[i, j] leads from input i to output j
R = np.array([0.6, 0.4])


def z_plus(x, W, R):
    """The rule as the lesson writes it: R_i = Σ_j x_i w⁺_ij / Σ_i' x_i' w⁺_i'j · R_j."""
    w = np.maximum(W, 0)
    z = x @ w
    s = R / z
    c = w @ s
    return x * c


def _share():
    return X[0] * W[0, 0] / (X @ np.maximum(W[:, 0], 0))


def _signed_share():
    return X[0] * W[0, 0] / (X @ W[:, 0])


def _weight_share():
    return W[0, 0] / np.maximum(W[:, 0], 0).sum()


def _cases():
    random = np.random.default_rng(2)
    cases = [(X, W, R)]
    for inputs, outputs in ((4, 3), (5, 2), (2, 6)):
        cases.append(
            (
                random.random(inputs),
                # Every output has something to share by: dividing by zero is lesson 3.
                np.vstack([random.standard_normal((inputs - 1, outputs)), np.ones(outputs)]),
                random.random(outputs),
            )
        )
    return cases


def _with_signed_weights(x, W, R):
    return x * (W @ (R / (x @ W)))


def _without_x(x, W, R):
    w = np.maximum(W, 0)
    return w @ (R / (x @ w))


_GIVEN = (
    "$x = (1, 2, 0.5)$, $R = (0.6, 0.4)$, and the weights "
    "$w_{11} = 0.8,\\ w_{21} = 0.3,\\ w_{31} = -0.8$ to output 1, "
    "$w_{12} = -0.5,\\ w_{22} = 1,\\ w_{32} = 0.4$ to output 2."
)

QUESTIONS = {
    "02-share": Number(
        text=f"A layer has {_GIVEN}\n\nWhat share of output 1’s relevance goes to input 1?",
        hint="Only positive weights count: $x_1 w^+_{11}$ over the sum of all $x_i w^+_{i1}$.",
        expected=_share,
        mistakes=(
            (_signed_share, "You counted $w_{31}$, which is negative: $w^+_{31} = 0$."),
            (_weight_share, "You left out the inputs: a contribution is $x_i w^+_{i1}$."),
            (
                lambda: _share() * R[0],
                "That is the relevance that it gets; the question is which share.",
            ),
        ),
        solution=lambda: (
            "$z_1 = 1 \\cdot 0.8 + 2 \\cdot 0.3 + 0.5 \\cdot 0$ "
            f"$= {X @ np.maximum(W[:, 0], 0):g}$, so the share is "
            f"$0.8 / {X @ np.maximum(W[:, 0], 0):g} = {_share():.4f}$."
        ),
        well_done="Its contribution over the sum of all contributions.",
    ),
    "02-received": Number(
        text="In the same layer: how much relevance does input 2 receive, from both outputs?",
        hint="Take its share of each output, times that output's relevance, and add the two.",
        expected=lambda: z_plus(X, W, R)[1],
        mistakes=(
            (
                lambda: X[1] * W[1, 0] / (X @ np.maximum(W[:, 0], 0)) * R[0],
                "That is what output 1 gives it; output 2 gives it some as well.",
            ),
            (
                lambda: X[1] * W[1, 1] / (X @ np.maximum(W[:, 1], 0)) * R[1],
                "That is what output 2 gives it; output 1 gives it some as well.",
            ),
        ),
        solution=lambda: (
            f"From output 1: ${X[1] * W[1, 0] / (X @ np.maximum(W[:, 0], 0)):.4f} \\cdot 0.6$, "
            f"from output 2: ${X[1] * W[1, 1] / (X @ np.maximum(W[:, 1], 0)):.4f} \\cdot 0.4$; "
            f"together ${z_plus(X, W, R)[1]:.4f}$."
        ),
        well_done="Each output shares out on its own; what arrives at an input adds up.",
    ),
    "02-predict": Choice(
        text="A dense layer has three inputs and two outputs. Each output hands all its relevance "
        "to the inputs, in proportion to what they contributed to it. Now input 3 is set to 0, so "
        "that it contributes nothing. What happens to the *sum* of the three inputs’ relevance?",
        options=("It gets smaller", "It stays the same", "It gets larger"),
        expected=lambda: 1,
        why=(
            "Input 3 gets nothing any more. Who gets what it had?",
            "The shares of each output add up to 1, however many inputs take part.",
            "The others share what input 3 had. Does anything come from elsewhere?",
        ),
        hint="Each output hands out exactly its own relevance.",
        solution=lambda: (
            f"With input 3 at 0 the inputs get {_listed(z_plus(X * [1, 1, 0], W, R))}, "
            f"in sum {z_plus(X * [1, 1, 0], W, R).sum():g}; before, {_listed(z_plus(X, W, R))}, "
            f"in sum {z_plus(X, W, R).sum():g}."
        ),
    ),
    "02-code": Code(
        cases=_cases,
        expected=z_plus,
        mistakes=(
            (_with_signed_weights, "Your weights still include the negative ones: take $w^+$."),
            (_without_x, "This is step c; the last step multiplies by $x$."),
        ),
        **code_question("02-code"),
    ),
}


def _listed(values):
    return ", ".join(f"{value:.3f}" for value in values)
