"""Everything that a person sees, one folder a part of the screen.

    from lrp_widgets.widgets import Compare, Dashboard, Judge, LayerStepper, Live, Microscope

These six are for every notebook, and `export_page`, which writes any widget of ours as a page that
needs no kernel; the other names in `__all__` are what the lessons are made of.
Each is imported on first use, with no more than it needs.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # what editors and type checkers read in place of `__getattr__`
    from .compare.compare import Compare as Compare
    from .dashboard.dashboard import Dashboard as Dashboard
    from .judge.judge import Judge as Judge
    from .live.live import Live as Live
    from .microscope.microscope import Microscope as Microscope
    from .page.export import export_page as export_page
    from .stepper.stepper import LayerStepper as LayerStepper

_HOME = {
    "BatchNormFolding": "lessons.playgrounds.batch_norm_folding",
    "Beside": "lessons.beside",
    "BrightnessMaps": "lessons.playgrounds.brightness_maps",
    "ChannelGraph": "graph.channel_graph",
    "ClassCosines": "lessons.playgrounds.class_cosines",
    "ClassMaps": "lessons.playgrounds.class_maps",
    "CleverHans": "lessons.playgrounds.clever_hans",
    "Compare": "compare.compare",
    "CompositeMaps": "lessons.playgrounds.composite_maps",
    "CompositeTable": "lessons.playgrounds.composite_table",
    "Conservation": "lessons.playgrounds.conservation",
    "Covered": "lessons.predict",
    "Dashboard": "dashboard.dashboard",
    "DenseGraph": "lessons.playgrounds.dense_graph",
    "Judge": "judge.judge",
    "LayerStepper": "stepper.stepper",
    "LayerTable": "lessons.playgrounds.layer_table",
    "League": "lessons.playgrounds.league",
    "LessonHead": "lessons.header",
    "LessonIndex": "lessons.index",
    "LineChart": "lessons.playgrounds.line_chart",
    "Live": "live.live",
    "LookCloser": "dashboard.embedded",
    "LookInside": "lessons.playgrounds.look_inside",
    "MapRow": "lessons.playgrounds.map_row",
    "MergeLayers": "lessons.playgrounds.merge_layers",
    "Microscope": "microscope.microscope",
    "MprtCurves": "lessons.playgrounds.mprt_curves",
    "MyLesson": "lessons.my_lesson",
    "PerturbationCurves": "lessons.playgrounds.perturbation_curves",
    "PoolingMaps": "lessons.playgrounds.pooling_maps",
    "PoolingWindow": "lessons.playgrounds.pooling_window",
    "Predict": "lessons.predict",
    "RandomizedLayers": "lessons.playgrounds.randomized_layers",
    "RankOne": "lessons.playgrounds.rank_one",
    "RareGroups": "lessons.playgrounds.rare_groups",
    "RulesOnAddition": "lessons.playgrounds.rules_on_addition",
    "RulesOnUnit": "lessons.playgrounds.rules_on_unit",
    "RulesOnWindow": "lessons.playgrounds.rules_on_window",
    "SideBySide": "lessons.playgrounds.side_by_side",
    "SlidingKernel": "lessons.playgrounds.sliding_kernel",
    "StartBars": "lessons.playgrounds.start_bars",
    "StepC": "lessons.playgrounds.step_c",
    "Task": "lessons.task",
    "TrainedOrRandom": "lessons.playgrounds.trained_or_random",
    "Training": "lessons.playgrounds.training",
    "YourMap": "lessons.playgrounds.your_map",
    "export_page": "page.export",
}

__all__ = list(_HOME)


def __getattr__(name):
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOME[name]}", __name__), name)


def __dir__():
    return __all__
