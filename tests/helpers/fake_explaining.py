"""A network explained in no time and without TensorFlow, to test what is around explaining."""

import threading
from dataclasses import dataclass

import numpy as np

from lrp_widgets.lrp.explanation import Explanation
from lrp_widgets.lrp.layer_result import ABSORBED, LayerResult
from lrp_widgets.lrp.through import read as read_through
from lrp_widgets.media.scenes import KINDS
from lrp_widgets.session import Session

SIDE = 4
DEFAULTS = {
    "rules": "z-plus",
    "pooling": "avg",
    "input_rule": "ones",
    "epsilon": 1e-9,
    "dtype": "float32",
}
CLASSES = {"mini-vgg": list(KINDS), "tiny-darknet": ["cat", "crane", "crane"]}


@dataclass(eq=False)
class FakeNetwork:
    name: str
    weights: str = "pretrained"
    seed: int | None = None

    @property
    def class_names(self):
        return CLASSES.get(self.name, CLASSES["tiny-darknet"])

    default_rules = "z-plus"
    layers = ()
    notes = ()


def make_explanation(network, image=None, start="softmax", target=None, other=None, **settings):
    """An explanation whose numbers say what was asked for: the target's place in the map."""
    count = len(network.class_names)
    scores = np.linspace(1, 2, count, dtype=np.float32)[::-1]
    scores = scores / scores.sum()
    target = find_class(network, 0 if target is None else target)
    other = find_class(network, 1 if other is None else other)
    if start == "contrast" and target == other:
        raise ValueError("A contrast needs two different classes.")
    sign = -1 if start == "logit" and target > 1 else 1
    relevance = np.full((SIDE, SIDE, 3), 0.01, np.float32)
    relevance[target % SIDE] = 0.1
    relevance /= relevance.sum()  # all of it arrives: there is nothing to warn of
    layers = [
        make_layer("input", sign * relevance),
        make_layer("conv", np.full((2, 2, 5), sign * 0.05, np.float32)),
        make_layer("predictions", sign * np.eye(count, dtype=np.float32)[target], scores),
    ]
    channels = {each.name: each.shape[-1] for each in layers[1:]} | {"input": 0}
    for name, asked in read_through(settings.get("through", "")).items():
        if max(asked) >= channels.get(name, max(asked) + 1):
            raise ValueError(f"{name} has no channel {max(asked)} to follow relevance through.")
    return Explanation(
        network=network,
        layers=layers,
        picture=np.zeros((SIDE, SIDE, 3), np.uint8),
        start=start,
        target_index=None if start == "softmax" else target,
        other_index=other if start == "contrast" else None,
        settings=rules_by_name({**DEFAULTS, **settings}),
    )


def rules_by_name(settings):
    base, *changed = settings["rules"].split(",")
    base = FakeNetwork.default_rules if base == "own" else base
    return settings | {"rules": ",".join([base, *changed])}


def find_class(network, target):
    if isinstance(target, int):
        return target
    if target not in network.class_names:
        raise ValueError(f"{network.name} has no class {target!r}.")
    return network.class_names.index(target)


def make_layer(name, relevance, activation=None):
    return LayerResult(
        name=name,
        kind="input" if name == "input" else "dense",
        kind_text=name,
        rule=None,
        equation="",
        shape=relevance.shape,
        activation=np.abs(relevance) if activation is None else activation,
        relevance=relevance,
        total=float(relevance.sum()),
        absorbed=dict.fromkeys((*ABSORBED, "rounding"), 0.0),
    )


class _NotingSession(Session):
    """Tells its recorder which explanations were made only to compare with."""

    def __init__(self, recorder, *functions, **settings):
        super().__init__(*functions, **settings)
        self._explain_beside = recorder.explain_beside


class Recorder:
    """Stands behind a Session and notes what was done: `loaded`, `explained`, `compared`.

    `compared` are the explanations that were made only to compare a map with.
    """

    def __init__(self):
        self.loaded, self.explained, self.compared = [], [], []
        self.gate = threading.Event()  # answers wait until it is set
        self.gate.set()
        self.problem = None

    def session(self, needed=lambda name: 0, **settings):
        return _NotingSession(self, self.load, self.read, self.explain, needed, **settings)

    def load(self, name, weights, seed, report, cancel):
        report(f"Reading {name}", -1)
        self.loaded.append((name, weights, seed))
        if self.problem:
            raise self.problem
        return FakeNetwork(name, weights, seed)

    def read(self, picture, network):
        if picture == b"not a picture":
            raise ValueError("These bytes are no picture.")
        return np.zeros((SIDE, SIDE, 3), np.uint8)

    def explain(self, network, image, **settings):
        return self._explain(self.explained, network, image, settings)

    def explain_beside(self, network, image, **settings):
        return self._explain(self.compared, network, image, settings)

    def _explain(self, noted, network, image, settings):
        assert self.gate.wait(30)
        noted.append((network.name, settings["start"], settings["target"]))
        return make_explanation(network, image, **settings)


def settled(e, weights="pretrained", seed=None, **settings):
    """A made-up explanation that knows all its settings."""
    e.settings.update(
        {"rules": "z-plus", "input_rule": "ones", "epsilon": 1e-9, "dtype": "float32"} | settings
    )
    e.network.weights, e.network.seed = weights, seed
    return e
