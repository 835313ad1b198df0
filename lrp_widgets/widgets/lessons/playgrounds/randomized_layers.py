"""Weights drawn anew layer by layer from the top, and what that does to the map."""

from dataclasses import asdict

import anywidget
import numpy as np
import traitlets

from ...._support.colors import find_limits, lookup_table
from ...shared.built import built
from .in_background import InBackground


class RandomizedLayers(InBackground, anywidget.AnyWidget):
    """A slider that gives mini-vgg random weights from the output down to one layer after another.

        RandomizedLayers()
        RandomizedLayers(scene=3, seed=1)

    Shows the scene, the trained network's map and the map now, the prediction, and over all steps
    the rank correlation of the two maps and the share on the object, for this scene and as the
    mean of all scenes (see `sanity_checks`).
    """

    _esm = built("lessons/playgrounds/randomized_layers.js")
    _css = built("lessons/playgrounds/randomized_layers.css")

    scene = traitlets.Int(0).tag(sync=True)
    scenes = traitlets.Int().tag(sync=True)
    at = traitlets.Int(0, min=0, help="how many layers have random weights").tag(sync=True)
    layers = traitlets.List(traitlets.Unicode(), help="from the output").tag(sync=True)
    steps = traitlets.List(traitlets.Dict(), help="what was measured at each").tag(sync=True)
    means = traitlets.List(traitlets.Dict(), help="over all scenes").tag(sync=True)
    drawn = traitlets.Dict(help="kind, rows, columns, covered").tag(sync=True)
    maps = traitlets.Bytes(b"").tag(sync=True)
    picture = traitlets.Bytes(b"").tag(sync=True)
    outline = traitlets.Bytes(b"").tag(sync=True)
    table = traitlets.Bytes(b"").tag(sync=True)
    status = traitlets.Unicode("").tag(sync=True)

    def __init__(self, scene=0, seed=0):
        from ....lessons.experiments import sanity_checks

        self._seed = seed
        super().__init__(
            scene=scene,
            scenes=sanity_checks.SCENES,
            table=lookup_table("RdBu_r").tobytes(),
            status="Loading TensorFlow and mini-vgg …",
        )
        self.observe(self.ask, names="scene")
        self.ask()

    def to_measure(self):
        return self.scene, self._seed

    def measure(self, deliver, cancel, number, seed):
        from ....lessons.experiments import sanity_checks

        outcomes, means = [], []
        steps = sanity_checks.steps()
        for k, down_to in enumerate(steps, 1):
            if cancel.is_set():
                return
            deliver(self.say, f"Measuring step {k} of {len(steps)} …")
            outcomes.append(sanity_checks.outcomes(down_to, seed)[number])
            means.append(asdict(sanity_checks.mean(down_to, seed)))
        deliver(self.show, number, outcomes, means)

    def say(self, sentence):
        self.status = sentence

    def show(self, number, outcomes, means):
        from ....lessons.experiments import sanity_checks

        drawn = sanity_checks.scene(number)
        rows, columns = drawn.mask.shape
        with self.hold_sync():
            self.layers = sanity_checks.steps()[1:]
            self.picture = drawn.image.tobytes()
            self.outline = np.uint8(drawn.mask).tobytes()
            self.maps = b"".join(np.float32(each.map).tobytes() for each in outcomes)
            self.drawn = {
                "kind": drawn.kind,
                "rows": rows,
                "columns": columns,
                "covered": [sanity_checks.covered(number), sanity_checks.covered()],
            }
            self.steps = [
                asdict(each.measures)
                | {
                    "limit": find_limits(each.map).high,
                    "predicted": each.predicted,
                    "probability": each.probability,
                }
                for each in outcomes
            ]
            self.means = means
            self.status = ""
