"""All lessons at a glance: a card each, with what is done and the ways to open it."""

import base64
from dataclasses import asdict

import anywidget
import traitlets

from ..._support.paths import folder
from ...lessons import LESSONS
from ...lessons.asked import asked
from ...lessons.thumbnails import picture
from ..shared.built import built


class LessonIndex(anywidget.AnyWidget):
    """A card for each lesson: picture, goal, minutes, and links to it as a page and in JupyterLab.

        LessonIndex()

    Each says how many of its tasks are done in this browser.

    A lesson whose notebook is not installed says so instead of a link.
    """

    _esm = built("lessons/lesson_index.js")
    _css = built("lessons/lesson_index.css")

    lessons = traitlets.List(traitlets.Dict()).tag(sync=True)

    def __init__(self):
        super().__init__(lessons=[_card(each) for each in LESSONS])


def _card(each):
    file, words = picture(each.number)
    source = "" if file is None else "data:image/png;base64," + base64.b64encode(file).decode()
    here = (folder("notebooks") / each.notebook).is_file()
    return asdict(each) | {
        "notebook": each.notebook,
        "here": here,
        "tasks": [asdict(task) for task in asked(each.number)] if here else [],
        "picture": source,
        "shows": words,
    }
