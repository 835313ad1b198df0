"""Which units a unit reads, and which units read it: places only, no values."""

from itertools import product

import numpy as np

from .attention import ClassToken, OneToken
from .layers import Concatenation, Dense, GlobalWindow, Padding, Permute, Reshape, Window
from .receptive_fields import sliding
from .resampling import Cropping, TransposedConvolution, Upsampling


def cells_read(layer, shape, positions):
    """Rows and columns that the outputs at `positions` (P, 2) read: (P, rows, columns, 2).

    Or places along one axis or three. Cells outside of the input's `shape` are the layer's own
    padding, or taps of a transposed convolution that meet no input there.
    """
    if isinstance(layer, GlobalWindow):
        whole = np.stack(np.meshgrid(*map(np.arange, shape[:-1]), indexing="ij"), -1)
        return np.broadcast_to(whole, (len(positions), *whole.shape))
    if isinstance(layer, TransposedConvolution):
        return sliding(layer, shape).windows_at(positions, shape)
    return sliding(layer, shape).places(positions)


def channels_read(layer, output):
    """The input channels that one output channel of a convolution reads, as a slice."""
    depth = layer.kernel.shape[-2]
    group = output // (layer.kernel.shape[-1] // layer.groups)
    return slice(group * depth, (group + 1) * depth)


def readers(layer, shapes, source, place):
    """How a layer with weights reads the input `place`: (positions, taps, outputs).

    `positions` (P, axes) of its outputs, the kernel's tap (P, …) that reads `place` at each of
    them, and the slice of output channels that do.
    """
    if isinstance(layer, Dense):
        return np.array([place[:-1]], int), np.array([place[-1:]]), slice(0, None)
    depth, filters = layer.kernel.shape[-2:]
    per_group = filters // layer.groups
    group, channel = divmod(place[-1], depth)
    window = sliding(layer, shapes[source])
    if isinstance(layer, TransposedConvolution):
        positions, taps = window.cells(place[:-1], shapes[layer.name])
    else:
        positions, taps = window.outputs(place[:-1], shapes[layer.name])
    taps = np.column_stack([taps, np.full(len(taps), channel)])
    return positions, taps, slice(group * per_group, (group + 1) * per_group)


def fed_by(layer, shapes, source, place):
    """The outputs of a layer without weights that read the input `place` of `source`."""
    match layer:
        case Window():
            positions, _ = sliding(layer, shapes[source]).outputs(place[:-1], shapes[layer.name])
            return [(*map(int, position), place[-1]) for position in positions]
        case GlobalWindow():
            return [(*[0] * (len(place) - 1) * layer.keepdims, place[-1])]
        case Reshape():
            flat = np.ravel_multi_index(place, shapes[source])
            return [tuple(map(int, np.unravel_index(flat, shapes[layer.name])))]
        case Permute():
            return [tuple(place[axis - 1] for axis in layer.dims)]
        case Padding():
            return [_moved(place, layer.pads, 1)]
        case Cropping():
            output = _moved(place, layer.crops, -1)
            return [output] if _is_within(output, shapes[layer.name]) else []
        case Upsampling():
            copies = (
                range(k * n, (k + 1) * n) for k, n in zip(place[:-1], layer.size, strict=True)
            )
            return [(*copy, place[-1]) for copy in product(*copies)]
        case Concatenation():
            return _side_by_side(layer, shapes, source, place)
        case ClassToken():
            return [(place[0] + 1, *place[1:])]
        case OneToken():
            here = place[0] == layer.index % shapes[source][0]
            return [place[1:]] if here else []
    return [place]


def origin(layer, shapes, index):
    """Where a moved value came from: (layer, place), place None for padding."""
    source = layer.inputs[0]
    match layer:
        case Reshape():
            flat = np.ravel_multi_index(index, shapes[layer.name])
            return source, tuple(map(int, np.unravel_index(flat, shapes[source])))
        case Permute():
            return source, tuple(index[k] for k in np.argsort(layer.dims))
        case Padding():
            place = _moved(index, layer.pads, -1)
            return source, place if _is_within(place, shapes[source]) else None
        case Cropping():
            return source, _moved(index, layer.crops, 1)
        case Upsampling():
            return source, tuple(k // n for k, n in zip(index, (*layer.size, 1), strict=True))
        case ClassToken():
            return source, (index[0] - 1, *index[1:]) if index[0] else None
        case OneToken():
            return source, (layer.index % shapes[source][0], *index)
        case Concatenation():
            place, axis = list(index), _axis(layer)
            for source in layer.inputs:
                if place[axis] < shapes[source][axis]:
                    break
                place[axis] -= shapes[source][axis]
            return source, tuple(place)
    return source, index


def _moved(place, pads, way):
    """A place that pads before each axis move on (1) or back (-1)."""
    return tuple(k + way * before for k, (before, _) in zip(place, (*pads, (0, 0)), strict=True))


def _is_within(place, shape):
    return all(0 <= k < size for k, size in zip(place, shape, strict=True))


def _side_by_side(layer, shapes, source, place):
    axis = _axis(layer)
    outputs, offset = [], 0
    for name in layer.inputs:
        if name == source:
            output = list(place)
            output[axis] += offset
            outputs.append(tuple(output))
        offset += shapes[name][axis]
    return outputs


def _axis(layer):
    """A concatenation's axis, counted without the batch axis."""
    return layer.axis if layer.axis < 0 else layer.axis - 1
