"""Methods that ask the network for derivatives of a class's logit."""

from functools import lru_cache, partial

import numpy as np

from ..._support import checks
from ..._support.lazy_tensorflow import tf
from ...networks.layers import Window
from . import scoring
from .asked import MOST_PASSES, Asked


def gradient(network, image, target=None, dtype="float32") -> np.ndarray:
    """Return how the logit would change with each value of the input: R_i = ∂z_t/∂x_i.

    It tells what the network is sensitive to, not what z_t is made of: it does not add up to z_t.
    Source: Simonyan et al. 2014, "Deep Inside Convolutional Networks", who take the largest |R| of
    the channels; ours keeps sign and channels.
    """
    asked = Asked.of(network, image, target, dtype)
    return asked.answer(asked.gradient(asked.x))


def gradient_times_input(network, image, target=None, dtype="float32") -> np.ndarray:
    """Return the input's values times the gradient: R_i = x_i · ∂z_t/∂x_i.

    It is what LRP-0 gives for the logit, biases counted, where a network has only layers with
    weights, ReLUs, additions and winner-take-all pooling (`pooling="max"`, `input_rule=None`):
    there z_j = Σ x_i ∂z_j/∂x_i + b_j for every unit. Average pooling keeps this where its inputs
    are ≥ 0, as behind a ReLU, when it is shared proportionally (`pooling="avg"`). ReLU6 breaks it:
    above 6 the derivative is 0, but relevance passes. Source: Shrikumar et al. 2016; Ancona et al.
    2018, "Towards better understanding of gradient-based attribution methods".
    """
    asked = Asked.of(network, image, target, dtype)
    return asked.answer(asked.x * asked.gradient(asked.x))


def integrated_gradients(
    network,
    image,
    target=None,
    baseline="black",
    steps=64,
    seed=0,
    dtype="float32",
    report=None,
) -> np.ndarray:
    """Return the gradient's mean on the way from a baseline x', times the way.

    R_i = (x_i − x'_i) · ∫₀¹ ∂z_t/∂x_i (x' + a (x − x')) da, by the midpoints of `steps` equal
    parts. Completeness: Σ R_i = z_t(x) − z_t(x'), up to the error of the sum, which falls about as
    1/steps where ReLUs switch on the way. `baseline`, `seed`: see `replacement`.
    `report(done, count)` is told after each step; what it raises ends the run. Source:
    Sundararajan et al. 2017, "Axiomatic Attribution for Deep Networks", equation 1; they sum at the
    parts' ends, Captum by Gauss and Legendre's rule.
    """
    asked = Asked.of(network, image, target, dtype)
    steps = checks.whole_number("steps", steps, 1, MOST_PASSES)
    start = asked.replacements(baseline, seed)
    way = asked.x - start
    places = (np.arange(steps) + 0.5) / steps
    on_the_way = (start + place * way for place in places)
    return asked.answer(way * _mean_gradient(asked, on_the_way, steps, report))


def smooth_grad(
    network,
    image,
    target=None,
    noise=0.15,
    samples=25,
    seed=0,
    dtype="float32",
    report=None,
) -> np.ndarray:
    """Return the gradient's mean over noisy copies: R = 1/n Σ_k ∂z_t/∂x (x + n_k).

    n_k is Gaussian; its standard deviation is `noise` times the picture's range, max x − min x.
    The same noise is laid over every picture of a batch. `report(done, count)` is told after each
    copy; what it raises ends the run. Source: Smilkov et al. 2017, "SmoothGrad: removing noise by
    adding noise", who then take |R|.
    """
    asked = Asked.of(network, image, target, dtype)
    noise = checks.number("noise", noise, least=0)
    samples = checks.whole_number("samples", samples, 1, MOST_PASSES)
    random = np.random.default_rng(checks.seed(seed))
    spread = noise * np.ptp(asked.x, axis=(1, 2, 3), keepdims=True)
    draws = (random.standard_normal(asked.x.shape[1:]) for _ in range(samples))
    noisy = (asked.x + spread * n for n in draws)
    return asked.answer(_mean_gradient(asked, noisy, samples, report))


def _mean_gradient(asked, inputs, count, report):
    """The mean of the gradients at `count` network inputs."""
    report = checks.function("report", report)
    total = np.zeros_like(asked.x)
    for done, x in enumerate(inputs, 1):
        total += asked.gradient(x)
        if report is not None:
            report(done, count)
    return total / count


def grad_cam(network, image, target=None, layer=None, dtype="float32") -> np.ndarray:
    """Return where the last channels that speak for a class are active, (H, W, 1), never negative.

    R = ReLU(Σ_c α_c A_c), with α_c the mean over places of ∂z_t/∂A_c, drawn to the picture's size
    (bilinear). A: the output of `layer`, by default the last one that has places and is no pooling:
    VGG16's block5_conv3. Source: Selvaraju et al. 2017, "Grad-CAM", equations 1 and 2.
    """
    asked = Asked.of(network, image, target, dtype)
    name = _last_with_places(network, asked.x) if layer is None else network[layer].name
    maps = scoring.run(network, _cam(name), asked.x, asked.targets)
    return asked.answer(maps)


@lru_cache(64)
def _cam(name):
    """Grad-CAM at a layer, as `scoring.run` takes it; one function for each name."""
    return partial(_grad_cam, name)


def _grad_cam(name, network, tensors, x, targets):
    with tf.GradientTape() as tape:
        tape.watch(x)
        outputs, logits = network.forward_pass(x, tensors)
        z = scoring.pick(network, logits, targets)
    active = outputs[name]
    weights = tf.reduce_mean(tape.gradient(z, active), (1, 2), keepdims=True)
    cam = tf.nn.relu(tf.reduce_sum(weights * active, -1, keepdims=True))
    return tf.cast(tf.image.resize(cam, tf.shape(x)[1:3]), x.dtype)


def _last_with_places(network, x):
    """The name of the last layer whose output has places and which pools nothing."""
    outputs = network.forward(x[:1], str(x.dtype))
    for layer in reversed(network.layers[1:]):
        shape = outputs[layer.name].shape
        if len(shape) == 4 and shape[1] * shape[2] > 1 and not isinstance(layer, Window):
            return layer.name
    raise ValueError(f"{network.name} has no layer with places, so Grad-CAM has nothing to show.")
