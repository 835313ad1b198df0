"""Layers that vary pictures in training pass after it; those that change the size are named."""

import keras
import numpy as np
import pytest
from keras import layers
from random_models import randomize

from lrp_widgets import Network
from lrp_widgets.networks.keras_augmentation import CHANGE_SIZE, VARY_IN_TRAINING

SETTINGS = {
    "CenterCrop": (6, 6),
    "MaxNumBoundingBoxes": (3,),
    "RandomBrightness": (0.3,),
    "RandomColorDegeneration": (0.5,),
    "RandomContrast": (0.3,),
    "RandomCrop": (6, 6),
    "RandomHue": (0.3,),
    "RandomPosterization": (4,),
    "RandomRotation": (0.3,),
    "RandomSaturation": (0.3,),
    "RandomSharpness": (0.5,),
    "RandomTranslation": (0.3, 0.3),
    "RandomZoom": (0.3,),
    "Resizing": (6, 6),
}
# What Keras changes about pictures in ways of its own, also after training.
BY_THE_PICTURE = ["AutoContrast", "ContrastLimitedAdaptiveHistogramEqualization"]


def make(kind):
    return kind(*SETTINGS.get(kind.__name__, ()), name="layer")


def model_with(*steps, shape=(8, 8, 3), nested=False):
    """A model with these steps in front, in a model of their own if `nested`."""
    steps = [keras.Sequential(steps, name="augment")] if nested else steps
    rest = [layers.Conv2D(4, 3, name="conv"), layers.Flatten(), layers.Dense(2)]
    model = keras.Sequential([keras.Input(shape), *steps, *rest])
    randomize(model, np.random.default_rng(0))
    return model


def reads_exactly(model):
    x = (100 * np.random.default_rng(1).normal(size=(3, 8, 8, 3))).astype(np.float32)
    network, theirs = Network.from_keras(model), model.predict(x, verbose=0)
    assert [layer.name for layer in network.layers[:2]] == ["input", "conv"]
    assert np.abs(network(x) - theirs).max() <= 1e-5 * np.abs(theirs).max()


def refused(model):
    with pytest.raises(ValueError, match=r"\.$") as caught:
        Network.from_keras(model)
    assert "training=True" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("nested", [False, True], ids=["", "nested"])
@pytest.mark.parametrize("kind", VARY_IN_TRAINING, ids=lambda kind: kind.__name__)
def test_what_varies_in_training_is_passed(kind, nested):
    reads_exactly(model_with(make(kind), nested=nested))


def test_a_whole_front_of_them_and_functional():
    front = [layers.RandomFlip(), layers.RandomRotation(0.1), layers.RandomZoom(0.2)]
    reads_exactly(model_with(*front, layers.RandomContrast(0.1)))
    picture = keras.Input((8, 8, 3))
    x = layers.RandomFlip("horizontal")(picture, training=True)  # predict leaves it out as well
    x = layers.Flatten()(layers.Conv2D(2, 3, name="conv")(x))
    reads_exactly(keras.Model(picture, x))


@pytest.mark.parametrize("nested", [False, True], ids=["", "nested"])
@pytest.mark.parametrize("kind", CHANGE_SIZE, ids=lambda kind: kind.__name__)
def test_what_changes_the_size_is_refused_by_name(kind, nested):
    sentence = refused(model_with(make(kind), nested=nested))
    assert sentence == (
        f"Layer 'layer' ({kind.__name__}) makes pictures of 6×6 out of others, which cannot be "
        "read; build the model without it, for pictures that have 6×6 when they come in."
    )


def test_of_any_size_it_is_refused_as_well():
    picture = keras.Input((None, None, 3))
    x = layers.Conv2D(2, 3)(layers.Resizing(6, 6, name="layer")(picture))
    assert "'layer' (Resizing)" in refused(keras.Model(picture, layers.Flatten()(x)))


@pytest.mark.parametrize("kind", CHANGE_SIZE, ids=lambda kind: kind.__name__)
def test_where_the_size_stays_it_is_passed(kind):
    reads_exactly(model_with(kind(8, 8)))


@pytest.mark.parametrize("name", BY_THE_PICTURE)
def test_what_depends_on_the_whole_picture_is_refused_by_name(name):
    kind = getattr(layers, name, None)
    if kind is None:
        pytest.skip(f"this Keras has no {name}")
    assert f"'layer' ({name}) cannot be read" in refused(model_with(make(kind)))


def test_every_image_layer_of_this_keras_is_known():
    """One that a later Keras adds is to be tried: does it change pictures after training?"""
    new = {name for name in dir(layers) if name.startswith("Random")}
    known = {kind.__name__ for kind in (*VARY_IN_TRAINING, *CHANGE_SIZE)}
    assert {name for name in new if isinstance(getattr(layers, name), type)} <= known


@pytest.mark.skipif(not hasattr(layers, "Pipeline"), reason="this Keras has no Pipeline")
def test_pipelines():
    reads_exactly(model_with(layers.Pipeline([layers.RandomFlip(), layers.RandomZoom(0.2)])))
    within = layers.Pipeline([layers.RandomFlip(), layers.Rescaling(2.0, name="r")], name="p")
    sentence = refused(model_with(within))
    assert sentence.startswith("Layer 'r' (Rescaling) within Layer 'p' (Pipeline) cannot be read")
