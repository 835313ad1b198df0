"""What denominators consist of, so that no product is computed that is at hand.

A rule's denominators are Σ coefficient · product, with the products Σ_i x'_i w'_ij, once its
modifiers are taken apart: γ is x·w + γ x·w⁺, z^B is x·w − l·w⁺ − h·w⁻. Of these products x·w is the
layer's own z, what has no x in it no picture changes, and none depends on a live parameter. So ε
and z^B cost no convolution, z⁺ and γ one.
"""

from functools import lru_cache

from ..._support.lazy_tensorflow import tf
from ...networks.modifiers import IDENTITY, MINUS, PLUS

OWN = IDENTITY, IDENTITY  # the product that is the layer's own z, but for its bias


def taken_apart(part):
    """A sum as {(modifier of x, modifier of w): coefficient}."""
    terms = {}
    for x_modifier, w_modifier in part.pairs:
        for of_x, x in x_modifier.parts:
            for of_w, w in w_modifier.parts:
                coefficient = of_x * of_w
                terms[x, w] = terms[x, w] + coefficient if (x, w) in terms else coefficient
    for x, w in list(terms):  # v⁺ + v⁻ = v, for w and for x
        if w == PLUS:
            _joined(terms, (x, PLUS), (x, MINUS), (x, IDENTITY))
    for x, w in list(terms):
        if x == PLUS:
            _joined(terms, (PLUS, w), (MINUS, w), (IDENTITY, w))
    return terms


def _joined(terms, first, second, both):
    if first in terms and second in terms and is_number(terms[first], terms[second]):
        terms[both] = terms.pop(first)
        del terms[second]


@lru_cache(256)
def takes_z(rule):
    """Whether a rule's denominators take the layer's z of the forward pass."""
    return any(part.only or OWN in taken_apart(part) for part in rule.sums)


def times(factor, values):
    """factor · values, as they are for 1."""
    return values if is_number(factor, 1) else factor * values


def is_number(factor, number):
    """Whether a factor, which may be a tensor, is that plain number."""
    return not tf.is_tensor(factor) and not tf.is_tensor(number) and factor == number
