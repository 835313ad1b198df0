"""The two passes: forwards once a picture, backwards once a question.

Both are compiled once they are used often. What is compiled for a set of rules serves all values
of their parameters γ, ε, α, and the outputs of the last picture are kept, so that a slider computes
the way back and nothing else, and of that only what lies below the layers that it concerns.
"""

import copy
import hashlib
from dataclasses import replace
from functools import partial
from typing import NamedTuple

import numpy as np

from . import adding_up, starts
from .compiling import Computation
from .ledger_table import as_table, from_table
from .propagation import propagate
from .resuming import Walk
from .rules import Rule
from .tensorflow_alone import tf


class Forward(NamedTuple):
    """What the forward pass gave, as tensors.

    `outputs`: {layer name: output}; `logits`; `sums`: {layer name: output before its activation}
    of the layers with weights, empty where no rule asks for them; `all`: the sum of all outputs,
    which is finite only where every one of them is.
    """

    outputs: dict
    logits: object
    sums: dict
    all: object


def forward(network, rules, x, dtype):
    """The Forward for the network input `x`, and whether it is the one that `keep` has kept."""
    asked = any(isinstance(rule, Rule) and rule.uses_z for rule in rules.values())
    key, kept = network.passed or (None, None)
    if key == _key(x, dtype) and (kept.sums or not asked):
        return kept if asked else kept._replace(sums={}), True
    forms = adding_up.on_the_way(network, _without_values(rules)[0])
    key = ("forward", dtype, x.shape, asked, tuple(forms.items()))
    run = _computation(network, key, _walk(network, asked, forms), network.tensors(dtype))
    network.passed = network.walked = None  # not two of them at the same time
    passed, added_up = run(tf.convert_to_tensor(x))
    network.added_up = {name: (forms[name], sums) for name, sums in added_up.items()}
    return passed, False


def keep(network, x, dtype, passed):
    """Keep a Forward for the next question about the same picture.

    The explanation's arrays are views of these tensors, which so take no memory of their own while
    it is there. A batch is not kept, for it may be large.
    """
    network.passed = (_key(x, dtype), passed) if len(x) == 1 else None


def _key(x, dtype):
    return dtype, x.shape, hashlib.blake2b(np.ascontiguousarray(x)).digest()


def _walk(network, with_sums, forms):
    """The forward pass: a Forward, and what the rules `forms` add up on the way."""

    def run(tensors, x):
        sums, added_up = {}, {}
        combine = partial(adding_up.combine, network, tensors, forms, added_up)
        outputs, logits = network.walk(x, tensors, sums if with_sums else None, combine)
        everything = tf.add_n([tf.reduce_sum(each) for each in outputs.values()])
        return Forward(outputs, logits, sums, everything), added_up

    return run


def backward(network, rules, start, dtype, passed, target, other, epsilon):
    """Relevance and ledger of every layer, as `propagation.propagate` gives them, and the classes.

    The ledger's entries are arrays (B,).
    `passed`: the Forward; `target`, `other`: class numbers, `starts.TOP` for the automatic ones.
    """
    again = network.passed is not None and network.passed[1].outputs is passed.outputs
    # The start is no part of what is compiled: another class or start computes the same way back.
    output = passed.outputs[network.layers[-1].name]
    target, other = (tf.convert_to_tensor(indices, tf.int32) for indices in (target, other))
    relevance, target, other = starts.relevance_at_output(
        start, output, passed.logits, target, other
    )
    asked = (start, epsilon, dtype, *target.numpy(), *other.numpy())
    last, top, known = network.walked, len(network.layers) - 1, ({}, {})
    if last and last.asked == asked and last.outputs is passed.outputs:
        top = last.top(network, rules)
        relevance, known = last.relevances[network.layers[top].name], last.above(network, top)
    last = network.walked = None  # not two of them at the same time
    found = _walk_down(network, rules, top, relevance, dtype, passed, epsilon, again)
    relevances, ledger = (old | new for old, new in zip(known, found, strict=True))
    walk = Walk(asked, passed.outputs, rules, relevances, ledger)
    network.walked = walk if len(output) == 1 else None
    return relevances, ledger, target, other


