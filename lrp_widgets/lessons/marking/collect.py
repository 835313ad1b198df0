"""A class's answers files: a table for a grade book, and a page on what went wrong."""

import csv
import io
from dataclasses import dataclass, field
from pathlib import Path

from ..._support.templates import template
from ...figures.markdown import html
from ..asked import asked
from ..catalog import lesson
from ..checking import questions
from ..questions import Choice, Code
from .answers_file import read
from .code_process import run_code as in_a_process
from .marks import Marked, mark, wrong_answers

_HERE = Path(__file__).parent

COMMONEST = 5  # wrong answers shown of a question


@dataclass
class Collected:
    """All that was handed in, by student and lesson, and one sentence for each thing amiss."""

    handed_in: dict[tuple[str, int], Marked] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    @property
    def students(self):
        return sorted({student for student, _ in self.handed_in}, key=str.casefold)

    @property
    def lessons(self):
        return sorted({number for _, number in self.handed_in})

    def of_lesson(self, number):
        return [each for (_, which), each in self.handed_in.items() if which == number]


def collect(paths, run_code=False):
    """Read and check answers files, and return what was Collected.

    What cannot be read is refused in one sentence, and the rest goes on. With `run_code`, code is
    run (see `code_process`); without, it gets no points.
    """
    found = Collected()
    for path in paths:
        try:
            marked = mark(read(path), in_a_process if run_code else None)
        except (ValueError, OSError) as error:
            found.refused.append(_sentence(path, error))
            continue
        _add(found, marked)
    return found


def _add(found, marked):
    file = marked.file
    key = (file.student, file.lesson)
    if key in found.handed_in:
        before = found.handed_in[key].file.path
        found.remarks.append(
            f"{file.student} handed in lesson {file.lesson} twice: {file.path} counts, "
            f"not {before}."
        )
    found.handed_in[key] = marked
    for name in file.answers.keys() - marked.marks.keys():
        found.remarks.append(f"{file.path}: lesson {file.lesson} does not ask {name!r}.")
    for name in marked.false_claims:
        found.remarks.append(f"{file.path} says that {name} is right, and it is not.")
    if any(each.answer and each.verdict is None for each in marked.marks.values()):
        found.remarks.append(f"{file.path}: its code was not run, and has no points.")


def _sentence(path, error):
    if isinstance(error, OSError):
        return f"{path}: it cannot be read: {(error.strerror or str(error)).lower()}."
    return str(error)


def table(found):
    """Return the grade book's CSV: a row a student, a column a task, points, and their sum.

    Points are 1 or 0; a field is empty where there is no answer, or code that was not run.
    """
    names = [(number, each.name) for number in found.lessons for each in asked(number)]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["student", *(name for _, name in names), "sum"])
    for student in found.students:
        points = []
        for number, name in names:
            marked = found.handed_in.get((student, number))
            points.append(marked.marks[name].points if marked else None)
        total = sum(each for each in points if each is not None)
        writer.writerow([_not_a_formula(student), *points, total])
    return out.getvalue()


def _not_a_formula(text):
    """A name as a spreadsheet takes it for text: one that begins with = would be computed."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t") else text


def page(found):
    """Return an HTML document on the class: how many were right, and what went wrong."""
    lessons = [
        {"number": number, "title": lesson(number).title, "questions": list(_rows(found, number))}
        for number in found.lessons
    ]
    return template("class_page.html.j2", _HERE, _HERE.parent).render(
        lessons=lessons,
        students=len(found.students),
        remarks=found.refused + found.remarks,
    )


def _rows(found, number):
    all_marked = found.of_lesson(number)
    wrong, known = wrong_answers(number, all_marked), questions(number)
    for each in asked(number):
        marks = [marked.marks[each.name] for marked in all_marked]
        judged = [mark for mark in marks if mark.verdict is not None]
        counts = {
            "right": sum(mark.verdict.right for mark in judged),
            "wrong": sum(not mark.verdict.right for mark in judged),
            "not run": sum(mark.answer is not None and mark.verdict is None for mark in marks),
            "no answer": sum(mark.answer is None for mark in marks),
        }
        question = known[each.name]
        commonest = wrong.get(each.name, {})
        yield {
            "name": each.name,
            "kind": "Prediction" if each.prediction else "Task",
            "text": html(question.text),
            "counts": {what: count for what, count in counts.items() if count},
            "of": len(marks),
            "wrong": [
                {"answer": html(text), "count": count, "says": html(message)}
                for (text, message), count in _most(commonest)
            ],
            "messages": _messages(marks) if isinstance(question, Code) else [],
            "is_choice": isinstance(question, Choice),
        }


def _most(counter):
    """The commonest first; of equally common ones always in the same order."""
    return sorted(counter.items(), key=lambda entry: (-entry[1], entry[0]))[:COMMONEST]


def _messages(marks):
    verdicts = (each.verdict for each in marks if each.verdict is not None)
    return sorted({verdict.message for verdict in verdicts if not verdict.right})
