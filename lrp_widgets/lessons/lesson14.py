"""Questions of lesson 14: the whole backward pass of mini-vgg, written by the learner."""

from functools import cache

import numpy as np

from .._support.lazy_tensorflow import tf
from .code_questions import code_question, model_solutions
from .experiments.loaded import explained, image, network
from .questions import Choice, Code, Number

PICTURE = "star"
LEVELS = (1e-5, 1e-2)  # between the options of the question on precision

# Together the model solutions are the lesson's forty lines.
SOLUTIONS = model_solutions("14")


@cache
def model_solution():
    """All functions of the model solution: {name: function}."""
    names = {"np": np}
    for text in SOLUTIONS.values():
        exec(text, names)
    return names


# What the package makes of the same


def load(network, image):
    """The kernels and the activations of a picture, as the package reads them."""
    from ..lrp.explain import explain

    weights = {layer.name: layer.kernel for layer in network.weighted}
    return weights, {layer.name: layer.activation for layer in explain(network, image).layers}


def _with_batch_axis(network, image):
    weights, activations = load(network, image)
    return weights, {name: each[None] for name, each in activations.items()}


def _not_scaled(network, image):
    outputs = network.forward(image[None].astype(np.float32))
    return load(network, image)[0], {name: each[0] for name, each in outputs.items()}


def _as_one_array(loaded):
    """Shapes and values of both dictionaries, one after the other, to be compared."""
    if not (isinstance(loaded, tuple) and len(loaded) == 2):
        raise TypeError("a pair is, the weights and the activations")
    numbers = []
    for each in loaded:
        for name in sorted(each):
            array = np.asarray(each[name], float)
            numbers += [array.shape, array.ravel()]
    return np.concatenate(numbers)


def z_plus(layer, x, R):
    """One layer under z⁺, by the package's own backward pass."""
    from ..lrp.layer_context import layer_alone
    from ..lrp.propagation import step
    from ..lrp.rules import ZPlus

    return step(ZPlus(), layer_alone(layer, x[None]), _tensor(R), 1e-9).relevance[0].numpy()[0]


def dense(x, w, R):
    from ..networks.layers import Dense

    return z_plus(Dense(name="dense", kernel=w), x, R)


def _same_size(w):
    from ..networks.layers import Convolution

    return Convolution(name="convolution", kernel=w, padding="same")


def convolution(x, w, R):
    return z_plus(_same_size(w), x, R)


def forward(x, w):
    return _same_size(w).linear(_tensor(x), _kernel(w)).numpy()[0]


def transpose(s, w):
    like = np.zeros((*s.shape[:2], w.shape[2]))
    return _same_size(w).transpose(_tensor(s), _kernel(w), _tensor(like)).numpy()[0]


def pool(x, R):
    from ..lrp.pooling import share_by_strength
    from ..networks.layers import MaxPooling

    layer = MaxPooling(name="pool", size=(2, 2), strides=(2, 2))
    (share,), _ = share_by_strength(layer, [_tensor(x)], _tensor(R))
    return share.numpy()[0]


def lrp(weights, activations, input_rule="ones"):
    from ..lrp.explain import explain

    # A float array is taken as what the network reads.
    return explain(network(), activations["input"], input_rule=input_rule).pixels


def _tensor(array):
    return tf.constant(np.asarray(array)[None], tf.float64)


def _kernel(w):
    return tf.constant(w, tf.float64)


# Typical mistakes


def _all_weights(x, w, R):
    z = x @ w
    return x * (w @ (R / np.where(z == 0, 1, z)))


def _without_x(x, w, R):
    w = np.maximum(w, 0)
    return w @ (R / (x @ w + 1e-9))


def _quarters(x, R):
    return np.repeat(np.repeat(R / 4, 2, 0), 2, 1)


def _winner(x, R):
    from ..networks.layers import MaxPooling

    layer = MaxPooling(name="pool", size=(2, 2), strides=(2, 2))
    return layer.hand_to_winners(_tensor(R), _tensor(x)).numpy()[0]


def _flipped(x, w):
    return forward(x, w[::-1, ::-1])


def _not_flipped(s, w):
    return forward(s, np.swapaxes(w, 2, 3))


def _convolution_without_x(x, w, R):
    w = np.maximum(w, 0)
    return transpose(R / (forward(x, w) + 1e-9), w)


def _pixel_values(weights, activations):
    return lrp(weights, activations, input_rule=None)


# Test cases: small ones, and layers of the network itself


def _layer_case(name, picture=PICTURE, x=None):
    """What a layer of the network gets: its input, its kernel, its relevance."""
    e, layer = explained(picture), network()[name]
    x = e[layer.inputs[0]].activation if x is None else x
    return x, layer.kernel, e[name].relevance


def _dense_cases():
    x, w, R = np.array([1.0, 2.0]), np.array([[1.0, -2.0], [-1.0, 3.0]]), np.array([1.0, 2.0])
    return [(x, w, R), _layer_case("fc1"), _layer_case("predictions", "heart")]


def _pool_cases():
    random = np.random.default_rng(14)
    cases = [(random.random((2, 4, 1)) + 0.1, random.random((1, 2, 1)))]
    for name in ("block4_pool", "block2_pool"):
        layer = network()[name]
        e = explained()
        cases.append((e[layer.inputs[0]].activation, e[name].relevance))
    return cases


def _small_convolution(inputs=2, outputs=3):
    random = np.random.default_rng(14)
    w = random.standard_normal((3, 3, inputs, outputs))
    return random.random((4, 5, inputs)), w, random.random((4, 5, outputs))


def _convolution_cases():
    return [_small_convolution(), _layer_case("block4_conv2"), _layer_case("block3_conv1", "heart")]


