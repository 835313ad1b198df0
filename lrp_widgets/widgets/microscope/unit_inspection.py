"""Widgets that look at single units: which one, and the path to it."""

import traitlets

from ...session import Inspector
from ..shared.pinned import same_places
from .page_units import page_units
from .unit_off import why_channel
from .unit_payload import unit_at, unit_layers, unit_view


class UnitInspection(traitlets.HasTraits):
    """What Microscope and LayerStepper share.

    A widget calls `start_inspecting` once and `inspect_in` with each explanation.
    `inspect(explanation, layer, index, show)` may be replaced by a function that answers later, by
    calling `show(unit)` on the widgets' thread.
    """

    needs_kernel = False  # see `for_page`

    unit = traitlets.Dict(help="the unit's numbers; {} for none").tag(sync=True)
    path = traitlets.List(traitlets.Dict(), help="the units looked at on the way").tag(sync=True)
    unit_layers = traitlets.List(traitlets.Dict(), help="where units are").tag(sync=True)

    def start_inspecting(self, network=None):
        self.inspect = self._inspect_here
        self._network = network
        self._inspected = self._inspector = None
        self._why = "", (), ""  # of the unit that a click on a map has opened last
        self.on_msg(self._follow)

    def inspect_in(self, explanation):
        """Take another explanation; an open unit stays under the microscope where it exists."""
        before, self._inspected = self._inspected, explanation
        self.unit_layers = unit_layers(explanation)
        if not self.unit:
            return
        if before and same_places(before, explanation):
            self.look(self.unit["layer"], self.unit["index"])
        else:
            self.leave()

    def look(self, layer, index):
        """Put a unit under the microscope, such as ("block2_conv1", (3, 4, 7))."""
        explanation = self._inspected

        def show(unit):
            if explanation is self._inspected:
                self._show_unit(unit)

        self.inspect(explanation, layer, tuple(index), show)

    def leave(self):
        """Take the unit off, and forget the path."""
        with self.hold_sync():
            self.unit, self.path = {}, []

    def for_page(self, network=None, inspector=None, units=3, marked=()):
        """Return a function that makes what an exported page answers in a kernel's place.

        It may be called in the background. `units`: how many of each layer, the strongest;
        `marked`: others, (layer, index), with which those under the microscope go. `inspector`
        stands for `Inspector(explanation, network)`.
        """
        e = self._inspected
        inspector = inspector or Inspector(e, network or self._network)
        visited = [(place["layer"], place["index"]) for place in self.path]
        return lambda: {"units": page_units(e, inspector, units, [*marked, *visited])}

    def _inspect_here(self, explanation, layer, index, show):
        if self._inspector is None or self._inspector.explanation is not explanation:
            self._inspector = Inspector(explanation, self._network)
        show(self._inspector.unit(layer, index))

    def _show_unit(self, unit):
        here = {"layer": unit.layer, "index": list(unit.index)}
        before = self.path[: self.path.index(here)] if here in self.path else self.path
        with self.hold_sync():
            self.path = [*before, here]
            layer, index, why = self._why
            here = (unit.layer, tuple(unit.index)) == (layer, index)
            self.unit = unit_view(unit, self._inspected) | {"why": why if here else ""}

    def _follow(self, _widget, message, _buffers):
        match message:
            case {"type": "look", "layer": layer, "index": index}:
                self.look(layer, index)
            case {"type": "look at", "layer": layer, "cell": cell, "channel": channel}:
                entry = self._inspected[layer]
                index = unit_at(entry, cell, channel)
                self._why = layer, index, why_channel(entry, index, channel)
                self.look(layer, index)
            case {"type": "leave"}:
                self.leave()
