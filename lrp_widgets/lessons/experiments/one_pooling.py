"""A pooling layer by itself, small enough to draw: what every window hands to every cell."""

from dataclasses import dataclass

import numpy as np

from ..._support.lazy_tensorflow import tf


@dataclass(frozen=True)
class WindowFlows:
    """What the windows of a pooling layer hand out, in row-major order of the windows.

    `flows` (windows, H, W): what each window hands to each cell; `dead` (windows,): what it could
    hand to nobody; `relevance` (H, W): what each cell receives in all. Float64.
    """

    flows: np.ndarray
    dead: np.ndarray

    @property
    def relevance(self):
        return self.flows.sum(0)


def share_windows(x, R, size=2, stride=2, pooling="avg"):
    """Share the relevance R (h, w) of windows over x (H, W): their `WindowFlows`.

        share_windows([[1, 3], [0, 0]], [[1]]).relevance                    # [[.25, .75], [0, 0]]
        share_windows([[1, 3], [0, 0]], [[1]], pooling="max").relevance     # [[0, 1], [0, 0]]

    `pooling` "avg" is proportional, R_i = x⁺_i / Σ x⁺ · R_j; "max" winner-take-all. The windows
    have `size`×`size` cells and move by `stride`, without padding. What shares is the code of
    `explain`. Raises ValueError where R does not have one entry a window.
    """
    from ...lrp.pooling import share_by_strength
    from ...networks.layers import MaxPooling

    x, R = np.asarray(x, np.float64), np.asarray(R, np.float64)
    shape = tuple((side - size) // stride + 1 for side in x.shape)
    if R.shape != shape:
        raise ValueError(
            f"There are {'×'.join(map(str, shape))} windows; R has {'×'.join(map(str, R.shape))}."
        )
    if pooling not in ("avg", "max"):
        raise ValueError(f'pooling must be "avg" or "max"; got {pooling!r}.')
    layer = MaxPooling(name="pool", size=(size, size), strides=(stride, stride))
    # One picture of a batch for each window, in which that window alone has relevance.
    alone = tf.constant((np.eye(R.size) * R.ravel()).reshape(R.size, *shape, 1))
    pictures = tf.constant(np.broadcast_to(x[..., None], (R.size, *x.shape, 1)))
    if pooling == "max":
        return WindowFlows(layer.hand_to_winners(alone, pictures).numpy()[..., 0], np.zeros(R.size))
    (share,), dead = share_by_strength(layer, [pictures], alone)
    return WindowFlows(share.numpy()[..., 0], dead.numpy().sum((1, 2, 3)))
