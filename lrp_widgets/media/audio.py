"""A video's sound, carried over packet by packet as it is."""

from contextlib import suppress

import av
from av.container import InputContainer
from av.error import FFmpegError

from .container import Open


class Sound(Open):
    """The first sound track of the video at `path`, to be copied into another video.

        with Sound("clip.mp4") as sound, VideoWriter("lrp.mp4", video.rate, sound) as writer: …

    `codec` is its name, None where the video has no sound. Times are in seconds from the video's
    first picture, as `Video`'s are. Raises FFmpegError for what is no video.
    """

    _container: InputContainer

    def __init__(self, path):
        self._container = av.open(str(path))
        video, audio = self._container.streams.video, self._container.streams.audio
        self.stream = audio[0] if audio else None
        self.codec = audio[0].codec.canonical_name if audio else None
        self._begin = (video[0].start_time or 0) * (video[0].time_base or 0) if video else 0
        self._packets = self._read() if audio else iter(())
        self._next = next(self._packets, None)

    def until(self, seconds):
        """The packets that begin before this time and were not given yet."""
        while self._next is not None and self._next[0] < seconds:
            (_, packet), self._next = self._next, next(self._packets, None)
            yield packet

    def _read(self):
        """All packets with their times, (seconds, packet)."""
        with suppress(FFmpegError):  # a video that is cut off has sound up to there
            for packet in self._container.demux(self.stream):
                if packet.pts is None or packet.dts is None:  # the mark of the end
                    continue
                shift = round(self._begin / packet.time_base)
                packet.pts, packet.dts = packet.pts - shift, packet.dts - shift
                yield packet.pts * packet.time_base, packet
