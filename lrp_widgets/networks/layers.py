"""The kinds of layer a network is made of: each a map forwards, and its way back.

A layer with weights is a linear map and its transpose, which is all that a rule needs:
`linear(x, w)` is z_j = Σ_i x_i w_ij, `transpose(s, w, like)` is c_i = Σ_j w_ij s_j.
A window layer gathers and spreads in the same way, with weights of one.
A layer that only moves values says in `back` where each output's relevance came from.

Tensors carry the batch axis first; pictures are (B, H, W, C), signals (B, T, C), volumes
(B, D, H, W, C): a window slides along as many axes as it has sizes (`spatial`). A kernel may be of
a shorter type than the values (`precision`): products are computed in its type, and come out in the
values'; `combine` leaves them in it, so that bias and activation function are computed with them.
"""

from dataclasses import dataclass, field
from functools import wraps
from typing import Any, ClassVar, Literal

import numpy as np

from .._support.lazy_tensorflow import tf
from . import spatial
from .activations import Activation


@dataclass(eq=False, kw_only=True)
class Layer:
    """One named step of a network, with the names of the layers that feed it.

    `activation`, if any, is applied to the result and belongs to this layer.
    """

    name: str
    inputs: tuple[str, ...] = ()
    activation: Activation | None = None
    kind: ClassVar[str] = ""

    def combine(self, xs, w=None, b=None):
        """The layer's output before its activation, from its inputs `xs`."""
        raise NotImplementedError

    def activate(self, z) -> Any:
        """The layer's output: its activation function, if any, applied to `z`."""
        return z if self.activation is None else self.activation(z)

    @property
    def kind_text(self):
        """Kind and settings in words, such as "convolution 3×3 · stride 2"."""
        return self.kind

    @property
    def keeps_sign(self):
        """True if outputs ≥ 0 follow from inputs ≥ 0 (before the activation)."""
        return True


def in_type_of_w(product):
    """Compute a product with weights in their type, and give it in that of the values."""

    @wraps(product)
    def compute(self, x, w, *like):
        if x.dtype == w.dtype:
            return product(self, x, w, *like)
        return tf.cast(product(self, tf.cast(x, w.dtype), w, *like), x.dtype)

    return compute


class Weighted(Layer):
    """A layer with a kernel and perhaps a bias: a linear map, plus b."""

    kernel: np.ndarray
    bias: np.ndarray | None

    def linear(self, x, w):
        """z_j = Σ_i x_i w_ij."""
        raise NotImplementedError

    def combine(self, xs, w=None, b=None):
        assert w is not None
        z = self.linear(tf.cast(xs[0], w.dtype), w)
        return z if b is None else z + tf.cast(b, z.dtype)

    def flips(self, shape):
        """Whether its transpose, for inputs of that shape, takes a flipped kernel."""
        return False

    @property
    def fan_in(self):
        """How many inputs one output unit adds up."""
        return int(np.prod(self.kernel.shape[:-1]))

    @property
    def channels(self):
        """How many channels it reads."""
        return self.kernel.shape[-2]

    @property
    def keeps_sign(self):
        return False


class PassThrough(Layer):
    """A layer that changes no value's share: relevance goes back the way the values came."""

    def move(self, xs):
        """Where the values go, whatever else happens to them: `combine` without arithmetic."""
        return self.combine(xs)

    def back(self, relevance, xs):
        """The relevance of each input, from that of the output."""
        return [relevance]

    def absorbed(self, relevance):
        """The relevance that `back` leaves behind, place by place; None where it leaves none."""
        return None

    @property
    def absorbed_by(self):
        """The ledger's entry for what is absorbed."""
        return "dead"


@dataclass(eq=False, kw_only=True)
class Input(PassThrough):
    """The picture itself; `shape` is (H, W, C), None where any size will do.

    Or a signal (T, C), a volume (D, H, W, C), a vector (D,).
    """

    shape: tuple
    kind: ClassVar[str] = "input"

    @property
    def kind_text(self):
        return {2: "the signal", 3: "the picture", 4: "the volume"}.get(len(self.shape), self.kind)


@dataclass(eq=False, kw_only=True)
class Dense(Weighted):
    """A dense layer on the last axis; kernel (inputs, units)."""

    kernel: np.ndarray
    bias: np.ndarray | None = None
    kind: ClassVar[str] = "dense"

    @in_type_of_w
    def linear(self, x, w):
        return tf.matmul(x, w) if x.shape.rank == 2 else tf.tensordot(x, w, 1)

    @in_type_of_w
    def transpose(self, s, w, like):
        if s.shape.rank == 2:
            return tf.matmul(s, w, transpose_b=True)
        return tf.tensordot(s, w, [[-1], [-1]])

    def spread_evenly(self, s, like):
        """The transpose where every weight is one."""
        return tf.reduce_sum(s, -1, keepdims=True) * tf.ones(tf.shape(like)[-1:], s.dtype)


