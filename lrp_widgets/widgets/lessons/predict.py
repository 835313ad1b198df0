"""Predictions, and covers over what answers them until one has predicted.

A lesson asks before its theory, and covers the view that gives the answer away:

    Predict("02-predict")                   # in one cell
    Covered(DenseGraph(), "02-predict")     # in a later one

Any answer uncovers, right or wrong; so does the button "Show anyway". A view that answers several
predictions names them all, and waits for all of them. The browser keeps what was predicted and
uncovered, and under Voilà the address does, so that a reload changes nothing; `?uncovered=all`
opens a lesson without covers, for whoever teaches it.
"""

import anywidget
import traitlets
from ipywidgets import VBox

from ...lessons import question
from ..shared.built import built
from .task import Task


class _Made(traitlets.HasTraits):
    """The names of the questions that have been answered in this kernel."""

    names = traitlets.Set()


_made = _Made()


class Predict(Task):
    """A question of a lesson that is answered before one can know: a `Task` that uncovers.

        Predict("02-predict")

    Raises ValueError for a question that there is not.
    """

    heading = traitlets.Unicode("Predict").tag(sync=True)
    kept = traitlets.Bool(True, help="the address keeps the answer").tag(sync=True)

    def _show(self, given, verdict):
        super()._show(given, verdict)
        if verdict.understood:
            _made.names = _made.names | {self.name}

    def forget(self):
        """Show no answer any more, and cover anew what a cell shows from now on."""
        super().forget()
        _made.names = _made.names - {self.name}


class Covered(VBox):
    """A widget that is not shown before the questions that it answers are predicted.

        Covered(Beside("### Try this …", DenseGraph()), "02-predict")
        Covered(table, "07-finer", "07-largest")

    `cover` is the widget in its place, `content` what is covered, `opened` whether it is shown.
    Raises ValueError for a question that there is not, and where none is named.
    """

    def __init__(self, content, *predictions):
        if not predictions:
            raise ValueError('Covered needs the name of a prediction, such as "02-predict".')
        for name in predictions:
            question(name)
        self.content, self._predictions = content, predictions
        self.cover = Cover(name=predictions[0], waiting=list(predictions))
        super().__init__([self.cover])
        self.add_class("lrp-covered")
        self.cover.on_msg(self._on_message)
        _made.observe(self._look, names="names")
        self._look()

    @property
    def opened(self):
        """Whether the content is shown."""
        return not self.cover.waiting

    def show(self):
        """Show the content, whatever has been predicted."""
        self._wait_for([])

    def _look(self, _=None):
        self._wait_for([name for name in self._predictions if name not in _made.names])

    def _wait_for(self, names):
        self.cover.waiting = names
        if not names and self.content not in self.children:
            _made.unobserve(self._look, names="names")
            self.children = [self.cover, self.content]

    def _on_message(self, _widget, message, _buffers):
        if message == {"type": "show"}:
            self.show()


class Cover(anywidget.AnyWidget):
    """What stands in a covered widget's place: what to predict first, and "Show anyway".

    Opened, it is a line for screen readers only.
    """

    needs_kernel = False  # on an exported page the browser does what the kernel does here

    _esm = built("lessons/predict.js")
    _css = built("lessons/predict.css")

    name = traitlets.Unicode().tag(sync=True)
    waiting = traitlets.List(
        traitlets.Unicode(), help="the predictions that are still to be made"
    ).tag(sync=True)
