"""What is not a picture: a heartbeat explained over time, and a volume layer by layer."""

import numpy as np
import pytest

from lrp_widgets import Network, explain
from lrp_widgets.lrp import rules
from lrp_widgets.networks.activations import Activation
from lrp_widgets.networks.layers import (
    AveragePooling,
    Convolution,
    Dense,
    GlobalAveragePooling,
    GlobalMaxPooling,
    Input,
)
from lrp_widgets.widgets import LayerStepper, Microscope

PERIOD, BEATS = 40, 5


def beat(early=False):
    """One heartbeat of 40 moments: P wave, QRS complex, T wave; early: without its P wave."""
    time = np.arange(PERIOD)

    def wave(at, width, height):
        return height * np.exp(-((time - at) ** 2) / (2 * width**2))

    qrs = wave(17, 1, -0.3) + wave(19, 1.2, 1.6) + wave(21.5, 1, -0.45)
    return (0 if early else wave(8, 2.5, 0.35)) + qrs + wave(31, 3, 0.5)


def heartbeats(seed=0, early=2):
    """Five beats with noise, one of them without a P wave: (signal (200, 1), its moments)."""
    random = np.random.default_rng(seed)
    signal = np.concatenate([beat(k == early) for k in range(BEATS)])
    here = slice(early * PERIOD, (early + 1) * PERIOD)
    noise = 0.02 * random.standard_normal(len(signal))
    return (signal + noise)[:, None].astype(np.float32), here


def finds_early_beats():
    """A matched filter in closed form: it answers QRS complexes that no P wave goes before."""
    template = beat(early=True)[4:28] - 4 * (beat() - beat(early=True))[4:28]
    kernel = (template / np.linalg.norm(template))[:, None, None].astype(np.float32)
    threshold = 0.8 * float(beat(early=True)[4:28] @ kernel[:, 0, 0])
    layers = [
        Input(name="signal", shape=(BEATS * PERIOD, 1)),
        Convolution(
            name="filter",
            inputs=("signal",),
            kernel=kernel,
            bias=np.array([-threshold], np.float32),
            padding="same",
            strides=(1,),
            dilation=(1,),
            activation=Activation("relu"),
        ),
        GlobalMaxPooling(name="largest", inputs=("filter",)),
        Dense(name="out", inputs=("largest",), kernel=np.array([[1.0, -1.0]], np.float32)),
    ]
    return Network(layers, name="heartbeats", class_names=["early beat", "regular"])


def test_the_early_beat_is_where_the_relevance_lies():
    signal, here = heartbeats()
    network = finds_early_beats()
    e = explain(network, signal, "epsilon:1e-6", start="logit", input_rule=None)
    assert e.prediction[0][0] == "early beat"
    over_time = e.heatmap()
    assert over_time.shape == (200,) and e.heatmap("rgb").shape == (200, 1)
    outside = np.abs(over_time).sum() - np.abs(over_time[here]).sum()
    assert outside <= 1e-6 * np.abs(over_time).sum()
    assert abs(int(np.abs(over_time).argmax()) - (here.start + 19)) <= 1  # its QRS complex
    regular, _ = heartbeats(early=-1)
    assert explain(network, regular, start="logit").layers[-1].activation[0] == 0


def test_a_signal_is_drawn_over_time():
    signal, _ = heartbeats()
    e = explain(finds_early_beats(), signal, "epsilon:1e-6", start="logit", input_rule=None)
    figure = e.plot()
    panels = {axes.get_label(): axes for axes in figure.axes}
    assert set(panels) == {"signal", "relevance"}
    np.testing.assert_array_equal(panels["signal"].lines[0].get_ydata(), signal[:, 0])
    np.testing.assert_array_equal(panels["relevance"].lines[0].get_ydata(), e.heatmap())
    assert figure._repr_png_()
    wide = explain(
        Network([Input(name="i", shape=(9, 20)), GlobalAveragePooling(name="m", inputs=("i",))]),
        np.ones((9, 20), np.float32),
        start="logit",
    )
    with pytest.raises(ValueError, match="8 channels at most"):
        wide.plot()


def volume():
    random = np.random.default_rng(0)
    layers = [
        Input(name="volume", shape=(4, 6, 5, 2)),
        Convolution(
            name="conv",
            inputs=("volume",),
            kernel=random.normal(size=(3, 3, 3, 2, 3)).astype(np.float32),
            padding="same",
            activation=Activation("relu"),
        ),
        AveragePooling(name="pool", inputs=("conv",), size=(2, 2, 2), strides=(2, 2, 2)),
        GlobalAveragePooling(name="mean", inputs=("pool",)),
    ]
    x = random.normal(size=(4, 6, 5, 2)).astype(np.float32)
    return explain(Network(layers), x, rules.ZPlus(), start="logit", input_rule=None)


def signal():
    x, _ = heartbeats()
    return explain(finds_early_beats(), x, "epsilon:1e-6", start="logit", input_rule=None)


@pytest.mark.parametrize("make", [signal, volume])
def test_the_page_shows_each_place_once(make):
    """Summed over channels: a signal is one row, the layers of a volume below one another."""
    e = make()
    stepper = LayerStepper(e)
    shown = {each["name"]: each for each in stepper.layers}
    for layer in e.layers:
        rows, columns = shown[layer.name]["rows"], shown[layer.name]["columns"]
        if len(layer.shape) > 1:
            assert columns == layer.shape[-2]
            assert rows * columns * layer.shape[-1] == layer.relevance.size
            assert shown[layer.name]["channels"] == layer.shape[-1]
    offset = 0
    maps = np.frombuffer(stepper.relevance_maps, np.float32)
    for layer in e.layers:
        size = shown[layer.name]["size"]
        expected = layer.relevance if len(layer.shape) == 1 else layer.relevance.sum(-1)
        np.testing.assert_allclose(
            maps[offset : offset + size], expected.ravel(), rtol=1e-4, atol=1e-7
        )
        offset += size


@pytest.mark.parametrize("make", [signal, volume])
def test_the_microscope_opens_the_unit_that_was_clicked(make):
    from lrp_widgets.widgets.microscope.unit_payload import unit_at, unit_view

    e = make()
    for layer in e.layers:
        cell = int(np.abs(layer.relevance).sum(-1).argmax()) if len(layer.shape) > 1 else 0
        index = unit_at(layer, cell, 0 if len(layer.shape) > 1 else -1)
        assert len(index) == len(layer.shape)
        view = unit_view(e.unit(layer.name, index), e)
        assert view["relevance"] == pytest.approx(float(layer.relevance[index]))
        if len(layer.shape) > 1:
            assert np.ravel_multi_index(index[:-1], layer.shape[:-1]) == cell
    assert Microscope(e) is not None


@pytest.mark.parametrize("make", [signal, volume])
def test_figures_and_files(make, tmp_path):
    e = make()
    assert e.plot_layers()._repr_png_() and e.plot_totals()._repr_png_()
    assert e.save(tmp_path)
    e.network.summary()
