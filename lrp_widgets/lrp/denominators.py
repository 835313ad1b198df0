"""The first of the four steps: what the rules add up for each output, which no start changes."""

from .._support.lazy_tensorflow import tf
from ..networks import blocked_dense
from .layer_context import inputs_of


def add_up(network, tensors, outputs, rules, sums=None, constants=None):
    """What the rules add up for each output, which no start changes: {layer name: [z of a sum, …]}.

    Only of the layers that rules are given for, what costs a convolution or a product of matrices,
    and what is the same for all values of the rules' live settings: the rules may have none.
    """
    added_up = {}
    for layer in network.weighted:
        rule = rules.get(layer.name)
        if rule is None or rule.live_w:
            continue
        a = inputs_of(network, layer, tensors, outputs, sums or {}, constants)
        if in_blocks(rule, a):
            added_up[layer.name] = add_up_in_blocks(rule, a)
        else:
            parts = [part for part in rule.sums(a) if part.denominator is None]
            if parts:
                added_up[layer.name] = [z_of(layer, part) for part in parts]
    return added_up


def on_the_way(network, rules):
    """The rules by which `combine` adds up: of large dense layers, those that need no z before."""
    large = [layer for layer in network.weighted if blocked_dense.has_many_weights(layer)]
    found = {layer.name: rules[layer.name] for layer in large if layer.name in rules}
    return {
        name: rule
        for name, rule in found.items()
        if rule.changes_w and not (rule.live_w or rule.uses_z)
    }


def combine(network, tensors, rules, added_up, layer, outputs):
    """A layer's output before its activation, as `Network.combine` gives it, going forwards.

    `rules`: those `on_the_way`. What such a layer's rule adds up comes along, and is put into
    `added_up` as by `add_up`: so each block of weights is fetched once for both.
    """
    if layer.name not in rules or not blocked_dense.is_large(layer, outputs[layer.inputs[0]]):
        return network.combine(tensors, layer, outputs)
    a = inputs_of(network, layer, tensors, outputs, {})
    z, *added_up[layer.name] = add_up_in_blocks(rules[layer.name], a, with_own=True)
    return z if a.b is None else z + a.b


def z_of(layer, part):
    """Σ of one sum's contributions."""
    return tf.add_n([layer.linear(x, w) for x, w in part.pairs])


def terms_of(layer, part):
    """Σ of the contributions' sizes, by which nothing is told from what cancels to zero."""
    return tf.add_n([layer.linear(tf.abs(x), tf.abs(w)) for x, w in part.pairs])


def in_blocks(rule, a):
    """Whether a rule takes the layer of these `Inputs` in blocks."""
    return rule.changes_w and blocked_dense.is_large(a.layer, a.x)


def add_up_in_blocks(rule, a, add=z_of, with_own=False):
    """`add` of each of the rule's sums, block by block; before them `with_own` x · w itself."""

    def sums(block):
        own = [a.layer.linear(block.x, block.w)] if with_own else []
        return own + [add(a.layer, part) for part in rule.sums(block)]

    return blocked_dense.add_up(a, blocked_dense.used_rows(a, rule.skips_zeros), sums)
