"""BatchNorm by numbers: a row of five values before and after it is folded left, right, or kept."""

from dataclasses import dataclass, replace

import numpy as np

from ...networks.canonize import BatchNorm, batch_norm, canonize
from ...networks.layers import (
    Affine,
    Convolution,
    Elementwise,
    GlobalAveragePooling,
    Input,
    MaxPooling,
    Weighted,
)
from ...networks.network import Network

# The row that comes in, and a convolution's weights and bias.
ROW = (0.5, 2.0, 0.0, 0.0, 3.0, 1.5)
KERNEL = (0.5, 1.0, -0.5)
BIAS = 0.25

WAYS = {
    "left": "conv → BN → ReLU",
    "right": "pool → BN → ReLU → conv",
    "kept": "pool → BN → ReLU → average",
}


@dataclass(frozen=True, eq=False)
class Stage:
    """One layer: its `name` and `kind`, what it computes in words, and its output (n,)."""

    name: str
    kind: str
    words: str
    values: np.ndarray


@dataclass(frozen=True)
class Folded:
    """The same little network twice: the stages `before` and `after`, and what was done.

    `scale`, `offset`: the BatchNorm as scale · x + offset; `difference`: the largest one between
    the two outputs; `note`: the sentence that the network says of it; `kernel` (n,), `bias`: those
    of the convolution afterwards, where there is one.
    """

    before: tuple[Stage, ...]
    after: tuple[Stage, ...]
    scale: float
    offset: float
    difference: float
    note: str
    kernel: np.ndarray | None
    bias: float | None


def fold_by_numbers(way, gamma=1.5, beta=0.5, mean=1.0, variance=4.0):
    """Put a BatchNorm into a little network, one of `WAYS`, and canonize it: `Folded`.

        fold_by_numbers("left", gamma=2).after[1].words

    The rewriting is `canonize.canonize`, as for every network; the ε that BatchNorm adds to the
    variance is 0 here. Raises ValueError for an unknown way.
    """
    if way not in WAYS:
        raise ValueError(f"A BatchNorm is folded {', '.join(WAYS)}; got {way!r}.")
    scale, offset, center = batch_norm([gamma], [beta], [mean], [variance], epsilon=0)
    norm = BatchNorm(name="bn", scale=scale, offset=offset, center=center)
    layers = _LAYERS[way](norm)
    made, notes = canonize(layers, layers[-1].name)
    before, after = _stages(layers), _stages(made)
    difference = np.abs(before[-1].values - after[-1].values).max()
    convolution = next((layer for layer in made if isinstance(layer, Weighted)), None)
    return Folded(
        before=before,
        after=after,
        scale=float(scale[0]),
        offset=float(norm.bias[0]),
        difference=float(difference),
        note=" ".join(notes),
        kernel=None if convolution is None else convolution.kernel.ravel(),
        bias=None if convolution is None else float(convolution.bias[0]),
    )


def _convolution(source):
    kernel = np.reshape(np.array(KERNEL), (1, 3, 1, 1))
    bias = np.array([BIAS])
    return Convolution(name="conv", inputs=(source,), kernel=kernel, bias=bias, padding="same")


def _normalised(source, norm):
    from ...networks.activations import Activation

    return [
        replace(norm, inputs=(source,)),
        Elementwise(name="relu", inputs=("bn",), activation=Activation("relu")),
    ]


def _begin(pooled):
    """The input, of five values where it is not pooled."""
    row = Input(name="x", shape=(1, len(ROW) if pooled else len(ROW) - 1, 1))
    pool = MaxPooling(name="pool", inputs=("x",), size=(1, 2), strides=(1, 1))
    return [row, pool] if pooled else [row]


_LAYERS = {
    "left": lambda norm: [*_begin(False), _convolution("x"), *_normalised("conv", norm)],
    "right": lambda norm: [*_begin(True), *_normalised("pool", norm), _convolution("relu")],
    "kept": lambda norm: [
        *_begin(True),
        *_normalised("pool", norm),
        GlobalAveragePooling(name="average", inputs=("relu",)),
    ],
}


def _stages(layers):
    """Every layer with its output, in float64."""
    network = Network(layers)
    count = layers[0].shape[1]
    outputs = network.forward(np.reshape(np.array(ROW[:count]), (1, 1, count, 1)), "float64")
    return tuple(
        Stage(each.name, each.kind, _words(each), outputs[each.name].ravel()) for each in layers
    )


def _words(layer):
    """What a layer computes, with its numbers."""
    from ..._support.number_words import number

    then = "" if layer.activation is None else f", then {layer.activation.name}"
    match layer:
        case Input():
            return "what comes in"
        case Weighted():
            weights = ", ".join(number(w) for w in np.ravel(layer.kernel))
            return f"w = ({weights}), b = {number(layer.bias[0])}{then}"
        case Affine():
            scale, offset = (np.ravel(v)[0] for v in (layer.scale, layer.bias))
            x = {0: "0 · x", 1: "x", -1: "−x"}.get(scale, f"{number(scale)} · x")
            return f"{x} {'−' if offset < 0 else '+'} {number(abs(offset))}{then}"
        case Elementwise():
            return "max(x, 0)"
    return layer.kind_text
