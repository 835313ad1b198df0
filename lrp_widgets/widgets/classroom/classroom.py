"""The page's part in a class: its room, the question before the map, and whom it follows."""

import anywidget
import traitlets

from ..._support.class_question import BETWEEN
from ..shared.built import built
from .suggestions import suggestions


class Classroom(anywidget.AnyWidget):
    """The class's card and its line under the title bar; neither is shown before it is needed.

    The browser speaks with the server's room by itself (`app.classroom_socket`), so that a kernel
    that computes holds nobody up. `ask` and `answer` are the address's question, as `State` has
    them, `room` the code of the room that this page is in, "" for none. `query` is the page's
    state, which others follow, `note` what it cannot carry. `follow(query)`, replaced by whoever
    owns the state, is called with the teacher's.
    """

    _esm = built("classroom/classroom.js")
    _css = built("classroom/classroom.css")

    is_open = traitlets.Bool(False).tag(sync=True)
    asked = traitlets.Dict(help="the address's question; {} for none").tag(sync=True)
    room = traitlets.Unicode("").tag(sync=True)
    query = traitlets.Unicode("").tag(sync=True)
    note = traitlets.Unicode("").tag(sync=True)
    suggestions = traitlets.List(help="questions about what is on the screen").tag(sync=True)
    followed = traitlets.Int(0, help="counts the states of the teacher's that are in place").tag(
        sync=True
    )

    def __init__(self, ask=None, answer=0, room=None, **traits):
        text, *choices = (ask or "").split(BETWEEN)
        known = 0 < answer <= len(choices)
        asked = {"text": text, "choices": choices, "answer": answer - 1 if known else None}
        super().__init__(asked=asked if ask else {}, room=room or "", **traits)
        self.follow = lambda _query: None
        self._explanation = None
        self.on_msg(self._follow)
        self.observe(self._suggest, names="is_open")

    @property
    def explanation(self):
        """What is on the screen, and what questions can be about."""
        return self._explanation

    @explanation.setter
    def explanation(self, explanation):
        self._explanation = explanation
        self._suggest()

    def _suggest(self, _=None):
        if self.is_open and self._explanation is not None:
            self.suggestions = suggestions(self._explanation)

    def _follow(self, _widget, message, _buffers):
        match message:
            case {"type": "follow", "query": str(query), "number": int(number)}:
                with self.hold_sync():
                    self.followed = number
                    self.follow(query)
