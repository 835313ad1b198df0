"""Random weights from the top down: whose map changes, and what noise gets for it."""

from ipywidgets import VBox

from .league_words import method_label
from .line_chart import LineChart


class MprtCurves(VBox):
    """How alike mini-vgg's maps stay while its layers get random weights, with noise as a control.

        MprtCurves()
        MprtCurves(("z-plus", "noise"))

    Means over the league's drawn scenes, as measured before.
    """

    def __init__(self, methods=None):
        from ....lessons.experiments import class_specific

        lines = class_specific.mean_mprt(methods or class_specific.RANDOMIZED)
        self.chart = LineChart(
            "rank correlation with the trained network’s map",
            "random weights from the output down to",
            lines[0].layers,
            [(method_label(line.name), line.means, line.errors) for line in lines],
            title="Random weights from the top down",
            status="mini-vgg, mean over drawn scenes and its standard error. The class explained "
            "is the trained network’s first choice. Noise is drawn anew for every network.",
        )
        super().__init__([self.chart])
