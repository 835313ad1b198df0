"""The initial relevance as bars: what the network puts out, and what of it is propagated."""

import anywidget
import numpy as np
import traitlets

from ....lrp.targets import STARTS
from ...microscope.microscope import in_colors
from ...shared.built import built

PICTURES = ("star", "circle", "square", "triangle", "cross", "ring", "crescent", "heart", "cat")

# So many classes have a row each; of more, those with the largest logits.
ROWS = 10


class StartBars(anywidget.AnyWidget):
    """Choose what is explained: bars of the logits, the probabilities and the initial relevance.

        StartBars()                                       # mini-vgg and its scenes
        StartBars(network, pictures=("cat", "coffee"))    # any network that ends in classes

    `start`, `target` and `other` may be set from outside too; the numbers are those that `explain`
    begins with. `pictures`: names of samples.
    """

    _esm = built("lessons/playgrounds/start_bars.js")
    _css = built("lessons/playgrounds/start_bars.css")

    pictures = traitlets.List(traitlets.Unicode()).tag(sync=True)
    picture = traitlets.Unicode().tag(sync=True)
    starts = traitlets.List(traitlets.Unicode(), help="those that the network has").tag(sync=True)
    start = traitlets.Enum(STARTS).tag(sync=True)
    target = traitlets.Int(0).tag(sync=True)
    other = traitlets.Int(1).tag(sync=True)
    names = traitlets.List(traitlets.Unicode()).tag(sync=True)
    rows = traitlets.List(traitlets.Dict(), help="a class each, for the page").tag(sync=True)
    total = traitlets.Float(help="of the initial relevance").tag(sync=True)
    shape = traitlets.List(traitlets.Int(), help="the picture's rows and columns").tag(sync=True)
    pixels = traitlets.Bytes(b"").tag(sync=True)

    def __init__(self, network=None, pictures=PICTURES):
        from ....lessons.experiments import loaded

        self._network = network or loaded.network()
        self._pictures = tuple(pictures)  # where the browser cannot reach
        known = STARTS if self._network.ends_with_softmax else ("logit", "contrast")
        super().__init__(
            pictures=list(pictures),
            picture=pictures[0],
            starts=list(known),
            start=known[0],
            names=list(self._network.class_names),
        )
        self._see()
        self.observe(self._see, names="picture")
        self.observe(self._begin, names=["start", "target", "other"])

    @property
    def output(self):
        """The `NetworkOutput` of the picture."""
        return self._output

    @property
    def relevance(self):
        """The initial relevance R^(N), (classes,)."""
        return self._relevance

    @traitlets.validate("picture")
    def _listed(self, proposal):
        if proposal.value not in self._pictures:
            raise traitlets.TraitError("picture is one of those listed.")
        return proposal.value

    def _see(self, _=None):
        from ....lessons.experiments.output_starts import output_of
        from ....media.images import load_image

        image = load_image(self.picture, self._network)
        self._output = output_of(self._network, image)
        best = np.argsort(-self._output.logits, kind="stable")
        with self.hold_sync(), self.hold_trait_notifications():
            shown = in_colors(image)
            self.shape, self.pixels = list(shown.shape[:2]), shown.tobytes()
            self.target, self.other = int(best[0]), int(best[1])
        self._begin()

    @traitlets.validate("target", "other")
    def _a_class(self, proposal):
        if not 0 <= proposal["value"] < len(self.names):
            raise traitlets.TraitError(f"There are classes 0 to {len(self.names) - 1}.")
        return proposal["value"]

    def _begin(self, change=None):
        if self.target == self.other:  # the one that was there makes room, which leads here again
            self.set_trait("target" if change["name"] == "other" else "other", change["old"])
            return
        relevance, target, other = self._output.start(self.start, self.target, self.other)
        self._relevance = relevance
        with self.hold_sync():
            self.rows = [self._row(k, target, other) for k in self._shown(target, other)]
            self.total = float(relevance.sum(dtype=np.float64))

    def _shown(self, target, other):
        if len(self.names) <= ROWS:
            return range(len(self.names))
        best = np.argsort(-self._output.logits, kind="stable")[:ROWS]
        asked = [k for k in (target, other) if k is not None]
        return list(dict.fromkeys([*map(int, best), *asked]))

    def _row(self, k, target, other):
        return {
            "name": self.names[k],
            "logit": float(self._output.logits[k]),
            "score": float(self._output.scores[k]),
            "start": float(self._relevance[k]),
            "role": {target: "target", other: "other"}.get(k, ""),
        }
