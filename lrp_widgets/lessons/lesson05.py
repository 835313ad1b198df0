"""Questions of lesson 5: pooling and flatten."""

import numpy as np

from ..lrp.metrics import fewest_cells
from .experiments.loaded import explained
from .experiments.one_pooling import share_windows
from .questions import Choice, Number

# One window with two largest activations.
TIE = np.array([[0.5, 2.0], [2.0, 0.0]])

# Two windows of 3×3 cells, stride 2, which share their middle column.
X = np.array([[0.0, 1.0, 0.0, 4.0, 0.0], [1.0, 0.0, 3.0, 0.0, 0.0], [0.0, 1.0, 0.0, 1.0, 0.0]])
R = np.array([[0.4, 0.6]])
SHARED = (1, 2)  # the cell with 3, in both windows

BELOW = np.array([[-1.0, -3.0], [0.0, 0.0]])

# A feature map that is flattened, as mini-vgg's last, and one of its units, counted from 0.
SHAPE = (4, 4, 64)
UNIT = (2, 1, 10)


def _what_becomes_of_a_tie():
    received = share_windows(TIE, [[1.0]], pooling="max").relevance
    outcomes = {(0.5, 0.5): 0, (1.0,): 1}
    return outcomes.get(tuple(received[received > 0]), 2)


def _received():
    return share_windows(X, R, 3, 2).flows[:, *SHARED]


def _window_sums():
    return [float(X[:, first : first + 3].sum()) for first in (0, 2)]


def _below():
    return float(share_windows(BELOW, [[1.0]]).relevance[0, 1])


def _flat_index():
    return int(np.ravel_multi_index(UNIT, SHAPE))


def _fewest():
    """The shares of pixels that hold 90 % of mini-vgg's map of a star: (avg, max)."""
    return [fewest_cells(explained("star", pooling=way).heatmap()) for way in ("avg", "max")]


def _rows(values):
    return r" \\ ".join(" & ".join(f"{value:g}" for value in row) for row in values)


def _matrix(values):
    return rf"\begin{{pmatrix}} {_rows(values)} \end{{pmatrix}}"


QUESTIONS = {
    "05-predict": Choice(
        text=f"A window holds the activations ${_matrix(TIE)}$ and hands out $R = 1$. "
        "Who gets what under *winner-take-all*?",
        options=(
            "Both cells with 2 get 0.5",
            "One of the two cells with 2 gets 1, the other nothing",
            "The cells get 0.11, 0.44, 0.44 and 0",
        ),
        expected=_what_becomes_of_a_tie,
        why=(
            "That would be fair, but only one cell can win: try “a tie” in the window below.",
            "The first in reading order. Which one it is says nothing about the picture.",
            "That is the proportional way, rounded.",
        ),
        hint="The rule picks *the* position of the largest activation.",
        solution=lambda: (
            "Winner-take-all gives "
            f"${_matrix(share_windows(TIE, [[1.0]], pooling='max').relevance)}$: among equals the "
            "first in row-major order wins: left to right, then top to bottom."
        ),
    ),
    "05-overlap": Number(
        text="Two windows of 3×3 cells lie on the activations "
        f"$${_matrix(X)}$$ the first on columns 1 to 3, the second on columns 3 to 5 (stride 2). "
        f"The first hands out ${R[0, 0]:g}$, the second ${R[0, 1]:g}$, *in proportion*. "
        "How much does the cell with the 3 receive?",
        hint="It lies in both windows. Take its share of each window's sum, times that window's "
        "relevance, and add the two.",
        expected=lambda: _received().sum(),
        mistakes=(
            (lambda: _received()[0], "That is what the first window gives; add the second one’s."),
            (lambda: _received()[1], "That is what the second window gives; add the first one's."),
            (
                lambda: share_windows(X, R, 3, 2, "max").relevance[SHARED],
                "That is winner-take-all: the cell is the largest of the first window only.",
            ),
            (
                lambda: X[SHARED] / X.sum() * R.sum(),
                "You shared among all cells at once; each window shares on its own.",
            ),
        ),
        solution=lambda: (
            rf"The windows' sums are {_window_sums()[0]:g} and {_window_sums()[1]:g}: "
            rf"$\frac{{3}}{{{_window_sums()[0]:g}}} \cdot {R[0, 0]:g} + "
            rf"\frac{{3}}{{{_window_sums()[1]:g}}} \cdot {R[0, 1]:g} = {_received().sum():.3f}$."
        ),
        well_done="Each window shares on its own, and what arrives at a cell adds up.",
    ),
    "05-negative": Number(
        text=f"A window holds ${_matrix(BELOW)}$ and hands out $R = 1$ in proportion. "
        "How much does the cell with −3 receive?",
        hint="No activation in this window is positive, so the negative ones share.",
        expected=_below,
        mistakes=(
            (lambda: 0.0, "That would be right if another activation were positive."),
            (
                lambda: BELOW[0, 0] / BELOW.sum(),
                "That is what the cell with −1 receives.",
            ),
            (lambda: 0.5, "Shares go by size, and −3 is larger in size than −1."),
        ),
        solution=lambda: rf"$\frac{{-3}}{{-1 - 3}} \cdot 1 = {_below():g}$.",
        well_done="Negative over negative: the shares are positive, and add up to 1.",
    ),
    "05-flatten": Number(
        text=f"A map of {SHAPE[0]} rows, {SHAPE[1]} columns and {SHAPE[2]} channels is flattened, "
        "row by row, in each row column by column, at each place channel by channel. "
        f"What number does the unit at row {UNIT[0]}, column {UNIT[1]}, channel {UNIT[2]} get? "
        "Count everything from 0.",
        hint="How many units come before it, in the rows above and in its own row?",
        expected=_flat_index,
        tolerance=1e-6,
        mistakes=(
            (
                lambda: UNIT[2] * 16 + UNIT[0] * 4 + UNIT[1],
                "That is the order with the channel first; here the channel changes fastest.",
            ),
            (lambda: _flat_index() + 1, "You counted from 1."),
            (
                lambda: (UNIT[1] * 4 + UNIT[0]) * 64 + UNIT[2],
                "You swapped row and column.",
            ),
        ),
        solution=lambda: (
            rf"$({UNIT[0]} \cdot {SHAPE[1]} + {UNIT[1]}) \cdot {SHAPE[2]} + {UNIT[2]} = "
            f"{_flat_index()}$."
        ),
        well_done="And its relevance is that of the place and channel it came from.",
    ),
    "05-map": Choice(
        text="*mini-vgg* has four pooling layers. Which way of sharing needs fewer pixels to hold "
        "90 % of the relevance of the star?",
        options=("Proportional", "Winner-take-all", "Both need the same number"),
        expected=lambda: int(np.argmin(_fewest())),
        why=(
            "Measure it in the table below: which column has the smaller percentage?",
            "One cell of each window gets everything, four times over. But how many fewer pixels?",
            "The layers between are the same. Do they undo the choice? Measure it below.",
        ),
        hint="Which way gives nothing to most cells of a window?",
        solution=lambda: (
            f"Measured: {100 * _fewest()[0]:.1f} % of the pixels under proportional sharing, "
            f"{100 * _fewest()[1]:.1f} % under winner-take-all. The convolutions between the "
            "pooling layers spread out again what the winners took."
        ),
    ),
}
