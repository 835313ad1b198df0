"""Everything with a face; `from lrp_widgets.widgets import LayerStepper` loads what it needs."""

from importlib import import_module

_HOME = {
    "Beside": "beside",
    "ClassMaps": "class_maps",
    "Dashboard": "dashboard",
    "DenseGraph": "dense_graph",
    "LayerStepper": "stepper",
    "LessonHead": "lesson_head",
    "LessonIndex": "lesson_index",
    "LookCloser": "look_closer",
    "LookInside": "look_inside",
    "MapRow": "map_row",
    "Microscope": "microscope",
    "RandomizedLayers": "randomized_layers",
    "Task": "task",
    "TrainedOrRandom": "trained_or_random",
    "Training": "training",
}

__all__ = list(_HOME)


def __getattr__(name):
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOME[name]}", __name__), name)


def __dir__():
    return __all__
