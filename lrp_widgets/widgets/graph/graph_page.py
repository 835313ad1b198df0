"""The dashboard's "Graph": it follows the map on the screen through channels, in the background."""

import traitlets

from ...figures.code_snippet import graph_as_python
from ..settings.requests import sentence
from ..shared.background import Worker
from ..shared.newest_wins import NewestWins
from .channel_graph import ChannelGraph

# Controls that change nothing here.
ASIDE = ("channels", "scale", "overlay")
FOLLOWING = "Following channels to the pixels"


class GraphPage(NewestWins):
    """A `ChannelGraph` that follows the dashboard; the widget is made when the page is opened.

    `stepper` says when another map is on its way, what goes wrong, and whether channels can be
    followed; `follow(through)` follows some.
    """

    def __init__(self, session, stepper, controls, follow):
        super().__init__(Worker())
        self._session = session
        self._stepper = stepper
        self._controls = controls
        self._follow = follow
        self._widget = None
        self._first = None  # the request and the explanation on the screen
        self._drawn = None  # the explanation whose graph is drawn, and the graph
        for name in ("stale", "status", "progress", "error"):
            stepper.observe(self._hear, names=name)

    @property
    def widget(self):
        """What is on the page."""
        if self._widget is None:
            self._widget = widget = ChannelGraph()
            widget.layout.display = "none"
            widget.follow = self._follow
            widget.cancel = self._cancel
            traitlets.link((self._controls["colours"], "value"), (widget, "colormap"))
            traitlets.dlink((self._stepper, "follows"), (widget, "follows"))
        return self._widget

    @property
    def is_open(self):
        """Whether the page shows it."""
        return self._widget is not None and self._widget.layout.display != "none"

    def lock(self, locked):
        """Let nothing be chosen, or let it be: `stepper.follows` says so."""

    def open(self):
        """Put it on the page, and draw the graph of what is on the screen."""
        self.widget.layout.display = None
        self._controls.set_aside(ASIDE)
        self._ask()

    def close(self):
        """Take it off the page, and end what is being computed."""
        if self.is_open:
            self._widget.layout.display = "none"
            self._controls.set_aside(())
        self.stop()

    def follow(self, request, explanation):
        """Draw the graph of another map."""
        self._first = (request, explanation)
        if self.is_open:
            self._ask()

    def _hear(self, change):
        """Another map is on its way, or there is none: what the stepper says is said here."""
        if not self.is_open:
            return
        if change["name"] == "stale" and change["new"]:
            self.stop()
        setattr(self.widget, change["name"], change["new"])

    def _ask(self):
        if self._first is None or self._stepper.stale:
            return
        self.stop()
        request, explanation = self._first
        if self._drawn is not None and self._drawn[0] is explanation:
            return
        deliver = self._deliverer(self._newest)
        self.widget.stale = True
        self._begin(FOLLOWING)

        def job(cancel):
            def report(fraction):
                if cancel.is_set():
                    raise InterruptedError
                deliver(self._report, FOLLOWING, fraction)

            try:
                graph = self._session.graph(request, report, cancel)
            except Exception as error:
                if not cancel.is_set():
                    deliver(self._fail, sentence(error))
            else:
                deliver(self._show, explanation, graph)

        self._worker.submit(job)

    # On the widgets' thread

    def _show(self, explanation, graph):
        self._drawn = explanation, graph
        self.widget.show(explanation, graph)
        self._rest()

    def _fail(self, text):
        self._rest()
        self.widget.error = text

    def _say(self, text, fraction):
        if self._widget is not None:
            with self._widget.hold_sync():
                self._widget.status, self._widget.progress = text, float(fraction)

    def _rest(self):
        super()._rest()
        if self._widget is not None:
            self._widget.stale = False

    def _cancel(self):
        """Somebody pressed Cancel: of the answer under way, or of its graph."""
        if self._stepper.status:
            self._stepper.cancelled += 1
        self.stop()

    # What can be taken home

    def code(self, picture):
        """Return the Python that computes the graph. ValueError where no code can say it."""
        return graph_as_python(self._stepper.explanation, picture or None)

    def caption(self):
        """Return the line under a picture of it."""
        if self._drawn is None:
            return ""
        layers = ", ".join(self._drawn[1].layers)
        return f"the strongest channels of {layers}, by their shares conditioned on those above"
