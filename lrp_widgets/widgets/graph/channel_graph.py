"""The attribution graph on the screen."""

import anywidget
import numpy as np
import traitlets

from ..._support.colors import COLORMAPS, lookup_table
from ...figures.captions import explained
from ...figures.view_settings import View
from ...lrp.settings import settings
from ...lrp.through import read, words
from ..microscope.microscope import in_colors
from ..settings.requests import sentence
from ..shared.built import built
from ..shared.setting_trait import trait
from ..stepper.channel_maps import pack
from ..stepper.layer_channels import shrunk


class ChannelGraph(anywidget.AnyWidget):
    """From the class through the strongest channels of a few layers down to the pixels.

        ChannelGraph(explain(network, image))

    Each node is a channel with the map of what passes through it, or all others of its layer; a
    band from one node to another is as wide, where it leaves, as the share of what passes through
    the upper one that is found in the lower one (`attribution_graph`), and where it arrives, as the
    part of what arrives there that comes along it. `layers` and `top` as there. A click on a
    channel calls `follow(through)` where `follows` says that it can. `show(explanation, graph)`
    puts another one in its place. Raises ValueError as `attribution_graph` does.
    """

    _esm = built("graph/channel_graph.js")
    _css = built("graph/channel_graph.css")

    graph = traitlets.Dict(help="layers, nodes, edges, …; {} while there is none").tag(sync=True)
    maps = traitlets.Bytes(b"", help="float32, one after the other").tag(sync=True)
    picture = traitlets.Bytes(b"").tag(sync=True)
    through = traitlets.Dict(help="the channels followed, by layer, and in words").tag(sync=True)
    follows = traitlets.Bool(False, help="whether channels can be followed").tag(sync=True)
    colormap = trait(settings(View)["colormap"])
    colormaps = traitlets.List(traitlets.Unicode(), list(COLORMAPS)).tag(sync=True)
    tables = traitlets.Bytes(b"").tag(sync=True)

    # What is going on
    status = traitlets.Unicode("").tag(sync=True)
    progress = traitlets.Float(-1.0, help="0 to 1; -1: unknown").tag(sync=True)
    stale = traitlets.Bool(False).tag(sync=True)
    error = traitlets.Unicode("").tag(sync=True)

    def __init__(self, explanation=None, layers=None, top=None, **traits):
        super().__init__(**traits)
        self.tables = b"".join(lookup_table(name).tobytes() for name in COLORMAPS)
        self.follow = lambda through: None
        self.cancel = lambda: None
        self.on_msg(self._answer)
        if explanation is not None:
            from ...lrp.attribution_graph import TOP, attribution_graph

            self.show(explanation, attribution_graph(explanation, layers, top or TOP))

    def show(self, explanation, graph):
        """Show the `AttributionGraph` of an explanation."""
        told, maps = graph_view(graph, explanation)
        picture = in_colors(explanation.picture)
        text = explanation.settings.get("through", "")
        followed = {layer: list(channels) for layer, channels in read(text).items()}
        with self.hold_sync():
            self.through = {"words": words(text), "layers": followed} if text else {}
            self.maps = maps
            self.picture = b"" if picture is None else picture.tobytes()
            self.graph = told | {"picture_shape": picture is not None and picture.shape[:2]}
            self.stale, self.error = False, ""

    def _answer(self, _widget, message, _buffers):
        match message:
            case {"type": "follow", "layers": dict(layers)} if self.follows:
                try:
                    self.follow({str(layer): some for layer, some in layers.items() if some})
                except ValueError as error:
                    self.error = sentence(error)
            case {"type": "cancel"}:
                self.cancel()
            case {"type": "dismiss"}:
                self.error = ""


def graph_view(graph, explanation):
    """What the browser must know of an `AttributionGraph`: (dict, the small maps' bytes)."""
    number = {node: k for k, node in enumerate(graph.nodes)}
    pictured = len(explanation.layers[0].shape) == 3
    small = [shrunk(node.map.sum(-1, dtype=np.float64)) for node in graph.nodes if pictured]
    return {
        "explained": explained(explanation),
        "layers": list(graph.layers),
        "nodes": [
            {
                "kind": node.kind,
                "layer": node.layer,
                "channels": list(node.channels),
                "share": node.share,
                "flow": node.flow,
            }
            for node in graph.nodes
        ],
        "edges": [
            {
                "source": number[edge.source],
                "target": number[edge.target],
                "positive": edge.positive,
                "negative": edge.negative,
            }
            for edge in graph.edges
        ],
        "rows": small[0].shape[0] if small else 0,
        "columns": small[0].shape[1] if small else 0,
    }, pack(small)
