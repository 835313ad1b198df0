"""A lesson's predictions and tasks as a page to print, with room to write."""

from pathlib import Path

from .._support.templates import template
from ..figures.markdown import html
from .asked import asked
from .catalog import lesson
from .checking import questions

_HERE = Path(__file__).parent


def worksheet(number, solutions=False):
    """Return a worksheet as a whole HTML document: what lesson `number` asks, in its page's order.

    With `solutions`, the model solutions stand where there would be room to write; they are
    computed, which takes some seconds. Raises ValueError for a lesson that there is not.
    """
    of_lesson = lesson(number)
    counts, items = {True: 0, False: 0}, []
    known = questions(of_lesson.number)
    for each in asked(of_lesson.number):
        counts[each.prediction] += 1
        kind = "Prediction" if each.prediction else "Task"
        heading = f"{kind} {counts[each.prediction]}"
        items.append(_item(each.name, heading, known[each.name], solutions))
    page = template("worksheet.html.j2", _HERE)
    return page.render(lesson=of_lesson, items=items, solutions=solutions)


def _item(name, heading, question, solutions):
    options = getattr(question, "options", ())
    return {
        "name": name,
        "heading": heading,
        "text": html(question.text),
        "options": [html(each) for each in options],
        "right": question.expected() if options and solutions else None,
        "skeleton": getattr(question, "skeleton", ""),
        "unit": getattr(question, "unit", ""),
        "solution": html(question.solution()) if solutions else "",
    }
