"""Find a question by its name, and check an answer to it."""

from importlib import import_module

from .catalogue import LESSONS


def check(name, answer):
    """Tell whether `answer` answers the question `name`, such as "02-share".

    Returns a Verdict: true or false, with a message that helps. A number may be given as text,
    also as "40 %"; a choice by its number or its words; code as the function itself.
    Raises ValueError for a question that there is not.
    """
    return question(name).judge(answer)


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
