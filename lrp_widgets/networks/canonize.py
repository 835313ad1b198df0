"""Rewrite a network into an equal one that the rules apply to.

Works on our own layers, whatever file or framework they were read from:

- BatchNorm, and every other scale and offset, goes into the convolution or dense layer before it;
- where there is none, its scale goes into the convolutions and dense layers that read it, and it
  only subtracts what it makes zero;
- where neither works it stays as it is;
- an activation layer becomes the activation of the layer that it follows;
- layers that do not reach the output are left out.

What stays is a unit with one input and a bias for LRP-0 and ε, and passed one to one by all other
rules. The network computes the same; sums of weights are made in float64.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from .attention import Positions, Product, Softmax
from .einsum_dense import EinsumDense
from .layers import Affine, Dense, Elementwise, Input, Layer, PassThrough, Weighted

# Activation functions with f(s · x) = s · f(x) for s > 0.
HOMOGENEOUS = ("relu", "leaky relu")

# A bias, in deviations, whose cancelling would cost digits that the ledger promises.
FAR = 100

# A scale up to this has no zero that could be counted on.
SMALLEST_SCALE = 1e-12


@dataclass(eq=False, kw_only=True)
class BatchNorm(Affine):
    """γ (x − μ) / √(σ² + ε) + β, as scale and offset a channel."""

    kind: str = "batch normalization"


def batch_norm(gamma, beta, mean, variance, epsilon):
    """BatchNorm as (scale, offset, center) in float64; `gamma` and `beta` may be None.

    γ (x − μ) / √(σ² + ε) + β  =  scale · (x − center) + offset  with  scale = γ / √(σ² + ε),
    center = μ to float32's digits, and offset = β but for what these cut off. All have the shape
    (C,).
    """
    mean, variance = np.asarray(mean, np.float64), np.asarray(variance, np.float64)
    scale = (1 if gamma is None else np.asarray(gamma, np.float64)) / np.sqrt(variance + epsilon)
    center = mean.astype(np.float32).astype(np.float64)
    offset = (0 if beta is None else np.asarray(beta, np.float64)) + scale * (center - mean)
    return scale, offset, center


def fold(layer, scale, offset):
    """The layer with weights that does `layer`, then scale · z + offset, at once (float64).

    scale · (w · x + b) + offset  =  (scale · w) · x  +  (scale · b + offset)
    """
    bias = 0 if layer.bias is None else np.asarray(layer.bias, np.float64)
    bias = np.broadcast_to(scale * bias + offset, layer.kernel.shape[-1:])
    return replace(layer, kernel=layer.kernel * scale, bias=bias)


def with_scaled_inputs(layer, scale):
    """The layer with weights that reads x where `layer` reads scale · x (float64).

    w · (scale · x) + b  =  (w · scale) · x + b
    """
    return replace(layer, kernel=layer.kernel * _along_kernel(layer, scale))


def _along_kernel(layer, values):
    """Values of each input channel where they stand in the kernel, (…, channels in, out)."""
    values = np.broadcast_to(values, (layer.channels,))
    if isinstance(layer, Dense) or layer.groups == 1:
        return values[:, None]
    grouped = values.reshape(layer.groups, -1).T
    return np.repeat(grouped, layer.kernel.shape[-1] // layer.groups, axis=1)


def canonize(layers: Sequence[Layer], output: str) -> tuple[list[Layer], list[str]]:
    """(the canonical form of `layers`, notes): the layer named `output` and what leads to it.

    `layers` are in topological order. A merged layer keeps the name of the one that it was merged
    into; the notes say in a sentence each what became of every BatchNorm.
    """
    layers = _with_attention(_reaching(layers, output))
    readers = Counter(source for layer in layers for source in layer.inputs)
    kept, stands_for, notes, far = {}, {}, [], []
    for layer in layers:
        layer = replace(layer, inputs=tuple(stands_for.get(s, s) for s in layer.inputs))
        source = kept[layer.inputs[0]] if len(layer.inputs) == 1 else None
        merged = None
        if source is not None and readers[source.name] == 1:
            if _lies_far(source, layer):
                kept[source.name], layer = _with_signs(source, layer)
                far.append(layer.name)
                notes.append(
                    f"{layer.name} ({layer.kind}) stays a layer of its own, for its mean lies far "
                    f"from 0: only the signs of its scale are folded into {source.name}."
                )
            else:
                merged = _merge(source, layer)
        if source is None or merged is None:
            kept[layer.name] = layer
        else:
            kept[source.name] = merged
            stands_for[layer.name] = source.name
            readers[source.name] = readers[layer.name]
            if isinstance(layer, Affine):
                notes.append(f"{layer.name} ({layer.kind}) is folded into {source.name}.")
    for layer in list(kept.values()):
        prepares = isinstance(layer, Affine) and only_moves_the_input(kept[layer.inputs[0]], kept)
        if _is_folded(layer) and not prepares and layer.name not in far:
            notes.append(_moved_on(layer, kept) or _stays(layer))
    return list(kept.values()), notes


def _reaching(layers, output):
    """The layers on a path to the output; the input stays in any case."""
    needed = {output}
    for layer in reversed(layers):
        if layer.name in needed:
            needed.update(layer.inputs)
    return [layer for layer in layers if layer.name in needed or isinstance(layer, Input)]


def _with_attention(layers):
    """The layers with a softmax of its own where its values are a product's factor."""
    factors = {name for layer in layers if isinstance(layer, Product) for name in layer.inputs}
    return [
        Softmax(name=layer.name, inputs=layer.inputs, axis=-1)
        if layer.name in factors and isinstance(layer, Elementwise) and layer.kind_text == "softmax"
        else layer
        for layer in layers
    ]


