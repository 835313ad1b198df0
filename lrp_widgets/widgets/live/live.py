"""Relevance of a moving picture: the browser's camera or a video, explained frame by frame."""

import io
import time
from dataclasses import replace

import anywidget
import numpy as np
import traitlets
from PIL import Image

from ..._support.colors import COLORMAPS, PERCENTILE, lookup_table, to_index
from ...figures.view_settings import View
from ...lrp.live_frame import STRENGTH, SteadyLimits
from ...lrp.settings import settings
from ...networks.network import Network
from ...networks.precision import live_type
from ...networks.zoo import registry
from ...session import REQUEST, Request, Session
from ..settings.controls import proper_name, title
from ..settings.requests import sentence
from ..shared.background import Worker
from ..shared.built import built
from ..shared.setting_trait import trait
from .uploaded_video import most_bytes
from .video_upload import VideoUpload

TOP_CLASSES = 5

# What can be chosen here, by the names of the widget's traits.
LISTED = REQUEST | settings(View)

# Of these traits a change asks for the frame on the screen again.
REQUESTED = ("network", "weights", "seed", "pooling")
ASKED = (*REQUESTED, "view", "quick")


class Live(VideoUpload, anywidget.AnyWidget):
    """What a network sees through the camera of whoever looks at the page, or in a video.

        Live()                      # a network that is at hand, with others to choose
        Live("vgg16", pooling="max")
        Live(network)               # one network, such as your own

    The browser sends one frame at a time, a square of the network's size; the newest wins. A video
    is sent in pieces and decoded here. What comes back is the relevance of a frame's pixels, `view`
    "gray" or "rgb", drawn over the frame with `strength`, and the top classes. `network`,
    `weights`, `seed`, `pooling` and how it is drawn may change while it runs. `follow` takes all
    settings from a `Request`. Its height is the CSS variable `--lrp-stepper-height` (640px).
    """

    _esm = built("live/live.js")
    _css = built("live/live.css")

    # What is asked
    network = traitlets.Unicode("mini-vgg").tag(sync=True)
    weights = trait(LISTED["weights"])
    seed = traitlets.Int(0, min=0).tag(sync=True)
    pooling = trait(LISTED["pooling"])
    view = trait(LISTED["view"])
    quick = traitlets.Bool(False, help="in live precision").tag(sync=True)
    asked = traitlets.Int(0, help="counts changes of what is asked").tag(sync=True)

    # How it is drawn
    colormap = trait(LISTED["colormap"])
    strength = traitlets.Float(STRENGTH, min=0, max=1, help="1: relevance alone").tag(sync=True)
    mirrored = traitlets.Bool(True, help="the camera's picture, as in a mirror").tag(sync=True)

    # What is going on
    active = traitlets.Bool(True, help="False ends the camera").tag(sync=True)
    status = traitlets.Unicode("").tag(sync=True)
    progress = traitlets.Float(-1.0, help="0 to 1; -1: unknown").tag(sync=True)
    cancellable = traitlets.Bool(False).tag(sync=True)
    cancelled = traitlets.Int(0, help="counts presses of Cancel").tag(sync=True)
    error = traitlets.Unicode("").tag(sync=True)

    # What the browser must know
    choices = traitlets.List(traitlets.Dict(), help="the widget's own settings").tag(sync=True)
    opens = traitlets.Bool(False, help="whether somebody takes a frozen frame").tag(sync=True)
    percentile = traitlets.Float(PERCENTILE).tag(sync=True)
    largest_film = traitlets.Int(help="in bytes; 0: no videos").tag(sync=True)
    colormaps = traitlets.List(traitlets.Unicode(), list(COLORMAPS)).tag(sync=True)
    tables = traitlets.Bytes(b"").tag(sync=True)
    suggested = traitlets.Unicode(help="the network that suits a camera").tag(sync=True)

    def __init__(self, network=None, session=None, offered=registry.NAMES, **traits):
        if isinstance(network, Network):
            given, network = network, network.name
            session = Session(load=lambda *_: given, memory_needed=lambda _: 0)
            offered = ()
        else:
            network = network or registry.camera_name()
            registry.download_size(network)  # refuses a name that there is not
        self._worker = Worker()
        super().__init__(network=network, **{"largest_film": most_bytes(), **traits})
        self.tables = b"".join(lookup_table(name).tobytes() for name in COLORMAPS)
        self.choices = _choices(offered)
        self.suggested = registry.CAMERA if registry.CAMERA in offered else ""
        self.open_frame = None  # a function of a frame's bytes: what "open" does
        self._session = session or Session()
        self._given = not offered
        self._settings = Request("", network)
        self._limits = SteadyLimits()
        self.on_msg(self._receive)
        self.observe(self._ask_anew, names=list(ASKED))

    @property
    def request(self):
        """What is asked of every frame, as a `Request` without a picture."""
        chosen = {name: getattr(self, name) for name in REQUESTED}
        return replace(self._settings, picture="", **chosen).essential

    def follow(self, request):
        """Take every setting from a `Request` but its picture."""
        self._settings = replace(request, picture="")
        for name in REQUESTED:
            setattr(self, name, getattr(request, name))
        self._ask_anew()

    def wait(self, timeout=None):
        """Wait until no frame is looked at; return whether that came within `timeout` seconds."""
        return self._worker.wait(timeout)

    def _ask_anew(self, _=None):
        self._limits = SteadyLimits()
        self.error = ""
        self.asked += 1

    # A frame came

    def _receive(self, _widget, message, buffers):
        kind = message.get("type", "")
        if kind == "frame" and buffers:
            frame = _read(message, buffers[0])
            self._look_at(message.get("id"), lambda: (frame, {}, None))
        elif kind == "open" and buffers and self.open_frame is not None:
            self.open_frame(_file_of(_read(message, buffers[0])))
        elif kind.startswith("video-"):
            self._receive_video(message, buffers)

    def _look_at(self, frame_id, get_frame):
        """Answer one frame in the background; a newer one wins.

        `get_frame()` returns the frame (a picture file's bytes, or an array), what else to tell of
        it, and a file to send along or None.
        """
        request, view, limits = self.request, self.view, self._limits
        precision = "live" if self.quick else "exact"

        def job(cancel):
            try:
                if not self._given and not registry.on_disk(request.network, request.weights):
                    raise ValueError(_missing(request.network))
                started = time.perf_counter()
                frame, told, file = get_frame()
                answered = self._session.live(request, frame, view, self._report, cancel, precision)
                answer, index = _pack(answered, limits(answered.relevance))
                answer |= {"id": frame_id, "seconds": time.perf_counter() - started, **told}
                answer["quick_type"] = live_type() or ""
                self._worker.deliver(
                    self._answer, answer, [index] if file is None else [index, file]
                )
            except Exception as error:
                refusal = {"type": "refused", "id": frame_id, "sentence": sentence(error)}
                self._worker.deliver(self._answer, refusal, [])

        self._worker.submit(job)

    def _report(self, text, fraction):
        self._worker.deliver(self._say, text, fraction)

    def _say(self, text, fraction):
        self.status, self.progress = text, fraction

    def _answer(self, answer, buffers):
        self._say("", -1)
        self.send(answer, buffers)


