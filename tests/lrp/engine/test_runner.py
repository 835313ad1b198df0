"""What a runner keeps: never for the wrong picture, whichever thread asks, and within bounds."""

import gc
import itertools
import random
import sys
import weakref
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from lrp_widgets import explain, load_network
from lrp_widgets.lrp.engine import runner
from lrp_widgets.lrp.engine.runner import COMPUTATIONS, runner_of

RULES = ("z-plus", "epsilon-plus", "z-plus,block2:gamma:0.1", "z-plus,block2:gamma:0.2", "flat")
QUESTIONS = [
    {"rules": rules, "pooling": pooling, "start": start, "dtype": dtype}
    for rules in RULES
    for pooling in ("avg", "max")
    for start in ("softmax", "logit")
    for dtype in ("float32", "float64")
]
PICTURES = np.random.default_rng(0).integers(0, 256, (6, 64, 64, 3), np.uint8)

THREADS = 8


def numbers(e):
    """All that an explanation says, as bytes."""
    for layer in e.layers:
        yield layer.name, layer.activation.tobytes(), layer.relevance.tobytes()
        yield layer.total, *layer.absorbed.items()


@pytest.fixture
def hasty():
    """The interpreter changes threads every 10 µs, so that they meet wherever they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)


@pytest.fixture(scope="module")
def alone():
    """{(picture, question): what one thread gets}."""
    network = load_network("mini-vgg")
    return {
        (image, k): list(numbers(explain(network, PICTURES[image], **QUESTIONS[k])))
        for image, k in itertools.product(range(len(PICTURES)), range(len(QUESTIONS)))
    }


@pytest.mark.parametrize("each", [16, pytest.param(200, marks=pytest.mark.slow)])
@pytest.mark.parametrize("networks", [1, 2])
def test_threads_get_what_each_would_get_alone(networks, each, alone, hasty):
    shared = [load_network("mini-vgg") for _ in range(networks)]

    def ask(thread):
        asked = random.Random(thread).choices(list(alone), k=each)
        for number, (image, k) in enumerate(asked):
            network = shared[(thread + number) % networks]
            found = list(numbers(explain(network, PICTURES[image], **QUESTIONS[k])))
            yield found == alone[image, k]

    with ThreadPoolExecutor(THREADS) as pool:
        right = list(pool.map(lambda thread: list(ask(thread)), range(THREADS)))
    assert right == [[True] * each] * THREADS


def test_what_is_kept_has_bounds(monkeypatch):
    monkeypatch.setattr(runner, "COMPUTATIONS", 5)
    network = load_network("mini-vgg")
    for k, question in enumerate(QUESTIONS):
        explain(network, PICTURES[k % 6], **question)
        assert len(runner_of(network).computations) <= 5


def test_what_was_used_last_stays(monkeypatch):
    monkeypatch.setattr(runner, "COMPUTATIONS", 4)
    network = load_network("mini-vgg")
    for rules in ("z-plus", "epsilon-plus", "z-plus", "flat", "z-plus"):
        explain(network, PICTURES[0], rules=rules)
        explain(network, PICTURES[1], rules=rules)
    calls = [run.calls for run in runner_of(network).computations.values()]
    assert max(calls) > 2  # z⁺'s were never thrown away


def test_a_network_takes_its_runner_along():
    network = load_network("mini-vgg")
    explain(network, PICTURES[0])
    gone = weakref.ref(runner_of(network)), weakref.ref(network)
    del network
    gc.collect()
    assert [each() for each in gone] == [None, None]


def test_two_who_ask_share_one_runner():
    network = load_network("mini-vgg")
    assert runner_of(network) is runner_of(network)
    assert runner_of(network) is not runner_of(load_network("mini-vgg"))
    assert COMPUTATIONS >= 16  # a page asks in a minute for about a dozen
