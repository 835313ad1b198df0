"""What is compiled for one set of rules: functions of weights, input and numbers alone."""

from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

from ..._support.lazy_tensorflow import tf
from ...networks import blocked_dense
from .. import targets
from ..propagation import propagate
from ..through import Path
from .constants import Constants
from .denominators import OWN, taken_apart, takes_z
from .kept_pass import KeptPass, to_keep
from .ledger_packing import as_table


class Passed(NamedTuple):
    """What a forward pass gives, as tensors.

    `outputs`: {layer name: output}; `logits`; `z`: {layer name: output before its activation}
    of the layers with weights, empty where no rule asks for them; `all`: the sum of all outputs,
    which is finite only where every one of them is.
    """

    outputs: dict
    logits: Any
    z: dict
    all: Any


class Followed(NamedTuple):
    """What of a backward pass may change without another computation.

    `floats`: ε, then the rules' live settings; `masks`: those of a `through.Path`.
    """

    floats: Any
    masks: dict


class Numbers(NamedTuple):
    """What of both passes may change: class numbers (B,), int32, and what of the backward pass."""

    target: Any
    other: Any
    followed: Followed


@dataclass(frozen=True)
class Passes:
    """Both passes of a network by a set of rules, of which the values of live settings may change.

    `with_z`: whether the forward pass gives each layer's z; `kind`: the kind of initial relevance;
    `past`: that of a `through.Path`.
    """

    network: Any
    constants: Constants
    rules: dict
    with_z: bool = False
    kind: str = ""
    past: frozenset = frozenset()

    def both(self, tensors, x, numbers):
        """Both passes, with all that an explanation says."""
        passed, products = self.forward(tensors, x)
        last = self.network.layers[-1].name
        targets.check_output(self.network, self.kind, passed.outputs[last].shape)
        relevance, target, other = targets.relevance_at_output(
            self.kind, passed.outputs[last], passed.logits, numbers.target, numbers.other
        )
        relevances, table = self.backward(tensors, passed, products, relevance, numbers.followed)
        return passed, products, relevances, table, target, other

    def map_alone(self, tensors, x, numbers, wanted):
        """Both passes, with what is `wanted(network, outputs, relevances)` of them and no more."""
        passed, _, relevances, *_ = self.both(tensors, x, numbers)
        return wanted(self.network, passed.outputs, relevances)

    def backward(self, tensors, passed, products, relevance, followed, top=None):
        """The backward pass from the layer `top`, by default the last: (relevances, ledger)."""
        top = top or self.network.layers[-1].name
        forward = self._pass(tensors, passed.outputs, passed.z, products)
        relevances, ledger = self._propagate(forward, (top, relevance), followed)
        return relevances, as_table(ledger)

    def rows(self, tensors, outputs, relevance, followed, top):
        """R of each layer below for each row of the masks, of what passes through the layer `top`.

        {layer name: (rows, …)}. One forward pass serves all rows, and so do its denominators.
        """
        forward = self._pass(tensors, outputs, {}, {})
        return self._propagate(forward, (top, relevance), followed)[0]

    def _propagate(self, forward, start, followed):
        floats, masks = followed
        rules = with_values(self.rules, tf.cast(floats[1:], start[1].dtype))
        return propagate(forward, start, rules, floats[0], Path(masks, self.past))

    def products(self, tensors, passed):
        """What the rules add up that no initial relevance changes: {layer name: products}."""
        whole = self._pass(tensors, passed.outputs, passed.z, {})
        made = {
            name: to_keep(whole.of_weights(self.network[name]), rule)
            for name, rule in self.rules.items()
        }
        return {name: each for name, each in made.items() if each}

    def _pass(self, tensors, outputs, z, products):
        return KeptPass(self.network, tensors, outputs, z, products, self.constants)

    def forward(self, tensors, x):
        """The forward pass: `Passed`, and the products that came along."""
        z, products = {}, {}
        combine = partial(self._combine, tensors, products)
        outputs, logits = self.network.forward_pass(x, tensors, z if self.with_z else None, combine)
        everything = tf.add_n([tf.reduce_sum(each) for each in outputs.values()])
        return Passed(outputs, logits, z, everything), products

    def _combine(self, tensors, products, layer, outputs):
        """A layer's z, as `Network.combine` gives it.

        The products for the rule of a large dense layer come along where it does not ask for z
        before: so each block of weights is fetched once for both.
        """
        rule, x = self.rules.get(layer.name), outputs[layer.inputs[0]]
        w, b = tensors.get(layer.name, (None, None))
        if w is None or not blocked_dense.is_large(layer, w, x) or takes_z(rule):
            return self.network.combine(tensors, layer, outputs)
        context = self._pass(tensors, outputs, {}, {}).of_weights(layer)
        pairs = [pair for part in context.sums(rule) for pair in taken_apart(part)]
        made = context.made([OWN, *pairs])
        z = made.pop(OWN)
        products[layer.name] = made
        return z if b is None else z + b


def live_rules(rules):
    """Those of {layer name: rule} that have settings which may be tensors."""
    return {name: rule for name, rule in rules.items() if getattr(rule, "live", ())}


def live_values(rules):
    """The values of these settings, one after the other."""
    return tf.nest.flatten(live_rules(rules))


def with_values(rules, values):
    """The rules with the elements of the tensor `values` for these settings."""
    live = live_rules(rules)
    if not live:
        return rules
    values = tf.unstack(values, len(tf.nest.flatten(live)))
    return rules | tf.nest.pack_sequence_as(live, values)
