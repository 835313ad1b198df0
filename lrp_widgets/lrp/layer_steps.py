"""The four steps of one layer as arrays: what z, s, c and R are at every unit.

`propagation.step` computes them, anew for one layer at a time: keeping them for all layers would
take as much memory as several explanations.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from .._support.lazy_tensorflow import tf
from ..networks.layers import AveragePooling, Maximum, MaxPooling
from ..networks.modifiers import ONES
from .layer_context import AdditionContext, ForwardPass
from .layer_result import of_one_picture
from .operation_rules import OperationRule
from .pooling import strengths
from .propagation import step
from .rules import Rule, WinnerTakeAll
from .through import followed, path_of

STEPS = ("z", "s", "c", "R")


class Term(NamedTuple):
    """One array of a step: `values` at the units of `layer`.

    `label` tells it from the step's other terms, "" where it is the only one; `of` is the number
    of the term of the step before that it is computed from.
    """

    label: str
    layer: str
    values: np.ndarray
    of: int = 0


class OneStep(NamedTuple):
    """One step: its `terms`, and the `operand` that it is computed from: "x", "R_j", "z", "s", "c".

    R_j is the layer's own relevance.
    """

    operand: str
    terms: tuple[Term, ...]


@dataclass(frozen=True)
class FourSteps:
    """The four steps of a layer, made by `four_steps`.

    `lines`: the rule's four lines of LaTeX; `steps["z"]` … `steps["R"]`: a `OneStep` each, where z
    and s are of the layer's outputs, c and R of its inputs; `x`: what the rule takes as inputs,
    `ones` where that is 1 in place of the real values.
    """

    layer: str
    lines: tuple[str, ...]
    x: tuple[Term, ...]
    steps: dict[str, OneStep]
    ones: bool = False


def four_steps(e, name, network=None):
    """Compute z, s, c and R of layer `name` of an explanation.

        four_steps(e, "block2_conv1").steps["s"].terms[0].values    # as large as the layer's output

    z_j is the denominator of the rule's line, bias and stabilizer included; s_j = R_j / z_j,
    where R_j is 0 in channels that are set aside; c_i = Σ_j w_ij s_j; R_i what the layer hands to
    its input (for several inputs, to each).
    Winner-take-all has other steps: the largest input, who wins, what the winners get.
    `network` is needed where `e.network` is only a `NetworkInfo`. Raises ValueError for several
    pictures, and for a layer that only passes relevance on.
    """
    of_one_picture(e)
    network = network or e.network
    try:
        layer, rule = network[name], e[name].rule
    except KeyError as error:
        raise ValueError(error.args[0]) from None
    if isinstance(rule, OperationRule):
        raise ValueError(f"{name} is a part of attention: its rule has no four steps.")
    if len(getattr(rule, "steps", ())) != len(STEPS):
        raise ValueError(f"{name} only passes relevance on: there are no four steps to show.")
    outputs = {each.name: each.activation[None] for each in e.layers}
    outputs |= {source: tf.constant(outputs[source]) for source in layer.inputs}
    relevance = tf.constant(followed(e, name)[None])
    forward = ForwardPass(network, network.tensors(relevance.dtype.name), outputs)
    signed = not forward.nonnegative(layer)
    lines = getattr(rule, "signed_steps", rule.steps) if signed else rule.steps
    xs = forward.inputs(layer)
    if isinstance(rule, Rule):
        context = forward.context(layer)
        made = _by_step(context, step(rule, context, relevance, e.settings["epsilon"]))
    elif isinstance(rule, WinnerTakeAll):
        made = _winners(layer, xs, relevance)
    else:
        made = _proportional(layer, xs, relevance, signed)
    made = {key: _shown(e, each) for key, each in made.items()}
    made["R"] = _without_past(made["R"], name, path_of(e, network).past)
    x = made.pop("x")
    return FourSteps(name, tuple(lines), x.terms, made, ones=x.operand == "1")


def _without_past(one, name, past):
    """Step R, 0 for inputs where what they would get goes past the layers followed."""
    if not past:
        return one
    return one._replace(
        terms=tuple(
            term._replace(values=0 * term.values) if (name, term.layer) in past else term
            for term in one.terms
        )
    )


def _shown(e, one):
    """A step with its arrays in the explanation's type, and no label where one term is alone."""
    dtype, several = e.layers[0].activation.dtype, len(one.terms) > 1

    def shown(term):
        values = term.values.astype(dtype, copy=False)
        return term._replace(label=term.label if several else "", values=values)

    return one._replace(terms=tuple(map(shown, one.terms)))


