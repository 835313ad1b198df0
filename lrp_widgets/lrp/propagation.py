"""The walk from the output to the input: four steps a layer, and the ledger.

    z = what the rule adds up, stabilised      (forward)
    s = R / z                                  (divide)
    c = transpose(s)                           (backward)
    R = x · c                                  (multiply)

This module knows rules and layers, but no particular rule and no particular network.
"""

from dataclasses import replace
from functools import partial
from typing import NamedTuple

from .._support.lazy_tensorflow import tf
from ..networks import blocked_dense
from ..networks.layers import Addition, Affine, Input, Moving, Weighted
from .denominators import add_up_in_blocks, in_blocks, terms_of, z_of
from .layer_context import inputs_of
from .rules import Inputs, Rule, Sum, WinnerTakeAll

# Sums below this are nothing to divide by: dividing by them would overflow.
SMALLEST = {"float32": 1e-30, "float64": 1e-290}


class Booked(NamedTuple):
    """Relevance of one layer that did not reach its inputs, one number a picture each."""

    bias: tf.Tensor | float = 0.0
    stabilizer: tf.Tensor | float = 0.0
    dead: tf.Tensor | float = 0.0
    padding: tf.Tensor | float = 0.0

    def __add__(self, other):
        return Booked(*(a + b for a, b in zip(self, other, strict=True)))


def total(values):
    """Σ over all but the batch axis, in float64 once rows are added up."""
    if values.shape.rank > 2:  # one row in the type at hand is exact enough
        values = tf.reduce_sum(values, [-2, -1] if values.shape.rank > 3 else -1)
    values = tf.cast(values, tf.float64)
    return tf.reduce_sum(values, list(range(1, values.shape.rank)))


def propagate(
    network,
    tensors,
    outputs,
    relevance,
    rules,
    epsilon,
    sums=None,
    added_up=None,
    top=None,
    constants=None,
):
    """Walk backwards from the relevance of the network's output.

    `outputs`: {layer name: output}; `relevance`: that of the last layer, same shape, or of the
    layer with the number `top`, which all ways from the output to those below must go through;
    `rules`: {layer name: rule}; `sums`: {layer name: output before its activation} of the layers
    with weights, `added_up`: what `adding_up.add_up` gave; neither is computed again where given.
    `constants`: as for `layer_inputs.inputs_of`.
    Returns ({layer name: relevance}, {layer name: entry}); an entry holds the totals "in" and
    "out", "ways" for what each of its inputs got, and what was booked to "bias", "stabilizer",
    "dead", "padding".
    """
    layers = network.layers if top is None else network.layers[: top + 1]
    first = layers[-1].name
    relevances, totals, ledger = {first: relevance}, {first: total(relevance)}, {}
    for layer in reversed(layers):
        if isinstance(layer, Input):
            continue
        if layer.name not in relevances:  # no path from here to the output
            relevances[layer.name] = tf.zeros_like(outputs[layer.name])
            totals[layer.name] = total(relevances[layer.name])
        relevance = relevances[layer.name]
        shares, booked = _step(
            network,
            layer,
            tensors,
            outputs,
            relevance,
            rules[layer.name],
            epsilon,
            sums or {},
            added_up or {},
            constants,
        )
        ways = [total(share) for share in shares]
        entry = {"in": totals[layer.name], "out": tf.add_n(ways), "ways": ways}
        ledger[layer.name] = entry | booked._asdict()
        for source, share, way in zip(layer.inputs, shares, ways, strict=True):
            share = tf.cast(share, outputs[source].dtype)
            share = tf.ensure_shape(share, outputs[source].shape)
            alone = source not in relevances
            relevances[source] = share if alone else relevances[source] + share
            totals[source] = way if alone else total(relevances[source])
    return relevances, ledger


