"""Large dense layers in blocks of units, so that what a rule makes of w is never whole in memory.

Every rule shares the relevance of one output unit at a time: R_i = Σ_j share_i(j) · R_j. So the
units j can be taken a block after the other, the shares added up, and the rows of w whose input is
zero left out where a rule gives such inputs nothing.
"""

from dataclasses import replace

import tensorflow as tf

from .layers import Dense

# Weights of a layer from which on it is taken in blocks, and how many a block has at most about.
# For VGG16's fc1 blocks of 16 MB were the fastest; copying w whole took 20 times as long, since
# the system hands out memory of that size page by page each time.
LARGE = 8 * 2**20
BLOCK = 4 * 2**20


def is_large(a):
    """Whether the layer of these `Inputs` is dense, with more weights than should be copied."""
    flat = isinstance(a.layer, Dense) and a.x.shape.rank == 2
    return flat and a.w.shape.num_elements() > LARGE


def in_blocks(a, relevance, skips_zeros, step):
    """Add up `step(inputs, relevance)` → (relevance of the inputs, booked) over blocks of units.

    `a`: the `Inputs` of a large dense layer; `relevance`: (B, units); `skips_zeros`: whether an
    input of zero gets no relevance. Returns what `step` does, for the whole layer.
    """
    rows, units = a.w.shape
    width = _width(rows, units)
    count = units // width
    # Each row of w as `count` rows of one block: a view, of which a block is every count-th row.
    pieces = tf.reshape(a.w, [rows * count, width])
    used = tf.range(rows)
    if skips_zeros:
        used = tf.cast(tf.where(tf.reduce_any(a.x != 0, 0))[:, 0], tf.int32)
    x = tf.gather(a.x, used, axis=1)
    real = tf.gather(a.real, used, axis=1)

    def add(k, share, booked):
        block = slice(k * width, (k + 1) * width)
        part = replace(
            a,
            x=x,
            w=tf.gather(pieces, used * count + k),
            b=None if a.b is None else a.b[block],
            real=real,
            stored=None if a.stored is None else a.stored[:, block],
        )
        more, entries = step(part, relevance[:, block])
        return k + 1, share + more, [sum(pair) for pair in zip(booked, entries, strict=True)]

    nothing = tf.zeros(tf.shape(relevance)[:1], tf.float64)
    _, share, booked = tf.while_loop(
        lambda k, *_: k < count,
        add,
        (tf.constant(0), tf.zeros_like(x), [nothing] * 3),
        parallel_iterations=1,  # more would hold as many blocks
    )
    places = tf.scatter_nd(used[:, None], tf.transpose(share), [rows, tf.shape(share)[0]])
    return tf.transpose(places), booked


def _width(rows, units):
    """Units in a block: a divisor of `units`, about as many as wanted or more."""
    wanted = BLOCK // rows
    return next(n for n in range(1, units + 1) if units % n == 0 and 2 * n > wanted)
