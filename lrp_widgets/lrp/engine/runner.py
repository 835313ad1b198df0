"""Running a network: the forward pass once a picture, the backward pass once a question.

What is kept between calls has one of two owners. What belongs to a network alone, compiled
computations and constants of its weights, is its `Runner`'s, within bounds. What belongs to a
picture is its `Forward`'s, and is found through that alone: so two threads, two pictures or two
pages never meet.

Both passes are compiled once they are used often. What is compiled for a set of rules serves all
values of their live settings γ, ε, α, so that a slider computes the backward pass and nothing else,
and of that only what lies below the layers that it concerns.
"""

import copy
import threading
import weakref
from contextlib import contextmanager
from functools import lru_cache, partial

import numpy as np
from cachetools import LRUCache

from ..._support.lazy_tensorflow import tf
from .. import targets
from ..composites import assign
from ..rules import Rule
from ..through import EVERYWHERE, path_through
from .compiling import Compiler, Computation, left_to_compile
from .constants import Constants
from .denominators import takes_z
from .incremental import Trace
from .ledger_packing import from_table
from .passes import Followed, Numbers, Passed, Passes, live_values

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


class Forward:
    """The forward pass of one picture or batch `x`, with what later questions about it use again.

    `passed`: what it gave, None before it ran; `denominators`: {layer name: (the rule's form, the
    products that it adds up)}; `trace`: the last backward pass. All are replaced and never changed,
    so that threads which share a picture read whole ones.
    """

    def __init__(self, x):
        self.x = x
        self.kind = x.dtype.name, x.shape
        self.passed: Passed | None = None
        self.denominators = {}
        self.trace = None

    @property
    def dtype(self):
        """The type of its numbers, "float32" or "float64"."""
        return self.kind[0]

    def is_of(self, x, name):
        """Whether it ran with the values of `x`; `name`: the input layer's."""
        if self.passed is None or self.kind != (x.dtype.name, x.shape):
            return False
        bits = f"u{x.itemsize}"  # −0 is no 0
        return np.array_equal(x.view(bits), np.asarray(self.passed.outputs[name]).view(bits))

    @property
    def outputs(self):
        """{layer name: output}, as arrays that are views of the tensors' memory."""
        assert self.passed is not None
        return {name: np.asarray(output) for name, output in self.passed.outputs.items()}

    @property
    def finite(self):
        """Whether all outputs are finite."""
        assert self.passed is not None
        return bool(np.isfinite(self.passed.all))


