"""The networks that we offer, on real pictures: the ledger closes at every layer."""

import numpy as np
import pytest

from lrp_widgets import explain, load_image, load_network
from lrp_widgets.media.scenes import draw_scene


def closes(e, tolerance=1e-4):
    """Every layer's total equals the initial relevance once what was absorbed above it is added."""
    absorbed = 0.0
    for layer in reversed(e.layers):
        mass = np.abs(layer.relevance).sum(dtype=np.float64)
        assert layer.total + absorbed == pytest.approx(e.start_total, abs=tolerance)
        assert abs(layer.absorbed["rounding"]) <= 1e-5 * mass
        assert np.isfinite(layer.relevance).all()
        absorbed += sum(layer.absorbed[key] for key in ("bias", "stabilizer", "dead", "padding"))
    return absorbed


@pytest.fixture(scope="module")
def tiny(networks_folder):
    return load_network("tiny-darknet", weights=networks_folder / "tiny_darknet.weights")


@pytest.mark.parametrize("pooling", ["avg", "max"])
def test_mini_vgg_closes_on_every_kind_of_scene(network, pooling):
    scenes = [draw_scene(1000 + i, kind) for i, kind in enumerate(network.class_names)]
    together = explain(network, np.stack([scene.image for scene in scenes]), pooling=pooling)
    for scene, e in zip(scenes, together, strict=True):
        assert closes(e) < 0.05
        assert e.prediction[0][0] == scene.kind


def test_mini_vgg_looks_at_the_object(network):
    """Relevance on the object's own pixels is several times its share of the picture."""
    scenes = [draw_scene(2000 + i) for i in range(16)]
    masks = np.stack([scene.mask for scene in scenes])
    e = explain(network, np.stack([scene.image for scene in scenes]))
    share = (e.pixels.sum(-1) * masks).sum() / e.pixels.sum()
    random = explain(network.randomized(0), np.stack([scene.image for scene in scenes])).pixels
    by_chance = (random.sum(-1) * masks).sum() / random.sum()
    assert share > 2 * masks.mean()
    assert share > 1.2 * by_chance


def test_vgg16_with_random_weights_closes():
    network = load_network("vgg16", weights="random", seed=1)
    e = explain(network, load_image("cat", network))
    assert closes(e) == pytest.approx(0, abs=1e-4)  # no biases: everything arrives
    assert len(e.layers) == 23
    assert e.pixels.shape == (224, 224, 3)


@pytest.mark.parametrize("pooling", ["avg", "max"])
def test_tiny_darknet_closes_on_a_photograph(tiny, photos_folder, pooling):
    e = explain(tiny, load_image(photos_folder / "chelsea.png", tiny), pooling=pooling)
    closes(e)
    if pooling == "max":
        assert max(abs(total - 1) for total in e.totals.values()) < 1e-4


def test_z_plus_hardly_tells_two_classes_apart(tiny, photos_folder):
    """Design, section 3, item 8: what the dashboard warns of is true of this network."""
    image = load_image(photos_folder / "chelsea.png", tiny)
    first, second = explain(tiny, image).prediction[:2]
    maps = [
        explain(tiny, image, start="probability", target=name).heatmap().ravel()
        for name, _ in (first, second)
    ]
    ranks = [np.argsort(np.argsort(m)) for m in maps]
    assert np.corrcoef(*ranks)[0, 1] > 0.9
