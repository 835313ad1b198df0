"""The code in a page of Markdown."""

import re


def fenced(text):
    """The Python in a page of Markdown."""
    return re.findall(r"```python\n(.*?)```", text, re.DOTALL)