class Runner:
    """Runs one network, safely for any number of threads.

        runner = runner_of(network)
        forward = runner.forward(x, rules)
        trace = runner.backward(forward, start, rules, epsilon)

    The last picture's `Forward` is kept for the next question about it.
    """

    def __init__(self, network):
        # A copy, with the same layers and weights: what is compiled refers to it, and must not
        # keep the network itself alive.
        self.network = copy.copy(network)
        self.compiler = None
        self.constants = Constants()
        self._rules = Constants()
        self.last = None  # the `Forward` of the last picture
        self._computations = LRUCache(COMPUTATIONS)
        self._lock = threading.Lock()

    @property
    def computations(self):
        """{key: `Computation`} of those that are kept, the oldest first."""
        with self._lock:
            return dict(self._computations)

    # The two passes

    def forward(self, x, rules):
        """The `Forward` of a network input: the last one, if it is of the same picture.

        A new one runs with its first backward pass. One call hands over half as many tensors as
        two: on mini-vgg that is a quarter of the time.
        """
        last = self.last
        if last is None or last.passed is None or not last.is_of(x, self.network.layers[0].name):
            return Forward(x)
        return last if last.passed.z or not _ask_for_z(rules) else Forward(x)

    def rules(self, *asked):
        """The rule of every layer, as `composites.assign` gives it, kept for the next picture."""
        return self._rules(asked, lambda: assign(self.network, *asked))

    def path(self, through):
        """Where relevance is followed, as `path_through` gives it, kept for the next picture."""
        if not through:
            return EVERYWHERE
        return self._rules(("through", through), lambda: path_through(self.network, through))

    def backward(self, forward, start, rules, epsilon, path=EVERYWHERE):
        """The backward pass, as a `Trace`.

        `start`: a `targets.InitialRelevance`; `rules`: {layer name: rule}; `path`: a
        `through.Path`.
        """
        passed = forward.passed
        if passed is None:
            return self._both(forward, start, rules, epsilon, path)
        # The start is no part of what is compiled: another class or kind computes the same way.
        output = passed.outputs[self.network.layers[-1].name]
        targets.check_output(self.network, start.kind, output.shape)
        relevance, target, other = targets.relevance_at_output(
            start.kind, output, passed.logits, *_classes(start.target, start.other)
        )
        asked = _asked(start, epsilon, target, other)
        last, top, known = forward.trace, self.network.layers[-1].name, ({}, {})
        if last is not None and last.asked == asked:
            top = last.top(self.network, rules, path)
            relevance = last.relevances[top]
            known = last.above(self.network, top)
        forward.trace = last = None  # not two of them at the same time
        if not _ask_for_z(rules):
            passed = passed._replace(z={})
        found = self._from_layer(forward, passed, (top, relevance), rules, epsilon, path)
        relevances, ledger = (old | new for old, new in zip(known, found, strict=True))
        target, other = np.asarray(target), np.asarray(other)
        return self._kept(forward, Trace(asked, rules, relevances, ledger, target, other, path))

    def map_alone(self, x, start, rules, epsilon, wanted, path=EVERYWHERE):
        """Both passes in one call, for what is `wanted(network, outputs, relevances)` of them.

        Once compiled, what it leaves out is never computed: the ledger, for one. It is compiled
        once for each `wanted`, set of rules, kind of start and layers of the path; `x` is a tensor,
        or a pair of one and the type of convolutions.
        """
        x, products = x
        key = "map alone", x.shape, wanted, _forms(rules), start.kind, products, tuple(path.masks)
        passes = Passes(self.network, self.constants, rules, True, start.kind, path.past)
        run = self._computation(key, partial(_map_alone, passes, wanted), x.dtype.name, products)
        return run(tf.convert_to_tensor(x), _numbers(start, rules, epsilon, path.masks))

    def rows(self, outputs, relevance, rules, epsilon, path, wanted):
        """R of the layers `wanted` for each row of a `through.Path`'s masks: one backward pass.

        `outputs`: {layer name: output} of one picture; `relevance`: (layer name, R of its output),
        of which each row of that layer's mask follows its own part, and nothing goes past it;
        `wanted`: names of layers below it. Returns a list of tensors, (rows, …) each.
        """
        top, relevance = relevance
        names = self._names_to(top)
        rules = {name: rule for name, rule in rules.items() if name in names}
        masks = {name: mask for name, mask in path.masks.items() if name in names}
        shapes = tuple((name, mask.shape) for name, mask in masks.items())
        key = "rows", relevance.dtype.name, relevance.shape, top, _forms(rules), shapes, wanted
        passes = Passes(self.network, self.constants, rules, past=path.past)
        run = self._computation(key, partial(_rows_from, passes, top, wanted), relevance.dtype.name)
        outputs = {name: tf.convert_to_tensor(outputs[name]) for name in names}
        return run(outputs, tf.convert_to_tensor(relevance), _followed(rules, epsilon, masks))

    @contextmanager
    def beside(self):
        """What is asked in here leaves no trace: the next question finds the last one's."""
        last = self.last
        trace, denominators = (last.trace, last.denominators) if last else (None, {})
        try:
            yield
        finally:
            self.last = last
            if last is not None:
                last.trace, last.denominators = trace, denominators

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

    def _both(self, forward, start, rules, epsilon, path):
        """Both passes of a new picture or batch in one call."""
        with_z, masks = _ask_for_z(rules), tuple(path.masks)
        key = "both", forward.dtype, forward.x.shape, start.kind, with_z, _forms(rules), masks
        passes = Passes(self.network, self.constants, rules, with_z, start.kind, path.past)
        run = self._computation(key, passes.both, forward.dtype)
        self.last = None  # not two of them at the same time
        x, numbers = tf.convert_to_tensor(forward.x), _numbers(start, rules, epsilon, path.masks)
        passed, products, relevances, table, target, other = run(x, numbers)
        forward.passed = passed
        forward.denominators = {name: (_form(rules[name]), p) for name, p in products.items()}
        ledger = from_table(table, self.network.layers)
        target, other = np.asarray(target), np.asarray(other)
        asked = _asked(start, epsilon, target, other)
        return self._kept(forward, Trace(asked, rules, relevances, ledger, target, other, path))

    def _kept(self, forward, trace):
        """Keep what the next question about the same picture begins with; the trace.

        An explanation's arrays are views of these tensors, which so take no memory of their own
        while it is there. A batch is not kept, for it may be large.
        """
        single = len(forward.x) == 1 and forward.finite
        forward.trace = trace if single else None
        self.last = forward if single else None
        return trace

    def _from_layer(self, forward, passed, relevance, rules, epsilon, path):
        """The backward pass from `relevance`, a layer's name and R of its output."""
        top, relevance = relevance
        names = self._names_to(top)
        rules = {name: rules[name] for name in names if name in rules}
        masks = {name: path.masks[name] for name in names if name in path.masks}
        products = self._products(forward, rules)
        parts = tuple(products), bool(passed.z), tuple(masks), path.past
        key = "backward", *forward.kind, top, _forms(rules), *parts
        passes = Passes(self.network, self.constants, rules, past=path.past)
        run = self._computation(key, partial(_from_top, passes, top), forward.dtype)
        followed = _followed(rules, epsilon, masks)
        relevances, table = run(passed, products, relevance, followed)
        return relevances, from_table(table, [self.network[name] for name in names])

    def _names_to(self, top):
        """The names of the layers from the input to the layer `top`."""
        names = [layer.name for layer in self.network.layers]
        return names[: names.index(top) + 1]

    def _products(self, forward, rules):
        """What the rules add up, kept from the second question about a picture on.

        Most pictures are asked about once, and VGG16's take 54 MB. The first backward pass makes
        each where it needs it, and finds it in the processor's cache, but for what the forward
        pass brought along.
        """
        kept = forward.denominators
        weighted = {
            layer.name: rules[layer.name] for layer in self.network.weighted if layer.name in rules
        }
        forms = {name: rule.form for name, rule in weighted.items()}
        new = {
            name: rule
            for name, rule in weighted.items()
            if kept.get(name, (None,))[0] != forms[name]
        }
        if new:
            passes = Passes(self.network, self.constants, new)
            key = "add up", *forward.kind, _forms(new), bool(forward.passed.z)
            made = self._computation(key, passes.products, forward.dtype)(forward.passed)
            kept = kept | {name: (forms[name], made.get(name)) for name in new}
            forward.denominators = kept
        return {name: kept[name][1] for name in forms if kept[name][1]}

    def _computation(self, key, function, dtype="float32", products=None):
        """The `Computation` of that key: `function` with the weights as its first argument."""
        tensors = self.network.tensors(dtype, products)
        with self._lock:
            if key not in self._computations:
                self._computations[key] = Computation(partial(function, tensors))
            return self._computations[key]


