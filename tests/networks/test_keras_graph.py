"""The calls of a Keras model: nested, shared and branching ones, and nothing left behind."""

import keras
import numpy as np
from keras import layers

from lrp_widgets import Network
from lrp_widgets.networks import keras_graph
from tests.networks.test_from_keras import deviation, random_input, randomize


def everything_at_once():
    """Two branches share a nested model, which calls one of its layers twice."""
    inner_picture = keras.Input((6, 6, 2))
    twice = layers.Conv2D(2, 3, padding="same", activation="tanh", name="twice")
    inner = keras.Model(inner_picture, twice(twice(inner_picture)), name="inner")
    picture = keras.Input((6, 6, 2))
    left = inner(picture)
    right = inner(layers.Conv2D(2, 1, name="before")(picture))
    both = layers.Concatenate(name="both")([left, layers.Add(name="sum")([right, left])])
    return keras.Model(picture, layers.Dense(3, name="end")(layers.Flatten(name="flat")(both)))


def calls(model):
    """Each call as (layer, the calls that it reads by number, −1 for the input)."""
    graph = keras_graph.graph(keras_graph.functional(model))
    numbers = {id(x): -1 for x in graph.inputs}
    found = []
    for call in graph.calls:
        found.append((call.layer.name, [numbers[id(x)] for x in call.inputs]))
        numbers.update((id(x), len(found) - 1) for x in call.outputs)
    return found, [numbers[id(x)] for x in graph.outputs]


def test_shared_nested_and_branching_models_are_recovered_call_by_call():
    model = everything_at_once()
    found, [end] = calls(model)
    names = [name for name, _ in found]
    assert sorted(names) == ["before", "both", "end", "flat", "inner", "inner", "sum"]
    reads = {number: sources for number, (_, sources) in enumerate(found)}
    assert names[end] == "end"
    assert names[reads[end][0]] == "flat"
    both = names.index("both")
    left, total = reads[both]
    assert (names[left], reads[left], names[total]) == ("inner", [-1], "sum")
    right, again = reads[total]
    assert again == left
    assert names[right] == "inner"
    assert names[reads[right][0]] == "before"
    assert calls(model.get_layer("inner")) == ([("twice", [-1]), ("twice", [0])], [1])


def test_such_a_model_is_read_with_its_arrays_once_and_answers_as_keras_does():
    model = everything_at_once()
    randomize(model, np.random.default_rng(0))
    network = Network.from_keras(model)
    shared = [layer for layer in network.layers if layer.name.startswith("twice")]
    assert len(shared) == 4
    assert len({id(layer.kernel) for layer in shared}) == 1
    assert network["both"].inputs[1] == "sum"
    assert deviation(network, model, random_input(model)) < 1e-5


def test_a_model_that_is_read_is_not_changed():
    """Nor is what it was compiled with looked at: a loss of one's own cannot be cloned."""
    model = everything_at_once()
    model.compile(loss=lambda truth, output: output)
    end, inner = model.get_layer("end"), model.get_layer("inner")
    before = calls(model), end.output, inner.output
    Network.from_keras(model)
    assert calls(model) == before[0]
    assert end.output is before[1]
    assert inner.output is before[2]


def test_keras_calls_its_functional_models_as_we_expect():
    """A model with a call of its own is none: its layers do not say what it computes."""

    class OwnCall(keras.Model):
        def call(self, x):
            return super().call(x) + 1

    x = keras.Input((4,))
    y = layers.Dense(2)(x)
    assert keras_graph.functional(keras.Model(x, y)) is not None
    assert keras_graph.functional(OwnCall(x, y)) is None
    assert keras_graph.functional(layers.Dense(2)) is None
