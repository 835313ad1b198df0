"""The calls that make up a Keras model, in order, through Keras's public functions alone.

`keras.models.clone_model` hands every call of a functional model to a function of ours. Its layers
are replaced by stand-ins that know only the shape of their output: nothing is computed, and the
caller's layers do not notice.
"""

from dataclasses import dataclass
from typing import Any

import keras


@dataclass(frozen=True)
class Call:
    """One call of a Keras layer, nested model or operation: its symbolic inputs and outputs.

    `arguments` and `keywords`: what it was called with, constants among them.
    """

    layer: Any
    inputs: list[keras.KerasTensor]
    outputs: list[keras.KerasTensor]
    arguments: tuple
    keywords: dict[str, Any]

    @property
    def input_shapes(self) -> list[tuple]:
        """The inputs' shapes without the batch axis."""
        return [tuple(x.shape[1:]) for x in self.inputs]

    @property
    def shape(self) -> tuple:
        """The output's shape without the batch axis, None where any size will do."""
        return tuple(self.outputs[0].shape[1:])


@dataclass(frozen=True)
class Graph:
    """The calls of a functional model, each after those that it reads."""

    inputs: list[keras.KerasTensor]
    calls: list[Call]
    outputs: list[keras.KerasTensor]


def functional(model: Any) -> keras.Model | None:
    """A functional model of the same layers as `model`; None for what is no such model.

    Raises ValueError for a Sequential model that is not built.
    """
    if isinstance(model, keras.Sequential) and type(model).call is keras.Sequential.call:
        try:
            return keras.Model(model.inputs, model.outputs, name=model.name)
        except AttributeError:
            raise ValueError(
                f"Sequential model {model.name!r} is not built yet: give it a keras.Input as its "
                "first layer, or call it once, and let it have at least one layer."
            ) from None
    if isinstance(model, _FUNCTIONAL) and type(model).call is _FUNCTIONAL.call:
        # A plain one: what a subclass adds, and losses it was compiled with, are not cloned.
        return keras.Model(model.inputs, model.outputs, name=model.name)
    return None


def graph(model: keras.Model) -> Graph:
    """The calls of a functional model, those within nested models left whole."""
    calls = []

    def record(stand_in, *args, **kwargs):
        outputs = stand_in(*args, **kwargs)
        tensors = _tensors((args, kwargs))
        calls.append(Call(stand_in.layer, tensors, _tensors(outputs), args, kwargs))
        return outputs

    clone = keras.models.clone_model(model, clone_function=_StandIn, call_function=record)
    return Graph(clone.inputs, calls, clone.outputs)


class _StandIn(keras.Operation):
    """In the place of a layer: knows the shape of its output, and computes nothing."""

    def __init__(self, layer):
        super().__init__(name=layer.name)
        self.layer = layer

    def compute_output_spec(self, *args, **kwargs):
        return self.layer.compute_output_spec(*args, **kwargs)


def _tensors(values):
    return [x for x in keras.tree.flatten(values) if isinstance(x, keras.KerasTensor)]


def _functional_class():
    x = keras.Input((1,), name="x")
    return type(keras.Model(x, keras.layers.Identity()(x)))  # older Keras wants a layer between


# The class of functional models, which Keras does not name publicly.
_FUNCTIONAL = _functional_class()
