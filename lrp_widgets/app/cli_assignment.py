"""``lrp-widgets assignment``: a lesson's coding tasks as a notebook that a grader takes."""

import json

from .._support import checks
from ..lessons.assignment import assignment
from .cli_output import DONE


def write_assignment(options):
    """Write the coding tasks of lesson `options.lesson` to `options.out`."""
    notebook = assignment(options.lesson, options.form)
    out = checks.path("--out", options.out or f"assignment-{options.lesson:02d}.ipynb")
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", "utf-8")
    print(out)
    return DONE
