"""What each kind of Keras layer becomes: one of our layers, two, or nothing.

`READERS` maps the class of a Keras layer to a function of its call; None comes back for a layer
that changes nothing after training.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import keras
import numpy as np

from . import keras_attention, keras_operations
from .canonize import BatchNorm, batch_norm
from .keras_activations import ACTIVATION_LAYERS, activation_of
from .keras_augmentation import CHANGE_SIZE, VARY_IN_TRAINING, check_pipeline, check_size
from .keras_operations import affine
from .keras_words import describe
from .layers import (
    AveragePooling,
    Convolution,
    Dense,
    Elementwise,
    GlobalAveragePooling,
    GlobalMaxPooling,
    MaxPooling,
    Padding,
    Reshape,
)
from .normalizing import GroupNorm, LayerNorm
from .resampling import Cropping, TransposedConvolution, Upsampling


@dataclass(frozen=True)
class LayerCall:
    """One call of a Keras layer; a reader makes a layer of it that still lacks name and inputs.

    Shapes are without the batch axis, None where any size will do; `weights(layer, attribute)`
    gives a layer's array; `arguments` and `keywords` are what it was called with.
    """

    layer: keras.Operation
    input_shapes: list[tuple]
    shape: tuple
    weights: Callable[[keras.Operation, str], np.ndarray | None]
    arguments: tuple = ()
    keywords: dict[str, Any] = field(default_factory=dict)

    def array(self, attribute):
        """The layer's weights of that name, None where it has none."""
        return self.weights(self.layer, attribute)

    @property
    def activation(self):
        """The layer's `activation=` argument, None for the identity."""
        return activation_of(self)


def check_finite(keras_layer, attribute, values):
    """Raise ValueError, one sentence, where a layer's array holds NaN or infinity."""
    if not np.isfinite(values).all():
        raise ValueError(
            f"{describe(keras_layer)} has NaN or infinity in its {attribute.replace('_', ' ')}; "
            "every weight must be a finite number."
        )


def _convolution(call):
    layer = call.layer
    if layer.padding == "causal":  # zeros before the first moment, and none behind the last
        [taps], [step] = layer.kernel_size, layer.dilation_rate
        pads = (((taps - 1) * step, 0),)
        valid = replace(_plain_convolution(call), padding="valid")
        return (Padding(name="_pads", pads=pads), valid)
    return _plain_convolution(call)


def _plain_convolution(call):
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


