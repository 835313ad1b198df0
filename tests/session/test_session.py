"""The session: one network at a time, answers kept, memory asked for first."""

import gc
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from fake_explaining import Recorder

from lrp_widgets._support import memory
from lrp_widgets._support.downloads import Cancelled
from lrp_widgets.session import Inspector, MapRequest, Request, Session

STAR = Request("star", "mini-vgg", start="softmax")


@pytest.fixture
def recorder():
    return Recorder()


def test_an_answer_is_what_explain_gives_for_the_request(recorder):
    session = recorder.session()
    request = Request("star", "mini-vgg", "random", 7, pooling="max", start="logit", target=3)
    e = session.explain(request)
    assert recorder.loaded == [("mini-vgg", "random", 7)]
    assert (e.start, e.target, e.pooling) == ("logit", "star", "max")


def test_asking_again_computes_nothing(recorder):
    session = recorder.session()
    first = session.explain(STAR)
    other = session.explain(Request("heart", "mini-vgg", start="softmax"))
    assert other is not first
    assert session.explain(STAR) is first
    assert session.known(STAR) is first
    assert session.known(Request("ring", "mini-vgg")) is None
    assert len(recorder.explained) == 2
    assert len(recorder.loaded) == 1


def test_the_oldest_answers_are_forgotten_first(recorder):
    one = recorder.session().explain(STAR)
    size = sum(layer.activation.nbytes + layer.relevance.nbytes for layer in one.layers)
    session = recorder.session(kept=2 * size)
    requests = [Request(name, "mini-vgg", start="softmax") for name in ("star", "heart", "ring")]
    session.explain(requests[0])
    session.explain(requests[1])
    session.known(requests[0])  # now the second is the one not looked at for longest
    session.explain(requests[2])
    assert [session.known(r) is not None for r in requests] == [True, False, True]


def test_an_answer_too_large_to_keep_stays_until_the_next(recorder):
    session = recorder.session(kept=0)
    answer = session.explain(STAR)
    assert session.known(STAR) is answer
    session.explain(Request("ring", "mini-vgg", start="softmax"))
    assert session.known(STAR) is None


def test_answers_outlive_their_network(recorder):
    session = recorder.session()
    answer = session.explain(STAR)
    session.explain(Request("cat", "tiny-darknet", start="softmax"))
    assert session.known(STAR) is answer
    assert answer.network.name == "mini-vgg"
    assert answer.prediction[0][0] == "circle"


def test_two_small_networks_stay_side_by_side(recorder):
    session = recorder.session(needed=lambda name: 200 * 2**20)
    random = Request("star", "mini-vgg", weights="random")
    for picture in ("star", "heart", "ring"):
        session.explain(Request(picture, "mini-vgg"))
        session.explain(replace(random, picture=picture))
    assert len(recorder.loaded) == 2
    session.explain(replace(random, seed=1))  # a third one takes the place of the oldest
    session.explain(replace(random, picture="cross"))
    assert len(recorder.loaded) == 3
    session.explain(Request("cross", "mini-vgg"))
    assert len(recorder.loaded) == 4


def test_requests_from_two_threads_wait_for_each_other(recorder):
    session = recorder.session()
    requests = [Request("star", "mini-vgg", pooling=pooling) for pooling in ("avg", "max")]
    with ThreadPoolExecutor() as pool:
        answers = list(pool.map(session.explain, requests))
    assert [e.pooling for e in answers] == ["avg", "max"]
    assert len(recorder.loaded) == 1


def test_the_old_network_is_let_go_before_the_next_is_loaded(recorder):
    session = recorder.session(needed=lambda name: 400 * 2**20)
    answer = session.explain(STAR)
    (network,) = session._networks.values()
    old = weakref.ref(network)
    del network
    alive = []

    def load(*arguments):
        gc.collect()
        alive.append(old() is not None)
        return recorder.load(*arguments)

    session._load = load
    session.explain(Request("cat", "vgg16"))
    assert alive == [False]
    assert session.known(STAR) is answer


