"""Videos and cameras read frame by frame, and videos written, by PyAV (FFmpeg's libraries)."""

import sys
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import av
import numpy as np
from av.audio.stream import AudioStream
from av.codec import codecs_available
from av.container import InputContainer, OutputContainer
from av.error import FFmpegError, InvalidDataError
from av.video.stream import VideoStream

from .._support.errors import VideoError
from .container import Open
from .images import mirror

# The short side of a frame, in pixels, above which it is shrunk while it is read.
LARGEST_SIDE = 480

# Codec and pixel format for each file ending, the first that this FFmpeg has.
CODECS = {
    ".mp4": ("libx264", "mpeg4"),
    ".mov": ("libx264", "mpeg4"),
    ".mkv": ("libx264", "mpeg4"),
    ".webm": ("libvpx-vp9", "libvpx"),
}

# Times are written in these units (seconds), fine enough for any frame rate.
TICK = Fraction(1, 90_000)

# Where the file does not say how many frames a second there are.
USUAL_RATE = Fraction(30)


class Video(Open):
    """The frames of a video: (time in seconds, uint8 (H, W, 3)), upright and with square pixels.

        with Video("clip.mp4") as video:
            for seconds, pixels in video: …

    `source`: a path, or an open binary file. `name` stands for it in sentences. `side`: a frame
    whose short side is longer is shrunk to it. `rate` is the average number of frames a second,
    `duration` the length in seconds and `count` the number of frames, None where the file does not
    say. Raises VideoError.
    """

    mirrored = False
    _container: InputContainer

    def __init__(self, source, name=None, side=LARGEST_SIDE):
        path = isinstance(source, str | Path)
        self.name = name or (f'"{source}"' if path else "The video")
        self._open(str(source) if path else source, side)

    def _open(self, source, side, **settings):
        self._side = side
        with self._told():
            self._container = av.open(source, **settings)
        if not self._container.streams.video:
            self.close()
            raise VideoError(f"{self.name} holds no moving picture.")
        self._stream = self._container.streams.video[0]
        self._stream.thread_type = "AUTO"
        self._begin = self._stream.start_time or 0  # in ticks
        assert self._stream.time_base is not None  # it is that of what is read
        self._tick = self._stream.time_base

    @contextmanager
    def _told(self):
        """FFmpeg's errors in our words."""
        try:
            yield
        except FileNotFoundError:
            raise VideoError(f"There is no video {self.name}.") from None
        except (FFmpegError, OSError) as error:
            if isinstance(error, InvalidDataError):
                raise VideoError(
                    f"{self.name} is not a video that can be read, or is cut off."
                ) from None
            raise VideoError(f"{self.name} cannot be read ({_reason(error)}).") from None

    @property
    def rate(self):
        return self._stream.average_rate or USUAL_RATE

    @property
    def duration(self):
        if self._stream.duration:
            return float(self._stream.duration * self._tick)
        return self._container.duration / av.time_base if self._container.duration else None

    @property
    def count(self):
        if self._stream.frames:
            return self._stream.frames
        return round(self.duration * self.rate) if self.duration else None

    def __iter__(self):
        """The frames from where the video stands; times count from the video's beginning."""
        with self._told():
            for number, frame in enumerate(self._container.decode(self._stream)):
                if frame.pts is None:
                    seconds = number / self.rate
                else:
                    seconds = (frame.pts - self._begin) * self._tick
                yield float(seconds), self._pixels(frame)

    def go_to(self, seconds):
        """Go on reading at a frame at or before this time, from which the codec can start."""
        to = self._begin + int(seconds / self._tick)
        with self._told():
            self._container.seek(to, stream=self._stream, backward=True)

    def _pixels(self, frame):
        """A frame as it is meant to be seen."""
        wide = frame.width * float(self._stream.sample_aspect_ratio or 1)
        shrink = min(1, self._side / min(wide, frame.height))
        size = {
            "width": max(1, round(shrink * wide)),
            "height": max(1, round(shrink * frame.height)),
        }
        pixels = frame.to_ndarray(format="rgb24", interpolation="AREA", **size)
        # The angle counts against the clock, as NumPy's turns do.
        pixels = np.rot90(pixels, round(frame.rotation / 90) % 4)
        return np.ascontiguousarray(mirror(pixels) if self.mirrored else pixels)


