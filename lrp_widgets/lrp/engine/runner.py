"""Running a network: the forward pass once a picture, the backward pass once a question.

What is kept between calls has one of two owners. What belongs to a network alone, compiled
computations and constants of its weights, is its `Runner`'s, within bounds. What belongs to a
picture is its `Forward`'s, and is found through that alone: so two threads, two pictures or two
pages never meet.

Both passes are compiled once they are used often. What is compiled for a set of rules serves all
values of their parameters γ, ε, α, so that a slider computes the backward pass and nothing else,
and of that only what lies below the layers that it concerns.
"""

import copy
import hashlib
import threading
import weakref
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import NamedTuple

import numpy as np
from cachetools import LRUCache

from ..._support.lazy_tensorflow import tf
from .. import denominators as adding_up
from .. import targets
from ..layer_context import Constants
from ..propagation import propagate
from ..rules import Rule
from .compiling import Compiler, Computation, left_to_compile
from .incremental import Trace
from .ledger_packing import as_table, from_table

# How many computations a network keeps. What a page asks in a minute is about a dozen; each takes
# up to two megabytes for mini-vgg once it is compiled.
COMPUTATIONS = 32

_RUNNERS = weakref.WeakKeyDictionary()
_LOCK = threading.Lock()


def runner_of(network):
    """The network's `Runner`: one for all who ask, gone with the network."""
    with _LOCK:
        if network not in _RUNNERS:
            _RUNNERS[network] = Runner(network)
        return _RUNNERS[network]


class Passed(NamedTuple):
    """What a forward pass gives, as tensors.

    `outputs`: {layer name: output}; `logits`; `sums`: {layer name: output before its activation}
    of the layers with weights, empty where no rule asks for them; `all`: the sum of all outputs,
    which is finite only where every one of them is.
    """

    outputs: dict
    logits: object
    sums: dict
    all: object


class Forward:
    """The forward pass of one picture or batch, with what later questions about it use again.

    `denominators`: {layer name: (rule, what it added up)}; `trace`: the last backward pass. Both
    are replaced and never changed, so that threads which share a picture read whole ones.
    `kept`: whether it has answered a question before.
    """

    def __init__(self, key, passed, denominators):
        self.key = key
        self.passed = passed
        self.denominators = denominators
        self.trace = None
        self.kept = False

    @property
    def dtype(self):
        """The type of its numbers, "float32" or "float64"."""
        return self.key[0]

    @property
    def single(self):
        """Whether it is of one picture alone."""
        return self.key[1][0] == 1

    def answers(self, with_sums):
        """Whether its tensors are enough: those of a rule may ask for sums."""
        return bool(self.passed.sums) or not with_sums


