"""What the page remarks on an explanation: above all, where little or much reached the pixels."""

from dataclasses import replace

import pytest
from fake_explaining import FakeNetwork, make_explanation

from lrp_widgets import load_network
from lrp_widgets.lrp import conservation_warning
from lrp_widgets.widgets.dashboard.remarks import _canonized, remarks


def explained(reached, **absorbed):
    """An explanation of which a share reached the input, and what "conv" lost."""
    e = make_explanation(FakeNetwork("mini-vgg"))
    first, conv, last = e.layers
    conv = replace(conv, absorbed=conv.absorbed | absorbed)
    return replace(e, layers=[replace(first, total=reached * last.total), conv, last])


def warnings(e):
    return [note for note in remarks(e, is_scene=True, uploaded=False) if "reached" in note]


@pytest.mark.parametrize("reached", [0.5, 0.98, 1.0, 1.5])
def test_nothing_is_said_where_most_arrives(reached):
    assert warnings(explained(reached, bias=0.02)) == []


@pytest.mark.parametrize(("reached", "bias"), [(0.3, 0.7), (1.6, -0.6), (-3.0, 4.0)])
def test_the_warning_is_the_one_of_the_command_line_and_the_figures(reached, bias):
    e = explained(reached, bias=bias)
    assert warnings(e) == [conservation_warning.warning(e)] != [""]


def test_what_became_of_batch_normalization_is_counted():
    network = FakeNetwork("mini-vgg")
    network.notes = ("a is folded into b.", "c is folded into d.", "e stays a layer of its own: x.")
    assert remarks(make_explanation(network), is_scene=True, uploaded=False) == [
        "BatchNorm, with the same output: 2 folded into the layer before, 1 kept as it is."
    ]


def test_the_words_fit_the_notes_of_a_real_network():
    network = load_network("mini-densenet", weights="random")
    found = _canonized(network.notes)[0]
    assert sum(int(word) for word in found.split() if word.isdigit()) == len(network.notes)
