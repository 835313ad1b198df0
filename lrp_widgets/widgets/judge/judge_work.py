"""What computes, in the background, all that a `Judge` shows."""

import csv
import io
from functools import partial

import numpy as np

from ..._support.downloads import Cancelled
from ...figures.code_snippet import judge_as_python
from ...lrp.attribution.patches import replacement
from ...lrp.judging import NONE, Judging
from ...lrp.rule_words import rule_words
from ...media.images import object_mask
from ..microscope.microscope import in_colors
from ..settings.requests import sentence
from ..shared.background import Worker
from ..shared.newest_wins import NewestWins
from .curves import Case, Curves, area
from .judge_words import area_words, headline, map_words
from .measure_rows import ON_DEMAND, at_once, fixed, on_demand

# What asks for other curves, and what only shows the same ones otherwise.
ASKED = ("versus", "patch", "baseline", "score")
SHOWN = ("order", "replaced")

CANCELLED = "Cancelled: what is shown may be of settings that were chosen before."

CSV_HEAD = ("map", "order", "patches replaced", "score", "network says", "row", "column")


class JudgeWork(NewestWins):
    """Judges explanations through a session, the newest in the place of those before it.

    `widget`: the `Judge` that shows it and says what is to be done; `changed()` is called when
    there are other curves.
    """

    def __init__(self, session, widget, changed=lambda: None):
        super().__init__(Worker())
        self._session = session
        self._changed = changed
        self._curves = Curves(session)
        self._widget = widget
        self._first = None  # the request and the explanation that are to be judged
        self._case = self._found = None  # what was judged last, and its curves
        self._judging = False  # whether curves are what was asked for last
        widget.on_msg(self._answer)

    @property
    def settings(self):
        """What is chosen on the widget, as `Judging`."""
        return Judging(**{name: getattr(self._widget, name) for name in (*ASKED, *SHOWN)})

    @property
    def found(self):
        """The curves of what was judged last, {(map, order): `Perturbation`}, those there are."""
        return self._found or {}

    def judge(self, request, explanation):
        """Judge an explanation, which answers `request`, as the widget is set."""
        self._first = (request, explanation)
        self._ask()

    def _ask(self):
        self.stop()
        case = Case(*self._first, self.settings)
        self._widget.error = ""
        self._widget.ended = False
        if len(case.explanation.layers[0].shape) != 3:
            return self._fail("What this network reads is no picture, so it has no patches.")
        self._widget.stale = self._judging = True
        self._begin("Starting")
        work = partial(self._judge, case)
        self._worker.submit(partial(self._in_background, self._newest, work))

    # In the background

    def _in_background(self, number, work, cancel):
        """Do `work(deliver, report, cancel)`, and say on the page where it failed."""
        deliver = self._deliverer(number)
        try:
            work(deliver, partial(deliver, self._report), cancel)
            deliver(self._rest)
        except Cancelled:
            pass
        except Exception as error:
            if not cancel.is_set():
                deliver(self._fail, sentence(error))

    def _judge(self, case, deliver, report, cancel):
        mask = object_mask(case.request.picture, *case.explanation.layers[0].shape[:2])
        deliver(self._show_map, case, at_once(case, mask), pictures(case))
        tell = partial(deliver, self._show, case)
        tell(self._curves.compute(case, tell, report, cancel))

    def _measure(self, key, case, deliver, report, cancel):
        def measure(network, image):
            return on_demand(key, case, network, image, cancel)

        deliver(self._put_row, self._session.measure(case.request, measure, report, cancel))

    # On the widgets' thread

    def _say(self, text, fraction):
        with self._widget.hold_sync():
            self._widget.status, self._widget.progress = text, float(fraction)

    def _rest(self):
        super()._rest()
        self._widget.stale = False

    def _fail(self, text):
        self.stop()
        self._widget.error = text

    def _show_map(self, case, rows, picture):
        with self._widget.hold_sync():
            if self._case is None or self._case.explanation is not case.explanation:
                self._widget.measures = rows
            self._widget.picture, self._widget.map = picture
        self._case, self._found = case, {}

    def _show(self, case, found):
        self._case, self._found = case, found
        widget = self._widget
        most = found.get(("a", "morf"))
        names = case.explanation.network.class_names
        says = "" if most is None else names[int(most.predicted[0])]
        with widget.hold_sync():
            widget.headline = headline(most, found.get(("random", "random")), case.class_name, says)
            widget.areas = [
                area_words(name, area(found, which)) for which, name in self._names(case).items()
            ]
            widget.curves = packed(case, found, self._names(case))
            widget.stale = False
            widget.notes = self._notes(case, most)
            between = area(found, "a")
            if between is not None:
                self._put_row(
                    next(each for each in widget.measures if each["key"] == "abpc")
                    | {"value": fixed(between)}
                )
        self._changed()

    def _put_row(self, row):
        self._widget.measures = [
            row if each["key"] == row["key"] else each for each in self._widget.measures
        ]

    def _notes(self, case, most):
        if most is not None and most.settings["score"] != case.settings.score:
            return ["This network ends without a softmax: the score is the logit."]
        return []

    def _names(self, case):
        rules = case.explanation.settings["rules"]
        names = {"a": rule_words(rules) if isinstance(rules, str) else "this map"}
        if case.settings.versus != NONE:
            names["b"] = map_words(case.settings.versus)
        return names

    # What is done on the page

    def _answer(self, _widget, message, _buffers):
        match message:
            case {"type": "cancel"}:
                judging = self._judging
                self.stop()
                if judging:
                    self._widget.ended = True
                    self._widget.notes = [CANCELLED]
            case {"type": "dismiss"}:
                self._widget.error = ""
            case {"type": "again"}:
                self._ask()
            case {"type": "measure", "key": key} if key in ON_DEMAND and self._case is not None:
                self._widget.error = ""
                self._judging = False
                self._begin("Measuring")
                work = partial(self._measure, key, self._case)
                self._worker.submit_afterwards(partial(self._in_background, self._newest, work))

    # What can be taken home

    def code(self, picture):
        """Return the Python that computes the curves; "" where no code can say it."""
        if self._case is None or not self._found:
            return ""
        most = next(iter(self._found.values()))
        return judge_as_python(
            self._case.explanation, picture or None, self._case.settings.versus, most.settings
        )

    def csv(self):
        """Return the curves as a CSV file: one line a point. ValueError where there are none."""
        if not self._found:
            raise ValueError("There are no curves yet: they are still computed.")
        names = self._case.explanation.network.class_names
        called = self._names(self._case) | {"random": "random order"}
        file = io.StringIO()
        writer = csv.writer(file)
        writer.writerow(CSV_HEAD)
        for (which, order), one in self._found.items():
            places = [("", ""), *one.replaced.tolist()]
            for k, (score, says, place) in enumerate(
                zip(one.scores.tolist(), one.predicted.tolist(), places, strict=True)
            ):
                writer.writerow((called[which], order, k, score, names[says], *place))
        return file.getvalue().encode("utf-8-sig")

    def caption(self):
        """Return the line under a picture of it: how the picture was taken apart."""
        if not self._found:
            return ""
        used = next(iter(self._found.values())).settings
        words = " · ".join(self._widget.areas)
        return (
            f"patches {used['patch']} pixels wide, replaced by: {used['baseline']}; score: "
            f"{used['score']} of {self._case.class_name}; areas between the curves: {words}"
        )


