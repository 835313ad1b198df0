"""What the command line tells: exit codes, tables, and the progress of a download."""

from tqdm import tqdm

from .._support import checks
from .._support.checks import spelled_out

DONE, SOME_FAILED, USAGE, INTERRUPTED = 0, 1, 2, 130


class UsageError(ValueError):
    """Options that do not go together or name what does not exist; its text is one sentence."""


def sentence(error):
    """Return what an exception says as one sentence, also where the system worded it."""
    if isinstance(error, OSError) and error.strerror:
        name = error.filename or "A file"
        return spelled_out(f"{name} cannot be used: {error.strerror.lower()}.")
    return spelled_out(str(error))


def print_table(head, rows, alignment):
    """Print rows of words under a head, columns as wide as needed.

    alignment: one "<" (left) or ">" (right) a column.
    """
    rows = [[spelled_out(text) for text in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    for row in (head, ["─" * width for width in widths], *rows):
        cells = zip(row, alignment, widths, strict=True)
        print("  ".join(f"{text:{side}{width}}" for text, side, width in cells).rstrip())


def write(out, text):
    """Write a text to the file that --out names, its folder made on need, and print its path."""
    path = checks.path("--out", out)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    print(path)


class ProgressBar:
    """Draws what a download reports; nothing is drawn where nothing is downloaded.

    with ProgressBar() as report: fetch(name, progress=report)
    """

    def __init__(self):
        self._bar = None

    def __enter__(self):
        return self

    def __call__(self, done, total, text):
        """Show `done` of `total` bytes (0: unknown) and what is going on."""
        if self._bar is None:
            self._bar = tqdm(bar_format="{desc} |{bar:30}| {percentage:3.0f} %")
        self._bar.total = total or None
        self._bar.n = done
        self._bar.set_description_str(text)

    def __exit__(self, *_):
        if self._bar is not None:
            self._bar.close()
