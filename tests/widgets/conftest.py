"""A dashboard without a browser, on networks that are explained in no time."""

from types import SimpleNamespace

import pytest
from fake_explaining import Recorder

from lrp_widgets.widgets.dashboard import dashboard, opening
from lrp_widgets.widgets.dashboard.dashboard import Dashboard


@pytest.fixture
def store(monkeypatch):
    """The networks on offer; `store.disk` holds those that need no download."""
    store = SimpleNamespace(
        NAMES=("mini-vgg", "tiny-darknet", "vgg16"),
        disk={"mini-vgg", "tiny-darknet"},
        download_size=lambda name: 553_467_096,
    )
    store.on_disk = lambda name, weights: weights == "random" or name in store.disk
    store.default_name = lambda: "tiny-darknet" if "tiny-darknet" in store.disk else "mini-vgg"
    for module in (dashboard, opening):
        monkeypatch.setattr(module, "registry", store)
    return store


@pytest.fixture
def recorder():
    return Recorder()


@pytest.fixture
def make(store, recorder):
    """Make a dashboard and wait for its first result."""

    def make(query="network=mini-vgg", wait=True):
        page = Dashboard(query, recorder.session())
        if wait:
            assert page.wait(30)
        return page

    return make