def pictures(case):
    """Return the picture and what replaces it, as the browser draws both, and the map's bytes."""
    e = case.explanation
    shown = in_colors(e.picture)
    height, width = e.layers[0].shape[:2]
    packed = {"rows": height, "columns": width, "picture": b"", "replacement": b""}
    if shown is not None:
        # What the network reads is a multiple of each channel, moved: all baselines keep that.
        put_in = replacement(shown, case.settings.baseline, 0.0, 0)
        packed["picture"] = shown.tobytes()
        packed["replacement"] = np.clip(np.rint(put_in), 0, 255).astype(np.uint8).tobytes()
    return packed, case.map.astype(np.float32).tobytes()


def packed(case, found, names):
    """Return curves as the browser draws them."""
    told = case.explanation.network.class_names
    said = {int(k) for one in found.values() for k in np.unique(one.predicted)}
    settings = next(iter(found.values())).settings
    return {
        "class": case.class_name,
        "target": case.target,
        "score": settings["score"],
        "patch": settings["patch"],
        "names": {str(k): told[k] for k in sorted(said)},
        "curves": [
            {
                "map": which,
                "name": names.get(which, ""),
                "order": order,
                "scores": one.scores.tolist(),
                "predicted": one.predicted.tolist(),
                "replaced": one.replaced.ravel().tolist(),
            }
            for (which, order), one in found.items()
        ],
    }
