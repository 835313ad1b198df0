"""The site of the public names builds without a word, and its examples run."""

import contextlib
import os
import re
import subprocess
import sys

import keras
import pytest
from fenced import fenced
from processes import ROOT

import lrp_widgets

PAGES = sorted((ROOT / "docs").rglob("*.md"))


def own_model():
    """A stand-in for the reader's model, which the README calls my_keras_model."""
    inputs = keras.Input((8, 8, 3))
    x = keras.layers.Conv2D(2, 3, activation="relu")(inputs)
    x = keras.layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, keras.layers.Dense(2, activation="softmax")(x))


def with_examples(pages):
    return [page for page in pages if fenced(page.read_text("utf-8"))]


@pytest.mark.parametrize("page", with_examples([ROOT / "README.md", *PAGES]), ids=lambda p: p.stem)
def test_examples_run_from_top_to_bottom(page, tmp_path):
    """One namespace a page, as a reader would type it, in an empty folder."""
    names = {"my_keras_model": own_model()} if page.stem == "README" else {}
    with contextlib.chdir(tmp_path):
        for code in fenced(page.read_text("utf-8")):
            exec(compile(code, page.name, "exec"), names)


def test_the_site_builds_without_a_warning_and_without_a_network(tmp_path):
    built = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "-d", tmp_path / "site"],
        cwd=ROOT,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert built.returncode == 0, built.stderr
    assert "WARNING" not in built.stderr
    pages = {path.stem: path.read_text("utf-8") for path in (tmp_path / "site").rglob("*.html")}
    for name in ("explain", "Explanation"):
        assert f'id="lrp_widgets.{name}"' in pages["explain"]
    for page in pages.values():
        assert "fonts.googleapis" not in page
        assert "unpkg.com" not in page


# Pages that say where the code is: `path`, or `path` · `name` for what is defined there.
PLACES = re.compile(r"`([\w./-]+/[\w./-]*)`(?: · `(\w+)`)?")


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "docs/where.md"])
def test_what_is_said_to_lie_somewhere_lies_there(page):
    places = PLACES.findall((ROOT / page).read_text("utf-8"))
    assert len(places) > 10
    for path, name in places:
        found = ROOT / path
        if page == "CONTRIBUTING.md" and not found.exists():
            found = ROOT / "lrp_widgets" / path  # its recipes say `lrp/rules.py`
        assert found.exists(), path
        if name:
            code = found.read_text("utf-8")
            assert re.search(rf"^(?:(?:def|class) {name}\b|{name} = )", code, re.MULTILINE), name


def test_every_public_name_has_its_place_on_the_site():
    text = "\n".join(page.read_text("utf-8") for page in PAGES)
    for name in set(lrp_widgets.__all__) - {"__version__"}:
        assert f"::: lrp_widgets.{name}\n" in text, name
