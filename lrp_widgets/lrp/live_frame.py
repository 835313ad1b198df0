"""What a moving picture needs of an explanation, frame by frame, and no more."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from .._support import checks, colors
from .._support.lazy_tensorflow import tf
from ..networks.inputs import check_network, network_input
from ..networks.precision import products_type
from . import targets
from .composites import choose
from .question import Question

# How strongly relevance covers a moving picture; the post's choice.
STRENGTH = 0.9

# How much of the way to a frame's own limits the colour scale goes at once: a scale that followed
# every frame fully would flicker.
FOLLOWING = 0.25


@dataclass(frozen=True, eq=False)
class LiveFrame:
    """What a network says about one frame: `relevance` of its pixels, and every class's `scores`.

    `relevance`: float32 (H, W) summed over channels, or (H, W, 3); `scores`: (classes,),
    probabilities where the network ends with a softmax.
    """

    network: Any
    relevance: np.ndarray
    scores: np.ndarray

    def top(self, count=4):
        """[(class name, score), …] of the highest scores, best first."""
        names = self.network.class_names
        order = np.argsort(-self.scores, kind="stable")[:count]
        return [(names[k], float(self.scores[k])) for k in order]


def explain_frame(network, frame, channels="gray", precision="exact", **question):
    """Return the `LiveFrame` of a frame: `explain(network, frame, …).heatmap(channels)`, quickly.

    frame: uint8 (H, W, C) of the network's size. channels: "gray" or "rgb". precision: "exact", or
    "live" for large convolutions in bfloat16 where the hardware has it (`precision.live_type`):
    under z⁺ totals are within 1 % of the exact ones, under rules whose terms cancel not always. The
    other arguments are those of a `Question`. Only the map and the scores leave TensorFlow. From a
    few frames on it is compiled, once for each set of rules, kind of start and channels, and quick.
    Raises ValueError, in one sentence, for what does not fit.
    """
    from .engine.runner import runner_of

    check_network(network)
    channels = checks.choice("channels", channels, tuple(WANTED))
    products, question = products_type(precision), Question(**question)
    x, _, single = network_input(network, frame)
    if not single or x.ndim != 4:
        raise ValueError("A frame is one picture, (height, width, channels).")
    runner, chosen = runner_of(network), choose(network, question.rules)
    rules = runner.rules(chosen, question.pooling, question.input_rule)
    start, path = targets.initial_relevance(question, network, 1), runner.path(question.through)
    relevance, scores = runner.map_alone(
        (x, products), start, rules, question.epsilon, WANTED[channels], path
    )
    relevance, scores = relevance.numpy()[0], scores.numpy()[0]
    if not (np.isfinite(relevance).all() and np.isfinite(scores).all()):
        raise ValueError("This frame's relevance is too large to be a number here.")
    return LiveFrame(network, relevance, scores)


def _in_colors(network, outputs, relevances):
    """The relevance of the pixels, red first, and the last layer's output."""
    relevance = relevances[network.layers[0].name]
    return relevance, outputs[network.layers[-1].name]


def _in_gray(network, outputs, relevances):
    relevance, scores = _in_colors(network, outputs, relevances)
    return tf.reduce_sum(relevance, -1), scores


WANTED = {"gray": _in_gray, "rgb": _in_colors}


class SteadyLimits:
    """The limits of a moving map's colours: they follow the frames' own calmly.

        limits = SteadyLimits()
        colors.to_rgb(frame.relevance, limits(frame.relevance))

    Symmetric about zero: ± the 99.5th percentile of the first frame's |R|; after that
    l ← l + 0.25 · (own − l).
    """

    def __init__(self):
        self._limit = None

    def __call__(self, relevance):
        """The `colors.Limits` for this frame's relevance, any shape."""
        own = colors.find_limits(relevance).high
        before = own if self._limit is None else self._limit
        self._limit = before + FOLLOWING * (own - before)
        clipped = float(np.mean(np.abs(relevance) > self._limit))
        return colors.Limits(-self._limit, self._limit, clipped)


def square(frame):
    """Return the largest square in the middle of a frame (H, W, …)."""
    side = min(frame.shape[:2])
    top, left = ((length - side) // 2 for length in frame.shape[:2])
    return frame[top : top + side, left : left + side]
