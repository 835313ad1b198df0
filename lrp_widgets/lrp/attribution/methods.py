"""LRP and every other method, called in one way: `method(name)(network, images, targets)`."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from ..._support import checks
from ..composites import InputRule, Rules, assign
from ..explain import explain
from ..rules import Epsilon, Gamma, Rule, Zero
from .asked import Asked
from .covering import occlusion
from .gradients import grad_cam, gradient, gradient_times_input, integrated_gradients, smooth_grad

# The denominators of these can have either sign, so that the logit's sign is part of the share.
SIGNED = (Zero, Epsilon, Gamma)


def lrp(
    network,
    image,
    target=None,
    rules: Rules = "z-plus",
    pooling="avg",
    input_rule: InputRule = "ones",
    epsilon=1e-9,
    dtype="float32",
    through=None,
) -> np.ndarray:
    """Return LRP's map of the pixels for a class's logit, or its size.

    The settings are those of `explain`. Under rules with denominators that are never negative, a
    negative logit merely turns the map over: there it starts with |z_t|. Where the topmost rule for
    weights is LRP-0, ε or γ (`keeps_sign`) it starts with z_t.
    """
    asked = Asked.of(network, image, target, dtype)
    e = explain(
        network,
        np.asarray(image)[None] if asked.single else image,
        rules,
        pooling,
        "logit",
        asked.targets.tolist(),
        input_rule=input_rule,
        epsilon=epsilon,
        dtype=dtype,
        through=through,
    )
    maps = np.asarray(e.pixels)
    if not keeps_sign(assign(network, rules, pooling, input_rule).values()):
        totals = np.reshape(e.totals[network.layers[-1].name], (-1, 1, 1, 1))
        maps = np.where(totals < 0, -maps, maps)
    return maps[0] if asked.single else maps


def keeps_sign(rules):
    """Return whether the topmost of a network's rules shares by contributions of both signs.

    `rules`: those of the layers, input first. Only rules for weights count: under LRP-0, ε and γ
    the last denominator has the logit's own sign, so that a positive share speaks for the class
    whatever the sign; under z⁺ and the like a negative logit turns the whole map over.
    """
    top = next((rule for rule in reversed(list(rules)) if isinstance(rule, Rule)), None)
    return isinstance(top, SIGNED)


def noise(seed=0) -> Callable:
    """Return a method that looks at nothing: Gaussian noise, drawn anew at every call.

    It is the control of measures: whatever noise is good at says nothing about a map.
    """
    random = np.random.default_rng(checks.seed(seed))

    def draw(network, image, target=None, dtype="float32"):
        asked = Asked.of(network, image, target, dtype)
        return asked.answer(random.standard_normal(asked.x.shape).astype(dtype))

    return draw


METHODS = {
    "gradient": gradient,
    "gradient-times-input": gradient_times_input,
    "integrated-gradients": integrated_gradients,
    "smooth-grad": smooth_grad,
    "grad-cam": grad_cam,
    "occlusion": occlusion,
}

# Those that take many passes, and tell a `report` how far they are.
LONG = ("integrated-gradients", "smooth-grad", "occlusion")


def method(of: Any) -> Callable:
    """Return a method as a function of (network, image, target), which gives maps.

    `of`: one of `METHODS`, "noise" (seed 0), or rules as `explain` takes them (a composite, its
    name, a rule, a text); a function of this kind is returned as it is.
    """
    if callable(of) and not isinstance(of, type):
        return of
    known = (METHODS | {"noise": noise()}).get(of) if isinstance(of, str) else None
    rules: Any = of  # `lrp` refuses what is none
    return known or partial(lrp, rules=rules)
