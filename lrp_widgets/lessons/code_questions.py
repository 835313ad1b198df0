"""The questions that are answered by code. What they say stands in code_questions.md."""

import re
from functools import cache
from pathlib import Path

_QUESTION = re.compile(
    r"^## (\S+)\n\n(.*?)\n\n\*Hint\.\* (.*?)\n\n"
    r"```python\n(.*?)```\n\n```python\n(.*?)```\n\n\*Right\.\* (.*?)\n",
    re.DOTALL | re.MULTILINE,
)


@cache
def _written():
    """What the page says: {a question's name: [text, hint, skeleton, solution, well done]}."""
    text = Path(__file__).with_suffix(".md").read_text("utf-8")
    return {name: parts for name, *parts in _QUESTION.findall(text)}


def code_question(name, measured=lambda: ""):
    """Return what the page says of a question, as `Code` takes it.

    `measured` returns a sentence with computed numbers, which follows the model solution.
    """
    text, hint, skeleton, solution, well_done = _written()[name]
    return {
        "text": text,
        "hint": hint,
        "skeleton": skeleton,
        "solution": lambda: f"```python\n{solution}```\n{measured()}",
        "well_done": well_done,
    }


def model_solutions(lesson):
    """Return the model solutions of a lesson, such as "14": {a question's name: code}."""
    return {name: parts[3] for name, parts in _written().items() if name.startswith(lesson)}
