"""What can be saved of what is on the screen: the view, the numbers, the layers, and the code."""

import io
import re
from dataclasses import fields
from functools import partial

import anywidget
import traitlets

from ...figures import captions
from ...figures.code_snippet import as_python, concept_as_python
from ...figures.view_settings import View
from ..compare.compare import LOOKS as COMPARED
from ..page.export import prepare
from ..settings.difference_text import read_difference
from ..settings.requests import sentence
from ..shared.background import Worker
from ..shared.built import built

# Servers refuse more than 1 MB a second from a kernel, counted anew after each of its answers: the
# browser asks for a file piece by piece.
PIECE = 2**20

LOOKS = tuple(field.name for field in fields(View))
CONCEPT = ("ranked", "concept", "telling")


class ExportPanel(anywidget.AnyWidget):
    """A "Download" menu for what a LayerStepper shows.

        stepper = LayerStepper(explain(network, image))
        display(stepper, ExportPanel(stepper, picture="star"))

    The present view as PNG with every setting in its caption, the waterfall as PNG, totals and
    ledger as CSV, all numbers as NPZ, the backward pass as GIF, a page that steps through the
    layers without a kernel, and "Copy as Python". Files are made in the background when they are
    asked for and saved by the browser; what goes wrong is the stepper's `error`. In a dashboard the
    view may be the microscope, one of the four steps, both panes of `compare` (a `ComparePage`),
    `judge` or `graph`, as they stand. `showing` names the view on the page: of "judge" code and CSV
    are of the curves, of "compare" the code is of both panes, of "graph" of the graph, which can be
    had as SVG.
    `picture` is the sample's name that the code loads, "" for a picture of one's own.
    """

    _esm = built("dashboard/export_panel.js")
    _css = built("dashboard/export_panel.css")

    picture = traitlets.Unicode("")
    ready = traitlets.Bool(False).tag(sync=True)
    code = traitlets.Unicode("", help="'' where no code can say it").tag(sync=True)
    showing = traitlets.Unicode("step", help="the view on the page").tag(sync=True)

    def __init__(self, stepper, compare=None, judge=None, graph=None, **traits):
        super().__init__(**traits)
        self._stepper = stepper
        self._compare = compare
        self._panes = compare and compare.widget
        self._judge = judge
        self._graph = graph
        self.inspector = lambda: None  # of the stepper's explanation, where that has no network
        self._worker = Worker()
        self._file = (0, b"")  # number of the request, and what was made for it
        self.on_msg(self._answer)
        self.observe(self.write_code, names=["picture", "showing"])
        if self._panes is not None:
            self._panes.observe(self.write_code, names=["first", "second", *COMPARED])
        stepper.observe(self.write_code, names=["summary", *LOOKS, *CONCEPT])
        self.write_code()

    def wait(self, timeout=None):
        """Wait until nothing is being made; return whether that came within `timeout` seconds."""
        return self._worker.wait(timeout)

    @property
    def view(self):
        """What the stepper looks at now."""
        return View(**{name: getattr(self._stepper, name) for name in LOOKS})

    def file_name(self, kind):
        """Return the name under which the browser saves a file: lrp-star-mini-vgg-conv1.png."""
        network = self._stepper.explanation.network
        parts = ["lrp", self.picture or "picture", network.name]
        if network.weights == "random":
            parts.append(f"random{network.seed}")
        ends = {"png": self._stepper.current, "gif": "layers", "csv": "ledger", "npz": "", PAGE: ""}
        ends["svg"] = "graph"
        if self.showing in ("judge", "graph"):
            ends["png"] = self.showing
        parts.append(ends.get(kind, kind))
        ending = {"waterfall": "png", CURVES: "csv"}.get(kind, kind)
        return re.sub(r"[^\w.-]+", "_", "-".join(filter(None, parts))) + f".{ending}"

    def caption(self, part):
        """Return the lines under a picture of a part of the page: every setting named.

        `part`: "compare", "judge", "graph", "unit" or "step".
        """
        view = self.view
        if part == "judge":
            return [captions.settings_line(self._stepper.explanation), self._judge.caption()]
        if part == "graph":
            return [captions.settings_line(self._stepper.explanation), self._graph.caption()]
        if part != "compare" or self._panes is None:
            shown = {"step": f"step {self._stepper.step}", "unit": "one unit"}.get(part, "")
            return [captions.settings_line(self._stepper.explanation), f"{view.current}, {shown}"]
        panes = zip("AB", self._panes.explanations, strict=True)
        lines = [f"{pane}: {captions.settings_line(e)}" for pane, e in panes if e is not None]
        scales = {"own": "each map on its own scale", "common": "one scale for A and B"}
        looks = [self._panes.current, self._panes.quantity, self._panes.colormap]
        looks += [self._panes.scale, scales[self._panes.scales]]
        return [*lines, " · ".join(looks)]

    def write_code(self, _=None):
        """Write the code of what is on the screen."""
        explanation = self._stepper.explanation
        self.ready = explanation is not None
        if explanation is None:
            return
        try:
            match self.showing:
                case "judge":
                    self.code = self._judge.code(self.picture)
                case "compare":
                    self.code = self._compare.code()
                case "graph":
                    self.code = self._graph.code(self.picture)
                case _:
                    code = as_python(explanation, self.picture or None, self.view)
                    self.code = code + self._concept_code()
        except ValueError:  # a network of one's own
            self.code = ""

    def _concept_code(self):
        """The lines for what a channel stands for, where the page shows that."""
        stepper = self._stepper
        if not stepper.ranked:
            return ""
        difference = read_difference(stepper.telling) if stepper.telling else None
        return concept_as_python(stepper.current, stepper.concept, difference)

    def _answer(self, _widget, message, _buffers):
        number = message.get("number")
        if (
            message.get("type") == "make"
            and message.get("kind") in (*MAKERS, CURVES, PAGE)
            and self.ready
        ):
            self._begin(message["kind"], number)
        elif message.get("type") == "caption" and self.ready:
            lines = [line.replace("\xa0", " ") for line in self.caption(message.get("part"))]
            kind = "svg" if message.get("kind") == "svg" else "png"
            self.send({**message, "name": self.file_name(kind), "lines": lines})
        elif message.get("type") == "piece" and number == self._file[0]:
            start = message["start"]
            self.send({**message, "type": "piece"}, [self._file[1][start : start + PIECE]])

    def _begin(self, kind, number):
        name = self.file_name(kind)
        try:
            if kind == CURVES:
                make = self._judge.csv
            else:
                make = self._page() if kind == PAGE else self._maker(kind)
        except Exception as error:
            return self._fail(number, sentence(error))

        def job(cancel):
            try:
                content = make()
            except Exception as error:
                self._worker.deliver(self._fail, number, sentence(error))
            else:
                self._worker.deliver(self._offer, number, name, content)

        self._worker.submit(job)

    def _maker(self, kind):
        explanation, measures = self._stepper.explanation, self._stepper.measured
        return partial(MAKERS[kind], explanation, self.view, measures)

    def _page(self):
        explanation = self._stepper.explanation
        title = f"{self.picture or 'picture'}: {captions.explained(explanation)}"
        words = captions.settings_line(explanation)
        widgets = {"widget": self._stepper}
        make = prepare(widgets, title, words, self.code, inspector=self.inspector())
        return lambda: make().encode()

    def _offer(self, number, name, content):
        self._file = (number, content)
        self.send({"type": "made", "number": number, "name": name, "size": len(content)})

    def _fail(self, number, text):
        self._stepper.error = text
        self.send({"type": "failed", "number": number})


def _view(e, view, measures=None):
    from ...figures.plot_layer import plot_layer

    return _png(plot_layer(e, view, measures))


def _waterfall(e, _view, _measures=None):
    from ...figures.plot_waterfall import plot_waterfall

    return _png(plot_waterfall(e))


def _png(figure):
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=150)
    return file.getvalue()


def _csv(e, _view, measures=None):
    from ...figures.export import ledger_csv

    return ledger_csv(e, measures)


def _npz(e, _view, measures=None):
    from ...figures.export import numbers

    return numbers(e, measures)


def _gif(e, view, _measures=None):
    from ...figures.gif import layers_gif

    return layers_gif(e, view.colormap, view.scale, view.percentile, view.limits)


PAGE = "html"
CURVES = "curves"
MAKERS = {"png": _view, "waterfall": _waterfall, "csv": _csv, "npz": _npz, "gif": _gif}
