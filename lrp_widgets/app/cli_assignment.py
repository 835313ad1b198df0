"""``lrp-widgets assignment``: a lesson's coding tasks as a notebook that a grader takes."""

import json

from ..lessons.assignment import assignment
from .cli_output import DONE, write


def write_assignment(options):
    """Write the coding tasks of lesson `options.lesson` to `options.out`."""
    notebook = assignment(options.lesson, options.form)
    text = json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"
    write(options.out or f"assignment-{options.lesson:02d}.ipynb", text)
    return DONE
