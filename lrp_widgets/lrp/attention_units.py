"""The arithmetic of one unit of attention: the terms that it adds up, and what of R each gets.

Each is written as a unit with weights: the weight of a product's factor is the other factor, that
of a softmax's score is δ_ij − s_i, that of a LayerNorm's input is (δ_ij − 1/n) γ_j / σ.
"""

from typing import NamedTuple

import numpy as np

from ..networks.attention import Product, Softmax
from ..networks.attention_places import along, terms_read
from .operation_rules import Halves


class UnitTerms(NamedTuple):
    """One unit's terms: `places`, `x` and `w` for each input of the layer, and its numbers.

    `products`: of all inputs, one after the other; z + bias + stabilizer is the denominator.
    """

    places: list[np.ndarray]
    x: list[np.ndarray]
    w: list[np.ndarray]
    products: np.ndarray
    z: float
    bias: float
    stabilizer: float


def unit_terms(layer, rule, shapes, index, values) -> UnitTerms:
    """The terms of a unit under an `OperationRule`; `values(source)`: a layer's activation."""
    if isinstance(layer, Product):
        return _of_product(layer, rule, shapes, index, values)
    return (_of_softmax if isinstance(layer, Softmax) else _of_norm)(layer, rule, index, values)


def _of_product(layer, rule, shapes, index, values):
    places = terms_read(layer, shapes, index)
    x = [
        np.asarray(values(source), np.float64)[tuple(at.T)]
        for source, at in zip(layer.inputs, places, strict=True)
    ]
    terms = layer.factor * x[0] * x[1]
    halves = isinstance(rule, Halves)
    z = float(terms.sum()) * (2 if halves else 1)
    products = np.concatenate([terms if halves else 0 * terms, terms])
    w = [layer.factor * x[1], layer.factor * x[0]]
    return UnitTerms(places, x, w, products, z, 0.0, _signed(rule.epsilon, z))


def _of_softmax(layer, rule, index, values):
    whole = np.asarray(values(layer.inputs[0]), np.float64)
    places = along(layer, whole.shape, index)
    x, seen = whole[tuple(places.T)], np.ones(len(places), bool)
    if layer.mask is not None:
        seen = np.broadcast_to(layer.mask, whole.shape)[tuple(places.T)]
    x = np.where(seen, x, 0.0)
    powers = np.where(seen, np.exp(x - x[seen].max()), 0.0)
    w = (places == index).all(1) - powers / powers.sum()
    z = float(x @ w)
    return UnitTerms([places], [x], [w], x * w, z, 1 - z, 0.0)


def _of_norm(layer, rule, index, values):
    whole = np.asarray(values(layer.inputs[0]), np.float64)
    places = along(layer, whole.shape, index)
    x, here = whole[tuple(places.T)], (places == index).all(1)
    gamma, beta = (
        float(np.broadcast_to(each, whole.shape)[index]) for each in (layer.scale, layer.offset)
    )
    w = (here - 1 / len(x)) * gamma / np.sqrt(x.var() + layer.epsilon)
    z = float(x @ w)
    return UnitTerms([places], [x], [w], x * w, z, beta, _signed(rule.epsilon, z + beta))


def _signed(epsilon, z):
    return float(epsilon if z >= 0 else -epsilon)