def _lies_far(source, layer):
    """Whether a BatchNorm behind weights would leave them a bias that nearly cancels their sum."""
    if not isinstance(layer, BatchNorm) or not _takes_scales(source) or source.activation:
        return False
    folded = fold(source, layer.scale, layer.bias)
    return bool(np.any(np.abs(np.asarray(folded.bias)) > FAR))


def _with_signs(source, layer):
    """Both, with the signs of the BatchNorm's scale in the weights; no weight loses digits.

    So rules without biases share as if all of it were folded.
    """
    sign = np.where(layer.scale < 0, -1.0, 1.0)
    layer = replace(layer, scale=np.abs(layer.scale), center=sign * layer.center)
    return fold(source, sign, 0), layer


def _is_folded(layer):
    """Whether a layer is a scale and an offset a channel; positions stay what they are."""
    return isinstance(layer, Affine) and not isinstance(layer, Positions)


def _takes_scales(layer):
    """Whether a layer has a kernel (…, channels in, channels out) to fold scales into."""
    return isinstance(layer, Weighted) and not isinstance(layer, EinsumDense)


def _merge(source, layer):
    """The one layer that does `source`, then `layer`; None where they stay two."""
    if source.activation is not None or isinstance(source, Input):
        return None
    if _is_folded(layer) and _takes_scales(source):
        return replace(fold(source, layer.scale, layer.bias), activation=layer.activation)
    if isinstance(layer, Elementwise):
        # Softmax is part of the output layer; after anything else it is a step of its own.
        if layer.kind_text == "softmax" and not isinstance(source, Dense):
            return None
        return replace(source, activation=layer.activation)
    return None


def only_moves_the_input(layer, layers):
    """Whether `layer`, of a mapping from names to layers, is part of what prepares the picture."""
    return (
        isinstance(layer, PassThrough)
        and layer.activation is None
        and all(only_moves_the_input(layers[source], layers) for source in layer.inputs)
    )


# A scale into the layers behind


def _moved_on(layer, kept):
    """Move a layer's scale into all that read it, in `kept`; a note, or None.

    With t the zero of scale · x + offset, ReLU(scale · x + offset) = |scale| · max(± (x − t), 0):
    the sign is that of the scale, and the factor |scale| goes into the weights behind. What is
    clipped is exactly 0, as padding is. A channel with next to no scale keeps it, for it has no t.
    """
    readers = [each for each in kept.values() if layer.name in each.inputs]
    homogeneous = layer.activation is None or layer.activation.name in HOMOGENEOUS
    if not homogeneous or not all(map(_takes_scales, readers)) or not readers:
        return None
    size = np.abs(np.broadcast_to(layer.scale, (readers[0].channels,)))
    size = np.where(size > SMALLEST_SCALE, size, 1.0)
    kept[layer.name] = replace(
        layer, scale=layer.scale / size, offset=layer.offset / size, kind="shift"
    )
    for reader in readers:
        kept[reader.name] = with_scaled_inputs(reader, size)
    behind = _and(reader.name for reader in readers)
    return (
        f"{layer.name} ({layer.kind}) is moved into {behind} behind it: "
        "what is left of it subtracts a limit."
    )


def _stays(layer):
    return (
        f"{layer.name} ({layer.kind}) stays a layer of its own: "
        "LRP-0 and ε count its offset as a bias, other rules pass relevance one to one."
    )


def _and(names):
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
