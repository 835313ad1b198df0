"""Questions of lesson 3: conservation, and where relevance goes when it fails."""

from functools import cache

import numpy as np

from .code_questions import code_question
from .experiments.loaded import image, network
from .questions import Choice, Code, Number

# The layer of the graph: output 1 has only negative weights, and a bias that drives it alone.
X = (1.0, 2.0, 0.5)
W = ((-0.5, -0.5), (-0.3, 1.0), (-0.4, 0.4))  # W[i][j] leads from input i to output j
B = (2.0, 0.5)
R = (0.6, 0.4)
EPSILON = 0.5

# The layers of mini-vgg that the learner chooses from.
CANDIDATES = ("predictions", "fc1", "block4_conv2", "block1_conv2")


def rules():
    """The rules that the graph offers, {name: rule}."""
    from ..lrp.rules import Epsilon, ZPlus

    return {"z⁺": ZPlus(), "z⁺ with bias": ZPlus(bias=True), f"ε = {EPSILON:g}": Epsilon(EPSILON)}


def ledger(x, w, b, R, epsilon):
    """What of one unit goes to the inputs, the bias, the stabilizer: the package's own ε-rule."""
    from ..lrp.rules import Epsilon
    from .experiments.one_dense import flows

    found = flows(Epsilon(epsilon), x, np.reshape(w, (-1, 1)), [R], [b])
    absorbed = found.absorbed
    return np.array([found.relevance.sum(), absorbed["bias"].sum(), absorbed["stabilizer"].sum()])


@cache
def _flows(name):
    from .experiments.one_dense import flows

    return flows(rules()[name], X, W, R, B)


@cache
def _explained(rule, power):
    from .experiments.conservation import explain_by_one_rule

    return explain_by_one_rule(network(), image("star"), rule, 10.0**power)


def _reaching_inputs():
    """Which part of R₁ the inputs get under z⁺: the option's number."""
    share = _flows("z⁺").relevance_of_edges[:, 0].sum() / R[0]
    return 0 if share > 0.999 else 2 if abs(share) < 1e-6 else 1


def _z(j):
    return float(np.dot(X, np.array(W)[:, j])) + B[j]


def _to_stabilizer():
    return _flows(f"ε = {EPSILON:g}").absorbed["stabilizer"][0]


def _arrived(power):
    e = _explained("z-plus", power)
    return e.layers[0].total / e.start_total


def _absorbs_most():
    e = _explained("z-plus-bias", -9)
    return int(np.argmax([e[name].absorbed["bias"] for name in CANDIDATES]))


def _cases():
    random = np.random.default_rng(3)
    cases = [(np.array([1.0, 2.0]), np.array([0.5, -1.0]), 0.25, 1.0, 0.5)]
    for inputs in (3, 4, 6):
        x, w = random.random(inputs), random.standard_normal(inputs)
        cases.append((x, w, *(float(v) for v in (random.standard_normal(), *random.random(2)))))
    return cases


def _without_sign(x, w, b, R, epsilon):
    return np.array([x @ w, b, epsilon]) / (x @ w + b + epsilon) * R


def _bias_not_counted(x, w, b, R, epsilon):
    e = epsilon * np.sign(x @ w)
    return np.array([x @ w, b, e]) / (x @ w + e) * R


def _shares(x, w, b, R, epsilon):
    return ledger(x, w, b, 1.0, epsilon)


