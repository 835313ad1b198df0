"""What a rule may look at in a layer with weights, and what is kept of it between pictures."""

import threading
from dataclasses import replace
from functools import partial

from cachetools import LRUCache

from .._support.lazy_tensorflow import tf
from ..networks import blocked_dense
from .rules import Inputs

# How many constants a network keeps: two for each layer of DenseNet121.
MOST_CONSTANTS = 256


class Constants:
    """What no picture changes, made with the first one, then kept; safe for threads.

    constants = Constants()
    constants(key, make)  # what `make()` returned for that key
    """

    def __init__(self):
        self._kept = LRUCache(MOST_CONSTANTS)
        self._lock = threading.Lock()

    def __call__(self, key, make):
        with self._lock:
            found = self._kept.get(key)
        if found is None:
            found = make()
            with self._lock:
                self._kept[key] = found
        return found

    @property
    def keys(self):
        """What is kept, the oldest first."""
        with self._lock:
            return tuple(self._kept)


def inputs_of(network, layer, tensors, outputs, sums, constants=None):
    """What a rule may look at in a layer with weights.

    `constants`: the network's `Constants`; None keeps nothing.
    """
    constants = constants or Constants()
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
    if a.x.shape[1:].is_fully_defined() and not blocked_dense.is_large(layer, a.x):
        kept = {"kept": lambda rule: _constant(network, constants, rule, a, outputs)}
        if w.dtype != a.x.dtype:  # a shorter type: it takes long to make, and less memory
            kept["plus"] = partial(_of_weights, network, constants, a, "plus", tf.nn.relu)
        if layer.turns(a.x.shape):
            kept["turned"] = partial(
                _of_weights,
                network,
                constants,
                a,
                "turned",
                lambda w: layer.turn(tf.nn.relu(w)),
            )
        return replace(a, **kept)
    return a


def _constant(network, constants, rule, a, outputs):
    """The rule's constant for a layer: no picture changes it."""

    def make():
        with tf.init_scope():  # outside of the compiled call
            w, b = network.tensors(a.x.dtype.name, a.w.dtype.name)[a.layer.name]
            x = tf.zeros((1, *a.x.shape[1:]), a.x.dtype)
            real = network.real_places(a.layer.inputs[0], outputs)
            return rule.constant(Inputs(layer=a.layer, x=x, w=w, b=b, real=real))

    key = (a.layer.name, rule, a.x.dtype.name, a.w.dtype.name, tuple(a.x.shape[1:]))
    return constants(key, make)


def _of_weights(network, constants, a, name, change):
    """What `change` makes of the layer's weights."""

    def make():
        with tf.init_scope():
            w, _ = network.tensors(a.x.dtype.name, a.w.dtype.name)[a.layer.name]
            return change(w)

    return constants((a.layer.name, name, a.w.dtype.name), make)
