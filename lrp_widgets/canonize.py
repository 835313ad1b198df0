"""Rewrite a network into an equal one that the rules apply to.

Works on our own layers, whatever file or framework they were read from:

- BatchNorm, and every other scale and offset, goes into the convolution or dense layer before it;
- where there is none, into the convolutions and dense layers that read it (`move_on`);
- where neither works it stays a layer of its own, which passes relevance on one to one;
- an activation layer becomes the activation of the layer that it follows;
- layers that do not reach the output are left out.

The network computes the same; sums of weights are made in float64.
"""

from collections import Counter
from dataclasses import dataclass, replace

import numpy as np

from .layers import (
    Affine,
    Convolution,
    Dense,
    Elementwise,
    Input,
    Moving,
    Padding,
    Threshold,
    Weighted,
)


@dataclass(eq=False, kw_only=True)
class BatchNorm(Affine):
    """γ (x − μ) / √(σ² + ε) + β, as scale and offset a channel."""

    kind: str = "batch normalization"


def batch_norm(gamma, beta, mean, variance, epsilon):
    """BatchNorm as (scale, offset) in float64; `gamma` and `beta` may be None.

    γ (x − μ) / √(σ² + ε) + β  =  scale · x + offset  with  scale = γ / √(σ² + ε),
    offset = β − scale · μ. All arrays have the shape (C,).
    """
    mean, variance = np.asarray(mean, np.float64), np.asarray(variance, np.float64)
    scale = (1 if gamma is None else np.asarray(gamma, np.float64)) / np.sqrt(variance + epsilon)
    offset = (0 if beta is None else np.asarray(beta, np.float64)) - scale * mean
    return scale, offset


def fold(layer, scale, offset):
    """The layer with weights that does `layer`, then scale · z + offset, at once (float64).

    scale · (w · x + b) + offset  =  (scale · w) · x  +  (scale · b + offset)
    """
    bias = 0 if layer.bias is None else np.asarray(layer.bias, np.float64)
    bias = np.broadcast_to(scale * bias + offset, layer.kernel.shape[-1:])
    return replace(layer, kernel=layer.kernel * scale, bias=bias)


def unfold(layer, scale, offset):
    """The layer with weights that does scale · x + offset, then `layer`, at once (float64).

    w · (scale · x + offset) + b  =  (w · scale) · x  +  (w · offset + b); right at the edges only
    if what stands for padding is −offset/scale, the value that scale and offset make zero.
    """
    kernel = np.asarray(layer.kernel, np.float64)
    scale, offset = (_along_kernel(layer, values) for values in (scale, offset))
    bias = 0 if layer.bias is None else np.asarray(layer.bias, np.float64)
    bias = bias + (kernel * offset).sum(tuple(range(kernel.ndim - 1)))
    return replace(layer, kernel=kernel * scale, bias=bias)


