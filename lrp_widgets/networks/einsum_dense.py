"""A dense layer whose sums an einsum writes: the projections of attention, on every head."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from .._support.lazy_tensorflow import tf
from .layers import Weighted


@dataclass(eq=False, kw_only=True)
class EinsumDense(Weighted):
    """z = Σ x w over the letters that `equation` ("btd,dhk->bthk") leaves out, on every place.

    Letters of x that are in the output and not in w are places; each of w's is summed over or a
    unit's.
    """

    kernel: np.ndarray
    equation: str
    bias: np.ndarray | None = None
    kind: ClassVar[str] = "dense"

    def linear(self, x, w):
        return tf.einsum(self.equation, x, w)

    def transpose(self, s, w, like):
        x, kernel, out = self._letters
        return tf.einsum(f"{out},{kernel}->{x}", s, w)

    def spread_evenly(self, s, like):
        """The transpose where every weight is one."""
        return self.transpose(s, tf.ones(self.kernel.shape, s.dtype), like)

    @property
    def fan_in(self):
        _, kernel, out = self._letters
        sizes = zip(kernel, self.kernel.shape, strict=True)
        return int(np.prod([size for letter, size in sizes if letter not in out]))

    @property
    def channels(self):
        x, kernel, _ = self._letters
        return self.kernel.shape[kernel.index(x[-1])]

    @property
    def _letters(self):
        factors, out = self.equation.split("->")
        return (*factors.split(","), out)

    @property
    def units(self):
        """How many channels it puts out: its output's last axis."""
        _, kernel, out = self._letters
        return self.kernel.shape[kernel.index(out[-1])]
