"""The two passes, each compiled: forwards once a picture, backwards once a question.

What is compiled for a set of rules serves all values of their parameters γ, ε, α, and the outputs
of the last picture are kept, so that a slider computes the way back and nothing else.
"""

import copy
import hashlib
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from . import starts
from .propagation import propagate
from .rules import Rule


class Forward(NamedTuple):
    """What the forward pass gave, as arrays or tensors.

    `outputs`: {layer name: output}; `logits`; `sums`: {layer name: output before its activation}
    of the layers with weights, empty where no rule asks for them.
    """

    outputs: dict
    logits: object
    sums: dict


def forward(network, rules, x, dtype):
    """The Forward for the network input `x`: as tensors, or as the arrays that `keep` has kept."""
    asked = any(isinstance(rule, Rule) and rule.uses_z for rule in rules.values())
    key, kept = network.passed or (None, None)
    if key == _key(x, dtype) and (kept.sums or not asked):
        return kept if asked else kept._replace(sums={})
    run = _compiled(network, ("forward", dtype, asked), lambda: _walk(network, asked))
    return Forward(*run(network.tensors(dtype), tf.convert_to_tensor(x)))


def keep(network, x, dtype, passed):
    """Keep a Forward of arrays for the next question about the same picture.

    They are those of the explanation itself, and take no memory of their own while it is there.
    A batch is not kept, for it may be large.
    """
    key = _key(x, dtype)
    if network.passed and network.passed[0] == key and not passed.sums:
        return  # the same outputs are kept already, perhaps with their sums
    network.passed = (key, passed) if len(x) == 1 else None


def _key(x, dtype):
    return dtype, x.shape, hashlib.blake2b(np.ascontiguousarray(x)).digest()


def _walk(network, with_sums):
    def run(tensors, x):
        sums = {}
        outputs, logits = network.walk(x, tensors, sums if with_sums else None)
        return outputs, logits, sums

    return run


def backward(network, rules, start, dtype, passed, target, other, epsilon):
    """Relevance and ledger of every layer, as `propagation.propagate` gives them, and the classes.

    `passed`: the Forward; `target`, `other`: class numbers, `starts.TOP` for the automatic ones.
    """
    forms, values = _without_values(rules)
    key = ("backward", tuple(forms.items()), start, dtype)
    run = _compiled(network, key, lambda: _propagate(network, forms, start, dtype))
    return run(
        network.tensors(dtype),
        tf.nest.map_structure(tf.convert_to_tensor, passed),
        tf.convert_to_tensor(target, tf.int32),
        tf.convert_to_tensor(other, tf.int32),
        tf.convert_to_tensor(epsilon, tf.float64),
        tf.convert_to_tensor(values, tf.float64),
    )


def _propagate(network, forms, start, dtype):
    last = network.layers[-1].name

    def run(tensors, passed, target, other, epsilon, values):
        relevance, target, other = starts.relevance_at_output(
            start, passed.outputs[last], passed.logits, target, other
        )
        rules = _with_values(forms, tf.cast(values, dtype))
        relevances, ledger = propagate(
            network, tensors, passed.outputs, relevance, rules, epsilon, passed.sums
        )
        return relevances, ledger, target, other

    return run


def _compiled(network, key, make):
    if key not in network.compiled:
        network.compiled[key] = tf.function(make(), autograph=False)
    return network.compiled[key]


# Rules whose parameters are tensors


def _without_values(rules):
    """The rules with the same value for every parameter that may change, and what these were."""
    forms, values = {}, []
    for name, rule in rules.items():
        live = getattr(rule, "live", {})
        values += [getattr(rule, parameter) for parameter in live]
        forms[name] = replace(rule, **live) if live else rule
    return forms, values


def _with_values(forms, values):
    """The rules with the tensors `values` for these parameters; unchecked, for they are tensors."""
    rules, used = {}, 0
    for name, form in forms.items():
        rules[name] = rule = copy.copy(form)
        for parameter in getattr(form, "live", {}):
            object.__setattr__(rule, parameter, values[used])
            used += 1
    return rules
