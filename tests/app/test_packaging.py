"""The files that install the project agree, and what they install is whole."""

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from importlib.metadata import version
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from processes import ROOT

import lrp_widgets
from lrp_widgets._support import paths
from lrp_widgets.networks.zoo.registry import NAMES
from tools import repository_links

PLATFORMS = {
    "Linux": {"sys_platform": "linux", "os_name": "posix", "platform_machine": "x86_64"},
    "Linux on ARM": {"sys_platform": "linux", "os_name": "posix", "platform_machine": "aarch64"},
    "macOS": {"sys_platform": "darwin", "os_name": "posix", "platform_machine": "arm64"},
    "Windows": {"sys_platform": "win32", "os_name": "nt", "platform_machine": "AMD64"},
}
PYTHONS = ("3.11", "3.12", "3.13")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
DECLARED = [Requirement(text) for text in PROJECT["dependencies"]]
EXTRA = [Requirement(text) for extra in PROJECT["optional-dependencies"].values() for text in extra]


def read_pins(lines):
    return [Requirement(line) for line in lines if line.strip() and not line.startswith("#")]


def pip_section(path):
    listed = yaml.safe_load(path.read_text())["dependencies"]
    return next(entry["pip"] for entry in listed if isinstance(entry, dict))


CONSTRAINTS = read_pins((ROOT / "constraints.txt").read_text().splitlines())


def environments():
    for python in PYTHONS:
        for platform in PLATFORMS.values():
            yield platform | {"python_version": python, "python_full_version": f"{python}.9"}


def applying(requirements, environment):
    return [r for r in requirements if r.marker is None or r.marker.evaluate(environment)]


def pinned_versions(pins, environment):
    """Name → version of the pins that apply; each name at most once, each at one exact version."""
    versions = {}
    for pin in applying(pins, environment):
        (specifier,) = pin.specifier
        name = canonicalize_name(pin.name)
        assert specifier.operator == "==", pin
        assert name not in versions, f"{name} is pinned twice"
        versions[name] = specifier.version
    return versions


# The files agree


def test_constraints_pin_every_dependency_within_its_bounds():
    for environment in environments():
        versions = pinned_versions(CONSTRAINTS, environment)
        for requirement in applying(DECLARED + EXTRA, environment):
            assert versions[canonicalize_name(requirement.name)] in requirement.specifier


def test_conda_environment_has_every_dependency_at_the_version_of_the_constraints():
    pins = read_pins(pip_section(ROOT / "environment.yml"))
    for environment in environments():
        versions = pinned_versions(pins, environment)
        assert versions.items() <= pinned_versions(CONSTRAINTS, environment).items()
        assert {canonicalize_name(r.name) for r in applying(DECLARED, environment)} <= set(versions)


def test_conda_environment_has_a_python_that_the_project_takes():
    listed = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    python = Requirement(next(entry for entry in listed if "python" in entry).replace("=", "=="))
    (pinned,) = python.specifier
    assert pinned.version in Requirement(f"python{PROJECT['requires-python']}").specifier


def test_binder_has_the_same_environment():
    assert (ROOT / "binder/environment.yml").read_bytes() == (ROOT / "environment.yml").read_bytes()


def test_the_tests_run_with_the_pinned_versions():
    pins = pinned_versions(CONSTRAINTS, environment=None)
    names = [canonicalize_name(r.name) for r in applying(DECLARED + EXTRA, environment=None)]
    assert {name: version(name) for name in names} == {name: pins[name] for name in names}


def test_pre_commit_runs_the_pinned_versions():
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"][0]["hooks"]
    wanted = {(hook["language"], *hook.get("additional_dependencies", ())) for hook in hooks}
    python = {text for language, *texts in wanted if language == "python" for text in texts}
    assert {Requirement(text).name for text in python} >= {"ruff", "nbstripout"}
    assert python <= {str(pin) for pin in CONSTRAINTS}
    tools = json.loads((ROOT / "package.json").read_text())["devDependencies"]
    assert ("node", f"@biomejs/biome@{tools['@biomejs/biome']}") in wanted


def test_security_names_the_lower_bounds_and_tests_that_there_are():
    text = (ROOT / "SECURITY.md").read_text("utf-8")
    bounds = re.findall(r"^\| ([a-z-]+) \| ([\d.]+) \|", text, re.MULTILINE)
    assert {"pillow", "tornado", "jupyter-server", "av"} <= {name for name, _ in bounds}
    declared = {canonicalize_name(each.name): str(each.specifier) for each in DECLARED}
    assert {name: declared[name] for name, _ in bounds} == {n: f">={v}" for n, v in bounds}
    written = "".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    shown = re.findall(r"`(test_\w+)`", text)
    assert len(shown) > 15
    assert set(shown) <= set(re.findall(r"^def (test_\w+)", written, re.MULTILINE))


