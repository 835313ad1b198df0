"""The initial relevance: what of the network's output is explained.

softmax      R_k = p_k, all probabilities at once; total 1
probability  R_t = p_t, one class's probability
logit        R_t = z_t, one class's value before the softmax, sign kept
contrast     R_t = +z_t and R_o = −z_o, two classes' values; total z_t − z_o
"""

from dataclasses import dataclass

import numpy as np

from .._support import checks
from .._support.lazy_tensorflow import tf

STARTS = ("softmax", "probability", "logit", "contrast")
TOP = -1  # "the most probable class" as a target, "the runner-up" as the other


@dataclass(frozen=True)
class InitialRelevance:
    """Which relevance R^(N) the output begins with: a kind of `STARTS`, and a class a picture.

    `target`, `other`: class numbers, `TOP` for the top class and the runner-up.
    """

    kind: str
    target: tuple[int, ...]
    other: tuple[int, ...]


def initial_relevance(question, network, count):
    """The `InitialRelevance` that a `Question` asks for, for a number of pictures.

    Raises ValueError for a kind or a class that the network does not have.
    """
    return InitialRelevance(
        choose(network, question.start),
        tuple(class_indices(network, question.target, count)),
        tuple(class_indices(network, question.other, count)),
    )


def choose(network, start):
    """The kind to use: `start`, or the network's default for None.

    Raises ValueError for an unknown start, and for probabilities of a network without softmax.
    """
    if start is None:
        return "softmax" if network.ends_with_softmax else "logit"
    start = checks.choice("start", start, STARTS)
    if start in ("softmax", "probability") and not network.ends_with_softmax:
        raise ValueError(
            f"{network.name} does not end with a softmax, so there is no probability to start "
            f'from: use start="logit" or "contrast".'
        )
    return start


def class_index(network, target):
    """The index of a class given by index or name. Raises ValueError for an unknown one."""
    names = network.class_names
    if isinstance(target, str):
        if target in names:
            return names.index(target)
        raise ValueError(
            f"{network.name} has no class {checks.shown(target)}; it has {len(names)}, such as "
            f"{', '.join(names[:3])}."
        )
    return checks.whole_number(
        f"A class of {network.name}, where it is no name,", target, 0, len(names) - 1
    )


def class_indices(network, target, count):
    """One class index a picture, from one class for all or a list; `TOP` for None."""
    if target is None:
        return [TOP] * count
    if not isinstance(target, list | tuple | np.ndarray) or getattr(target, "ndim", 1) == 0:
        return [class_index(network, target)] * count
    if len(target) != count:
        pictures = "is one picture" if count == 1 else f"are {count} pictures"
        raise ValueError(
            f"There {pictures}, but {len(target)} classes to explain: give one class for each."
        )
    return [class_index(network, one) for one in target]


def explained_class(e):
    """The number of the class that an explanation is about: under "softmax" the top one."""
    scores = e.layers[-1].activation
    return int(scores.argmax() if e.target_index is None else e.target_index)


def runner_up(e):
    """The number of the strongest class that is not `explained_class`; that one if it is alone."""
    first = explained_class(e)
    order = (-e.layers[-1].activation).argsort(kind="stable")
    return next((int(k) for k in order if k != first), first)


def check_output(network, start, shape):
    """Raise ValueError for an output of that shape, (B, …), in which nothing can be explained."""
    if len(shape) != 2:
        raise ValueError(
            f"{network.name} puts out {tuple(shape[1:])}, not one score a class: "
            "explain needs a network that ends in a vector of classes."
        )
    if start == "contrast" and shape[-1] < 2:
        raise ValueError("A contrast needs two classes; this network has only one.")


def relevance_at_output(start, output, logits, target, other):
    """R of the last layer, (B, classes), and the classes used: (R, target, other).

    `target`, `other`: int tensors of length B, `TOP` for the top class and the runner-up.
    """
    count = logits.shape[-1]
    target = tf.where(target == TOP, tf.argmax(logits, -1, tf.int32), target)
    chosen = tf.one_hot(target, count, dtype=output.dtype)
    if start == "softmax":
        return output, target, other
    if start == "probability":
        return output * chosen, target, other
    if start == "logit":
        return logits * chosen, target, other
    rest = tf.where(chosen > 0, logits.dtype.min, logits)
    other = tf.where(other == TOP, tf.argmax(rest, -1, tf.int32), other)
    return logits * (chosen - tf.one_hot(other, count, dtype=output.dtype)), target, other
