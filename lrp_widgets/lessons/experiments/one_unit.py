"""One unit by itself under any rule: who gets what, what is absorbed, and how firmly it stands."""

from dataclasses import dataclass

import numpy as np

from ..._support.lazy_tensorflow import tf
from ...lrp.metrics import change

# How many times the inputs are shaken to see what a rule makes of noise, and by how much.
SHAKES = 64
NOISE = 0.01
_SEED = 10


@dataclass(frozen=True)
class Shared:
    """How one unit's relevance was shared: `relevance` (n,) of its inputs, and three entries.

    `change`: what `NOISE` in the inputs changes of it, the mean of Σ|R'_i − R_i| / Σ|R_i|; NaN
    where the inputs get nothing.
    """

    relevance: np.ndarray
    bias: float
    stabilizer: float
    dead: float
    change: float

    @property
    def gross(self):
        """Σ|R_i|: how much is moved, whatever its sign."""
        return float(np.abs(self.relevance).sum())


def share_unit(rule, x, w, b=0.0, R=1.0, epsilon=1e-9):
    """Share the relevance R of a unit Σ x_i w_i + b by a rule: `Shared`.

        share_unit(Zero(), [2, 1], [1, -1.5]).relevance     # array([ 4., -3.])

    The rule object is the one that `explain` uses. Raises ValueError where x and w differ in
    length.
    """
    from ...lrp.layer_context import layer_alone
    from ...networks.layers import Dense

    x, w = np.asarray(x, np.float64), np.asarray(w, np.float64)
    if x.shape != w.shape or x.ndim != 1:
        raise ValueError(f"A unit needs a weight for each input; got {w.size} for {x.size}.")
    unit = Dense(name="unit", kernel=w[:, None], bias=np.array([float(b)]))
    return _shared(rule, layer_alone(unit, _shaken(x)), R, epsilon)


def share_addition(rule, x, R=1.0, epsilon=1e-9):
    """Share the relevance R of an addition Σ x_i by a rule, as `explain` does: `Shared`.

    `rule`: LRP-0 or ε, which share by the signed values, or `Proportional`, by what is above
    zero. Raises ValueError for another rule.
    """
    from ...lrp.layer_context import AdditionContext
    from ...lrp.pooling import share_by_strength
    from ...lrp.rules import Epsilon, Proportional, Zero
    from ...networks.layers import Addition

    xs = [tf.constant(column[:, None]) for column in _shaken(np.asarray(x, np.float64)).T]
    addition = Addition(name="addition")
    if isinstance(rule, Zero | Epsilon):
        return _shared(rule, AdditionContext(addition, xs, None), R, epsilon)
    if not isinstance(rule, Proportional):
        raise ValueError(f"An addition is shared by LRP-0, ε or in proportion, not by {rule.name}.")
    shares, dead = share_by_strength(addition, xs, np.full((SHAKES + 1, 1), float(R)))
    return _told(shares, (0.0, 0.0, dead[:, 0]))


def _shaken(x):
    """x, and below it x with noise: (1 + SHAKES, n). No value gets the other sign."""
    noise = np.random.default_rng(_SEED).standard_normal((SHAKES, len(x)))
    return np.concatenate([x[None], x * (1 + NOISE * noise)])


def _shared(rule, context, R, epsilon):
    from ...lrp.propagation import step

    taken = step(rule, context, np.full((SHAKES + 1, 1), float(R)), epsilon)
    return _told(taken.relevance, taken.absorbed[:3])  # of one unit, nothing is padding


def _told(shares, absorbed):
    relevance = np.concatenate(shares, 1)
    entries = (float(np.broadcast_to(entry, len(relevance))[0]) for entry in absorbed)
    return Shared(relevance[0], *entries, change(relevance[0], relevance[1:]))
