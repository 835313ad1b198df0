"""Films frame by frame: times, turns, shapes; and what is written reads back."""

import io
from fractions import Fraction

import av
import numpy as np
import pytest
from corners import white_corner, with_corner
from fake_camera import write_clip

from lrp_widgets._support.errors import VideoError
from lrp_widgets.media import video
from lrp_widgets.media.video import Camera, Video, VideoWriter


@pytest.mark.parametrize("rate", [Fraction(30000, 1001), Fraction(25, 2), 7, Fraction(1, 2)])
def test_frames_and_their_times_at_odd_rates(tmp_path, rate):
    write_clip(tmp_path / "odd.mp4", [with_corner(k % 4) for k in range(6)], rate)
    with Video(tmp_path / "odd.mp4") as film:
        frames = list(film)
        assert film.count == 6 and film.rate == rate
        assert film.duration == pytest.approx(float(6 / rate), rel=1e-3)
    times = [time for time, _ in frames]
    np.testing.assert_allclose(times, [float(k / rate) for k in range(6)], atol=1e-3)
    assert [white_corner(pixels) for _, pixels in frames] == [0, 1, 2, 3, 0, 1]
    assert frames[0][1].shape == (48, 80, 3) and frames[0][1].dtype == np.uint8


def turned(path, degrees):
    """A film with its first corner white, which is to be turned by so much against the clock."""
    with av.open(str(path), "w") as film:
        stream = film.add_stream("libx264", rate=10)
        stream.height, stream.width, stream.pix_fmt = 48, 80, "yuv420p"
        stream.set_display_rotation(degrees)
        for _ in range(3):
            frame = av.VideoFrame.from_ndarray(with_corner(0))
            film.mux(stream.encode(frame))
        film.mux(stream.encode())


@pytest.mark.parametrize(("degrees", "corner"), [(0, 0), (90, 3), (180, 2), (-90, 1)])
def test_rotation_is_respected(tmp_path, degrees, corner):
    turned(tmp_path / "turned.mp4", degrees)
    with Video(tmp_path / "turned.mp4") as film:
        pixels = next(iter(film))[1]
    assert pixels.shape[:2] == ((48, 80) if degrees % 180 == 0 else (80, 48))
    assert white_corner(pixels) == corner


def test_large_frames_are_shrunk_and_long_pixels_made_square(tmp_path):
    write_clip(tmp_path / "large.mp4", [with_corner(1, 960, 1600)])
    with Video(tmp_path / "large.mp4", side=96) as film:
        assert next(iter(film))[1].shape == (96, 160, 3)
    with av.open(str(tmp_path / "long.mp4"), "w") as film:
        stream = film.add_stream("libx264", rate=10)
        stream.height, stream.width, stream.pix_fmt = 48, 80, "yuv420p"
        stream.codec_context.sample_aspect_ratio = Fraction(2)
        film.mux(stream.encode(av.VideoFrame.from_ndarray(with_corner(1))))
        film.mux(stream.encode())
    with Video(tmp_path / "long.mp4") as film:
        assert next(iter(film))[1].shape == (48, 160, 3)


def test_a_film_goes_to_a_time(tmp_path):
    write_clip(tmp_path / "clip.mp4", [with_corner(k % 4) for k in range(40)], 10)
    with open(tmp_path / "clip.mp4", "rb") as file, Video(file, "The film") as film:
        list(film)
        film.go_to(2.0)
        times = [time for time, _ in film]
        assert times[0] <= 2.0 and times[-1] == pytest.approx(3.9)
        film.go_to(0)
        assert next(iter(film))[0] == 0


def test_what_is_written_reads_back_with_its_times(tmp_path):
    times = [0, 0.1, 0.5, 0.625]
    for name in ("out.mp4", "out.webm", "out.mkv", "out.MOV"):
        with VideoWriter(tmp_path / name, Fraction(10)) as writer:
            assert not (tmp_path / name).exists()
            for k, time in enumerate(times):
                writer.add(time, with_corner(k))
        with Video(tmp_path / name) as film:
            frames = list(film)
        np.testing.assert_allclose([time for time, _ in frames], times, atol=2e-3)
        assert [white_corner(pixels) for _, pixels in frames] == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(None, "There is no video"), (b"", "not a video"), (b"x" * 5000, "not a video")],
)
def test_what_is_no_film_is_told_in_a_sentence(tmp_path, content, sentence):
    path = tmp_path / "film.mp4"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(VideoError, match=sentence) as caught:
        Video(path)
    assert str(caught.value).endswith(".") and str(path) in str(caught.value)


def test_sound_alone_is_no_film(tmp_path):
    with av.open(str(tmp_path / "sound.wav"), "w") as film:
        stream = film.add_stream("pcm_s16le", rate=8000, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 800), np.int16), layout="mono")
        frame.sample_rate = 8000
        film.mux(stream.encode(frame))
    with pytest.raises(VideoError, match="no moving picture"):
        Video(tmp_path / "sound.wav")


def test_a_film_cut_off_gives_its_beginning_and_says_so(tmp_path):
    file = io.BytesIO()
    write = [np.random.default_rng(k).integers(0, 256, (48, 80, 3), np.uint8) for k in range(20)]
    write_clip(tmp_path / "whole.mkv", write)
    file = (tmp_path / "whole.mkv").read_bytes()
    (tmp_path / "half.mkv").write_bytes(file[: len(file) // 2])
    with Video(tmp_path / "half.mkv") as film:
        assert 0 < sum(1 for _ in film) < 20


def test_a_film_that_cannot_be_written_is_refused(tmp_path):
    with pytest.raises(VideoError, match=r"must end in one of \.mp4"):
        VideoWriter(tmp_path / "film.txt")
    with pytest.raises(VideoError, match="no folder"):
        VideoWriter(tmp_path / "nowhere" / "film.mp4")


@pytest.mark.parametrize(
    ("which", "platform", "expected"),
    [
        (0, "linux", ("/dev/video0", "v4l2")),
        ("/dev/video7", "linux", ("/dev/video7", "v4l2")),
        (1, "darwin", ("1", "avfoundation")),
        ("My Cam", "win32", ("video=My Cam", "dshow")),
    ],
)
def test_cameras_are_asked_for_as_each_system_names_them(monkeypatch, which, platform, expected):
    asked = []

    def no_camera(device, format):
        asked.append((device, format))
        raise av.FFmpegError(5, "Input/output error")

    monkeypatch.setattr(video.av, "open", no_camera)
    with pytest.raises(VideoError, match=rf"^Camera {which} cannot be read \(.+\)\.$"):
        Camera(which, platform=platform)
    assert asked == [expected]


def test_a_camera_is_mirrored_and_endless(monkeypatch):
    monkeypatch.setattr(video, "_device", lambda *_: ("testsrc=size=96x48:rate=7", "lavfi"))
    with Camera(0) as camera, Video.__new__(Video) as plain:
        plain.name = "plain"
        plain._open("testsrc=size=96x48:rate=7", 480, format="lavfi")
        assert camera.count is None and camera.duration is None and camera.rate == 7
        seen, there = next(iter(camera))[1], next(iter(plain))[1]
        assert np.array_equal(seen, there[:, ::-1])


def test_a_windows_camera_needs_its_name():
    with pytest.raises(VideoError, match="has no number"):
        Camera(0, platform="win32")
