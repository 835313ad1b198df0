"""The table of a network's layers."""

import keras
import numpy as np
from keras import layers
from small import flexible, small_vgg

from lrp_widgets import Network


def test_a_summary_names_every_layer_its_kind_shape_and_rule(capsys):
    small_vgg().summary()
    assert capsys.readouterr().out == (
        "small-vgg\n"
        "layer    kind                   output       weights  rule\n"
        "-------------------------------------------------------------------\n"
        "input    the picture            8 × 10 × 3\n"
        "scale    rescaling              8 × 10 × 3            passes on\n"
        "pad      padding                10 × 12 × 3           passes on\n"
        "conv1    convolution 3×3, relu  8 × 10 × 6   168      z⁺ with x = 1\n"
        "conv2    convolution 3×3, relu  8 × 10 × 4   220      z⁺\n"
        "pool     max pooling 2×2        4 × 5 × 4             proportional\n"
        "flatten  flatten                80                    passes on\n"
        "fc       dense, relu            7            567      z⁺\n"
        "out      dense, softmax         5            40       z⁺\n"
        "9 layers, 995 weights; rules: z-plus\n"
    )


def test_sizes_that_vary_and_notes(capsys):
    flexible().summary()
    assert "any × any × 4" in capsys.readouterr().out
    steps = [layers.Conv2D(2, 3, name="conv"), layers.BatchNormalization(name="norm")]
    Network.from_keras(keras.Sequential([keras.Input((5, 5, 1)), *steps])).summary()
    assert capsys.readouterr().out.endswith("norm (batch normalization) is folded into conv.\n")


def test_shapes_are_those_of_the_forward_pass():
    network = small_vgg()
    outputs = network.forward(np.zeros((1, 8, 10, 3)))
    assert network.shapes() == {name: output.shape[1:] for name, output in outputs.items()}
