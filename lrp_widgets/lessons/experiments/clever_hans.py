"""mini-vgg-hans judged, caught and repaired: what the Clever Hans lesson measures.

The network was trained on crescents of which most carry a mark in a corner
(`networks/zoo/mini/hans.py`). Pictures are numbers of `draw_scene`, which training has not seen.
Lapuschkin et al. 2019, "Unmasking Clever Hans predictors", did the same with photographs of horses;
Anders et al. 2022, "Finding and removing Clever Hans", removed such artefacts by pruning.
"""

from dataclasses import dataclass

import numpy as np

from ...lrp import metrics
from ...media.mark import mark_mask, put_mark
from ...media.scenes import KINDS, draw_scene, draw_scenes
from ...networks.zoo.mini.hans import KIND, NAME, marked
from ...networks.zoo.mini.hans import TWIN as TWIN
from . import loaded
from .loaded import once

RULES = "epsilon-plus"
TARGET = KINDS.index(KIND)

# The collection whose heatmaps are compared, and the share of it that carries the mark.
COLLECTED, MARKED = 120, 0.5
# Pictures on which a network is judged; the first of them show the mark put on and taken off.
TESTED, SHOWN = 240, 12
_SEEDS = {"collected": 51, "tested": 52, "retrained": 53}
# Marked crescents, by whose maps the relevance on the mark is measured.
MAPPED = 16

RETRAINED_ON, RETRAINED_FOR = 1000, 12  # pictures, epochs
BATCH = 50


@dataclass(frozen=True)
class Outcome:
    """What a network does with the mark, all shares of 1.

    `as_trained`: accuracy on pictures marked as those of its training; `no_mark`, `all_marked`:
    with the mark on none and on all. `turned`: other classes' pictures that are called by the
    marked class's name once they carry the mark. `on_mark`: of the relevance of marked pictures of
    that class, what lies on the mark (`metrics.mass`).
    """

    as_trained: float
    no_mark: float
    all_marked: float
    turned: float
    on_mark: float


@once
def collection(share=MARKED):
    """Pictures of the one class: images uint8 (N, 64, 64, 3), and which carry the mark, bool."""
    images = np.stack([draw_scene((_SEEDS["collected"], k), KIND).image for k in range(COLLECTED)])
    flags = np.arange(COLLECTED) < round(share * COLLECTED)
    flags = np.random.default_rng(_SEEDS["collected"]).permutation(flags)
    return np.where(flags[:, None, None, None], put_mark(images), images), flags


@once
def maps(name=NAME, share=MARKED):
    """The heatmaps of the collection, for its class: float32 (N, 64, 64)."""
    return metrics.heatmaps(loaded.network(name), collection(share)[0], KIND, RULES)


@once
def groups(name=NAME, clusters=None, share=MARKED):
    """The collection's maps in groups: a `metrics.Spray`."""
    return metrics.spray(maps(name, share), clusters)


@once
def tested():
    """Pictures of all classes to judge a network on: images, without any mark, and labels."""
    images, labels, _ = draw_scenes(TESTED, _SEEDS["tested"])
    return images, labels


def answers(network, images):
    """The probabilities of uint8 pictures, float32 (N, classes)."""
    parts = [
        network(network.preprocess(images[k : k + BATCH])) for k in range(0, len(images), BATCH)
    ]
    return np.concatenate(parts)


def outcome(network):
    """Measure what a network does with the mark."""
    images, labels = tested()
    clean, tagged = (answers(network, each).argmax(-1) for each in (images, put_mark(images)))
    as_trained = np.where(marked(labels), tagged, clean)
    return Outcome(
        as_trained=_share(as_trained == labels),
        no_mark=_share(clean == labels),
        all_marked=_share(tagged == labels),
        turned=_share(tagged[labels != TARGET] == TARGET),
        on_mark=on_mark(network),
    )


@once
def judged(name=NAME):
    """The Outcome of a network that has not been changed."""
    return outcome(loaded.network(name))


@once
def by_class(name=NAME):
    """Accuracy of each class on pictures marked as in training: {kind: share}."""
    images, labels = tested()
    flags = marked(labels)[:, None, None, None]
    found = answers(loaded.network(name), np.where(flags, put_mark(images), images)).argmax(-1)
    return {kind: _share((found == labels)[labels == k]) for k, kind in enumerate(KINDS)}


