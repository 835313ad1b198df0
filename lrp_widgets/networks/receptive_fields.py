"""Which inputs a unit sees: windows, and the receptive field on the picture."""

from dataclasses import dataclass

import numpy as np

from .layers import Convolution, GlobalWindow, Input, Padding, Window
from .network import Network


@dataclass(frozen=True)
class Sliding:
    """A window that slides over rows and columns: size, stride, step between taps, first place."""

    size: tuple[int, ...]
    strides: tuple[int, ...]
    dilation: tuple[int, ...]
    first: tuple[int, ...]

    @property
    def taps(self):
        """The places within the window, (rows, columns, 2)."""
        return np.stack(np.meshgrid(*map(np.arange, self.size), indexing="ij"), -1)

    def places(self, positions):
        """What the windows at outputs `positions` (P, 2) read: (P, rows, columns, 2).

        Places outside of the input are padding.
        """
        starts = np.reshape(positions, (-1, 1, 1, 2)) * self.strides + self.first
        return starts + self.taps * self.dilation

    def outputs(self, place, shape):
        """The outputs (n, 2) whose window holds the input `place`, and the taps (n, 2) there."""
        taps = self.taps.reshape(-1, 2)
        ahead = np.array(place) - self.first - taps * self.dilation
        outputs = ahead // self.strides
        real = (ahead % self.strides == 0).all(1)
        real &= ((outputs >= 0) & (outputs < shape[:2])).all(1)
        return outputs[real], taps[real]

    def reach(self, low, high):
        """First and last input row and column that the outputs `low` … `high` see."""
        first = np.array(low) * self.strides + self.first
        span = (np.array(self.size) - 1) * self.dilation
        return first, np.array(high) * self.strides + self.first + span


def sliding(layer: Convolution | Window, shape: tuple[int, ...]) -> Sliding:
    """How the window of a convolution or a pooling layer slides over an input of `shape`."""
    size = layer.kernel.shape[:2] if isinstance(layer, Convolution) else layer.size
    dilation = layer.dilation if isinstance(layer, Convolution) else (1, 1)
    first = [0, 0]
    if layer.padding == "same":
        for axis in (0, 1):
            stride, length = layer.strides[axis], shape[axis]
            span = (size[axis] - 1) * dilation[axis] + 1
            first[axis] = -(max((-(-length // stride) - 1) * stride + span - length, 0) // 2)
    return Sliding(tuple(size), tuple(layer.strides), tuple(dilation), tuple(first))


def receptive_field(
    network: Network, shapes: dict[str, tuple], name: str, index: tuple[int, ...]
) -> tuple[int, int, int, int] | None:
    """The part of the picture that a unit can see: (top, left, bottom, right), ends excluded.

    `shapes`: {layer name: shape}; `index`: the unit's place in layer `name`. None for a network
    whose input is not a picture.
    """
    picture = shapes[network.layers[0].name]
    if len(picture) != 3:
        return None
    field = _field(network, shapes, name, index)
    low, high = np.clip(field[0], 0, picture[:2]), np.clip(field[1] + 1, 0, picture[:2])
    top, left, bottom, right = map(int, (*low, *high))
    return top, left, bottom, right


def _field(network, shapes, name, index):
    """(first, last) row and column of the picture that the unit sees, unclipped."""
    here = (np.array(index[:2]), np.array(index[:2]))
    seen: dict[str, tuple | None] = {name: here if len(shapes[name]) == 3 else None}
    fields = []
    for layer in reversed(network.layers):
        if layer.name not in seen:
            continue
        if isinstance(layer, Input):
            fields.append(seen[layer.name])
            continue
        for source in layer.inputs:
            part = _below(layer, seen[layer.name], shapes[source])
            seen[source] = _hull(seen[source], part) if source in seen else part
    whole = (np.zeros(2, int), np.array(shapes[network.layers[0].name][:2]) - 1)
    return whole if fields[0] is None else fields[0]


def _below(layer, span, shape):
    """What of the layer's input the outputs `span` see; None for everything."""
    if span is None or len(shape) != 3 or isinstance(layer, GlobalWindow):
        return None
    if isinstance(layer, Convolution | Window):
        return sliding(layer, shape).reach(*span)
    if isinstance(layer, Padding):
        offset = np.array([layer.pads[0][0], layer.pads[1][0]])
        return span[0] - offset, span[1] - offset
    return span


def _hull(a, b):
    if a is None or b is None:
        return None
    return np.minimum(a[0], b[0]), np.maximum(a[1], b[1])
