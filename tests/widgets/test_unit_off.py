"""Units through which nothing goes say why, and a click on a summed map what it has opened."""

import numpy as np
import pytest
from small import picture, small_vgg

from lrp_widgets import explain, load_image
from lrp_widgets.lrp.unit_arithmetic import Examiner
from lrp_widgets.networks.activations import Activation
from lrp_widgets.widgets.microscope.microscope import Microscope
from lrp_widgets.widgets.microscope.unit_off import why_nothing
from lrp_widgets.widgets.stepper.stepper import LayerStepper

NOTHING = "nothing comes, nothing goes."


@pytest.fixture(scope="module")
def image(network):
    return load_image("star", network)


def first(found):
    return tuple(int(k) for k in np.argwhere(found)[0])


def said(e, layer, index):
    return why_nothing(Examiner(e).unit(layer, index), e)


def test_a_relu_switches_off(network, image):
    e = explain(network, image)
    for layer in ("block2_conv1", "fc1"):
        index = first(e[layer].activation == 0)
        unit = Examiner(e).unit(layer, index)
        assert unit.relevance == sum(up.relevance.sum() for up in unit.up) == 0
        assert why_nothing(unit, e) == f"Switched off by its ReLU: {NOTHING}"
        view = Microscope(e, layer, index).unit
        assert (view["off"], view["why"]) == (f"Switched off by its ReLU: {NOTHING}", "")


def test_a_unit_with_relevance_says_nothing(network, image):
    e = explain(network, image)
    assert said(e, "block2_conv1", first(e["block2_conv1"].relevance != 0)) == ""


def test_the_loser_of_a_window_and_a_window_of_zeros(network, image):
    e = explain(network, image, pooling="max")
    layer = e["block1_conv2"]
    loser = first((layer.relevance == 0) & (layer.activation > 0))
    row, column, channel = loser
    top, left = row - row % 2, column - column % 2
    window = layer.activation[top : top + 2, left : left + 2, channel]
    assert layer.activation[loser] <= window.max()
    assert said(e, "block1_conv2", loser) == (
        f"Not the largest of its pooling window, where the winner takes all: {NOTHING}"
    )
    empty = first(e["block1_pool"].activation == 0)
    assert said(e, "block1_pool", empty) == f"Every place of its window is 0 or below: {NOTHING}"


def test_classes_that_are_not_explained(network, image):
    e = explain(network, image, start="logit", target=0)
    assert said(e, "predictions", (3,)) == f"Relevance begins at other classes: here {NOTHING}"


def test_an_active_unit_that_nobody_counts(network, image):
    e = explain(network, image, start="logit")
    found = (e["fc1"].activation > 0) & (e["fc1"].relevance == 0)
    assert said(e, "fc1", first(found)) == (
        f"It is active, but no unit that reads it hands it relevance: {NOTHING}"
    )


def test_a_relu6_switches_off_and_is_named():
    network = small_vgg(activation=Activation("relu6"))
    e = explain(network, picture(network))
    index = first(e["conv2"].activation == 0)
    assert said(e, "conv2", index) == f"Switched off by its ReLU6: {NOTHING}"


def test_a_negative_unit_in_proportional_pooling():
    network = small_vgg(activation=Activation("leaky relu", 0.1))
    e = explain(network, picture(network), pooling="avg")
    values = e["conv2"].activation
    rows, columns, channels = values.shape
    windows = values.reshape(rows // 2, 2, columns // 2, 2, channels)
    some = np.broadcast_to(windows.max((1, 3), keepdims=True) > 0, windows.shape)
    index = first((values < 0) & some.reshape(values.shape))
    assert e["conv2"].relevance[index] == 0
    assert said(e, "conv2", index) == (
        f"Not above 0, while the shares are in proportion to what is: {NOTHING}"
    )


def test_a_leaky_unit_is_never_said_to_be_switched_off():
    from lrp_widgets.widgets.microscope.unit_off import SWITCHES

    assert set(SWITCHES) == {"relu", "relu6"}


def test_a_click_on_a_summed_map_says_which_channel_it_opened_and_why(network, image):
    e = explain(network, image)
    stepper = LayerStepper(e)
    place, cell = (9, 3), 9 * 32 + 3
    sizes = np.abs(e["block2_conv1"].relevance[place].astype(float))
    channel = int(sizes.argmax())
    click = {"type": "look at", "layer": "block2_conv1", "cell": cell, "channel": -1}
    stepper._follow(stepper, click, None)
    assert stepper.unit["index"] == [*place, channel]
    share = 100 * sizes[channel] / sizes.sum()
    assert stepper.unit["why"] == (
        f"Opened: channel {channel} of 32, which has the largest |R| at this place, "
        f"{share:.1f} % of Σ|R| there."
    )
    stepper._follow(stepper, click | {"channel": 5}, None)
    assert (stepper.unit["index"], stepper.unit["why"]) == ([*place, 5], "")
    stepper._follow(stepper, {"type": "look", "layer": "fc1", "index": [0]}, None)
    assert stepper.unit["why"] == ""


def test_where_no_channel_has_relevance_that_is_said(network, image):
    e = explain(network, image, start="logit", pooling="max", rules="z-plus")
    silent = np.argwhere(~e["block1_conv2"].relevance.any(-1))
    row, column = map(int, silent[0])
    stepper = LayerStepper(e)
    click = {"type": "look at", "layer": "block1_conv2", "cell": row * 64 + column, "channel": -1}
    stepper._follow(stepper, click, None)
    assert stepper.unit["why"] == (
        f"Opened: channel 0 of {e['block1_conv2'].shape[-1]}, the first; none of them has "
        "relevance at this place."
    )
