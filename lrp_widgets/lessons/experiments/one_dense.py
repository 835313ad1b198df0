"""A dense layer by itself, small enough to draw: what flows along each of its edges."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Flows:
    """Relevance on every edge of a dense layer; n inputs, m outputs, all float64.

    `contributions`, `relevance_of_edges` (n, m): what the rule counts of input i for output j,
    and the relevance R_{i←j} that flows there; `z`, `stabilizer`, `s` (m,), summed over the
    rule's sums (each with its factor for s); `c`, `relevance` (n,); `absorbed` {entry: (m,)}.
    """

    contributions: np.ndarray
    relevance_of_edges: np.ndarray
    z: np.ndarray
    s: np.ndarray
    c: np.ndarray
    relevance: np.ndarray
    absorbed: dict


def flows(rule, x, W, R, b=None, epsilon=1e-9):
    """Share the outputs' relevance R (m,) of a dense layer by a rule: its `Flows`.

        flows(ZPlus(), [1, 2], [[1, -2], [-1, 3]], [1, 2]).relevance    # array([1., 2.])

    R_{i←j} = contribution of i to j / denominator of j · R_j. `W[i, j]` leads from input i to
    output j; `b` (m,) is the bias. The rule object is the one that `explain` uses.
    Raises ValueError where shapes do not fit.
    """
    from ...lrp.absorbed import absorbed_by_unit
    from ...lrp.layer_context import layer_alone
    from ...lrp.propagation import step
    from ...networks.layers import Dense

    x, W, R = (np.asarray(each, np.float64) for each in (x, W, R))
    if W.shape != (*x.shape, *R.shape) or x.ndim != 1:
        raise ValueError(
            f"W must have a row for each input and a column for each output, "
            f"{x.size}×{R.size}, not {'×'.join(map(str, W.shape))}."
        )
    context = layer_alone(Dense(name="dense", kernel=W, bias=b), x[None])
    taken = step(rule, context, R[None], epsilon)
    contributions, edges, c = np.zeros(W.shape), np.zeros(W.shape), np.zeros(len(x))
    z, s, absorbed = np.zeros(len(R)), np.zeros(len(R)), np.zeros((3, len(R)))
    for divided, cs in zip(taken.divided, taken.c, strict=True):
        factor = divided.part.factor
        shared = factor * divided.s.numpy()[0]
        for (inputs, weights), each in zip(context.pairs(divided.part), cs, strict=True):
            products = inputs.numpy()[0][:, None] * weights.numpy()
            contributions += products
            edges += products * shared
            c += factor * each.numpy()[0]
        z += divided.z(context).numpy()[0]
        s += shared
        entries = absorbed_by_unit(divided, context)
        absorbed += [factor * np.ravel(np.broadcast_to(each, (1, len(R)))) for each in entries]
    entries = dict(zip(("bias", "stabilizer", "dead"), absorbed, strict=True))
    return Flows(contributions, edges, z, s, c, edges.sum(1), entries)
