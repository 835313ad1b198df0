"""Frame by frame: the same numbers as `explain`, steady colours, square and mirrored frames."""

import numpy as np
import pytest

from lrp_widgets import Network, explain, load_network
from lrp_widgets._support.colors import find_limits
from lrp_widgets.lrp import live_frame
from lrp_widgets.lrp.engine.compiling import PATIENCE
from lrp_widgets.lrp.engine.runner import runner_of
from lrp_widgets.media import images
from lrp_widgets.media.scenes import draw_scene


@pytest.fixture(scope="module")
def frame():
    return draw_scene(3).image


@pytest.mark.parametrize("channels", ["gray", "rgb"])
@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"pooling": "max"},
        {"start": "logit", "target": "star"},
        {"start": "contrast", "rules": "epsilon", "input_rule": None},
    ],
    ids=str,
)
def test_a_live_frame_has_the_numbers_of_an_explanation(network, frame, channels, settings):
    found = live_frame.explain_frame(network, frame, channels, **settings)
    e = explain(network, frame, **settings)
    expected = e.heatmap(channels)
    assert found.relevance.shape == expected.shape
    error = np.abs(found.relevance - expected).max() / np.abs(expected).max()
    assert error < 1e-5
    assert [name for name, _ in found.top(3)] == [name for name, _ in e.prediction[:3]]
    np.testing.assert_allclose(found.scores, e.layers[-1].activation, rtol=1e-5, atol=1e-7)


def test_channels_keep_the_pictures_order_where_the_network_reads_blue_first(frame):
    mini = load_network("mini-vgg")
    reads_bgr = type(mini.preprocess)(scale=1 / 255, order="BGR")
    vgg = Network(mini.layers, class_names=mini.class_names, preprocess=reads_bgr)
    found = live_frame.explain_frame(vgg, frame, "rgb")
    np.testing.assert_allclose(found.relevance, explain(vgg, frame).pixels, atol=1e-7)


def test_it_is_compiled_once(network, frame):
    live_frame.explain_frame(network, frame)
    before = dict(runner_of(network).computations)
    for _ in range(PATIENCE + 1):
        live_frame.explain_frame(network, np.ascontiguousarray(images.mirror(frame)))
    assert runner_of(network).computations == before
    often = [run for run in before.values() if run.calls > PATIENCE]
    assert {run.traces for run in often} == {1}


def test_frames_that_do_not_fit_are_refused_in_a_sentence(network, frame):
    with pytest.raises(ValueError, match="takes"):
        live_frame.explain_frame(network, frame[:20])
    with pytest.raises(ValueError, match="one picture"):
        live_frame.explain_frame(network, frame[None])
    with pytest.raises(ValueError, match="channels"):
        live_frame.explain_frame(network, frame, "cmyk")


def test_limits_begin_at_the_first_frames_own_and_follow_calmly():
    limits = live_frame.SteadyLimits()
    first, louder = np.linspace(-1, 1, 999), np.linspace(-3, 3, 999)
    assert limits(first).high == find_limits(first).high
    own = find_limits(louder).high
    second = limits(louder)
    assert second.high == pytest.approx(find_limits(first).high * 0.75 + own * 0.25)
    assert second.low == -second.high
    for _ in range(60):
        last = limits(louder)
    assert last.high == pytest.approx(own, rel=1e-3)


def test_the_square_is_the_middle_and_a_mirror_turns_left_and_right():
    wide = np.arange(4 * 10 * 3).reshape(4, 10, 3)
    assert np.array_equal(live_frame.square(wide), wide[:, 3:7])
    tall = np.swapaxes(wide, 0, 1)
    assert np.array_equal(live_frame.square(tall), tall[3:7])
    assert np.array_equal(images.mirror(wide)[:, 0], wide[:, -1])
