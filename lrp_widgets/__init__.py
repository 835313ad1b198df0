"""Learn Layer-wise Relevance Propagation, and look inside it.

    from lrp_widgets import load_network, load_image, explain

Importing this package is quick: TensorFlow is imported by the first call that needs it.
"""

from importlib import import_module

__version__ = "0.1.0"

# Public name -> the module that defines it. Imported on first use (PEP 562).
_PUBLIC = {
    "Explanation": "lrp.explanation",
    "Network": "networks.network",
    "explain": "lrp.explain",
    "load_image": "media.images",
    "load_network": "networks.zoo.registry",
}

__all__ = ["__version__", *_PUBLIC]


def __getattr__(name):
    if name not in _PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f".{_PUBLIC[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__():
    return sorted(__all__)