@dataclass(eq=False, kw_only=True)
class Convolution(Weighted):
    """A convolution; kernel (rows, columns, channels in ÷ groups, channels out).

    Or along one axis, (taps, channels…), or three: strides and dilation have one number an axis.
    """

    kernel: np.ndarray
    bias: np.ndarray | None = None
    strides: tuple[int, ...] = (1, 1)
    padding: str = "valid"
    dilation: tuple[int, ...] = (1, 1)
    groups: int = 1
    kind: ClassVar[str] = "convolution"

    def __post_init__(self):
        self.strides, self.dilation = (
            (1,) * self.axes if set(given) == {1} else tuple(given)
            for given in (self.strides, self.dilation)
        )

    @property
    def axes(self):
        """How many axes its window slides along."""
        return self.kernel.ndim - 2

    @property
    def channels(self):
        return self.kernel.shape[-2] * self.groups

    @property
    def depthwise(self):
        """Whether every output channel reads one input channel alone."""
        return self.groups > 1 and self.kernel.shape[-2] == 1

    @property
    def _depthwise_at_once(self):
        """Whether TensorFlow's own depthwise operation applies, which knows only square strides."""
        return self.depthwise and self.axes < 3 and len(set(self.strides)) == 1

    @in_type_of_w
    def linear(self, x, w):
        if self._depthwise_at_once:
            return spatial.convolve_by_channel(
                x, self._by_channel(w), self.strides, same_or_valid(self.padding)
            )
        return self._per_group(
            lambda x, w: spatial.convolve(x, w, self.strides, same_or_valid(self.padding)),
            x,
            self._spread_kernel(w),
        )

    @in_type_of_w
    def transpose(self, s, w, like):
        shape = tf.shape(like)
        if self._depthwise_at_once:
            return spatial.convolve_by_channel_back(
                s,
                self._by_channel(w),
                tf.concat([tf.shape(s)[:1], shape[1:]], 0),
                self.strides,
                same_or_valid(self.padding),
            )
        if self._flips_quickly(like.shape):
            return self._per_group(_convolve_flipped, s, self._spread_kernel(w))
        if self._goes_by_places(like.shape):
            return _transpose_by_places(s, w)
        shape = tf.concat([tf.shape(s)[:1], shape[1:-1], shape[-1:] // self.groups], 0)
        return self._per_group(
            lambda s, w: spatial.convolve_back(
                s, w, shape, self.strides, same_or_valid(self.padding)
            ),
            s,
            self._spread_kernel(w),
        )

    def flips(self, shape):
        """Whether its transpose is best computed with a flipped kernel, if that is at hand."""
        return self.kernel[..., 0, 0].size > 1 and self.groups == 1 and self._flips_right(shape)

    def flip(self, w):
        """The flipped kernel, which `transpose_flipped` takes; only where it `flips`."""
        return _flipped(self._spread_kernel(w))

    @in_type_of_w
    def transpose_flipped(self, s, flipped):
        """The transpose of stride 1, as the convolution with a flipped kernel that it is."""
        return tf.nn.conv2d(s, flipped, 1, "SAME")

    def _flips_quickly(self, shape):
        """Whether to convolve with the flipped kernel, which is the same as the transpose.

        On the CPU TensorFlow's own transpose is up to three times as slow for large pictures;
        for small ones with many channels, flipping the kernel costs more than it saves.
        """
        return self._flips_right(shape) and self.kernel.size <= 16 * shape[1] * shape[2]

    def _flips_right(self, shape):
        return self._keeps_size(shape) and shape[3] >= 8 * self.groups

    def _goes_by_places(self, shape):
        """Whether to transpose by a product of matrices for every place of the kernel.

        For small pictures with very many channels that is quicker: w need not be flipped.
        """
        if not self._keeps_size(shape) or self.groups != 1 or self.dilation != (1, 1):
            return False
        rows, columns, _ = shape[1:]
        return self.kernel.size > 1024 * rows * columns

    def _keeps_size(self, shape):
        """Whether pictures of this shape, which is known, come out as large, padded evenly."""
        if self.strides != (1, 1) or self.padding != "same" or None in shape[1:3]:
            return False  # nor, by strides, along other than two axes
        return all(size % 2 for size in self.kernel.shape[:2])  # an even one pads one side more

    def spread_evenly(self, s, like):
        """The transpose where every weight is one: sums over windows, and no convolution."""
        if max(self.dilation) > 1:
            return self.transpose(s, tf.ones(self.kernel.shape, s.dtype), like)
        shape = tf.shape(s)
        s = tf.reshape(s, tf.concat([shape[:-1], [self.groups, -1]], 0))
        window = Window(
            name="", size=self.kernel.shape[:-2], strides=self.strides, padding=self.padding
        )
        spread = window.spread(tf.reduce_sum(s, -1), like[..., : self.groups])
        return tf.repeat(spread, self.kernel.shape[-2], -1)

    def _per_group(self, convolve, x, w):
        if self.groups == 1:
            return convolve(x, w)
        # TensorFlow's grouped gradient knows no float64 on the CPU, so each group goes alone.
        parts = zip(tf.split(x, self.groups, -1), tf.split(w, self.groups, -1), strict=True)
        return tf.concat([convolve(x, w) for x, w in parts], -1)

    def _by_channel(self, w):
        """The kernel as (rows, columns, channels in, channels out of each)."""
        each = self.kernel.shape[-1] // self.groups
        w = self._spread_kernel(w)
        return tf.reshape(w, [*w.shape[:-2], self.groups, each])

    def _spread_kernel(self, w):
        return spatial.dilated(w, self.dilation)

    @property
    def kind_text(self):
        text = f"{'depthwise ' * self.depthwise}convolution {window_words(self.kernel.shape[:-2])}"
        if max(self.strides) > 1:
            text += f" · stride {alike(self.strides)}"
        if max(self.dilation) > 1:
            text += f" · dilation {alike(self.dilation)}"
        if self.groups > 1 and not self.depthwise:
            text += f" · {self.groups} groups"
        return text


def _convolve_flipped(s, w):
    """The transpose of a convolution with stride 1 that keeps the picture's size."""
    return tf.nn.conv2d(s, _flipped(w), 1, "SAME")


def _flipped(w):
    return tf.transpose(w[::-1, ::-1], [0, 1, 3, 2])


def _transpose_by_places(s, w):
    """The same as c = Σ over the kernel's places of s · wᵀ, moved by the place."""
    rows, columns, channels, units = w.shape
    size = tf.shape(s)
    pixels = tf.reshape(s, [-1, units])
    places = tf.reshape(w, [rows * columns, channels, units])  # each of them a view, not a copy
    moved = []
    for place in range(rows * columns):
        row, column = divmod(place, columns)
        c = tf.matmul(pixels, places[place], transpose_b=True)
        c = tf.reshape(c, tf.concat([size[:3], [channels]], 0))
        pads = [[0, 0], [row, rows - 1 - row], [column, columns - 1 - column], [0, 0]]
        moved.append(tf.pad(c, pads))
    top, left = rows // 2, columns // 2
    return tf.add_n(moved)[:, top : top + size[1], left : left + size[2]]


@dataclass(eq=False, kw_only=True)
class Window(Layer):
    """Pooling over windows of `size`, moved by `strides`; padding takes no part.

    `gather` adds up each window, `spread` hands every window's value to all its places;
    `winners` and `hand_to_winners` do the same for the largest value alone, among equals
    the first in row-major order.
    """

    size: tuple[int, ...]
    strides: tuple[int, ...]
    padding: str = "valid"

    def gather(self, x):
        # Zeros around the picture turn SAME into VALID, so that a window's mean times its
        # size is its sum also where the window hangs over the edge.
        return spatial.sums(tf.pad(x, self._padding(x)), self.size, self.strides)

    def spread(self, s, like):
        pads, shape = self._padding(like), tf.shape(like)
        padded = tf.concat([tf.shape(s)[:1], shape[1:] + tf.reduce_sum(pads, 1)[1:]], 0)
        spread = spatial.sums_back(s, padded, self.size, self.strides)
        return tf.slice(spread, pads[:, 0], tf.concat([[-1], shape[1:]], 0))

    def hand_to_winners(self, relevance, x):
        padding = same_or_valid(self.padding)
        x = _as_often(x, relevance)
        return spatial.hand_to_largest(relevance, x, self.size, self.strides, padding)

    def _padding(self, x):
        """What SAME adds before and behind each axis of x, as tf.pad takes it."""
        padding = same_or_valid(self.padding)
        return spatial.window_pads(tf.shape(x), self.size, self.strides, padding)

    @property
    def kind_text(self):
        text = f"{self.kind} {window_words(self.size)}"
        return text if self.strides == self.size else f"{text} · stride {alike(self.strides)}"


class MaxPooling(Window):
    """The largest value of each window."""

    kind: ClassVar[str] = "max pooling"

    def combine(self, xs, w=None, b=None):
        return spatial.largest(xs[0], self.size, self.strides, same_or_valid(self.padding))


class AveragePooling(Window):
    """The mean of each window; padding is not counted."""

    kind: ClassVar[str] = "average pooling"

    def combine(self, xs, w=None, b=None):
        return spatial.means(xs[0], self.size, self.strides, same_or_valid(self.padding))


@dataclass(eq=False, kw_only=True)
class GlobalWindow(Layer):
    """Pooling over the whole picture, one value a channel."""

    keepdims: bool = False

    def gather(self, x):
        return tf.reduce_sum(x, _places(x), self.keepdims)

    def spread(self, s, like):
        s = tf.reshape(s, [-1, *[1] * len(_places(like)), s.shape[-1]])
        return tf.broadcast_to(s, tf.concat([tf.shape(s)[:1], tf.shape(like)[1:]], 0))

    def hand_to_winners(self, relevance, x):
        shape = tf.shape(x)
        cells = tf.reshape(x, [shape[0], -1, x.shape[-1]])
        largest = tf.cast(cells == tf.reduce_max(cells, 1, keepdims=True), x.dtype)
        first = largest * tf.cast(tf.cumsum(largest, 1) == 1, x.dtype)
        won = first * tf.reshape(relevance, [tf.shape(relevance)[0], 1, x.shape[-1]])
        return tf.reshape(won, tf.concat([tf.shape(won)[:1], shape[1:]], 0))


class GlobalAveragePooling(GlobalWindow):
    """The mean of each channel."""

    kind: ClassVar[str] = "global average pooling"

    def combine(self, xs, w=None, b=None):
        return tf.reduce_mean(xs[0], _places(xs[0]), self.keepdims)


class GlobalMaxPooling(GlobalWindow):
    """The largest value of each channel."""

    kind: ClassVar[str] = "global max pooling"

    def combine(self, xs, w=None, b=None):
        return tf.reduce_max(xs[0], _places(xs[0]), self.keepdims)


@dataclass(eq=False, kw_only=True)
class Addition(Layer):
    """The sum of several layers' outputs, each times its factor, if there are `factors`.

    1/n each make an average, 1 and −1 a subtraction. Shared by the terms: factor · x.
    """

    factors: tuple[float, ...] | None = None

    @property
    def kind(self):
        if self.factors is None:
            return "addition"
        return "average" if min(self.factors) > 0 else "subtraction"

    def terms(self, xs):
        """What is added up."""
        if self.factors is None:
            return xs
        pairs = zip(self.factors, xs, strict=True)
        return [x if factor == 1 else tf.constant(factor, x.dtype) * x for factor, x in pairs]

    def combine(self, xs, w=None, b=None):
        return tf.add_n(self.terms(xs))

    @property
    def keeps_sign(self):
        return self.factors is None or min(self.factors) >= 0


class Maximum(PassThrough):
    """The largest of several layers' outputs, place by place.

    The winner takes all: R_i = R_j for the largest, among equals the first of the inputs.
    """

    kind: ClassVar[str] = "maximum"

    def combine(self, xs, w=None, b=None):
        return tf.reduce_max(tf.stack(xs), 0)

    def back(self, relevance, xs):
        winner = tf.argmax(tf.stack(xs), 0)
        return [tf.where(winner == k, relevance, tf.zeros_like(relevance)) for k in range(len(xs))]


@dataclass(eq=False, kw_only=True)
class Concatenation(PassThrough):
    """Several layers' outputs side by side along `axis` (counted with the batch axis)."""

    axis: int = -1
    kind: ClassVar[str] = "concatenation"

    def combine(self, xs, w=None, b=None):
        return tf.concat(xs, self.axis)

    def back(self, relevance, xs):
        return tf.split(relevance, [tf.shape(x)[self.axis] for x in xs], self.axis)


@dataclass(eq=False, kw_only=True)
class Reshape(PassThrough):
    """The same values in another shape; `shape` is without the batch axis, None for flatten."""

    shape: tuple[int, ...] | None = None

    @property
    def kind(self):
        return "flatten" if self.shape is None else "reshape"

    def combine(self, xs, w=None, b=None):
        x = xs[0]
        if self.shape is not None:
            return tf.reshape(x, [tf.shape(x)[0], *self.shape])
        units = int(np.prod(x.shape[1:])) if x.shape[1:].is_fully_defined() else -1
        return tf.reshape(x, [-1 if units > 0 else tf.shape(x)[0], units])

    def back(self, relevance, xs):
        return [tf.reshape(relevance, tf.concat([tf.shape(relevance)[:1], tf.shape(xs[0])[1:]], 0))]


@dataclass(eq=False, kw_only=True)
class Permute(PassThrough):
    """The axes in another order: output axis k is the input's axis dims[k], counted from 1."""

    dims: tuple[int, ...]
    kind: ClassVar[str] = "permute"

    def combine(self, xs, w=None, b=None):
        return tf.transpose(xs[0], [0, *self.dims])

    def back(self, relevance, xs):
        return [tf.transpose(relevance, np.argsort([0, *self.dims]))]


@dataclass(eq=False, kw_only=True)
class Padding(PassThrough):
    """Zeros around the picture: ((top, bottom), (left, right)) rows and columns of them.

    Of a signal or a volume one pair, or three.

    Real values pass relevance on, R_i = R_j; what falls on the zeros is absorbed by padding.
    """

    pads: tuple[tuple[int, int], ...]
    kind: ClassVar[str] = "padding"

    def combine(self, xs, w=None, b=None):
        return tf.pad(xs[0], [(0, 0), *self.pads, (0, 0)])

    def back(self, relevance, xs):
        return [without_edges(relevance, self.pads)]

    def absorbed(self, relevance):
        kept = self.move([tf.ones_like(without_edges(relevance, self.pads))])
        return relevance * (1 - kept)

    @property
    def absorbed_by(self):
        return "padding"


class Elementwise(PassThrough):
    """An activation function as a layer of its own."""

    kind: ClassVar[str] = "activation"

    def combine(self, xs, w=None, b=None):
        return xs[0]

    @property
    def kind_text(self):
        return self.activation.name if self.activation else self.kind


@dataclass(eq=False, kw_only=True)
class Affine(PassThrough):
    """Rescaling or normalisation, (x − center) · scale + offset, per channel or for all.

    Each output has one input, and the bias offset − scale · center: a unit for LRP-0 and ε, and
    passed one to one by the other rules, but for scales of 0, where all is bias. The center is
    subtracted first: x − center is exact near it, where x · scale − center · scale would lose the
    digits that matter.
    """

    scale: np.ndarray
    offset: np.ndarray
    center: np.ndarray | None = None
    kind: str = field(default="rescaling")

    def combine(self, xs, w=None, b=None):
        x = xs[0] if self.center is None else xs[0] - tf.cast(self.center, xs[0].dtype)
        return x * tf.cast(self.scale, x.dtype) + tf.cast(self.offset, x.dtype)

    def move(self, xs):
        return xs[0]

    @property
    def constant(self):
        """Where the scale is 0, so that the bias alone is put out: no input has a part in it."""
        return np.asarray(self.scale) == 0

    def back(self, relevance, xs):
        return [relevance if not self.constant.any() else relevance - self.absorbed(relevance)]

    def absorbed(self, relevance):
        return (
            relevance * tf.constant(self.constant, relevance.dtype) if self.constant.any() else None
        )

    @property
    def absorbed_by(self):
        return "bias"

    @property
    def bias(self):
        """What is added to x · scale, in float64."""
        center = 0 if self.center is None else np.asarray(self.center, np.float64)
        return np.asarray(self.offset, np.float64) - self.scale * center

    @property
    def kind_text(self):
        shift = "x − t, with t the zero of a BatchNorm for each channel"
        return shift if self.kind == "shift" else self.kind

    def linear(self, x, w):
        """x · w, as layers with weights have it: here one of each a channel."""
        return x * w

    def transpose(self, s, w, like):
        return s * w

    @property
    def keeps_sign(self):
        return bool(np.all(self.scale >= 0) and np.all(self.bias >= 0))


def _as_often(x, relevance):
    """One picture's x as often as there are rows of relevance; a batch's as it is."""
    if x.shape[0] != 1 or relevance.shape[0] == 1:
        return x
    return tf.repeat(x, tf.shape(relevance)[0], 0)


def same_or_valid(padding) -> Literal["SAME", "VALID"]:
    return "SAME" if padding == "same" else "VALID"


def without_edges(x, edges):
    """x without so many places before and behind along each axis, ((before, behind), …)."""
    return x[(slice(None), *(slice(before, -behind or None) for before, behind in edges))]


def _places(x):
    """The axes of x (B, …, C) that are places."""
    return list(range(1, x.shape.rank - 1))


def window_words(size):
    """A window in words: "3×3", "5 long"."""
    return f"{size[0]} long" if len(size) == 1 else by(size)


def by(sizes):
    return "×".join(map(str, sizes))


def alike(sizes):
    return str(sizes[0]) if len(set(sizes)) == 1 else by(sizes)
