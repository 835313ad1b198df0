"""TensorFlow for a page: not before it is needed, without Keras, and it gives its memory back."""

import os
import platform
import subprocess
import sys

import pytest

from lrp_widgets._support import lazy_tensorflow


def said_by(code):
    """What a process of its own prints."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_explaining_loads_no_keras_and_keras_works_afterwards():
    code = """
import sys
from lrp_widgets.session import Session, Request

e = Session().explain(Request("star", "mini-vgg"))
print(e.network.name, "tensorflow" in sys.modules, "keras" in sys.modules)
import keras
print(keras.Sequential([keras.Input((2,)), keras.layers.Dense(3)]).output_shape[-1])
"""
    assert said_by(code) == ["mini-vgg", "True", "False", "3"]


def test_another_thread_may_import_keras_meanwhile():
    code = """
import sys, threading
from lrp_widgets._support import lazy_tensorflow

found = []
with lazy_tensorflow._keras_refused():
    try:
        import keras
    except ImportError as refusal:
        print("refused")
    thread = threading.Thread(target=lambda: found.append(__import__("keras").__name__))
    thread.start()
    thread.join()
print(*found, len([f for f in sys.meta_path if "Refusing" in type(f).__name__]))
"""
    assert said_by(code) == ["refused", "keras", "0"]


def test_greetings_are_left_out_and_the_rest_is_not(capfd):
    lines = [
        "WARNING: All log messages before absl::InitializeLog() is called are written to STDERR",
        "I0000 00:00:1795822375.002597   10553 port.cc:153] oneDNN custom operations are on.",
        "To enable the following instructions: AVX2, rebuild TensorFlow",
        "E0000 00:00:1795822375.002597   10553 dso_loader.cc:93] something is missing",
        "W0000 00:00:1795822375.002597   10553 allocator.cc:12] too much",
    ]
    with lazy_tensorflow._without_greetings():
        os.write(2, "\n".join(lines).encode())
    os.write(2, b"\nafterwards")
    assert capfd.readouterr().err.splitlines() == [*lines[3:], "afterwards"]


def test_what_goes_wrong_meanwhile_is_written_all_the_same(capfd):
    with pytest.raises(ImportError), lazy_tensorflow._without_greetings():
        os.write(2, b"no such library")
        raise ImportError
    assert capfd.readouterr().err == "no such library"


def test_the_first_explanation_writes_nothing():
    code = """
from lrp_widgets import explain, load_image, load_network
network = load_network("mini-vgg")
explain(network, load_image("star", network))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_page_needs_neither_tensorflow_nor_matplotlib():
    code = """
import sys, lrp_widgets.widgets.dashboard.dashboard
print(*{"tensorflow", "keras", "matplotlib"} & set(sys.modules))
"""
    assert said_by(code) == []


def test_a_notebook_that_trains_may_import_keras_without_greetings():
    code = """
from lrp_widgets.widgets import Training
import keras
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == ""


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