def test_the_citation_names_this_version():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert citation["version"] == lrp_widgets.__version__
    assert citation["license"] == PROJECT["license"]


def test_links_lead_to_the_repository_that_the_citation_names():
    owner, name = repository_links.repository()
    for file in repository_links.FILES:
        text = (ROOT / file).read_text("utf-8")
        assert repository_links.linked(text, owner, name) == text
        forked = repository_links.linked(text, "me", "mine")
        assert forked != text
        assert f"{owner}/{name}" not in forked


SCRIPTS = ["binder/postBuild", ".ci/run", ".ci/check-wheel", ".ci/run-versions"]


def test_workflows_run_scripts_and_targets_that_are_there():
    text = "\n".join(path.read_text() for path in (ROOT / ".github/workflows").glob("*.yml"))
    assert set(re.findall(r"bash (\S+)", text)) <= {*SCRIPTS}
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert {*re.findall(r"run: make (\S+)", text)} <= {*targets}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no executable bit")
@pytest.mark.parametrize("script", SCRIPTS)
def test_scripts_run_and_stop_at_the_first_error(script):
    path = ROOT / script
    assert os.access(path, os.X_OK)
    assert "\nset -e" in path.read_text()
    assert shutil.which("bash"), "bash runs these scripts"
    subprocess.run(["bash", "-n", path], check=True)


