"""What a rule may look at in a layer with weights, and what is kept of it between pictures."""

from dataclasses import replace
from functools import partial

from . import dense_blocks
from .rules import Inputs
from .tensorflow_alone import tf


def inputs_of(network, layer, tensors, outputs, sums):
    """What a rule may look at in a layer with weights."""
    w, b = tensors[layer.name]
    a = Inputs(
        layer=layer,
        x=outputs[layer.inputs[0]],
        w=w,
        b=b,
        real=network.real_places(layer.inputs[0], outputs),
        nonnegative=network.nonnegative(layer.inputs[0]),
        stored=sums.get(layer.name),
    )
    if a.x.shape[1:].is_fully_defined() and not dense_blocks.is_large(layer, a.x):
        kept = {"kept": lambda rule: _constant(network, rule, a, outputs)}
        if w.dtype != a.x.dtype:  # a shorter type: it takes long to make, and less memory
            kept["plus"] = partial(_of_weights, network, a, "plus", tf.nn.relu)
        if layer.turns(a.x.shape):
            kept["turned"] = partial(
                _of_weights, network, a, "turned", lambda w: layer.turn(tf.nn.relu(w))
            )
        return replace(a, **kept)
    return a


def _constant(network, rule, a, outputs):
    """The rule's constant for a layer: computed with the first picture, then kept."""
    key = (a.layer.name, rule, a.x.dtype.name, a.w.dtype.name, tuple(a.x.shape[1:]))
    if key not in network.constants:
        with tf.init_scope():  # outside of the compiled call
            w, b = network.tensors(a.x.dtype.name, a.w.dtype.name)[a.layer.name]
            x = tf.zeros((1, *a.x.shape[1:]), a.x.dtype)
            real = network.real_places(a.layer.inputs[0], outputs)
            alone = Inputs(layer=a.layer, x=x, w=w, b=b, real=real)
            network.constants[key] = rule.constant(alone)
    return network.constants[key]


def _of_weights(network, a, name, change):
    """What `change` makes of the layer's weights: made with the first picture, then kept."""
    key = (a.layer.name, name, a.w.dtype.name)
    if key not in network.constants:
        with tf.init_scope():
            w, _ = network.tensors(a.x.dtype.name, a.w.dtype.name)[a.layer.name]
            network.constants[key] = change(w)
    return network.constants[key]
