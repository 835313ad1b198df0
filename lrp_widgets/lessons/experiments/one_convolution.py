"""A convolution by itself, small enough to draw; and the dense layer that it is."""

from dataclasses import dataclass

import numpy as np

from ..._support.lazy_tensorflow import tf


@dataclass(frozen=True)
class AsDense:
    """The dense layer that does what a convolution of one channel does to (H, W) pixels.

    `matrix` (pixels, outputs): the weight from each pixel to each output; `which`: the number of
    the kernel's weight that stands there, counted from 1 in row-major order, 0 for none.
    `outputs`: rows and columns of the output; `first`: row and column of the first window, below
    zero where it hangs over the edge.
    """

    matrix: np.ndarray
    which: np.ndarray
    outputs: tuple[int, int]
    first: tuple[int, int]


def convolution(kernel, stride=1, padding="valid"):
    """Return the layer with a kernel (rows, columns), for one channel in and one out."""
    from ...networks.layers import Convolution

    kernel = np.asarray(kernel, np.float64)[..., None, None]
    return Convolution(name="convolution", kernel=kernel, strides=(stride, stride), padding=padding)


def forward(layer, x):
    """What the convolution makes of pixels x (H, W): (rows, columns)."""
    return _linear(layer, np.asarray(x)[None])[0]


def as_dense(layer, shape):
    """Return the dense layer that `layer` is on pictures of `shape` (H, W): an `AsDense`.

        as_dense(convolution([[1, 2]]), (1, 3)).matrix      # [[1, 0], [2, 1], [0, 2]]

    W_ij is what the layer makes, at output j, of a picture that is 1 at pixel i and 0 elsewhere.
    """
    from ...networks.receptive_fields import sliding

    pixels = int(np.prod(shape))
    units = np.eye(pixels).reshape(pixels, *shape)
    weights = layer.kernel[..., 0, 0]
    numbers = np.arange(1, weights.size + 1).reshape(weights.shape)
    numbered = convolution(numbers, layer.strides[0], layer.padding)
    matrix = _linear(layer, units)
    return AsDense(
        matrix=matrix.reshape(pixels, -1),
        which=np.rint(_linear(numbered, units)).astype(int).reshape(pixels, -1),
        outputs=matrix.shape[1:],
        first=sliding(layer, shape).first,
    )


def share(layer, x, R, rule, epsilon=1e-9):
    """Share the outputs' relevance R among the pixels x (H, W) by a rule: relevance (H, W).

    R_i = Σ_j (contribution of i to j) / z_j · R_j over the windows j, by the convolution and its
    transpose, as `explain` does it. The bias is none.
    """
    from ...lrp.layer_context import layer_alone
    from ...lrp.propagation import step

    context = layer_alone(layer, np.asarray(x)[None, ..., None])
    taken = step(rule, context, np.asarray(R, np.float64)[None, ..., None], epsilon)
    return taken.relevance[0].numpy()[0, ..., 0]


def _linear(layer, pictures):
    x = tf.constant(np.asarray(pictures, np.float64)[..., None])
    return layer.linear(x, tf.constant(layer.kernel)).numpy()[..., 0]