def on_mark(network):
    """The mean share of relevance on the mark, over marked pictures of the class."""
    images, flags = collection()
    shown = metrics.heatmaps(network, images[flags][:MAPPED], KIND, RULES)
    return float(np.mean([metrics.mass(each, mark_mask()) for each in shown]))


# Repairs


def retrained(report=None, stop=None):
    """mini-vgg-hans with its two dense layers trained anew, the mark on pictures of all classes.

    Half of the pictures carry it, whatever they show, so that it tells nothing any more. The
    convolutions stay as they are: what they see is enough (Kirichenko et al. 2023, "Last Layer
    Re-Training is Sufficient"). `report(text, fraction)` is told how far it is; once `stop()` is
    true, returns None.
    """
    import keras

    say, stopped = report or (lambda text, fraction: None), stop or (lambda: False)
    network, random = loaded.network(NAME), np.random.default_rng(_SEEDS["retrained"])
    say("drawing pictures", 0.0)
    images, labels, _ = draw_scenes(RETRAINED_ON, _SEEDS["retrained"])
    flags = random.random(len(images)) < 0.5
    images = np.where(flags[:, None, None, None], put_mark(images), images)
    features = []
    for k in range(0, len(images), BATCH):
        if stopped():
            return None
        say("looking at them", 0.2 + 0.5 * k / len(images))
        seen = network.forward(network.preprocess(images[k : k + BATCH]))
        features.append(np.asarray(seen["flatten"]))
    features = np.concatenate(features)
    keras.utils.set_random_seed(_SEEDS["retrained"])
    dense = [network["fc1"], network["predictions"]]
    model = keras.Sequential(
        [
            keras.Input(features.shape[1:]),
            keras.layers.Dense(len(dense[0].bias), activation="relu"),
            keras.layers.Dense(len(dense[1].bias), activation="softmax"),
        ]
    )
    model.set_weights([np.asarray(w) for layer in dense for w in (layer.kernel, layer.bias)])
    model.compile(keras.optimizers.Adam(1e-3), "sparse_categorical_crossentropy", jit_compile=False)
    for epoch in range(RETRAINED_FOR):
        if stopped():
            return None
        say(f"epoch {epoch + 1} of {RETRAINED_FOR}", 0.7 + 0.3 * epoch / RETRAINED_FOR)
        order = random.permutation(len(features))
        for k in range(0, len(order), BATCH):
            model.train_on_batch(features[order[k : k + BATCH]], labels[order[k : k + BATCH]])
    weights = model.get_weights()
    new = {"fc1": weights[:2], "predictions": weights[2:]}
    return network.with_weights(new, weights="file")


@once
def carried():
    """What of the relevance each channel holds because of the mark: {layer: (channels,)}.

    R of the channel, summed over places, with the mark on the picture less without it; for the
    class's logit, mean over pictures of other classes. Only hidden layers with weights.
    """
    from ...lrp.explain import explain

    images, labels = tested()
    images = images[labels != TARGET][:MAPPED]
    network = loaded.network(NAME)
    both = np.concatenate([put_mark(images), images])
    e = explain(network, both, RULES, start="logit", target=KIND)
    found = {}
    for layer in network.weighted[:-1]:
        relevance = np.asarray(e[layer.name].relevance, np.float64)
        sums = relevance.reshape(len(both), -1, relevance.shape[-1]).sum(1)
        found[layer.name] = (sums[: len(images)] - sums[len(images) :]).mean(0)
    return found


def strongest_channels(layer, count):
    """The channels of a layer that carry most of the mark's relevance, counted from 0."""
    return np.argsort(-carried()[layer], kind="stable")[:count]


def pruned(layer, count):
    """mini-vgg-hans without these channels: their weights and biases are 0."""
    network = loaded.network(NAME)
    kernel, bias = (np.array(w) for w in (network[layer].kernel, network[layer].bias))
    off = strongest_channels(layer, count)
    kernel[..., off], bias[off] = 0, 0
    return network.with_weights({layer: (kernel, bias)}, weights="file")


def _share(right):
    return float(np.mean(right))