def _walk_down(network, rules, top, relevance, dtype, passed, epsilon, again):
    """The walk from the layer with the number `top` down, the `relevance` of which is known."""
    below = [layer.name for layer in network.layers[: top + 1] if layer.name in rules]
    forms, values = _without_values({name: rules[name] for name in below})
    added_up = _add_up(network, forms, dtype, passed, again)
    key = ("backward", dtype, _shape(network, passed), top, tuple(forms.items()), tuple(added_up))
    downwards = partial(_downwards, network, forms, top)
    run = _computation(network, key, downwards, network.tensors(dtype))
    relevances, table = run(
        passed,
        added_up,
        relevance,
        tf.convert_to_tensor(epsilon, tf.float64),
        tf.convert_to_tensor(values, tf.float64),
    )
    return relevances, from_table(table, network.layers[: top + 1])


def _add_up(network, forms, dtype, passed, again):
    """What `adding_up.add_up` gives, kept from the second question about the same picture on.

    Most pictures are asked about once, and VGG16's sums take 54 MB. The walk then makes each where
    it needs it, and finds it in the processor's cache, but for what the forward pass added up.
    """
    kept = network.added_up
    new = {name: form for name, form in forms.items() if kept.get(name, (None,))[0] != form}
    sums = {name: kept[name][1] for name in forms if name not in new}
    if new and again:
        key = ("add up", dtype, _shape(network, passed), tuple(new.items()))
        run = _computation(network, key, partial(_sums, network, new), network.tensors(dtype))
        found = run(passed)
        made = {name: (form, found.get(name)) for name, form in new.items()}
        network.added_up = kept | made
        sums |= {name: each for name, (_, each) in made.items()}
    return {name: each for name, each in sums.items() if each is not None}


def _sums(network, rules, tensors, passed):
    return adding_up.add_up(network, tensors, passed.outputs, rules, passed.sums)


def _downwards(*arguments):
    relevances, ledger = _propagate(*arguments)
    return relevances, as_table(ledger)


def _propagate(network, forms, top, tensors, passed, added_up, relevance, epsilon, values):
    rules = _with_values(forms, tf.cast(values, relevance.dtype))
    return propagate(
        network, tensors, passed.outputs, relevance, rules, epsilon, passed.sums, added_up, top
    )


def at_once(network, rules, start, x, target, other, epsilon, wanted, products=None):
    """Both passes in one call; returns what `wanted(network, outputs, relevances)` makes of them.

    Once compiled, what it leaves out is never computed: the ledger, for one. It is compiled once
    for each `wanted`, set of rules and start, in float32; `products`: the type of convolutions.
    """
    forms, values = _without_values(rules)
    key = ("at once", x.shape, wanted, tuple(forms.items()), start, products)
    both = partial(_both, network, forms, start, wanted)
    run = _computation(network, key, both, network.tensors(products=products))
    return run(
        tf.convert_to_tensor(x),
        tf.convert_to_tensor(target, tf.int32),
        tf.convert_to_tensor(other, tf.int32),
        tf.convert_to_tensor(epsilon, tf.float64),
        tf.convert_to_tensor(values, tf.float64),
    )


def _both(network, forms, start, wanted, tensors, x, target, other, epsilon, values):
    ahead = adding_up.on_the_way(network, forms)
    passed, added_up = _walk(network, with_sums=True, forms=ahead)(tensors, x)
    output = passed.outputs[network.layers[-1].name]
    starts.check_output(network, start, output.shape)
    relevance, *_ = starts.relevance_at_output(start, output, passed.logits, target, other)
    relevances, _ = _propagate(
        network, forms, None, tensors, passed, added_up, relevance, epsilon, values
    )
    return wanted(network, passed.outputs, relevances)


def _computation(network, key, function, tensors):
    """The Computation kept under that key: `function` with the weights as its first argument."""
    if key not in network.compiled:
        network.compiled[key] = Computation(partial(function, tensors))
    return network.compiled[key]


def _shape(network, passed):
    """The shape of the pictures: for another one it is compiled anew."""
    return tuple(passed.outputs[network.layers[0].name].shape)


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
