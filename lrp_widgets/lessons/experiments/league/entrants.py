"""What takes part in the league: LRP's composites, the other methods, and three controls."""

from functools import partial

import numpy as np

from ....lrp import attribution
from ....lrp.composites import COMPOSITES
from ....lrp.rules import Zero
from .cases import patch_of


def _occlusion(network, images, target=None):
    """Occlusion by patches of the width that perturbation takes."""
    patch = patch_of(np.shape(images)[-3])
    return attribution.occlusion(network, images, target, patch=patch)


OTHERS = {
    "gradient": attribution.gradient,
    "gradient-times-input": attribution.gradient_times_input,
    "integrated-gradients": partial(attribution.integrated_gradients, steps=16),
    "smooth-grad": partial(attribution.smooth_grad, samples=10),
    "grad-cam": attribution.grad_cam,
    "occlusion": _occlusion,
}
LRP = {"LRP-0": partial(attribution.lrp, rules=Zero(), input_rule=None)}
LRP |= {name: attribution.method(name) for name in COMPOSITES}
METHODS = LRP | OTHERS

# What every measure is held against: a map that knows nothing, one that says nothing, the object.
CONTROLS = ("noise", "constant", "mask")
# Those that do not ask the network at all: nothing changes when the network does.
WITHOUT_NETWORK = ("constant", "mask")
ROWS = (*METHODS, *CONTROLS)


def method_of(name, cases=(), seed=0):
    """Return one of `ROWS` as `attribution.method` takes it; the mask's is of these cases only."""
    if name == "noise":
        return attribution.noise(seed)
    if name == "mask":
        return lambda *_: np.stack([each.mask for each in cases])[..., None].astype(float)
    if name == "constant":
        return lambda *_: np.ones((len(cases), *cases[0].image.shape[:2], 1))
    return METHODS[name]
