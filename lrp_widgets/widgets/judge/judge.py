"""The picture taken apart, its perturbation curves, and the map's measures, on the screen."""

import anywidget
import traitlets

from ..._support.colors import COLORMAPS, lookup_table
from ...figures.view_settings import View
from ...lrp.judging import Judging
from ...lrp.layer_result import of_one_picture
from ...lrp.settings import settings
from ...session import QUESTION, Request, Session
from ..shared.built import built
from ..shared.setting_trait import trait
from .judge_work import ASKED, JudgeWork

JUDGING = settings(Judging)


class Judge(anywidget.AnyWidget):
    """Is the map right? The picture taken apart patch by patch, and measures of the map.

        Judge(explain(network, image))
        Judge(e, scene="star", versus="grad-cam", patch=4)

    Beside the picture are the perturbation curves (`metrics.perturb`) of the map, of a second one,
    `versus`, and of a random order, and the area between them; below, measures, each with what it
    is held against. All is computed in the background: `wait` waits for it. The settings are those
    of `Judging`. `scene` names the drawn scene that the picture is, whose object is known.
    `network` is needed where `e.network` is only a `NetworkInfo`. Its height is the CSS variable
    `--lrp-stepper-height` (640px). Raises ValueError for an explanation of several pictures, or
    without a picture. In the dashboard `JudgePage` has it computed.

    `curves` is {"class", "score", "names", "curves": [{"map",
    "name", "order", "scores", "predicted", "replaced", "lost"}], "patch"}, {} while there are
    none; `measures` the rows of `measure_rows`.
    """

    _esm = built("judge/judge.js")
    _css = built("judge/judge.css")

    # What is chosen
    versus = trait(JUDGING["versus"])
    patch = trait(JUDGING["patch"])
    baseline = trait(JUDGING["baseline"])
    score = trait(JUDGING["score"])
    order = trait(JUDGING["order"])
    replaced = traitlets.Int(0, min=0, help="patches replaced so far").tag(sync=True)
    colormap = trait(settings(View)["colormap"])

    # What there is to see
    headline = traitlets.Unicode("").tag(sync=True)
    areas = traitlets.List(traitlets.Unicode()).tag(sync=True)
    picture = traitlets.Dict(help="rows, columns, and the bytes of both pictures").tag(sync=True)
    map = traitlets.Bytes(b"", help="float32, one value a pixel").tag(sync=True)
    curves = traitlets.Dict().tag(sync=True)
    measures = traitlets.List(traitlets.Dict()).tag(sync=True)
    choices = traitlets.List(traitlets.Dict()).tag(sync=True)
    notes = traitlets.List(traitlets.Unicode()).tag(sync=True)
    locked = traitlets.Bool(False).tag(sync=True)
    colormaps = traitlets.List(traitlets.Unicode(), list(COLORMAPS)).tag(sync=True)
    tables = traitlets.Bytes(b"").tag(sync=True)

    # What is going on
    status = traitlets.Unicode("").tag(sync=True)
    progress = traitlets.Float(-1.0, help="0 to 1; -1: unknown").tag(sync=True)
    stale = traitlets.Bool(False).tag(sync=True)
    ended = traitlets.Bool(False, help="whether somebody cancelled").tag(sync=True)
    error = traitlets.Unicode("").tag(sync=True)

    def __init__(self, explanation=None, network=None, scene="", **traits):
        super().__init__(**traits)
        self._work = None
        self.tables = b"".join(lookup_table(name).tobytes() for name in COLORMAPS)
        self.choices = [
            {
                "name": name,
                "label": JUDGING[name].label,
                "help": JUDGING[name].help,
                "options": [[value, words] for value, words in JUDGING[name].words.items()],
            }
            for name in ("versus", "baseline", "patch", "score")
        ]
        if explanation is not None:
            self._begin(of_one_picture(explanation), network, scene)

    def _begin(self, e, network, scene):
        network = network or e.network
        if e.picture is None:
            raise ValueError("A picture is taken apart: explain one of uint8 pixels.")
        if not hasattr(network, "layers"):
            raise ValueError(
                "This explanation holds no network to ask: give the one it was made with, as in "
                "Judge(e, network=network)."
            )
        session = Session(lambda *_: network, lambda *_: e.picture, memory_needed=lambda _: 0)
        request = _request_of(e, scene)
        self._work = work = JudgeWork(session, self)
        self.observe(lambda _: work.judge(request, e), names=list(ASKED))
        work.judge(request, e)

    def wait(self, timeout=None):
        """Wait until all is computed; return whether it came within `timeout` seconds."""
        return self._work is None or self._work.wait(timeout)


def _request_of(e, scene):
    """The request that a notebook's explanation answers; only this widget's session knows it."""
    asked = {name: e.settings.get(name, each.default) for name, each in QUESTION.items()}
    asked |= {"start": e.start, "target": e.target_index, "other": e.other_index}
    network = e.network
    return Request(scene, network.name, network.weights, network.seed or 0, **asked)