class Camera(Video):
    """A camera of this machine as an endless video, mirrored: `Camera(0)`, or by its name.

    Raises VideoError where there is none.
    """

    mirrored = True

    def __init__(self, which=0, side=LARGEST_SIDE, platform=sys.platform):
        self.name = f"Camera {which}"
        device, kind = _device(str(which), platform)
        self._open(device, side, format=kind)

    @contextmanager
    def _told(self):
        try:
            yield
        except (FFmpegError, OSError, ValueError) as error:
            raise VideoError(f"{self.name} cannot be read ({_reason(error)}).") from None

    @property
    def duration(self):
        return None

    @property
    def count(self):
        return None


def _reason(error):
    """What FFmpeg or the system says of an error."""
    return (getattr(error, "strerror", None) or str(error)).lower()


def _device(which, platform):
    """What FFmpeg calls a camera, and the part of it that reads cameras."""
    if platform == "darwin":
        return which, "avfoundation"
    if platform != "win32":
        return (f"/dev/video{which}" if which.isdigit() else which), "v4l2"
    if which.isdigit():
        raise VideoError("On Windows a camera has no number: name it as the system's settings do.")
    return f"video={which}", "dshow"


class _Written(NamedTuple):
    """A file that is being written: its pictures, and the sound copied into it, if there is any."""

    file: OutputContainer
    pictures: VideoStream
    sound: AudioStream | None


class VideoWriter(Open):
    """Write pictures as a video, each shown from its own time on; by the file's ending .mp4, ….

        with VideoWriter("lrp.mp4", video.rate) as writer:
            writer.add(seconds, pixels)

    Pictures: uint8 (H, W, 3), all of one size, both sides even. The file appears with the first
    picture. `rate`: frames a second, for the length of the last one. `sound`: a `Sound` that is
    copied as far as there are pictures; `silent` tells afterwards that files of this kind cannot
    hold it. Raises VideoError.
    """

    def __init__(self, path, rate=USUAL_RATE, sound=None):
        self.path = Path(path)
        self.written = 0
        self.silent = False
        self._rate = Fraction(rate).limit_denominator(1001)
        self._sound = sound if sound is not None and sound.codec else None
        self._file: _Written | None = None
        self._end = 0.0
        ending = self.path.suffix.lower()
        if ending not in CODECS:
            raise VideoError(f'"{path}" must end in one of {", ".join(CODECS)}.')
        codecs = [name for name in CODECS[ending] if name in codecs_available]
        if not codecs:
            raise VideoError(f"This machine's FFmpeg cannot write {ending} files.")
        self._codec = codecs[0]
        if not self.path.parent.is_dir():
            raise VideoError(f'There is no folder "{self.path.parent}" for the video.')

    def add(self, seconds, pixels):
        """Add a picture that is shown from `seconds` on, which is later than the last."""
        if self._file is None:
            self._file = self._begun(*pixels.shape[:2])
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="rgb24")
        frame.pts, frame.time_base = round(seconds / TICK), TICK
        frame.duration = round(1 / self._rate / TICK)
        self._file.file.mux(self._file.pictures.encode(frame))
        self.written += 1
        self._carry_sound(self._file, seconds)
        self._end = seconds + float(1 / self._rate)

    def _begun(self, height, width):
        try:
            file = av.open(str(self.path), "w")
        except (FFmpegError, OSError) as error:
            raise VideoError(f'"{self.path}" cannot be written ({_reason(error)}).') from None
        pictures = file.add_stream(self._codec, rate=self._rate)
        assert isinstance(pictures, VideoStream)  # as all CODECS are
        pictures.height, pictures.width = height, width
        pictures.pix_fmt = "yuv420p"
        pictures.codec_context.time_base = TICK
        if self._codec == "libx264":
            pictures.options = {"crf": "18"}
        elif self._codec == "mpeg4":
            pictures.bit_rate = 4_000_000
        else:
            pictures.options = {"crf": "24", "b": "0", "row-mt": "1", "cpu-used": "5"}
        sound = None
        if self._sound is not None:
            self.silent = self._sound.codec not in file.supported_codecs
            sound = None if self.silent else file.add_stream_from_template(self._sound.stream)
        return _Written(file, pictures, sound)

    def _carry_sound(self, written, seconds):
        if self._sound is not None and written.sound is not None:
            for packet in self._sound.until(seconds):
                packet.stream = written.sound
                written.file.mux(packet)

    def close(self):
        """Finish the file."""
        if self._file is not None:
            self._carry_sound(self._file, self._end)
            self._file.file.mux(self._file.pictures.encode())
            self._file.file.close()
            self._file = None
