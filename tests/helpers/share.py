"""One dense layer of two inputs and two outputs, and how a rule shares its relevance."""

import numpy as np

from lrp_widgets.networks.layers import Dense

X, W, B, R = [1.0, 2.0], [[1.0, -1.0], [-2.0, 3.0]], [0.5, -1.0], [1.0, 2.0]  # rows of W: outputs


def share(rule, x=X, w=W, b=B, r=R, epsilon=0.0, dtype="float64"):
    """R at the inputs of one dense layer, and what each entry of the ledger absorbed."""
    import tensorflow as tf

    from lrp_widgets.lrp.layer_context import LayerContext
    from lrp_widgets.lrp.propagation import step

    def tensor(values):
        return None if values is None else tf.constant(np.array(values), dtype)

    layer = Dense(name="dense", inputs=("input",), kernel=np.array(w).T, bias=b)
    context = LayerContext(layer, tensor([x]), tensor(np.array(w).T), tensor(b))
    taken = step(rule, context, tensor([r]), tf.constant(epsilon, tf.float64))
    [down] = taken.relevance
    return down.numpy()[0], [float(np.squeeze(value)) for value in taken.absorbed]
