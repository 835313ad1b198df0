"""How many convolutions a rule takes at a layer behind a ReLU, the forward pass's own counted."""

import numpy as np
import pytest

from lrp_widgets import Network
from lrp_widgets.lrp import rules
from lrp_widgets.lrp.engine.constants import Constants
from lrp_widgets.lrp.engine.kept_pass import KeptPass
from lrp_widgets.lrp.engine.runner import runner_of
from lrp_widgets.lrp.propagation import propagate
from lrp_widgets.networks.activations import Activation
from lrp_widgets.networks.layers import Convolution, Input

RELU = Activation("relu")
# rule: (forwards, backwards) that it may take
LIMITS = {
    rules.Zero(): (1, 1),
    rules.Epsilon(0.1): (1, 1),
    rules.Epsilon(0.25, relative=True): (1, 1),
    rules.ZPlus(): (2, 1),
    rules.ZPlus(bias=True): (2, 1),
    rules.AlphaBeta(1, 0): (2, 1),
    rules.Gamma(0.25): (2, 1),
    rules.Gamma(0.25, generalized=True): (2, 1),
    rules.AlphaBeta(2, 1): (3, 2),
    rules.ZBox(-1.0, 3.0): (1, 2),
    rules.ZBox(-1.0, 3.0, bias=True): (1, 2),
    rules.WSquare(): (1, 1),
    rules.WSquare(bias=True): (1, 1),
    rules.Ones(): (1, 1),
    rules.Flat(): (1, 0),
    rules.Flat(bias=True): (1, 0),
}


def stack():
    random = np.random.default_rng(0)
    layers = [Input(name="input", shape=(6, 6, 3))]
    for name, source, depth in (("first", "input", 3), ("second", "first", 4)):
        layers.append(
            Convolution(
                name=name,
                inputs=(source,),
                kernel=random.normal(size=(3, 3, depth, 4)),
                bias=random.normal(size=4),
                padding="same",
                activation=RELU,
            )
        )
    return Network(layers)


@pytest.mark.parametrize("rule", LIMITS, ids=repr)
def test_convolutions_a_layer(rule, monkeypatch):
    import tensorflow as tf

    network = stack()
    calls = []

    def counted(name):
        function = getattr(Convolution, name)

        def call(self, *arguments):
            calls.append((self.name, name.removesuffix("_flipped")))
            return function(self, *arguments)

        return call

    for name in ("linear", "transpose", "transpose_flipped"):
        monkeypatch.setattr(Convolution, name, counted(name))
    tensors = network.tensors("float64")
    assigned = {"first": rules.WSquare(), "second": rule}
    constants = Constants()
    for picture in range(2):
        calls.clear()
        sums = {}
        x = tf.constant(np.random.default_rng(picture).normal(size=(1, 6, 6, 3)))
        outputs, _ = network.forward_pass(x, tensors, sums)
        forward = KeptPass(network, tensors, outputs, sums, constants=constants)
        propagate(forward, ("second", outputs["second"]), assigned, 1e-9)
    forwards, backwards = LIMITS[rule]
    assert calls.count(("second", "linear")) <= forwards
    assert calls.count(("second", "transpose")) <= backwards
    assert calls.count(("first", "linear")) == 1  # what no picture changes was kept


def test_what_is_kept_is_kept_for_each_size_and_rule():
    from lrp_widgets import explain

    network = stack()
    classes = Network([*network.layers, *_head()])
    for shape in ((6, 6, 3), (6, 6, 3)):
        explain(classes, np.zeros(shape, np.float32), rules.WSquare(), start="logit")
    assert {key[0] for key in runner_of(classes).constants.keys} == {"first", "second", "out"}
    before = len(runner_of(classes).constants.keys)
    explain(classes, np.zeros((6, 6, 3)), rules.Flat(), start="logit", dtype="float64")
    assert len(runner_of(classes).constants.keys) == before + 3


def _head():
    from lrp_widgets.networks.layers import Dense, GlobalAveragePooling

    kernel = np.random.default_rng(1).normal(size=(4, 3))
    yield GlobalAveragePooling(name="mean", inputs=("second",))
    yield Dense(name="out", inputs=("mean",), kernel=kernel)
