"""One picture's map by a method that is not LRP, with what is to be said of it."""

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from ..._support import checks
from ...networks.inputs import network_input
from ..layer_result import ABSORBED, LayerResult
from . import scoring
from .asked import Asked
from .methods import LONG, METHODS
from .patches import suiting_width


@dataclass(frozen=True, eq=False)
class MethodMap:
    """A map of the pixels by another method, to be held against an explanation.

    `method`: one of `METHODS`; `layers`: the input alone, for there are no others to step through,
    and no ledger; `picture`: as shown, uint8, None where the input was a float array;
    `target_index`: the class whose logit is explained; `score`: that logit, z_t(x). `baseline`:
    z_t(x') of the baseline of integrated gradients, whose map adds up to `score` − `baseline`, up
    to the error of its sum; None for the others, which add up to nothing in particular.
    `settings`: what the method was asked otherwise than by default.
    """

    method: str
    network: Any
    layers: list[LayerResult]
    picture: np.ndarray | None
    target_index: int
    score: float
    baseline: float | None
    settings: dict

    start = "logit"  # what every method explains

    @property
    def pixels(self) -> np.ndarray:
        """The map, signed: (H, W, C) in RGB order, or (H, W, 1)."""
        return self.layers[0].relevance

    @property
    def total(self) -> float:
        """The sum of the map."""
        return self.layers[0].total

    @property
    def target(self) -> str:
        """The name of the class explained."""
        return self.network.class_names[self.target_index]

    def heatmap(self, channels: str = "gray") -> np.ndarray:
        """The map as `Explanation.heatmap` has it: "gray" (H, W), summed, or "rgb" (H, W, C)."""
        channels = checks.choice("channels", channels, ("gray", "rgb"))
        if channels == "rgb":
            return self.pixels
        return self.pixels.sum(-1, dtype=np.float64).astype(self.pixels.dtype)


def map_of(name, network, image, target=None, report=None) -> MethodMap:
    """Return a picture's map by one of `METHODS`, for a class's logit, as a `MethodMap`.

        Compare(explain(network, image), attribution.map_of("occlusion", network, image))

    The method's settings are its defaults; occlusion's patches are 8 pixels wide for pictures of
    up to 128 pixels, else 16. `report(done, count)` is told after each batch of what takes many
    passes (integrated gradients, SmoothGrad, occlusion); what it raises ends the run.
    Raises ValueError, in one sentence, for several pictures, and for what does not fit.
    """
    name = checks.choice("A method", name, tuple(METHODS))
    report = checks.function("report", report)
    asked = Asked.of(network, image, target)
    if not asked.single:
        raise ValueError(f"A map is of one picture; got {len(asked.x)}.")
    number = int(asked.targets[0])
    settings = {"patch": suiting_width(*asked.x.shape[1:3])} if name == "occlusion" else {}
    ask = partial(METHODS[name], **settings)
    if name in LONG:
        ask = partial(ask, report=report)
    found = ask(network, image, number)
    starts = [asked.x[0]]
    if name == "integrated-gradients":
        starts.append(asked.replacements("black")[0])
    scores = scoring.run(network, scoring.logit, starts, [number] * len(starts)).tolist()
    _, pictures, _ = network_input(network, image)
    return MethodMap(
        method=name,
        network=network,
        layers=[_input_layer(network, asked.x[0], found)],
        picture=None if pictures is None else pictures[0],
        target_index=number,
        score=scores[0],
        baseline=scores[1] if len(scores) > 1 else None,
        settings=settings,
    )


def _input_layer(network, x, found):
    """The map as an explanation's input would have it."""
    return LayerResult(
        name=network.layers[0].name,
        kind="input",
        kind_text="input",
        rule=None,
        equation="",
        shape=found.shape,
        activation=x,
        relevance=found,
        total=float(found.sum(dtype=np.float64)),
        absorbed=dict.fromkeys((*ABSORBED, "rounding"), 0.0),
    )
