"""Activation functions: what a layer applies to its linear part."""

from dataclasses import dataclass

from .._support.lazy_tensorflow import tf


@dataclass(frozen=True)
class Activation:
    """An elementwise function (or softmax) after a layer; relevance passes through it unchanged.

    `name` is one of `NAMES`; `slope` is the factor on negative values of "leaky relu".
    """

    name: str
    slope: float = 0.0

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
            case "sigmoid":
                return tf.sigmoid(z)
            case "tanh":
                return tf.tanh(z)
            case "softmax":
                return tf.nn.softmax(z)

    @property
    def nonnegative(self):
        """True where no output can be below zero, so that rules need only one pair of sums."""
        return self.name in ("relu", "relu6", "sigmoid", "softmax")


NAMES = ("relu", "relu6", "leaky relu", "sigmoid", "tanh", "softmax")
