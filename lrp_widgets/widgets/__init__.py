"""Everything with a face; `from lrp_widgets.widgets import LayerStepper` loads what it needs."""

from importlib import import_module

_HOME = {
    "Beside": "beside",
    "BrightnessMaps": "brightness_maps",
    "ClassMaps": "class_maps",
    "Compare": "compare",
    "CompositeMaps": "composite_maps",
    "CompositeTable": "composite_table",
    "Dashboard": "dashboard",
    "Covered": "predict",
    "DenseGraph": "dense_graph",
    "FoldNumbers": "fold_numbers",
    "LayerStepper": "stepper",
    "LeakyWalk": "leaky_walk",
    "LessonHead": "lesson_head",
    "LessonIndex": "lesson_index",
    "Live": "live",
    "LookCloser": "look_closer",
    "LookInside": "look_inside",
    "MapRow": "map_row",
    "MeetingWays": "meeting_ways",
    "Microscope": "microscope",
    "PoolingMaps": "pooling_maps",
    "PoolingWindow": "pooling_window",
    "Predict": "predict",
    "RandomizedLayers": "randomized_layers",
    "RulesOnAddition": "rules_on_addition",
    "RulesOnUnit": "rules_on_unit",
    "RulesOnWindow": "rules_on_window",
    "SideBySide": "side_by_side",
    "SlidingKernel": "sliding_kernel",
    "StartBars": "start_bars",
    "StepC": "step_c",
    "Task": "task",
    "TrainedOrRandom": "trained_or_random",
    "Training": "training",
    "WalkTable": "walk_table",
    "YourMap": "your_map",
}

__all__ = list(_HOME)


def __getattr__(name):
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOME[name]}", __name__), name)


def __dir__():
    return __all__
