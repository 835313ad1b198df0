"""Widgets that rank a layer's channels: which are listed, which are followed, how both are told."""

import numpy as np
import traitlets

from ...lrp.through import read, words
from ...session import Inspector
from ..settings.requests import sentence
from .channel_maps import pack
from .layer_answer import answer_about_layer

# The side of a channel's small map in the list: larger ones are shrunk to at most so many cells.
SMALL = 48


class LayerChannels(traitlets.HasTraits):
    """A layer's channels by their share of its relevance, computed when the browser asks for them.

    A widget has `error` and the explanation that it shows, `explanation`, calls `start_channels`
    once and `tell_followed` with each explanation. `compute_channels(explanation, layer, show)` may
    be replaced by a function that answers later, by calling `show(found)` on the widgets' thread;
    `follow(through)` by one that asks for what passes through these channels alone, "" for all,
    where `follows` says that it can.
    """

    ranked = traitlets.Bool(False, help="whether a layer's channels are listed").tag(sync=True)
    follows = traitlets.Bool(False, help="whether channels can be followed").tag(sync=True)
    through = traitlets.Dict(help="the channels followed, by layer, and in words").tag(sync=True)

    def start_channels(self):
        self.compute_channels = _compute_here
        self.follow = lambda through: None
        self.on_msg(self._answer_channels)

    def tell_followed(self, explanation):
        """Tell the browser which channels an explanation follows; {} for all."""
        text = explanation.settings.get("through", "")
        followed = {layer: list(channels) for layer, channels in read(text).items()}
        self.through = {"words": words(text), "layers": followed} if text else {}

    def _answer_channels(self, _widget, message, _buffers):
        """Send the channels of a layer to the browser, or follow those that it chose."""
        if message.get("type") == "follow" and self.follows:
            try:
                self.follow(_chosen(message.get("layers")))
            except ValueError as error:
                self.error = sentence(error)
        if message.get("type") == "channels":
            failed = self._no_channels
            answer_about_layer(self, message, self.compute_channels, channels_view, failed)

    def _no_channels(self, text):
        self.ranked, self.error = False, text


def channels_view(found, explanation):
    """What the browser must know of a layer's `RankedChannels`: (dict, the small maps' bytes).

    The maps are summed over colours: one a channel listed, that of what passes through the layer,
    and that of what goes past it where something does.
    """
    start = abs(explanation.start_total) or 1.0
    passing, past = float(found.passing.sum()), None
    maps = [*found.maps, found.passing]
    if found.past is not None:
        past = float(found.past.sum())
        maps.append(found.past)
    if len(explanation.layers[0].shape) != 3:
        small = []
    else:
        small = [shrunk(np.sum(each, -1, dtype=np.float64)) for each in maps]
    return {
        "channels": [[k, float(found.shares[k])] for k in found.channels],
        "count": len(found.shares),
        "held": float(found.shares[list(found.channels)].sum()),
        "passing": passing / start,
        "past": None if past is None else past / start,
        "rows": small[0].shape[0] if small else 0,
        "columns": small[0].shape[1] if small else 0,
    }, pack(small)


def shrunk(values):
    """A map (H, W) of at most `SMALL` cells a side: means of squares of its cells."""
    step = -(-max(values.shape) // SMALL)
    rows, columns = (step * (side // step) for side in values.shape)
    cells = values[:rows, :columns].reshape(rows // step, step, columns // step, step)
    return cells.mean((1, 3))


def _chosen(layers):
    """What the browser chose, {layer: [channel, …]}, as `explain` takes it."""
    return {str(layer): some for layer, some in dict(layers or {}).items() if some}


def _compute_here(explanation, layer, show):
    show(Inspector(explanation).channels(layer))