def _step(network, layer, tensors, outputs, relevance, rule, epsilon, sums, added_up, constants):
    """One layer's relevance, handed to its inputs: (relevance of each input, Booked)."""
    xs = [outputs[source] for source in layer.inputs]
    if isinstance(layer, Weighted):
        a = inputs_of(network, layer, tensors, outputs, sums, constants)
        a = replace(a, added_up=added_up.get(layer.name))
        step = redistribute_in_blocks if in_blocks(rule, a) else redistribute
        share, booked = step(rule, a, relevance, epsilon)
        return [share], booked
    if isinstance(layer, Affine) and isinstance(rule, Rule):
        return _share_scaled(network, layer, outputs, relevance, rule, epsilon)
    if isinstance(layer, Moving):
        lost = layer.lost(relevance)
        booked = Booked() if lost is None else Booked(**{layer.lost_to: total(lost)})
        return layer.back(relevance, xs), booked
    if isinstance(rule, WinnerTakeAll):
        return [layer.hand_to_winners(relevance, xs[0])], Booked()
    if isinstance(rule, Rule):
        return share_signed(rule, xs, relevance, epsilon)
    signed = not all(network.nonnegative(source) for source in layer.inputs)
    gather, spread = sums_of(layer)
    return share_proportionally(xs, relevance, gather, spread, signed)


class Divided(NamedTuple):
    """The first two steps of one of a rule's sums, for every output unit.

    `z`: Σ of contributions; `e`: the stabilizer; `s`: R / (z + b' + e), 0 where there is
    `nothing` to share by; `mine`: the relevance that this sum shares.
    """

    part: Sum
    mine: tf.Tensor
    z: tf.Tensor
    e: tf.Tensor
    nothing: tf.Tensor
    s: tf.Tensor


def divide(rule, a, relevance, epsilon):
    """Steps z and s, once for each of the rule's sums."""
    added_up = iter(a.added_up or ())
    for part in rule.sums(a):
        z = part.denominator
        if z is None:
            z = next(added_up, None)
            z = z_of(a.layer, part) if z is None else z
        elif part.bias is not None:
            z = z - part.bias
        yield _divide(rule, part, z, relevance, epsilon, partial(terms_of, a.layer, part))


def _divide(rule, part, z, relevance, epsilon, terms):
    """Steps z and s of one sum; `terms()` adds up the sizes of its contributions."""
    mine = relevance if part.only is None else tf.where(part.only, relevance, 0.0)
    d = part.denominator
    if d is None:
        d = z if part.bias is None else z + part.bias
    e = _stabilizer(rule, epsilon, d)
    if part.cancels or part.below:
        e = tf.where(d < 0, -e, e)
    nothing = _nothing_to_share(part, d, e, terms)
    return Divided(part, mine, z, e, nothing, _quotient(mine, d + e, nothing))


def _quotient(mine, d, nothing):
    """Step s: R / d, and 0 where there is nothing to share by, which is seldom so anywhere."""

    def some():
        here = tf.ensure_shape(nothing, d.shape)
        return tf.math.divide_no_nan(mine, tf.where(here, tf.zeros((), d.dtype), d))

    return tf.cond(tf.reduce_any(nothing), some, lambda: tf.math.divide_no_nan(mine, d))


def _stabilizer(rule, epsilon, d):
    """The rule's ε in the type of the denominators; float64 numbers are not cut short before."""
    e = rule.stabilizer(epsilon, d)
    return tf.cast(e, d.dtype) if tf.is_tensor(e) else tf.constant(e, d.dtype)


def redistribute(rule, a, relevance, epsilon):
    """The four steps for a layer with weights: (relevance of its input, Booked)."""
    shares, booked = [], Booked()
    for divided in divide(rule, a, relevance, epsilon):
        part = divided.part
        if part.only is None:
            share = _hand_down(a, divided)
        else:  # often there is nothing for one of the signs: behind a ReLU no z below zero has R
            share = tf.cond(
                tf.reduce_any(divided.s != 0),
                partial(_hand_down, a, divided),
                partial(tf.zeros_like, a.x),
            )
        shares.append(share)
        booked += _booked(divided, a.b)
    return tf.add_n(shares), booked


