"""Quantized and half-precision Keras layers are refused by name; all others are read exactly."""

import keras
import numpy as np
import pytest
from keras import layers
from random_models import random_input, randomize

from lrp_widgets import Network


def model(dtype=None, shape=(8, 8, 3), **of_one):
    """A small model; `of_one` is a policy for the layer of that name alone."""

    def policy(name):
        return of_one.get(name, dtype)

    made = keras.Sequential(
        [
            keras.Input(shape),
            layers.Conv2D(4, 3, name="conv", dtype=policy("conv")),
            layers.BatchNormalization(name="bn", dtype=policy("bn")),
            layers.ReLU(name="act", dtype=policy("act")),
            layers.Flatten(name="flat", dtype=policy("flat")),
            layers.Dense(6, name="fc", dtype=policy("fc")),
            layers.Dense(3, name="out", activation="softmax", dtype=policy("out")),
        ]
    )
    randomize(made, np.random.default_rng(0))
    return made


def refused(model, *words):
    with pytest.raises(ValueError, match=r"\.$") as caught:
        Network.from_keras(model)
    for word in words:
        assert word in str(caught.value)
    assert "\n" not in str(caught.value)


def quantized(mode, **settings):
    made = model()
    made.quantize(mode, **settings)
    return made


@pytest.mark.parametrize("mode", ["int8", "int4", "float8"])
def test_a_quantized_model(mode):
    refused(quantized(mode), f"'fc' (Dense) and 1 more are quantized ({mode})", "before quantize()")


def test_gptq():
    if not hasattr(keras.quantizers, "GPTQConfig"):
        pytest.skip("this Keras has no GPTQ")
    one = model(fc=keras.dtype_policies.get("gptq/4/32_from_float32"))
    refused(one, "'fc' (Dense) is quantized (gptq)")


def test_one_quantized_layer_within_a_plain_model_and_within_a_nested_one():
    inner = model()
    inner.get_layer("fc").quantize("int8")
    refused(inner, "Layer 'fc' (Dense) is quantized (int8): codes stand there")
    refused(keras.Sequential([keras.Input((8, 8, 3)), inner]), "'fc' (Dense) is quantized (int8)")
    picture = keras.Input((8, 8, 3))
    refused(keras.Model(picture, inner(picture)), "'fc' (Dense) is quantized (int8)")


def test_policies_by_path():
    int8 = keras.dtype_policies.QuantizedDTypePolicy("int8", "float32")
    policies = keras.dtype_policies.DTypePolicyMap(default_policy=int8)
    refused(model(fc=policies), "'fc' (Dense) is quantized (int8)")


@pytest.mark.parametrize("mode", ["int8", "int4", "float8"])
def test_models_from_a_file(mode, tmp_path):
    quantized(mode).save(tmp_path / "small.keras")
    loaded = keras.models.load_model(tmp_path / "small.keras", safe_mode=True)
    refused(loaded, f"quantized ({mode})")


@pytest.mark.parametrize("dtype", ["mixed_float16", "mixed_bfloat16", "float16", "bfloat16"])
def test_half_precision(dtype):
    kind = dtype.removeprefix("mixed_")
    refused(model(dtype), f"'conv' (Conv2D) and 5 more compute in {kind}", '"float32"')
    for name in ("conv", "bn", "act", "flat", "fc", "out"):
        refused(model(**{name: dtype}), f"'{name}'", f"computes in {kind}")


def test_half_precision_at_the_input_and_in_an_activation():
    picture = keras.Input((4,), name="picture", dtype="float16")
    refused(keras.Model(picture, layers.Dense(2)(picture)), "'picture' (InputLayer)", "float16")
    activation = layers.ReLU(name="act", dtype="bfloat16")
    x = keras.Input((4,))
    refused(keras.Model(x, layers.Dense(2, activation=activation)(x)), "'act' (ReLU)", "bfloat16")


def test_from_a_policy_for_everything():
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_float16")
    try:
        made = model()
    finally:
        keras.config.set_dtype_policy(before)
    refused(made, "'conv' (Conv2D)", "compute in float16")


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("one", [{}, {"fc": "float64"}, {"bn": "float64"}, {"conv": "float32"}])
def test_all_others_are_read_exactly(dtype, one):
    made = model(dtype, **one)
    x = random_input(made).astype(np.float32)
    theirs = np.asarray(made(x, training=False))
    assert np.abs(Network.from_keras(made)(x) - theirs).max() <= 1e-5 * np.abs(theirs).max()


def test_pixels_of_whole_numbers_are_no_reason():
    picture = keras.Input((8, 8, 3), dtype="uint8")
    x = layers.Conv2D(2, 3)(layers.Rescaling(1 / 255)(picture))
    made = keras.Model(picture, layers.Flatten()(x))
    pixels = np.random.default_rng(0).integers(0, 256, (2, 8, 8, 3), np.uint8)
    theirs = np.asarray(made(pixels, training=False))
    ours = Network.from_keras(made)(pixels.astype(np.float32))
    assert np.abs(ours - theirs).max() <= 1e-5 * np.abs(theirs).max()
