"""The four steps of one layer as arrays: what z, s, c and R are at every unit.

The same rule objects and layers as in `propagation` compute them, anew for one layer at a time:
keeping them for all layers would take as much memory as several explanations.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from .._support.lazy_tensorflow import tf
from ..networks.layers import Affine, Dense, GlobalMaxPooling, MaxPooling, Weighted
from .layer_result import of_one_picture
from .propagation import divide, divide_added, inputs_of_affine, strengths, sums_of
from .rules import Epsilon, Inputs, Rule, WinnerTakeAll

STEPS = ("z", "s", "c", "R")

# Dense kernels larger than this are taken in blocks of outputs, so that w⁺ is never made whole.
WHOLE = 2**24
BLOCK = 256


class Term(NamedTuple):
    """One array of a frame: `values` at the units of `layer`.

    `label` tells it from the frame's other terms, "" where it is the only one; `of` is the number
    of the term of the step before that it is computed from.
    """

    label: str
    layer: str
    values: np.ndarray
    of: int = 0


class Frame(NamedTuple):
    """One step: its `terms`, and the `operand` that it is computed from: "x", "R_j", "z", "s", "c".

    R_j is the layer's own relevance.
    """

    operand: str
    terms: tuple[Term, ...]


@dataclass(frozen=True)
class Frames:
    """The four steps of a layer, made by `frames`.

    `steps`: the rule's four lines of LaTeX; `frames["z"]` … `frames["R"]`: a Frame each, where z
    and s are of the layer's outputs, c and R of its inputs; `x`: what the rule takes as inputs,
    `ones` where that is 1 in place of the real values.
    """

    layer: str
    steps: tuple[str, ...]
    x: tuple[Term, ...]
    frames: dict[str, Frame]
    ones: bool = False


def frames(e, name, network=None):
    """Compute z, s, c and R of layer `name` of an explanation.

        frames(e, "block2_conv1").frames["s"].terms[0].values    # as large as the layer's output

    z_j is the denominator of the rule's line, bias and stabilizer included; s_j = R_j / z_j;
    c_i = Σ_j w_ij s_j; R_i what the layer hands to its input (for several inputs, to each).
    Winner-take-all has other steps: the largest input, who wins, what the winners get.
    `network` is needed where `e.network` is only a card. Raises ValueError for several pictures,
    and for a layer that only passes relevance on.
    """
    of_one_picture(e)
    network = network or e.network
    try:
        layer, rule = network[name], e[name].rule
    except KeyError as error:
        raise ValueError(error.args[0]) from None
    if len(getattr(rule, "steps", ())) != len(STEPS):
        raise ValueError(f"{name} only passes relevance on: there are no four steps to show.")
    signed = not all(network.nonnegative(source) for source in layer.inputs)
    steps = getattr(rule, "signed_steps", rule.steps) if signed else rule.steps
    xs = [tf.constant(e[source].activation[None]) for source in layer.inputs]
    relevance = tf.constant(e[name].relevance[None])
    if isinstance(layer, Weighted):
        made = _weighted(e, network, layer, xs[0], relevance)
    elif isinstance(rule, WinnerTakeAll):
        made = _winners(layer, xs[0], relevance)
    elif isinstance(layer, Affine):
        made = _scaled(layer, rule, xs[0], relevance, e.settings["epsilon"])
    elif isinstance(rule, Rule):
        made = _signed(layer, rule, xs, relevance, e.settings["epsilon"])
    else:
        made = _proportional(layer, xs, relevance, signed)
    made = {step: frame._replace(terms=_shown(e, network, frame)) for step, frame in made.items()}
    x = made.pop("x")
    return Frames(name, tuple(steps), x.terms, made, ones=x.operand == "1")


def _shown(e, network, frame):
    """Terms as the explanation has its arrays: one picture, RGB, no label where it is alone."""

    def shown(term):
        values = np.asarray(term.values)[0]
        return Term(term.label if len(frame.terms) > 1 else "", term.layer, values, term.of)

    return tuple(shown(term) for term in frame.terms)


# Layers with weights


class _Shared(NamedTuple):
    """One of the rule's sums: z and s of the outputs, and c for each of its pairs."""

    part: object
    z: tf.Tensor
    s: tf.Tensor
    cs: list

    def beside(self, other):
        """The same sum for further outputs of a dense layer."""
        z, s = tf.concat([self.z, other.z], -1), tf.concat([self.s, other.s], -1)
        return _Shared(self.part, z, s, [a + b for a, b in zip(self.cs, other.cs, strict=True)])


