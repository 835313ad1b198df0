"""The algorithm: relevance goes from the output back to the input, four steps a layer.

    z_j = Σ_i x'_i w'_ij + b'_j + ε    forward
    s_j = R_j / z_j                    divide
    c_i = Σ_j w'_ij s_j                backward
    R_i = x'_i · c_i                   multiply

x', w' and b' are what the layer's rule makes of inputs, weights and bias. What a layer does not
hand on is in the ledger, so that Σ_j R_j = Σ_i R_i + what was absorbed. Source: Montavon et al.
2019, "Layer-wise Relevance Propagation: An Overview", section 10.3.
"""

from typing import NamedTuple

from .._support.lazy_tensorflow import tf
from ..networks.layers import Affine, Input, PassThrough
from ..networks.modifiers import in_type
from ..networks.shortcuts import SMALLEST, below, total, where_any
from .absorbed import Absorbed, absorbed_by_layer
from .operation_rules import OperationRule
from .pooling import share_by_strength
from .rules import Rule, Sum, WinnerTakeAll
from .through import EVERYWHERE


class Divided(NamedTuple):
    """Steps z and s of one of a rule's sums, for every output unit.

    `relevance`: what of R_j this sum shares; `d`: Σ_i x'_i w'_ij + b'_j; `e`: the stabilizer;
    `nothing`: where there is nothing to share by; `s`: R_j / (d_j + e_j), 0 there.
    """

    part: Sum
    relevance: tf.Tensor
    d: tf.Tensor
    e: tf.Tensor
    nothing: tf.Tensor
    s: tf.Tensor

    def z(self, context):
        """Σ_i x'_i w'_ij alone."""
        bias = context.bias(self.part)
        return self.d if bias is None else self.d - bias


class Step(NamedTuple):
    """The four steps of one layer.

    `divided`: z and s of each of the rule's sums; `c`: [c_i for each pair of a sum] for each sum;
    `relevance`: R_i of each of the layer's inputs; `absorbed`: what they did not get.
    """

    divided: list[Divided]
    c: list[list[tf.Tensor]]
    relevance: list[tf.Tensor]
    absorbed: Absorbed


def propagate(forward, relevance, rules, epsilon, path=EVERYWHERE):
    """Propagate relevance from the last layer that it is given for to the input.

    `forward`: a `ForwardPass`; `relevance`: (layer name, R of its output), where all connections
    to the layers below go through that layer; `rules`: {layer name: rule}; `path`: the
    `through.Path` that is followed.
    Returns ({layer name: R}, {layer name: ledger entry}). R is what reaches a layer. An entry holds
    the totals "in" and "out", "branches" for what each input got, what was absorbed by each of
    `Absorbed`, and "set aside" for what the path does not follow.
    """
    name, relevance = relevance
    relevances, totals, ledger = {name: relevance}, {name: total(relevance)}, {}
    layers = forward.network.layers
    for layer in layers[layers.index(forward.network[name]) :: -1]:
        if isinstance(layer, Input):
            continue
        if layer.name not in relevances:  # no path from here to the output
            relevances[layer.name] = tf.zeros_like(forward.outputs[layer.name])
            totals[layer.name] = total(relevances[layer.name])
        followed, aside = path.split(layer.name, relevances[layer.name])
        shares, absorbed = hand_down(forward, layer, followed, rules[layer.name], epsilon)
        branches = [total(share) for share in shares]
        for k, source in enumerate(layer.inputs):
            if (layer.name, source) in path.past:
                aside, branches[k] = aside + branches[k], tf.zeros_like(branches[k])
                shares[k] = tf.zeros_like(shares[k])
        entry = {"in": totals[layer.name], "out": tf.add_n(branches), "branches": branches}
        ledger[layer.name] = entry | absorbed._asdict() | {"set aside": aside}
        for source, share, branch in zip(layer.inputs, shares, branches, strict=True):
            x = forward.outputs[source]
            share = tf.ensure_shape(tf.cast(share, x.dtype), [None, *x.shape[1:]])
            alone = source not in relevances
            relevances[source] = share if alone else relevances[source] + share
            totals[source] = branch if alone else total(relevances[source])
    return relevances, ledger


def hand_down(forward, layer, relevance, rule, epsilon):
    """One layer's relevance, handed to its inputs: ([R of each input], Absorbed)."""
    xs = forward.inputs(layer)
    if isinstance(rule, Rule):
        context, padding = forward.context(layer), 0.0
        if isinstance(layer, Affine):  # what falls on padding is the padding's
            whole = tf.cast(relevance, tf.float64)
            relevance = tf.where(forward.mask(layer) > 0, whole, 0.0)
            padding = total(whole - relevance)
        taken = step(rule, context, relevance, epsilon)
        return taken.relevance, taken.absorbed._replace(padding=padding)
    if isinstance(rule, OperationRule):
        return rule.hand_down(layer, xs, relevance)
    if isinstance(layer, PassThrough):
        kept = layer.absorbed(relevance)
        absorbed = Absorbed() if kept is None else Absorbed(**{layer.absorbed_by: total(kept)})
        return layer.back(relevance, xs), absorbed
    if isinstance(rule, WinnerTakeAll):
        return [layer.hand_to_winners(relevance, xs[0])], Absorbed()
    shares, dead = share_by_strength(layer, xs, relevance, not forward.nonnegative(layer))
    return shares, Absorbed(dead=total(dead))


def step(rule, context, relevance, epsilon):
    """The four steps of a rule at a layer of this `LayerContext`: a `Step`."""
    divided = divide(rule, context, relevance, epsilon)
    parts = [each.part for each in divided]
    c = context.hand_back(parts, [each.s for each in divided])
    return Step(divided, c, context.relevance(parts, c), absorbed_by_layer(divided, context))


def divide(rule, context, relevance, epsilon):
    """Steps z and s: a list of `Divided`, one for each of the rule's sums."""
    parts, found = context.sums(rule), []
    for part, d in zip(parts, context.denominators(parts), strict=True):
        here, relevance = context.concerns(part), tf.convert_to_tensor(relevance, d.dtype)
        mine = relevance if here is None else tf.where(here, relevance, 0.0)
        e = in_type(rule.stabilizer(epsilon, d), d.dtype)
        if part.sign <= 0:
            e = tf.where(d < 0, -e, e)
        nothing = _nothing_to_share(context, part, d, e)
        found.append(Divided(part, mine, d, e, nothing, _quotient(mine, d + e, nothing)))
    return found


def _nothing_to_share(context, part, d, e):
    """Where all contributions of an output are zero, or their sum too small to divide by."""
    smallest = SMALLEST[d.dtype.name]
    if part.sign:
        return below(d if part.sign > 0 else -d, smallest)
    zero = below(tf.abs(d), smallest)
    return where_any(  # contributions that cancel are not nothing: the stabilizer is there
        zero,
        lambda: zero & ((context.sizes(part) < smallest) | (tf.abs(d + e) < smallest)),
        lambda: zero,
    )


def _quotient(relevance, z, nothing):
    """R / z, and 0 where there is nothing to share by."""

    def some():
        here = tf.ensure_shape(nothing, z.shape)
        return tf.math.divide_no_nan(relevance, tf.where(here, tf.zeros((), z.dtype), z))

    return where_any(nothing, some, lambda: tf.math.divide_no_nan(relevance, z))
