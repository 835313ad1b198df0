"""``lrp-widgets video``: a video or the camera in, a video of relevance out."""

import sys
from contextlib import nullcontext
from pathlib import Path

import numpy as np
from PIL import Image
from tqdm import tqdm

from .._support import colors
from .._support.checks import spelled_out
from .._support.errors import VideoError
from ..lrp.live_frame import SteadyLimits, explain_frame, square
from ..media.audio import Sound
from ..media.images import load_image
from ..media.video import Camera, Video, VideoWriter
from ..networks.precision import live_type
from .cli_explain import choose_start, explain_settings
from .cli_networks import open_network
from .cli_output import DONE, SOME_FAILED, UsageError


def explain_video(options):
    """Explain every frame of a video or a camera and write them as a video; return the exit code.

    Ctrl-C ends the video there and keeps it. Raises UsageError for options that do not go together,
    ValueError where nothing could be written.
    """
    if (options.video is None) == (options.camera is None):
        raise UsageError("Name either a video or --camera with its number.")
    start = choose_start(options)
    if options.video and _same_file(options.video, options.out):
        raise UsageError("--out names the video itself: give it another name.")
    with (
        _open(options) as video,
        _sound(options) as sound,
        VideoWriter(options.out, video.rate, sound) as writer,
    ):
        network = open_network(options)
        _say_precision(options.precision)
        draw = Drawing(network, explain_settings(options, network, start), options)
        problem = _write_all(video, writer, draw, options.seconds)
    if not writer.written:
        raise ValueError(problem or f"{video.name} holds no frames.")
    if problem:
        print(f"lrp-widgets: {spelled_out(problem)}", file=sys.stderr)
    if writer.silent:
        print(
            f"lrp-widgets: the sound is left out, for {writer.path.suffix} files hold no "
            f"{sound.codec}; .mkv files do.",
            file=sys.stderr,
        )
    print(f'"{spelled_out(options.out)}" has {writer.written} frames.')
    return SOME_FAILED if problem else DONE


class Drawing:
    """From a frame, uint8 (H, W, 3), to the picture in the video: relevance over the middle square.

    `settings` are `explain`'s; of the options count channels, colormap, strength and side_by_side.
    """

    def __init__(self, network, settings, options):
        self._network = network
        self._settings = settings
        self._options = options
        self._limits = SteadyLimits()
        self._table = options.colormap

    def __call__(self, pixels):
        picture = _even(square(pixels))
        frame = load_image(picture, self._network)
        options = self._options
        relevance = explain_frame(
            self._network,
            frame,
            options.channels,
            precision=options.precision,
            **self._settings,
        ).relevance
        drawn = colors.to_rgb(relevance, self._limits(relevance), self._table)
        covered = colors.overlay(drawn, picture, options.strength)
        return np.hstack([picture, covered]) if options.side_by_side else covered


def _say_precision(precision):
    if precision == "live" and live_type() is None:
        print(
            "lrp-widgets: this machine computes in nothing quicker than float32, so that "
            "--precision live is the same as exact.",
            file=sys.stderr,
        )


def _open(options):
    return Video(options.video) if options.camera is None else Camera(options.camera)


def _sound(options):
    return Sound(options.video) if options.camera is None else nullcontext()


def _write_all(video, writer, draw, seconds):
    """Write frame after frame; return a sentence where the video broke off, else None."""
    last = -1.0
    total = video.count
    if seconds is not None:
        total = min(total or float("inf"), round(seconds * video.rate))
    with tqdm(total=total, desc="Explaining", unit="frame") as bar:
        try:
            for time, pixels in video:
                if seconds is not None and time > seconds:
                    break
                if time > last:  # some files say twice the same
                    writer.add(time, draw(pixels))
                    last = time
                bar.update()
        except VideoError as error:
            return str(error)
        except KeyboardInterrupt:
            if not writer.written:
                raise
    return None


def _even(picture):
    """The picture with sides that a video can have."""
    side = max(2, len(picture) // 2 * 2)
    if side == len(picture):
        return picture
    return np.array(Image.fromarray(picture).resize((side, side), Image.Resampling.LANCZOS))


def _same_file(video, out):
    return Path(out).exists() and Path(video).exists() and Path(out).samefile(video)
