"""Find a question by its name, and check an answer to it."""

from collections import defaultdict
from importlib import import_module
from weakref import WeakSet

from .catalog import LESSONS
from .questions import what_it_does

# What has been tried so far, {a question's name: the answers}. The right result is told with the
# second one only.
_tried = defaultdict(set)

# The tasks of this notebook's page: what `check` says is shown there as well.
listeners = WeakSet()


def check(name, answer):
    """Tell whether `answer` answers the question `name`, such as "02-share".

    Returns a Verdict: true or false, with a message that helps. A number may be given as text,
    also as "40 %" or "4/7"; a choice by its number or its words; code as the function itself.
    Returns None, of which a notebook shows nothing, for code as the lesson delivers it and for
    ``...``. Raises ValueError for a question that there is not.
    """
    asked = question(name)
    if asked.untouched(answer):
        return None
    # The same cell run twice is one try.
    this = what_it_does(answer) or repr(answer)
    earlier = _tried[name] - {this}
    _tried[name].add(this)
    verdict = asked.judge(answer, again=bool(earlier))
    for task in list(listeners):
        task.hear(name, answer, verdict)
    return verdict


def question(name):
    """Return the question of that name; raises ValueError where there is none."""
    found = questions(name.partition("-")[0])
    if name not in found:
        raise ValueError(f"There is no question {name!r}; this lesson asks {', '.join(found)}.")
    return found[name]


def questions(number):
    """Return a lesson's questions, {name: question}, in order; `number` is such as "02" or 2."""
    wanted = str(number).zfill(2)
    if wanted not in (f"{each.number:02d}" for each in LESSONS):
        raise ValueError(f"There is no lesson {number!r}.")
    return import_module(f".lesson{wanted}", __package__).QUESTIONS
