"""TensorFlow for a page: not before it is needed, quietly, and it gives its memory back."""

import platform
import subprocess
import sys
from functools import partial

import pytest
from jupyter_client.manager import start_new_kernel
from kernel_output import shown
from processes import isolated_environment


def said_by(code):
    """What a process of its own prints."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


# What TensorFlow says at every import, whatever its log level.
GREETINGS = ("WARNING: All log messages before absl::InitializeLog()", "I0000 ")


def test_keras_works_after_an_explanation():
    code = """
import sys
from functools import partial
from lrp_widgets.session import Session, Request

e = Session().explain(Request("star", "mini-vgg"))
print(e.network.name, "tensorflow" in sys.modules)
import keras
print(keras.Sequential([keras.Input((2,)), keras.layers.Dense(3)]).output_shape[-1])
"""
    assert said_by(code) == ["mini-vgg", "True", "3"]


def test_a_terminal_sees_all_and_nothing_but_greetings():
    code = """
import os
before = os.fstat(2)
import lrp_widgets._support.lazy_tensorflow as lazy
with lazy._stderr_of_python():
    assert os.fstat(2) == before
from lrp_widgets import explain, load_image, load_network
network = load_network("mini-vgg")
explain(network, load_image("star", network))
assert os.fstat(2) == before
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert [line for line in done.stderr.splitlines() if not line.startswith(GREETINGS)] == []


@pytest.fixture
def kernel(tmp_path):
    """Run a cell, and get what is shown below it: {"stdout": …, "stderr": …}; and its terminal."""
    terminal = tmp_path / "terminal"
    environment = isolated_environment(tmp_path)
    del environment["PYTEST_CURRENT_TEST"]  # ipykernel leaves descriptors alone where it is set
    with terminal.open("wb") as written:
        manager, client = start_new_kernel(env=environment, stderr=written)

    yield partial(shown, client), lambda: terminal.read_text(errors="replace")
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def test_a_notebook_shows_no_greetings_and_what_is_written_later(kernel):
    run, terminal = kernel
    found = run(
        "from lrp_widgets import load_network; load_network('mini-vgg')\n"
        "from lrp_widgets.widgets import Training\n"
        "import keras, sys; print('tensorflow' in sys.modules)"
    )
    assert found == {"stdout": "True\n", "stderr": ""}
    # ipykernel reads the descriptor in a thread, which may be a moment late for its cell.
    later = run("import os, time; os.write(2, b'from a library\\n'); time.sleep(2)")
    assert later["stderr"] == "from a library\n"
    said = [line for line in terminal().splitlines() if "oneDNN" in line]
    assert all(line.startswith(GREETINGS) for line in said)


@pytest.mark.skipif(sys.platform == "win32", reason="ipykernel reads no descriptor there")
def test_what_goes_wrong_meanwhile_reaches_the_terminal(kernel):
    run, terminal = kernel
    found = run(
        "import os; from lrp_widgets._support import lazy_tensorflow\n"
        "with lazy_tensorflow._stderr_of_python():\n"
        "    os.write(2, b'no such library')\n"
        "    print('written')"
    )
    assert found == {"stdout": "written\n", "stderr": ""}
    assert terminal().endswith("no such library")


def test_the_page_needs_neither_tensorflow_nor_matplotlib():
    code = """
import sys, lrp_widgets.widgets.dashboard.dashboard
print(*{"tensorflow", "keras", "matplotlib"} & set(sys.modules))
"""
    assert said_by(code) == []


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="others give back at once")
def test_what_is_no_longer_used_goes_back_to_the_system():
    code = """
import psutil
from lrp_widgets._support import lazy_tensorflow, memory

lazy_tensorflow.load_tensorflow()
import tensorflow as tf
x, w = tf.ones((1, 256, 256, 64)), tf.ones((3, 3, 64, 64))
z = [tf.nn.conv2d(x, w, 1, "SAME") for _ in range(12)]  # 16 MiB each
used = psutil.Process().memory_info().rss
del z
memory.give_back()
print(used - psutil.Process().memory_info().rss)
"""
    [freed] = said_by(code)
    assert float(freed) > 100e6
