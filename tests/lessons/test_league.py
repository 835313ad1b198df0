"""The league's tables are what its script measures: a part of them, measured anew."""

import numpy as np
import pytest

from lrp_widgets import load_network, metrics
from lrp_widgets.lessons.experiments import league

TABLES = {name: league.table(name) for name in league.TABLES}


def cell(table, network, method, column):
    key = "measure" if table == "league" else "layer"
    (found,) = (
        row
        for row in TABLES[table]
        if (row["network"], row["method"], row[key]) == (network, method, column)
    )
    return found


@pytest.mark.parametrize(
    ("network", "method"),
    [
        ("mini-vgg", "z-plus"),
        ("mini-vgg", "gradient-times-input"),
        ("mini-resnet", "epsilon-gamma-box"),
        ("mini-densenet", "mask"),
    ],
)
def test_the_first_scene_measured_anew(network, method):
    """The first scene alone; float32 sums differ a little between machines and batch sizes."""
    found = league.measures_of(load_network(network), method, range(1))
    for measure, (value,) in found.items():
        written = cell("league", network, method, measure)["first"]
        assert value == pytest.approx(written, rel=2e-3, abs=2e-3, nan_ok=True), measure


def test_the_first_scene_s_costly_measures_anew():
    found, _ = league.costly_measures_of(load_network("mini-vgg"), "epsilon-plus", range(1))
    for measure, (value,) in found.items():
        written = cell("league", "mini-vgg", "epsilon-plus", measure)["first"]
        assert value == pytest.approx(written, rel=5e-3, abs=5e-3), measure


def test_the_extreme_scenes_are_those_that_the_table_names():
    """A click opens them: the scene of the highest value has more than that of the lowest."""
    network = load_network("mini-vgg")
    row = cell("league", "mini-vgg", "z-plus", "roc-auc")
    ends = [row["highest"], row["lowest"]]
    high, low = (league.measures_of(network, "z-plus", [k])["roc-auc"][0] for k in ends)
    assert low < row["mean"] < high
    assert low - 1e-3 <= row["first"] <= high + 1e-3


def test_a_mean_its_error_and_its_number():
    found = league.summary([1.0, 2.0, 4.0, np.nan])
    assert found["mean"] == pytest.approx(7 / 3) and found["scenes"] == 3
    assert found["error"] == pytest.approx(np.sqrt(7 / 3 / 3))
    assert np.isnan(league.summary([np.nan])["mean"])


def test_every_network_method_and_measure_is_in_the_league():
    for network in league.NETWORKS:
        for method in league.ROWS:
            for measure in league.ON_EVERY_SCENE:
                assert cell("league", network, method, measure)["scenes"] >= 0


# What was measured


def means(measure, network):
    return {name: cell("league", network, name, measure)["mean"] for name in league.ROWS}


def beats(measure, network, better, worse):
    """Whether a mean is higher by more than twice the standard error of the difference."""
    a, b = (cell("league", network, name, measure) for name in (better, worse))
    return a["mean"] - b["mean"] > 2 * np.hypot(a["error"], b["error"])


@pytest.mark.parametrize("network", league.NETWORKS)
def test_controls_get_what_they_must(network):
    area = means("mass", network)["constant"]
    for measure in ("mass", "rank-accuracy", "pointing-game"):
        found = means(measure, network)
        assert found["mask"] == 1
        assert found["constant"] == pytest.approx(area, abs=1e-4)
    assert means("roc-auc", network)["constant"] == 0.5
    assert means("abpc", network)["constant"] == 0
    noise = cell("league", network, "noise", "abpc")
    assert abs(noise["mean"]) < 3 * noise["error"]
    assert beats("abpc", network, "mask", "noise")


@pytest.mark.parametrize("network", league.NETWORKS)
def test_what_the_league_found(network):
    """Not a law: what was measured on these scenes, by more than two standard errors."""
    for name in ("z-plus", "epsilon-plus", "epsilon-gamma-box"):
        for other in ("gradient", "smooth-grad", "noise"):
            assert beats("abpc", network, name, other)
    for name in ("z-plus", "epsilon-gamma-box"):
        assert beats("rank-accuracy", network, name, "gradient-times-input")
    # z⁺ can hardly tell the classes; ε in the dense part, below the same z⁺, can.
    assert beats("other-class", network, "z-plus", "epsilon-plus")
    assert means("other-class", network)["z-plus"] > 0.9
    # A plain gradient takes the picture apart no better than a random order does.
    assert not beats("abpc", network, "gradient", "noise")


def test_the_classes_part_above_and_meet_below_under_z_plus():
    at = {
        name: [
            cell("class_cosines", "mini-vgg", name, layer)["mean"]
            for layer in ("predictions", "fc1", "block4_pool", "block3_conv1", "input")
        ]
        for name in ("z-plus", "LRP-0")
    }
    assert at["z-plus"] == sorted(at["z-plus"]) and at["z-plus"][-1] > 0.999
    assert max(np.abs(at["LRP-0"])) < 0.3


def test_mprt_s_known_order_as_far_as_mini_vgg_shows_it():
    """z⁺ barely reacts to random weights above; gradients react as fully as noise does.

    Hedström et al. 2024 found LRP-ε and gradient × input clearly above the gradient on VGG16 and
    LeNet. Here all of them are near 0, where noise is too.
    """
    network = load_network("mini-vgg")
    images = np.stack([league.scene(k).image for k in range(3)])
    found = {
        name: np.mean(list(metrics.mprt(network, images, name, seed=1).values()))
        for name in ("z-plus", "gradient-times-input", "gradient", "noise")
    }
    assert found.pop("z-plus") > 0.5
    assert max(map(abs, found.values())) < 0.1
