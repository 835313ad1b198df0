"""What lessons there are, in order: the table catalog.toml, for the index, links and tests."""

import tomllib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Lesson:
    """A lesson: `goal` says in one sentence what one can do after its `minutes`.

    The minutes are those of a slow reader, counted by ``python -m tools.lesson_minutes``. `shows`
    says in words what its picture on the index shows.
    """

    number: int
    slug: str
    title: str
    goal: str
    minutes: int
    shows: str

    @property
    def notebook(self):
        """The file's name, as in ``02_dense.ipynb``."""
        return f"{self.number:02d}_{self.slug}.ipynb"


def _read():
    with Path(__file__).with_suffix(".toml").open("rb") as file:
        return tuple(Lesson(k, **each) for k, each in enumerate(tomllib.load(file)["lesson"], 1))


LESSONS = _read()


def lesson(number):
    """Return the lesson of that number; raises ValueError where there is none."""
    for each in LESSONS:
        if each.number == number:
            return each
    raise ValueError(
        f"There are lessons {LESSONS[0].number} to {LESSONS[-1].number}, not {number}."
    )
