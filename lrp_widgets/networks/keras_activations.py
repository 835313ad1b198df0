"""What Keras's activation functions become: an `Activation`, None for the identity."""

from dataclasses import replace

import keras
import numpy as np

from .activations import Activation
from .keras_operations import relu_with
from .keras_words import describe

ACTIVATIONS = {
    keras.activations.linear: None,
    keras.activations.relu: Activation("relu"),
    keras.activations.relu6: Activation("relu6"),
    keras.activations.leaky_relu: Activation("leaky relu", slope=0.2),
    keras.activations.elu: Activation("elu", slope=1.0),
    keras.activations.gelu: Activation("gelu"),
    keras.activations.silu: Activation("silu"),
    keras.activations.softplus: Activation("softplus"),
    keras.activations.sigmoid: Activation("sigmoid"),
    keras.activations.tanh: Activation("tanh"),
    keras.activations.softmax: Activation("softmax"),
}


def activation_of(call):
    """A layer's `activation=` argument: a function, or an activation layer."""
    function = call.layer.activation
    if isinstance(function, keras.layers.Layer):
        read = ACTIVATION_LAYERS.get(type(function))
        if read is not None:
            return read(replace(call, layer=function))
    elif function in ACTIVATIONS:
        return ACTIVATIONS[function]
    name = getattr(function, "__name__", type(function).__name__)
    known = ", ".join(sorted(f.__name__ for f in ACTIVATIONS))
    raise ValueError(
        f"{describe(call.layer)} has the activation {name!r}, which cannot be read; those "
        f"that can are Keras's {known}."
    )


def _relu(call):
    return relu_with(call.layer)


def _leaky_relu(call):
    return Activation("leaky relu", float(call.layer.negative_slope))


def _prelu(call):
    if not call.layer.built:
        raise ValueError(f"{describe(call.layer)} has no weights yet; call the model once.")
    return Activation("prelu", call.array("alpha"))


def _elu(call):
    return Activation("elu", float(call.layer.alpha))


def _softmax(call):
    axes = np.atleast_1d(call.layer.axis)
    if axes.tolist() not in ([-1], [len(call.shape)]):
        raise ValueError(f"{describe(call.layer)} has axis {call.layer.axis}; only −1 can be.")
    return Activation("softmax")


ACTIVATION_LAYERS = {
    keras.layers.Activation: activation_of,
    keras.layers.ReLU: _relu,
    keras.layers.LeakyReLU: _leaky_relu,
    keras.layers.PReLU: _prelu,
    keras.layers.ELU: _elu,
    keras.layers.Softmax: _softmax,
}
