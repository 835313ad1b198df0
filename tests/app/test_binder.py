"""Binder for real: built as repo2docker builds, run as mybinder.org runs, without conda and Docker.

This machine's Python takes the place of conda's, and limits of a process that of a container's.
"""

import contextlib
import os
import re
import shutil
import subprocess
import sys
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml
from processes import ROOT, free_port, isolated_environment, start_server

TOKEN = "a-token-of-the-hub"
MEMORY = 2 * 2**30  # bytes; mybinder.org gives a container so much
CULLED = 90  # seconds; mybinder.org waits for 600, and a page that is used says so every 60

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(sys.platform != "linux", reason="Binder runs on Linux"),
]


def run(*command, **options):
    subprocess.run([str(word) for word in command], check=True, stdin=subprocess.DEVNULL, **options)


def copy_of_the_repository(folder):
    """What git would check out, with changes that are not committed yet."""
    listed = subprocess.check_output(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, text=True
    )
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)


@pytest.fixture(scope="module")
def binder(tmp_path_factory):
    """The address of a server that was built from binder/, and what it runs in."""
    work = tmp_path_factory.mktemp("binder")
    home, programs = work / "home", work / "venv" / "bin"
    copy_of_the_repository(home)
    listed = yaml.safe_load((home / "binder/environment.yml").read_text())["dependencies"]
    (pins,) = (entry["pip"] for entry in listed if isinstance(entry, dict))
    (work / "requirements.txt").write_text("\n".join(pins))
    run(sys.executable, "-m", "venv", work / "venv")
    run(programs / "pip", "install", "--quiet", "-r", work / "requirements.txt")
    environment = isolated_environment(work) | {
        "HOME": str(home),
        "PATH": os.pathsep.join([str(programs), os.environ["PATH"]]),
        "PYTHONPATH": "",
        "JUPYTER_PATH": "",
    }
    run(home / "binder/postBuild", cwd=home, env=environment)
    port = free_port()
    url = f"http://127.0.0.1:{port}/user/x/"
    command = [
        *("taskset", "--cpu-list", "0", "prlimit", f"--data={MEMORY}"),
        *(str(programs / "jupyter-lab"), "--no-browser", "--allow-root", "--ip=127.0.0.1"),
        *(f"--port={port}", "--ServerApp.port_retries=0", "--ServerApp.base_url=/user/x/"),
        *(f"--IdentityProvider.token={TOKEN}", f"--ServerApp.root_dir={home}"),
        "--MappingKernelManager.cull_connected=True",
        f"--MappingKernelManager.cull_idle_timeout={CULLED}",
        "--MappingKernelManager.cull_interval=5",
    ]
    with contextlib.ExitStack() as stack:
        start_server(stack, command, f"{url}api?token={TOKEN}", work, home, environment)
        yield url


def launched(url, link):
    """Where BinderHub sends who follows a link, once the server runs."""
    (path,) = parse_qs(urlsplit(link).query)["urlpath"]
    return f"{url}{path}{'&' if '?' in path else '?'}token={TOKEN}"


def links(text):
    return re.findall(r"https://mybinder\.org/v2/gh/[^)\s`]+", text)


def test_a_launch_link_brings_its_state(binder, new_page):
    guide = (ROOT / "notebooks/teaching_guide.md").read_text("utf-8")
    (link,) = (each for each in links(guide) if "picture" in each)
    page = new_page()
    page.goto(launched(binder, link))
    page.locator(".lrp-picker-tile[data-name=star][aria-checked=true]").wait_for()
    pooling = page.get_by_label("Pooling", exact=True)
    pooling.get_by_text("winner-take-all").wait_for()
    page.get_by_role("button", name="activation").wait_for()
    # The page is used: its kernel outlives what would end a forgotten one.
    for _ in range((CULLED + 40) // 5):
        page.mouse.move(300, 300)
        page.wait_for_timeout(5000)
    assert not page.get_by_text("This page’s Python has ended.").is_visible()
    assert page.problems == []


def test_readme_s_links_open_the_dashboard_a_lesson_and_jupyterlab(binder, new_page):
    shown = set()
    for link in set(links((ROOT / "README.md").read_text("utf-8"))):
        page = new_page()
        page.goto(launched(binder, link))
        if "%2Fdashboard" in link:
            page.locator(".lrp-picker-tile").first.wait_for()
            shown.add("dashboard")
        elif "lab%2F" in link:
            page.locator(".jp-NotebookPanel .jp-Cell").first.wait_for()
            shown.add("lab")
        else:
            page.locator(".lrp-index-card").first.wait_for()
            page.goto(launched(binder, link).replace("index.ipynb", "02_dense.ipynb"))
            page.locator(".lrp-task").first.wait_for()
            shown.add("lesson")
        page.goto("about:blank")
    assert shown == {"dashboard", "lab", "lesson"}
