"""``lrp-widgets video``: every frame explained, at its own time, and mistakes in a sentence."""

from fractions import Fraction

import numpy as np
import pytest
from fake_camera import write_clip

from lrp_widgets import explain, load_image, load_network
from lrp_widgets._support import colors
from lrp_widgets.app import cli_video
from lrp_widgets.app.cli import main
from lrp_widgets.media import video
from lrp_widgets.media.scenes import draw_scene
from lrp_widgets.media.video import Video
from lrp_widgets.networks import precision

RATE = Fraction(25, 2)


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    """Ten frames of a scene that moves, wider than high, at an odd rate."""
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    scene = np.pad(draw_scene(3, "star").image, ((0, 0), (16, 16), (0, 0)), "edge")
    write_clip(path, [np.roll(scene, k, 1) for k in range(10)], RATE)
    return path


def run(*words):
    return main(["video", "--network", "mini-vgg", *map(str, words)])


def read(path):
    with Video(path) as film:
        return list(film)


def expected(pixels, strength, channels="gray", **settings):
    """The picture of a film's first frame, step by step."""
    network = load_network("mini-vgg")
    square = pixels[:, 16:-16]
    e = explain(network, load_image(square, network), **settings)
    relevance = e.heatmap(channels)
    drawn = colors.to_rgb(relevance, colors.find_limits(relevance))
    return colors.overlay(drawn, square, strength)


def near(a, b):
    """Equal but for what a film's compression loses."""
    return np.abs(a.astype(int) - b).mean() < 6


def test_every_frame_is_explained_at_its_time(clip, tmp_path, capsys):
    out = tmp_path / "lrp.mp4"
    assert run(clip, "--out", out) == 0
    captured = capsys.readouterr()
    assert captured.out == f'"{out}" has 10 frames.\n'
    assert "10/10" in captured.err  # the progress bar
    before, after = read(clip), read(out)
    assert len(after) == 10
    np.testing.assert_allclose([t for t, _ in after], [t for t, _ in before], atol=1e-3)
    assert after[0][1].shape == (64, 64, 3)
    assert near(after[0][1], expected(before[0][1], 0.9))


def test_side_by_side_with_other_settings(clip, tmp_path):
    out = tmp_path / "lrp.mkv"
    words = ("--side-by-side", "--strength", "0.5", "--pooling", "max", "--target", "ring")
    words += ("--rules", "own,block2:gamma:0.5")
    assert run(clip, "--out", out, "--channels", "rgb", "--seconds", "0.3", *words) == 0
    frames = read(out)
    assert len(frames) == 4  # at 0, 0.08, 0.16 and 0.24 s
    (_, first), (_, source) = frames[0], read(clip)[0]
    assert first.shape == (64, 128, 3)
    assert near(first[:, :64], source[:, 16:-16])
    settings = {"pooling": "max", "start": "probability", "target": "ring"}
    settings["rules"] = "z-plus,block2:gamma:0.5"
    assert near(first[:, 64:], expected(source, 0.5, "rgb", **settings))


def test_live_precision_is_said_to_be_exact_where_there_is_no_other(
    clip, tmp_path, monkeypatch, capsys
):
    out = tmp_path / "lrp.mp4"
    words = (clip, "--out", out, "--seconds", "0.1", "--precision", "live")
    for kind, told in ((None, True), ("bfloat16", False)):
        for module in (cli_video, precision):
            monkeypatch.setattr(module, "live_type", lambda kind=kind: kind)
        assert run(*words) == 0
        assert ("live is the same as exact" in capsys.readouterr().err) is told


def test_a_camera_is_recorded_for_some_seconds(tmp_path, monkeypatch):
    monkeypatch.setattr(video, "_device", lambda *_: ("testsrc=size=96x64:rate=10", "lavfi"))
    out = tmp_path / "lrp.webm"
    assert run("--camera", 0, "--seconds", 0.45, "--out", out) == 0
    assert len(read(out)) == 5


def test_a_film_is_kept_where_it_is_stopped(clip, tmp_path, monkeypatch, capsys):
    out = tmp_path / "lrp.mp4"
    drawn = []

    class Interrupted(cli_video.Drawing):
        def __call__(self, pixels):
            if len(drawn) == 4:
                raise KeyboardInterrupt
            drawn.append(pixels)
            return super().__call__(pixels)

    monkeypatch.setattr(cli_video, "Drawing", Interrupted)
    assert run(clip, "--out", out) == 0
    assert len(read(out)) == 4
    assert "4 frames" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        ((), 2, "Name either a video or --camera"),
        (("CLIP", "--camera", "0"), 2, "Name either a video or --camera"),
        (("CLIP", "--out", "CLIP"), 2, "--out names the video itself"),
        (("CLIP", "--start", "softmax", "--target", "ring"), 2, "--start softmax explains all"),
        (("CLIP", "--target", "unicorn"), 2, "no class 'unicorn'"),
        (("nowhere.mp4",), 1, "There is no video"),
        (("--camera", "93"), 1, "Camera 93 cannot be read"),
        (("CLIP", "--out", "film.doc"), 1, "must end in one of"),
    ],
)
def test_mistakes_are_told_in_one_sentence(clip, tmp_path, capsys, words, code, sentence):
    words = [str(clip) if word == "CLIP" else word for word in words]
    if "--out" not in words:
        words += ["--out", str(tmp_path / "lrp.mp4")]
    assert run(*words) == code
    told = capsys.readouterr().err.strip()
    assert sentence in told and told.startswith("lrp-widgets: ") and "\n" not in told
    assert not (tmp_path / "lrp.mp4").exists()


@pytest.mark.parametrize("strength", ["2", "-0.1", "much"])
def test_a_strength_lies_between_0_and_1(clip, strength, capsys):
    with pytest.raises(SystemExit):
        run(clip, "--strength", strength)
    assert "a number from 0 to 1" in capsys.readouterr().err
