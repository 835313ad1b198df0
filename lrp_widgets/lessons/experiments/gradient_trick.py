"""Step c as automatic differentiation gives it: the gradient of Σ z·s, with s held constant."""

from dataclasses import dataclass

import numpy as np

from ..._support.lazy_tensorflow import tf


@dataclass(frozen=True, eq=False)
class Gradients:
    """Step c of a layer in three ways, each (H, W, channels) as its input; and this input, `x`.

    `c`: by the transpose, as `four_steps` computes it; `held`: the gradient of Σ_j z_j s_j where s
    is held constant; `through`: the same gradient where it runs through s as well.
    """

    x: np.ndarray
    c: np.ndarray
    held: np.ndarray
    through: np.ndarray


def step_c(e, name):
    """Compute step c of a convolution of an explanation by z⁺ in three ways: `Gradients`.

        step_c(explain(network, image), "block2_conv1").held

    z is linear in x, z_j = Σ_i x_i w⁺_ij, so ∂(Σ_j z_j s_j)/∂x_i = Σ_j w⁺_ij s_j = c_i as long as
    s does not depend on x. It does, s_j = R_j / z_j: then Σ_j z_j s_j = Σ_j R_j whatever x is, and
    the gradient is 0. Float64. Raises ValueError for a layer that is no convolution.
    """
    from ...lrp.layer_steps import four_steps
    from ...networks.layers import Convolution

    layer = e.network[name]
    if not isinstance(layer, Convolution):
        raise ValueError(f"{name} is no convolution.")
    made = four_steps(e, name)
    x = tf.constant(made.x[0].values[None], tf.float64)
    w = tf.constant(np.maximum(layer.kernel, 0), tf.float64)
    R = tf.constant(e[name].relevance[None], tf.float64)

    def gradient(hold):
        with tf.GradientTape() as tape:
            tape.watch(x)
            z = layer.linear(x, w)
            s = tf.math.divide_no_nan(R, z)
            total = tf.reduce_sum(z * (tf.stop_gradient(s) if hold else s))
        return tape.gradient(total, x).numpy()[0]

    c = made.steps["c"].terms[0].values
    return Gradients(x.numpy()[0], c, gradient(True), gradient(False))
