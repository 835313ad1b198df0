"""Switching networks on the page lets the old one go, with its weights, before the next comes."""

import sys
import weakref
from pathlib import Path

import pytest

from lrp_widgets import session as module
from lrp_widgets.lrp.engine.runner import runner_of
from lrp_widgets.session import Session
from lrp_widgets.widgets.dashboard.dashboard import Dashboard


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("LRP_WIDGETS_CACHE", str(tmp_path))
    return tmp_path


def test_switching_networks_releases_the_old_one(cache, monkeypatch):
    monkeypatch.setattr(module, "KEPT_NETWORKS", 0)  # as if each were as large as a VGG
    session = Session()
    page = Dashboard("network=mini-resnet&picture=star&explain=logit", session)
    assert page.wait(120)
    page.controls["target"].value = 3  # the second question about a picture keeps more
    assert page.wait(60)
    page.stepper.look("predictions", (3,))
    assert page.wait(60)
    assert page.stepper.unit
    framed = []
    e = page.stepper.explanation
    page.stepper.compute_steps(e, "predictions", lambda found, _: framed.append(found.layer))
    assert page.wait(60)
    assert framed == ["predictions"]
    del e
    [network] = session._networks.values()
    assert runner_of(network).computations
    assert runner_of(network).last.denominators
    if runner_of(network).compiler:
        runner_of(network).compiler.join()  # what is being compiled cannot be interrupted
    old, cached = weakref.ref(network), str(cache / "weights" / "mini-resnet")
    mapped = Path("/proc/self/maps")
    if sys.platform == "linux":
        assert cached in mapped.read_text()
    del network
    load, alive = session._load, []

    def watch(*arguments):
        alive.append(old())
        return load(*arguments)

    session._load = watch
    page.controls["network"].value = "mini-vgg"
    assert page.wait(60)
    assert page.stepper.explanation.network.name == "mini-vgg"
    assert alive == [None]
    if sys.platform == "linux":
        assert cached not in mapped.read_text()
