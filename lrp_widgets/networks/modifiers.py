"""What a rule makes of a layer's inputs x, weights w and biases b before it adds up x · w."""

from dataclasses import dataclass
from typing import Any

from .._support.lazy_tensorflow import tf


def in_type(number, dtype):
    """A number, or a tensor of one, as a tensor: `tf.cast` alone would cut 0.1 to float32."""
    return tf.cast(number, dtype) if tf.is_tensor(number) else tf.constant(number, dtype)


class Modifier:
    """A change of values, elementwise: `modifier(values, mask)`.

    `mask`: 1 where a value is real, 0 where it is padding, which no bound and no 1 is put for.
    `written`: how the changed values are written, {0} for their letter: "{0}⁺".
    `parts`: the change as Σ coefficient · modifier, ((coefficient, modifier), …).
    `constant`: whether it makes the same of all values, so that no picture changes it.
    `moves_zero`: whether it makes something of 0.
    """

    written: str
    constant = False
    moves_zero = False

    def __call__(self, values, mask=1.0):
        raise NotImplementedError

    def __lt__(self, other):  # TensorFlow sorts a dictionary's keys
        return repr(self) < repr(other)

    @property
    def parts(self):
        return ((1.0, self),)


@dataclass(frozen=True)
class _Simple(Modifier):
    written: str
    change: Any

    def __call__(self, values, mask=1.0):
        return self.change(values)


IDENTITY = _Simple("{0}", lambda values: values)
PLUS = _Simple("{0}⁺", lambda values: tf.nn.relu(values))
MINUS = _Simple("{0}⁻", lambda values: tf.minimum(values, tf.zeros((), values.dtype)))
SQUARE = _Simple("{0}²", lambda values: values * values)


@dataclass(frozen=True)
class _Ones(Modifier):
    written = "1"
    constant = True
    moves_zero = True

    def __call__(self, values, mask=1.0):
        return tf.ones_like(values) * mask


ONES = _Ones()


@dataclass(frozen=True)
class Enlarged(Modifier):
    """v + γ v⁺, or v + γ v⁻: `part` is PLUS or MINUS; γ may be a tensor."""

    gamma: Any
    part: Modifier = PLUS

    def __call__(self, values, mask=1.0):
        return values + in_type(self.gamma, values.dtype) * self.part(values)

    @property
    def written(self):
        return f"{{0}} + γ{self.part.written}"

    @property
    def parts(self):
        return ((1.0, IDENTITY), (self.gamma, self.part))


@dataclass(frozen=True)
class Bound(Modifier):
    """A bound of the values in their place: a number, or one a channel."""

    bound: float | tuple[float, ...]
    constant = True
    moves_zero = True

    def __call__(self, values, mask=1.0):
        return tf.zeros_like(values) + tf.constant(self.bound, values.dtype) * mask


@dataclass(frozen=True)
class Beyond(Modifier):
    """v − bound. `whole`: never taken apart, as where the difference is rounding alone."""

    bound: float | tuple[float, ...]
    letter: str
    whole: bool = False
    moves_zero = True

    def __call__(self, values, mask=1.0):
        return values - tf.constant(self.bound, values.dtype) * mask

    @property
    def written(self):
        return f"{{0}} − {self.letter}"

    @property
    def parts(self):
        if self.whole:
            return super().parts
        return ((1.0, IDENTITY), (-1.0, Bound(self.bound)))
