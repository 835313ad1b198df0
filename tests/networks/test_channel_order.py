"""Networks that were trained on BGR: RGB inside, and the same answers."""

from dataclasses import replace

import numpy as np
import pytest
from small import flexible, picture, small_vgg

from lrp_widgets import Network, explain
from lrp_widgets.networks.channel_order import flipped
from lrp_widgets.networks.layers import (
    Addition,
    Affine,
    Concatenation,
    Convolution,
    Dense,
    GlobalAveragePooling,
    Input,
    MaxPooling,
    Padding,
    Reshape,
)
from lrp_widgets.networks.preprocessing import CAFFE

RANDOM = np.random.default_rng(0)


def normal(*shape):
    return RANDOM.normal(size=shape).astype(np.float32)


def chain(*layers):
    names = ["input", *(layer.name for layer in layers)]
    linked = [
        replace(layer, inputs=layer.inputs or (source,))
        for layer, source in zip(layers, names, strict=False)
    ]
    return [Input(name="input", shape=(6, 4, 3)), *linked]


BRANCHES = [
    Affine(name="scale", scale=normal(3), offset=normal(3), center=normal(3)),
    Padding(name="pad", pads=((1, 0), (0, 2)), inputs=("input",)),
    Convolution(name="left", kernel=normal(3, 3, 3, 2), inputs=("pad",), padding="same"),
    Concatenation(name="both", inputs=("scale", "input")),
    GlobalAveragePooling(name="mean"),
    Dense(name="end", kernel=normal(6, 4), bias=normal(4)),
]
GRAPHS = {
    "convolution": chain(Convolution(name="conv", kernel=normal(3, 3, 3, 5), bias=normal(5))),
    "flattened": chain(
        MaxPooling(name="pool", size=(2, 2), strides=(2, 2)),
        Reshape(name="flat"),
        Dense(name="end", kernel=normal(18, 4)),
    ),
    "scaled behind a reshape": chain(
        Reshape(name="rows", shape=(6, 12)),
        Affine(name="scale", scale=normal(12), offset=np.array(0.5)),
        Dense(name="end", kernel=normal(12, 2)),
    ),
    "on every channel": chain(Dense(name="end", kernel=normal(3, 2))),
    "several that read it": chain(*BRANCHES[:2], *BRANCHES[3:]),
    "one scale for all": chain(
        Affine(name="scale", scale=np.array(1 / 255), offset=np.array(0.0)),
        Convolution(name="conv", kernel=normal(1, 1, 3, 2)),
    ),
    "added to itself": chain(
        Affine(name="scale", scale=normal(3), offset=normal(3)),
        Addition(name="sum", inputs=("scale", "input")),
        Convolution(name="conv", kernel=normal(2, 2, 3, 2)),
    ),
}


@pytest.mark.parametrize("layers", GRAPHS.values(), ids=GRAPHS)
def test_the_answer_stays_and_the_input_is_rgb(layers):
    trained, network = Network(layers), Network(layers, preprocess=CAFFE)
    x = normal(2, 6, 4, 3)
    ours, theirs = network.forward(x, "float64"), trained.forward(x, "float64")
    last = layers[-1].name
    np.testing.assert_allclose(ours[last], theirs[last], rtol=1e-12, atol=1e-12)
    np.testing.assert_array_equal(ours["input"], theirs["input"][..., ::-1])


@pytest.mark.parametrize("layers", GRAPHS.values(), ids=GRAPHS)
def test_twice_flipped_is_as_it_was(layers):
    for one, other in zip(flipped(flipped(layers)), layers, strict=True):
        for key in ("kernel", "scale", "offset", "center"):
            if hasattr(one, key):
                np.testing.assert_array_equal(getattr(one, key), getattr(other, key))


def test_what_takes_channels_apart_is_refused_by_name():
    grouped = Convolution(name="apart", kernel=normal(3, 3, 1, 3), groups=3)
    with pytest.raises(ValueError, match="apart takes the picture's channels apart"):
        Network(chain(grouped), preprocess=CAFFE)
    conv = Convolution(name="conv", kernel=normal(1, 1, 3, 3))
    mixed = chain(conv, Addition(name="sum", inputs=("conv", "input")))
    with pytest.raises(ValueError, match="sum takes"):
        Network(mixed, preprocess=CAFFE)


def test_a_float_array_in_the_trained_order_is_the_picture():
    network = flexible()
    image = picture(network)
    e, same = explain(network, image), explain(network, CAFFE(image))
    np.testing.assert_array_equal(e.pixels, same.pixels)
    expected = np.float32(image) - np.float32([123.68, 116.779, 103.939])
    np.testing.assert_allclose(e["input"].activation, expected, atol=1e-5)


def test_random_weights_are_drawn_as_for_a_network_that_reads_bgr():
    trained, network = flexible(preprocess=None), flexible()
    for down_to in (None, "conv"):
        drawn = trained.randomized(3, down_to)["conv"].kernel
        ours = network.randomized(3, down_to)["conv"].kernel
        np.testing.assert_array_equal(ours, drawn[:, :, ::-1])
    vgg = small_vgg(preprocess=CAFFE)
    np.testing.assert_array_equal(vgg.randomized(0, "fc")["conv1"].kernel, vgg["conv1"].kernel)