def _forward_cases():
    return [(x, w) for x, w, _ in _convolution_cases()]


def _transpose_cases():
    return [(R, w) for _, w, R in _convolution_cases()]


def _load_cases():
    return [(network(), image(each)) for each in (PICTURE, "heart")]


def _lrp_cases():
    return [load(*case) for case in _load_cases()]


# Answers


@cache
def _gradients():
    from .experiments.gradient_trick import step_c

    return step_c(explained(), "block2_conv2")


def _what_the_gradient_is():
    """0 for c, 1 for nothing but rounding, 2 for twice c: the nearest to what is computed."""
    found = _gradients()
    apart = [np.abs(found.through - factor * found.c).max() for factor in (1, 0, 2)]
    return int(np.argmin(apart))


@cache
def _difference():
    """How far the model solution's map is from the package's, in units of the largest |R|."""
    ours = explained().pixels
    made = model_solution()["lrp"](*model_solution()["load"](network(), image()))
    return float(np.abs(made - ours).max() / np.abs(ours).max())


def _blue(input_rule):
    """The blue channel's share of the map."""
    by_channel = explained(input_rule=input_rule).pixels.sum((0, 1), dtype=float)
    return by_channel[2] / by_channel.sum()


def _step(expected, **question):
    """The question about one of the functions; `expected` is the package's own of that name."""
    name = f"14-{expected.__name__}"
    return Code(expected=expected, **code_question(name), **question)


QUESTIONS = {
    "14-held": Choice(
        text="Step c, $c_i = \\sum_j w^+_{ij} s_j$, is the gradient of $\\sum_j z_j s_j$ with "
        "respect to $x_i$, for $z_j = \\sum_i x_i w^+_{ij}$ is linear in $x$. But $s_j = R_j / "
        "z_j$ depends on $x$ as well. What does automatic differentiation give if you forget to "
        "hold $s$ constant?",
        options=("The same c", "0, up to rounding", "Twice c: both factors depend on x"),
        expected=_what_the_gradient_is,
        why=(
            "What is $\\sum_j z_j s_j$, if you put $s_j = R_j / z_j$ into it?",
            "$z_j s_j = z_j R_j / z_j = R_j$, whatever $x$ is: there is nothing to differentiate.",
            "The second factor has $z_j$ in its denominator. Put $s_j = R_j / z_j$ into the sum.",
        ),
        hint="Put $s_j = R_j / z_j$ into $\\sum_j z_j s_j$.",
        solution=lambda: (
            f"At block2_conv2 its largest entry is {np.abs(_gradients().through).max():.1e}; c's "
            f"is {np.abs(_gradients().c).max():.1e}."
        ),
    ),
    "14-precision": Choice(
        text="Your NumPy and the package compute the same formulas, in another order and partly in "
        "another precision. What will the largest difference between the two maps be, in units "
        "of the largest |R|?",
        options=("Less than 0.001 %", "Between 0.001 % and 1 %", "More than 1 %"),
        expected=lambda: int(np.searchsorted(LEVELS, _difference())),
        why=(
            "z⁺ only adds what is above zero: rounding has nothing to blow it up.",
            "That would be much for rounding: z⁺ only adds what is above zero.",
            "Then one of the two would be wrong.",
        ),
        hint="Numbers in single precision have seven digits. What could make the last one grow?",
        solution=lambda: f"The model solution's differs by {_difference():.1e}.",
    ),
    "14-load": _step(
        load,
        cases=_load_cases,
        reads=_as_one_array,
        mistakes=(
            (_with_batch_axis, "The activations still have the batch axis: take `output[0]`."),
            (_not_scaled, "The network reads pixels from 0 to 1: divide by 255."),
        ),
    ),
    "14-dense": _step(
        dense,
        cases=_dense_cases,
        mistakes=(
            (_all_weights, "Only positive weights count: `np.maximum(w, 0)`."),
            (_without_x, "That is c; the last step multiplies by x."),
        ),
    ),
    "14-pool": _step(
        pool,
        cases=_pool_cases,
        mistakes=(
            (_quarters, "A quarter each is sharing evenly; share in proportion to x."),
            (_winner, "That is winner-take-all; here the window shares in proportion to x."),
        ),
    ),
    "14-forward": _step(
        forward,
        cases=_forward_cases,
        mistakes=((_flipped, "The kernel is turned round: networks do not flip it."),),
    ),
    "14-transpose": _step(
        transpose,
        cases=_transpose_cases,
        mistakes=(
            (
                _not_flipped,
                "That is a convolution with swapped channels: each output's window must get back "
                "what came from *it*, so places run the other way.",
            ),
        ),
    ),
    "14-convolution": _step(
        convolution,
        cases=_convolution_cases,
        mistakes=((_convolution_without_x, "That is c; the last step multiplies by x."),),
    ),
    "14-lrp": _step(
        lrp,
        cases=_lrp_cases,
        mistakes=(
            (_pixel_values, "Above the pixels x is 1: `np.ones_like(x)` where x is the input."),
        ),
    ),
    "14-ones": Number(
        text="An experiment with your own code: leave out $x = 1$ above the pixels. What share of "
        "the relevance is then in the *blue* channel of the star's map? (The picture is red and "
        "green; blue is dark nearly everywhere.)",
        hint="Change `lrp` and call the result R: `R.sum((0, 1))` has one number for each channel.",
        expected=lambda: _blue(None),
        mistakes=((lambda: _blue("ones"), "That is with $x = 1$, as before."),),
        solution=lambda: (
            f"{_blue(None):.3f}; with $x = 1$ it is {_blue('ones'):.3f}. Without that line a dark "
            "channel gets less because it is dark."
        ),
        well_done="One line of code decides whether darkness costs relevance.",
    ),
}
