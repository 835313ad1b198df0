"""The post's own way of computing relevance, written from its equations, to compare with.

    z = x ∗ w⁺ + ε,   s = R / z,   c = gradient of z with respect to x, applied to s,   R = x · c

Layer by layer in one compiled call, for a plain stack such as VGG: max pooling shares in proportion
to the activations, the first layer has x = 1, biases take no part. No ledger, no dead units.
"""

import tensorflow as tf

EPSILON = 1e-9


def compiled(network):
    """Return a function from the network's input to the relevance of its pixels."""
    tensors, layers = network.tensors(), network.layers

    @tf.function(autograph=False)
    def run(x):
        outputs, _ = network.forward_pass(x, tensors)
        relevance = outputs[layers[-1].name]
        for layer in reversed(layers[1:]):
            below = outputs[layer.inputs[0]]
            if layer.inputs[0] == layers[0].name:
                below = tf.ones_like(below)
            relevance = _down(layer, below, relevance, tensors.get(layer.name))
        return relevance

    return run


def _down(layer, x, relevance, weights):
    if layer.kind == "dense":
        w = tf.nn.relu(weights[0])
        s = relevance / (x @ w + EPSILON)
        return x * tf.matmul(s, w, transpose_b=True)
    if layer.kind == "convolution":
        w = tf.nn.relu(weights[0])
        s = relevance / (tf.nn.conv2d(x, w, layer.strides, "SAME") + EPSILON)
        return x * tf.nn.conv2d_transpose(s, w, tf.shape(x), layer.strides, "SAME")
    if layer.kind == "max pooling":
        window = (layer.size, layer.strides, "VALID")
        s = relevance / (tf.nn.avg_pool2d(x, *window) + EPSILON)
        ksize, strides = [1, *layer.size, 1], [1, *layer.strides, 1]
        return x * tf.raw_ops.AvgPoolGrad(
            orig_input_shape=tf.shape(x), grad=s, ksize=ksize, strides=strides, padding="VALID"
        )
    return tf.reshape(relevance, tf.shape(x))  # flatten
