"""Sharing by activation strength: pooling over windows, and additions.

    z_j = Σ_i x⁺_i        s_j = R_j / z_j        R_i = x⁺_i · Σ_j s_j

Where an output has no input above zero, those below zero share: x⁻ in place of x⁺.
"""

from typing import NamedTuple

from .._support.lazy_tensorflow import tf
from ..networks.layers import Addition
from ..networks.shortcuts import SMALLEST


class Strength(NamedTuple):
    """The four steps for the inputs of one sign.

    `parts`: what of each input shares; `z`: their sum; `s`: R / z at the outputs where this sign
    shares, which are `used`, else 0; `c`: s handed back to each input.
    """

    parts: list
    z: tf.Tensor
    s: tf.Tensor
    used: tf.Tensor
    c: list


def strengths(layer, xs, relevance, signed=True):
    """The steps of the inputs above zero, then of those below: each a `Strength`.

    The second share only where the first have nothing to share by; unless `signed` there are none.
    What an addition shares by are its terms.
    """
    xs = layer.terms(xs) if isinstance(layer, Addition) else xs
    gather, spread = _sums_of(layer)
    relevance = tf.convert_to_tensor(relevance, xs[0].dtype)
    smallest = SMALLEST[relevance.dtype.name]
    parts = [tf.nn.relu(x) for x in xs] if signed else xs
    z = gather(parts)
    used = z > smallest
    s = tf.math.divide_no_nan(relevance, tf.where(used, z, 0.0))
    yield Strength(parts, z, s, used, spread(s, xs))
    if signed:
        parts = [x - part for x, part in zip(xs, parts, strict=True)]
        z = gather(parts)
        used = tf.logical_not(used) & (z < -smallest)
        s = tf.math.divide_no_nan(tf.where(used, relevance, 0.0), tf.where(used, z, 0.0))
        yield Strength(parts, z, s, used, spread(s, xs))


def share_by_strength(layer, xs, relevance, signed=True):
    """R of each input, and what of each output is dead, for all of its inputs are zero."""
    shares, dead = [], relevance
    for parts, _, _, used, c in strengths(layer, xs, relevance, signed):
        shares.append([part * each for part, each in zip(parts, c, strict=True)])
        dead = tf.where(used, tf.zeros((), dead.dtype), dead)
    return [tf.add_n(each) for each in zip(*shares, strict=True)], dead


def _sums_of(layer):
    """How a layer without weights adds up its inputs, and hands a value back to each."""
    if isinstance(layer, Addition):
        return tf.add_n, lambda s, xs: [s] * len(xs)
    return (
        lambda parts: layer.gather(parts[0]),
        lambda s, xs: [layer.spread(s, xs[0])],
    )
