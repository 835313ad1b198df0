"""Keras's MultiHeadAttention, and layers of tokens, as layers of ours.

One MultiHeadAttention becomes seven: query, key and value, the scores Q Kᵀ / √d, their softmax,
the mix A V, and the output, which keeps the layer's name.
"""

from typing import Any

import keras
import numpy as np

from .attention import (
    MIXED,
    SCORES,
    ClassToken,
    Join,
    Product,
    Projection,
    Softmax,
)
from .einsum_dense import EinsumDense
from .keras_operations import positions
from .keras_tokens import ClassToken as KerasClassToken
from .keras_tokens import PositionEmbedding
from .keras_words import describe

# Keras's newer options, which change what is computed.
REFUSED = ("use_gate", "sliding_window", "sliding_window_size")


def _attention(call):
    layer = call.layer
    config = layer.get_config()
    for option in REFUSED:
        if config.get(option):
            raise ValueError(
                f"{describe(layer)} has {option}={config[option]}; it can be read without."
            )
    shapes = call.input_shapes
    along = config.get("attention_axes")
    if along is not None and tuple(along) != tuple(range(1, len(shapes[0]))):
        raise ValueError(
            f"{describe(layer)} looks along the axes {tuple(along)} alone; it can be "
            "read where every place looks at all others."
        )
    query, value, *key = (str(k) for k in range(len(shapes)))
    key = key[0] if key else value
    projected = {"_query": query, "_key": key, "_value": value}
    return (
        *(
            Projection(
                name=part,
                inputs=(source,),
                kernel=_heads_last(call, f"{part[1:]}_dense", "kernel"),
                bias=_heads_last(call, f"{part[1:]}_dense", "bias"),
            )
            for part, source in projected.items()
        ),
        Product(
            name="_scores",
            inputs=("_query", "_key"),
            equation=SCORES,
            factor=float(1 / np.sqrt(layer.key_dim)),
        ),
        Softmax(name="_softmax", mask=_mask(call)),
        Product(name="_mix", inputs=("_softmax", "_value"), equation=MIXED),
        Join(
            name="",
            places=shapes[0][:-1],
            kernel=np.swapaxes(call.weights(layer.output_dense, "kernel"), 0, 1),
            bias=call.weights(layer.output_dense, "bias"),
        ),
    )


def _heads_last(call, part, attribute) -> Any:
    """Keras has (…, heads, d)."""
    values: Any = call.weights(getattr(call.layer, part), attribute)
    return None if values is None else np.ascontiguousarray(np.swapaxes(values, -1, -2))


def _mask(call):
    """What each token may look at, (tokens, tokens, 1 or heads); None for all."""
    named, masks = call.keywords, []
    if named.get("attention_mask") is not None:
        mask = named["attention_mask"]
        if isinstance(mask, keras.KerasTensor):
            raise ValueError(
                f"{describe(call.layer)} has a mask that is computed; it can be read with one "
                "that is given."
            )
        mask = np.asarray(mask) > 0.5
        if mask.ndim not in (3, 4) or len(mask) != 1:
            raise ValueError(
                f"{describe(call.layer)} has a mask of shape {mask.shape}; it is the same for all "
                "pictures, (1, tokens, tokens)."
            )
        masks.append(mask[0] if mask.ndim == 4 else mask)
    if named.get("use_causal_mask"):
        tokens, seen = (call.input_shapes[k][0] for k in (0, 1))
        masks.append(np.tri(tokens, seen, dtype=bool)[None])
    if not masks:
        return None
    mask = np.logical_and.reduce(np.broadcast_arrays(*masks))
    mask = np.moveaxis(mask, 0, -1)
    if not mask.any(-2).all():
        raise ValueError(f"{describe(call.layer)} has a mask that leaves a token nothing to see.")
    return mask


def _einsum_dense(call):
    layer = call.layer
    factors, out = layer.equation.split("->")
    x, kernel = factors.split(",")
    if "..." in layer.equation or x[0] != out[0] or x[0] in kernel:
        raise ValueError(
            f"{describe(layer)} has the equation {layer.equation!r}; it can be read with the batch "
            "as first letter of input and output, and without “...”."
        )
    return EinsumDense(
        name="",
        equation=layer.equation,
        kernel=call.array("kernel"),
        bias=call.array("bias"),
        activation=call.activation,
    )


def _positions(call):
    return positions(call, call.array("embedding"))


def _class_token(call):
    return ClassToken(name="", token=call.array("token"))


READERS = {
    keras.layers.MultiHeadAttention: _attention,
    keras.layers.EinsumDense: _einsum_dense,
    PositionEmbedding: _positions,
    KerasClassToken: _class_token,
}
