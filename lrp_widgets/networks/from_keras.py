"""Read a Keras 3 model into our own layers.

The calls of the model are read in order (`keras_graph`), nested models included, and each becomes
one of our layers as `keras_layers.READERS` says. What comes out is canonized.
"""

from dataclasses import replace

import keras
import numpy as np

from . import keras_graph
from .canonize import canonize
from .keras_exact import check_exact
from .keras_layers import (
    AUGMENTATIONS,
    LAYERS,
    READERS,
    SEVERAL_INPUTS,
    LayerCall,
    check_finite,
)
from .keras_words import describe
from .layers import Input, Layer


def read(model: keras.Model) -> tuple[list[Layer], list[str]]:
    """(layers, notes) of a functional or Sequential Keras model, canonized (see `canonize`).

    The first is the input, named "input"; the others keep Keras's names, with "_2" and so on
    where a layer is called again. Arrays are copies, in float64 where the model's are, and a
    layer that is called twice has them once.
    Raises ValueError that names the layer which cannot be read, and what could be.
    """
    plain = keras_graph.functional(model)
    if plain is None:
        raise ValueError(
            f"{describe(model)} cannot be read: only Keras functional and Sequential models can."
        )
    if len(plain.inputs) != 1 or len(plain.outputs) != 1:
        raise ValueError(
            f"Model {model.name!r} has {len(plain.inputs)} inputs and {len(plain.outputs)} "
            "outputs; only models with one input and one output can be read."
        )
    _check_all(plain)
    return _Reading(model).layers_of(plain)


class _Reading:
    """What has been read of one model so far."""

    def __init__(self, model):
        self._own_names = {INPUT, *_layer_names(model)}
        self._arrays = {}
        self._layers = {}

    def layers_of(self, model):
        shape = tuple(model.inputs[0].shape[1:])
        self._layers[INPUT] = Input(name=INPUT, shape=shape)
        [output] = self._read_model(model, [INPUT])
        if output == INPUT:
            raise ValueError(f"Model {model.name!r} hands its input on unchanged: nothing to read.")
        return canonize(list(self._layers.values()), output)

    def _read_model(self, model, sources):
        """Read all calls in a model whose inputs are the layers `sources`; its outputs' names."""
        graph = keras_graph.graph(model)
        names = {id(x): name for x, name in zip(graph.inputs, sources, strict=True)}
        for call in graph.calls:
            outputs = self._read_call(call, [names[id(x)] for x in call.inputs])
            names.update((id(x), name) for x, name in zip(call.outputs, outputs, strict=True))
        return [names[id(x)] for x in graph.outputs]

    def _read_call(self, call, sources):
        """Read one call of a layer or a nested model; the names of what it puts out."""
        nested = keras_graph.functional(call.layer)
        if nested is None:
            _check_class(call.layer)
        _check_training(call)
        if nested:
            return self._read_model(nested, sources)
        layer = self.made(call)
        if layer is None:
            return sources
        return self._put_in(call, layer if isinstance(layer, tuple) else (layer,), sources)

    def _put_in(self, call, layers, sources):
        """Name the layers that a call becomes, and put them in: the name of the last.

        The last has the Keras layer's own name, those before add theirs to it. Where one names
        inputs, these are layers before it, or numbers of the call's inputs; else it reads the one
        before it.
        """
        whole = self._free_name(call.layer.name)
        known = {str(k): source for k, source in enumerate(sources)}
        for layer in layers:
            name = self._free_name(whole + layer.name) if layer.name else whole
            inputs = [known[each] for each in layer.inputs] or sources
            self._layers[name] = replace(layer, name=name, inputs=tuple(inputs))
            known[layer.name], sources = name, [name]
        return sources

    def made(self, call):
        """What one call of a layer becomes: a layer, several, or None for nothing."""
        if len({*map(id, call.inputs)}) > 1 and type(call.layer) not in SEVERAL_INPUTS:
            raise ValueError(f"{describe(call.layer)} is called on several inputs; it takes one.")
        return READERS[type(call.layer)](
            LayerCall(
                call.layer,
                call.input_shapes,
                call.shape,
                self._array,
                call.arguments,
                call.keywords,
            )
        )

    def _array(self, keras_layer, attribute):
        """A layer's weights, copied once however often the layer is called."""
        key = id(keras_layer), attribute
        if key not in self._arrays:
            values = _to_array(getattr(keras_layer, attribute))
            if values is not None:
                check_finite(keras_layer, attribute, values)
            self._arrays[key] = values
        return self._arrays[key]

    def _free_name(self, wanted):
        name, number = wanted, 1
        while name in self._layers or (number > 1 and name in self._own_names):
            number += 1
            name = f"{wanted}_{number}"
        return name


