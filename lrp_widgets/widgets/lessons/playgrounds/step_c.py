"""Step c of a convolution in three ways: transposed, and as a gradient with s held or not."""

import numpy as np

from ...._support.number_words import number
from ....lessons.experiments import loaded
from .composite_maps import PICTURES
from .side_by_side import SideBySide, in_decimals

WAYS = {
    "c": "c, transposed",
    "held": "gradient, s held constant",
    "through": "gradient, s not held",
}


class StepC(SideBySide):
    """The maps of step c at one of mini-vgg's convolutions, channels summed, and what they hand on.

        StepC(layer="block2_conv2", picture="star")

    What is computed: see `gradient_trick.step_c`.
    """

    def __init__(self, layer="block2_conv2", picture="star"):
        layers = [each.name for each in loaded.network().weighted if each.kind == "convolution"]
        super().__init__(
            [
                {"name": "layer", "label": "Layer", "options": layers},
                {"name": "picture", "label": "Picture", "options": list(PICTURES)},
            ],
            layer=layer,
            picture=picture,
        )

    def work_out(self, chosen):
        from ....lessons.experiments.gradient_trick import step_c

        picture = chosen["picture"]
        found = step_c(loaded.explained(picture), chosen["layer"])
        arrays = [getattr(found, way) for way in WAYS]
        c = np.abs(found.c).max()
        largest = [np.abs(each).max() for each in arrays]
        apart = [np.abs(each - found.c).max() / c for each in arrays]
        self.show(
            loaded.image(picture),
            {name: each.sum(-1) for name, each in zip(WAYS.values(), arrays, strict=True)},
            [
                ("largest value, channel by channel", [*map(number, largest)]),
                ("largest difference from c, in units of c’s largest", [*map(number, apart)]),
                ("ΣR handed down, Σ x · c", [in_decimals((found.x * a).sum(), 4) for a in arrays]),
            ],
        )
