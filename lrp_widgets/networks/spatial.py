"""Windows that slide along one, two or three axes: products, sums and largest values.

Tensors are (B, places…, channels), kernels (taps…, channels in, channels out); how many axes there
are, the length of `strides` says. Along one axis the work is that of a picture of one row.
`padding` is "SAME" or "VALID".
"""

from functools import partial

import numpy as np

from .._support.hardware import gpus
from .._support.lazy_tensorflow import tf


def convolve(x, w, strides, padding):
    """Σ over a window's taps of x · w."""
    match len(strides):
        case 1:
            return convolve(_row(x), w[None], strides * 2, padding)[:, 0]
        case 2:
            return tf.nn.conv2d(x, w, strides, padding)
    return tf.nn.conv3d(x, w, [1, *strides, 1], padding)


def convolve_back(s, w, shape, strides, padding):
    """The transpose of `convolve`, for inputs of that `shape`, a tensor."""
    match len(strides):
        case 1:
            return convolve_back(_row(s), w[None], _row_shape(shape), strides * 2, padding)[:, 0]
        case 2:
            return tf.nn.conv2d_transpose(s, w, shape, strides, padding)
    return tf.nn.conv3d_transpose(s, w, shape, strides, padding)


def convolve_by_channel(x, w, strides, padding):
    """Each channel with its own kernels, w (taps…, channels, outputs of each); strides alike."""
    if len(strides) == 1:
        return convolve_by_channel(_row(x), w[None], strides * 2, padding)[:, 0]
    return tf.nn.depthwise_conv2d(x, w, [1, *strides, 1], padding)


def convolve_by_channel_back(s, w, shape, strides, padding):
    """The transpose of `convolve_by_channel`."""
    if len(strides) == 1:
        back = convolve_by_channel_back(_row(s), w[None], _row_shape(shape), strides * 2, padding)
        return back[:, 0]
    return tf.nn.depthwise_conv2d_backprop_input(shape, w, s, [1, *strides, 1], padding)


def dilated(w, dilation):
    """The kernel with zeros between its taps, which is what dilation means."""
    for axis, step in enumerate(dilation):
        if step > 1:
            size = int(w.shape[axis] or 0)
            taps = tf.one_hot(tf.range(size) * step, (size - 1) * step + 1, dtype=w.dtype)
            w = tf.tensordot(taps, w, [[0], [axis]])
            rest = range(axis + 1, w.shape.rank)
            w = tf.transpose(w, [*range(1, axis + 1), 0, *rest])
    return w


def sums(x, size, strides):
    """The sum of each whole window."""
    match len(size):
        case 1:
            return sums(_row(x), (1, *size), strides * 2)[:, 0]
        case 2:
            return tf.nn.avg_pool2d(x, size, strides, "VALID") * tf.cast(np.prod(size), x.dtype)
    return _axis_by_axis(sums, x, size, strides)


def sums_back(s, shape, size, strides):
    """Every window's value handed to all its places, for inputs of that `shape`, a tensor."""
    match len(size):
        case 1:
            return sums_back(_row(s), _row_shape(shape), (1, *size), strides * 2)[:, 0]
        case 2:
            return tf.raw_ops.AvgPoolGrad(
                orig_input_shape=shape,
                grad=s * tf.cast(np.prod(size), s.dtype),
                ksize=[1, *size, 1],
                strides=[1, *strides, 1],
                padding="VALID",
            )
    lengths, counts = tf.unstack(shape, 5), _lengths(s)
    flat = tf.reshape(s, [-1, counts[1], counts[2] * counts[3] * counts[4]])
    along = tf.stack([counts[0], lengths[1], tf.shape(flat)[2]])
    flat = sums_back(flat, along, size[:1], strides[:1])
    flat = tf.reshape(flat, [-1, *counts[2:]])
    along = tf.stack([counts[0] * lengths[1], *lengths[2:]])
    return tf.reshape(sums_back(flat, along, size[1:], strides[1:]), shape)


def means(x, size, strides, padding):
    """The mean of each window; padding is not counted."""
    match len(size):
        case 1:
            return means(_row(x), (1, *size), strides * 2, padding)[:, 0]
        case 2:
            return tf.nn.avg_pool2d(x, size, strides, padding)
    pads = window_pads(tf.shape(x), size, strides, padding)
    whole = tf.pad(tf.ones_like(x[:1, ..., :1]), pads)
    found = sums(tf.pad(x, pads), size, strides) / sums(whole, size, strides)
    counts = [_count(*along, padding) for along in zip(x.shape[1:-1], size, strides, strict=True)]
    return tf.ensure_shape(found, [None, *counts, x.shape[-1]])


