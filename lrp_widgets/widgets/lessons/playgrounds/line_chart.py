"""A few lines over the same steps, each with its error, and the numbers as a table."""

from itertools import zip_longest

import anywidget
import numpy as np
import traitlets

from ...shared.built import built


class LineChart(anywidget.AnyWidget):
    """Lines over named steps, by Observable Plot.

        LineChart("cosine", "layers from the output", ["fc1", "flatten"], [("z⁺", [0.1, 0.9], [])])

    `draw` replaces all of it: `names` of the steps, and lines (words, values, errors or nothing).
    What is not a number leaves a gap.
    """

    _esm = built("lessons/playgrounds/line_chart.js")
    _css = built("lessons/playgrounds/line_chart.css")

    title = traitlets.Unicode("Chart").tag(sync=True)
    up = traitlets.Unicode("", help="what the values are").tag(sync=True)
    across = traitlets.Unicode("", help="what the steps are").tag(sync=True)
    low = traitlets.Float(0.0).tag(sync=True)
    names = traitlets.List(traitlets.Unicode()).tag(sync=True)
    lines = traitlets.List(traitlets.Dict(), help="words, values, errors").tag(sync=True)
    status = traitlets.Unicode("").tag(sync=True)

    def __init__(self, up, across, names=(), lines=(), **traits):
        super().__init__(up=up, across=across, **traits)
        self.draw(names, lines)

    def draw(self, names, lines):
        """Show other lines."""
        described = [
            {"words": words, "values": _plain(values), "errors": _plain(errors)}
            for words, values, errors in lines
        ]
        known = [
            value - abs(error or 0)
            for line in described
            for value, error in zip_longest(line["values"], line["errors"])
            if value is not None
        ]
        with self.hold_sync():
            self.low = min([0.0, *known])
            self.names = list(names)
            self.lines = described


def _plain(values):
    return [float(value) if np.isfinite(value) else None for value in values]
