"""Kernels that are forked from a process which has TensorFlow: alike, and apart from each other."""

import os
import signal
import sys

import kernel_output
import pytest
from jupyter_client.manager import KernelManager
from processes import isolated_environment

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
        environment = isolated_environment(folder) | environment
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


def test_any_other_kernel_is_started_as_usual(tmp_path):
    kernel = Kernel(tmp_path / "other", ["-Xutf8"])
    assert kernel.printed("import sys; print('tensorflow' in sys.modules)") == "False"
    kernel.end()
