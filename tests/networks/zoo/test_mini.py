"""mini-vgg: small, accurate, trained by the code that is here, and folded without a trace."""

import numpy as np
import pytest

from lrp_widgets.media.scenes import KINDS, draw_scenes
from lrp_widgets.networks.zoo.mini import model as mini
from lrp_widgets.networks.zoo.mini import train as training

PICTURES, EPOCHS = 32, 10


@pytest.fixture(scope="module")
def trained():
    """A network trained for a few steps on one batch of pictures, and its losses."""
    return training.train(seed=5, pictures=PICTURES, epochs=EPOCHS, progress=False)


@pytest.fixture(scope="module")
def written(trained, tmp_path_factory):
    """The folder into which that network was written, and its card."""
    folder = tmp_path_factory.mktemp("mini") / "new"
    card = training.write(trained[0], folder, {"seed": 5}, held_out=40)
    return folder, card


def test_the_bundled_files_fit_the_network_and_weigh_little():
    assert mini.WEIGHTS_FILE.stat().st_size <= 3e6
    tensors, card = mini.read_weights(), mini.read_card()
    assert card["classes"] == list(KINDS)
    assert card["layers"] == mini.weighted_layers()
    assert list(tensors) == [
        f"{name}/{tensor}" for name in mini.weighted_layers() for tensor in ("kernel", "bias")
    ]
    for key, tensor in tensors.items():
        assert tensor.dtype == np.float32
        assert tensor.shape[-1] == card["layers"][key.split("/")[0]]
        assert np.isfinite(tensor).all()


def test_the_card_says_at_least_98_percent_on_2000_pictures_that_training_never_saw():
    card = mini.read_card()
    assert card["held_out"]["accuracy"] >= 0.98
    assert card["held_out"]["pictures"] == 2000
    assert card["held_out"]["seed"] != card["training"]["seed"]


def test_the_bundled_network_is_right_on_fresh_pictures():
    images, labels, _ = draw_scenes(500, seed=77)
    assert mini.evaluate(mini.build_keras(), images, labels) >= 0.97


def test_its_layers_are_named_as_in_vgg():
    names = [layer.name for layer in mini.build_keras(weights=False).layers]
    assert names[1:4] == ["block1_conv1", "block1_conv2", "block1_pool"]
    assert names[-4:] == ["block4_pool", "flatten", "fc1", "predictions"]


def test_training_lowers_the_loss(trained):
    _, losses = trained
    assert len(losses) == EPOCHS
    assert np.mean(losses[-3:]) < 0.8 * np.mean(losses[:3])


def test_the_folded_network_equals_the_trained_one(trained, written):
    model, _ = trained
    folded = mini.build_keras(written[0] / "mini_vgg.npz")
    images, _, _ = draw_scenes(8, seed=6)
    x = images.astype(np.float32) * mini.SCALE
    for ours, theirs in (("predictions", "predictions"), ("fc1", "fc1_relu")):
        got = activation(folded, ours, x)
        expected = activation(model, theirs, x)
        assert np.abs(got - expected).max() <= 1e-5 * np.abs(expected).max()


def test_every_folded_layer_has_a_bias_that_the_fold_brought(written):
    tensors = mini.read_weights(written[0] / "mini_vgg.npz")
    assert all(np.any(tensors[f"{name}/bias"]) for name in mini.weighted_layers())


def test_the_written_card_tells_the_truth(written):
    folder, card = written
    assert mini.read_card(folder / "mini_vgg.json") == card
    images, labels, _ = draw_scenes(40, training.HELD_OUT_SEED)
    model = mini.build_keras(folder / "mini_vgg.npz")
    predicted = np.argmax(model.predict(images / 255.0, verbose=0), axis=1)
    assert card["held_out"] == {
        "seed": training.HELD_OUT_SEED,
        "pictures": 40,
        "accuracy": np.mean(predicted == labels),
    }


def test_augmentation_only_turns_mirrors_and_exchanges_channels():
    images, _, _ = draw_scenes(12, seed=2)
    out = training.augment(images, np.random.default_rng(0))
    assert out.dtype == np.float32
    for before, after in zip(images, out, strict=True):
        np.testing.assert_allclose(np.sort(after.ravel()), np.sort(before.ravel()) / 255, atol=1e-6)
    assert not np.allclose(out, images / 255)


def test_the_held_out_seed_and_too_few_pictures_are_refused():
    with pytest.raises(ValueError, match="kept for the held-out pictures"):
        training.train(training.HELD_OUT_SEED, pictures=32, epochs=1)
    with pytest.raises(ValueError, match="at least one batch of 32 pictures, not 31"):
        training.train(1, pictures=31, epochs=1)


def activation(model, name, x):
    import keras

    return np.asarray(keras.Model(model.input, model.get_layer(name).output)(x, training=False))
