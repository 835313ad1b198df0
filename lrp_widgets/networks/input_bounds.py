"""The lowest and highest values that a network's first layer can see, for z^B."""

import numpy as np

from .._support.lazy_tensorflow import tf
from .layers import Input, Weighted
from .normalizing import Normalization

# For networks that take any size: a side that what stands before the first weights can work on.
SIDE = 32


def input_bounds(network, layer):
    """What pixels 0 and 255 become on their way to `layer`: (low, high), a number or one a channel.

    The network's preprocessing and what stands before the layer are applied to a black and a
    white picture.
    Values are those at real pixels, along the last axis of the layer's input, channels in RGB.
    """
    shape = [size or SIDE for size in network.input_shape]
    pictures = np.zeros((2, *shape), np.uint8)
    pictures[1] = 255
    x = tf.constant(network.in_rgb(np.asarray(network.preprocess(pictures), np.float64)))
    outputs = {}
    for each in network.layers:
        if each is layer:
            break
        if isinstance(each, Input):
            outputs[each.name] = x
        elif isinstance(each, Normalization):
            raise ValueError(
                f"{each.name} normalizes each picture by its own values before {layer.name}: z^B "
                "needs bounds there, low and high."
            )
        elif not isinstance(each, Weighted) and all(name in outputs for name in each.inputs):
            outputs[each.name] = each.activate(each.combine([outputs[s] for s in each.inputs]))
    [source] = layer.inputs
    values = outputs[source].numpy()
    real = np.broadcast_to(network.padding_mask(source, outputs).numpy() > 0, values.shape)
    axes = tuple(range(values.ndim - 1))
    low = np.min(values, axes, where=real, initial=np.inf)
    high = np.max(values, axes, where=real, initial=-np.inf)
    return _short(low), _short(high)


def _short(values):
    """One number where all are the same, else a tuple."""
    values = [float(value) for value in values]
    return values[0] if len(set(values)) == 1 else tuple(values)
