"""Widgets that look at single units: what is looked at, and the path walked."""

import traitlets

from ..shared.pinned import same_places
from .unit_off import why_channel
from .unit_payload import unit_at, unit_layers, unit_view


class Examining(traitlets.HasTraits):
    """What Microscope and LayerStepper share.

    A widget calls `start_examining` once and `examine_in` with each explanation.
    `examine(explanation, layer, index, looked)` may be replaced by a function that answers later,
    by calling `looked(unit)` on the widgets' thread.
    """

    unit = traitlets.Dict(help="the unit's numbers; {} for none").tag(sync=True)
    path = traitlets.List(traitlets.Dict(), help="the units walked through").tag(sync=True)
    unit_layers = traitlets.List(traitlets.Dict(), help="where units are").tag(sync=True)

    def start_examining(self, network=None):
        self.examine = self._examine_here
        self._network = network
        self._examined = self._examiner = None
        self._why = "", (), ""  # of the unit that a click on a map has opened last
        self.on_msg(self._follow)

    def examine_in(self, explanation):
        """Take another explanation; an open unit stays under the microscope where it exists."""
        before, self._examined = self._examined, explanation
        self.unit_layers = unit_layers(explanation)
        if not self.unit:
            return
        if before and same_places(before, explanation):
            self.look(self.unit["layer"], self.unit["index"])
        else:
            self.leave()

    def look(self, layer, index):
        """Put a unit under the microscope, such as ("block2_conv1", (3, 4, 7))."""
        explanation = self._examined

        def looked(unit):
            if explanation is self._examined:
                self._looked(unit)

        self.examine(explanation, layer, tuple(index), looked)

    def leave(self):
        """Take the unit off, and forget the path."""
        with self.hold_sync():
            self.unit, self.path = {}, []

    def _examine_here(self, explanation, layer, index, looked):
        from ...lrp.unit_arithmetic import Examiner

        network = self._network or explanation.network
        if not hasattr(network, "layers"):
            raise ValueError(
                "This explanation holds no network to compute with: give the one it was made "
                "with, as in Microscope(e, network=network)."
            )
        # An examiner keeps what all units of a dense layer have in common.
        if self._examiner is None or self._examiner.e is not explanation:
            self._examiner = Examiner(explanation, network)
        looked(self._examiner.unit(layer, index))

    def _looked(self, unit):
        here = {"layer": unit.layer, "index": list(unit.index)}
        walked = self.path[: self.path.index(here)] if here in self.path else self.path
        with self.hold_sync():
            self.path = [*walked, here]
            layer, index, why = self._why
            here = (unit.layer, tuple(unit.index)) == (layer, index)
            self.unit = unit_view(unit, self._examined) | {"why": why if here else ""}

    def _follow(self, _widget, message, _buffers):
        match message:
            case {"type": "look", "layer": layer, "index": index}:
                self.look(layer, index)
            case {"type": "look at", "layer": layer, "cell": cell, "channel": channel}:
                entry = self._examined[layer]
                index = unit_at(entry, cell, channel)
                self._why = layer, index, why_channel(entry, index, channel)
                self.look(layer, index)
            case {"type": "leave"}:
                self.leave()
