"""Importing TensorFlow without Keras, which only models need, and quietly.

    from .tensorflow_alone import tf

takes the place of `import tensorflow as tf` where that may be the first one.
"""

import os
import re
import sys
import tempfile
import threading
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import PathFinder

# What it prints at every import, whatever its log level: in red, in a notebook.
_GREETINGS = re.compile(rb"WARNING: All log messages before absl|I\d{4} |To enable the following")


def __getattr__(name):
    if name != "tf":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    _import()
    import tensorflow

    return tensorflow


def load_tensorflow():
    """Import TensorFlow for a page, which gives memory back (`memory.give_back`).

    Where it computes with oneDNN it would keep all memory that it ever used, of VGG16 140 MB. The
    system's allocator does not, at the price of some 3 % of the time.
    """
    os.environ.setdefault("TF_ONEDNN_USE_SYSTEM_ALLOCATOR", "1")
    _import()


def _import():
    """Import TensorFlow, unless it is here already, and leave Keras for when somebody asks for it.

    At the end of its own import TensorFlow imports Keras, and does without where there is none.
    Keras and what it needs take 17 MB of a process's own memory, and half a second.
    """
    if has_tensorflow():
        return
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    with _without_greetings(), _keras_refused():
        import tensorflow  # noqa: F401


def has_tensorflow():
    """Whether TensorFlow is imported, or about to be."""
    return "tensorflow" in sys.modules


@contextmanager
def _without_greetings():
    """Leave TensorFlow's greetings out of what is written to stderr; the rest comes a bit later."""
    try:
        stderr = os.dup(2)
    except OSError:  # there is none, and so nothing to read
        yield
        return
    with tempfile.TemporaryFile() as written:
        os.dup2(written.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(stderr, 2)
            os.close(stderr)
            written.seek(0)
            rest = [line for line in written if not _GREETINGS.match(line)]
            if rest:
                os.write(2, b"".join(rest))


@contextmanager
def _keras_refused():
    """Let `import keras` fail in this thread; where Keras lies can be asked as always."""
    finder = _Refusing("keras", threading.get_ident())
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)


class _Refusing(MetaPathFinder, Loader):
    def __init__(self, name, thread):
        self._name = name
        self._thread = thread

    def find_spec(self, name, path=None, target=None):
        if name != self._name or threading.get_ident() != self._thread:
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None:
            spec.loader = self
        return spec

    def create_module(self, spec):
        raise ModuleNotFoundError(f"{spec.name} is not wanted yet.", name=spec.name)

    def exec_module(self, module):
        """Never reached, but a loader must have it."""
