"""What each kind of Keras layer becomes: one of our layers, two, or nothing.

`READERS` maps the class of a Keras layer to a function of its call; None comes back for a layer
that changes nothing after training.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import keras
import numpy as np

from .activations import Activation
from .canonize import BatchNorm, batch_norm
from .keras_augmentation import CHANGE_SIZE, VARY_IN_TRAINING, check_pipeline, check_size
from .keras_words import describe
from .layers import (
    Addition,
    Affine,
    AveragePooling,
    Concatenation,
    Convolution,
    Dense,
    Elementwise,
    GlobalAveragePooling,
    GlobalMaxPooling,
    MaxPooling,
    Padding,
    Reshape,
)

ACTIVATIONS = {
    keras.activations.linear: None,
    keras.activations.relu: Activation("relu"),
    keras.activations.relu6: Activation("relu6"),
    keras.activations.leaky_relu: Activation("leaky relu", slope=0.2),
    keras.activations.sigmoid: Activation("sigmoid"),
    keras.activations.tanh: Activation("tanh"),
    keras.activations.softmax: Activation("softmax"),
}


@dataclass(frozen=True)
class LayerCall:
    """One call of a Keras layer; a reader makes a layer of it that still lacks name and inputs.

    Shapes are without the batch axis, None where any size will do; `weights(layer, attribute)`
    gives a layer's array.
    """

    layer: keras.layers.Layer
    input_shapes: list[tuple]
    shape: tuple
    weights: Callable[[keras.layers.Layer, str], np.ndarray | None]

    def array(self, attribute):
        """The layer's weights of that name, None where it has none."""
        return self.weights(self.layer, attribute)

    @property
    def activation(self):
        """The layer's `activation=` argument: a function, or an activation layer."""
        function = self.layer.activation
        if isinstance(function, keras.layers.Layer):
            read = ACTIVATION_LAYERS.get(type(function))
            if read is not None:
                return read(replace(self, layer=function))
        elif function in ACTIVATIONS:
            return ACTIVATIONS[function]
        name = getattr(function, "__name__", type(function).__name__)
        known = ", ".join(sorted(f.__name__ for f in ACTIVATIONS))
        raise ValueError(
            f"{describe(self.layer)} has the activation {name!r}, which cannot be read; those "
            f"that can are Keras's {known}."
        )


def check_finite(keras_layer, attribute, values):
    """Raise ValueError, one sentence, where a layer's array holds NaN or infinity."""
    if not np.isfinite(values).all():
        raise ValueError(
            f"{describe(keras_layer)} has NaN or infinity in its {attribute.replace('_', ' ')}; "
            "every weight must be a finite number."
        )


def _convolution(call):
    layer = call.layer
    return Convolution(
        name="",
        kernel=call.array("kernel"),
        bias=call.array("bias"),
        strides=layer.strides,
        padding=layer.padding,
        dilation=layer.dilation_rate,
        groups=layer.groups,
        activation=call.activation,
    )


def _depthwise(call):
    return replace(
        _by_channel(call, "kernel"),
        bias=call.array("bias"),
        activation=call.activation,
    )


def _separable(call):
    """Two layers: a depthwise convolution, and one of 1×1 that mixes its channels."""
    return (
        replace(_by_channel(call, "depthwise_kernel"), name="_depthwise"),
        Convolution(
            name="",
            kernel=call.array("pointwise_kernel"),
            bias=call.array("bias"),
            activation=call.activation,
        ),
    )


def _by_channel(call, attribute):
    """A depthwise convolution as one of as many groups as there are channels."""
    layer, kernel = call.layer, call.array(attribute)
    rows, columns, channels, each = kernel.shape
    return Convolution(
        name="",
        kernel=kernel.reshape(rows, columns, 1, channels * each),
        strides=layer.strides,
        padding=layer.padding,
        dilation=layer.dilation_rate,
        groups=channels,
    )


def _dense(call):
    return Dense(
        name="",
        kernel=call.array("kernel"),
        bias=call.array("bias"),
        activation=call.activation,
    )


def _batch_norm(call):
    layer = call.layer
    if layer.axis not in (-1, len(call.shape)):
        raise ValueError(f"{describe(layer)} normalizes axis {layer.axis}; only the last can be.")
    if np.min(call.array("moving_variance")) + layer.epsilon <= 0:
        raise ValueError(f"{describe(layer)} has a variance below zero; it is at least 0.")
    scale, offset, center = batch_norm(
        call.array("gamma"),
        call.array("beta"),
        call.array("moving_mean"),
        call.array("moving_variance"),
        layer.epsilon,
    )
    return BatchNorm(name="", scale=scale, offset=offset, center=center)


def _pooling(kind):
    def read(call):
        layer = call.layer
        return kind(name="", size=layer.pool_size, strides=layer.strides, padding=layer.padding)

    return read


def _global_pooling(kind):
    return lambda call: kind(name="", keepdims=call.layer.keepdims)


def _flatten(call):
    return Reshape(name="")


def _reshape(call):
    shape = call.shape
    if None in shape:
        shape = tuple(call.layer.target_shape)
    return Reshape(name="", shape=shape)


