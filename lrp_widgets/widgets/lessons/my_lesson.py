"""What a visitor did in a lesson: kept in the browser, to take home, to hand in, or to forget."""

from dataclasses import asdict

import anywidget
import traitlets

from ...lessons import lesson
from ...lessons.asked import asked
from ...lessons.checking import listeners
from ...lessons.worksheet import worksheet
from ..shared.built import built


class MyLesson(anywidget.AnyWidget):
    """A lesson's answers as one JSON file and as one page to print, and a button that forgets them.

        MyLesson(2)

    The answers are the browser's; Python neither has nor sends them. Raises ValueError for a lesson
    that there is not.
    """

    needs_kernel = False  # on an exported page the browser does what the kernel does here

    _esm = built("lessons/my_lesson.js")
    _css = built("lessons/my_lesson.css")

    lesson = traitlets.Dict().tag(sync=True)
    tasks = traitlets.List(traitlets.Dict(), help="an `Asked` each").tag(sync=True)
    page = traitlets.Unicode(help="the worksheet, to write the answers in").tag(sync=True)

    def __init__(self, number):
        super().__init__(
            lesson=asdict(lesson(number)),
            tasks=[asdict(each) for each in asked(number)],
            page=worksheet(number),
        )
        self.on_msg(self._on_message)

    def _on_message(self, _widget, message, _buffers):
        if message == {"type": "forget"}:
            mine = {task["name"] for task in self.tasks}
            for task in list(listeners):
                if task.name in mine:
                    task.forget()
