"""The line above every lesson: which one this is, what of it is done, and the way to the others."""

from dataclasses import asdict

import anywidget
import traitlets

from ...lessons import LESSONS, lesson
from ...lessons.asked import asked
from ..shared.built import built


class LessonHead(anywidget.AnyWidget):
    """Links to the lesson before, the index and the lesson after; and a lesson's page style.

        LessonHead(2)

    Raises ValueError for a lesson that there is not.
    """

    _esm = built("lessons/lesson_header.js")
    _css = built("lessons/lesson_header.css")

    lesson = traitlets.Dict().tag(sync=True)
    before = traitlets.Dict().tag(sync=True)
    after = traitlets.Dict().tag(sync=True)
    count = traitlets.Int().tag(sync=True)
    tasks = traitlets.List(traitlets.Dict(), help="an `Asked` each").tag(sync=True)

    def __init__(self, number):
        at = LESSONS.index(lesson(number))
        super().__init__(
            lesson=_described(LESSONS[at]),
            before=_described(LESSONS[at - 1]) if at else {},
            after=_described(LESSONS[at + 1]) if at + 1 < len(LESSONS) else {},
            count=len(LESSONS),
            tasks=[asdict(each) for each in asked(number)],
        )


def _described(each):
    return asdict(each) | {"notebook": each.notebook}