def _term(label, layer, batch, of=0):
    """A term of the one picture in a batch, given as a tensor."""
    return Term(label, layer, np.asarray(batch)[0], of)


# Rules for weights


def _by_step(context, taken):
    """The steps of a layer with weights, as its rule's `Step` has them, and x."""
    layer, divided = context.layer, taken.divided
    names = [each.part.name or f"sum {k}" for k, each in enumerate(divided, 1)]
    ones = all(x == ONES for each in divided for x, _ in each.part.pairs)
    x = context.inputs(ONES) if ones else context.x
    z, s, c = [], [], []
    for k, (each, cs) in enumerate(zip(divided, taken.c, strict=True)):
        here, d = context.concerns(each.part), each.d + each.e
        d = d if here is None else tf.where(here, d, tf.zeros_like(d))
        z.append(_term(names[k], layer.name, d))
        s.append(_term(names[k], layer.name, each.s, k))
        if isinstance(context, AdditionContext):
            c += map(_term, layer.inputs, layer.inputs, cs)
            continue
        for term, values in zip(each.part.terms, cs, strict=True):
            label = ": ".join(filter(None, (names[k] * (len(divided) > 1), term * (len(cs) > 1))))
            c.append(_term(label, layer.inputs[0], values, k))
    made = _steps(layer, x if isinstance(x, list) else [x], z, s, c, taken.relevance)
    return made | {"x": made["x"]._replace(operand="1" * ones)}


# Layers without weights


def _proportional(layer, xs, relevance, signed):
    shares = [0.0] * len(xs)
    z, s, c = [], [], []
    signs = strengths(layer, xs, relevance, signed)
    for label, strength in zip(("x⁺", "x⁻"), signs, strict=False):
        if z and not tf.reduce_any(strength.used):
            break  # nowhere do negative values have to share
        z.append(_term(label, layer.name, strength.z))
        s.append(_term(label, layer.name, strength.s, len(s)))
        c += [
            _term(_from(layer, source, label), source, each, len(s) - 1)
            for source, each in zip(layer.inputs, strength.c, strict=True)
        ]
        shares = [
            share + x * each
            for share, x, each in zip(shares, strength.parts, strength.c, strict=True)
        ]
    return _steps(layer, xs, z, s, c, shares)


def _steps(layer, xs, z, s, c, shares):
    """The four steps and x; `shares` is the relevance of each of the layer's inputs."""

    def for_each(values):
        pairs = enumerate(zip(layer.inputs, values, strict=True))
        return tuple(_term(source, source, value, k) for k, (source, value) in pairs)

    return {
        "x": OneStep("", for_each(xs)),
        "z": OneStep("x", tuple(z)),
        "s": OneStep("R_j", tuple(s)),
        "c": OneStep("s", tuple(c)),
        "R": OneStep("c", for_each(shares)),
    }


def _from(layer, source, label):
    return label if len(layer.inputs) == 1 else f"{source}: {label}"


def _winners(layer, xs, relevance):
    """m = max x, how often each input is the largest, and what the largest get."""
    largest = layer
    if isinstance(layer, AveragePooling):  # a mean, shared as if by the largest
        largest = MaxPooling(name="", size=layer.size, strides=layer.strides, padding=layer.padding)

    def handed(given):
        if isinstance(layer, Maximum):
            return layer.back(given, xs)
        return [layer.hand_to_winners(given, xs[0])]

    def of_each(values):
        labels = layer.inputs if len(xs) > 1 else [""]
        return tuple(map(_term, labels, layer.inputs, values))

    share = of_each(handed(relevance))
    return {
        "x": OneStep("", of_each(xs)),
        "z": OneStep("x", (_term("", layer.name, largest.combine(xs)),)),
        "s": OneStep("z", of_each(handed(tf.ones_like(relevance)))),
        "c": OneStep("R_j", share),
        "R": OneStep("c", tuple(term._replace(of=k) for k, term in enumerate(share))),
    }
