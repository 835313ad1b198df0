"""The heart of the screen: step through the layers of an explanation."""

import threading
from functools import lru_cache

import anywidget
import numpy as np
import traitlets
from latex2mathml.converter import convert

from ..._support.colors import COLORMAPS, PERCENTILE, lookup_table
from ...figures import waterfall
from ...figures.captions import explained
from ...figures.layout import class_layers, grid
from ...figures.view_settings import View
from ...lrp import conservation_warning
from ...lrp.channels import is_vector, summed
from ...lrp.layer_result import of_one_picture
from ...lrp.map_measures import measure
from ...lrp.settings import settings
from ...lrp.through import followed
from ...networks.blocks import blocks
from ...session import Inspector
from ..microscope.microscope import in_colors
from ..microscope.unit_inspection import UnitInspection
from ..microscope.unit_payload import SUMMED, unit_at
from ..shared.built import built
from ..shared.measure_cells import cells
from ..shared.pinned import same_places
from ..shared.setting_trait import trait
from .channel_concepts import ChannelConcepts
from .channel_maps import channel_map, pack
from .layer_channels import LayerChannels
from .layer_steps import LayerSteps
from .page_answers import answers, layer_pieces
from .page_channels import channel_answers

STRONGEST_CHANNELS = 3
TOP_PREDICTIONS = 4
VIEW = settings(View)
SIGHTS = ("layers", "causes", *conservation_warning.NAMES)


