"""Large dense layers in blocks of inputs, so that what a rule makes of w is never whole in memory.

Both products with w go row by row: z_j = Σ_i x_i w_ij adds up over the inputs i, and
c_i = Σ_j w_ij s_j is each input's own. So the rows of w are taken a block after the other, and
those whose input is zero are left out.
"""

from .._support.hardware import gpus
from .._support.lazy_tensorflow import tf
from .layers import Dense

# Weights of a layer from which on it is taken in blocks, and how many a block has at most: as many
# as stay in the processor's cache. Copying VGG16's fc1 whole took 20 times as long, since the
# system hands out memory of that size page by page each time.
LARGE = 8 * 2**20
BLOCK = 2**20


def is_large(layer, w, x):
    """Whether a layer with the weights `w` is to be taken in blocks of its inputs `x`.

    On a GPU none is: it copies VGG16's fc1 in a moment, but waits for the host in every round of a
    loop, and its memory is not a visitor's.
    """
    if not isinstance(layer, Dense) or x.shape.rank != 2:
        return False
    return w.shape[0] * w.shape[1] > LARGE and not gpus()


def rows_of(layer, w, rows):
    """The weights of a block of inputs."""
    return tf.gather(w, rows)


def add_up(layer, pairs, w):
    """[z_j = Σ_i x_i w'_ij] for `pairs` [(x, modifier of w), …], each (B, units)."""
    rows = _used_rows([x for x, _ in pairs])

    def add(k, zs):
        block = _block(rows, w, k)
        weights = rows_of(layer, w, block)
        more = [tf.matmul(tf.gather(x, block, axis=1), modify(weights)) for x, modify in pairs]
        return k + 1, [z + each for z, each in zip(zs, more, strict=True)]

    return _for_each_block(rows, w, add, [tf.matmul(x[:, :0], w[:0]) for x, _ in pairs])


def hand_back(layer, pairs, w, used=None):
    """[c_i = Σ_j w'_ij s_j] for `pairs` [(s, modifier of w), …], each (B, inputs).

    `used`: arrays of inputs; c is 0 where all of them are zero in all pictures. None: c everywhere.
    """
    rows = tf.range(w.shape[0]) if used is None else _used_rows(used)
    batch = tf.shape(pairs[0][0])[0]
    places = tf.TensorArray(w.dtype, 0, dynamic_size=True, infer_shape=False)
    places = places.write(0, tf.zeros((0, len(pairs), batch), w.dtype))  # where no row is used

    def add(k, places):
        weights = rows_of(layer, w, _block(rows, w, k))
        cs = [tf.matmul(modify(weights), s, transpose_b=True) for s, modify in pairs]
        return k + 1, places.write(k + 1, tf.stack(cs, 1))

    places = _for_each_block(rows, w, add, places).concat()
    cs = tf.scatter_nd(rows[:, None], places, [w.shape[0], len(pairs), batch])
    return [tf.transpose(cs[:, k]) for k in range(len(pairs))]


def _used_rows(xs):
    """The numbers of the inputs that are not zero in all pictures of all `xs`."""
    used = [tf.reduce_any(x != 0, 0) for x in xs]
    return tf.cast(tf.where(tf.reduce_any(used, 0))[:, 0], tf.int32)


def _block(rows, w, k):
    size = _size(w)
    return rows[k * size : (k + 1) * size]


def _size(w):
    return max(1, BLOCK // w.shape[1])


def _for_each_block(rows, w, add, start):
    count = -(-tf.shape(rows)[0] // _size(w))
    return tf.while_loop(
        lambda k, _: k < count,
        add,
        (tf.constant(0), start),
        parallel_iterations=2,  # one is fetched while the other is multiplied
    )[1]
