"""Large dense layers in blocks of inputs, so that what a rule makes of w is never whole in memory.

Both of a rule's products with w go row by row: z_j = Σ_i (contribution of i to j) adds up over the
inputs i, and c_i = Σ_j w_ij s_j is each input's own. So the rows of w can be taken a block after
the other, and those whose input is zero left out where a rule gives such inputs nothing.
"""

from dataclasses import replace

from .._support.hardware import gpus
from .._support.lazy_tensorflow import tf
from .layers import Dense

# Weights of a layer from which on it is taken in blocks, and how many a block has at most: as many
# as stay in the processor's cache. Copying VGG16's fc1 whole took 20 times as long, since the
# system hands out memory of that size page by page each time.
LARGE = 8 * 2**20
BLOCK = 2**20


def has_many_weights(layer):
    """Whether a layer is dense, with more weights than should be copied.

    On a GPU none has: it copies VGG16's fc1 in a moment, but waits for the host in every round of a
    loop, and its memory is not a visitor's.
    """
    return isinstance(layer, Dense) and layer.kernel.size > LARGE and not gpus()


def is_large(layer, x):
    """Whether a layer is to be taken in blocks of its inputs `x`."""
    return has_many_weights(layer) and x.shape.rank == 2


def used_rows(a, skips_zeros):
    """The numbers of the inputs that take part; `skips_zeros`: not those that are zero."""
    if skips_zeros:
        return tf.cast(tf.where(tf.reduce_any(a.x != 0, 0))[:, 0], tf.int32)
    return tf.range(a.w.shape[0])


def of_rows(a, rows):
    """The `Inputs` of these inputs alone, with the layer's units, biases and z as they are."""
    x, real = tf.gather(a.x, rows, axis=1), tf.gather(a.real, rows, axis=1)
    return replace(a, x=x, w=tf.gather(a.w, rows), real=real)


def add_up(a, rows, sums):
    """Σ over the blocks of these rows of the list `sums(inputs)`, each (B, units)."""
    nothing = [tf.zeros_like(z) for z in sums(of_rows(a, rows[:0]))]

    def add(k, found):
        more = sums(of_rows(a, _block(a, rows, k)))
        return k + 1, [tf.add(*pair) for pair in zip(found, more, strict=True)]

    return _for_each_block(a, rows, add, nothing)


def hand_down(a, rows, share):
    """The input shares that `share(inputs)` → (B, rows of the block) gives; 0 in unused rows."""
    places = tf.TensorArray(a.x.dtype, 0, dynamic_size=True, infer_shape=False)
    places = places.write(0, tf.zeros((0, tf.shape(a.x)[0]), a.x.dtype))  # where no row is used

    def add(k, places):
        block = of_rows(a, _block(a, rows, k))
        return k + 1, places.write(k + 1, tf.transpose(share(block)))

    places = _for_each_block(a, rows, add, places).concat()
    shape = [a.w.shape[0], tf.shape(a.x)[0]]
    return tf.transpose(tf.scatter_nd(rows[:, None], places, shape))


def _block(a, rows, k):
    size = _size(a)
    return rows[k * size : (k + 1) * size]


def _size(a):
    return max(1, BLOCK // a.w.shape[1])


def _for_each_block(a, rows, add, start):
    count = -(-tf.shape(rows)[0] // _size(a))
    return tf.while_loop(
        lambda k, _: k < count,
        add,
        (tf.constant(0), start),
        parallel_iterations=2,  # one is fetched while the other is multiplied
    )[1]
