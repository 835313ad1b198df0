"""The file that "My lesson" downloads: a student's answers to one lesson."""

import json
from dataclasses import dataclass
from pathlib import Path

from ..catalog import lesson

FORMAT, VERSION = "lrp-widgets answers", 1
LARGEST = 5_000_000  # bytes: a hundred long attempts at each question of a lesson
_NONE_OF_OURS = 'it is no answers file: that is what "Download my answers" in a lesson saves'


@dataclass(frozen=True)
class Answer:
    """An answer as it was given last, all that were `tried`, and whether the file says right."""

    given: str
    tried: tuple[str, ...]
    says_right: bool


@dataclass(frozen=True)
class AnswersFile:
    """A student's answers to a lesson: {a question's name: Answer}."""

    path: Path
    student: str
    lesson: int
    answers: dict[str, Answer]


def read(path):
    """Return the AnswersFile at `path`; without a name in it, the student is called as the file.

    Raises ValueError or OSError, with one sentence, for what is no such file.
    """
    path = Path(path)
    if path.stat().st_size > LARGEST:
        raise ValueError(f"{path}: it is larger than any answers file, {LARGEST // 10**6} MB.")
    try:
        found = json.loads(path.read_text("utf-8"))
    except (ValueError, RecursionError):  # of which a wrong encoding is one
        raise ValueError(f"{path}: {_NONE_OF_OURS}.") from None
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise ValueError(f"{path}: {_NONE_OF_OURS}.")
    if found.get("version") != VERSION:
        raise ValueError(f"{path}: it was made by another version of lrp-widgets; update this one.")
    number, answers = found.get("lesson"), found.get("answers")
    if type(number) is not int or not isinstance(answers, dict):
        raise ValueError(f"{path}: its lesson or its answers are missing; download it once more.")
    try:
        lesson(number)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None
    return AnswersFile(path, _student(found, path), number, dict(_answers(path, answers)))


def _student(found, path):
    name = found.get("name")
    return (" ".join(name.split())[:200] if isinstance(name, str) else "") or path.stem


def _answers(path, found):
    for name, each in found.items():
        given, tried = (each.get(k) for k in ("given", "tried")) if type(each) is dict else (0, 0)
        if not (isinstance(given, str) and isinstance(tried, list)):
            raise ValueError(f"{path}: the answer to {name!r} is damaged; download it once more.")
        tried = tuple(attempt for attempt in tried if isinstance(attempt, str))
        yield name, Answer(given, tried, each.get("right") is True)
