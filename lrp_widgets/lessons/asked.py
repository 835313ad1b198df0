"""What a lesson asks, in the order of its page: read from its notebook, the one place that says."""

import json
import re
from dataclasses import dataclass
from functools import cache

from .._support.paths import folder
from .catalog import lesson

_ASKED = re.compile(r'\b(Task|Predict)\(\s*"([^"]+)"')


@dataclass(frozen=True)
class Asked:
    """A question of a lesson's page: its `name`, and whether it is a `prediction`.

    A prediction is done once it is made, right or wrong; every other task once it is right.
    """

    name: str
    prediction: bool

    def is_done(self, right):
        """Whether an answer that is `right`, or not, does it."""
        return self.prediction or right


@cache
def asked(number):
    """Return what lesson `number` asks, an `Asked` each.

    Raises ValueError for a lesson that there is not, FileNotFoundError where its notebook is not
    installed.
    """
    notebook = json.loads((folder("notebooks") / lesson(number).notebook).read_text("utf-8"))
    code = "\n".join("".join(c["source"]) for c in notebook["cells"] if c["cell_type"] == "code")
    return tuple(Asked(name, kind == "Predict") for kind, name in _ASKED.findall(code))
