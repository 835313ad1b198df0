"""A film's sound goes along: the same packets, at the same time as the pictures."""

from fractions import Fraction

import av
import numpy as np
import pytest

from lrp_widgets.app.cli import main
from lrp_widgets.media.audio import Sound
from lrp_widgets.media.scenes import draw_scene
from lrp_widgets.media.video import Video, VideoWriter

RATE = 10
SAMPLES = 48_000  # a second
BEEP = (0.8, 1.2)  # seconds; silent before and after


def write_film(path, seconds=2, codec="aac", late=0.0):
    """A film of a scene with a beep in the middle, whose first picture comes `late`."""
    scene = draw_scene(3, "star").image
    time = np.arange(int((seconds + late) * SAMPLES)) / SAMPLES
    beeps = (BEEP[0] <= time - late) & (time - late < BEEP[1])
    tone = (0.5 * beeps * np.sin(2 * np.pi * 440 * time)).astype(np.float32)
    with av.open(str(path), "w") as film:
        pictures = film.add_stream("libx264", rate=RATE)
        pictures.height, pictures.width = scene.shape[:2]
        pictures.pix_fmt = "yuv420p"
        pictures.options = {"bf": "0"}
        sound = film.add_stream(codec, rate=SAMPLES, layout="mono")
        for k in range(seconds * RATE):
            frame = av.VideoFrame.from_ndarray(np.roll(scene, k, 1))
            frame.pts, frame.time_base = k + round(late * RATE), Fraction(1, RATE)
            film.mux(pictures.encode(frame))
        film.mux(pictures.encode())
        frame = av.AudioFrame.from_ndarray(tone[None], format="flt", layout="mono")
        frame.sample_rate, frame.pts = SAMPLES, 0
        film.mux(sound.encode(frame))
        film.mux(sound.encode())
    return path


def heard(path):
    """(seconds from the first picture, loudness) for each piece of a film's sound."""
    with av.open(str(path)) as film:
        video = film.streams.video[0]
        begin = float((video.start_time or 0) * video.time_base)
        pieces = [
            (piece.time - begin, np.abs(piece.to_ndarray()).max()) for piece in film.decode(audio=0)
        ]
    return np.array(pieces).T


def beep(path):
    """From when to when a film is loud."""
    times, loudness = heard(path)
    loud = times[loudness > 0.1]
    return loud.min(), loud.max()


def run(*words):
    return main(["video", "--network", "mini-vgg", *map(str, words)])


@pytest.mark.parametrize("late", [0.0, 0.5])
def test_sound_keeps_its_place_beside_the_pictures(tmp_path, late):
    clip, out = write_film(tmp_path / "clip.mp4", late=late), tmp_path / "lrp.mp4"
    assert run(clip, "--out", out) == 0
    assert beep(clip) == pytest.approx(BEEP, abs=0.1)  # what the test itself wrote
    assert beep(out) == pytest.approx(beep(clip), abs=0.01)


def test_the_same_packets_are_copied(tmp_path):
    clip, out = write_film(tmp_path / "clip.mp4"), tmp_path / "lrp.mkv"
    assert run(clip, "--out", out) == 0

    def packets(path):
        with av.open(str(path)) as film:
            return [bytes(packet) for packet in film.demux(audio=0) if packet.size]

    assert len(packets(clip)) > 90
    assert packets(out) == packets(clip)


def test_sound_ends_with_the_last_picture(tmp_path):
    clip, out = write_film(tmp_path / "clip.mp4"), tmp_path / "lrp.mp4"
    assert run(clip, "--out", out, "--seconds", "0.9") == 0
    with Video(out) as film:
        end = [seconds for seconds, _ in film][-1] + 1 / RATE
    assert heard(out)[0].max() == pytest.approx(end, abs=0.03)


def test_sound_that_a_file_cannot_hold_is_left_out_and_said(tmp_path, capsys):
    clip, out = write_film(tmp_path / "clip.mp4"), tmp_path / "lrp.webm"
    assert run(clip, "--out", out) == 0
    sentence = "the sound is left out, for .webm files hold no aac; .mkv files do.\n"
    assert sentence in capsys.readouterr().err
    with av.open(str(out)) as film:
        assert not film.streams.audio


def test_a_film_without_sound_stays_so(tmp_path, capsys):
    path = tmp_path / "silent.mp4"
    with VideoWriter(path, RATE) as writer:
        writer.add(0, draw_scene(3, "star").image)
    with Sound(path) as sound:
        assert sound.codec is None and list(sound.until(9)) == []
    assert run(path, "--out", tmp_path / "lrp.mp4") == 0
    assert "sound" not in capsys.readouterr().err
