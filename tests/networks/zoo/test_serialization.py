"""Networks that Keras reads: in the cache as a whole, and the same when opened from there."""

import hashlib
import os
import subprocess
import sys
import threading
from dataclasses import fields, replace

import keras
import numpy as np
import pytest
from branching import small_model

from lrp_widgets import Network, explain
from lrp_widgets._support import downloads
from lrp_widgets._support.downloads import Cancelled
from lrp_widgets.networks import from_keras
from lrp_widgets.networks.preprocessing import CAFFE
from lrp_widgets.networks.zoo import registry, serialization
from lrp_widgets.networks.zoo.registry import load_network
from lrp_widgets.networks.zoo.weight_cache import CachedWeights


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """An empty cache folder, and Keras's folder beside it."""
    monkeypatch.setenv("LRP_WIDGETS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    return tmp_path / "cache"


@pytest.fixture(scope="module")
def small():
    """(layers, notes) as Keras's model gives them: with every case, kernels in float64."""
    return from_keras.read(small_model())


@pytest.fixture
def offered(monkeypatch, tmp_path):
    """ResNet50's offer with a small model; how often that was read, and the file downloaded."""
    path = tmp_path / "published.weights.h5"
    small_model().save_weights(path)
    data, calls = path.read_bytes(), []

    def read(given, stage=None):
        keras.utils.clear_session()  # or every model has other names
        model = small_model()
        calls.append("read")
        if given is not None:
            model.load_weights(given)
        return from_keras.read(model)

    def bring(file, progress=None, cancel=None):
        calls.append("fetched")
        target = file.target().with_suffix(".weights.h5")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        return target

    full = registry.OFFERS["resnet50"]
    file = replace(full.file, hashes=(f"md5:{hashlib.md5(data).hexdigest()}",), size=len(data))
    offer = replace(full, model=read, file=file, class_names=list)
    monkeypatch.setitem(registry.OFFERS, "resnet50", offer)
    monkeypatch.setattr(downloads, "fetch", bring)
    return calls


def assert_same_layers(ours, theirs):
    for a, b in zip(ours, theirs, strict=True):
        assert type(a) is type(b)
        for field in fields(b):
            mine, value = getattr(a, field.name), getattr(b, field.name)
            if isinstance(value, np.ndarray):
                dtype = np.float32 if field.name == "kernel" else value.dtype
                assert mine.dtype == dtype
                np.testing.assert_array_equal(mine, value.astype(dtype))
            else:
                assert mine == value
                assert type(mine) is type(value)


def assert_same_relevance(ours, theirs):
    size = [side or 16 for side in theirs.input_shape]
    picture = np.random.default_rng(0).integers(0, 256, size, np.uint8)
    for a, b in zip(explain(ours, picture).layers, explain(theirs, picture).layers, strict=True):
        np.testing.assert_array_equal(a.relevance, b.relevance)


def test_every_kind_of_layer_comes_back_as_it_was(small):
    layers, notes = small
    cached = CachedWeights("small", "a")
    assert cached.open_network() is None
    for found, said in (cached.fill_network(layers, notes), cached.open_network()):
        assert said == tuple(notes)
        assert_same_layers(found, layers)
    assert_same_relevance(*(Network(each, preprocess=CAFFE) for each in (found, layers)))


def test_kernels_are_handed_to_tensorflow_without_a_copy(small):
    layers, _ = CachedWeights("small", "a").fill_network(*small)
    network = Network(layers)
    for name, (kernel, _) in network.tensors().items():
        assert np.from_dlpack(kernel).ctypes.data == network[name].kernel.ctypes.data


def test_damage_and_strange_contents_are_noticed(small, monkeypatch):
    cached = CachedWeights("small", "a")
    cached.fill_network(*small)
    path = next(cached.folder.glob("*.kernel.npy"))
    os.truncate(path, path.stat().st_size - 4)
    assert cached.open_network() is None
    cached.fill_network(*small)
    monkeypatch.delitem(serialization._KINDS, "BatchNorm")
    assert cached.open_network() is None
    monkeypatch.undo()
    weights = {"fc": (np.zeros((2, 3), np.float32), np.zeros(3, np.float32))}
    CachedWeights("small", "a").fill(weights.items(), 1)
    assert cached.open_network() is None


def test_cancelling_leaves_nothing(small):
    cached, cancel = CachedWeights("small", "a"), threading.Event()
    with pytest.raises(Cancelled, match="weights of small was cancelled"):
        cached.fill_network(*small, progress=lambda *_: cancel.set(), cancel=cancel)
    assert list(cached.folder.parent.iterdir()) == []


def test_a_download_is_read_once_laid_out_and_deleted(offered, small, tmp_path):
    assert not registry.on_disk("resnet50")
    registry.fetch("resnet50")
    assert registry.on_disk("resnet50")
    assert offered == ["fetched", "read"]
    assert not any((tmp_path / "keras" / "models").iterdir())
    network = load_network("resnet50")
    assert offered == ["fetched", "read"]
    assert (network.weights, len(network.notes)) == ("pretrained", len(small[1]))
    assert_same_relevance(network, load_network("resnet50", tmp_path / "published.weights.h5"))


def test_what_another_version_has_read_is_read_again(offered, monkeypatch):
    load_network("resnet50")
    monkeypatch.setattr(registry.weight_sources.Whole, "way", " read by another version")
    assert not registry.on_disk("resnet50")
    load_network("resnet50")
    assert offered == ["fetched", "read"] * 2


def test_random_weights_are_drawn_as_before_for_every_seed(offered):
    empty = Network(registry.OFFERS["resnet50"].model(None)[0], preprocess=CAFFE)
    offered.clear()
    for seed in (0, 1, 0):
        network = load_network("resnet50", "random", seed=seed)
        assert (network.weights, network.seed) == ("random", seed)
        assert_same_layers(network.layers, empty.randomized(seed).layers)
    assert offered == ["read"]


def test_where_the_cache_cannot_be_filled_each_process_has_its_own(offered, monkeypatch):
    def full(*arguments):
        raise OSError("No space left on device")

    monkeypatch.setattr(CachedWeights, "fill_network", full)
    assert load_network("resnet50").weights == "pretrained"
    assert load_network("resnet50", "random").weights == "random"


def test_reading_tells_its_stages():
    told = []
    load_network("mini-resnet", progress=lambda *each: told.append(each))
    assert told[:4] == [
        (0, 4, "Loading Keras"),
        (1, 4, "Building mini-resnet"),
        (2, 4, "Reading the weights of mini-resnet"),
        (3, 4, "Folding the BatchNorm layers of mini-resnet"),
    ]
    told.clear()
    load_network("mini-resnet", progress=lambda *each: told.append(each))
    assert told == []  # it lies in the cache


def test_random_weights_are_drawn_in_the_last_stage():
    told = []
    load_network("mini-resnet", "random", progress=lambda *each: told.append(each))
    assert told[3] == (3, 4, "Drawing random weights for mini-resnet")


def test_a_reading_that_is_cancelled_leaves_nothing(cache):
    cancel = threading.Event()
    with pytest.raises(Cancelled, match="Reading mini-densenet was cancelled"):
        load_network("mini-densenet", progress=lambda *_: cancel.set(), cancel=cancel)
    assert not any(path.is_file() and path.stat().st_size for path in cache.rglob("*"))
    assert load_network("mini-densenet", cancel=threading.Event()).weights == "pretrained"


def test_a_network_of_the_package_needs_keras_only_once():
    code = "import sys; from lrp_widgets import load_network; load_network('mini-densenet')"
    said = [
        subprocess.run(
            [sys.executable, "-c", f"{code}; print('keras' in sys.modules)"],
            capture_output=True,
            text=True,
        ).stdout
        for _ in range(2)
    ]
    assert said == ["True\n", "False\n"]
