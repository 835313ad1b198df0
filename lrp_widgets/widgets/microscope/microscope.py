"""The arithmetic of single units, on the screen."""

import anywidget
import numpy as np
import traitlets

from ..._support.checks import whole_numbers
from ..._support.colors import COLORMAPS, lookup_table
from ...lrp.layer_result import of_one_picture
from ..shared.built import built
from .unit_inspection import UnitInspection


class Microscope(UnitInspection, anywidget.AnyWidget):
    """Every number in the equation, for any unit: where its relevance comes from and goes to.

        Microscope(explain(network, image))                          # the strongest class
        Microscope(e, "block2_conv1", (3, 4, 7)).look("fc1", (12,))

    A click on a sender or receiver moves there, and the path leads back. `network` is needed where
    `e.network` is only a `NetworkInfo`. Raises ValueError for an explanation of
    several pictures and for a unit that is not there.
    """

    _esm = built("microscope/microscope.js")
    _css = built("microscope/microscope.css")

    picture = traitlets.Bytes(b"").tag(sync=True)
    picture_shape = traitlets.List(traitlets.Int()).tag(sync=True)
    relevance_table = traitlets.Bytes(b"").tag(sync=True)

    def __init__(self, explanation, layer=None, index=None, network=None):
        of_one_picture(explanation)
        super().__init__()
        self.relevance_table = lookup_table(COLORMAPS[0]).tobytes()
        self.start_inspecting(network)
        self.inspect_in(explanation)
        picture = in_colors(explanation.picture)
        if picture is not None:
            self.picture, self.picture_shape = picture.tobytes(), list(picture.shape[:2])
        entry = explanation[explanation.layers[-1].name if layer is None else layer]
        if index is None:
            index = np.unravel_index(np.abs(entry.relevance).argmax(), entry.shape)
        self.look(entry.name, whole_numbers(index, entry.shape))


def in_colors(picture):
    """The picture with three channels; None where it has neither one nor three."""
    if picture is None or picture.shape[-1] not in (1, 3):
        return None
    return np.ascontiguousarray(np.broadcast_to(picture, (*picture.shape[:-1], 3)))
