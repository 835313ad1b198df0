"""A layer's two products with weights that a rule has modified.

    add_up      z_j = Σ_i x_i w'_ij
    hand_back   c_i = Σ_j w'_ij s_j

Large dense layers go in blocks of rows, so that w' is never whole in memory; only this module
knows. Several products are asked for at once, so that each block is fetched once for all.
"""

from . import blocked_dense
from .modifiers import IDENTITY, ONES


class Weights:
    """The weights of a layer, as `weights(modifier)`; others may keep what they have made."""

    def __init__(self, w):
        self.w = w

    def __call__(self, modifier):
        return modifier(self.w)

    def flipped(self, layer, modifier, shape):
        """The modified kernel flipped for `transpose_flipped`, None where it is not at hand."""
        return None


def add_up(layer, pairs, weights):
    """[z] for `pairs` of inputs and a modifier of the weights, [(x, modifier), …]."""
    if _in_blocks(layer, pairs, weights):
        return blocked_dense.add_up(layer, pairs, weights.w)
    return [layer.linear(x, weights(modifier)) for x, modifier in pairs]


def hand_back(layer, pairs, weights, like, used=None):
    """[c] for `pairs` of outputs and a modifier of the weights, [(s, modifier), …].

    `like`: the layer's inputs. `used`: inputs (B, …) of which none but those that are not zero in
    some picture matter; c may be 0 at the others.
    """
    if _in_blocks(layer, pairs, weights):
        return blocked_dense.hand_back(layer, pairs, weights.w, used)
    return [_hand_back(layer, s, modifier, weights, like) for s, modifier in pairs]


def _in_blocks(layer, pairs, weights):
    changed = any(modifier != IDENTITY for _, modifier in pairs)
    return changed and blocked_dense.is_large(layer, weights.w, pairs[0][0])


def _hand_back(layer, s, modifier, weights, like):
    if modifier == ONES:
        return layer.spread_evenly(s, like)
    flipped = weights.flipped(layer, modifier, like.shape)
    if flipped is not None:
        return layer.transpose_flipped(s, flipped)
    return layer.transpose(s, weights(modifier), like)
