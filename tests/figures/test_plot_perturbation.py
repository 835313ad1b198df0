"""The figure of perturbation curves draws the numbers that it is given."""

import numpy as np
import pytest

from lrp_widgets.figures.plot_perturbation import plot_perturbation
from lrp_widgets.lrp.metrics import Perturbation

SETTINGS = {"patch": 8, "baseline": "blur", "score": "logit", "target": 1, "seed": 0}


def curve(order, *scores, **settings):
    places = np.zeros((len(scores) - 1, 2), int)
    return Perturbation(np.array(scores), order, places, SETTINGS | settings)


def test_curves_area_and_settings_are_on_the_figure():
    both = [curve("morf", 3.0, 1.0, 0.0), curve("lerf", 3.0, 2.5, 0.0)]
    sheet = plot_perturbation({"mine": both, "at random": [curve("random", 3, 2, 0)]}, "star")
    (axes,) = sheet.axes
    drawn = [np.asarray(line.get_ydata(), float).tolist() for line in axes.lines]
    for wanted in ([3.0, 1.0, 0.0], [3.0, 2.5, 0.0], [3.0, 2.0, 0.0]):
        assert wanted in drawn
    labels = [text.get_text() for text in axes.get_legend().get_texts()]
    assert "mine, area +0.50" in labels and "at random" in labels
    assert axes.get_ylabel() == "logit of star" and len(axes.collections) == 1
    assert any("replaced by: blur" in text.get_text() for text in sheet.texts)


def test_only_curves_of_the_same_settings_stand_together():
    with pytest.raises(ValueError, match="no curve"):
        plot_perturbation({})
    with pytest.raises(ValueError, match="same settings"):
        plot_perturbation({"a": [curve("morf", 1, 0), curve("lerf", 1, 0, patch=4)]})
