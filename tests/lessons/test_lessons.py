"""All lessons alike: their order of sections, and their questions.

That they run from top to bottom is nbmake's to see, as for every notebook.
"""

import re

import numpy as np
import pytest
from lesson_cells import cells, queries, source

from lrp_widgets.lessons import LESSONS, check, lesson
from lrp_widgets.lessons.checking import questions
from lrp_widgets.lessons.questions import Choice, Code, Number
from lrp_widgets.media.images import SAMPLES
from lrp_widgets.networks.zoo import registry
from lrp_widgets.widgets.settings.url_state import read

SECTIONS = [
    "What you need to know",
    "Predict",  # left out where only a view answers, and not the theory
    "Theory",
    "Play",
    "Look closer",
    "Tasks",
    "Legend",
    "Where to read on",
]

each_lesson = pytest.mark.parametrize("number", [each.number for each in LESSONS])


@each_lesson
def test_sections_come_in_one_order(number):
    headings = re.findall(r"^(#+) (.+)$", "\n".join(source(number, "markdown")), re.MULTILINE)
    assert headings[0] == ("#", lesson(number).title)
    sections = [text for level, text in headings if level == "##"]
    assert sections == [each for each in SECTIONS if each != "Predict" or each in sections]
    assert all(len(level) <= 3 for level, _ in headings)


@each_lesson
def test_a_lesson_begins_with_the_way_to_the_others(number):
    first = cells(number)[0]
    assert first.cell_type == "code"
    assert f"LessonHead({number})" in first.source


@each_lesson
def test_what_a_lesson_opens_is_understood(number):
    for query in queries(number):
        assert read(query, SAMPLES, registry.NAMES)[1] == [], query


@each_lesson
def test_every_question_is_asked_and_every_asked_question_exists(number):
    code = "\n".join(source(number, "code"))
    asked = set(re.findall(r'(?:Task|Predict)\(\s*"([^"]+)"', code))
    assert asked == set(questions(number))
    assert len(asked) >= 3
    assert set(re.findall(r'check\(\s*"([^"]+)"', code)) <= asked


NAMES = r'"(\d\d-[a-z-]+)"'


@each_lesson
def test_what_answers_a_prediction_comes_later_and_is_covered(number):
    code = source(number, "code")
    predicted = {}
    for at, cell in enumerate(code):
        for name in re.findall(rf"Predict\(\s*{NAMES}", cell):
            predicted[name] = at
    covered = [
        (at, set(re.findall(NAMES, cell))) for at, cell in enumerate(code) if "Covered(" in cell
    ]
    for at, names in covered:
        assert names and names <= set(predicted), names
        assert all(predicted[name] < at for name in names), names
    assert set(predicted) == set().union(*(names for _, names in covered))


@each_lesson
def test_questions_know_right_from_wrong(number):
    for name, question in questions(number).items():
        assert question.solution().strip() and question.hint.strip(), name
        match question:
            case Number():
                expected = float(question.expected())
                assert np.isfinite(expected), name
                assert check(name, expected), name
                assert check(name, f"{expected:.6g}"), name
                assert not check(name, expected * 1.5 + 0.1), name
                for mistake, message in question.mistakes:
                    verdict = check(name, float(mistake()))
                    assert (verdict.right, verdict.message) == (False, message), name
            case Choice():
                right = int(question.expected())
                for k, option in enumerate(question.options):
                    assert check(name, k).right is (k == right), name
                    assert check(name, option).right is (k == right), name
            case Code():
                assert check(name, question.expected), name
                assert check(name, with_stabilizer(question.expected)), name
                assert not check(name, lambda *_: None), name
                for mistake, message in question.mistakes:
                    assert check(name, mistake).message == message, name


def with_stabilizer(function):
    """A learner's function that puts 1e-5 into a denominator: so much less goes to everybody."""

    def stabilized(*case):
        result = function(*case)
        if isinstance(result, tuple):  # nothing is divided in loading
            return result
        result = np.asarray(result)
        return result if result.dtype.kind == "i" else result / (1 + 1e-5)

    return stabilized


@each_lesson
def test_nothing_is_said_of_code_as_it_is_delivered(number):
    code = {name: each for name, each in questions(number).items() if isinstance(each, Code)}
    checked = [cell for cell in source(number, "code") if "check(" in cell]
    for name, question in code.items():
        [cell] = [cell for cell in checked if f'check("{name}"' in cell]
        assert question.skeleton.strip() in cell, name
        function = re.search(r"check\(\S+ (\w+)\)", cell).group(1)
        namespace = {"np": np}
        exec(cell.partition("check(")[0], namespace)
        assert check(name, namespace[function]) is None, name
        # A comment is no code yet; a line is.
        exec(cell.partition("check(")[0] + "\n# I\n", namespace)
        assert check(name, namespace[function]) is None, name
        exec(cell.partition("check(")[0].replace(":\n", ":\n    done = 1\n", 1), namespace)
        assert check(name, namespace[function]) is not None, name


def test_the_catalogue_is_in_order():
    assert [each.number for each in LESSONS] == list(range(1, len(LESSONS) + 1))
    assert lesson(2).notebook == "02_dense.ipynb"
    with pytest.raises(ValueError, match="There are lessons 1 to"):
        lesson(0)


def test_an_unknown_question_is_named():
    with pytest.raises(ValueError, match="no question '02-nonsense'; this lesson asks 02-"):
        check("02-nonsense", 1)
    with pytest.raises(ValueError, match="no lesson '77'"):
        check("77-share", 1)