def _share_scaled(network, layer, outputs, relevance, rule, epsilon):
    """A scale and an offset as units with one input; what falls on padding is the padding's."""
    [source] = layer.inputs
    relevance = tf.cast(relevance, tf.float64)
    mine = tf.where(network.real_places(source, outputs) > 0, relevance, 0.0)
    share, booked = redistribute(rule, inputs_of_affine(layer, outputs[source]), mine, epsilon)
    return [share], booked._replace(padding=total(relevance - mine))


def inputs_of_affine(layer, x):
    """What a rule may look at in a scale and an offset, in float64: x can be far larger than z.

    z is the forward pass's own, so that what is exactly zero there is so here.
    """
    z = tf.cast(layer.combine([x]), tf.float64)
    w, b = (tf.constant(values, tf.float64) for values in (layer.scale, layer.bias))
    x = tf.cast(x, tf.float64)
    return Inputs(layer=layer, x=x, w=w, b=b, real=tf.ones_like(x), stored=z)


def redistribute_in_blocks(rule, a, relevance, epsilon):
    """The same for a large dense layer, whose w is never changed as a whole."""
    if rule.uses_z:
        a = replace(a, stored=a.z)  # the whole layer's: a block knows only a part of it
    rows = blocked_dense.used_rows(a, rule.skips_zeros)
    zs = a.added_up or add_up_in_blocks(rule, a)
    # Without any row the sums still tell what concerns the units: their biases, signs and factors.
    parts = [replace(p, denominator=None) for p in rule.sums(blocked_dense.of_rows(a, rows[:0]))]

    def terms(k):
        return add_up_in_blocks(rule, a, terms_of)[k]

    divided = [
        _divide(rule, part, z, relevance, epsilon, partial(terms, k))
        for k, (part, z) in enumerate(zip(parts, zs, strict=True))
    ]

    def share(block):
        pairs = zip(divided, rule.sums(block), strict=True)
        return tf.add_n([_hand_down(block, d._replace(part=part)) for d, part in pairs])

    booked = sum((_booked(d, a.b) for d in divided), Booked())
    return blocked_dense.hand_down(a, rows, share), booked


def _hand_down(a, divided):
    """Steps c and R of one sum: x · transpose(s, w) over its pairs, times its factor."""
    part, s = divided.part, divided.s
    if part.even:
        [(x, _)] = part.pairs
        share = x * a.layer.spread_evenly(s, a.x)
    else:
        share = tf.add_n([x * a.transpose(s, w) for x, w in part.pairs])
    whole = isinstance(part.factor, float) and part.factor == 1
    return share if whole else part.factor * share


def _booked(divided, b):
    """The layer's totals of `unit_ledger`, times the sum's factor, as Booked.

    Weights never hand anything to their own padding: x is 0 there, and so are ones and bounds.
    """
    factor = tf.cast(divided.part.factor, tf.float64)
    return Booked(*(factor * entry for entry in _ledger(divided, b)))


def _ledger(divided, b):
    """The layer's totals of `unit_ledger`, looking closely only where something is lost."""
    part, _, _, e, nothing, s = divided
    none = tf.zeros(tf.shape(s)[:1], tf.float64)
    lost = tf.cond(
        tf.reduce_any(nothing),
        lambda: [total(entry) for entry in _lost(divided, b)],
        lambda: [none, none],
    )
    by_bias = lost[0] if part.bias is None else lost[0] + total(s * part.bias)
    by_stabilizer = total(s) * tf.cast(e, tf.float64) if e.shape.rank == 0 else total(s * e)
    return by_bias, by_stabilizer, lost[1]


def unit_ledger(divided, b):
    """What each output unit's relevance loses: (to bias, to the stabilizer, dead).

    A unit that has nothing to share by passes nothing on; its relevance is booked to bias
    where the layer's bias `b` is above zero (the bias alone drove it), else to dead.
    """
    part, _, _, e, _, s = divided
    by_bias, dead = _lost(divided, b)
    return by_bias if part.bias is None else by_bias + s * part.bias, s * e, dead


def _lost(divided, b):
    """The relevance of units that have nothing to share by: (to bias, dead)."""
    lost = tf.ensure_shape(tf.where(divided.nothing, divided.mine, 0.0), divided.s.shape)
    driven = tf.zeros((), bool) if b is None else b > 0
    return tf.where(driven, lost, 0.0), tf.where(driven, tf.zeros((), lost.dtype), lost)


