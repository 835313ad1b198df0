"""A network of the visitor's own: sent in pieces, read, refused in a sentence, or explained."""

import json
import zipfile

import keras
import numpy as np
import pytest
from keras import layers
from random_models import randomize

from lrp_widgets.networks.from_keras import unread
from lrp_widgets.networks.network import Network
from lrp_widgets.networks.zoo import own, registry
from lrp_widgets.session import Request, Session
from lrp_widgets.widgets.dashboard.dashboard import Dashboard
from lrp_widgets.widgets.settings import network_file
from lrp_widgets.widgets.settings.network_file import NetworkOpener


@pytest.fixture(autouse=True)
def empty():
    own.forget()
    yield
    own.forget()


def small(*more, shape=(16, 16, 3)):
    axes = len(shape) - 1
    convolution = getattr(layers, f"Conv{axes}D")(4, 3, activation="relu", name="conv")
    steps = [keras.Input(shape), convolution, *more, layers.Flatten(), layers.Dense(3, name="out")]
    model = keras.Sequential(steps)
    randomize(model, np.random.default_rng(0))
    return model


def saved(model, folder, name="small.keras"):
    path = folder / name
    model.save(path)
    return path.read_bytes()


class Browser:
    """What the browser does: sends a file in the pieces that it is asked for."""

    def __init__(self, opener):
        self.opener, self.sent = opener, []
        opener.send = lambda message, buffers=None: self.sent.append(message)

    def say(self, kind, *buffers, **more):
        self.opener._receive(self.opener, {"type": kind, **more}, list(buffers))

    def open(self, data, name="small.keras"):
        self.say("begin", name=name, size=len(data))
        while self.sent and self.sent[-1]["type"] == "more":
            at, piece = self.sent[-1]["received"], self.sent[-1]["piece"]
            self.sent.clear()
            self.say("piece", memoryview(data)[at : at + piece])
        assert self.opener.wait(60)


def opened_by(data, name="small.keras", **traits):
    """(the opener after it was sent a file, the networks that it has opened)."""
    opener, found = NetworkOpener(**traits), []
    opener.opened = found.append
    Browser(opener).open(data, name)
    return opener, found


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_a_network_is_opened_and_explained_as_any_other(tmp_path, monkeypatch, suffix):
    monkeypatch.setattr(network_file, "PIECE", 5_000)  # several pieces
    model = small()
    data = saved(model, tmp_path, f"My Small{suffix}")
    opener, [network] = opened_by(data, f"My Small{suffix}", names="cat\ndog\nbird", pixels="unit")
    assert (opener.error, opener.status, opener.unread) == ("", "", [])
    assert network.name == opener.title == "yours-my-small"
    assert "conv" in opener.summary and "4 layers" in opener.summary

    session = Session()
    e = session.explain(Request("cat", network.name, start="logit"))
    assert e.network.class_names == ["cat", "dog", "bird"]
    theirs = np.asarray(model(e["input"].activation[None]))[0]
    np.testing.assert_allclose(e.layers[-1].activation, theirs, rtol=1e-4, atol=1e-5)
    assert 0 <= e["input"].activation.min() <= e["input"].activation.max() <= 1
    random = session.explain(Request("cat", network.name, weights="random", seed=3, start="logit"))
    assert (random.network.weights, random.network.seed) == ("random", 3)
    assert not np.array_equal(random.pixels, e.pixels)


def test_names_and_pixels_can_be_chosen_afterwards(tmp_path):
    opener, found = opened_by(saved(small(), tmp_path))
    assert found[0].class_names == ["class 0", "class 1", "class 2"]
    opener.names, opener.pixels = "cat, dog, bird", "caffe"
    Browser(opener).say("apply")
    assert found[1].class_names == ["cat", "dog", "bird"]
    assert found[1].channel_order == "BGR"
    assert [each.name for each in found] == ["yours-small", "yours-small-2"]
    given = np.random.default_rng(0).normal(size=(1, 16, 16, 3)).astype(np.float32)
    np.testing.assert_allclose(found[1](given), found[0](given), rtol=1e-4)  # the same weights
    opener.names = "cat, dog"
    Browser(opener).say("apply")
    assert opener.error == (
        "The network has 3 classes, but 2 class names were given: give one for each, or none."
    )
    assert len(found) == 2


def refused(data, name="small.keras"):
    opener, found = opened_by(data, name)
    assert found == [] and list(own.names()) == [] and opener.status == ""
    assert opener.error.endswith(".") and "\n" not in opener.error
    return opener


