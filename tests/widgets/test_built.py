"""What esbuild makes of the widgets' JavaScript, and what a page loads of it."""

import re
import subprocess
import sys
import time

import pytest
from processes import ROOT

from lrp_widgets import widgets
from lrp_widgets.widgets.dashboard.dashboard import Dashboard
from lrp_widgets.widgets.shared.built import FOLDER, built

sys.path.insert(0, str(ROOT / "tools"))
import build_widgets

# Bytes, 25,000 of them for a class and 9,000 for opening a network; 513 kB when every widget sent
# its sources, joined.
DASHBOARD_LOADS = 329_000


def parts(dashboard):
    """All widgets that a dashboard's page gets, those of views that are not open yet as well."""
    waiting = [dashboard, dashboard.compare.widget, dashboard.live.widget]
    while waiting:
        widget = waiting.pop()
        waiting += getattr(widget, "children", ())
        yield widget


def code(widget):
    """The bytes that a widget sends of JavaScript and styles."""
    texts = (getattr(widget, name, "") for name in ("_esm", "_css"))
    return sum(len(str(text).encode()) for text in texts)


def test_every_widget_sends_what_is_built():
    classes = [getattr(widgets, name) for name in widgets.__all__]
    sending = [each for each in classes if hasattr(each, "_esm")]
    assert len(sending) > 20
    known = {path.read_text("utf-8") for path in FOLDER.rglob("*.*")}
    for each in sending:
        assert {str(each._esm), str(each._css)} <= known, each


def test_each_is_one_module_with_nothing_left_to_import():
    modules = list(FOLDER.rglob("*.js"))
    assert len(modules) > 20
    for path in modules:
        text = path.read_text("utf-8")
        assert not re.search(r"\bimport\b ?[\w{*\"']", text), path
        licences = r"(/\*!.*?\*/\s*)*"  # of others, where the widget contains what they wrote
        assert re.search(rf"export\{{[\w$]+ as default\}};?\s*{licences}$", text, re.DOTALL), path


def test_what_the_dashboard_loads_is_small():
    sizes = {type(widget).__name__: code(widget) for widget in parts(Dashboard())}
    assert {name for name, size in sizes.items() if size} >= {"LayerStepper", "Compare", "Live"}
    assert sum(sizes.values()) <= DASHBOARD_LOADS


def test_a_widget_that_is_not_built_is_one_sentence(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"^The widgets' JavaScript is not built: .*make"):
        built("stepper/stepper.js", tmp_path)


@pytest.fixture
def small_checkout(tmp_path, monkeypatch):
    """The build's files and one widget of two modules, in a folder of their own."""
    source = tmp_path / "lrp_widgets" / "widgets"
    (source / "shared").mkdir(parents=True)
    (source / "one.js").write_text(
        'import "./one.css";\n'
        'import { twice as double } from "./shared/two.js";\n'
        "function render() {\n  return double(21);\n}\nexport default { render };\n"
    )
    (source / "one.css").write_text(".lrp-one {\n  color: #ffffff;\n}\n")
    (source / "shared" / "two.js").write_text("export const twice = (x) => 2 * x;\n")
    (tmp_path / "tools").mkdir()
    for name in (
        "tools/build_widgets.mjs",
        "tools/build_widgets.py",
        "package-lock.json",
        "package.json",
    ):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    (tmp_path / "node_modules").symlink_to(ROOT / "node_modules")
    for name in ("ROOT", "WIDGETS", "BUILT", "SCRIPT", "LOCK"):
        there = tmp_path / getattr(build_widgets, name).relative_to(ROOT)
        monkeypatch.setattr(build_widgets, name, there)
    return source


def files(source):
    folder = source / "built"
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.*"))


def test_a_module_with_a_default_export_becomes_a_widget(small_checkout):
    build_widgets.build()
    assert files(small_checkout) == ["one.css", "one.js"]
    assert (small_checkout / "built/one.css").read_text() == ".lrp-one{color:#fff}\n"
    assert "import" not in (small_checkout / "built/one.js").read_text()


def test_licences_of_what_others_wrote_lie_beside_it(small_checkout):
    (small_checkout / "one.js").write_text(
        'import { plot } from "@observablehq/plot";\nexport default { render: plot };\n'
    )
    build_widgets.build()
    assert files(small_checkout) == ["licenses.txt", "one.js"]
    text = (small_checkout / "built/licenses.txt").read_text("utf-8")
    assert "@observablehq/plot\n\nCopyright" in text and "d3-scale\n\nCopyright" in text
    assert "esbuild" not in text  # it builds, and is not in what is built


def test_only_what_has_changed_is_built_again(small_checkout):
    build_widgets.build()
    module = small_checkout / "built/one.js"
    first = module.stat().st_mtime_ns
    build_widgets.build()
    assert module.stat().st_mtime_ns == first
    two = small_checkout / "shared/two.js"
    two.write_text("export const twice = (x) => x + x + 1e3;\n")
    build_widgets.build()
    assert "1e3" in module.read_text()


def test_what_is_no_widget_any_more_goes(small_checkout):
    build_widgets.build()
    (small_checkout / "another.js").write_text("export default { render() {} };\n")
    (small_checkout / "one.js").unlink()
    build_widgets.build()
    assert files(small_checkout) == ["another.js"]


def test_what_was_watched_is_built_small_afterwards(small_checkout):
    module = small_checkout / "built/one.js"
    script = [sys.executable, build_widgets.SCRIPT.with_suffix(".py")]
    with subprocess.Popen([*script, "--watch"]) as watching:
        while not module.exists() or "sourceMappingURL" not in module.read_text():
            assert watching.poll() is None
            time.sleep(0.05)
        watching.terminate()
    subprocess.run(script, check=True)
    assert "sourceMappingURL" not in module.read_text()
    assert files(small_checkout) == ["one.css", "one.js"]


def test_an_error_in_a_module_names_it(small_checkout, capfd):
    (small_checkout / "one.js").write_text("export default {;\n")
    with pytest.raises(SystemExit, match=r"^The widgets' JavaScript cannot be built"):
        build_widgets.build()
    assert "one.js:1:16" in capfd.readouterr().err
