"""Every rule, and the backward pass by itself."""

import numpy as np

from lrp_widgets.lrp import rules

RULES = [
    rules.ZPlus(),
    rules.ZPlus(bias=True),
    rules.Ones(),
    rules.Zero(),
    rules.Epsilon(0.1),
    rules.Epsilon(0.25, relative=True),
    rules.AlphaBeta(2, 1),
    rules.AlphaBeta(1, 0),
    rules.Gamma(0.25),
    rules.Gamma(0.25, generalized=True),
    rules.Gamma(0.25, bias=False),
    rules.Gamma(0.25, generalized=True, bias=False),
    *(kind(bias=bias) for kind in (rules.WSquare, rules.Flat) for bias in (False, True)),
    *(rules.ZBox(-3.0, 4.0, bias=bias) for bias in (False, True)),
]


def back(network, x, relevance, assigned, epsilon=1e-9, dtype="float64", constants=None):
    """The walk from a given output relevance: ({name: R}, {name: ledger}) as arrays."""
    import tensorflow as tf

    from lrp_widgets.lrp.engine.kept_pass import KeptPass
    from lrp_widgets.lrp.layer_context import ForwardPass
    from lrp_widgets.lrp.propagation import propagate

    tensors = network.tensors(dtype)
    outputs, _ = network.forward_pass(tf.constant(x, dtype), tensors)
    relevance = network.layers[-1].name, tf.constant(relevance, dtype)
    if constants is None:
        forward = ForwardPass(network, tensors, outputs)
    else:
        forward = KeptPass(network, tensors, outputs, constants=constants)
    relevances, ledger = propagate(forward, relevance, assigned, epsilon)
    return tf.nest.map_structure(lambda t: np.asarray(t), (relevances, ledger))
