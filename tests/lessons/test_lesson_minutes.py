"""The minutes that a lesson is said to take are counted in it."""

import pytest
from processes import ROOT

from lrp_widgets.lessons import LESSONS
from tools.lesson_minutes import PACE, minutes, seconds, words


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda each: str(each.number))
def test_the_minutes_stated_are_those_counted(lesson):
    assert lesson.minutes == minutes(lesson.number), "python -m tools.lesson_minutes tells why"


def test_words_are_what_is_read():
    assert words("Two words, $x_i$ and [a link](https://example.org/so/long).") == 6
    assert words("An equation $$R_i = \\sum_j R_{i \\leftarrow j}$$ of its own.") == 5


def test_a_lesson_without_its_reading_would_be_much_shorter():
    for each in LESSONS:
        parts = seconds(each.number)
        assert all(spent > 0 for what, spent in parts.items() if what != "equations")
        assert parts["reading"] > 60 * 500 / PACE  # no lesson has fewer than 500 words


def test_the_readme_tells_the_shortest_and_the_longest():
    all_minutes = [each.minutes for each in LESSONS]
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"{min(all_minutes)} to {max(all_minutes)} minutes each for a slow reader" in readme
