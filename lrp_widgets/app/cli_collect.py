"""``lrp-widgets collect``: a class's answers files in, a grade book's table and a page out."""

import sys
from pathlib import Path

from .._support import checks
from ..lessons.marking.collect import collect, page, table
from .cli_output import DONE, SOME_FAILED, UsageError


def collect_answers(options):
    """Check every answers file that the options name; return the exit code.

    The table goes to `options.out`, the page beside it, one sentence for each thing amiss to the
    error output. Raises UsageError where the table would not be a CSV file.
    """
    out = checks.path("--out", options.out)
    if out.suffix.lower() != ".csv":
        raise UsageError(f"--out names the table, such as class.csv, not {checks.shown(str(out))}.")
    found = collect(_files(options.paths), run_code=options.run_code)
    for sentence in found.refused + found.remarks:
        print(f"lrp-widgets: {sentence}", file=sys.stderr)
    if not found.handed_in:
        print("lrp-widgets: There is no answers file among them.", file=sys.stderr)
        return SOME_FAILED
    out.parent.mkdir(parents=True, exist_ok=True)
    # A byte order mark, without which a spreadsheet takes letters beyond ASCII for others.
    out.write_text(table(found), "utf-8-sig")
    out.with_suffix(".html").write_text(page(found), "utf-8")
    lessons = ", ".join(map(str, found.lessons))
    count = len(found.students)
    students = "1 student" if count == 1 else f"{count} students"
    print(f"{students}, lessons {lessons}: {out}, {out.with_suffix('.html')}")
    return SOME_FAILED if found.refused else DONE


def _files(paths):
    for path in map(Path, paths):
        yield from sorted(path.glob("*.json")) if path.is_dir() else [path]
