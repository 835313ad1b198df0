"""The teaching guide: a whole plan for every lesson, and links that open what they say."""

import re

import nbformat
import pytest

from lrp_widgets import Network
from lrp_widgets._support.paths import folder
from lrp_widgets.lessons import LESSONS
from lrp_widgets.media.images import SAMPLES
from lrp_widgets.networks.zoo import registry
from lrp_widgets.widgets.settings.url_state import read, write

GUIDE = (folder("notebooks") / "teaching_guide.md").read_text(encoding="utf-8")
CHAPTERS = dict(re.findall(r"^## Lesson (\d+): (.*?)(?=^## |\Z)", GUIDE, re.DOTALL | re.MULTILINE))
LINKS = re.findall(r"\]\(dashboard\.ipynb\?([^)]+)\)", GUIDE)
IN_WORDS = re.findall(r"dashboard\.ipynb\?(\w[^\s`)]*)", GUIDE)

each_lesson = pytest.mark.parametrize("lesson", LESSONS, ids=lambda each: str(each.number))


def test_there_is_a_chapter_for_each_lesson():
    assert list(CHAPTERS) == [str(each.number) for each in LESSONS]


@each_lesson
def test_a_plan_fills_45_minutes_without_a_gap(lesson):
    chapter = CHAPTERS[str(lesson.number)]
    assert chapter.startswith(lesson.title + "\n")
    spans = [(int(a), int(b)) for a, b in re.findall(r"^\| (\d+)–(\d+) \|", chapter, re.MULTILINE)]
    assert spans[0][0] == 0 and spans[-1][1] == 45
    assert all(begin < end for begin, end in spans)
    assert [end for _, end in spans[:-1]] == [begin for begin, _ in spans[1:]]


@each_lesson
def test_a_chapter_has_questions_misconceptions_and_links(lesson):
    chapter = CHAPTERS[str(lesson.number)]
    _, questions, misconceptions, _, links = re.split(
        r"\*\*(?:Questions to ask|Misconceptions|Answers to what the lesson asks|Links)\*\*",
        chapter,
    )
    for part, opening, least in ((questions, "- *", 3), (misconceptions, "- *“", 3)):
        entries = [line for line in part.splitlines() if line.startswith("- ")]
        assert len(entries) >= least
        # Each one has its answer behind it.
        assert all(
            line.startswith(opening) and re.search(r"[?”]\* \S", line) for line in entries
        ), entries
    assert len(re.findall(r"\]\(dashboard\.ipynb\?", links)) >= 2


@each_lesson
def test_what_a_lesson_asks_is_answered(lesson):
    _, answers = CHAPTERS[str(lesson.number)].split("**Answers to what the lesson asks**")
    entries = [line for line in answers.split("**Links**")[0].splitlines() if line.strip()]
    answered = [re.fullmatch(r"- \*(.+?\?)\* \S.*\.", line) for line in entries]
    assert all(answered), entries
    assert [entry[1] for entry in answered] == _asked(lesson)


def _asked(lesson):
    """Every question of a lesson's numbered lists, and of its text in "Play" and "Look closer"."""
    path = folder("notebooks") / lesson.notebook
    explores, asked = False, []
    for cell in nbformat.read(path, nbformat.NO_CONVERT).cells:
        if cell.cell_type == "markdown":
            for heading in re.findall(r"^## (.*)", cell.source, re.MULTILINE):
                explores = heading in ("Play", "Look closer")
        if cell.cell_type == "markdown" and explores:
            text = re.sub(r"^(#|\|).*", "", cell.source, flags=re.MULTILINE)
        else:  # in code, a list is the text of a `Beside`
            text = "\n\n".join(re.findall(r"^\d+\. .*(?:\n +\S.*)*", cell.source, re.MULTILINE))
        for paragraph in re.split(r"\n\n|^(?:\d+\.|-) ", text, flags=re.MULTILINE):
            sentences = re.split(r"(?<=[.?!])\s+", " ".join(paragraph.split()))
            asked += [sentence for sentence in sentences if sentence.endswith("?")]
    return asked


@each_lesson
def test_a_chapter_leads_to_its_worksheet(lesson):
    found = re.findall(r"\]\((worksheet_[^)]*)\)", CHAPTERS[str(lesson.number)])
    assert found == [f"worksheet_{lesson.number:02d}.html"]


def test_every_link_is_understood():
    assert set(LINKS) <= set(IN_WORDS)
    for query in IN_WORDS:
        state, notes = read(query, SAMPLES, registry.NAMES)
        assert notes == [], query
        assert read(write(state), SAMPLES, registry.NAMES) == (state, []), query


def test_every_link_names_layers_and_classes_that_there_are():
    networks = {}
    for query in LINKS:
        state, _ = read(query, SAMPLES, registry.NAMES)
        name = state.network
        if name not in networks:
            # What the layers are called does not depend on the weights.
            offer = registry.OFFERS[name]
            networks[name] = (
                registry.load_network(name)  # read from a Keras model, and small
                if offer.layers is None
                else Network(offer.layers(), name, offer.class_names() or None)
            )
        network = networks[name]
        if state.layer is not None:
            assert state.layer in [layer.name for layer in network.layers], query
        if state.channel >= 0:
            assert state.channel < network[state.layer].kernel.shape[-1], query
        for target in (state.target, state.other):
            assert target is None or target in network.class_names, query


def test_the_address_for_binder_says_what_the_others_do():
    from urllib.parse import unquote

    [path] = re.findall(r"\?urlpath=(\S+?)`", GUIDE)
    page, _, query = unquote(path).partition("?")
    assert page == "voila/render/notebooks/dashboard.ipynb"
    assert read(query, SAMPLES, registry.NAMES)[1] == []