class Runner:
    """Runs one network, safely for any number of threads.

        runner = runner_of(network)
        key = picture_key(x, "float32")
        forward = runner.kept(key, rules)
        if forward is None:
            forward, found = runner.both(key, x, rules, start, target, other, ε)
        else:
            found = runner.backward(forward, rules, start, target, other, ε)

    The last picture's `Forward` is kept for the next question about it.
    """

    def __init__(self, network):
        # A copy, with the same layers and weights: what is compiled refers to it, and must not
        # keep the network itself alive.
        self.network = copy.copy(network)
        self.compiler = None
        self._computations = LRUCache(COMPUTATIONS)
        self.constants = Constants()
        self._lock = threading.Lock()
        self._last = None

    @property
    def computations(self):
        """{key: `Computation`} of those that are kept, the oldest first."""
        with self._lock:
            return dict(self._computations)

    @property
    def last(self):
        """The `Forward` of the last picture, None where there is none."""
        return self._last

    # The two passes

    def kept(self, key, rules):
        """The `Forward` of the last picture, if that has this `picture_key`, else None."""
        last = self._last
        same = last is not None and last.key == key and last.answers(_ask_for_z(rules))
        return last if same else None

    def both(self, key, x, rules, start, target, other, epsilon):
        """Both passes of a new picture or batch in one call: its `Forward`, and as `backward`.

        `key`: the `picture_key` of the network input `x`. One call hands over half as many
        tensors as two: on mini-vgg that is a quarter of the time.
        """
        dtype = key[0]
        forms, values = _without_values(rules)
        with_sums = _ask_for_z(rules)
        run = self._computation(
            ("both", dtype, x.shape, start, with_sums, tuple(forms.items())),
            partial(_both, self.network, self.constants, forms, start, with_sums),
            dtype,
        )
        self._last = None  # not two of them at the same time
        passed, added_up, relevances, table, target, other = run(
            *_tensors(x, target, other, epsilon, values)
        )
        denominators = {name: (forms[name], sums) for name, sums in added_up.items()}
        forward = Forward(key, passed, denominators)
        ledger = from_table(table, self.network.layers)
        if forward.single:
            forward.trace = Trace(_asked(start, epsilon, target, other), rules, relevances, ledger)
        return forward, (relevances, ledger, target, other)

    def keep(self, forward):
        """Keep a `Forward` for the next question about the same picture.

        The explanation's arrays are views of its tensors, which so take no memory of their own
        while it is there. A batch is not kept, for it may be large.
        """
        forward.kept = True
        self._last = forward if forward.single else None

    def backward(self, forward, rules, start, target, other, epsilon):
        """Relevance and ledger of every layer, as `propagation.propagate` gives them, and classes.

        `target`, `other`: class numbers, `starts.TOP` for the automatic ones. The ledger's entries
        are arrays (B,).
        """
        # The start is no part of what is compiled: another class or start computes the same way.
        passed = forward.passed
        output = passed.outputs[self.network.layers[-1].name]
        target, other = (tf.convert_to_tensor(indices, tf.int32) for indices in (target, other))
        relevance, target, other = targets.relevance_at_output(
            start, output, passed.logits, target, other
        )
        asked = _asked(start, epsilon, target, other)
        trace, top, known = forward.trace, len(self.network.layers) - 1, ({}, {})
        if trace is not None and trace.asked == asked:
            top = trace.top(self.network, rules)
            relevance = trace.relevances[self.network.layers[top].name]
            known = trace.above(self.network, top)
        forward.trace = trace = None  # not two of them at the same time
        found = self._from_layer(top, forward, rules, relevance, epsilon)
        relevances, ledger = (old | new for old, new in zip(known, found, strict=True))
        if forward.single:
            forward.trace = Trace(asked, rules, relevances, ledger)
        return relevances, ledger, target, other

    def at_once(self, rules, start, x, target, other, epsilon, wanted, products=None):
        """Both passes in one call; returns `wanted(network, outputs, relevances)` of them.

        Once compiled, what it leaves out is never computed: the ledger, for one. It is compiled
        once for each `wanted`, set of rules and start, in float32; `products`: the type of
        convolutions.
        """
        forms, values = _without_values(rules)
        run = self._computation(
            ("at once", x.shape, wanted, tuple(forms.items()), start, products),
            partial(_at_once, self.network, self.constants, forms, start, wanted),
            products=products,
        )
        return run(*_tensors(x, target, other, epsilon, values))

    @contextmanager
    def beside(self):
        """What is asked in here leaves no trace: the next question finds the last one's."""
        last = self._last
        kept = last and (last.trace, last.denominators)
        try:
            yield
        finally:
            self._last = last
            if last is not None:
                last.trace, last.denominators = kept

    # Compiling beside the work

    def compile_aside(self):
        """Let a `Compiler` compile what has run directly often enough; return it.

        At most one works at a time; None where there is nothing to do.
        """
        with self._lock:
            wanted = left_to_compile(self.network, self._computations.values())
            if not wanted or (self.compiler is not None and self.compiler.is_alive()):
                return None
            self.compiler = Compiler(self._left_to_compile)
            self.compiler.start()
            return self.compiler

    def stop(self):
        """Begin to compile nothing new."""
        if self.compiler is not None:
            self.compiler.stop()

    def _left_to_compile(self):
        return left_to_compile(self.network, self.computations.values())

    # What is computed, and kept

    def _from_layer(self, top, forward, rules, relevance, epsilon):
        """The backward pass from the layer with the number `top`, the `relevance` of it known."""
        layers = self.network.layers[: top + 1]
        below = [layer.name for layer in layers if layer.name in rules]
        forms, values = _without_values({name: rules[name] for name in below})
        added_up = self._denominators(forward, forms)
        passed = forward.passed
        if not _ask_for_z(rules):
            passed = passed._replace(sums={})
        run = self._computation(
            ("backward", *forward.key[:2], top, tuple(forms.items()), tuple(added_up)),
            partial(_downwards, self.network, self.constants, forms, top),
            forward.dtype,
        )
        relevances, table = run(
            passed,
            added_up,
            relevance,
            tf.convert_to_tensor(epsilon, tf.float64),
            tf.convert_to_tensor(values, tf.float64),
        )
        return relevances, from_table(table, layers)

    def _denominators(self, forward, forms):
        """What `adding_up.add_up` gives, kept from the second question about a picture on.

        Most pictures are asked about once, and VGG16's sums take 54 MB. The backward pass then
        makes each where it needs it, and finds it in the processor's cache, but for what the
        forward pass added up.
        """
        kept = forward.denominators
        new = {name: form for name, form in forms.items() if kept.get(name, (None,))[0] != form}
        sums = {name: kept[name][1] for name in forms if name not in new}
        if new and forward.kept:
            run = self._computation(
                ("add up", *forward.key[:2], tuple(new.items()), bool(forward.passed.sums)),
                partial(_sums, self.network, self.constants, new),
                forward.dtype,
            )
            found = run(forward.passed)
            made = {name: (form, found.get(name)) for name, form in new.items()}
            forward.denominators = kept | made
            sums |= {name: each for name, (_, each) in made.items()}
        return {name: each for name, each in sums.items() if each is not None}

    def _computation(self, key, function, dtype="float32", products=None):
        """The `Computation` of that key: `function` with the weights as its first argument."""
        tensors = self.network.tensors(dtype, products)
        with self._lock:
            if key not in self._computations:
                self._computations[key] = Computation(partial(function, tensors))
            return self._computations[key]


