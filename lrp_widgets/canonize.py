"""Rewrite a network into an equal one that the rules apply to.

Works on our own layers, whatever file or framework they were read from:

- BatchNorm goes into the convolution or dense layer before it, in float64;
- an activation layer becomes the activation of the layer that it follows;
- layers that do not reach the output are left out.
"""

from collections import Counter
from dataclasses import replace

import numpy as np

from .layers import Affine, Dense, Elementwise, Input, Moving, Weighted


class BatchNorm(Affine):
    """γ (x − μ) / √(σ² + ε) + β, as scale and offset a channel, until it is folded."""


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
    return replace(layer, kernel=layer.kernel * scale, bias=scale * bias + offset)


def canonize(layers, output):
    """The canonical form of `layers` (in topological order), the layer named `output` last.

    A merged layer keeps the name of the one that it was merged into. Raises ValueError, naming
    the layer, for BatchNorm that stands behind no linear convolution or dense layer of its own,
    and for rescaling or normalization elsewhere than at the input.
    """
    layers = _reaching(layers, output)
    readers = Counter(source for layer in layers for source in layer.inputs)
    kept, stands_for = {}, {}
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
    for layer in kept.values():
        _check(layer, kept)
    return list(kept.values())


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
    if isinstance(layer, BatchNorm) and isinstance(source, Weighted):
        return replace(fold(source, layer.scale, layer.offset), activation=layer.activation)
    if isinstance(layer, Elementwise):
        # Softmax is part of the output layer; after anything else it is a step of its own.
        if layer.activation.name == "softmax" and not isinstance(source, Dense):
            return None
        return replace(source, activation=layer.activation)
    return None


def _check(layer, layers):
    if isinstance(layer, BatchNorm):
        raise ValueError(
            f"BatchNormalization {layer.name!r} stands behind {layer.inputs[0]!r}: it can be read "
            "only directly behind a convolution or dense layer that has no activation and feeds "
            "nothing else."
        )
    if isinstance(layer, Affine) and not _only_moves_the_input(layers[layer.inputs[0]], layers):
        raise ValueError(
            f"{layer.kind.capitalize()} {layer.name!r} stands behind {layer.inputs[0]!r}: it can "
            "be read only at the network's input."
        )


def _only_moves_the_input(layer, layers):
    return (
        isinstance(layer, Moving)
        and layer.activation is None
        and all(_only_moves_the_input(layers[source], layers) for source in layer.inputs)
    )
