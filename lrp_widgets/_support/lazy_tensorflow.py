"""Importing TensorFlow late: it takes seconds, and a page shows its controls before.

    from .lazy_tensorflow import tf

takes the place of `import tensorflow as tf`; the first use of one of its names imports it.
"""

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING


class _Late:
    def __getattr__(self, name):
        if name.startswith("__"):  # asked for by those who look at every module's names
            raise AttributeError(name)
        _import()
        import tensorflow

        found = getattr(tensorflow, name)
        setattr(self, name, found)  # the next time it is there at once
        return found


if TYPE_CHECKING:
    import tensorflow as tf
else:
    tf = _Late()


def load_tensorflow():
    """Import TensorFlow for a page, which gives memory back (`memory.give_back`).

    With its own allocator oneDNN keeps all memory that it ever used, of VGG16 140 MB. The system's
    allocator does not, and costs 3 % of the time. Keras and TensorFlow also import scikit-learn and
    SciPy where these are installed, for adapters that no page uses: here they do not find them.
    """
    os.environ.setdefault("TF_ONEDNN_USE_SYSTEM_ALLOCATOR", "1")
    if not has_tensorflow():
        with _not_found("sklearn", "scipy"):
            _import()


def has_tensorflow():
    """Whether TensorFlow is imported, or about to be."""
    return "tensorflow" in sys.modules


def _import():
    if has_tensorflow():
        return
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    with _stderr_of_python():
        import tensorflow  # noqa: F401


@contextmanager
def _not_found(*names):
    """Let imports of packages that are not imported yet fail, as if they were not installed."""
    hidden = dict.fromkeys(name for name in names if name not in sys.modules)
    sys.modules.update(hidden)
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]


@contextmanager
def _stderr_of_python():
    """Let C++ code write to where `sys.stderr` writes, which in a kernel is the terminal.

    At every import TensorFlow says on file descriptor 2 that it uses oneDNN; no log level hides it.
    In a terminal that is where it belongs, and nothing changes here. In a kernel, ipykernel reads
    the descriptor and shows the lines in red below the cell. Its option for that,
    `IPKernelApp.capture_fd_output`, can only be set before the kernel starts.
    """
    try:
        terminal, shown = sys.stderr.fileno(), os.dup(2)
    except (AttributeError, OSError, ValueError):  # there is no stderr, or it is no file
        yield
        return
    os.dup2(terminal, 2)
    try:
        yield
    finally:
        os.dup2(shown, 2)
        os.close(shown)
