"""What a network puts out for one picture, and the initial relevance that each choice makes."""

from dataclasses import dataclass

import numpy as np

from ..._support.lazy_tensorflow import tf
from ...lrp import targets


@dataclass(frozen=True)
class NetworkOutput:
    """The last layer's numbers for one picture: one entry a class, float32.

    `logits`: z_k, before the softmax; `scores`: f(x), what the network puts out (probabilities
    where it ends with a softmax, else the logits themselves).
    """

    names: list
    logits: np.ndarray
    scores: np.ndarray

    def start(self, kind, target=None, other=None):
        """Return R^(N) (classes,) and the indices (target, other) that it is about.

        `kind`: one of `targets.STARTS`; `target`, `other`: class indices, None for the top class
        and the runner-up. An index that the kind does not use comes back as None.
        Raises ValueError for a contrast of a class with itself.
        """
        first, second = (tf.constant([targets.TOP if k is None else k]) for k in (target, other))
        relevance, first, second = targets.relevance_at_output(
            kind, tf.constant(self.scores[None]), tf.constant(self.logits[None]), first, second
        )
        used = (
            None if kind == "softmax" else int(first[0]),
            int(second[0]) if kind == "contrast" else None,
        )
        if used[0] is not None and used[0] == used[1]:
            raise ValueError("A contrast needs two different classes; these are the same.")
        return relevance.numpy()[0], *used


def output_of(network, image):
    """Run the network forward on one picture, uint8 (H, W, 3): its `NetworkOutput`.

    output_of(network, load_image("star", network)).logits
    """
    from ...networks.inputs import network_input

    x, _, _ = network_input(network, image, "float32")
    outputs, logits = network.forward_pass(tf.convert_to_tensor(x), network.tensors())
    scores = outputs[network.layers[-1].name]
    return NetworkOutput(list(network.class_names), logits.numpy()[0], scores.numpy()[0])