def test_one_sentence_for_each_fault(tmp_path, monkeypatch):
    data = saved(small(), tmp_path)
    assert refused(b"x", "notes.txt").error == "notes.txt is no .keras or .h5 file."
    assert "damaged" in refused(data[:2000]).error
    assert "damaged" in refused(b"x" * 5000, "small.h5").error
    assert refused(b"").error == "small.keras is empty."
    code = keras.Sequential([keras.Input((8, 8, 3)), layers.Lambda(lambda x: x), layers.Flatten()])
    assert "Lambda" in refused(saved(code, tmp_path)).error
    signals = small(shape=(40, 2))
    assert "reads 40 × 2; the page shows pictures" in refused(saved(signals, tmp_path)).error
    maps = keras.Sequential([keras.Input((8, 8, 3)), layers.Conv2D(2, 3)])
    assert "puts out 6 × 6 × 2, not one score a class" in refused(saved(maps, tmp_path)).error
    monkeypatch.setenv("LRP_WIDGETS_MAX_NETWORK_BYTES", "1e3")
    assert "networks of up to 0 MB are taken" in refused(data).error
    monkeypatch.setenv("LRP_WIDGETS_MAX_NETWORK_BYTES", "0")
    assert refused(data).error == "This server opens no networks of its visitors."


def test_each_layer_that_cannot_be_read_has_its_sentence(tmp_path):
    model = small(layers.UnitNormalization(name="unit"), layers.Dense(4, "mish", name="mish"))
    opener = refused(saved(model, tmp_path))
    assert opener.error == "2 layers of small.keras cannot be read."
    assert [name for name, _ in opener.unread] == ["unit", "mish"]
    assert opener.unread[0][1] == (
        "Layer 'unit' (UnitNormalization) is of a kind for which there is no rule."
    )
    assert "'mish', which cannot be read" in opener.unread[1][1]


def test_what_cannot_be_read_is_told_of_nested_models_and_operations_too():
    inner = keras.Sequential([keras.Input((4, 4, 2)), layers.UnitNormalization(name="deep")])
    x = keras.Input((4, 4, 2))
    y = keras.ops.cos(layers.UpSampling2D(interpolation="bilinear", name="up")(inner(x)))
    found = unread(keras.Model(x, layers.Flatten()(y * keras.ops.tanh(y))))
    assert list(found)[:2] == ["deep", "up"] and len(found) == 4
    assert unread(small()) == {}


def test_code_in_a_configuration_is_refused_before_keras_sees_it(tmp_path, monkeypatch):
    path = tmp_path / "evil.keras"
    path.write_bytes(saved(small(), tmp_path))
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    config = json.loads(parts["config.json"])
    config["config"]["layers"][1]["module"] = "os"
    parts["config.json"] = json.dumps(config).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    monkeypatch.setattr(keras.models, "load_model", lambda *_, **__: pytest.fail("was opened"))
    assert "only layers of Keras itself" in refused(path.read_bytes(), "evil.keras").error


def test_a_locked_page_takes_no_network(tmp_path):
    opener, found = opened_by(saved(small(), tmp_path), disabled=True)
    assert found == [] and opener.status == ""


def test_a_page_goes_over_to_the_network(tmp_path):
    page = Dashboard("network=mini-vgg&picture=star")
    assert page.wait(120)
    browser = Browser(page.controls.opener)
    browser.open(saved(small(), tmp_path))
    assert page.wait(120)
    assert page.explanation.network.name == page.controls["network"].value == "yours-small"
    assert page.header.note == "Your own network cannot travel in it."
    there = page.header.query
    assert "network=yours-small" in there and "explain=logit" in there  # it has no softmax
    assert "Your network cannot travel in a link." in page.stepper.notes
    assert 'Network.from_file("my.keras")' in page.export_panel.code
    compile(page.export_panel.code, "copied", "exec")
    page.controls["weights"].value = "random"
    assert page.wait(120)
    assert page.explanation.network.weights == "random"
    page.controls["network"].value = "mini-vgg"
    assert page.wait(120)
    assert page.header.note == ""
    page.header.travel(there)  # as Back does
    assert page.wait(120)
    assert page.explanation.network.name == "yours-small"


def test_a_link_to_somebody_elses_network_says_so():
    page = Dashboard("network=yours-other&picture=star")
    assert page.wait(120)
    assert any("somebody’s own network, which cannot travel" in each for each in page.stepper.notes)
    assert page.explanation.network.name in registry.NAMES


def test_a_network_that_is_gone_is_refused_in_a_sentence():
    with pytest.raises(ValueError, match=r"^The network yours-x is not here any more.*\.$"):
        registry.load_network("yours-x")
    kept = own.keep(Network.from_keras(small()), "../../Ü b.keras")
    assert kept.name == "yours-b"
    with pytest.raises(ValueError, match="has its own weights"):
        registry.load_network(kept.name, weights="file.h5")
    assert registry.on_disk(kept.name) and registry.download_size(kept.name) == 0
