"""lrp_widgets in the comparison: all that `explain` gives, of which the pixels are compared."""

import tensorflow as tf
from plain import describe
from turns import FORWARD, RULES, play

from lrp_widgets import explain, load_network


def make(folder):
    about = describe(folder)
    network = load_network(about["name"], about["weights"])
    tensors = network.tensors()
    forward = tf.function(lambda x: network.forward_pass(x, tensors)[1], autograph=False)
    ways = {rule: lambda x, rule=rule: _pixels(network, x, rule) for rule in RULES}
    return {"lrp_widgets": {FORWARD: lambda x: forward(x).numpy(), **ways}}


def _pixels(network, x, rule):
    settings = {"start": "logit", "target": 0, "pooling": "max", "input_rule": None}
    x = network.in_rgb(x)  # flipped again, as a network that reads BGR takes arrays
    e = explain(network, x[0], rules=rule, epsilon=0, dtype=x.dtype.name, **settings)
    return e.pixels


play(make)