def _ask_for_z(rules):
    return any(isinstance(rule, Rule) and rule.uses_z for rule in rules.values())


def _asked(start, epsilon, target, other):
    """All that a backward pass depends on besides its picture and the rules."""
    return start, epsilon, *np.asarray(target), *np.asarray(other)


def _tensors(x, target, other, epsilon, values):
    return (
        tf.convert_to_tensor(x),
        tf.convert_to_tensor(target, tf.int32),
        tf.convert_to_tensor(other, tf.int32),
        tf.convert_to_tensor(epsilon, tf.float64),
        tf.convert_to_tensor(values, tf.float64),
    )


def picture_key(x, dtype):
    """What tells the network input `x` from others: its type, shape and a digest."""
    return dtype, x.shape, hashlib.blake2b(np.ascontiguousarray(x)).digest()


def _walk(network, with_sums, forms, tensors, x):
    """The forward pass: `Passed`, and what the rules `forms` add up on the way."""
    sums, added_up = {}, {}
    combine = partial(adding_up.combine, network, tensors, forms, added_up)
    outputs, logits = network.walk(x, tensors, sums if with_sums else None, combine)
    everything = tf.add_n([tf.reduce_sum(each) for each in outputs.values()])
    return Passed(outputs, logits, sums, everything), added_up


def _sums(network, constants, rules, tensors, passed):
    return adding_up.add_up(network, tensors, passed.outputs, rules, passed.sums, constants)


def _downwards(*arguments):
    relevances, ledger = _propagate(*arguments)
    return relevances, as_table(ledger)


def _propagate(
    network, constants, forms, top, tensors, passed, added_up, relevance, epsilon, values
):
    rules = _with_values(forms, tf.cast(values, relevance.dtype))
    return propagate(
        network,
        tensors,
        passed.outputs,
        relevance,
        rules,
        epsilon,
        passed.sums,
        added_up,
        top,
        constants,
    )


def _both(network, constants, forms, start, with_sums, tensors, x, *asked):
    """Both passes, with all that an explanation says."""
    target, other, epsilon, values = asked
    ahead = adding_up.on_the_way(network, forms)
    passed, added_up = _walk(network, with_sums, ahead, tensors, x)
    output = passed.outputs[network.layers[-1].name]
    targets.check_output(network, start, output.shape)
    relevance, target, other = targets.relevance_at_output(
        start, output, passed.logits, target, other
    )
    relevances, ledger = _propagate(
        network, constants, forms, None, tensors, passed, added_up, relevance, epsilon, values
    )
    return passed, added_up, relevances, as_table(ledger), target, other


def _at_once(network, constants, forms, start, wanted, *arguments):
    """Both passes, with what is `wanted` of them and no more."""
    passed, _, relevances, *_ = _both(network, constants, forms, start, True, *arguments)
    return wanted(network, passed.outputs, relevances)


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
