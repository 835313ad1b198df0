"""Weights that all processes share: whole or not there, checked, and equal to what was read."""

import errno
import hashlib
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from functools import partial
from pathlib import Path

import h5py
import numpy as np
import pytest
from small_tensors import SHAPES, tensors

from lrp_widgets import explain
from lrp_widgets._support import downloads
from lrp_widgets._support.downloads import Cancelled, DownloadError
from lrp_widgets.networks import blocked_dense
from lrp_widgets.networks.zoo import architectures, registry, weight_sources
from lrp_widgets.networks.zoo.registry import load_network
from lrp_widgets.networks.zoo.weight_cache import CachedWeights

ROOT = Path(__file__).resolve().parents[3]
TOTAL = 4 * sum(np.prod(shape) + shape[-1] for shape in SHAPES.values())


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """An empty cache folder, and Keras's folder beside it."""
    monkeypatch.setenv("LRP_WIDGETS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    return tmp_path / "cache"


def assert_equal(found, expected):
    assert list(found) == list(expected)
    for name, arrays in expected.items():
        for ours, theirs in zip(found[name], arrays, strict=True):
            np.testing.assert_array_equal(ours, theirs)
            assert ours.dtype == theirs.dtype


# The weights of one network


def test_what_is_opened_is_what_was_written_and_is_mapped():
    cached = CachedWeights("small", "a")
    assert cached.open(SHAPES) is None
    assert not cached.is_filled()
    told = []
    filled = cached.fill(tensors(), TOTAL, lambda *values: told.append(values))
    assert_equal(filled, dict(tensors()))
    assert_equal(cached.open(SHAPES), dict(tensors()))
    assert cached.is_filled()
    assert told[-1][:2] == (TOTAL, TOTAL)
    assert "small for all visitors: 0.0 MB of 0.0 MB" in told[-1][2]
    kernel = filled["fc"][0]
    assert kernel.ctypes.data % 64 == 0
    if sys.platform == "linux":
        assert str(cached.folder / "fc.kernel.npy") in Path("/proc/self/maps").read_text()
    kernel[:] = 0  # this process's copy only
    assert_equal(cached.open(SHAPES), dict(tensors()))


def test_double_precision_is_kept():
    weights = {"fc": (np.full((2, 3), 1 / 3), np.full(3, 1 / 7))}
    assert_equal(CachedWeights("small", "a").fill(weights.items(), 1), weights)


def test_weights_of_another_source_are_filled_anew():
    CachedWeights("small", "a").fill(tensors(), TOTAL)
    other = CachedWeights("small", "b")
    assert other.open(SHAPES) is None
    assert not other.is_filled()
    held = CachedWeights("small", "a").open(SHAPES)
    assert_equal(other.fill(tensors(1), TOTAL), dict(tensors(1)))
    assert_equal(held, dict(tensors()))  # who has mapped the old files keeps them
    assert [path.name for path in other.folder.parent.iterdir()] == ["small"]


@pytest.mark.parametrize("damage", ["truncate", "flip", "remove", "no index", "half an index"])
def test_damage_is_noticed_and_mended(damage):
    cached = CachedWeights("small", "a")
    cached.fill(tensors(), TOTAL)
    path, index = cached.folder / "fc.kernel.npy", cached.folder / "index.json"
    match damage:
        case "truncate":
            os.truncate(path, path.stat().st_size - 4)
        case "flip":
            data = bytearray(path.read_bytes())
            data[-1] ^= 1
            path.write_bytes(data)
        case "remove":
            path.unlink()
        case "no index":
            index.unlink()
        case "half an index":
            index.write_text(index.read_text()[:100])
    assert cached.open(SHAPES) is None
    assert cached.is_filled() == (damage == "flip")  # which reads no tensor
    assert_equal(cached.fill(tensors(), TOTAL), dict(tensors()))


def test_files_that_were_copied_are_hashed_once(monkeypatch):
    cached = CachedWeights("small", "a")
    cached.fill(tensors(), TOTAL)
    os.utime(cached.folder / "fc.kernel.npy", (1, 1))
    assert_equal(cached.open(SHAPES), dict(tensors()))
    monkeypatch.setattr("lrp_widgets.networks.zoo.weight_cache._digest", None)
    assert_equal(cached.open(SHAPES), dict(tensors()))


def test_cancelling_and_failing_leave_nothing():
    cached, cancel = CachedWeights("small", "a"), threading.Event()

    def interrupted(error=None):
        yield next(tensors())
        cancel.set()
        if error:
            raise error
        yield from list(tensors())[1:]

    with pytest.raises(Cancelled, match="weights of small was cancelled"):
        cached.fill(interrupted(), TOTAL, cancel=cancel)
    with pytest.raises(ValueError, match="no weights"):
        cached.fill(interrupted(ValueError("no weights")), TOTAL)
    assert list(cached.folder.parent.iterdir()) == []


# Several processes

PROCESS = """
import sys, time
from pathlib import Path
sys.path.insert(0, "tests/helpers")
from small_tensors import SHAPES, tensors
from lrp_widgets.networks.zoo.weight_sources import Weights, _kept
from lrp_widgets.networks.zoo.weight_cache import CachedWeights

def slowly(path, shapes):
    with open({log!r}, "a") as log:
        print("filling", file=log)
    for name, arrays in tensors():
        yield name, arrays
        Path({begun!r}).touch()
        time.sleep({pause})

content = Weights(slowly, SHAPES)
print(float(_kept(CachedWeights("small", "a"), content, lambda: None, None, None)["fc"][0].sum()))
"""


def start(tmp_path, pause):
    code = PROCESS.format(log=str(tmp_path / "log"), begun=str(tmp_path / "begun"), pause=pause)
    return subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_a_process_killed_while_it_fills_leaves_nothing_in_the_cache(tmp_path, cache):
    process = start(tmp_path, pause=60)
    deadline = time.monotonic() + 60
    while not (tmp_path / "begun").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    cached = CachedWeights("small", "a")
    assert not cached.is_filled()
    assert len(list((cache / "weights").glob(".small-*"))) == 1  # what it had begun
    with cached.locked():
        assert_equal(cached.fill(tensors(), TOTAL), dict(tensors()))
    assert sorted(path.name for path in (cache / "weights").iterdir()) == ["small", "small.lock"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no file locks of this kind")
def test_two_processes_at_once_fill_it_once(tmp_path):
    processes = [start(tmp_path, pause=1) for _ in range(2)]
    sums = [float(process.communicate(timeout=60)[0]) for process in processes]
    assert sums == [float(dict(tensors())["fc"][0].sum())] * 2
    assert (tmp_path / "log").read_text() == "filling\n"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no file locks of this kind")
def test_waiting_for_another_process_is_told_and_can_be_cancelled():
    cached, cancel, told = CachedWeights("small", "a"), threading.Event(), []

    def report(done, total, text):
        told.append(text)
        cancel.set()

    with cached.locked(), pytest.raises(Cancelled), cached.locked(report, cancel):
        pytest.fail("two are locked in")
    assert told == ["Another program is getting these weights"]


# A network's weights


def narrow_file(path, seed=0):
    """A weights file in the layout of keras.applications, for a VGG16 that is narrow."""
    widths = architectures.vgg_widths((2, 2, 3, 3, 3), (2, 3, 4, 5, 6), (8, 7), 1000)
    layers = partial(architectures.vgg, widths, (32, 32, 3))
    shapes = {layer.name: layer.kernel.shape for layer in layers() if hasattr(layer, "kernel")}
    with h5py.File(path, "w") as file:
        file.attrs["layer_names"] = [name.encode() for name in shapes]
        for name, arrays in tensors(seed, shapes):
            parts = [f"{name}/{part}:0" for part in ("kernel", "bias")]
            group = file.create_group(name)
            group.attrs["weight_names"] = [part.encode() for part in parts]
            for part, array in zip(parts, arrays, strict=True):
                group[part] = array - np.float32(0.5)
    return layers


@pytest.fixture
def narrow(monkeypatch, tmp_path):
    """VGG16's offer made narrow; the path of the file that a download would bring."""
    path = tmp_path / "published.h5"
    layers = narrow_file(path)
    data = path.read_bytes()
    digest = f"md5:{hashlib.md5(data).hexdigest()}"
    full = registry.OFFERS["vgg16"]
    file = replace(full.file, hashes=(digest,), size=len(data))
    monkeypatch.setitem(registry.OFFERS, "vgg16", replace(full, layers=layers, file=file))
    return path


@pytest.fixture
def internet(monkeypatch, narrow):
    """Downloads bring the file; how often they did."""
    calls = []

    def bring(file, progress=None, cancel=None):
        calls.append(file.url)
        file.target().parent.mkdir(parents=True, exist_ok=True)
        file.target().write_bytes(narrow.read_bytes())
        return file.target()

    monkeypatch.setattr(downloads, "fetch", bring)
    return calls


@pytest.fixture
def no_internet(monkeypatch):
    def refuse(file, progress=None, cancel=None):
        raise DownloadError("no internet connection")

    monkeypatch.setattr(downloads, "fetch", refuse)


def weights_of(network):
    return {layer.name: (layer.kernel, layer.bias) for layer in network.weighted}


def test_a_download_fills_the_cache_and_is_deleted(narrow, internet, cache):
    assert not registry.on_disk("vgg16")
    registry.fetch("vgg16")
    assert registry.on_disk("vgg16")
    assert internet == [registry.OFFERS["vgg16"].file.url]
    assert not registry.OFFERS["vgg16"].file.target().exists()
    network = load_network("vgg16")
    assert len(internet) == 1
    assert_equal(weights_of(network), weights_of(load_network("vgg16", narrow)))
    assert (cache / "weights" / "vgg16" / "fc1.kernel.npy").is_file()


def test_a_file_that_was_there_is_left(narrow, no_internet):
    target = registry.OFFERS["vgg16"].file.target()
    target.parent.mkdir(parents=True)
    target.write_bytes(narrow.read_bytes())
    load_network("vgg16")
    assert target.is_file()
    target.unlink()
    load_network("vgg16")


def test_a_damaged_file_is_filled_again_by_loading(narrow, internet, cache):
    load_network("vgg16")
    path = cache / "weights" / "vgg16" / "fc2.kernel.npy"
    os.truncate(path, 200)
    assert_equal(weights_of(load_network("vgg16")), weights_of(load_network("vgg16", narrow)))
    assert len(internet) == 2


def test_where_the_cache_cannot_be_filled_each_process_has_its_own(narrow, internet, monkeypatch):
    def full(*arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(CachedWeights, "fill", full)
    assert_equal(weights_of(load_network("vgg16")), weights_of(load_network("vgg16", narrow)))
    with pytest.raises(DownloadError, match=r"could not be kept in .*: no space left on device\."):
        registry.fetch("vgg16")


def test_a_large_file_of_ones_own_is_kept_until_it_changes(narrow, tmp_path, monkeypatch, cache):
    load_network("vgg16", narrow)
    assert not (cache / "weights").exists()
    monkeypatch.setattr(weight_sources, "WORTH_KEEPING", 1)
    plain = weights_of(load_network("vgg16", narrow))
    (cached,) = (cache / "weights").glob("vgg16-*/")
    narrow_file(narrow, seed=1)
    changed = weights_of(load_network("vgg16", narrow))
    assert not np.array_equal(changed["fc1"][0], plain["fc1"][0])
    assert list((cache / "weights").glob("vgg16-*/")) == [cached]


def test_a_file_that_does_not_fit_leaves_nothing_in_the_cache(tmp_path, narrow, monkeypatch, cache):
    monkeypatch.setattr(weight_sources, "WORTH_KEEPING", 1)
    (tmp_path / "other.h5").write_bytes(b"no weights")
    with pytest.raises(ValueError, match=r"other\.h5 cannot be read"):
        load_network("vgg16", tmp_path / "other.h5")
    assert list((cache / "weights").glob("*/")) == []


def test_relevance_from_mapped_weights_is_the_same(narrow, internet):
    mapped, own = load_network("vgg16"), load_network("vgg16", narrow)
    picture = np.random.default_rng(0).integers(0, 256, (32, 32, 3), np.uint8)
    ours, theirs = explain(mapped, picture), explain(own, picture)
    for a, b in zip(ours.layers, theirs.layers, strict=True):
        np.testing.assert_array_equal(a.relevance, b.relevance)


def test_mapped_weights_in_blocks_without_skipped_rows_give_the_same(narrow, internet, monkeypatch):
    mapped, own = load_network("vgg16"), load_network("vgg16", narrow)
    picture = np.random.default_rng(0).integers(0, 256, (32, 32, 3), np.uint8)
    whole = explain(own, picture)
    assert not all(whole["flatten"].activation)  # there are rows to skip
    monkeypatch.setattr(blocked_dense, "LARGE", 0)
    monkeypatch.setattr(blocked_dense, "BLOCK", 12)  # 8 units of fc1 in blocks of 2
    for a, b in zip(explain(mapped, picture).layers, whole.layers, strict=True):
        largest = np.abs(b.relevance).max()
        np.testing.assert_allclose(a.relevance, b.relevance, rtol=0, atol=1e-6 * largest)
        assert a.total == pytest.approx(b.total, rel=1e-6)


def test_large_random_weights_of_the_default_seed_are_shared(narrow, monkeypatch, cache):
    monkeypatch.setattr(weight_sources, "WORTH_KEEPING", 1)
    expected = load_network("vgg16", narrow).randomized(0)
    for _ in range(2):
        network = load_network("vgg16", "random")
        assert (network.weights, network.seed) == ("random", 0)
        assert_equal(weights_of(network), weights_of(expected))
    assert (cache / "weights" / "vgg16-random").is_dir()
    load_network("vgg16", "random", seed=1)
    assert len(list((cache / "weights").glob("vgg16-random*/"))) == 1
