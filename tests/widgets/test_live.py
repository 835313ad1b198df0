"""The Live widget without a browser: what it answers to a frame, and to what is wrong."""

import io
from dataclasses import replace

import numpy as np
import pytest
from fake_explaining import Recorder
from live_visit import Visit
from PIL import Image

from lrp_widgets._support.colors import to_index
from lrp_widgets.lrp.live_frame import LiveFrame, SteadyLimits
from lrp_widgets.lrp.live_frame import explain_frame as look
from lrp_widgets.media.scenes import draw_scene
from lrp_widgets.networks import precision
from lrp_widgets.session import Request
from lrp_widgets.widgets.live import live
from lrp_widgets.widgets.live.live import Live


def in_a_file(pixels):
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def test_a_frame_is_answered_with_its_map_and_classes(network):
    frame = draw_scene(3).image
    visit = Visit(network)
    answer, (index,) = visit.show(in_a_file(frame))
    found = look(network, frame)
    limits = SteadyLimits()(found.relevance)
    shape = answer["rows"], answer["columns"]
    assert np.array_equal(
        np.frombuffer(index, np.uint8).reshape(shape), to_index(found.relevance, limits)
    )
    assert (answer["low"], answer["high"]) == (limits.low, limits.high)
    assert answer["classes"] == [list(pair) for pair in found.top(5)]
    assert not answer["random"]
    assert answer["id"] == "x-1" and answer["seconds"] > 0 and not answer["colors"]
    assert visit.live.status == ""


def test_settings_change_while_it_runs(network):
    frame = draw_scene(3).image
    visit = Visit(network)
    visit.show(in_a_file(frame))
    before = visit.live.asked
    visit.live.view, visit.live.pooling = "rgb", "max"
    assert visit.live.asked == before + 2
    answer, (index,) = visit.show(in_a_file(frame), 2)
    found = look(network, frame, "rgb", pooling="max")
    assert answer["colors"]
    expected = to_index(found.relevance, SteadyLimits()(found.relevance))
    assert index == expected.tobytes()


def test_a_larger_frame_is_cropped_and_resized_to_the_network(network):
    answer, (index,) = Visit(network).show(in_a_file(np.zeros((120, 200, 3), np.uint8)))
    assert (answer["rows"], answer["columns"], len(index)) == (64, 64, 64 * 64)


def test_what_is_no_picture_is_refused_in_a_sentence(network):
    answer, buffers = Visit(network).show(b"no picture")
    assert answer["type"] == "refused" and answer["id"] == "x-1"
    assert "not a picture" in answer["sentence"] and not buffers


def test_weights_that_are_not_here_are_refused_and_random_ones_are_not():
    recorder = Recorder()
    asked = []

    def explain_frame(network, frame, **settings):
        asked.append((network.name, network.weights, settings["channels"]))
        return LiveFrame(network, np.ones((4, 4), np.float32), np.ones(3, np.float32))

    visit = Visit("vgg19", session=recorder.session(live=explain_frame))
    answer, _ = visit.show(b"picture")
    assert "lrp-widgets fetch vgg19" in answer["sentence"]
    visit.live.weights = "random"
    answer, _ = visit.show(b"picture", 2)
    assert answer["random"]  # the browser dims the names, and says why
    assert answer["type"] == "explained" and asked == [("vgg19", "random", "gray")]


def test_quick_frames_are_computed_in_the_type_that_the_page_is_told(network, monkeypatch):
    frame = in_a_file(draw_scene(3).image)
    visit = Visit(network)
    maps = {}
    for kind in (None, "bfloat16"):
        for module in (precision, live):
            monkeypatch.setattr(module, "live_type", lambda kind=kind: kind)
        for quick in (False, True):
            visit.live.quick = quick
            visit.live._ask_anew()  # the colours' limits begin anew
            answer, _ = visit.show(frame)
            assert answer["quick_type"] == (kind or "")
            maps[kind, quick] = answer["high"]
    assert maps[None, False] == maps[None, True] == maps["bfloat16", False]
    assert maps["bfloat16", True] == pytest.approx(maps[None, False], rel=0.02)
    assert maps["bfloat16", True] != maps[None, False]


def test_it_follows_a_request_but_for_its_picture():
    live = Live("mini-vgg", offered=())
    asked_for = {"pooling": "max", "start": "logit", "target": 3, "epsilon": 0.1}
    request = Request("cat", "tiny-darknet", "random", 7, **asked_for)
    live.follow(request)
    assert live.request == Request("", "tiny-darknet", "random", 7, **asked_for)
    asked = live.asked
    live.follow(replace(request, target=4))
    assert live.request.target == 4 and live.asked > asked


def test_networks_are_offered_unless_one_is_given(network):
    offered = {choice["name"]: choice["options"] for choice in Live().choices}
    assert ["vgg16", "VGG16 · ImageNet"] in offered["network"]
    assert Live(network).choices == [] and Live(network).network == "mini-vgg"
    with pytest.raises(ValueError, match="There is no network 'resnet'"):
        Live("resnet")


def test_a_frozen_frame_is_handed_on(network):
    visit = Visit(network)
    visit.live._receive(None, {"type": "open"}, [memoryview(b"frame")])  # nobody takes it: nothing
    taken = []
    visit.live.open_frame = taken.append
    visit.live._receive(None, {"type": "open"}, [memoryview(b"frame")])
    assert taken == [b"frame"]


def test_a_frame_may_come_as_it_is(network):
    frame = draw_scene(3).image
    visit, taken = Visit(network), []
    visit.live.open_frame = taken.append
    visit.live._receive(None, {"type": "open", "raw": 64}, [memoryview(frame.tobytes())])
    with Image.open(io.BytesIO(taken[0])) as picture:
        assert np.array_equal(np.asarray(picture), frame)
    visit.live._receive(None, {"type": "frame", "id": "a", "raw": 64}, [frame.tobytes()])
    assert visit.live.wait(60)
    assert visit.heard[-1][1] == visit.show(in_a_file(frame))[1]
