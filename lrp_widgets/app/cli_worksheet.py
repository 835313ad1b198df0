"""``lrp-widgets worksheet``: a lesson's predictions and tasks as a page to print."""

from ..lessons.worksheet import worksheet
from .cli_output import DONE, write


def write_worksheet(options):
    """Write the worksheet of lesson `options.lesson`, or its key, to `options.out`."""
    page = worksheet(options.lesson, solutions=options.solutions)
    kind = "key" if options.solutions else "worksheet"
    write(options.out or f"{kind}-{options.lesson:02d}.html", page)
    return DONE
