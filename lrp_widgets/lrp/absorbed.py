"""What of a layer's relevance does not reach its inputs, counted from its own formula.

Of R_j, b'_j / z_j is absorbed by the bias and ε / z_j by the stabilizer, with z_j the denominator
of the four steps (`propagation`); where there is nothing to share by, all of R_j is.
"""

from __future__ import annotations  # tf.Tensor would import TensorFlow

from typing import NamedTuple

from .._support.lazy_tensorflow import tf
from ..networks.modifiers import in_type
from ..networks.shortcuts import total, total_of_product, where_any


class Absorbed(NamedTuple):
    """Relevance of one layer that did not reach its inputs, one number a picture each."""

    bias: tf.Tensor | float = 0.0
    stabilizer: tf.Tensor | float = 0.0
    dead: tf.Tensor | float = 0.0
    padding: tf.Tensor | float = 0.0


def absorbed_by_layer(divided, context):
    """The layer's totals of `absorbed_by_unit`, each sum's times its factor."""
    totals = []
    for each in divided:
        none = tf.zeros(tf.shape(each.s)[:1], tf.float64)
        driven, dead = where_any(
            each.nothing,
            lambda each=each: [total(lost) for lost in _lost(each, context)],
            lambda none=none: [none, none],
        )
        bias = context.bias(each.part)
        by_bias = driven if bias is None else driven + total(each.s * bias)
        factor = in_type(each.part.factor, tf.float64)
        totals.append(
            [factor * entry for entry in (by_bias, total_of_product(each.s, each.e), dead)]
        )
    return Absorbed(*(sum(entries) for entries in zip(*totals, strict=True)))


def absorbed_by_unit(divided, context):
    """What each output's relevance loses by one sum: (to bias, to the stabilizer, dead)."""
    bias, (driven, dead) = context.bias(divided.part), _lost(divided, context)
    by_bias = driven if bias is None else driven + divided.s * bias
    return by_bias, divided.s * divided.e, dead


def _lost(divided, context):
    """The relevance of outputs that have nothing to share by: (to bias, dead).

    Such an output passes nothing on. Its relevance is absorbed by the bias where the layer's bias
    is above zero (the bias alone drove it), else it is dead.
    """
    zero = tf.zeros((), divided.s.dtype)
    lost = tf.ensure_shape(tf.where(divided.nothing, divided.relevance, zero), divided.s.shape)
    driven = tf.zeros((), tf.bool) if context.b is None else context.b > 0
    return tf.where(driven, lost, zero), tf.where(driven, zero, lost)
