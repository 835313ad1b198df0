"""What a picture's brightness does to its map, with x = 1 at the pixels and with the pixels."""

import numpy as np

from ...lrp.metrics import correlation

# The input rule of `explain` → what it puts for x.
INPUT_RULES = {"ones": "x = 1", None: "x = the pixels"}


def brighter(image, by):
    """A picture, uint8, with `by` added to every value; what leaves 0…255 is cut off."""
    return np.clip(image.astype(np.int32) + int(by), 0, 255).astype(np.uint8)


def both_maps(network, image):
    """The explanations of one picture with each of INPUT_RULES, {rule: explanation}."""
    from ...lrp.explain import explain

    return {rule: explain(network, image, input_rule=rule) for rule in INPUT_RULES}


def goes_along(e):
    """Pearson's correlation of relevance with brightness, over all pixels and channels."""
    return correlation(e.pixels, e.picture)


def on_black(e):
    """Σ R over the pixels' channels whose value is 0."""
    return float(e.pixels[e.picture == 0].sum(dtype=np.float64))