def test_too_little_memory_is_refused_in_one_sentence_and_nothing_is_lost(recorder, monkeypatch):
    monkeypatch.setattr(memory, "available", lambda: 600_000_000)
    needed = {"mini-vgg": 50_000_000, "vgg16": 1_100_000_000}
    session = recorder.session(needed=needed.get)
    answer = session.explain(STAR)
    with pytest.raises(memory.NotEnoughMemory) as refusal:
        session.explain(Request("cat", "vgg16"))
    assert str(refusal.value) == (
        "The network vgg16 needs about 1.1 GB of memory and 650 MB is available: "
        "choose a smaller network, or close other programs."
    )
    assert recorder.loaded == [("mini-vgg", "pretrained", 0)]
    assert session.known(STAR) is answer
    session.explain(Request("heart", "mini-vgg"))
    assert len(recorder.loaded) == 1


def test_what_the_old_network_gives_back_counts_as_available(recorder, monkeypatch):
    monkeypatch.setattr(memory, "available", lambda: 1_000_000_000)
    session = recorder.session(needed=lambda name: 900_000_000)
    session.explain(Request("cat", "vgg16", start="softmax"))
    monkeypatch.setattr(memory, "available", lambda: 100_000_000)
    session.explain(Request("cat", "vgg19", start="softmax"))
    assert [name for name, *_ in recorder.loaded] == ["vgg16", "vgg19"]


def test_a_failed_load_leaves_the_session_usable(recorder):
    session = recorder.session()
    recorder.problem = ValueError("The file is broken.")
    with pytest.raises(ValueError, match="broken"):
        session.explain(STAR)
    recorder.problem = None
    assert session.explain(STAR).network.name == "mini-vgg"


def test_progress_is_reported_in_words(recorder):
    said = []
    recorder.session().explain(STAR, report=lambda text, fraction: said.append((text, fraction)))
    assert said == [("Reading mini-vgg", -1), ("Reading the picture", -1), ("Explaining", -1)]


def test_the_package_s_own_parts_fit_together():
    said = []
    session = Session()
    e = session.explain(STAR, report=lambda text, fraction: said.append(text))
    assert e.network.name == "mini-vgg"
    assert e.picture.shape == (64, 64, 3)
    assert np.isclose(e.start_total, 1, atol=1e-5)
    assert said[-2:] == ["Reading the picture", "Explaining"]
    assert session.explain(STAR) is e


def test_a_method_s_map_is_kept_and_ends_when_it_is_cancelled():
    session, cancel = Session(), threading.Event()
    told = []

    def report(text, fraction):
        told.append((text, fraction))
        if fraction > 0:
            cancel.set()

    asked = MapRequest.of(STAR, "integrated-gradients", 2)
    with pytest.raises(Cancelled):
        session.map(asked, report, cancel)
    assert [fraction for _, fraction in told if fraction > 0] == [1 / 64]
    assert told[-1][0] == "Computing integrated gradients"
    assert session.known(asked) is None
    found = session.map(MapRequest.of(STAR, "gradient", 2))
    assert found.network.weights == "pretrained" and found.target_index == 2
    assert session.map(MapRequest.of(replace(STAR, pooling="max", seed=3), "gradient", 2)) is found


def test_units_and_steps_are_those_of_the_explanation_also_when_it_is_kept_no_longer():
    session = Session(kept=0)
    e = session.explain(STAR)
    session.explain(replace(STAR, pooling="max"))
    assert session.known(STAR) is None
    unit = session.unit(STAR, "fc1", (12,))
    assert unit.relevance == float(e["fc1"].relevance[12])
    found, window = session.steps(STAR, "block2_conv1")
    [handed] = found.steps["R"].terms
    np.testing.assert_allclose(handed.values, e["block1_pool"].relevance, atol=1e-7)
    assert (window.size, window.strides) == ((3, 3), (1, 1))
    assert session.steps(STAR, "fc1")[1] is None
    with pytest.raises(ValueError, match="no unit"):
        session.unit(STAR, "fc1", (10**6,))


def test_an_explanation_without_its_network_cannot_be_looked_into(recorder):
    e = recorder.session().explain(STAR)
    for ask in (lambda: Inspector(e).steps("conv"), lambda: Inspector(e).unit("conv", (0, 0, 0))):
        with pytest.raises(ValueError, match="holds no network to compute with"):
            ask()