def _nothing_to_share(part, d, e, terms):
    """Where all terms of an output's sum are zero, or their sum too small to divide by.

    A single False says that this is so nowhere, as it mostly is.
    """
    smallest, nowhere = SMALLEST[d.dtype.name], partial(tf.zeros, [1] * d.shape.rank, bool)
    if not part.cancels:
        least = -tf.reduce_max(d) if part.below else tf.reduce_min(d)
        return tf.cond(
            least < smallest,
            lambda: (-d if part.below else d) < smallest,
            nowhere,
        )
    zero = tf.abs(d) < smallest

    def look_closer():  # terms that cancel to zero are not nothing: the stabilizer is there
        return zero & ((terms() < smallest) | (tf.abs(d + e) < smallest))

    return tf.cond(tf.reduce_any(zero), look_closer, nowhere)


def share_signed(rule, xs, relevance, epsilon):
    """Share an addition as a layer with weights of one: (relevance of each input, Booked)."""
    _, s, e, nothing = divide_added(rule, xs, relevance, epsilon)
    dead = tf.where(nothing, relevance, tf.zeros_like(relevance))
    return [x * s for x in xs], Booked(stabilizer=total(s * e), dead=total(dead))


def divide_added(rule, xs, relevance, epsilon):
    """Steps z and s of such an addition: (z + e, s, e, where there is nothing to share by)."""
    z = tf.add_n(xs)
    e = _stabilizer(rule, epsilon, z)
    e = tf.where(z < 0, -e, e)
    terms = tf.add_n([tf.abs(x) for x in xs])
    smallest = SMALLEST[z.dtype.name]
    nothing = (terms < smallest) | (tf.abs(z + e) < smallest)
    s = tf.math.divide_no_nan(relevance, tf.where(nothing, tf.zeros_like(z), z + e))
    return z + e, s, e, nothing


class Strength(NamedTuple):
    """The first two steps of sharing by activation strength, for the inputs of one sign.

    `parts`: what of each input shares; `z`: their sum; `s`: R / z at the outputs where this sign
    shares, which are `used`, else 0.
    """

    parts: list
    z: tf.Tensor
    s: tf.Tensor
    used: tf.Tensor


def strengths(xs, relevance, gather, signed=True):
    """Steps z and s by activation strength: of the parts above zero, then of those below.

    The second share only where the first have nothing to share by; unless `signed` there are none.
    """
    smallest = SMALLEST[relevance.dtype.name]
    parts = [tf.nn.relu(x) for x in xs] if signed else xs
    z = gather(parts)
    used = z > smallest
    s = tf.math.divide_no_nan(relevance, tf.where(used, z, 0.0))
    yield Strength(parts, z, s, used)
    if signed:
        parts = [x - part for x, part in zip(xs, parts, strict=True)]
        z = gather(parts)
        used = ~used & (z < -smallest)
        s = tf.math.divide_no_nan(tf.where(used, relevance, 0.0), tf.where(used, z, 0.0))
        yield Strength(parts, z, s, used)


def share_proportionally(xs, relevance, gather, spread, signed=True):
    """Share by activation strength: (relevance of each input, Booked).

    The parts above zero share; where there are none, those below zero do; where all are zero
    the relevance is dead.
    """
    shares, left = [], relevance
    for parts, _, s, used in strengths(xs, relevance, gather, signed):
        shares.append([part * c for part, c in zip(parts, spread(s, xs), strict=True)])
        left = tf.where(used, tf.zeros((), left.dtype), left)
    return [tf.add_n(each) for each in zip(*shares, strict=True)], Booked(dead=total(left))


def sums_of(layer):
    """How a layer without weights adds up its inputs, and hands a value back to each."""
    if isinstance(layer, Addition):
        return tf.add_n, lambda s, xs: [s] * len(xs)
    return (
        lambda parts: layer.gather(parts[0]),
        lambda s, xs: [layer.spread(s, xs[0])],
    )
