"""Layers that make a picture larger or smaller otherwise than by pooling.

Upsampling and cropping move values, and pass relevance on the way that they came; a transposed
convolution is a layer with weights, to which every rule applies.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from .._support.lazy_tensorflow import tf
from . import spatial
from .layers import (
    PassThrough,
    Weighted,
    alike,
    by,
    in_type_of_w,
    same_or_valid,
    window_words,
    without_edges,
)


@dataclass(eq=False, kw_only=True)
class Upsampling(PassThrough):
    """Each value repeated `size` times along each axis of places.

    R_i = Σ R_j over its copies j; nothing is absorbed.
    """

    size: tuple[int, ...]
    kind: ClassVar[str] = "upsampling"

    def combine(self, xs, w=None, b=None):
        x = xs[0]
        for axis, times in enumerate(self.size, 1):
            x = tf.repeat(x, times, axis) if times > 1 else x
        return x

    def back(self, relevance, xs):
        return [spatial.sums(relevance, self.size, self.size)]

    @property
    def kind_text(self):
        return f"{self.kind} {by(self.size)}"


@dataclass(eq=False, kw_only=True)
class Cropping(PassThrough):
    """What lies within `crops` places of an edge is left out: ((top, bottom), (left, right)).

    R_i = R_j where a value is kept, and 0 where none is; nothing is absorbed.
    """

    crops: tuple[tuple[int, int], ...]
    kind: ClassVar[str] = "cropping"

    def combine(self, xs, w=None, b=None):
        return without_edges(xs[0], self.crops)

    def back(self, relevance, xs):
        return [tf.pad(relevance, [(0, 0), *self.crops, (0, 0)])]


@dataclass(eq=False, kw_only=True)
class TransposedConvolution(Weighted):
    """A convolution backwards, by which decoders grow; kernel (rows, columns, in, out).

    z_j = Σ w_ij x_i, where input i is an output, and output j a place in the window, of a
    convolution with these `strides`, `padding` and `dilation`. Outputs are as large as Keras's:
    strides · length under "same", strides · (length − 1) + max(reach, strides) under "valid".
    Source: Dumoulin and Visin 2016, "A guide to convolution arithmetic for deep learning".
    """

    kernel: np.ndarray
    bias: np.ndarray | None = None
    strides: tuple[int, ...]
    padding: str = "valid"
    dilation: tuple[int, ...]
    groups: ClassVar[int] = 1
    kind: ClassVar[str] = "transposed convolution"

    def lengths(self, lengths):
        """How long its outputs are along each axis, for inputs of these lengths."""
        return [
            length * stride
            if self.padding == "same"
            else (length - 1) * stride + max((taps - 1) * step + 1, stride)
            for length, stride, taps, step in zip(
                lengths, self.strides, self.kernel.shape, self.dilation, strict=False
            )
        ]

    @in_type_of_w
    def linear(self, x, w):
        shape = tf.shape(x)
        lengths = self.lengths([shape[axis] for axis in range(1, x.shape.rank - 1)])
        larger = tf.stack([shape[0], *lengths, w.shape[-1]])
        padding = same_or_valid(self.padding)
        return spatial.convolve_back(x, self._as_convolution(w), larger, self.strides, padding)

    @in_type_of_w
    def transpose(self, s, w, like):
        padding = same_or_valid(self.padding)
        return spatial.convolve(s, self._as_convolution(w), self.strides, padding)

    def spread_evenly(self, s, like):
        """The transpose where every weight is one."""
        taps = (*self.kernel.shape[:-2], 1, 1)
        c = self.transpose(tf.reduce_sum(s, -1, keepdims=True), tf.ones(taps, s.dtype), like)
        return tf.repeat(c, self.kernel.shape[-2], -1)

    def _as_convolution(self, w):
        """The kernel of the convolution that this is the transpose of."""
        axes = range(len(self.strides))
        w = tf.transpose(w, [*axes, len(axes) + 1, len(axes)])
        return spatial.dilated(w, self.dilation)

    @property
    def fan_in(self):
        """How many inputs one output unit adds up, on average."""
        return max(1, super().fan_in // int(np.prod(self.strides)))

    @property
    def kind_text(self):
        text = f"{self.kind} {window_words(self.kernel.shape[:-2])}"
        if max(self.strides) > 1:
            text += f" · stride {alike(self.strides)}"
        if max(self.dilation) > 1:
            text += f" · dilation {alike(self.dilation)}"
        return text
