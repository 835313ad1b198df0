"""Layers that normalise by the mean and deviation of the values at hand.

Both depend on all of the values, so that no weights say what they do; relevance passes one to one
(the identity rule), and the ledger has no entry. Source: Ali et al. 2022, "XAI for Transformers:
Better Explanations through Conservative Propagation", which holds the deviation constant instead.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from .._support.lazy_tensorflow import tf
from .layers import PassThrough


@dataclass(eq=False, kw_only=True)
class Normalization(PassThrough):
    """γ (x − μ) / √(σ² + ε) + β; `scale` is γ and `offset` β, of shapes that fit behind x's."""

    scale: np.ndarray
    offset: np.ndarray
    epsilon: float

    def move(self, xs):
        return xs[0]

    def combine(self, xs, w=None, b=None):
        x = self._normalized(xs[0])
        return x * tf.cast(self.scale, x.dtype) + tf.cast(self.offset, x.dtype)

    def _normalized(self, x):
        raise NotImplementedError

    def _by(self, x, axes):
        mean, variance = tf.nn.moments(x, axes, keepdims=True)
        return (x - mean) * tf.math.rsqrt(variance + tf.constant(self.epsilon, x.dtype))

    @property
    def keeps_sign(self):
        return False


@dataclass(eq=False, kw_only=True)
class LayerNorm(Normalization):
    """By the mean and deviation along the last `axes` axes: one each a place for 1."""

    axes: int = 1
    kind: ClassVar[str] = "layer normalization"

    def _normalized(self, x):
        return self._by(x, self._along)

    def slope(self, x):
        """γ / σ, with σ = √(variance + ε)."""
        _, variance = tf.nn.moments(x, self._along, keepdims=True)
        deviation = tf.sqrt(variance + tf.constant(self.epsilon, x.dtype))
        return tf.cast(self.scale, x.dtype) / deviation

    def mean(self, values):
        """The mean along the axes that it normalises by."""
        return tf.reduce_mean(values, self._along, keepdims=True)

    @property
    def _along(self):
        return list(range(-self.axes, 0))


@dataclass(eq=False, kw_only=True)
class GroupNorm(Normalization):
    """By the mean and deviation of all places of each of so many `groups` of channels."""

    groups: int
    kind: ClassVar[str] = "group normalization"

    def _normalized(self, x):
        shape = tf.shape(x)
        grouped = tf.reshape(x, tf.concat([shape[:-1], [self.groups, -1]], 0))
        axes = [*range(1, x.shape.rank - 1), x.shape.rank]
        return tf.ensure_shape(tf.reshape(self._by(grouped, axes), shape), x.shape)

    @property
    def kind_text(self):
        return f"{self.kind}, {self.groups} groups"