def _weighted(e, network, layer, x, relevance):
    source = layer.inputs[0]
    zeros = {each.name: tf.zeros((1, *each.shape), x.dtype) for each in e.layers}
    real = network.real_places(source, zeros)
    tensors = network.tensors(x.dtype.name)[layer.name]
    sums, all_real, rule = None, True, e[layer.name].rule
    if isinstance(rule, Epsilon):
        rule = rule.settled(layer.combine([x], *tensors))  # ε may be relative to all outputs
    for w, b, mine in _blocks(layer, tensors, relevance):
        a = Inputs(layer, x, w, b, real, network.nonnegative(source))
        found = []
        for divided in divide(rule, a, mine, e.settings["epsilon"]):
            part = divided.part
            d = divided.z + divided.e if part.bias is None else divided.z + part.bias + divided.e
            d = d if part.only is None else tf.where(part.only, d, tf.zeros_like(d))
            cs = [layer.transpose(divided.s, w, x) for _, w in part.pairs]
            found.append(_Shared(part, d, divided.s, cs))
            all_real &= all(x is real for x, _ in part.pairs)
        sums = [s.beside(t) for s, t in zip(sums, found, strict=True)] if sums else found
    share = sum(
        shared.part.factor * x * c
        for shared in sums
        for (x, _), c in zip(shared.part.pairs, shared.cs, strict=True)
    )
    here, below = layer.name, source
    names = [shared.part.name or f"sum {k}" for k, shared in enumerate(sums, 1)]
    return {
        "x": Frame("1" if all_real else "", [Term("", below, real if all_real else x)]),
        "z": Frame("x", [Term(names[k], here, shared.z) for k, shared in enumerate(sums)]),
        "s": Frame("R_j", [Term(names[k], here, shared.s, k) for k, shared in enumerate(sums)]),
        "c": Frame(
            "s",
            [
                Term(_pair_name(shared, names[k] if len(sums) > 1 else "", p), below, c, k)
                for k, shared in enumerate(sums)
                for p, c in enumerate(shared.cs)
            ],
        ),
        "R": Frame("c", [Term("", below, share)]),
    }


def _pair_name(shared, sum_name, number):
    terms = shared.part.terms or [f"part {k + 1}" for k in range(len(shared.cs))]
    pair_name = terms[number] if len(shared.cs) > 1 else ""
    return ": ".join(filter(None, (sum_name, pair_name)))


def _blocks(layer, tensors, relevance):
    """(w, b, relevance) of all outputs at once, of huge dense kernels some outputs at a time."""
    w, b = tensors
    if not isinstance(layer, Dense) or layer.kernel.size <= WHOLE:
        yield w, b, relevance
        return
    for first in range(0, w.shape[1], BLOCK):
        here = slice(first, first + BLOCK)
        yield w[:, here], None if b is None else b[here], relevance[..., here]


# Layers without weights


def _proportional(layer, xs, relevance, signed):
    gather, spread = sums_of(layer)
    shares = [0.0] * len(xs)
    z, s, c = [], [], []
    for label, strength in zip(
        ("x⁺", "x⁻"), strengths(xs, relevance, gather, signed), strict=False
    ):
        if z and not tf.reduce_any(strength.used):
            break  # nowhere do negative values have to share
        cs = spread(strength.s, xs)
        z.append(Term(label, layer.name, strength.z))
        s.append(Term(label, layer.name, strength.s, len(s)))
        c += [
            Term(_from(layer, source, label), source, each, len(s) - 1)
            for source, each in zip(layer.inputs, cs, strict=True)
        ]
        shares = [
            share + x * each for share, x, each in zip(shares, strength.parts, cs, strict=True)
        ]
    return _steps(layer, xs, z, s, c, shares)


def _signed(layer, rule, xs, relevance, epsilon):
    """An addition as LRP-0 and ε share it: as a layer with weights of one."""
    d, s, *_ = divide_added(rule, xs, relevance, epsilon)
    c = [Term(source, source, s) for source in layer.inputs]
    shares = [x * s for x in xs]
    return _steps(layer, xs, [Term("", layer.name, d)], [Term("", layer.name, s)], c, shares)


def _scaled(layer, rule, x, relevance, epsilon):
    """A scale and an offset as LRP-0 and ε take them: units with one input each."""
    a = inputs_of_affine(layer, x)
    [divided] = divide(rule, a, tf.cast(relevance, tf.float64), epsilon)
    d = divided.z + divided.part.bias + divided.e
    c = a.transpose(divided.s, a.w)
    z, s, c, share = (tf.cast(values, x.dtype) for values in (d, divided.s, c, a.x * c))
    [source] = layer.inputs
    terms = [Term("", layer.name, z)], [Term("", layer.name, s)], [Term("", source, c)]
    return _steps(layer, [x], *terms, [share])


def _steps(layer, xs, z, s, c, shares):
    """The frames of a layer without weights; the relevance of each of its inputs is in `shares`."""

    def for_each(values):
        pairs = enumerate(zip(layer.inputs, values, strict=True))
        return [Term(source, source, value, k) for k, (source, value) in pairs]

    return {
        "x": Frame("", for_each(xs)),
        "z": Frame("x", z),
        "s": Frame("R_j", s),
        "c": Frame("s", c),
        "R": Frame("c", for_each(shares)),
    }


def _from(layer, source, label):
    return label if len(layer.inputs) == 1 else f"{source}: {label}"


def _winners(layer, x, relevance):
    """m = max x, how often each input is the largest, and what the largest get."""
    below = layer.inputs[0]
    largest = layer
    if not isinstance(layer, MaxPooling | GlobalMaxPooling):  # a mean, shared as if by the largest
        largest = MaxPooling(name="", size=layer.size, strides=layer.strides, padding=layer.padding)
    share = layer.hand_to_winners(relevance, x)
    return {
        "x": Frame("", [Term("", below, x)]),
        "z": Frame("x", [Term("", layer.name, largest.combine([x]))]),
        "s": Frame("z", [Term("", below, layer.hand_to_winners(tf.ones_like(relevance), x))]),
        "c": Frame("R_j", [Term("", below, share)]),
        "R": Frame("c", [Term("", below, share)]),
    }