class LayerStepper(UnitInspection, LayerSteps, LayerChannels, ChannelConcepts, anywidget.AnyWidget):
    """Step through an explanation's layers, from output to input, one map at a time.

        LayerStepper(explain(network, image))

    Shows the layer's relevance or activation (summed over channels or one channel), the rule's
    equation, the value under the pointer, every layer's total with what was absorbed, and a film
    strip of all layers. Under the map stand its measures; `measure(explanation)` may be replaced
    by a function that calls `show_measures` later. A click on a unit opens its arithmetic, as in
    `Microscope`; `step` "z", "s", "c" or "R" shows one of the four steps within the layer,
    `ranked` lists its channels by their share, or by how well they tell what `telling` names, such
    as "star,cross,activation"; `concept` is the channel whose reference pictures are shown.
    Stepping happens in the browser; only single channels, units, a layer's four steps, its list of
    channels and what these stand for are fetched.
    `show` puts another explanation in its place. Its height is the CSS variable
    `--lrp-stepper-height` (640px). Raises ValueError for an explanation of several pictures.
    """

    _esm = built("stepper/stepper.js")
    _css = built("stepper/stepper.css")

    # What is looked at
    current = traitlets.Unicode("").tag(sync=True)
    quantity = trait(VIEW["quantity"])
    channel = traitlets.Int(-1, min=-1, help="-1: summed over all channels").tag(sync=True)
    pin = traitlets.Dict(help="the marked place: layer and cell; {} for none").tag(sync=True)

    unfolded = traitlets.List(
        traitlets.Unicode(), help="the first layers of the blocks that are unfolded"
    ).tag(sync=True)

    totals = traitlets.Enum(
        SIGHTS, SIGHTS[0], help="a bar each layer, or by cause: a cause, whose layers are listed"
    ).tag(sync=True)

    # How it is drawn
    view = trait(VIEW["view"])
    colormap = trait(VIEW["colormap"])
    scale = trait(VIEW["scale"])
    limits = trait(VIEW["limits"])
    percentile = traitlets.Float(PERCENTILE, min=0, max=100).tag(sync=True)
    overlay = trait(VIEW["overlay"])

    # What is going on
    status = traitlets.Unicode("").tag(sync=True)
    progress = traitlets.Float(-1.0, help="0 to 1; -1: unknown").tag(sync=True)
    cancellable = traitlets.Bool(False).tag(sync=True)
    cancelled = traitlets.Int(0, help="counts presses of Cancel").tag(sync=True)
    stale = traitlets.Bool(False).tag(sync=True)
    error = traitlets.Unicode("").tag(sync=True)
    notes = traitlets.List(traitlets.Unicode()).tag(sync=True)
    measures = traitlets.Dict(help="of the maps; {} while there are none").tag(sync=True)

    # The explanation, as `show` packs it for the browser
    layers = traitlets.List(traitlets.Dict()).tag(sync=True)
    summary = traitlets.Dict().tag(sync=True)
    relevance_maps = traitlets.Bytes(b"").tag(sync=True)
    activation_maps = traitlets.Bytes(b"").tag(sync=True)
    pixels = traitlets.Bytes(b"").tag(sync=True)
    picture = traitlets.Bytes(b"").tag(sync=True)
    colormaps = traitlets.List(traitlets.Unicode(), list(COLORMAPS)).tag(sync=True)
    relevance_tables = traitlets.Bytes(b"").tag(sync=True)

    def __init__(self, explanation=None, **traits):
        super().__init__(**traits)
        self._lock = threading.Lock()
        self._explanation = None
        self._version = 0
        self.measure = self._measure_here
        self.measured = None  # the explanation's `MapMeasures`, as far as they are known
        self.seen = threading.Event()  # set once a browser shows it
        self.on_msg(self._answer)
        self.start_inspecting()
        self.start_steps()
        self.start_channels()
        self.start_concepts()
        if explanation is not None:
            self.show(explanation)

    def show(self, explanation):
        """Show another explanation; the current layer stays where it has one of that name."""
        entries = of_one_picture(explanation).layers
        known = self.layers if _share_activations(self._explanation, explanation) else None
        if self._explanation and not same_places(self._explanation, explanation):
            self.pin, self.unfolded = {}, []  # those of another network
        layers, names = describe_layers(entries, explanation, known), list(explanation.totals)
        with self._lock, self.hold_sync():
            self._version += 1
            self._explanation = explanation
            self.tell_followed(explanation)
            self.tell_differences(explanation)
            self.relevance_maps = pack(summed(followed(explanation, name)) for name in names)
            if known is None:
                self.activation_maps = pack(summed(entry.activation) for entry in entries)
            pixels = entries[0].relevance
            self.pixels = pack([pixels] if np.shape(pixels)[-1] == 3 else [])
            picture = in_colors(explanation.picture)
            self.picture = b"" if picture is None else picture.tobytes()
            self.relevance_tables = _tables()
            self.layers = layers
            self.summary = {
                "version": self._version,
                "start": explanation.start,
                "start_total": float(explanation.start_total),
                "conservation": conservation_warning.pieces(explanation),
                "waterfall": waterfall.rows(explanation),
                "explained": explained(explanation),
                "picture_shape": None if picture is None else list(picture.shape[:2]),
                "predictions": [
                    [name, float(probability)]
                    for name, probability in explanation.prediction[:TOP_PREDICTIONS]
                ],
                "random": getattr(explanation.network, "weights", None) == "random",
                "class_names": list(explanation.network.class_names),
            }
            if self.current not in names:
                self.step = "" if self.current else self.step
                self.current = names[-1]
            if self.concept >= layers[names.index(self.current)]["units"]:
                self.concept = -1
            self.stale = False
            self.error = ""
            self.measured, self.measures = None, {}
            self.inspect_in(explanation)
        self.measure(explanation)

    def show_measures(self, explanation, measured, pending=None):
        """Show the `MapMeasures` of an explanation, if it is still the one on the screen.

        `pending`: the `Compared` that is still to come, without its number.
        """
        if explanation is self._explanation:
            self.measured, self.measures = measured, cells(measured, pending)

    def _measure_here(self, explanation):
        self.show_measures(explanation, measure(explanation))

    def halt(self):
        """End whatever plays by itself in the browser."""
        self.send({"type": "halt"})

    def _show_unit(self, unit):
        """The film strip and the map go along with the microscope."""
        super()._show_unit(unit)
        if unit.layer != self.current:
            self.channel, self.concept, self.step = -1, -1, ""  # these do not carry over
            self.current = unit.layer

    @property
    def explanation(self):
        """The explanation on the screen, None before the first."""
        return self._explanation

    def _answer(self, _widget, message, _buffers):
        """Send one channel's map to the browser, which asked for it."""
        if message.get("type") == "seen":
            self.seen.set()
        if message.get("type") != "channel" or message.get("version") != self._version:
            return
        layer = next((d for d in self.layers if d["name"] == message["layer"]), None)
        asked = message["quantity"], message["channel"]
        found = layer and channel_map(self._explanation, layer, *asked)
        if found:
            self.send(message, [found])

    def for_page(self, network=None, inspector=None, units=3, marked=()):
        """As `UnitInspection.for_page`; the marked place, channels and all steps besides.

        Of a layer whose channels are listed, the list, and what the open one stands for.
        """
        e, layers, version = self.explanation, self.layers, self.summary["version"]
        inspector = inspector or Inspector(e, network or self._network)
        looked_at = self.current, self.channel
        if self.pin:
            pinned = self.pin["layer"]
            marked = [*marked, (pinned, unit_at(e[pinned], self.pin["cell"], SUMMED))]
        inspected = super().for_page(inspector=inspector, units=units, marked=marked)
        about = {"layer": self.current, "version": version}
        listed = about, self.telling, self.concept
        ranked = self.ranked and not self.step and self.current != e.layers[0].name
        return lambda: {
            "answers": [
                *answers(e, inspector, layers, version, looked_at),
                *(channel_answers(e, inspector, *listed) if ranked else ()),
            ],
            **inspected(),
        }

    def page_pieces(self):
        """Return what an exported page stores map by map, {trait: pieces}."""
        stored = ("relevance_maps", "activation_maps")
        return {name: layer_pieces(getattr(self, name), self.layers) for name in stored}


