"""Whether a map stays as it is when the picture hardly changes, the explained class fixed.

n pictures are drawn evenly within ±radius of the picture's values, in the network's input.
"""

import numpy as np

from ..._support import checks
from ..attribution.asked import MOST_PASSES, Asked
from .asking import maps_of

# How far values move unless told: this share of the picture's range, max x − min x.
RADIUS = 0.02


def max_sensitivity(
    network, image, method="z-plus", radius=None, samples=10, target=None, seed=0
) -> float:
    """Return the largest change of a map: max_k ‖R(x_k) − R(x)‖ / ‖R(x)‖, from 0 on.

    x_k: `samples` pictures within ±`radius` of x, by default 2 % of the picture's range. `method`:
    see `attribution.method`. NaN for a map of zeros. Source: Yeh et al. 2019, "On the (In)fidelity
    and Sensitivity of Explanations", equation 4, who do not divide; Quantus divides by ‖x‖, so that
    a map of small numbers looks stable.
    """
    moved, size, _ = _changes(network, image, method, radius, samples, target, seed)
    return float((moved / size).max()) if size else float("nan")


def local_lipschitz(
    network, image, method="z-plus", radius=None, samples=10, target=None, seed=0
) -> float:
    """Return the largest slope of a map: max_k ‖R(x_k) − R(x)‖ / ‖x_k − x‖, from 0 on.

    Arguments as in `max_sensitivity`. It has the units of R per x: only maps of one network and
    start can be compared. Source: Alvarez-Melis and Jaakkola 2018, "On the Robustness of
    Interpretability Methods", equation 2.
    """
    moved, _, distance = _changes(network, image, method, radius, samples, target, seed)
    return float((moved / distance).max())


def _changes(network, image, method, radius, samples, target, seed):
    """‖R(x_k) − R(x)‖, ‖R(x)‖ and ‖x_k − x‖."""
    asked = Asked.of(network, image, target)
    if not asked.single:
        raise ValueError(f"The stability of one picture is measured; got {len(asked.x)}.")
    samples = checks.whole_number("samples", samples, 1, MOST_PASSES)
    x = asked.x[0]
    radius = RADIUS * float(np.ptp(x)) if radius is None else radius
    radius = checks.number("radius", radius, above=0)
    noise = np.random.default_rng(checks.seed(seed)).uniform(-radius, radius, (samples, *x.shape))
    near = (x + noise).astype(x.dtype)
    maps = maps_of(network, np.concatenate([x[None], near]), method, asked.targets[0])
    moved, distance = (
        np.linalg.norm(np.reshape(each, (samples, -1)).astype(np.float64), axis=1)
        for each in (maps[1:] - maps[0], near - x)
    )
    return moved, float(np.linalg.norm(maps[0])), distance
