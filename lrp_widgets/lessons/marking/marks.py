"""Answers checked anew by the code that checks them in the lesson; a file's claims do not count."""

from collections import Counter
from dataclasses import dataclass

from ..asked import Asked, asked
from ..checking import questions
from ..questions import Choice, Code, Verdict
from .answers_file import Answer, AnswersFile


@dataclass(frozen=True)
class Mark:
    """What becomes of a student's answer; `verdict` is None for code that was not run."""

    asked: Asked
    answer: Answer | None
    verdict: Verdict | None

    @property
    def points(self):
        """1 for a task that is right and a prediction that is made, else 0; None: not known."""
        if self.answer is None or self.verdict is None:
            return None
        return int(self.verdict.understood and self.asked.is_done(self.verdict.right))


@dataclass(frozen=True)
class Marked:
    """An answers file with a mark for everything that its lesson asks, {name: Mark}."""

    file: AnswersFile
    marks: dict[str, Mark]

    @property
    def false_claims(self):
        """The names of those questions that the file says are right and that are not."""
        return [
            name
            for name, each in self.marks.items()
            if each.answer
            and each.answer.says_right
            and each.verdict is not None
            and not each.verdict.right
        ]


def mark(file, run_code=None):
    """Return an answers file Marked.

    run_code: a function of the lesson's number and {question: source}, which returns
    {question: Verdict}; without it, code is not run.
    """
    known = questions(file.lesson)
    code = {
        name: answer.given
        for name, answer in file.answers.items()
        if isinstance(known.get(name), Code)
    }
    verdicts = run_code(file.lesson, code) if run_code and code else {}
    marks = {}
    for each in asked(file.lesson):
        answer = file.answers.get(each.name)
        if answer and each.name not in code:
            verdicts[each.name] = judge(known[each.name], answer.given)
        marks[each.name] = Mark(each, answer, verdicts.get(each.name))
    return Marked(file, marks)


def judge(question, given):
    """Return the Verdict on a number or a choice as a file has it, which is text."""
    return question.judge(_option(question, given) if isinstance(question, Choice) else given)


def _option(question, given):
    """A choice's number; a text that is none is left, for the question to refuse."""
    return int(given) if given in map(str, range(len(question.options))) else given


def wrong_answers(number, all_marked):
    """Count the wrong answers to a lesson, every attempt: {question: Counter of (text, message)}.

    Each student counts once for each of them; options have their words, code is left out.
    """
    known, counts = questions(number), {}
    for name, question in known.items():
        if isinstance(question, Code):
            continue
        counts[name] = Counter(
            entry for each in all_marked for entry in _wrong_of(question, each.marks[name].answer)
        )
    return counts


def _wrong_of(question, answer):
    if answer is None:
        return
    for given in {each.strip() for each in (*answer.tried, answer.given)}:
        verdict = judge(question, given)
        if verdict.understood and not verdict.right:
            is_choice = isinstance(question, Choice)
            shown = question.options[_option(question, given)] if is_choice else given
            yield shown, verdict.message
