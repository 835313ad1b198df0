"""The operations of attention: products of two tensors, softmax, and tokens that are learned.

    S = Q Kᵀ / √d        A = softmax(S)        O = A V

Q, K and V are projections of the tokens; every operation is a layer of its own, so that relevance
can be looked at between any two of them. Heads are channels: Q, K, V and O are (B, tokens, d,
heads), S and A (B, tokens, tokens, heads), a row for the token that looks, a column for each that
it looks at.
Source: Vaswani et al. 2017, "Attention Is All You Need".
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from .._support.lazy_tensorflow import tf
from .einsum_dense import EinsumDense
from .layers import Affine, Layer, PassThrough

# Q Kᵀ, and A V.
SCORES = "...idh,...jdh->...ijh"
MIXED = "...ijh,...jdh->...idh"


@dataclass(eq=False, kw_only=True)
class Projection(EinsumDense):
    """Queries, keys or values: x (B, places …, width) becomes (B, tokens, d, heads).

    Every place is a token, row after row.
    """

    equation: str = "btw,wdh->btdh"

    def linear(self, x, w):
        return super().linear(_in_a_row(x), w)

    def transpose(self, s, w, like):
        shape = tf.concat([tf.shape(s)[:1], tf.shape(like)[1:]], 0)
        return tf.reshape(super().transpose(s, w, like), shape)


@dataclass(eq=False, kw_only=True)
class Join(EinsumDense):
    """What the heads have mixed, as tokens again: (B, tokens, d, heads) to (B, places …, width).

    `places`: (rows, columns) of a picture's tokens, or (tokens,).
    """

    places: tuple[int, ...]
    equation: str = "btdh,dhw->btw"

    def linear(self, x, w):
        z = super().linear(x, w)
        return tf.reshape(z, [tf.shape(z)[0], *self.places, z.shape[-1]])

    def transpose(self, s, w, like):
        return super().transpose(_in_a_row(s), w, like)


def _in_a_row(x):
    tokens = int(np.prod(x.shape[1:-1])) if x.shape[1:-1].is_fully_defined() else -1
    return tf.reshape(x, [tf.shape(x)[0], tokens, x.shape[-1]])


@dataclass(eq=False, kw_only=True)
class Product(Layer):
    """factor · Σ x y over the letters that `equation`, an einsum of two factors, leaves out."""

    equation: str
    factor: float = 1.0
    kind: ClassVar[str] = "product"

    def combine(self, xs, w=None, b=None):
        return tf.einsum(self.equation, *xs) * tf.cast(self.factor, xs[0].dtype)

    def hand_back(self, s, xs):
        """[factor · Σ s y, factor · Σ s x], the sums over what each factor has not."""
        (first, second), out = self._letters
        s = s * tf.cast(self.factor, s.dtype)
        return [
            tf.einsum(f"{out},{second}->{first}", s, xs[1]),
            tf.einsum(f"{first},{out}->{second}", xs[0], s),
        ]

    @property
    def _letters(self):
        factors, out = self.equation.split("->")
        return factors.split(","), out


@dataclass(eq=False, kw_only=True)
class Softmax(Layer):
    """e^x_j / Σ_j' e^x_j' along an axis: the one before the heads, of the tokens looked at.

    `mask`: True where a value takes part, of a shape that fits behind x's; None for all.
    """

    mask: np.ndarray | None = None
    axis: int = -2
    kind: ClassVar[str] = "softmax"

    def combine(self, xs, w=None, b=None):
        x = xs[0]
        if self.mask is not None:
            x = tf.where(self.mask, x, tf.constant(x.dtype.min, x.dtype))
        return tf.nn.softmax(x, self.axis)

    def summed(self, values):
        """Σ_j."""
        return tf.reduce_sum(values, self.axis, keepdims=True)

    def taking_part(self, x):
        """x, and 0 for what the mask leaves out."""
        return x if self.mask is None else tf.where(self.mask, x, tf.zeros((), x.dtype))

    @property
    def keeps_sign(self):
        return False


@dataclass(eq=False, kw_only=True)
class ClassToken(PassThrough):
    """A learned token before all others: what reaches it is absorbed by bias."""

    token: np.ndarray
    kind: ClassVar[str] = "class token"

    def combine(self, xs, w=None, b=None):
        x = xs[0]
        first = tf.broadcast_to(
            tf.cast(self.token, x.dtype), tf.stack([tf.shape(x)[0], 1, x.shape[-1]])
        )
        return tf.concat([first, x], 1)

    def move(self, xs):
        return tf.pad(xs[0], [(0, 0), (1, 0), (0, 0)], constant_values=1)  # a real value

    def back(self, relevance, xs):
        return [relevance[:, 1:]]

    def absorbed(self, relevance):
        return relevance[:, :1]

    @property
    def absorbed_by(self):
        return "bias"

    @property
    def keeps_sign(self):
        return bool(np.all(self.token >= 0))


@dataclass(eq=False, kw_only=True)
class OneToken(PassThrough):
    """One token of all, such as that of the class: (B, tokens, width) to (B, width)."""

    index: int
    kind: ClassVar[str] = "one token"

    def combine(self, xs, w=None, b=None):
        return xs[0][:, self.index]

    def back(self, relevance, xs):
        tokens = tf.shape(xs[0])[1]
        at = tf.math.floormod(self.index, tokens)
        chosen = tf.one_hot(at, tokens, dtype=relevance.dtype)
        return [relevance[:, None] * chosen[:, None]]


@dataclass(eq=False, kw_only=True)
class Positions(Affine):
    """A learned vector for each token, x + p: p, the offset, takes relevance as a bias does."""

    kind: str = "positions"
