"""What we show to others imports only what we promise to keep."""

import ast
import re
from pathlib import Path

import nbformat
import pytest
from fenced import fenced
from processes import ROOT

import lrp_widgets
import lrp_widgets.widgets
from lrp_widgets import lessons
from lrp_widgets.figures.code_snippet import as_python
from lrp_widgets.session import Request, Session

PROSE = [ROOT / "README.md", ROOT / "notebooks" / "teaching_guide.md"]
PROSE += sorted((ROOT / "docs").rglob("*.md"))
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))

PROMISED = {
    "lrp_widgets": {*lrp_widgets.__all__},
    "lrp_widgets.widgets": {*lrp_widgets.widgets.__all__},
}
# A lesson's cells also take what the lesson's own module has ready for them.
PROMISED_TO_LESSONS = PROMISED | {
    "lrp_widgets.lessons": {"check", *(f"lesson{lesson.number:02}" for lesson in lessons.LESSONS)}
}


def imported(code):
    """(module, name) of each import of this package in Python code; the name is "" for `import`."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.ImportFrom):
            found = [(node.module, alias.name) for alias in node.names]
        elif isinstance(node, ast.Import):
            found = [(alias.name, "") for alias in node.names]
        else:
            found = []
        yield from (pair for pair in found if pair[0].split(".")[0] == "lrp_widgets")


def not_promised(code, promised=PROMISED):
    return [pair for pair in imported(code) if pair[1] not in promised.get(pair[0], ())]


def dotted(text):
    """The dotted names of this package that Markdown's prose names in `code`."""
    return re.findall(r"`(lrp_widgets\.[\w.]+)`", text)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks(path):
    cells = nbformat.read(path, as_version=4).cells
    codes = [cell.source for cell in cells if cell.cell_type == "code"]
    assert any(list(imported(code)) for code in codes)
    assert [pair for code in codes for pair in not_promised(code, PROMISED_TO_LESSONS)] == []


@pytest.mark.parametrize("path", PROSE, ids=lambda path: path.stem)
def test_prose(path):
    text = path.read_text(encoding="utf-8")
    assert [pair for code in fenced(text) for pair in not_promised(code)] == []
    names = {f"{module}.{name}" for module, known in PROMISED.items() for name in known}
    assert set(dotted(text)) <= {*PROMISED, *names}


def test_the_readme_shows_how_to_begin():
    pairs = {pair for code in fenced(PROSE[0].read_text("utf-8")) for pair in imported(code)}
    assert {("lrp_widgets", name) for name in ("explain", "load_image", "load_network")} <= pairs


def test_copied_code():
    code = as_python(Session().explain(Request("star", "mini-vgg")), "star")
    assert ("lrp_widgets.widgets", "LayerStepper") in imported(code)
    assert not_promised(code) == []


def test_a_path_inside_is_noticed():
    code = "import lrp_widgets.session\nfrom lrp_widgets.lrp.rules import Gamma"
    assert len(not_promised(code)) == 2
    assert dotted("`lrp_widgets.lrp.rules`") == ["lrp_widgets.lrp.rules"]


# The names themselves


@pytest.mark.parametrize("module", [lrp_widgets, lrp_widgets.widgets], ids=lambda m: m.__name__)
def test_every_promised_name_is_there(module):
    for name in module.__all__:
        assert getattr(module, name) is not None
    assert set(module.__all__) <= set(dir(module))
    with pytest.raises(AttributeError, match=r"has no attribute 'explian'$"):
        module.explian  # noqa: B018


def test_type_checkers_see_the_same_names():
    tree = ast.parse(Path(lrp_widgets.__file__).read_text("utf-8"))
    (block,) = (node for node in tree.body if isinstance(node, ast.If))
    seen = {alias.asname for node in block.body for alias in node.names}
    assert seen == {*lrp_widgets.__all__} - {"__version__"}