def _padding(call):
    return Padding(name="", pads=call.layer.padding)


def _addition(call):
    if len(set(call.input_shapes)) > 1:
        shapes = " and ".join(map(str, call.input_shapes))
        raise ValueError(
            f"{describe(call.layer)} adds shapes that differ, {shapes}; only equal ones can be."
        )
    return Addition(name="")


def _concatenation(call):
    if call.layer.axis == 0:
        raise ValueError(f"{describe(call.layer)} joins along the batch axis, 0; use another.")
    return Concatenation(name="", axis=call.layer.axis)


def _rescaling(call):
    return _affine(call, call.layer.scale, call.layer.offset, "rescaling")


def _normalization(call):
    layer = call.layer
    mean = np.asarray(layer.mean, np.float64)
    deviation = np.sqrt(np.asarray(layer.variance, np.float64))
    deviation = np.maximum(deviation, keras.config.epsilon())
    if layer.invert:
        return _affine(call, deviation, mean, "normalization")
    return _affine(call, 1 / deviation, -mean / deviation, "normalization")


def _affine(call, scale, offset, kind):
    """x · scale + offset, with one number for all or one a channel."""
    scale, offset = np.asarray(scale, np.float64), np.asarray(offset, np.float64)
    for values in (scale, offset):
        check_finite(call.layer, "numbers", values)
        if any(length > 1 for length in values.shape[:-1]):
            raise ValueError(
                f"{describe(call.layer)} has numbers of shape {values.shape}; it can be read "
                "with one number for all, or one a channel."
            )
    return Affine(name="", scale=_flat(scale), offset=_flat(offset), kind=kind)


def _flat(values):
    return values.reshape(values.shape[-1:])


def _nothing(call):
    return None


def _pipeline(call):
    check_pipeline(call.layer)


def _elementwise(read):
    def read_layer(call):
        activation = read(call)
        return None if activation is None else Elementwise(name="", activation=activation)

    return read_layer


def _relu(call):
    layer = call.layer
    match layer.negative_slope, layer.max_value, layer.threshold:
        case 0, None, 0:
            return Activation("relu")
        case 0, 6, 0:
            return Activation("relu6")
        case slope, None, 0:
            return Activation("leaky relu", float(slope))
    raise ValueError(
        f"{describe(layer)} has negative_slope={layer.negative_slope}, max_value="
        f"{layer.max_value} and threshold={layer.threshold}; it can be read with any negative "
        "slope, or with max_value=6 alone."
    )


def _leaky_relu(call):
    return Activation("leaky relu", float(call.layer.negative_slope))


def _softmax(call):
    axes = np.atleast_1d(call.layer.axis)
    if axes.tolist() not in ([-1], [len(call.shape)]):
        raise ValueError(f"{describe(call.layer)} has axis {call.layer.axis}; only −1 can be.")
    return Activation("softmax")


ACTIVATION_LAYERS = {
    keras.layers.Activation: lambda call: call.activation,
    keras.layers.ReLU: _relu,
    keras.layers.LeakyReLU: _leaky_relu,
    keras.layers.Softmax: _softmax,
}

NOTHING_AFTER_TRAINING = (
    keras.layers.ActivityRegularization,
    keras.layers.AlphaDropout,
    keras.layers.Dropout,
    keras.layers.GaussianDropout,
    keras.layers.GaussianNoise,
    keras.layers.Identity,
    keras.layers.SpatialDropout1D,
    keras.layers.SpatialDropout2D,
    keras.layers.SpatialDropout3D,
)

AUGMENTATIONS = {
    **dict.fromkeys(VARY_IN_TRAINING, _nothing),
    **dict.fromkeys(CHANGE_SIZE, check_size),
    **({keras.layers.Pipeline: _pipeline} if hasattr(keras.layers, "Pipeline") else {}),
}

SEVERAL_INPUTS = {
    keras.layers.Add: _addition,
    keras.layers.Concatenate: _concatenation,
}

READERS = {
    keras.layers.Conv2D: _convolution,
    keras.layers.DepthwiseConv2D: _depthwise,
    keras.layers.SeparableConv2D: _separable,
    keras.layers.Dense: _dense,
    keras.layers.BatchNormalization: _batch_norm,
    keras.layers.MaxPooling2D: _pooling(MaxPooling),
    keras.layers.AveragePooling2D: _pooling(AveragePooling),
    keras.layers.GlobalMaxPooling2D: _global_pooling(GlobalMaxPooling),
    keras.layers.GlobalAveragePooling2D: _global_pooling(GlobalAveragePooling),
    keras.layers.Flatten: _flatten,
    keras.layers.Reshape: _reshape,
    keras.layers.ZeroPadding2D: _padding,
    keras.layers.Rescaling: _rescaling,
    keras.layers.Normalization: _normalization,
    **SEVERAL_INPUTS,
    **AUGMENTATIONS,
    **dict.fromkeys(NOTHING_AFTER_TRAINING, _nothing),
    **{kind: _elementwise(read) for kind, read in ACTIVATION_LAYERS.items()},
}
