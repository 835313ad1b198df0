"""The four steps of every layer against what was propagated."""

import numpy as np
import pytest

from lrp_widgets.lrp.layer_result import ABSORBED
from lrp_widgets.lrp.layer_steps import four_steps
from lrp_widgets.networks.layers import Input


def fed_only_by(network, source):
    return sum(layer.inputs.count(source) for layer in network.layers) == 1


def check_steps(e, network, tolerance):
    """R of every layer is what the propagation gave; return how many arrays were compared."""
    looked = 0
    for layer in network.layers:
        if isinstance(layer, Input) or len(e[layer.name].rule.steps) != 4:
            continue
        terms = four_steps(e, layer.name, network).steps["R"].terms
        for term in terms:
            if fed_only_by(network, term.layer):
                expected = e[term.layer].relevance
                scale = np.abs(expected).max()
                np.testing.assert_allclose(term.values, expected, atol=tolerance * scale, rtol=0)
                looked += 1
        absorbed = sum(e[layer.name].absorbed[key] for key in ABSORBED)
        handed = sum(term.values.sum(dtype=np.float64) for term in terms)
        size = float(np.abs(e[layer.name].relevance).sum())
        assert handed + absorbed == pytest.approx(e[layer.name].total, abs=tolerance * size)
    return looked
