"""Widgets that show a layer's four steps: which one is looked at, and how frames are fetched."""

import traitlets

from ..settings.requests import sentence


class Framing(traitlets.HasTraits):
    """The four steps z → s → c → R of one layer, computed when the browser asks for them.

    A widget calls `start_framing` once and `frame_in` with each explanation; it has `error`.
    `frame(explanation, layer, framed)` may be replaced by a function that answers later, by
    calling `framed(frames, network)` on the widgets' thread.
    """

    step = traitlets.Enum(("", "z", "s", "c", "R"), "", help="'': relevance or activation").tag(
        sync=True
    )
    pace = traitlets.Int(1000, min=250, max=2000, help="milliseconds a frame").tag(sync=True)

    def start_framing(self):
        self.frame = _frame
        self._framed = None
        self.on_msg(self._answer_frames)

    def frame_in(self, explanation):
        """Take another explanation."""
        self._framed = explanation

    def _answer_frames(self, _widget, message, _buffers):
        """Send the frames of a layer to the browser, which asked for them."""
        if message.get("type") != "frames" or self._framed is None:
            return
        explanation, layer = self._framed, message.get("layer")
        if layer not in explanation.totals:
            return

        def framed(frames, network):
            from .steps_payload import frame_view

            if explanation is self._framed:
                view, maps = frame_view(frames, explanation, network)
                self.send({**message, **view}, [maps])

        try:
            self.frame(explanation, layer, framed)
        except Exception as error:
            self.step, self.error = "", sentence(error)


def _frame(explanation, layer, framed):
    from ...lrp.layer_steps import frames

    network = explanation.network
    if not hasattr(network, "layers"):
        raise ValueError("This explanation holds no network to compute its four steps with.")
    framed(frames(explanation, layer, network), network)
