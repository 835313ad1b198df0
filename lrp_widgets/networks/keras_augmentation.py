"""Keras's layers that vary pictures while a network is trained: what they do afterwards."""

import keras

from .keras_words import describe

# Each hands pictures on unchanged after training; Keras 3.10 has not all of them yet.
_VARY_IN_TRAINING = (
    "AugMix",
    "CutMix",
    "MaxNumBoundingBoxes",
    "MixUp",
    "RandAugment",
    "RandomBrightness",
    "RandomColorDegeneration",
    "RandomColorJitter",
    "RandomContrast",
    "RandomElasticTransform",
    "RandomErasing",
    "RandomFlip",
    "RandomGaussianBlur",
    "RandomGrayscale",
    "RandomHue",
    "RandomInvert",
    "RandomPerspective",
    "RandomPosterization",
    "RandomRotation",
    "RandomSaturation",
    "RandomSharpness",
    "RandomShear",
    "RandomTranslation",
    "RandomZoom",
    "Solarization",
)
VARY_IN_TRAINING = tuple(
    getattr(keras.layers, name) for name in _VARY_IN_TRAINING if hasattr(keras.layers, name)
)
CHANGE_SIZE = (keras.layers.CenterCrop, keras.layers.RandomCrop, keras.layers.Resizing)


def check_size(call):
    """Nothing of a layer that resizes or crops, where the picture has the size that it makes.

    Raises ValueError, one sentence, where it has another.
    """
    [before], after = call.input_shapes, call.shape
    if before != after:
        layer = call.layer
        size = f"{layer.height}×{layer.width}"
        raise ValueError(
            f"{describe(layer)} makes pictures of {size} out of others, which cannot be read; "
            f"build the model without it, for pictures that have {size} when they come in."
        )


def check_pipeline(pipeline):
    """Nothing of a Pipeline whose layers all vary pictures in training alone.

    Raises ValueError, one sentence, that names another layer in it.
    """
    for layer in pipeline.layers:
        if type(layer) not in VARY_IN_TRAINING:
            raise ValueError(
                f"{describe(layer)} within {describe(pipeline)} cannot be read there; only layers "
                "that vary pictures in training alone can, such as RandomFlip: put it in front."
            )
