"""Learn Layer-wise Relevance Propagation, and look inside it.

    from lrp_widgets import explain, load_image, load_network

    network = load_network("mini-vgg")
    e = explain(network, load_image("star", network))

The names in `__all__`, and the widgets in `lrp_widgets.widgets`, are what other programs may
import; every other path may change. Importing this package is quick: TensorFlow is imported by the
first call that needs it. Inside the package nobody imports from here.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # what editors and type checkers read in place of `__getattr__`
    from .lrp import attribution as attribution
    from .lrp import composites as composites
    from .lrp import concepts as concepts
    from .lrp import metrics as metrics
    from .lrp import rules as rules
    from .lrp.attribution_graph import AttributionGraph as AttributionGraph
    from .lrp.attribution_graph import attribution_graph as attribution_graph
    from .lrp.explain import explain as explain
    from .lrp.explanation import Explanation as Explanation
    from .lrp.explanation import Explanations as Explanations
    from .media.images import load_image as load_image
    from .networks.network import Network as Network
    from .networks.zoo.registry import load_network as load_network

__version__ = "0.1.0"

_MODULES = ("attribution", "composites", "concepts", "metrics", "rules")  # of lrp

# Public name -> the module that defines it. Imported on first use (PEP 562).
_DEFINED_IN = {
    "AttributionGraph": "lrp.attribution_graph",
    "Explanation": "lrp.explanation",
    "Explanations": "lrp.explanation",
    "Network": "networks.network",
    "attribution_graph": "lrp.attribution_graph",
    "explain": "lrp.explain",
    "load_image": "media.images",
    "load_network": "networks.zoo.registry",
}

__all__ = ["__version__", *_MODULES, *_DEFINED_IN]


def __getattr__(name):
    if name in _MODULES:
        value = import_module(f".lrp.{name}", __name__)
    elif name in _DEFINED_IN:
        value = getattr(import_module(f".{_DEFINED_IN[name]}", __name__), name)
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__():
    return sorted(__all__)
