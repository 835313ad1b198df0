"""Numbers in words: one table for Python and for the page's JavaScript (format.test.js)."""

import json

import numpy as np
import pytest
from page_modules import call
from processes import ROOT

from lrp_widgets._support import number_words

CASES = json.loads((ROOT / "tests/number_cases.json").read_text("utf-8"))

# Relative distances from a power of ten: on both sides of where it rounds to it.
OFF = (0, 1e-9, 4e-6, 6e-5, 4e-4, 5e-4, 6e-3, 0.0451)


@pytest.mark.parametrize("name", CASES)
def test_numbers_read_as_the_table_says(name):
    write = getattr(number_words, name)
    for value, *more, text in CASES[name]:
        assert write(float(value), *more) == text, (name, value, *more)


def some_numbers():
    """Numbers of all sizes and signs, near powers of ten, with few digits, and halves."""
    random = np.random.default_rng(0)
    sizes = 10.0 ** random.uniform(-9, 9, 600)
    powers = 10.0 ** np.arange(-7, 8)
    near = [power * (1 + sign * off) for power in powers for sign in (-1, 1) for off in OFF]
    short = [round(value, digits) for value in random.uniform(0, 2000, 150) for digits in range(4)]
    eighths = np.arange(0, 200) / 8
    each = np.concatenate([sizes, near, short, eighths, 100 + eighths / 4, 1000 + eighths * 4])
    return [*each.tolist(), *(-each).tolist()]


NUMBERS = some_numbers()


def test_the_page_writes_the_same_numbers_as_figures_and_sentences():
    names = {"number": (2, 3, 5), "signed": (2, 3), "fixed": (0, 1, 2, 3), "percent": (0, 1)}
    asked = [
        *((name, value, digits) for name in names for digits in names[name] for value in NUMBERS),
        *((name, value) for name in ("total", "correlation", "probability") for value in NUMBERS),
    ]
    here = [getattr(number_words, name)(*given) for name, *given in asked]
    of_the_page = {"total": "formatTotal"}
    there = call(
        "shared/format.js", [(of_the_page.get(name, name), *given) for name, *given in asked]
    )
    assert len(asked) > 20_000
    different = [each for each in zip(asked, here, there, strict=True) if each[1] != each[2]]
    assert different == []