def largest(x, size, strides, padding):
    """The largest value of each window."""
    match len(size):
        case 1:
            return largest(_row(x), (1, *size), strides * 2, padding)[:, 0]
        case 2:
            return tf.nn.max_pool2d(x, size, strides, padding)
    return _axis_by_axis(partial(largest, padding=padding), x, size, strides)


def _axis_by_axis(pool, x, size, strides):
    """Pooling of volumes as that of their layers, then of what lies behind one another.

    TensorFlow's own knows no float64 on the CPU.
    """
    batch, depth, *layer = _lengths(x)
    flat = pool(tf.reshape(x, [-1, *layer]), size[1:], strides[1:])
    rows, columns, channels = _lengths(flat)[1:]
    flat = tf.reshape(flat, [batch, depth, rows * columns * channels])
    flat = pool(flat, size[:1], strides[:1])
    return tf.reshape(flat, [batch, _lengths(flat)[1], rows, columns, channels])


def _lengths(x):
    """The lengths of all axes: numbers where they are known, else tensors."""
    known, found = x.shape.as_list(), tf.shape(x)
    return [found[axis] if length is None else length for axis, length in enumerate(known)]


def _count(length, size, stride, padding):
    """How many windows there are along an axis of that length; None where it is not known."""
    if length is None:
        return None
    return -(-(length - (size - 1) * (padding == "VALID")) // stride)


def hand_to_largest(relevance, x, size, strides, padding):
    """Each window's relevance, handed to its largest value; among equals to the first."""
    match len(size):
        case 1:
            given = _row(relevance), _row(x), (1, *size), strides * 2, padding
            return hand_to_largest(*given)[:, 0]
        case 2:
            return _hand_to_largest_of_pictures(relevance, x, size, strides, padding)
    return _hand_to_largest_of_volumes(relevance, x, size, strides, padding)


def _hand_to_largest_of_pictures(relevance, x, size, strides, padding):
    settings = {"ksize": [1, *size, 1], "strides": [1, *strides, 1], "padding": padding}
    if gpus():  # where MaxPoolGrad does not say which of several equals it takes
        _, winners = tf.nn.max_pool_with_argmax(x, *settings.values())
        return tf.raw_ops.MaxPoolGradWithArgmax(input=x, grad=relevance, argmax=winners, **settings)
    found = tf.nn.max_pool2d(x, *settings.values())
    return tf.raw_ops.MaxPoolGrad(orig_input=x, orig_output=found, grad=relevance, **settings)


def _hand_to_largest_of_volumes(relevance, x, size, strides, padding):
    """TensorFlow's own gives every one of several equals the whole: here tap by tap."""
    found = largest(x, size, strides, padding)
    pads = window_pads(tf.shape(x), size, strides, padding)
    lowest = tf.constant(x.dtype.min, x.dtype)
    padded = tf.pad(x, pads, constant_values=lowest)
    free, received = tf.ones_like(relevance), tf.zeros_like(padded)
    counts = tf.shape(relevance)[1:-1]
    for tap in np.ndindex(*size):
        here = [tap[k] + tf.range(counts[k]) * strides[k] for k in range(len(size))]
        values = padded
        for axis, places in enumerate(here, 1):
            values = tf.gather(values, places, axis=axis)
        won = free * tf.cast(values == found, x.dtype)
        free -= won
        received += _put(won * relevance, here, tf.shape(padded))
    begin = [pads[axis, 0] for axis in range(1, len(size) + 1)]
    shape = tf.shape(x)
    return tf.slice(received, [0, *begin, 0], tf.concat([[-1], shape[1:]], 0))


def _put(values, places, shape):
    """Zeros of that shape with `values` at the `places` of each axis."""
    for axis, here in enumerate(places, 1):
        chosen = tf.one_hot(here, shape[axis], dtype=values.dtype)
        values = tf.tensordot(values, chosen, [[1], [0]])  # the axis comes out last
    order = [0, *range(2, len(places) + 2), 1]
    return tf.transpose(values, order)


def window_pads(shape, size, strides, padding):
    """What SAME puts before and behind each axis of an input, as tf.pad takes it."""
    if padding == "VALID":
        return tf.zeros([len(size) + 2, 2], tf.int32)
    pads: list = [[0, 0]]
    for axis in range(len(size)):
        length = shape[axis + 1]
        whole = (-(-length // strides[axis]) - 1) * strides[axis] + size[axis]
        missing = tf.maximum(whole - length, 0)
        pads.append([missing // 2, missing - missing // 2])
    return tf.convert_to_tensor([*pads, [0, 0]])


def _row(x):
    return x[:, None]


def _row_shape(shape):
    return tf.concat([shape[:1], [1], shape[1:]], 0)
