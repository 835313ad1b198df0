"""Questions of lesson 4: convolution."""

import numpy as np

from ..lrp.rules import ZPlus
from .code_questions import code_question
from .experiments.one_convolution import as_dense, convolution, share
from .questions import Choice, Code, Number

SIDE, KERNEL_SIDE = 6, 3  # the picture and the kernel of the widget
MIDDLE = (2, 2)  # a pixel there, counted from 0

OTHER_SIDE = 8  # the picture of the task about weights
STRIDE_SIDE = 7  # the picture of the task about strides

# A row of pixels, its kernel, and the relevance of the three windows.
X = np.array([[1.0, 0.0, 2.0, 1.0, 1.0]])
W = np.array([[1.0, 2.0, -1.0]])
R = np.array([[0.2, 0.5, 0.3]])
PIXEL = 2


def _dense(side, **settings):
    layer = convolution(np.ones((KERNEL_SIDE, KERNEL_SIDE)), **settings)
    return as_dense(layer, (side, side))


def _windows_over(pixel):
    return int(np.count_nonzero(_dense(SIDE).which[np.ravel_multi_index(pixel, (SIDE, SIDE))]))


def _received(w=W):
    return float(share(convolution(w), X, R, ZPlus())[0, PIXEL])


def _from_window(j):
    alone = np.zeros(R.shape)
    alone[0, j] = R[0, j]
    return float(share(convolution(W), X, alone, ZPlus())[0, PIXEL])


def _by_signed_weights():
    matrix = as_dense(convolution(W), X.shape).matrix
    contributions = X.ravel()[:, None] * matrix
    return float((contributions / contributions.sum(0) * R.ravel()).sum(1)[PIXEL])


def as_matrix(w, n):
    """The matrix that the lesson asks for: a row for each window, a column for each pixel."""
    return as_dense(convolution(np.asarray(w)[None]), (1, n)).matrix.T


def _cases():
    random = np.random.default_rng(4)
    return [
        (np.array([1.0, 2.0, -1.0]), 5),
        *((random.standard_normal(size), n) for size, n in ((2, 6), (3, 7))),
    ]


def _row(values):
    return ", ".join(f"{value:g}" for value in np.ravel(values))


QUESTIONS = {
    "04-predict": Choice(
        text=f"A 3×3 kernel slides over {SIDE}×{SIDE} pixels, one step at a time, without padding. "
        f"How many windows contain the pixel at row {MIDDLE[0] + 1}, column {MIDDLE[1] + 1}?",
        options=("1", "3", "9", "16"),
        expected=lambda: ("1", "3", "9", "16").index(str(_windows_over(MIDDLE))),
        why=(
            "Windows overlap: when the kernel moves one step, most of its pixels stay inside.",
            "Three windows side by side contain it. What about those one row further down?",
            "It lies once under each of the kernel's weights.",
            "That is the number of all windows; those near the opposite edge do not reach it.",
        ),
        hint="Under which weights of the kernel can this pixel lie?",
        solution=lambda: (
            f"{_windows_over(MIDDLE)}: it lies once under each weight. A corner pixel lies in "
            f"{_windows_over((0, 0))} only."
        ),
    ),
    "04-weights": Number(
        text=f"A 3×3 kernel slides over {OTHER_SIDE}×{OTHER_SIDE} pixels, stride 1, padding "
        "*valid*. How many entries does the matrix of the equivalent dense layer have?",
        hint="As many rows as there are windows, as many columns as pixels. How many windows fit?",
        expected=lambda: _dense(OTHER_SIDE).matrix.size,
        tolerance=1e-6,
        mistakes=(
            (lambda: 9, "That is how many *different* weights there are: they are shared."),
            (
                lambda: np.count_nonzero(_dense(OTHER_SIDE).which),
                "That many are not zero; the zeros are entries too.",
            ),
            (
                lambda: OTHER_SIDE**4,
                "That would be right with padding *same*; without padding fewer windows fit.",
            ),
            (
                lambda: np.prod(_dense(OTHER_SIDE).outputs),
                "That is the number of windows, and so of rows.",
            ),
        ),
        solution=lambda: (
            rf"${_dense(OTHER_SIDE).outputs[0]} \cdot {_dense(OTHER_SIDE).outputs[1]} = "
            rf"{np.prod(_dense(OTHER_SIDE).outputs)}$ windows times ${OTHER_SIDE**2}$ pixels: "
            f"${_dense(OTHER_SIDE).matrix.size}$ entries, with 9 different weights."
        ),
        well_done="And nine numbers are enough to write it down.",
    ),
    "04-overlap": Number(
        text=f"A row of pixels is $x = ({_row(X)})$. The kernel $w = ({_row(W)})$ slides over it: "
        f"three windows, stride 1. They hold the relevance $R = ({_row(R)})$, and share it by the "
        f"z⁺-rule. How much does pixel {PIXEL + 1} receive?",
        hint="Write down $x_i w^+$ for the three pixels of each window. What is the share of "
        f"pixel {PIXEL + 1} in each?",
        expected=_received,
        mistakes=(
            (lambda: _from_window(1), "That is what window 2 gives; window 3 gives some as well."),
            (lambda: _from_window(2), "That is what window 3 gives; window 2 gives some as well."),
            (_by_signed_weights, "The weight −1 counts as 0 under the z⁺-rule."),
            (
                lambda: float(R.sum()),
                "The windows give to other pixels too. And what does window 1 give?",
            ),
        ),
        solution=lambda: (
            f"Window 1 gives it {_from_window(0):g}, because its weight there is negative; "
            f"window 2 gives {_from_window(1):g}, window 3 gives {_from_window(2):g}: "
            f"${_received():g}$."
        ),
        well_done="Three windows, three shares under three different weights, one sum.",
    ),
    "04-stride": Number(
        text=f"A 3×3 kernel slides over {STRIDE_SIDE}×{STRIDE_SIDE} pixels with *stride 2* and "
        "padding *valid*. How many outputs are there?",
        hint="The first window begins in column 1, the next in column 3. Which is the last?",
        expected=lambda: np.prod(_dense(STRIDE_SIDE, stride=2).outputs),
        tolerance=1e-6,
        mistakes=(
            (lambda: np.prod(_dense(STRIDE_SIDE).outputs), "That would be right with stride 1."),
            (
                lambda: np.prod(_dense(STRIDE_SIDE, stride=2, padding="same").outputs),
                "That would be right with padding *same*.",
            ),
            (
                lambda: _dense(STRIDE_SIDE, stride=2).outputs[0],
                "That is how many there are in one row.",
            ),
        ),
        solution=lambda: (
            "Windows begin in columns 1, 3 and 5, and in rows 1, 3 and 5: "
            f"{np.prod(_dense(STRIDE_SIDE, stride=2).outputs)} outputs."
        ),
    ),
    "04-code": Code(
        cases=_cases,
        expected=as_matrix,
        mistakes=(
            (lambda w, n: as_matrix(w, n).T, "Rows and columns are swapped: a row is a window."),
            (
                lambda w, n: as_matrix(w[::-1], n),
                "Your kernel is reversed; a network lays it on the pixels as it is.",
            ),
            (
                lambda w, n: np.pad(as_matrix(w, n), ((0, len(w) - 1), (0, 0))),
                "There are too many rows: only windows that fit on the pixels count.",
            ),
        ),
        **code_question("04-code"),
    ),
}
