"""The page colours maps as figures do: the same limits, the same entries of the same tables."""

import numpy as np
import pytest
from page_modules import call

from lrp_widgets._support import colors

RANDOM = np.random.default_rng(0)
MAPS = [
    RANDOM.normal(size=(9, 7)),
    RANDOM.exponential(size=200) ** 3,
    -RANDOM.exponential(size=31),
    np.where(np.arange(1000) == 3, -5.0, 0.0),  # nearly all of it is zero
    np.zeros(16),
    np.ones(1),
]


@pytest.mark.parametrize("percentile", [99.5, 90, 100])
@pytest.mark.parametrize("scale", colors.SCALES)
def test_limits_are_those_of_figures(scale, percentile):
    maps = [each.astype(np.float32) for each in MAPS]
    names = {
        "relevanceLimits": colors.find_limits,
        "activationLimits": colors.find_activation_limits,
    }
    asked = [(name, each.ravel().tolist(), scale, percentile) for name in names for each in maps]
    limits = call("shared/color_limits.js", asked)
    figures = [find(each, scale, percentile) for find in names.values() for each in maps]
    shares = call(
        "shared/color_limits.js",
        [
            ("clippedShare", values, {"low": figure.low, "high": figure.high})
            for (_, values, *_), figure in zip(asked, figures, strict=True)
        ],
    )
    for page, figure, clipped in zip(limits, figures, shares, strict=True):
        assert page["low"] == pytest.approx(figure.low, rel=1e-6)
        assert page["high"] == pytest.approx(figure.high, rel=1e-6)
        assert clipped == figure.clipped or scale == "min-max"


def test_activations_have_the_colours_of_figures():
    (table,) = call("shared/colormap.js", [("activationTable",)])
    packed = np.array(list(table.values()), np.uint32)
    channels = np.stack([packed & 255, packed >> 8 & 255, packed >> 16 & 255], axis=1)
    assert np.array_equal(channels, colors.activation_table())
    assert (packed >> 24 == 255).all()
