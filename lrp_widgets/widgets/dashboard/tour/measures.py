"""What the guided tour measures on the explanation that is on the screen."""

from dataclasses import dataclass, field

import numpy as np

from ....lrp.channels import is_vector, summed
from ....lrp.layer_result import ABSORBED
from ....media.images import is_scene, scene_mask


@dataclass(frozen=True)
class Moment:
    """What is on the screen, and what was there before the learner did something.

    `explanation`; `layer`, `quantity` and `view` of the stepper; `unit`, under the microscope, {}
    for none; `picture`, a sample's name or "". `before` is the explanation that the page began
    with, `opened` the unit that it opened, and `last` the unit looked at before this one.
    `judged` is what "Judge" shows, as `JudgePage.shown` says it, {} where it shows no curves.
    """

    explanation: object
    layer: str
    quantity: str = "relevance"
    view: str = "gray"
    unit: dict = field(default_factory=dict)
    picture: str = ""
    before: object = None
    opened: dict = field(default_factory=dict)
    last: dict = field(default_factory=dict)
    judged: dict = field(default_factory=dict)

    @property
    def entry(self):
        """The layer on the screen."""
        return self.explanation[self.layer]

    @property
    def names(self):
        """The layers from input to output."""
        return list(self.explanation.totals)

    @property
    def below(self):
        """The layer that hands nothing but what the layer on the screen hands to it."""
        return self.explanation.layers[max(0, self.names.index(self.layer) - 1)]


def first_map(e):
    """The name of the layer nearest to the output whose units have places."""
    return next(layer.name for layer in reversed(e.layers) if not is_vector(layer.shape))


def strongest_cell(entry):
    """Where the layer's map received most, (row, column) or (unit,), and how much it did."""
    held = summed(entry.relevance)
    return tuple(map(int, np.unravel_index(held.argmax(), held.shape))), float(held.max())


def strongest_unit(entry):
    """The index of the unit that received most."""
    return tuple(map(int, np.unravel_index(entry.relevance.argmax(), entry.shape)))


def object_shares(e, picture):
    """The object's share of the pixels and of the relevance; None where no object is known."""
    if not is_scene(picture):
        return None
    mask, held = scene_mask(picture), e.heatmap("gray").astype(np.float64)
    return float(mask.mean()), float(held[mask].sum() / held.sum())


def colour_shares(e):
    """Each colour channel's share of the relevance at the input."""
    held = e.pixels.sum(axis=(0, 1), dtype=np.float64)
    return (held / held.sum()).tolist()


def losses(e):
    """What all layers together absorbed, as shares of the initial relevance: {"bias": …, …}."""
    return {
        kind: sum(abs(layer.absorbed[kind]) for layer in e.layers) / abs(e.start_total)
        for kind in ABSORBED
        if kind != "set aside"
    }
