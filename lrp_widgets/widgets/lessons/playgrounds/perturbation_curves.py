"""A drawn scene taken apart patch by patch, by two methods, with five things to put in."""

import anywidget
import numpy as np
import traitlets

from ....lrp.attribution import BASELINES
from ...shared.built import built
from .in_background import InBackground
from .league_words import BASELINE_WORDS, method_label


class PerturbationCurves(InBackground, anywidget.AnyWidget):
    """Two methods take mini-vgg's scene apart; the curves, and the area under every baseline.

        PerturbationCurves()
        PerturbationCurves(scene=3, first="z-plus", second="gradient", baseline="black")

    Begins with the pair that a change of baseline turns over most clearly in the league, and the
    scene that shows it best (`taken_apart.pair`). `curves` holds the class's probability after each
    replacement; `areas` the areas between them, of this scene and, as means, of the league's.
    """

    _esm = built("lessons/playgrounds/perturbation_curves.js")
    _css = built("lessons/playgrounds/perturbation_curves.css")

    scenes = traitlets.List(traitlets.Dict(), help="value and label").tag(sync=True)
    methods = traitlets.List(traitlets.Dict(), help="value and label").tag(sync=True)
    baselines = traitlets.List(traitlets.Dict(), help="value and label").tag(sync=True)
    chosen = traitlets.Dict(help="scene, first, second, baseline").tag(sync=True)
    order = traitlets.Unicode("morf", help="which order the pictures show").tag(sync=True)
    at = traitlets.Int(6, min=0, help="how many patches are replaced").tag(sync=True)
    drawn = traitlets.Dict(help="rows, columns, patch, kind, says").tag(sync=True)
    picture = traitlets.Bytes(b"").tag(sync=True)
    replacement = traitlets.Bytes(b"").tag(sync=True)
    curves = traitlets.Dict(help="first, second, random: {order: scores, replaced}").tag(sync=True)
    areas = traitlets.List(traitlets.Dict(), help="one a baseline").tag(sync=True)
    status = traitlets.Unicode("").tag(sync=True)

    def __init__(self, scene=None, first=None, second=None, baseline=None):
        from ....lessons.experiments import taken_apart
        from ....lessons.experiments.league import cases, entrants

        found = taken_apart.pair()[0]
        numbers = sorted({*range(taken_apart.SCENES), found["example"]})
        chosen = {
            "scene": found["example"] if scene is None else scene,
            "first": first or found["first"],
            "second": second or found["second"],
            "baseline": baseline or found["baseline"],
        }
        super().__init__(
            scenes=[{"value": k, "label": cases.scene(k).title} for k in numbers],
            methods=[{"value": name, "label": method_label(name)} for name in entrants.METHODS],
            baselines=[{"value": name, "label": BASELINE_WORDS[name]} for name in BASELINES],
            chosen=chosen,
            status="Loading TensorFlow and mini-vgg …",
        )
        self.observe(self.ask, names="chosen")
        self.ask()

    def to_measure(self):
        return [self.chosen[name] for name in ("scene", "first", "second", "baseline")]

    def measure(self, deliver, cancel, number, first, second, baseline):
        from ....lessons.experiments import taken_apart

        ways = {"first": first, "second": second, "random": taken_apart.RANDOM}
        curves = {
            name: {
                order: {"scores": each.scores.tolist(), "replaced": each.replaced.tolist()}
                for order, each in taken_apart.curves(number, method, baseline).items()
            }
            for name, method in ways.items()
        }
        areas = _known_areas(first, second)
        deliver(self.show, (number, baseline), curves, areas)
        for entry in areas:
            for name, method in (("first", first), ("second", second)):
                if cancel.is_set():
                    return
                entry[name] = taken_apart.area(number, method, entry["baseline"])
            deliver(self.show_areas, areas)
        deliver(self.say, "")

    def show(self, asked, curves, areas):
        from ....lessons.experiments import taken_apart
        from ....lessons.experiments.league import cases

        number, baseline = asked
        drawn = cases.scene(number)
        rows, columns = drawn.mask.shape
        with self.hold_sync():
            self.picture = drawn.image.tobytes()
            self.replacement = np.ascontiguousarray(
                taken_apart.replaced_by(number, baseline)
            ).tobytes()
            self.drawn = {
                "rows": rows,
                "columns": columns,
                "patch": taken_apart.PATCH,
                "title": drawn.title,
                "says": taken_apart.explained(number)[1],
            }
            self.curves, self.areas = curves, areas
            self.status = "Taking it apart with the other baselines …"

    def show_areas(self, areas):
        self.areas = [dict(each) for each in areas]

    def say(self, sentence):
        self.status = sentence


def _known_areas(first, second):
    """One entry a baseline, with what the league has; the scene's own areas are still to come."""
    from ....lessons.experiments import taken_apart

    means = {name: taken_apart.means(method) for name, method in zip(_TWO, (first, second))}
    return [
        {"baseline": name, "first": None, "second": None}
        | {f"{each}_mean": list(means[each].get(name, ())) for each in _TWO}
        for name in BASELINES
    ]


_TWO = ("first", "second")
