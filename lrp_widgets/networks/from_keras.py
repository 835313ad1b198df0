"""Read a Keras 3 model into our own layers.

The graph of calls is walked, nested models included, and every call becomes one of our layers:
`READERS` says how, for each class of Keras layer that can be read. What comes out is canonized.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import keras
import numpy as np
from keras.src.models.functional import Functional

from .activations import Activation
from .canonize import BatchNorm, batch_norm, canonize
from .keras_augmentation import CHANGE_SIZE, VARY_IN_TRAINING, check_pipeline, check_size
from .keras_exact import check_exact
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
    Input,
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


def read(model):
    """(layers, notes) of a functional or Sequential Keras model, canonized (see `canonize`).

    The first is the input, named "input"; the others keep Keras's names, with "_2" and so on
    where a layer is called again. Arrays are copies, in float64 where the model's are, and a
    layer that is called twice has them once.
    Raises ValueError that names the layer which cannot be read, and what could be.
    """
    graph = _graph(model)
    if graph is None:
        raise ValueError(
            f"{describe(model)} cannot be read: only Keras functional and Sequential models can."
        )
    if len(graph.inputs) != 1 or len(graph.outputs) != 1:
        raise ValueError(
            f"Model {model.name!r} has {len(graph.inputs)} inputs and {len(graph.outputs)} "
            "outputs; only models with one input and one output can be read."
        )
    return _Reading(model).layers_of(graph)


class _Reading:
    """What has been read of one model so far."""

    def __init__(self, model):
        self._name = model.name
        self._own_names = {INPUT, *_layer_names(model)}
        self._arrays = {}
        self._layers = {}

    def layers_of(self, graph):
        _check_all(graph, self._name)
        shape = tuple(graph.inputs[0].shape[1:])
        self._layers[INPUT] = Input(name=INPUT, shape=shape)
        [output] = self._read_graph(graph, [INPUT])
        if output == INPUT:
            raise ValueError(f"Model {graph.name!r} hands its input on unchanged: nothing to read.")
        return canonize(list(self._layers.values()), output)

    def _read_graph(self, graph, inputs):
        """Read all calls of a graph whose inputs are the layers `inputs`; names of its outputs."""
        names = {id(x): name for x, name in zip(graph.inputs, inputs, strict=True)}
        for depth in sorted(graph._nodes_by_depth, reverse=True):
            for node in graph._nodes_by_depth[depth]:
                if node.is_input:
                    continue
                sources = [names[id(x)] for x in node.input_tensors]
                outputs = self._read_call(node, sources)
                names.update((id(x), name) for x, name in zip(node.outputs, outputs, strict=True))
        return [names[id(x)] for x in graph.outputs]

    def _read_call(self, node, sources):
        """Read one call of a layer or a nested model; the names of what it puts out."""
        keras_layer = node.operation
        graph = _graph(keras_layer)
        reader = None if graph is not None else _reader_of(keras_layer)
        # Layers that vary pictures are told so by Keras itself, unless the model is told otherwise.
        told = node.arguments.kwargs.get("training")
        if told and type(keras_layer) not in AUGMENTATIONS:
            raise ValueError(
                f"{describe(keras_layer)} is called with training=True; only networks that "
                "answer as after training can be read."
            )
        if graph is not None:
            return self._read_graph(graph, sources)
        if len(sources) > 1 and type(keras_layer) not in SEVERAL_INPUTS:
            raise ValueError(f"{describe(keras_layer)} is called on several inputs; it takes one.")
        layer = reader(_Call(keras_layer, node, self._array))
        if layer is None:
            return sources
        *before, layer = layer if isinstance(layer, tuple) else (layer,)
        name = self._free_name(keras_layer.name)
        for each in before:
            each = replace(each, name=self._free_name(name + each.name), inputs=tuple(sources))
            self._layers[each.name] = each
            sources = [each.name]
        self._layers[name] = replace(layer, name=name, inputs=tuple(sources))
        return [name]

    def _array(self, keras_layer, attribute):
        """A layer's weights, copied once however often the layer is called."""
        key = id(keras_layer), attribute
        if key not in self._arrays:
            values = _to_array(getattr(keras_layer, attribute))
            if values is not None:
                _check_finite(keras_layer, attribute, values)
            self._arrays[key] = values
        return self._arrays[key]

    def _free_name(self, wanted):
        name, number = wanted, 1
        while name in self._layers or (number > 1 and name in self._own_names):
            number += 1
            name = f"{wanted}_{number}"
        return name


