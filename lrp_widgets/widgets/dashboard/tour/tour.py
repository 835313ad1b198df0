"""The guided tour's panel: one short page beside what it talks about."""

import anywidget
import traitlets

from ...shared.built import built


class TourPanel(anywidget.AnyWidget):
    """Shows `page`, a dict: number, titles, title, text, part, task and what came of it.

    `turn(number)`, `answer(choice)`, `show_me()` and `leave()`, replaced by whoever drives it,
    are called when a person asks for it. The highlighted part lies in the dashboard around it.
    """

    _esm = built("dashboard/tour/tour.js")
    _css = built("dashboard/tour/tour.css")

    page = traitlets.Dict(help="{}: the tour is closed").tag(sync=True)

    def __init__(self):
        super().__init__()
        self.turn = self.answer = self.show_me = self.leave = lambda *_: None
        self.on_msg(self._asked)

    def _asked(self, _widget, message, _buffers):
        match message:
            case {"type": "turn", "number": int(number)}:
                self.turn(number)
            case {"type": "answer", "choice": str(choice)}:
                self.answer(choice)
            case {"type": "show"}:
                self.show_me()
            case {"type": "leave"}:
                self.leave()