def describe_layers(entries, explanation, known=None):
    """What the browser must know of every layer besides its numbers.

    `known`: what was told of another explanation with the same activations, if there was one.
    """
    of_classes, block_of = class_layers(explanation), _blocks(explanation)
    described, offset = [], 0
    for number, entry in enumerate(entries):
        rows, columns, size = grid(entry.shape)
        wrapped = is_vector(entry.shape)
        described.append(
            {
                "name": entry.name,
                "kind": entry.kind,
                "kind_text": entry.kind_text,
                "shape": list(entry.shape),
                "rows": rows,
                "columns": columns,
                "size": size,
                "offset": offset,
                "wrapped": wrapped,
                "channels": 1 if wrapped else entry.shape[-1],
                "units": entry.shape[-1],
                "classes": entry.name in of_classes,
                "strongest": {
                    "relevance": _strongest_channels(entry.relevance),
                    "activation": _strongest_channels(entry.activation)
                    if known is None
                    else known[number]["strongest"]["activation"],
                },
                "rule": "" if entry.rule is None else entry.rule.name,
                "steps": len(getattr(entry.rule, "steps", ())),
                "equation": "" if entry.rule is None else _mathml(entry.equation),
                "note": getattr(entry.rule, "note", ""),
                "total": float(entry.total),
                "block": block_of.get(entry.name, ""),
                "branches": [[source, float(total)] for source, total in entry.branches],
                "absorbed": {key: float(value) for key, value in entry.absorbed.items()},
            }
        )
        offset += size
    return described


def _share_activations(one, other):
    """Whether two explanations have the very same activations, of one forward pass: no copies."""
    return one is not None and _activations(one) == _activations(other)


def _activations(explanation):
    """Where in memory the layers' activations lie, as long as the explanation lives."""
    arrays = (entry.activation for entry in explanation.layers)
    return [(array.__array_interface__["data"][0], array.shape) for array in arrays]


@lru_cache(maxsize=1)
def _tables():
    """The relevance's colour tables one after the other."""
    return b"".join(lookup_table(name).tobytes() for name in COLORMAPS)


def _blocks(explanation):
    """{layer: its block} of a network that branches: its film strip is long, and can be folded."""
    network = explanation.network
    if not any(entry.branches for entry in explanation.layers):
        return {}
    found = network.blocks if hasattr(network, "blocks") else blocks(network)
    return {name: block for block, names in found.items() for name in names}


@lru_cache(maxsize=64)
def _mathml(equation):
    return convert(equation, display="block")


def _strongest_channels(array):
    """The channels that hold most of a map, strongest first."""
    if np.ndim(array) < 3:
        return []
    cells = np.reshape(array, (-1, np.shape(array)[-1]))
    held = np.abs(np.ones(len(cells), cells.dtype) @ cells)  # many times as fast as a sum
    return [int(k) for k in np.argsort(-held, kind="stable")[:STRONGEST_CHANNELS]]
