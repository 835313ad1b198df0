"""A forward pass that makes use of what is at hand: z, products, modified weights."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from ..._support.lazy_tensorflow import tf
from ...networks import blocked_dense
from ...networks.layers import Weighted
from ...networks.modified_products import Weights, add_up, hand_back
from ...networks.modifiers import IDENTITY, MINUS, PLUS
from ...networks.shortcuts import where_any
from ..layer_context import ForwardPass, LayerContext
from .constants import Constants
from .denominators import OWN, is_number, taken_apart, times


@dataclass(frozen=True)
class KeptPass(ForwardPass):
    """A `ForwardPass` with what earlier passes have kept.

    `products`: {layer name: {(modifier of x, modifier of w): Σ_i x'_i w'_ij}} of this picture;
    `constants`: what no picture changes.
    """

    products: dict = field(default_factory=dict)
    constants: Constants = field(default_factory=Constants)

    def context(self, layer):
        return self.of_weights(layer) if isinstance(layer, Weighted) else super().context(layer)

    def of_weights(self, layer) -> "KeptContext":
        """The context of a layer with weights."""
        plain = super().context(layer)
        large = blocked_dense.is_large(layer, plain.w, plain.x)
        keeps = plain.x.shape[1:].is_fully_defined() and not large
        dtype = plain.x.dtype.name
        weights = KeptWeights(self, layer, plain.w, dtype) if keeps else Weights(plain.w)
        return KeptContext(
            layer,
            plain.x,
            weights,
            plain.b,
            plain.mask,
            plain.nonnegative,
            products=self.products.get(layer.name, {}),
            z=self.z.get(layer.name),
            forward=self if keeps else None,
        )

    def own_weights(self, layer, dtype):
        """The layer's weights outside of any compiled call."""
        weights, _ = self.tensors[layer.name]
        return self.network.tensors(dtype, weights.dtype.name)[layer.name][0]


class KeptWeights(Weights):
    """Weights of which what takes long to modify is kept."""

    def __init__(self, forward, layer, w, dtype):
        super().__init__(w)
        self._forward, self._layer, self._dtype = forward, layer, dtype

    def __call__(self, modifier):
        # A type shorter than the values': it takes long to modify, and less memory to keep.
        if modifier == PLUS and self.w.dtype.name != self._dtype:
            return self._kept("plus", modifier)
        return modifier(self.w)

    def flipped(self, layer, modifier, shape):
        if modifier not in (IDENTITY, PLUS) or not layer.flips(shape):
            return None
        if modifier == IDENTITY and tf.executing_eagerly():  # a first answer would wait for it
            return None
        return self._kept(("flipped", modifier), lambda w: layer.flip(modifier(w)))

    def _kept(self, name, change):
        def make():
            with tf.init_scope():
                return change(self._forward.own_weights(self._layer, self._dtype))

        return self._forward.constants((self._layer.name, name, self.w.dtype.name), make)


@dataclass(frozen=True)
class KeptContext(LayerContext):
    """A `LayerContext` that adds up what is not at hand, and no more."""

    products: dict = field(default_factory=dict)
    z: Any = None
    forward: KeptPass | None = None

    def plain_sum(self, part):
        if self.z is None:
            return super().plain_sum(part)
        return self.z if self.b is None or part.bias is not None else self.z - self.b

    def denominators(self, parts):
        wanted = [taken_apart(part) for part in parts]
        products = self.made(pair for terms in wanted for pair in terms)
        return [
            self._denominator(part, terms, products)
            for part, terms in zip(parts, wanted, strict=True)
        ]

    def made(self, pairs):
        """The products of these pairs of modifiers that no z stands for, {pair: product}."""
        pairs, found, missing = dict.fromkeys(pairs), {}, []
        rest = self.z is not None and pairs.keys() >= {OWN, (IDENTITY, PLUS), (IDENTITY, MINUS)}
        for x, w in pairs:
            if (x, w) in self.products:
                found[x, w] = self.products[x, w]
            elif x.constant and self.forward is not None:
                found[x, w] = self._constant(self.forward, x, w)
            elif ((x, w) != OWN or self.z is None) and not (rest and (x, w) == (IDENTITY, MINUS)):
                missing.append((x, w))
        if missing:
            inputs = [(self.inputs(x), w) for x, w in missing]
            found |= zip(missing, add_up(self.layer, inputs, self.weights), strict=True)
        if rest:  # w⁻ = w − w⁺, where γ asks for all three
            own = self.z if self.b is None else self.z - self.b
            found[IDENTITY, MINUS] = own - found[IDENTITY, PLUS]
        return found

    def _denominator(self, part, terms, products):
        """Σ coefficient · product + b', of which z is a part where it is at hand."""
        biases = defaultdict(float)
        if self.b is not None and part.bias is not None:
            biases |= {modifier: factor for factor, modifier in part.bias.parts}
        added = []
        for pair, factor in terms.items():
            if pair in products:
                added.append(times(factor, products[pair]))
            else:
                added.append(times(factor, self.z))
                if self.b is not None:
                    biases[IDENTITY] -= factor
        added += [
            times(factor, modifier(self.b))
            for modifier, factor in biases.items()
            if not is_number(factor, 0)
        ]
        return sum(added[1:], added[0])

    def _constant(self, forward, x, w):
        def make():
            with tf.init_scope():  # outside of the compiled call
                dtype = self.x.dtype.name
                weights = Weights(forward.own_weights(self.layer, dtype))
                zeros = tf.zeros((1, *self.x.shape[1:]), self.x.dtype)
                mask = forward.network.padding_mask(self.layer.inputs[0], forward.outputs)
                alone = LayerContext(self.layer, zeros, weights, mask=mask)
                [product] = add_up(self.layer, [(alone.inputs(x), w)], weights)
                return product

        shape = tuple(self.x.shape[1:])
        key = self.layer.name, x, w, self.x.dtype.name, self.weights.w.dtype.name, shape
        return forward.constants(key, make)

    def hand_back(self, parts, ss):
        """As a `LayerContext`; c of large layers may be 0 where x' is, and is not looked for there.

        Often there is nothing for one of the signs: behind a ReLU no z below zero has relevance.
        """
        if not any(part.only for part in parts):
            return self._handed_back(parts, ss)

        found = []
        for part, s in zip(parts, ss, strict=True):
            rows = tf.concat([tf.shape(s)[:1], tf.shape(self.x)[1:]], 0)
            nothing = [[tf.zeros(rows, self.x.dtype) for _ in part.pairs]]
            [c] = where_any(
                s != 0,
                lambda part=part, s=s: self._handed_back([part], [s]),
                lambda nothing=nothing: nothing,
            )
            found.append(c)
        return found

    def _handed_back(self, parts, ss):
        pairs = [(s, w) for part, s in zip(parts, ss, strict=True) for _, w in part.pairs]
        used = [x for x, _ in self._modified(parts)]
        cs = iter(hand_back(self.layer, pairs, self.weights, self.x, used))
        return [[next(cs) for _ in part.pairs] for part in parts]


def to_keep(context, rule):
    """The products that are worth keeping for the next question about a picture: {pair: …}."""
    pairs = [pair for part in context.sums(rule) for pair in taken_apart(part)]
    known = context.forward is not None  # what no picture changes is kept for all pictures
    kept = [pair for pair in pairs if pair != OWN and not (pair[0].constant and known)]
    return context.made(kept)