def _read(message, buffer):
    """A frame from the browser: a picture file's bytes, or RGB as an array."""
    side = message.get("raw", 0)
    if not side:
        return bytes(buffer)
    return np.frombuffer(buffer, np.uint8).reshape(side, side, 3)


def _file_of(frame):
    if isinstance(frame, bytes):
        return frame
    file = io.BytesIO()
    Image.fromarray(frame).save(file, "PNG")
    return file.getvalue()


def _pack(frame, limits):
    """A live frame for the browser: the network's words, and each pixel's place in the colours."""
    index = np.ascontiguousarray(to_index(frame.relevance, limits))
    described = {
        "type": "explained",
        "rows": index.shape[0],
        "columns": index.shape[1],
        "colors": index.ndim == 3,
        "low": limits.low,
        "high": limits.high,
        "clipped": limits.clipped,
        "classes": [list(pair) for pair in frame.top(TOP_CLASSES)],
        "random": getattr(frame.network, "weights", None) == "random",
    }
    return described, index.tobytes()


def _missing(network):
    return (
        f"The pretrained weights of {proper_name(network)} are not on this machine: "
        f"`lrp-widgets fetch {network}` fetches them, and random weights need none."
    )


def _choices(networks):
    """The settings that the widget offers by itself: trait, label, and [value, text] of each."""
    if not networks:
        return []
    names = ("network", "weights", "pooling", "view", "colormap")
    return [
        {
            "name": name,
            "label": LISTED[name].label,
            "options": [[network, title(network)] for network in networks]
            if name == "network"
            else [[value, words] for value, words in LISTED[name].words.items()],
        }
        for name in names
    ]
