"""The picture taken apart, its perturbation curves, and the map's measures, on the screen."""

import anywidget
import traitlets

from ..._support.colors import COLORMAPS, lookup_table
from ...figures.view_settings import View
from ...lrp.judging import Judging
from ...lrp.settings import settings
from ..shared.built import built
from ..shared.setting_trait import trait

JUDGING = settings(Judging)


class Judge(anywidget.AnyWidget):
    """What "Judge" draws: the dashboard's `JudgePage` computes it, and puts it here.

    The settings are those of `Judging`. `curves` is {"class", "score", "names", "curves": [{"map",
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

    def __init__(self, **traits):
        super().__init__(**traits)
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
