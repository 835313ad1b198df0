"""Widgets that show a layer's four steps: which one is looked at, and how they are fetched."""

import traitlets

from ...session import Inspector
from .layer_answer import answer_about_layer
from .steps_payload import steps_view


class LayerSteps(traitlets.HasTraits):
    """The four steps z → s → c → R of one layer, computed when the browser asks for them.

    A widget has `error` and the explanation that it shows, `explanation`, and calls `start_steps`
    once. `compute_steps(explanation, layer, show)` may be replaced by a function that answers
    later, by calling `show(found, window)` on the widgets' thread.
    """

    step = traitlets.Enum(("", "z", "s", "c", "R"), "", help="'': relevance or activation").tag(
        sync=True
    )
    pace = traitlets.Int(1000, min=250, max=2000, help="milliseconds a step").tag(sync=True)

    def start_steps(self):
        self.compute_steps = _compute_here
        self.on_msg(self._answer_steps)

    def _answer_steps(self, _widget, message, _buffers):
        """Send the steps of a layer to the browser, which asked for them."""
        if message.get("type") == "steps":
            answer_about_layer(self, message, self.compute_steps, steps_view, self._no_steps)

    def _no_steps(self, sentence):
        self.step, self.error = "", sentence


def _compute_here(explanation, layer, show):
    show(*Inspector(explanation).steps(layer))
