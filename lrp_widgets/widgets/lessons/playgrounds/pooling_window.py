"""One pooling layer to play with: activations are sliders, and both ways to share stand beside."""

import anywidget
import numpy as np
import traitlets
from latex2mathml.converter import convert as mathml

from ...._support.colors import lookup_table
from ....lrp.rules import Proportional, WinnerTakeAll
from ...shared.built import built

LIMITS = (-1.0, 3.0)

# Windows of `size` cells a side that move by `stride`, over pictures to begin with.
FORMS = {
    "one": {"size": 2, "stride": 2, "text": "one window, 2×2"},
    "four": {"size": 3, "stride": 2, "text": "four windows, 3×3, stride 2"},
}
PRESETS = {
    "one": {
        "above 0": [[1.2, 0.4], [0, 2]],
        "a tie": [[0.5, 2], [2, 0]],
        "both signs": [[1.2, -0.6], [0, 0.4]],
        "below 0": [[-0.2, -0.6], [-0.8, -0.4]],
        "all 0": [[0, 0], [0, 0]],
    },
    "four": {
        "above 0": [
            [0.3, 0, 1.1, 0.2, 0],
            [0, 0.8, 0.5, 0, 0.4],
            [0.6, 0, 2.4, 0.7, 0],
            [0, 0.2, 0, 2.8, 0.3],
            [1, 0, 0.4, 0, 0.9],
        ],
        "a tie": [
            [0, 2, 0, 0.5, 0],
            [0.5, 0, 0.5, 0, 0.5],
            [2, 0, 2, 0, 2],
            [0, 0.5, 0, 0.5, 0],
            [0.5, 0, 2, 0, 0.5],
        ],
        "both signs": [
            [-0.3, 0.9, 0.2, -0.4, -0.2],
            [0.8, -0.5, 0.6, -0.6, -0.3],
            [-0.2, 0.4, 0, -0.1, -0.4],
            [0.3, -0.7, 0.5, 1.4, -0.8],
            [-0.4, 0.2, -0.1, 0.6, 0.5],
        ],
        "below 0": [
            [-0.3, -0.9, -0.2, -0.4, -0.2],
            [-0.8, -0.5, -0.6, -0.6, -0.3],
            [-0.2, -0.4, -0.9, -0.1, -0.4],
            [-0.3, -0.7, -0.5, -0.4, -0.8],
            [-0.4, -0.2, -0.1, -0.6, -0.5],
        ],
        "all 0": [[0] * 5] * 5,
    },
}


class PoolingWindow(anywidget.AnyWidget):
    """Activations under sliders, and what each cell receives under both ways of pooling.

        PoolingWindow()              # one window of 2×2 cells
        PoolingWindow("four")        # four overlapping ones of 3×3, stride 2

    What is drawn comes from `one_pooling.share_windows`, which is the code of `explain`.
    `avg` and `max` hold the last WindowFlows.
    """

    _esm = built("lessons/playgrounds/pooling_window.js")
    _css = built("lessons/playgrounds/pooling_window.css")

    form = traitlets.Enum(tuple(FORMS)).tag(sync=True)
    forms = traitlets.Dict(FORMS).tag(sync=True)
    presets = traitlets.Dict(PRESETS).tag(sync=True)
    limits = traitlets.List(traitlets.Float(), list(LIMITS)).tag(sync=True)
    x = traitlets.List(traitlets.List(traitlets.Float())).tag(sync=True)
    relevance = traitlets.List(traitlets.Float(), help="of the windows, row by row").tag(sync=True)
    window = traitlets.Int(0, min=0, help="the window looked at").tag(sync=True)
    numbers = traitlets.Dict(help="what flows, for the page").tag(sync=True)
    table = traitlets.Bytes(b"").tag(sync=True)

    def __init__(self, form="one"):
        super().__init__(form=form, table=lookup_table("RdBu_r").tobytes())
        self._begin()
        self.observe(self._begin, names="form")
        self.observe(self._work_out, names=["x", "relevance"])

    def _begin(self, _=None):
        """Another form begins with its own first picture."""
        windows = 1 if self.form == "one" else 4
        with self.hold_sync():  # the page gets a picture and its numbers together
            with self.hold_trait_notifications():
                self.window = 0
                self.x = [[float(v) for v in row] for row in PRESETS[self.form]["above 0"]]
                self.relevance = [1 / windows] * windows
            self._work_out()

    def _work_out(self, _=None):
        from ....lessons.experiments.one_pooling import share_windows

        x = np.array(self.x)
        size, stride = FORMS[self.form]["size"], FORMS[self.form]["stride"]
        side = (len(x) - size) // stride + 1
        R = np.reshape(self.relevance, (side, side))
        self.avg = share_windows(x, R, size, stride, "avg")
        self.max = share_windows(x, R, size, stride, "max")
        proportional = Proportional()
        equation = proportional.equation if (x >= 0).all() else proportional.signed_equation
        self.numbers = {
            "avg": _for_page(self.avg, equation),
            "max": _for_page(self.max, WinnerTakeAll().equation),
        }


def _for_page(flows, equation):
    return {
        "equation": mathml(equation, display="block"),
        "flows": flows.flows.reshape(len(flows.flows), -1).tolist(),
        "relevance": flows.relevance.ravel().tolist(),
        "dead": flows.dead.tolist(),
    }