def _from_top(passes, top, tensors, *arguments):
    return passes.backward(tensors, *arguments, top)


def _map_alone(passes, wanted, tensors, x, numbers):
    return passes.map_alone(tensors, x, numbers, wanted)


def _rows_from(passes, top, wanted, tensors, *arguments):
    relevances = passes.rows(tensors, *arguments, top)
    return [relevances[name] for name in wanted]


def _ask_for_z(rules):
    return any(isinstance(rule, Rule) and takes_z(rule) for rule in rules.values())


def _form(rule):
    """What of a rule a computation depends on: all but the values of its live settings."""
    return getattr(rule, "form", rule)


def _forms(rules):
    return tuple((name, _form(rule)) for name, rule in rules.items())


def _asked(start, epsilon, target, other):
    """All that a backward pass depends on besides its picture and the rules."""
    return start.kind, epsilon, *np.asarray(target), *np.asarray(other)


@lru_cache(64)
def _classes(target, other):
    """Class numbers (B,) as tensors, which TensorFlow takes long to make of Python's."""
    return tf.constant(target, tf.int32), tf.constant(other, tf.int32)


@lru_cache(64)
def _floats(*numbers):
    return tf.constant(numbers, tf.float64)


def _followed(rules, epsilon, masks):
    masks = {name: tf.convert_to_tensor(mask) for name, mask in masks.items()}
    return Followed(_floats(epsilon, *live_values(rules)), masks)


def _numbers(start, rules, epsilon, masks):
    target, other = _classes(start.target, start.other)
    return Numbers(target, other, _followed(rules, epsilon, masks))
