"""Films sent by the browser: in pieces, read at any time, and gone when they are closed."""

import numpy as np
import pytest
from corners import white_corner, with_corner
from fake_camera import write_clip
from live_visit import Visit

from lrp_widgets._support.colors import to_index
from lrp_widgets._support.errors import VideoError
from lrp_widgets.lrp import live_frame
from lrp_widgets.lrp.live_frame import SteadyLimits, explain_frame
from lrp_widgets.media.images import load_image
from lrp_widgets.media.video import Video
from lrp_widgets.widgets.live import uploaded_video as module
from lrp_widgets.widgets.live.uploaded_video import UploadedVideo


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    """Forty frames at ten a second, of which the white corner turns."""
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    write_clip(path, [with_corner(k % 4) for k in range(40)], 10)
    return path


@pytest.fixture
def clip(film):
    content = film.read_bytes()
    clip = UploadedVideo("film.mp4", len(content))
    assert not clip.take(content[:1000])
    assert clip.received == 1000
    assert clip.take(content[1000:])
    yield clip
    clip.close()


def test_a_clip_shows_what_is_seen_at_a_time(clip):
    assert clip.duration == pytest.approx(4)
    for time, number in ((0, 0), (0.05, 0), (0.1, 1), (0.39, 3), (0.1, 1), (3.5, 35), (0.2, 2)):
        at, pixels, following = clip.frame(time)
        assert (at, following) == (pytest.approx(number / 10), pytest.approx(number / 10 + 0.1))
        assert white_corner(pixels) == number % 4
    assert clip.frame(99)[::2] == (pytest.approx(3.9), None)


def test_a_clip_goes_frame_by_frame_to_its_end(clip):
    times = [0.0]
    while (frame := clip.frame())[2] is not None:
        times.append(frame[0])
    np.testing.assert_allclose([*times, frame[0]], np.arange(40) / 10, atol=1e-3)
    assert clip.frame()[0] == pytest.approx(3.9)


def test_what_cannot_be_a_clip_is_refused_in_a_sentence(film):
    with pytest.raises(VideoError, match=r"huge\.mp4 has 201 MB; videos of up to 200 MB are taken"):
        UploadedVideo("huge.mp4", 201_000_000)
    with pytest.raises(VideoError, match="is not a video"):
        UploadedVideo("letter.txt", 400).take(b"x" * 400)
    with pytest.raises(VideoError, match="More of film"):
        UploadedVideo("film.mp4", 10).take(b"x" * 11)


def test_a_closed_clip_is_gone(clip):
    file = clip._file
    clip.close()
    clip.close()
    assert file.closed
    with pytest.raises(VideoError, match="no video any more"):
        clip.frame(0)


# In the widget


def tell(visit, message, *buffers):
    visit.live._receive(None, message, [memoryview(each) for each in buffers])
    assert visit.live.wait(60)
    return visit.heard[-1]


def test_the_widget_takes_a_film_and_explains_its_frames(network, film):
    content, visit = film.read_bytes(), Visit(network)
    more, _ = tell(visit, {"type": "video-begin", "name": "a.mp4", "size": len(content)})
    assert (more["type"], more["received"]) == ("video-more", 0)
    more, _ = tell(visit, {"type": "video-piece"}, content[:500])
    assert more["received"] == 500
    ready, _ = tell(visit, {"type": "video-piece"}, content[500:])
    assert (ready["type"], ready["duration"]) == ("video-ready", pytest.approx(4))

    answer, (index, jpeg) = tell(visit, {"type": "video-frame", "id": "x-1", "time": 0.25})
    assert (answer["time"], answer["next"]) == (pytest.approx(0.2), pytest.approx(0.3))
    with Video(film) as frames:
        pixels = [pixels for _, pixels in frames][2]
    expected = explain_frame(network, load_image(live_frame.square(pixels), network)).relevance
    assert index == to_index(expected, SteadyLimits()(expected)).tobytes()
    shown = load_image(jpeg)
    assert shown.shape == (48, 48, 3)
    assert np.abs(shown.astype(int) - live_frame.square(pixels)).mean() < 5

    tell(visit, {"type": "video-close"})
    refused, _ = tell(visit, {"type": "video-frame", "id": "x-2", "time": 0})
    assert (refused["type"], refused["id"]) == ("refused", "x-2")
    assert "no video any more" in refused["sentence"]


def test_the_widget_refuses_what_is_no_film(network, monkeypatch):
    visit = Visit(network)
    tell(visit, {"type": "video-begin", "name": "letter.txt", "size": 9})
    refused, _ = tell(visit, {"type": "video-piece"}, b"no film..")
    assert refused["type"] == "video-refused" and "letter.txt is not a video" in refused["sentence"]
    monkeypatch.setattr(module, "LARGEST", 1_000_000)
    refused, _ = tell(visit, {"type": "video-begin", "name": "b.mp4", "size": 2_000_000})
    assert refused["sentence"] == "b.mp4 has 2 MB; videos of up to 1 MB are taken."
