"""Activation functions: what a layer applies to its linear part."""

from dataclasses import dataclass
from typing import Any

from .._support.lazy_tensorflow import tf


@dataclass(frozen=True)
class Activation:
    """An elementwise function (or softmax) after a layer; relevance passes through it unchanged.

    `name` is one of `NAMES`. `slope`: the factor on negative values of "leaky relu" and "limited
    relu", of "prelu" an array of one a channel or unit; α of "elu". "limited relu" is x from
    `threshold` on up to `limit` (None: without end), and slope · (x − threshold) below.
    """

    name: str
    slope: Any = 0.0
    limit: float | None = None
    threshold: float = 0.0

    def __post_init__(self):
        if self.name not in NAMES:
            raise ValueError(f"Unknown activation {self.name!r}: use one of {', '.join(NAMES)}.")

    def __call__(self, z):
        match self.name:
            case "relu":
                return tf.nn.relu(z)
            case "relu6":
                return tf.nn.relu6(z)
            case "leaky relu":
                # tf.nn.leaky_relu keeps its slope in float32 even for float64 inputs.
                return tf.where(z > 0, z, self.slope * z)
            case "prelu":
                return tf.where(z > 0, z, tf.cast(self.slope, z.dtype) * z)
            case "limited relu":
                below = self.slope * (z - self.threshold) if self.slope else tf.zeros_like(z)
                z = tf.where(z >= self.threshold, z, below)
                return z if self.limit is None else tf.minimum(z, tf.constant(self.limit, z.dtype))
            case "elu":
                return tf.where(z > 0, z, self.slope * tf.math.expm1(tf.minimum(z, 0.0)))
            case "gelu":
                return tf.nn.gelu(z, approximate=False)
            case "gelu by tanh":
                return tf.nn.gelu(z, approximate=True)
            case "silu":
                return z * tf.sigmoid(z)
            case "softplus":
                return tf.math.softplus(z)
            case "sigmoid":
                return tf.sigmoid(z)
            case "tanh":
                return tf.tanh(z)
            case "softmax":
                return tf.nn.softmax(z)

    @property
    def nonnegative(self):
        """True where no output can be below zero, so that rules need only one pair of sums."""
        if self.name == "limited relu":
            return self.slope == 0 and self.threshold >= 0
        return self.name in ("relu", "relu6", "softplus", "sigmoid", "softmax")

    @property
    def keeps_sign(self):
        """True where outputs ≥ 0 follow from values ≥ 0."""
        return self.name != "limited relu" or self.slope == 0 or self.threshold <= 0


NAMES = ("relu", "relu6", "limited relu", "leaky relu", "prelu", "elu", "gelu", "gelu by tanh")
NAMES += ("silu", "softplus", "sigmoid", "tanh", "softmax")
