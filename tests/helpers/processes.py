"""Processes that tests start: in an environment of their own, and ended with all their children."""

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import nbformat
import psutil
import pytest

ROOT = Path(__file__).resolve().parents[2]


def free_port():
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def isolated_environment(home):
    """The environment of a new visitor: nothing of this user is read or written."""
    home = Path(home)
    folders = {
        "HOME": "",
        "USERPROFILE": "",
        "XDG_CACHE_HOME": "cache",
        "JUPYTER_CONFIG_DIR": "jupyter/config",
        "JUPYTER_DATA_DIR": "jupyter/data",
        "JUPYTER_RUNTIME_DIR": "jupyter/runtime",
        "JUPYTERLAB_SETTINGS_DIR": "jupyter/lab/settings",
        "JUPYTERLAB_WORKSPACES_DIR": "jupyter/lab/workspaces",
        "IPYTHONDIR": "ipython",
        "MPLCONFIGDIR": "matplotlib",
        "KERAS_HOME": "keras",
        "LRP_WIDGETS_CACHE": "lrp_widgets",
    }
    environment = os.environ | {name: str(home / folder) for name, folder in folders.items()}
    path = [str(ROOT), os.environ.get("PYTHONPATH", "")]
    return environment | {
        "PYTHONPATH": os.pathsep.join(filter(None, path)),
        # This checkout's Voilà template, before the one that was installed once.
        "JUPYTER_PATH": str(ROOT / "share" / "jupyter"),
        "JUPYTER_PREFER_ENV_PATH": "1",
        "NO_PROXY": "127.0.0.1,localhost",
    }


def _runs(process):
    # A container without an init keeps ended orphans as zombies.
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def kernels_below(process):
    """The kernels that servers below a process started, or had the fork server fork."""
    family = process.children(recursive=True)
    started = {each for each in family if "ipykernel_launcher" in " ".join(each.cmdline())}
    servers = [each for each in family if "multiprocessing.forkserver" in " ".join(each.cmdline())]
    return started.union(*(each.children() for each in servers))


def still_running(processes, patience=60):
    """Those of the processes that have not ended after ``patience`` seconds."""
    deadline = time.monotonic() + patience
    while (left := list(filter(_runs, processes))) and time.monotonic() < deadline:
        time.sleep(0.05)
    return left


def end_process_tree(process):
    """End a process and everything that it started (Jupyter's kernels leave its process group)."""
    try:
        family = [psutil.Process(process.pid), *psutil.Process(process.pid).children(True)]
    except psutil.NoSuchProcess:
        family = []
    for signal in ("terminate", "kill"):
        for member in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                getattr(member, signal)()
        family = still_running(family, patience=10)
    process.wait()


def _answers(url):
    try:
        with urllib.request.urlopen(url, timeout=2) as reply:
            return reply.status < 500
    except (urllib.error.URLError, OSError):
        return False


def start_server(stack, command, url, home, cwd, extra_environment=(), patience=180):
    """Start ``command`` and return when ``url`` answers; ``stack`` ends it with its children."""
    log_path = Path(home) / "server.log"
    with log_path.open("wb") as log:
        process = subprocess.Popen(
            [str(word) for word in command],
            cwd=cwd,
            env=isolated_environment(home) | dict(extra_environment),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    stack.callback(end_process_tree, process)
    deadline = time.monotonic() + patience
    while not _answers(url):
        if process.poll() is not None or time.monotonic() > deadline:
            log = log_path.read_text(errors="replace")
            pytest.fail(f"{' '.join(map(str, command))} did not serve {url}:\n{log}")
        time.sleep(0.1)


def write_notebook(path, *cells, title="Small"):
    notebook = nbformat.v4.new_notebook(metadata={"title": title})
    notebook.cells = [nbformat.v4.new_code_cell(cell) for cell in cells]
    nbformat.write(notebook, path)
    return path


@contextlib.contextmanager
def serve_process(tmp_path, notebook, **arguments):
    """Run ``serve`` as a terminal does, in a directory that knows nothing of the package."""
    # Whoever runs the tests in the background has them start with Ctrl-C ignored.
    call = f"""
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
from lrp_widgets.app.server import serve
serve(notebook={str(notebook)!r}, **{arguments})
"""
    process = subprocess.Popen(
        [sys.executable, "-c", call],
        cwd=tmp_path,
        env=isolated_environment(tmp_path) | {"DISPLAY": ""},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process
    finally:
        end_process_tree(process)
