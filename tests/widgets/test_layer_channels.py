"""The list of a layer's channels: what the browser is told, and what following one asks."""

import numpy as np
import pytest
from fake_explaining import Recorder
from small import picture, small_vgg

from lrp_widgets import explain
from lrp_widgets.lrp.channel_maps import ranked_channels
from lrp_widgets.session import Session
from lrp_widgets.widgets.dashboard.dashboard import Dashboard
from lrp_widgets.widgets.stepper.layer_channels import channels_view, shrunk
from lrp_widgets.widgets.stepper.stepper import LayerStepper


@pytest.fixture(scope="module")
def explained():
    network = small_vgg(3, size=(8, 10))
    return explain(network, picture(network, 3), start="logit", dtype="float64")


def asked(stepper, layer, **more):
    """What the browser gets for its question about a layer's channels."""
    answers = []
    stepper.send = lambda message, buffers=None: answers.append((message, buffers))
    message = {"type": "channels", "layer": layer, "version": stepper.summary["version"]}
    stepper._answer_channels(stepper, message | more, [])
    return answers


def test_channels_come_by_their_share_with_small_maps(explained):
    stepper = LayerStepper(explained)
    [(message, [buffer])] = asked(stepper, "conv1")
    shares = explained.channel_shares("conv1")
    assert [k for k, _ in message["channels"]] == list(np.argsort(-shares, kind="stable"))
    assert [share for _, share in message["channels"]] == sorted(shares, reverse=True)
    assert (message["count"], message["rows"], message["columns"]) == (6, 8, 10)
    assert message["held"] == pytest.approx(1) and message["past"] is None
    assert message["passing"] == pytest.approx(explained.pixels.sum() / explained.start_total)
    maps = np.frombuffer(buffer, np.float32).reshape(7, 8, 10)
    first = message["channels"][0][0]
    expected = explained.channel_maps("conv1", [first]).sum(-1)
    np.testing.assert_allclose(maps[0], expected[0], rtol=1e-5, atol=1e-7)
    np.testing.assert_allclose(maps[:-1].sum(0), maps[-1], rtol=1e-4, atol=1e-6)


def test_what_goes_past_a_layer_has_a_map_of_its_own():
    from lrp_widgets import load_image, load_network

    network = load_network("mini-resnet")
    e = explain(network, load_image("star", network), dtype="float64")
    layer = network.weighted[3].name
    found = ranked_channels(e, layer)
    np.testing.assert_allclose(found.passing + found.past, e.pixels, atol=1e-15)
    view, _ = channels_view(found, e)
    assert view["past"] + view["passing"] == pytest.approx(e.pixels.sum() / e.start_total)
    assert view["past"] > 0.01


@pytest.mark.parametrize("side", [(48, 48), (64, 96), (224, 224), (7, 5)])
def test_small_maps_are_means(side):
    values = np.random.default_rng(0).normal(size=side)
    small = shrunk(values)
    assert max(small.shape) <= 48
    step = side[0] // small.shape[0]
    assert small[0, 0] == pytest.approx(values[:step, :step].mean())


def test_a_stepper_tells_what_is_followed_and_shows_it():
    network = small_vgg(3)
    e = explain(network, picture(network, 3), through={"conv2": [1, 3]})
    stepper = LayerStepper(e)
    assert stepper.through == {
        "words": "channels 1, 3 of conv2",
        "layers": {"conv2": [1, 3]},
    }
    described = next(each for each in stepper.layers if each["name"] == "conv2")
    maps = np.frombuffer(stepper.relevance_maps, np.float32)
    shown = maps[described["offset"] : described["offset"] + described["size"]]
    expected = e["conv2"].relevance[..., [1, 3]].sum(-1).ravel()
    np.testing.assert_allclose(shown, expected, atol=1e-9)
    stepper.show(explain(network, picture(network, 3)))
    assert stepper.through == {}


def test_nothing_is_followed_where_that_is_not_offered(explained):
    stepper, chosen = LayerStepper(explained), []
    stepper.follow = chosen.append
    stepper._answer_channels(stepper, {"type": "follow", "layers": {"conv1": [1]}}, [])
    assert chosen == []
    stepper.follows = True
    stepper._answer_channels(stepper, {"type": "follow", "layers": {"conv1": [1], "fc": []}}, [])
    assert chosen == [{"conv1": [1]}]


@pytest.fixture(scope="module")
def real():
    dashboard = Dashboard("network=mini-vgg&picture=star&layer=block3_conv2", Session())
    assert dashboard.wait(120)
    return dashboard


def follow(dashboard, layers):
    dashboard.stepper._answer_channels(None, {"type": "follow", "layers": layers}, [])
    assert dashboard.wait(120)


def test_following_a_channel_is_in_the_link_and_goes_back_with_one_click(real):
    whole = real.explanation
    assert real.stepper.follows
    follow(real, {"block3_conv2": [5]})
    assert "through=block3_conv2:5" in real.header.query
    e = real.explanation
    assert e.through == {"block3_conv2": (5,)}
    assert e["block3_conv2"].absorbed["set aside"] > 0.5
    assert real.controls["through"].layout.display is None
    follow(real, {"block3_conv2": [5], "block1_conv2": [3]})
    assert real.explanation.through == {"block1_conv2": (3,), "block3_conv2": (5,)}
    real.controls["through"]._all.click()
    assert real.wait(120)
    assert real.explanation is whole and "through" not in real.header.query
    assert real.controls["through"].layout.display == "none"


def test_another_network_is_followed_as_a_whole(real):
    follow(real, {"block3_conv2": [5]})
    real.controls["network"].value = "mini-resnet"
    assert real.wait(120)
    assert real.explanation.through == {} and not real.stepper.error
    real.controls["network"].value = "mini-vgg"
    assert real.wait(120)


@pytest.mark.parametrize("through", ["nowhere:1", "block3_conv2:64", "input:0"])
def test_an_address_with_what_is_not_there_says_so_and_shows_the_rest(through):
    dashboard = Dashboard(f"network=mini-vgg&picture=cross&through={through}", Session())
    assert dashboard.wait(120)
    assert dashboard._request.picture == "cross" and dashboard._request.through == ""
    assert "\n" not in dashboard.stepper.error and dashboard.stepper.error


def test_a_locked_page_does_not_offer_to_follow():
    dashboard = Dashboard("network=mini-vgg&lock=1", Recorder().session())
    assert dashboard.wait(30)
    assert not dashboard.stepper.follows