def _transposed_convolution(call):
    layer = call.layer
    if layer.output_padding is not None:
        raise ValueError(
            f"{describe(layer)} has output_padding={layer.output_padding}; it can be read with "
            "None alone."
        )
    return TransposedConvolution(
        name="",
        kernel=np.swapaxes(call.array("kernel"), -1, -2),
        bias=call.array("bias"),
        strides=layer.strides,
        padding=layer.padding,
        dilation=layer.dilation_rate,
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
    *taps, channels, each = kernel.shape
    return Convolution(
        name="",
        kernel=kernel.reshape(*taps, 1, channels * each),
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
        size, strides = (tuple(np.atleast_1d(n)) for n in (layer.pool_size, layer.strides))
        return kind(
            name="",
            size=tuple(map(int, size)),
            strides=tuple(map(int, strides)),
            padding=layer.padding,
        )

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


def _permute(call):
    return keras_operations.permuted(call, (0, *call.layer.dims))


def _padding(call):
    return Padding(name="", pads=_pairs(call.layer.padding))


def _cropping(call):
    return Cropping(name="", crops=_pairs(call.layer.cropping))


def _pairs(given):
    """One pair an axis; a layer of one axis keeps its pair alone."""
    pairs = given if isinstance(given[0], list | tuple) else (given,)
    return tuple(tuple(pair) for pair in pairs)


def _upsampling(call):
    layer = call.layer
    interpolation = getattr(layer, "interpolation", "nearest")
    if interpolation != "nearest":
        raise ValueError(
            f"{describe(layer)} has interpolation={interpolation!r}; only 'nearest' can be read."
        )
    return Upsampling(name="", size=tuple(np.atleast_1d(layer.size).tolist()))


def _layer_norm(call):
    layer, rank = call.layer, len(call.shape) + 1
    axes = sorted(int(axis) % rank for axis in np.atleast_1d(layer.axis))
    if axes != list(range(axes[0], rank)) or axes[0] == 0:
        raise ValueError(f"{describe(layer)} normalizes axes {axes}; only the last ones can be.")
    if getattr(layer, "rms_scaling", False):
        raise ValueError(f"{describe(layer)} has rms_scaling=True; it can be read without.")
    scale, offset = _scale_and_offset(call)
    return LayerNorm(
        name="", scale=scale, offset=offset, epsilon=float(layer.epsilon), axes=len(axes)
    )


def _group_norm(call):
    layer = call.layer
    if layer.axis not in (-1, len(call.shape)):
        raise ValueError(f"{describe(layer)} normalizes axis {layer.axis}; only the last can be.")
    scale, offset = _scale_and_offset(call)
    groups = call.shape[-1] if layer.groups == -1 else layer.groups
    return GroupNorm(
        name="", scale=scale, offset=offset, epsilon=float(layer.epsilon), groups=int(groups)
    )


def _scale_and_offset(call):
    gamma, beta = call.array("gamma"), call.array("beta")
    return np.array(1.0) if gamma is None else gamma, np.array(0.0) if beta is None else beta


def _rescaling(call):
    return affine(call, call.layer.scale, call.layer.offset, "rescaling")


def _normalization(call):
    layer = call.layer
    mean = np.asarray(layer.mean, np.float64)
    deviation = np.sqrt(np.asarray(layer.variance, np.float64))
    deviation = np.maximum(deviation, keras.config.epsilon())
    if layer.invert:
        return affine(call, deviation, mean, "normalization")
    return affine(call, 1 / deviation, -mean / deviation, "normalization")


def _nothing(call):
    return None


def _pipeline(call):
    check_pipeline(call.layer)


def _elementwise(read):
    def read_layer(call):
        activation = read(call)
        return None if activation is None else Elementwise(name="", activation=activation)

    return read_layer


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
    keras.layers.Add: keras_operations.addition(),
    keras.layers.Average: keras_operations.addition(keras_operations.average),
    keras.layers.Subtract: keras_operations.addition(keras_operations.subtraction),
    keras.layers.Maximum: keras_operations.maximum,
    keras.layers.Concatenate: keras_operations.concatenation,
    **keras_operations.SEVERAL_INPUTS,
    keras.layers.MultiHeadAttention: keras_attention.READERS[keras.layers.MultiHeadAttention],
}

LAYERS = {
    **dict.fromkeys((keras.layers.Conv1D, keras.layers.Conv2D, keras.layers.Conv3D), _convolution),
    **dict.fromkeys(
        (
            keras.layers.Conv1DTranspose,
            keras.layers.Conv2DTranspose,
            keras.layers.Conv3DTranspose,
        ),
        _transposed_convolution,
    ),
    keras.layers.DepthwiseConv1D: _depthwise,
    keras.layers.DepthwiseConv2D: _depthwise,
    keras.layers.SeparableConv1D: _separable,
    keras.layers.SeparableConv2D: _separable,
    keras.layers.Dense: _dense,
    keras.layers.BatchNormalization: _batch_norm,
    keras.layers.LayerNormalization: _layer_norm,
    keras.layers.GroupNormalization: _group_norm,
    keras.layers.MaxPooling1D: _pooling(MaxPooling),
    keras.layers.MaxPooling2D: _pooling(MaxPooling),
    keras.layers.MaxPooling3D: _pooling(MaxPooling),
    keras.layers.AveragePooling1D: _pooling(AveragePooling),
    keras.layers.AveragePooling2D: _pooling(AveragePooling),
    keras.layers.AveragePooling3D: _pooling(AveragePooling),
    keras.layers.GlobalMaxPooling1D: _global_pooling(GlobalMaxPooling),
    keras.layers.GlobalMaxPooling2D: _global_pooling(GlobalMaxPooling),
    keras.layers.GlobalMaxPooling3D: _global_pooling(GlobalMaxPooling),
    keras.layers.GlobalAveragePooling1D: _global_pooling(GlobalAveragePooling),
    keras.layers.GlobalAveragePooling2D: _global_pooling(GlobalAveragePooling),
    keras.layers.GlobalAveragePooling3D: _global_pooling(GlobalAveragePooling),
    keras.layers.Flatten: _flatten,
    keras.layers.Reshape: _reshape,
    keras.layers.Permute: _permute,
    keras.layers.ZeroPadding1D: _padding,
    keras.layers.ZeroPadding2D: _padding,
    keras.layers.ZeroPadding3D: _padding,
    keras.layers.Cropping1D: _cropping,
    keras.layers.Cropping2D: _cropping,
    keras.layers.Cropping3D: _cropping,
    keras.layers.UpSampling1D: _upsampling,
    keras.layers.UpSampling2D: _upsampling,
    keras.layers.UpSampling3D: _upsampling,
    keras.layers.Rescaling: _rescaling,
    keras.layers.Normalization: _normalization,
    **SEVERAL_INPUTS,
    **keras_attention.READERS,
    **dict.fromkeys(NOTHING_AFTER_TRAINING, _nothing),
    **{kind: _elementwise(read) for kind, read in ACTIVATION_LAYERS.items()},
}

READERS = {**LAYERS, **keras_operations.READERS, **AUGMENTATIONS}