@pytest.mark.skipif(sys.platform != "linux", reason="Binder runs it on Linux")
def test_a_build_of_binder_does_not_fail_for_want_of_weights(tmp_path):
    fails = f"echo $2 >> {tmp_path}/asked; exit 1"
    for name, text in {"python": "exit 0", "lrp-widgets": fails}.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{text}\n")
        (tmp_path / name).chmod(0o755)
    path = os.pathsep.join([str(tmp_path), os.environ["PATH"]])
    script = ["bash", ROOT / "binder" / "postBuild"]
    done = subprocess.run(script, env={"PATH": path}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    asked = (tmp_path / "asked").read_text().split()
    assert set(asked) < set(NAMES)
    assert done.stdout.splitlines() == [f"{name} is left to be fetched later." for name in asked]


# Setting up


def find_python(tmp_path, *arguments, **stubs):
    """Run .ci/find-python where the only Pythons are shell scripts: name → their whole text."""
    for name, text in stubs.items():
        stub = tmp_path / name
        stub.write_text(f"#!/bin/sh\n{text}\n")
        stub.chmod(0o755)
    return subprocess.run(
        ["/bin/sh", ROOT / ".ci/find-python", *arguments],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
    )


posix = pytest.mark.skipif(sys.platform == "win32", reason="make is not for Windows")


@posix
def test_setting_up_takes_a_python_that_really_runs(tmp_path):
    found = find_python(tmp_path, **{"python3.13": "exit 127", "python3": "exit 0"})
    assert found.stdout.strip() == str(tmp_path / "python3")


@posix
def test_another_python_is_one_sentence(tmp_path):
    old = '[ "$1" = --version ] && echo Python 3.9.2 && exit 0; exit 1'
    found = find_python(tmp_path, python3=old)
    assert found.returncode == 1
    assert found.stderr.count("\n") == 1
    assert "needs Python 3.11, 3.12 or 3.13" in found.stderr
    assert "Python 3.9.2" in found.stderr


@posix
def test_a_named_python_of_another_version_is_one_sentence(tmp_path):
    found = find_python(tmp_path, "no-such-python", python3="exit 0")
    assert found.stderr == "no-such-python is not Python 3.11, 3.12 or 3.13.\n"


@posix
def test_a_python_without_venv_says_what_installs_it(tmp_path):
    bare = 'case "$2" in *ensurepip*) exit 1 ;; esac'
    found = find_python(tmp_path, python3=bare)
    assert found.returncode == 1
    assert "sudo apt-get install python3-venv" in found.stderr


# The wheel


def build(kind, source, folder):
    """Build the wheel or the sdist of the project in `source`; return its path."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(folder)]
    subprocess.run(command, cwd=source, check=True, capture_output=True)
    (path,) = folder.glob("*.whl" if kind == "wheel" else "*.tar.gz")
    return path


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    return build("wheel", ROOT, tmp_path_factory.mktemp("wheel"))


def test_the_wheel_carries_pictures_notebooks_and_page_files_once(wheel):
    with zipfile.ZipFile(wheel) as opened:
        names = opened.namelist()
    assert len(names) == len(set(names))
    for folder in ("images", "notebooks"):
        files = [path for path in (ROOT / folder).rglob("*.*") if path.is_file()]
        # The README's screenshots are for the repository alone.
        left_out = ("screenshots", ".ipynb_checkpoints")
        carried = [path.name for path in files if path.parent.name not in left_out]
        held = [Path(name).name for name in names if name.startswith(f"lrp_widgets/{folder}/")]
        assert carried
        assert sorted(held) == sorted(carried)
    package = ROOT / "lrp_widgets"
    for kind in ("py", "js", "css", "npz", "json", "j2", "txt", "md", "toml"):
        expected = {path.relative_to(ROOT).as_posix() for path in package.rglob(f"*.{kind}")}
        assert expected <= set(names), kind
    assert "lrp_widgets/voila.json" in names
    shared = {name.split(".data/data/")[1] for name in names if ".data/" in name}
    template = {path for path in (ROOT / "share").rglob("*.*") if path.is_file()}
    assert template
    assert shared == {path.relative_to(ROOT).as_posix() for path in template} | {
        "etc/jupyter/jupyter_server_config.d/lrp_widgets.json"
    }
    tops = {name.split("/")[0] for name in names}
    own = {top for top in tops if not top.endswith((".dist-info", ".data"))}
    assert own == {"lrp_widgets"}


def test_an_sdist_becomes_the_same_wheel_without_npm(wheel, tmp_path):
    with tarfile.open(build("sdist", ROOT, tmp_path)) as opened:
        opened.extractall(tmp_path, filter="data")
    (source,) = (path for path in tmp_path.iterdir() if path.is_dir())
    assert not (source / "node_modules").exists()
    with zipfile.ZipFile(wheel) as one, zipfile.ZipFile(build("wheel", source, tmp_path)) as other:
        assert one.namelist() == other.namelist()
        modules = [name for name in one.namelist() if name.endswith(".js")]
        assert any("/built/" in name for name in modules)
        assert all(one.read(name) == other.read(name) for name in modules)
    assert not (source / "node_modules").exists()


def test_the_installed_package_finds_what_it_carries_from_any_directory(wheel, tmp_path):
    site = tmp_path / "site"
    with zipfile.ZipFile(wheel) as opened:
        opened.extractall(site)
    check = """
import lrp_widgets
from lrp_widgets import load_image
from lrp_widgets._support import paths
from lrp_widgets.app import server
print(lrp_widgets.__file__, paths.folder("images"), server.voila_settings_folder(), sep="\\n")
print((paths.folder("notebooks") / "dashboard.ipynb").is_file(), load_image("cat").shape)
"""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    ran = subprocess.run(
        [sys.executable, "-c", check],
        cwd=elsewhere,
        env=os.environ | {"PYTHONPATH": str(site)},
        check=True,
        capture_output=True,
        text=True,
    )
    module, images, settings, last = ran.stdout.splitlines()
    package = site / "lrp_widgets"
    assert Path(module) == package / "__init__.py"
    assert Path(images) == package / "images"
    assert Path(settings) == package
    assert last.startswith("True (")


def modules_after(statement):
    """The names of all modules that are loaded after a statement in a fresh Python."""
    code = f"import sys; {statement}; print(*sys.modules)"
    ran = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        check=True,
        capture_output=True,
        text=True,
    )
    return set(ran.stdout.split())


def test_importing_is_quick():
    heavy = {"tensorflow", "keras", "matplotlib", "ipywidgets", "numpy", "pooch", "voila"}
    assert not heavy & modules_after("import lrp_widgets")


def test_pages_open_without_tensorflow():
    modules = modules_after(
        "import lrp_widgets.widgets.dashboard.dashboard, lrp_widgets.widgets.stepper.stepper"
    )
    assert "lrp_widgets.widgets.dashboard.dashboard" in modules
    assert not {"tensorflow", "keras"} & modules


# Folders


def test_another_folder_is_one_sentence():
    with pytest.raises(ValueError, match=r"^The package carries .* not 'weights'\.$"):
        paths.folder("weights")


def test_fetched_files_lie_where_the_environment_says(monkeypatch, tmp_path):
    monkeypatch.setenv("LRP_WIDGETS_CACHE", str(tmp_path / "class" / "cache"))
    assert paths.cache_folder() == tmp_path / "class" / "cache"
    assert paths.cache_folder().is_dir()


def test_fetched_files_lie_in_the_users_cache_otherwise(monkeypatch, tmp_path):
    monkeypatch.delenv("LRP_WIDGETS_CACHE", raising=False)
    for name in ("HOME", "USERPROFILE", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    assert tmp_path in paths.cache_folder().parents