def _along_kernel(layer, values):
    """Values of each input channel where they stand in the kernel, (…, channels in, out)."""
    values = np.broadcast_to(values, (layer.channels,))
    if isinstance(layer, Dense) or layer.groups == 1:
        return values[:, None]
    grouped = values.reshape(layer.groups, -1).T
    return np.repeat(grouped, layer.kernel.shape[-1] // layer.groups, axis=1)


def canonize(layers, output):
    """(the canonical form of `layers`, notes): the layer named `output` and what leads to it.

    `layers` are in topological order. A merged layer keeps the name of the one that it was merged
    into; the notes say in a sentence each what became of every BatchNorm.
    """
    layers = _reaching(layers, output)
    readers = Counter(source for layer in layers for source in layer.inputs)
    kept, stands_for, notes = {}, {}, []
    for layer in layers:
        layer = replace(layer, inputs=tuple(stands_for.get(s, s) for s in layer.inputs))
        source = kept[layer.inputs[0]] if len(layer.inputs) == 1 else None
        merged = None
        if source is not None and readers[source.name] == 1:
            merged = _merge(source, layer)
        if merged is None:
            kept[layer.name] = layer
        else:
            kept[source.name] = merged
            stands_for[layer.name] = source.name
            readers[source.name] = readers[layer.name]
            if isinstance(layer, Affine):
                notes.append(f"{layer.name} ({layer.kind}) is folded into {source.name}.")
    for layer in list(kept.values()):
        if isinstance(layer, Affine) and not _only_moves_the_input(kept[layer.inputs[0]], kept):
            notes.append(_moved_on(layer, kept) or _stays(layer))
    return _in_order(kept), notes


def _reaching(layers, output):
    """The layers on a path to the output; the input stays in any case."""
    needed = {output}
    for layer in reversed(layers):
        if layer.name in needed:
            needed.update(layer.inputs)
    return [layer for layer in layers if layer.name in needed or isinstance(layer, Input)]


def _merge(source, layer):
    """The one layer that does `source`, then `layer`; None where they stay two."""
    if source.activation is not None or isinstance(source, Input):
        return None
    if isinstance(layer, Affine) and isinstance(source, Weighted):
        return replace(fold(source, layer.scale, layer.offset), activation=layer.activation)
    if isinstance(layer, Elementwise):
        # Softmax is part of the output layer; after anything else it is a step of its own.
        if layer.activation.name == "softmax" and not isinstance(source, Dense):
            return None
        return replace(source, activation=layer.activation)
    return None


def _only_moves_the_input(layer, layers):
    return (
        isinstance(layer, Moving)
        and layer.activation is None
        and all(_only_moves_the_input(layers[source], layers) for source in layer.inputs)
    )


# Scale and offset into the layers behind


def _moved_on(layer, kept):
    """Move a layer's scale and offset into all that read it, in `kept`; a note, or None.

    With ReLU between, ReLU(s·x + o) = s·max(x, t) + o, with min where s is negative, and t = −o/s,
    the zero of s·x + o: what is left is a threshold, and scale and offset move on behind it. The
    padding of a convolution that took zeros then stands for t.
    """
    readers = [each for each in kept.values() if layer.name in each.inputs]
    if not all(_takes_over(layer, reader) for reader in readers) or not readers:
        return None
    channels = readers[0].channels
    scale, offset = (
        np.broadcast_to(np.asarray(values, np.float64), (channels,))
        for values in (layer.scale, layer.offset)
    )
    zero = -offset / scale
    if layer.activation is None:
        del kept[layer.name]
        [source] = layer.inputs
    else:
        kept[layer.name] = _threshold(layer, scale, offset)
        source = layer.name
    for reader in readers:
        moved = replace(unfold(reader, scale, offset), inputs=(source,))
        pads = _pads(reader)
        if np.any(pads):
            pad = _free_name(f"{reader.name}_pad", kept)
            kept[pad] = Padding(name=pad, inputs=(source,), pads=pads, value=zero)
            moved = replace(moved, inputs=(pad,), padding="valid")
        kept[reader.name] = moved
    note = f"{layer.name} ({layer.kind}) is moved into {_and(r.name for r in readers)} behind it"
    return note + ("." if layer.activation is None else "; its ReLU became a threshold.")


def _takes_over(layer, reader):
    """Whether scale, offset and ReLU of `layer` can be moved past into `reader`."""
    clipped = layer.activation is not None and layer.activation.name not in ("relu", "relu6")
    if clipped or not isinstance(reader, Weighted) or not np.all(layer.scale):
        return False
    return isinstance(reader, Dense) or _pads(reader) is not None


def _threshold(layer, scale, offset):
    """ReLU or ReLU6 of scale · x + offset, less the scale and the offset."""
    first = -offset / scale
    last = (6 - offset) / scale if layer.activation.name == "relu6" else np.inf * scale
    low, high = np.minimum(first, last), np.maximum(first, last)
    return Threshold(name=layer.name, inputs=layer.inputs, low=low, high=high)


def _pads(layer):
    """What a layer pads its picture with; None where that depends on the picture's size."""
    none = ((0, 0), (0, 0))
    if not isinstance(layer, Convolution) or layer.padding == "valid":
        return none
    spans = [(n - 1) * d for n, d in zip(layer.kernel.shape[:2], layer.dilation, strict=True)]
    if not any(spans):
        return none
    if layer.strides != (1, 1):
        return None
    return tuple((span // 2, span - span // 2) for span in spans)


def _stays(layer):
    return f"{layer.name} ({layer.kind}) stays a layer of its own: relevance passes it one to one."


def _free_name(name, kept):
    while name in kept:
        name += "_"
    return name


def _and(names):
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def _in_order(kept):
    """The layers in topological order: padding that came last stands before its convolution."""
    done = {}

    def visit(layer):
        for source in layer.inputs:
            if source not in done:
                visit(kept[source])
        done[layer.name] = layer

    for layer in kept.values():
        if layer.name not in done:
            visit(layer)
    return list(done.values())
