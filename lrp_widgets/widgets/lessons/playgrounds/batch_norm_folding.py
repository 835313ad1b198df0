"""A BatchNorm in a little network, by numbers: as it was trained, and as it is explained."""

import anywidget
import traitlets

from ...shared.built import built


class BatchNormFolding(anywidget.AnyWidget):
    """Scale, shift, mean and variance as sliders; every layer's numbers before and after folding.

        BatchNormFolding()           # conv → BN → ReLU, folded to the left
        BatchNormFolding("right")

    `way` is one of `one_batch_norm.WAYS`. The numbers come from `one_batch_norm.fold_by_numbers`,
    which rewrites by the code that reads every network.
    """

    _esm = built("lessons/playgrounds/batch_norm_folding.js")
    _css = built("lessons/playgrounds/batch_norm_folding.css")

    ways = traitlets.Dict().tag(sync=True)
    way = traitlets.Unicode("left").tag(sync=True)
    gamma = traitlets.Float(1.5, help="scale").tag(sync=True)
    beta = traitlets.Float(0.5, help="shift").tag(sync=True)
    mean = traitlets.Float(1.0).tag(sync=True)
    variance = traitlets.Float(4.0).tag(sync=True)
    numbers = traitlets.Dict(help="what is shown").tag(sync=True)

    def __init__(self, way="left", **traits):
        from ....lessons.experiments.one_batch_norm import WAYS

        super().__init__(way=way, ways=WAYS, **traits)
        self._work_out()
        self.observe(self._work_out, names=["way", "gamma", "beta", "mean", "variance"])

    def _work_out(self, _=None):
        from ....lessons.experiments.one_batch_norm import fold_by_numbers

        folded = fold_by_numbers(self.way, self.gamma, self.beta, self.mean, self.variance)
        before = [(stage.name, stage.words) for stage in folded.before]
        self.numbers = {
            "scale": folded.scale,
            "offset": folded.offset,
            "difference": folded.difference,
            "note": folded.note,
            "before": [_for_page(stage) for stage in folded.before],
            "after": [
                _for_page(stage) | {"rewritten": (stage.name, stage.words) not in before}
                for stage in folded.after
            ],
        }


def _for_page(stage):
    return {
        "name": stage.name,
        "kind": stage.kind,
        "words": stage.words,
        "values": stage.values.tolist(),
        "rewritten": False,
    }
