"""The code of the lessons, which stands in code.md: what a learner gets, and a model solution."""

import re
from functools import cache
from pathlib import Path

_QUESTION = r"^## (\S+)\n\n```python\n(.*?)```\n\n```python\n(.*?)```"


@cache
def written():
    """Return the code of all questions: {a question's name: (skeleton, solution)}."""
    text = Path(__file__).with_name("code.md").read_text("utf-8")
    return {name: code for name, *code in re.findall(_QUESTION, text, re.DOTALL | re.MULTILINE)}


def learner_code(name):
    """Return the `skeleton` and the `solution` of a question, as `Code` takes them."""
    skeleton, solution = written()[name]
    return {"skeleton": skeleton, "solution": lambda: f"```python\n{solution}```"}
