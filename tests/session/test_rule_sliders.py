"""A slider of a rule's parameter computes the way back through the network, and nothing else.

How long that takes until the map has changed, benchmarks/slider.py tells.
"""

from collections import Counter

import pytest

from lrp_widgets import explain, load_image, load_network
from lrp_widgets.lrp.engine.runner import runner_of
from lrp_widgets.session import Request, Session
from lrp_widgets.widgets.stepper.stepper import LayerStepper

# α, γ and ε each in a block of its own, and where their sliders are moved to.
RULES = "own,block1:alpha-beta:{},block2:gamma:{},block3:epsilon:{}"
BEGIN, MOVES = (2, 0.25, 0.1), ((3, 0.25, 0.1), (3, 5, 0.1), (3, 5, 0), (1.1, 0, 2.5), (2, 0.25, 1))


def calls(network):
    """How often each kind of computation was asked for."""
    found = Counter()
    for key, run in runner_of(network).computations.items():
        found[key[0]] += run.calls
    return found


@pytest.mark.parametrize("name", ["mini-vgg", "mini-resnet", "mini-densenet"])
def test_a_slider_computes_only_the_way_back(name):
    network, loaded, read = load_network(name), [], []

    def load(*asked):
        loaded.append(asked)
        return network

    def read_picture(picture, network):
        read.append(picture)
        return load_image(picture, network)

    session = Session(load=load, read=read_picture, explain=explain)
    stepper = LayerStepper()

    def move(values):
        stepper.show(
            session.explain(Request("star", name, start="softmax", rules=RULES.format(*values)))
        )

    for values in (BEGIN, MOVES[-1]):  # the second keeps what the rules add up
        move(values)
    before = calls(network)
    for values in MOVES:
        move(values)
    assert calls(network) - before == {"backward": len(MOVES) - 1}  # the last answer was kept
    assert max(run.traces for run in runner_of(network).computations.values()) <= 1
    assert (len(loaded), read) == (1, ["star"])
