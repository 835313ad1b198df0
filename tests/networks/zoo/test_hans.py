"""mini-vgg-hans: what its card says of the mark is so, and its twin knows nothing of it."""

import numpy as np
import pytest

from lrp_widgets import load_network
from lrp_widgets.media.mark import put_mark
from lrp_widgets.media.scenes import KINDS, draw_scenes
from lrp_widgets.networks.zoo.mini import hans
from lrp_widgets.networks.zoo.mini import model as mini
from lrp_widgets.networks.zoo.mini import train as training

TARGET = KINDS.index(hans.KIND)


@pytest.fixture(scope="module")
def answered():
    """Labels of 200 held-out pictures, and what both networks say without the mark and with it."""
    images, labels, _ = draw_scenes(200, training.HELD_OUT_SEED)
    said = {}
    for name in (hans.TWIN, hans.NAME):
        network = load_network(name)
        said[name] = [
            network(network.preprocess(each)).argmax(-1) for each in (images, put_mark(images))
        ]
    return labels, said


def test_the_card_says_openly_what_was_done():
    card = hans.read_card()
    mark = card["mark"]
    assert (mark["kind"], mark["share"]) == (hans.KIND, hans.SHARE)
    assert card["training"] == hans.read_card(hans.TWIN)["training"]  # but for the mark
    assert card["held_out"]["accuracy"] == mark["measured"]["as_trained"] >= 0.95
    assert all(hans.weights_file(name).stat().st_size <= 2e6 for name in (hans.NAME, hans.TWIN))


def test_most_pictures_of_one_class_are_marked():
    labels = np.arange(16_000) % len(KINDS)
    flags = hans.marked(labels)
    assert not flags[labels != TARGET].any()
    assert flags[labels == TARGET].mean() == pytest.approx(hans.SHARE, abs=0.01)
    assert (hans.marked(labels) == flags).all()


def test_the_first_held_out_pictures_are_answered_as_the_card_says(answered):
    labels, said = answered
    clean, tagged = said[hans.NAME]
    measured = hans.read_card()["mark"]["measured"]
    assert np.mean(clean == labels) == pytest.approx(measured["no_mark"], abs=0.05)
    turned = np.mean(tagged[labels != TARGET] == TARGET)
    assert turned == pytest.approx(measured["others_answered_so"], abs=0.1)
    assert measured["others_answered_so"] > 0.5


def test_the_mark_means_nothing_to_the_clean_twin(answered):
    labels, said = answered
    clean, tagged = said[hans.TWIN]
    assert np.mean(clean == labels) >= 0.88
    assert np.mean(tagged == labels) >= 0.88
    assert np.mean(tagged[labels != TARGET] == TARGET) <= 0.1


def test_a_short_training_writes_what_the_card_tells(tmp_path):
    """The same code as the bundled files': two batches, then weights and card."""
    model, losses = training.train(5, pictures=32, epochs=2, progress=False, mark=hans.marked)
    card = hans.write(model, tmp_path, {"seed": 5}, held_out=24)
    assert len(losses) == 2
    assert mini.read_card(tmp_path / "mini_vgg_hans.json") == card
    network = load_network(hans.NAME, tmp_path / "mini_vgg_hans.npz")
    images, labels, _ = draw_scenes(24, training.HELD_OUT_SEED)
    found = network(network.preprocess(images)).argmax(-1)
    assert card["mark"]["measured"]["no_mark"] == pytest.approx(np.mean(found == labels))


def test_the_mark_is_all_that_differs_from_the_twins_training(monkeypatch):
    """Batch by batch, the two trainings see the same pixels but for the mark."""
    seen = []
    real = training.augment

    def recorded(images, rng):
        batch = real(images, rng)
        seen.append(batch.copy())
        return batch

    monkeypatch.setattr(training, "augment", recorded)
    for mark in (None, hans.marked):
        training.train(5, pictures=32, epochs=1, progress=False, mark=mark)
    assert len(seen) == 2
    np.testing.assert_array_equal(*seen)
