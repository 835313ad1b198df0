"""What a rule is applied to: a layer, what stands at its inputs, and its weights."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from .._support.lazy_tensorflow import tf
from ..networks.layers import Addition, Affine, GlobalAveragePooling
from ..networks.modified_products import Weights, add_up, hand_back
from ..networks.modifiers import IDENTITY, Modifier


@dataclass(frozen=True)
class LayerContext:
    """A layer with weights where a rule is applied, with the sums of that rule.

    `x`: the layer's inputs; `w`: its weights, as `Weights` or a tensor; `b`: its bias or None;
    `mask`: 1 where x is a real value, 0 where it is padding; `nonnegative`: whether no x can be
    below zero.
    """

    layer: Any
    x: Any
    w: Any
    b: Any = None
    mask: Any = 1.0
    nonnegative: bool = False

    @cached_property
    def weights(self):
        return self.w if isinstance(self.w, Weights) else Weights(self.w)

    def sums(self, rule):
        """The rule's sums for these inputs."""
        return [part.of_nonnegative() for part in rule.sums] if self.nonnegative else rule.sums

    def inputs(self, modifier):
        """x'."""
        return modifier(self.x, self.mask)

    def bias(self, part):
        """b', None where there is none."""
        return None if self.b is None or part.bias is None else part.bias(self.b)

    def pairs(self, part):
        """The pairs (x', w') of a sum as tensors."""
        return [(self.inputs(x), self.weights(w)) for x, w in part.pairs]

    def denominators(self, parts):
        """z_j = Σ_i x'_i w'_ij + b'_j of each sum."""
        sums = iter(add_up(self.layer, self._modified(parts), self.weights))
        zs = [tf.add_n([next(sums) for _ in part.pairs]) for part in parts]
        biases = [self.bias(part) for part in parts]
        return [z if b is None else z + b for z, b in zip(zs, biases, strict=True)]

    def sizes(self, part):
        """Σ_i |x'_i w'_ij|, which is zero only where there is nothing to share by."""
        pairs = [(tf.abs(x), _Size(w)) for x, w in self._modified([part])]
        return tf.add_n(add_up(self.layer, pairs, self.weights))

    def concerns(self, part):
        """Which outputs a sum is for, of which z_j tells the sign; None for all."""
        if not part.only:
            return None
        z = self.plain_sum(part)
        return z >= 0 if part.only > 0 else z < 0

    def plain_sum(self, part):
        """Σ_i x_i w_ij, with b_j where the sum counts a bias."""
        [z] = add_up(self.layer, [(self.x, IDENTITY)], self.weights)
        return z if self.bias(part) is None else z + self.b

    def hand_back(self, parts, ss):
        """c_i = Σ_j w'_ij s_j for each sum, a list of one for each of its pairs."""
        pairs = [(s, w) for part, s in zip(parts, ss, strict=True) for _, w in part.pairs]
        cs = iter(hand_back(self.layer, pairs, self.weights, self.x))
        return [[next(cs) for _ in part.pairs] for part in parts]

    def relevance(self, parts, cs):
        """R_i = Σ factor · x'_i c_i: a list, one for each input of the layer."""
        shares = [
            _times(part.factor, self.inputs(x) * c)
            for part, each in zip(parts, cs, strict=True)
            for (x, _), c in zip(part.pairs, each, strict=True)
        ]
        return [tf.add_n(shares)]

    def _modified(self, parts):
        return [(self.inputs(x), w) for part in parts for x, w in part.pairs]


def layer_alone(layer, x):
    """A layer with weights by itself, for inputs `x` (B, …): its context, in float64."""
    x = tf.constant(np.asarray(x, np.float64))
    w, b = (
        None if each is None else tf.constant(np.asarray(each, np.float64))
        for each in (layer.kernel, layer.bias)
    )
    return LayerContext(layer, x, w, b, nonnegative=bool(tf.reduce_all(x >= 0)))


def _times(factor, values):
    return values if isinstance(factor, float) and factor == 1 else factor * values


@dataclass(frozen=True)
class _Size(Modifier):
    of: Modifier

    def __call__(self, values, mask=1.0):
        return tf.abs(self.of(values))


@dataclass(frozen=True)
class AffineContext(LayerContext):
    """A scale and an offset, where `z` is what the forward pass put out.

    So that what is exactly zero there is so here: x can be far larger than z.
    """

    z: Any = None

    def denominators(self, parts):
        return [self.z for _ in parts]


@dataclass(frozen=True)
class AdditionContext(LayerContext):
    """An addition, which is a layer with weights of one: `x` is the list of its terms."""

    def denominators(self, parts):
        return [tf.add_n(self.x) for _ in parts]

    def sizes(self, part):
        return tf.add_n([tf.abs(x) for x in self.x])

    def hand_back(self, parts, ss):
        return [[s] * len(self.x) for s in ss]

    def relevance(self, parts, cs):
        [c] = cs
        return [x * each for x, each in zip(self.x, c, strict=True)]


@dataclass(frozen=True)
class AverageContext(LayerContext):
    """A mean over all places, which is a layer with weights 1/n: `x` is its input."""

    def denominators(self, parts):
        return [self.layer.combine([self.x]) for _ in parts]

    def sizes(self, part):
        return self.layer.combine([tf.abs(self.x)])

    def hand_back(self, parts, ss):
        ones = self.layer.gather(tf.ones_like(self.x[:1]))
        return [[self.layer.spread(s / ones, self.x)] for s in ss]

    def relevance(self, parts, cs):
        [[c]] = cs
        return [self.x * c]


@dataclass(frozen=True)
class ForwardPass:
    """What a forward pass leaves for the backward pass.

    `tensors`: {layer name: (weights, bias)}; `outputs`: {layer name: output}; `z`: {layer name:
    output before its activation} of layers with weights, where these are at hand.
    """

    network: Any
    tensors: dict
    outputs: dict
    z: dict = field(default_factory=dict)

    def inputs(self, layer):
        """What the layer reads, a tensor for each of its inputs."""
        return [self.outputs[source] for source in layer.inputs]

    def mask(self, layer):
        """1 where the layer's first input is a real value, 0 where it is padding."""
        return self.network.padding_mask(layer.inputs[0], self.outputs)

    def nonnegative(self, layer):
        """Whether no input of the layer, and no term of an addition, can be below zero."""
        subtracts = isinstance(layer, Addition) and not layer.keeps_sign
        return not subtracts and all(self.network.nonnegative(name) for name in layer.inputs)

    def context(self, layer):
        """What a rule for weights is applied to in this layer."""
        xs = self.inputs(layer)
        if isinstance(layer, Addition):
            return AdditionContext(layer, layer.terms(xs), None)
        if isinstance(layer, Affine):
            return affine_context(layer, xs[0])
        if isinstance(layer, GlobalAveragePooling):
            return AverageContext(layer, xs[0], None)
        w, b = self.tensors[layer.name]
        return LayerContext(layer, xs[0], w, b, self.mask(layer), self.nonnegative(layer))


def affine_context(layer, x):
    """A scale and an offset as units with one input each, in float64."""
    z = tf.cast(layer.combine([x]), tf.float64)
    w, b = (tf.constant(values, tf.float64) for values in (layer.scale, layer.bias))
    return AffineContext(layer, tf.cast(x, tf.float64), w, b, z=z)
