"""Each folder says what lives there and what others may use, and others use only that."""

import ast
import re
from pathlib import Path

import pytest

import lrp_widgets

PACKAGE = Path(lrp_widgets.__file__).parent
FOLDERS = sorted(path.parent for path in PACKAGE.rglob("__init__.py") if path.parent != PACKAGE)
EVERY = "Every module here is for others"


def read(path):
    return ast.parse(path.read_text("utf-8"))


def says(folder):
    """A folder's docstring, its lines joined."""
    return " ".join(ast.get_docstring(read(folder / "__init__.py")).split())


def offered(folder):
    """The modules, folders and names that a folder's `__init__` names for others."""
    text = re.sub(r"\([^()]*\)", "", says(folder).partition("For others:")[2])
    return set(re.findall(r"`(\w+)`", text.partition(". ")[0]))


def named(folder):
    """What its `__all__` lists, if it has one."""
    for node in read(folder / "__init__.py").body:
        if isinstance(node, ast.Assign) and node.targets[0].id == "__all__":
            return {
                value.value for value in ast.walk(node.value) if isinstance(value, ast.Constant)
            }
    return set()


def taken():
    """(file, folder, what it takes from there) of each import from another folder."""
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(read(path)):
            if not isinstance(node, ast.ImportFrom) or not node.level:
                continue
            base = path.parents[node.level - 1]
            found = base.joinpath(*(node.module or "").split("."))
            for alias in node.names:
                target = found / alias.name if found.is_dir() else found
                folder = target.parent
                if folder != PACKAGE and folder not in path.parents:
                    yield path.relative_to(PACKAGE).as_posix(), folder, target.name


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_what_a_folder_offers_is_there(folder):
    text = says(folder)
    assert len(text) > 40
    for name in offered(folder) - {"__all__"}:
        assert (folder / f"{name}.py").exists() or (folder / name).is_dir(), name


def test_others_take_only_what_a_folder_offers():
    imports = list(taken())
    assert len(imports) > 200
    wrong = [
        f"{path} takes {name} of {folder.relative_to(PACKAGE)}/"
        for path, folder, name in imports
        if EVERY not in says(folder) and name not in offered(folder) | named(folder)
    ]
    assert wrong == []
