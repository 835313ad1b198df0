"""Which inputs a unit sees: windows, and the receptive field on the picture."""

from dataclasses import dataclass

import numpy as np

from .attention import Product, Softmax
from .attention_places import span_below
from .einsum_dense import EinsumDense
from .layers import (
    Convolution,
    GlobalWindow,
    Input,
    Padding,
    Permute,
    Reshape,
    Window,
)
from .network import Network
from .resampling import Cropping, TransposedConvolution, Upsampling


@dataclass(frozen=True)
class Sliding:
    """A window that slides along axes, such as rows and columns.

    For each axis: its size, stride, step between taps, and first place.
    """

    size: tuple[int, ...]
    strides: tuple[int, ...]
    dilation: tuple[int, ...]
    first: tuple[int, ...]

    @property
    def taps(self):
        """The places within the window, (rows, columns, 2), or with one axis or three."""
        return np.stack(np.meshgrid(*map(np.arange, self.size), indexing="ij"), -1)

    def places(self, positions):
        """What the windows at outputs `positions` (P, 2) read: (P, rows, columns, 2).

        Places outside of the input are padding.
        """
        axes = len(self.size)
        starts = np.reshape(positions, (-1, *[1] * axes, axes)) * self.strides + self.first
        return starts + self.taps * self.dilation

    def outputs(self, place, shape):
        """The outputs (n, 2) whose window holds the input `place`, and the taps (n, 2) there."""
        taps = self.taps.reshape(-1, len(self.size))
        ahead = np.array(place) - self.first - taps * self.dilation
        outputs = ahead // self.strides
        real = (ahead % self.strides == 0).all(1)
        real &= ((outputs >= 0) & (outputs < shape[:-1])).all(1)
        return outputs[real], taps[real]

    def cells(self, position, shape):
        """The places (n, 2) in the window at `position` that lie within `shape`, and their taps."""
        axes = len(self.size)
        places = self.places([position]).reshape(-1, axes)
        real = ((places >= 0) & (places < shape[:axes])).all(1)
        return places[real], self.taps.reshape(-1, axes)[real]

    def reach(self, low, high):
        """First and last input place along each axis that the outputs `low` … `high` see."""
        first = np.array(low) * self.strides + self.first
        span = (np.array(self.size) - 1) * self.dilation
        return first, np.array(high) * self.strides + self.first + span

    def reached_by(self, low, high):
        """First and last window along each axis that holds one of the places `low` … `high`."""
        span = (np.array(self.size) - 1) * self.dilation
        first = -((span - (np.array(low) - self.first)) // self.strides)
        return first, (np.array(high) - self.first) // self.strides

    def windows_at(self, positions, shape):
        """The windows that hold the places `positions` (P, 2) at each tap: (P, rows, columns, 2).

        -1 where no window of an input of that `shape` does.
        """
        axes = len(self.size)
        ahead = np.reshape(positions, (-1, *[1] * axes, axes)) - self.first
        ahead = ahead - self.taps * self.dilation
        windows = ahead // self.strides
        found = (ahead % self.strides == 0) & (windows >= 0) & (windows < shape[:axes])
        return np.where(found.all(-1, keepdims=True), windows, -1)


def sliding(layer: Convolution | TransposedConvolution | Window, shape: tuple[int, ...]) -> Sliding:
    """How the window of a convolution or a pooling layer slides over its input of that `shape`.

    That of a transposed convolution slides over its output: each of its places is an input.
    """
    size = layer.size if isinstance(layer, Window) else layer.kernel.shape[:-2]
    dilation = (1,) * len(size) if isinstance(layer, Window) else layer.dilation
    lengths = layer.lengths(shape) if isinstance(layer, TransposedConvolution) else shape
    first = [0] * len(size)
    if layer.padding == "same":
        for axis, stride in enumerate(layer.strides):
            length, span = lengths[axis], (size[axis] - 1) * dilation[axis] + 1
            first[axis] = -(max((-(-length // stride) - 1) * stride + span - length, 0) // 2)
    return Sliding(tuple(size), tuple(layer.strides), tuple(dilation), tuple(first))


def receptive_field(
    network: Network, shapes: dict[str, tuple], name: str, index: tuple[int, ...]
) -> tuple[int, ...] | None:
    """The part of the picture that a unit can see: (top, left, bottom, right), ends excluded.

    Of a signal (first, end), of a volume three firsts and three ends. `shapes`: {layer name:
    shape}; `index`: the unit's place in layer `name`. None for a network that reads vectors.
    """
    *lengths, _ = shapes[network.layers[0].name]
    if not lengths:
        return None
    field = _field(network, shapes, name, index)
    low, high = (np.clip(each, 0, lengths) for each in (field[0], field[1] + 1))
    return tuple(map(int, (*low, *high)))


def _field(network, shapes, name, index):
    """(first, last) place of the picture along each axis that the unit sees, unclipped."""
    *lengths, _ = shapes[network.layers[0].name]
    place = np.array(index[: len(lengths)])
    alike = len(shapes[name]) == len(lengths) + 1
    seen: dict[str, tuple | None] = {name: (place, place) if alike else None}
    fields = []
    for layer in reversed(network.layers):
        if layer.name not in seen:
            continue
        if isinstance(layer, Input):
            fields.append(seen[layer.name])
            continue
        for number, source in enumerate(layer.inputs):
            part = _below(layer, number, seen[layer.name], shapes[source], len(lengths))
            seen[source] = _hull(seen[source], part) if source in seen else part
    whole = (np.zeros(len(lengths), int), np.array(lengths) - 1)
    return whole if fields[0] is None else fields[0]


def _below(layer, number, span, shape, axes):
    """What of the layer's input `number` the outputs `span` see; None for everything."""
    if span is None or len(shape) != axes + 1:
        return None
    low, high = span
    match layer:
        case GlobalWindow() | Reshape():
            return None
        case EinsumDense() | Product() | Softmax():
            return span_below(layer, number, span, shape) if axes == 2 else None
        case Convolution() | Window():
            return sliding(layer, shape).reach(low, high)
        case TransposedConvolution():
            return sliding(layer, shape).reached_by(low, high)
        case Padding():
            before = np.array(layer.pads)[:, 0]
            return low - before, high - before
        case Cropping():
            before = np.array(layer.crops)[:, 0]
            return low + before, high + before
        case Upsampling():
            return low // layer.size, high // layer.size
        case Permute():
            if layer.dims[-1] != len(layer.dims):
                return None
            order = np.argsort(layer.dims[:-1])
            return low[order], high[order]
    return span


def _hull(a, b):
    if a is None or b is None:
        return None
    return np.minimum(a[0], b[0]), np.maximum(a[1], b[1])
