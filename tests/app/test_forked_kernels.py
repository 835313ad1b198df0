"""Kernels that are forked from a process which has TensorFlow: alike, and apart from each other."""

import asyncio
import json
import os
import re
import signal
import sys
import time
import types
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from http.cookiejar import CookieJar
from pathlib import Path

import kernel_output
import psutil
import pytest
from jupyter_client.manager import KernelManager
from processes import isolated_environment, write_notebook

from lrp_widgets.app import forked_kernels

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux only")


@pytest.fixture(scope="module", autouse=True)
def forking():
    factory = forked_kernels.KernelProvisionerFactory.instance()
    usual = factory.default_provisioner_name
    forked_kernels.offer()
    forked_kernels.begin()
    yield
    factory.default_provisioner_name = usual


class Kernel:
    def __init__(self, folder, options=(), **environment):
        self.manager = KernelManager()
        self.manager.kernel_spec.argv[1:1] = options
        folder.mkdir()
        environment = isolated_environment(folder) | {forked_kernels.WISH: "1"} | environment
        self.manager.start_kernel(env=environment, cwd=str(folder))
        self.client = self.manager.blocking_client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=180)

    def printed(self, code):
        return kernel_output.printed(self.client, code)

    def end(self):
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)


@pytest.fixture(scope="module")
def kernels(tmp_path_factory):
    folder = tmp_path_factory.mktemp("kernels")
    both = [Kernel(folder / name, VISITOR=name) for name in ("first", "second")]
    yield both
    for each in both:
        each.end()


def test_a_kernel_has_tensorflow_and_its_own_folder_and_environment(kernels):
    for kernel, name in zip(kernels, ("first", "second"), strict=True):
        said = kernel.printed(
            "import os, sys; print('tensorflow' in sys.modules, os.environ['VISITOR'], os.getcwd())"
        )
        assert said.startswith(f"True {name} ")
        assert said.endswith(f"/{name}")
        assert int(kernel.printed("print(os.getpid())")) == kernel.manager.provisioner.pid
    first, second = (kernel.printed("print(os.getppid())") for kernel in kernels)
    assert first == second != str(os.getpid())


def test_visitors_draw_other_numbers(kernels):
    code = "import numpy as np, random; print(np.random.rand(), random.random())"
    first, second = (kernel.printed(code).split() for kernel in kernels)
    assert first[0] != second[0]
    assert first[1] != second[1]


def test_a_map_is_the_one_of_any_other_process(kernels, e):
    code = """
from lrp_widgets import explain, load_image, load_network
network = load_network("mini-vgg")
e = explain(network, load_image("star", network))
print(e.layers[0].relevance.tobytes().hex())
"""
    assert kernels[0].printed(code) == e.layers[0].relevance.tobytes().hex()


def test_widgets_speak_to_the_page(kernels):
    code = "import ipywidgets; print(ipywidgets.Widget.get_manager_state.__name__)\n"
    code += "kernel = get_ipython().kernel; print('jupyter.widget' in kernel.comm_manager.targets)"
    assert kernels[0].printed(code).endswith("True")


def test_a_kernel_is_interrupted(kernels):
    kernel = kernels[0]
    code = "import time\nfor _ in range(3000): time.sleep(0.1)"
    kernel.client.execute(code, stop_on_error=False)  # else what comes next may be aborted
    while kernel.client.get_iopub_msg(timeout=180)["msg_type"] != "execute_input":
        pass
    kernel.manager.interrupt_kernel()
    reply = kernel.client.get_shell_msg(timeout=180)
    assert reply["content"]["ename"] == "KeyboardInterrupt"
    assert kernel.printed("print('goes on')") == "goes on"


def test_one_that_dies_disturbs_no_other_and_starts_again(kernels):
    first, second = kernels
    old = second.manager.provisioner.pid
    os.kill(old, signal.SIGKILL)
    second.manager.restart_kernel(now=True)
    second.client.wait_for_ready(timeout=180)
    assert second.manager.provisioner.pid != old
    assert second.printed("import sys; print('tensorflow' in sys.modules)") == "True"
    assert first.printed("print('here')") == "here"


