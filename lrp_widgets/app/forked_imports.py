"""What the fork server imports before it forks kernels: all that they would import themselves."""

import gc
import os
import pkgutil
from contextlib import contextmanager
from importlib import import_module

from .._support.lazy_tensorflow import load_tensorflow


def _import_all(package):
    """Import a package's modules, those below it included."""
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        import_module(module.name)


@contextmanager
def _silent():
    """Keep from the terminal what TensorFlow's libraries and the debugger write as they load."""
    shown = os.dup(2)
    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(shown, 2)
        os.close(shown)


import_module("matplotlib_inline.backend_inline")
with _silent():
    load_tensorflow()
    import_module("ipykernel.debugger")
import_module("ipykernel.kernelapp")
for name in ("lrp_widgets.lrp", "lrp_widgets.widgets"):
    _import_all(import_module(name))
gc.freeze()  # what is here stays: the forks' garbage collectors leave its pages shared
