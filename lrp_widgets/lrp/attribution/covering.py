"""Occlusion: what a class loses when a part of the picture is covered."""

from functools import partial

import numpy as np

from ..._support import checks
from . import scoring
from .asked import Asked
from .patches import patches


def occlusion(
    network, image, target=None, patch=8, baseline="mean", seed=0, dtype="float32", report=None
) -> np.ndarray:
    """Return what the logit loses where a patch is replaced: R_i = z_t(x) − z_t(x without patch).

    Every pixel of a patch carries the patch's whole loss, (H, W, 1), as in Captum; patches do not
    overlap. `baseline`, `seed`: see `replacement`. Nothing but forward passes are asked for, one a
    patch. `report(done, count)` is told after each batch of them; what it raises ends the run.
    Source: Zeiler and Fergus 2014, "Visualizing and Understanding Convolutional Networks", who
    slide a gray square over the picture.
    """
    report = checks.function("report", report)
    asked = Asked.of(network, image, target, dtype)
    maps = np.zeros((*asked.x.shape[:3], 1), dtype)
    height, width = asked.x.shape[1:3]
    places = patches(height, width, patch)
    looks = 1 + len(places)  # at each picture
    rows = zip(maps, asked.x, asked.replacements(baseline, seed), asked.targets, strict=True)
    for number, (found, x, start, t) in enumerate(rows):
        covered = (_covered(x, start, place) for place in [None, *places])
        tell = report and partial(_tell, report, number * looks, len(maps) * looks)
        z = scoring.run(network, scoring.logit, covered, [t] * looks, tell)
        for place, left in zip(places, z[1:], strict=True):
            found[place] = z[0] - left
    return asked.answer(maps)


def _tell(report, before, count, done):
    report(before + done, count)


def _covered(x, start, place):
    """The picture with a patch replaced; None is the picture as it is."""
    x = x.copy()
    if place is not None:
        x[place] = start[place]
    return x
