"""How alike the backward passes of two classes are, layer by layer."""

import numpy as np

from ...networks.inputs import check_network
from ..attribution.methods import keeps_sign
from ..composites import InputRule, Rules, assign
from ..explain import explain
from ..targets import class_index


def class_cosines(
    network,
    image,
    target,
    other,
    rules: Rules = "z-plus",
    pooling="avg",
    input_rule: InputRule = "ones",
    dtype="float64",
    through=None,
) -> dict[str, float]:
    """Return the cosine of two classes' relevance at every layer: {layer: number}, input first.

    cos = Σ_i R_i Q_i / (‖R‖ ‖Q‖), R and Q the relevance of the layer's units for the classes
    `target` and `other`. At the output, where each class starts alone, it is 0. Where it is 1
    below, both classes have one map up to a factor, and the map cannot tell them apart.

    Theorem (after Sixt et al. 2020, "When Explanations Lie"): products of non-negative matrices
    whose entries stay within a fixed ratio of each other approach rank 1, so that under z⁺ the
    cosine tends to 1, though not at every step; zeros (ReLU, local windows) can prevent it. Under
    LRP-0 it need not, but narrow signed chains reach |cos| = 1 as well: compare networks of the
    same widths.

    The starts are the logits, or their sizes under rules whose denominators are never negative
    (`attribution.lrp`). `through`: the channels that are followed, as in `explain`. NaN where a
    layer has no relevance. Raises ValueError for two equal classes and whatever `explain` refuses.
    """
    check_network(network)
    pair = [class_index(network, each) for each in (target, other)]
    if pair[0] == pair[1]:
        raise ValueError("Two classes are compared; target and other are the same.")
    image = np.asarray(image)
    twice = np.stack([image, image])
    asked = {"input_rule": input_rule, "dtype": dtype, "through": through}
    e = explain(network, twice, rules, pooling, "logit", pair, **asked)
    sign = 1.0
    if not keeps_sign(assign(network, rules, pooling, input_rule).values()):
        sign = float(np.prod(np.sign(e.totals[network.layers[-1].name])))
    return {layer.name: sign * _cosine(*e[layer.name].relevance) for layer in network.layers}


def _cosine(a, b):
    a, b = (np.ravel(each).astype(np.float64) for each in (a, b))
    sizes = np.linalg.norm(a) * np.linalg.norm(b)
    return float(a @ b / sizes) if sizes else float("nan")