INPUT = "input"


def unread(model: keras.Model) -> dict[str, str]:
    """Why layers of a functional or Sequential model cannot be read: {layer name: sentence}.

    {} where all can be. What concerns the model as a whole, `read` says.
    """
    plain = keras_graph.functional(model)
    return {} if plain is None else _unread(plain, _Reading(model))


def _unread(model, reading):
    found = {}
    for call in keras_graph.graph(model).calls:
        nested = keras_graph.functional(call.layer)
        try:
            _check_training(call)
            if nested is not None:
                found |= _unread(nested, reading)
                continue
            if not _is_known(call.layer):
                raise ValueError(f"{describe(call.layer)} is of a kind for which there is no rule.")
            _check_class(call.layer)
            check_exact([call.layer])
            reading.made(call)
        except ValueError as error:
            found[call.layer.name] = str(error)
    return found


def _check_training(call):
    # Layers that vary pictures are told so by Keras itself, unless the model is told otherwise.
    if call.keywords.get("training") and type(call.layer) not in AUGMENTATIONS:
        raise ValueError(
            f"{describe(call.layer)} is called with training=True; only networks that "
            "answer as after training can be read."
        )


def _layer_names(model):
    for layer in model.layers:
        yield layer.name
        if isinstance(layer, keras.Model):
            yield from _layer_names(layer)


def _check_all(model):
    """Refuse a model with several layers that cannot be read, all of them by name."""
    operations = list(_operations(model))
    unread = [operation for operation in operations if not _is_known(operation)]
    if len(unread) > 1:
        named = [f"{layer.name!r} ({type(layer).__name__})" for layer in unread]
        more = f", {len(named) - 8} more" if len(named) > 8 else ""
        *first, last = named[:8]
        raise ValueError(
            f"{len(unread)} layers of {model.name!r} cannot be read: {', '.join(first)} and "
            f"{last}{more}; the layers that can: {_known()}."
        )
    check_exact(operations)


def _operations(model):
    """The layers of a model, and those of the models in it."""
    for operation in model.operations:
        nested = keras_graph.functional(operation)
        if nested is not None:
            yield from _operations(nested)
        else:
            yield operation


def _is_known(operation):
    return isinstance(operation, keras.layers.InputLayer) or type(operation) in READERS


def _known():
    named = ", ".join(
        sorted(each.__name__ for each in LAYERS if issubclass(each, keras.layers.Layer))
    )
    return (
        f"InputLayer, {named}, those that vary pictures in training, and operations such as x * 2"
    )


def _check_class(keras_layer):
    # The very class, not a subclass: that may compute something else.
    if type(keras_layer) not in READERS:
        raise ValueError(
            f"{describe(keras_layer)} cannot be read; the layers that can: {_known()}."
        )
    if getattr(keras_layer, "data_format", "channels_last") != "channels_last":
        raise ValueError(
            f"{describe(keras_layer)} has channels first; only channels_last can be read."
        )


def _to_array(values):
    if values is None:
        return None
    values = np.asarray(values)  # the model's own memory, which it may write to later
    return values.astype(np.float64 if values.dtype == np.float64 else np.float32)
