"""``lrp-widgets worksheet``: a lesson's predictions and tasks as a page to print."""

from .._support import checks
from ..lessons.worksheet import worksheet
from .cli_output import DONE


def write_worksheet(options):
    """Write the worksheet of lesson `options.lesson`, or its key, to `options.out`."""
    page = worksheet(options.lesson, solutions=options.solutions)
    kind = "key" if options.solutions else "worksheet"
    out = checks.path("--out", options.out or f"{kind}-{options.lesson:02d}.html")
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(page, "utf-8")
    print(out)
    return DONE
