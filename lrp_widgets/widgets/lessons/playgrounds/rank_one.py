"""Random matrices multiplied: how soon two classes are one, and what prevents it."""

import numpy as np
from ipywidgets import VBox

from .in_background import menu, row_of
from .line_chart import LineChart

WIDTHS = (2, 4, 16, 64)
RATIOS = (2, 10, 100)
ZEROS = (0, 0.5, 0.9)


class RankOne(VBox):
    """The cosine of two classes below chains of positive and of signed matrices of one width.

    RankOne()
    """

    def __init__(self):
        self.width = menu("Units in each layer", [(str(each), each) for each in WIDTHS], value=16)
        self.ratio = menu(
            "Largest weight : smallest", [(f"{each} : 1", each) for each in RATIOS], value=10
        )
        self.zeros = menu(
            "Weights that are zero", [(f"{round(100 * each)} %", each) for each in ZEROS], value=0.5
        )
        self.chart = LineChart(
            "|cosine| of the two classes", "layers below the output", title="Random matrices"
        )
        menus = [self.width, self.ratio, self.zeros]
        super().__init__([row_of(*menus), self.chart])
        for each in menus:
            each.observe(self._draw, names="value")
        self._draw()

    def _draw(self, _=None):
        from ....lessons.experiments import rank_one

        width, ratio, zeros = (each.value for each in (self.width, self.ratio, self.zeros))
        kinds = {
            "all positive": ("positive", width, ratio, 0),
            f"positive, {round(100 * zeros)} % zeros": ("positive", width, ratio, zeros),
            "with signs": ("signed", width),
        }
        if not zeros:
            kinds = {name: each for name, each in kinds.items() if "zeros" not in name}
        found = {name: rank_one.alike(*each) for name, each in kinds.items()}
        lines = [(name, *_mean(each)) for name, each in found.items()]
        self.chart.draw([str(k) for k in range(rank_one.DEPTH + 1)], lines)
        self.chart.status = (
            f"{rank_one.DRAWS} chains of each kind, {width} units in every layer: mean and its "
            "standard error. Class 1 and class 2 start alone, each in one unit."
        )


def _mean(values):
    """The mean over chains and its error; a chain in which nothing is left counts no more."""
    known = np.isfinite(values).sum(0)
    total = np.where(known, np.nansum(values, 0), np.nan)
    mean = total / np.maximum(known, 1)
    spread = np.nansum((values - mean) ** 2, 0) / np.maximum(known - 1, 1)
    return mean, np.sqrt(spread / np.maximum(known, 1))
