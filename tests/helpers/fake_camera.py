"""Browsers whose camera is made up, and a look at what a page does with it."""

from fractions import Fraction

import av
import numpy as np

# Grants the camera without asking; leave it out for a browser that refuses.
GRANTED = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
REFUSED = ("--use-fake-device-for-media-stream",)

# Keeps every track that the page gets, so that a test can see it end.
WATCH = """
window.tracks = [];
if (navigator.mediaDevices) {
  const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (wish) => {
    const stream = await ask(wish);
    window.tracks.push(...stream.getTracks());
    return stream;
  };
}
"""


def write_clip(path, frames, rate=10, **settings):
    """Write pictures, uint8 (H, W, 3), as a video; `settings` go to PyAV's `open`."""
    codec = "mjpeg" if settings.get("format") == "mjpeg" else "libx264"
    with av.open(str(path), "w", **settings) as video:
        stream = video.add_stream(codec, rate=Fraction(rate))
        stream.height, stream.width = frames[0].shape[:2]
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        if codec == "libx264":
            stream.options = {"crf": "8"}
        for pixels in frames:
            video.mux(stream.encode(av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels))))
        video.mux(stream.encode())


def living_tracks(page):
    return page.evaluate("() => window.tracks.filter((t) => t.readyState === 'live').length")