@pytest.mark.parametrize("other", ["options", "nobody asked"])
def test_any_other_kernel_is_started_as_usual(tmp_path, other):
    options = ["-Xutf8"] if other == "options" else []
    asks = {forked_kernels.WISH: "1" if other == "options" else ""}
    kernel = Kernel(tmp_path / "other", options, **asks)
    assert kernel.printed("import sys; print('tensorflow' in sys.modules)") == "False"
    kernel.end()


def test_a_fork_imports_no_script_and_leaves_no_temporary_folder(tmp_path, monkeypatch):
    """Neither what the server was started with, as jupyter-lab, nor what its cells had open."""
    script, mark = tmp_path / "script.py", tmp_path / "imported"
    script.write_text(f"open({str(mark)!r}, 'w')")
    main = types.ModuleType("__main__")
    main.__file__, main.__spec__ = str(script), None
    monkeypatch.setitem(sys.modules, "__main__", main)
    kernel = Kernel(tmp_path / "home")
    folder = kernel.printed(
        "import tempfile; kept = tempfile.TemporaryDirectory(); print(kept.name)"
    )
    assert Path(folder).is_dir()
    kernel.client.stop_channels()
    kernel.manager.shutdown_kernel()
    assert not mark.exists()
    assert not Path(folder).exists()


def test_where_kernels_are_started_in_another_way_that_stays(monkeypatch):
    factory = forked_kernels.KernelProvisionerFactory.instance()
    monkeypatch.setattr(factory, "default_provisioner_name", "elsewhere")
    forked_kernels.offer()
    assert factory.default_provisioner_name == "elsewhere"


def test_a_host_may_have_none_forked(monkeypatch):
    monkeypatch.setattr(forked_kernels, "_began", began := forked_kernels.threading.Event())
    monkeypatch.setenv(forked_kernels.WISH, "0")
    forked_kernels.begin()
    assert not began.is_set()


def run_apart(coroutine):
    """Run a coroutine in a thread of its own: this one's loop may be the browser's."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, coroutine).result()


def test_the_fork_server_waits_until_the_first_kernel_rests(monkeypatch):
    used, begun = [3.0, 5.0, 5.2, 5.21, 9.9], []

    class Process:
        def __init__(self, pid):
            assert pid == 7

        def cpu_times(self):
            return (used.pop(0), 0.0)

    monkeypatch.setattr(forked_kernels, "_began", forked_kernels.threading.Event())
    monkeypatch.setattr(forked_kernels.psutil, "Process", Process)
    monkeypatch.setattr(forked_kernels, "begin", lambda: begun.append(used[:]))
    monkeypatch.setattr(forked_kernels, "_LOOK", 0.5)
    run_apart(forked_kernels.begin_after(7))
    assert begun == [[9.9]]


def test_a_first_kernel_that_ends_begins_nothing(monkeypatch):
    monkeypatch.setattr(forked_kernels, "_began", began := forked_kernels.threading.Event())
    run_apart(forked_kernels.begin_after(2**22))  # no process has this number
    assert not began.is_set()


def test_a_jupyter_server_forks_kernels_of_our_pages_and_no_others(lab_server, tmp_path):
    write_notebook(tmp_path / "theirs.ipynb", "print('theirs')")
    url = lab_server(tmp_path)

    cookies = CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(cookies))

    def ask(path, body=None):
        tokens = [("X-XSRFToken", each.value) for each in cookies if each.name == "_xsrf"]
        request = urllib.request.Request(url + path, body, dict(tokens))
        with browser.open(request, timeout=180) as reply:
            return reply.read().decode()

    def process(kernel):
        return psutil.Process(int(json.loads(ask(f"voila/api/pulse/{kernel}"))["life"]))

    def page(path):
        text = ask(f"voila/render/{path}")
        return process(re.search(r'"kernelId": "([\w-]+)"', text)[1])

    def is_forked(process):
        return "multiprocessing.forkserver" in " ".join(process.parent().cmdline())

    first = page("lrp_widgets/index.ipynb")
    server = first.parent()
    assert server.children() == [first]  # who opens no second page pays for no fork server
    deadline = time.monotonic() + 120
    while len(server.children()) < 3 and time.monotonic() < deadline:
        time.sleep(0.2)
    assert is_forked(page("lrp_widgets/index.ipynb"))
    assert not is_forked(page("theirs.ipynb"))
    assert not is_forked(process(json.loads(ask("api/kernels", b"{}"))["id"]))