INPUT = "input"


def _graph(model):
    """The functional graph behind a model, or None for what is no such model."""
    if isinstance(model, keras.Sequential) and type(model).call is keras.Sequential.call:
        if model._functional is None:
            raise ValueError(
                f"Sequential model {model.name!r} is not built yet: give it a keras.Input as its "
                "first layer, or call it once, and let it have at least one layer."
            )
        return model._functional
    if isinstance(model, Functional) and type(model).call is Functional.call:
        return model
    return None


def _layer_names(model):
    for layer in model.layers:
        yield layer.name
        if isinstance(layer, keras.Model):
            yield from _layer_names(layer)


def _check_all(graph, name):
    """Refuse a model with several layers that cannot be read, all of them by name."""
    operations = list(_operations(graph))
    unread = [operation for operation in operations if not _is_known(operation)]
    if len(unread) > 1:
        named = [f"{layer.name!r} ({type(layer).__name__})" for layer in unread]
        more = f", {len(named) - 8} more" if len(named) > 8 else ""
        *first, last = named[:8]
        raise ValueError(
            f"{len(unread)} layers of {name!r} cannot be read: {', '.join(first)} and "
            f"{last}{more}; the layers that can: {_known()}."
        )
    check_exact(operations)


def _operations(graph):
    """The layers of a graph, and those of the models in it."""
    for operation in graph.operations:
        inner = _graph(operation)
        if inner is not None:
            yield from _operations(inner)
        else:
            yield operation


def _is_known(operation):
    return isinstance(operation, keras.layers.InputLayer) or type(operation) in READERS


def _known():
    named = sorted(kind.__name__ for kind in READERS if kind not in AUGMENTATIONS)
    return f"InputLayer, {', '.join(named)} and those that vary pictures in training"


def _reader_of(keras_layer):
    # The very class, not a subclass: that may compute something else.
    reader = READERS.get(type(keras_layer))
    if reader is None:
        raise ValueError(
            f"{describe(keras_layer)} cannot be read; the layers that can: {_known()}."
        )
    if getattr(keras_layer, "data_format", "channels_last") != "channels_last":
        raise ValueError(
            f"{describe(keras_layer)} has channels first; only channels_last can be read."
        )
    return reader


def _to_array(values):
    if values is None:
        return None
    values = np.asarray(values)  # the model's own memory, which it may write to later
    return values.astype(np.float64 if values.dtype == np.float64 else np.float32)


def _check_finite(keras_layer, attribute, values):
    if not np.isfinite(values).all():
        raise ValueError(
            f"{describe(keras_layer)} has NaN or infinity in its {attribute.replace('_', ' ')}; "
            "every weight must be a finite number."
        )


# What each kind of Keras layer becomes; None for one that changes nothing after training


@dataclass(frozen=True)
class _Call:
    """One call of a Keras layer; a reader makes a layer of it that still lacks name and inputs."""

    layer: keras.layers.Layer
    node: object
    weights: Callable

    def array(self, attribute):
        """The layer's weights of that name, None where it has none."""
        return self.weights(self.layer, attribute)

    @property
    def input_shapes(self):
        """The inputs' shapes without the batch axis."""
        return [tuple(x.shape[1:]) for x in self.node.input_tensors]

    @property
    def shape(self):
        """The output's shape without the batch axis, None where any size will do."""
        return tuple(self.node.outputs[0].shape[1:])

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
        _check_finite(call.layer, "numbers", values)
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
