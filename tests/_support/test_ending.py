"""A program that ends waits for its threads, which it would stop within TensorFlow otherwise."""

import subprocess
import sys

# Begun in a daemon thread, as a page's worker begins to compile: what is begun there is a daemon.
BACKGROUND = """
import threading
from lrp_widgets.lrp.engine.compiling import Compiler
from lrp_widgets.widgets.shared.background import Worker

compiling = threading.Event()

class Computation:
    def compile(self):
        compiling.set()
        ended.wait(60)
        print("compiled")

ended = threading.Event()

def job(cancel):
    Compiler(lambda: [Computation()]).start()
    assert compiling.wait(60)
    begun.set()
    assert cancel.wait(60)
    ended.set()
    print("ended")

begun, worker = threading.Event(), Worker()
worker.submit(job)
assert begun.wait(60)
"""


def test_what_works_in_the_background_is_waited_for():
    done = subprocess.run(
        [sys.executable, "-c", BACKGROUND], capture_output=True, text=True, timeout=120
    )
    assert (done.returncode, sorted(done.stdout.split()), done.stderr) == (
        0,
        ["compiled", "ended"],
        "",
    )