QUESTIONS = {
    "03-predict": Choice(
        text="Output 1 of a dense layer has only negative weights. Its bias, $b_1 = 2$, is large "
        "enough to make it active all the same, and it holds $R_1 = 0.6$. We share by z⁺. How "
        "much of $R_1$ reaches the inputs?",
        options=("All of it", "A part of it", "Nothing"),
        expected=_reaching_inputs,
        why=(
            "By which shares? Under z⁺ only positive contributions count, and it has none.",
            "Which input would get it? Every contribution to output 1 is negative.",
            "No input made output 1 active, so none gets its relevance: the bias absorbs all of "
            "$R_1$.",
        ),
        hint="Which inputs have a positive contribution $x_i w^+_{i1}$?",
        solution=lambda: (
            f"The inputs get {_flows('z⁺').relevance_of_edges[:, 0].sum():g} of output 1, and "
            f"the bias absorbs {_flows('z⁺').absorbed['bias'][0]:g}."
        ),
    ),
    "03-stabilizer": Number(
        text="The same output 1, with the values that it started with: "
        f"$\\sum_i x_i w_{{i1}} = {_z(0) - B[0]:g}$, $b_1 = {B[0]:g}$ and $R_1 = {R[0]:g}$. "
        f"Under the ε-rule with $\\varepsilon = {EPSILON:g}$: how much of $R_1$ does the "
        "*stabilizer* absorb?",
        hint="Its part of the denominator: $e_1 / d_1 \\cdot R_1$, with $d_1 = z_1 + b_1 + e_1$.",
        expected=_to_stabilizer,
        mistakes=(
            (lambda: EPSILON / _z(0) * R[0], "The denominator contains the stabilizer as well."),
            (lambda: EPSILON / (_z(0) + EPSILON), "That is its share. How much of $R_1$ is that?"),
            (
                lambda: _flows(f"ε = {EPSILON:g}").absorbed["bias"][0],
                "That is what the bias absorbs.",
            ),
        ),
        solution=lambda: (
            f"$d_1 = {_z(0) - B[0]:g} + {B[0]:g} + {EPSILON:g} = {_z(0) + EPSILON:g}$, so "
            f"${EPSILON:g} / {_z(0) + EPSILON:g} \\cdot {R[0]:g} = {_to_stabilizer():.4f}$. The "
            f"bias absorbs {_flows(f'ε = {EPSILON:g}').absorbed['bias'][0]:.4f}, more than there "
            "was, and the inputs get the rest, which is negative."
        ),
        well_done="Each term of the denominator takes its part of the relevance.",
    ),
    "03-arrived": Number(
        text="In mini-vgg, with *trained* weights, *z⁺* and $\\varepsilon = 1$: what share of the "
        "initial relevance reaches the pixels? Set it in the table, and read the line above it.",
        hint="The rule is z⁺, the weights trained, and ε stands at 1.",
        expected=lambda: _arrived(0),
        tolerance=0.02,
        mistakes=(
            (lambda: 1 - _arrived(0), "That is what was lost."),
            (lambda: _arrived(-1), "That is for ε = 0.1."),
            (lambda: _explained("z-plus-bias", 0).layers[0].total, "That is with z⁺ *with bias*."),
        ),
        solution=lambda: (
            f"The pixels hold {_arrived(0):.4f} of the initial relevance; the column *stabilizer* "
            "adds up to "
            f"{sum(each.absorbed['stabilizer'] for each in _explained('z-plus', 0).layers):.4f}."
        ),
        well_done="Every layer absorbs a little, and over the layers it adds up.",
    ),
    "03-where": Choice(
        text="Now *z⁺ with bias*, trained weights, and the smallest ε. In which of these layers "
        "do the biases absorb the most?",
        options=CANDIDATES,
        expected=_absorbs_most,
        why=("Look for the largest of the four entries in the column *bias*.",) * len(CANDIDATES),
        hint="Read the column *bias*.",
        solution=lambda: (
            ", ".join(
                f"{name} {_explained('z-plus-bias', -9)[name].absorbed['bias']:.4f}"
                for name in CANDIDATES
            )
            + "."
        ),
    ),
    "03-code": Code(
        cases=_cases,
        expected=ledger,
        mistakes=(
            (
                _without_sign,
                "The stabilizer has the sign of $z + b$, which is negative for some units.",
            ),
            (_bias_not_counted, "The ε-rule counts the bias in the denominator."),
            (_shares, "These are the shares; multiply each by `R`."),
        ),
        **code_question("03-code"),
    ),
}
