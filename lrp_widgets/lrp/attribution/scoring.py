"""Running a network on many pictures: scores and gradients, compiled once, in batches."""

import copy
import threading
import weakref
from functools import partial
from itertools import chain, islice

import numpy as np
from cachetools import LRUCache

from ..._support import checks
from ..._support.lazy_tensorflow import tf
from ..targets import check_output

SCORES = ("probability", "logit")

# Pixels of the pictures that go through a network at once, and pictures at most: of 64×64 pixels 64
# pictures, of 224×224 five. More at once is no quicker, and takes gigabytes.
PIXELS = 2**18
MOST = 64

# How many functions a network keeps compiled. Grad-CAM has one for each layer that is asked for.
FUNCTIONS = 32

_COMPILED = weakref.WeakKeyDictionary()
_LOCK = threading.Lock()


def batch_size(shape):
    """Return how many pictures of a shape (H, W, C) go through a network at once."""
    return max(1, min(MOST, PIXELS // int(np.prod(shape[:2]))))


def check_score(network, score):
    """Return "probability" or "logit"; refuse the first where the network has no softmax."""
    score = checks.choice("score", score, SCORES)
    if score == "probability" and not network.ends_with_softmax:
        raise ValueError(
            f"{network.name} does not end with a softmax, so there are no probabilities: use "
            'score="logit".'
        )
    return score


def run(network, function, pictures, targets, report=None):
    """Return `function(network, tensors, x, targets)` of many network inputs, an array (n, …).

    `pictures` and `targets` are iterables, read batch by batch, so that a perturbation curve of a
    large picture takes no more memory than a batch. The function gets tensors, and is compiled once
    for each network and type. `report(count)` is told after each batch how many are done.
    """
    pictures, targets = iter(pictures), iter(targets)
    first = next(pictures)
    pictures, size, found = chain([first], pictures), batch_size(first.shape), []
    compiled, done = _compiled(network, function, str(first.dtype)), 0
    while batch := list(islice(pictures, size)):
        found.append(compiled(np.stack(batch), np.array(list(islice(targets, len(batch))))).numpy())
        done += len(batch)
        if report is not None:
            report(done)
    return np.concatenate(found)


def logit(network, tensors, x, targets):
    """z_t of each picture, (B,)."""
    return pick(network, network.forward_pass(x, tensors)[1], targets)


def logit_and_top(network, tensors, x, targets):
    """z_t of each picture, and the number of the class that the network says, (B, 2)."""
    outputs, logits = network.forward_pass(x, tensors)
    return _beside_top(pick(network, logits, targets), outputs[network.layers[-1].name])


def probability_and_top(network, tensors, x, targets):
    """p_t of each picture, and the number of the class that the network says, (B, 2)."""
    outputs, _ = network.forward_pass(x, tensors)
    output = outputs[network.layers[-1].name]
    return _beside_top(pick(network, output, targets), output)


SCORED_BY = {"logit": logit_and_top, "probability": probability_and_top}


def _beside_top(scores, output):
    return tf.stack([scores, tf.cast(tf.argmax(output, -1), scores.dtype)], -1)


def gradient(network, tensors, x, targets):
    """∂z_t/∂x of each picture, (B, H, W, C)."""
    with tf.GradientTape() as tape:
        tape.watch(x)
        z = logit(network, tensors, x, targets)
    return tape.gradient(z, x)


def pick(network, values, targets):
    """The value of one class for each picture, (B,), from those of all classes."""
    check_output(network, "logit", values.shape)
    return tf.gather(values, targets, axis=1, batch_dims=1)


def _compiled(network, function, dtype):
    """The function for a network and a type, of x (B, …) and targets (B,): traced once."""
    with _LOCK:
        kept = _COMPILED.setdefault(network, LRUCache(FUNCTIONS))
        if (function, dtype) not in kept:
            # A copy, with the same layers and weights: what is compiled refers to it, and must not
            # keep the network itself alive.
            twin, shape = copy.copy(network), (None, *network.input_shape)
            kept[function, dtype] = tf.function(
                partial(function, twin, twin.tensors(dtype)),
                input_signature=[tf.TensorSpec(shape, dtype), tf.TensorSpec([None], tf.int32)],
                autograph=False,
            )
        return kept[function, dtype]
