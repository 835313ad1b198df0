"""Conservation made to fail: a rule, the size of ε, and the ledger of every layer."""

import anywidget
import traitlets

from ...shared.built import built

LEAST, MOST = -9, 1  # powers of ten that ε runs through


class Conservation(anywidget.AnyWidget):
    """Choose a rule and make ε large: totals and ledger of every layer, output first.

        Conservation()                               # mini-vgg, its star
        Conservation("mini-vgg", "heart", rule="z-plus-bias", power=0)

    `rule` is "z-plus", "z-plus-bias" or "epsilon", `weights` "pretrained" or "random", and the
    stabilizer is ε = 10^`power`. Everything comes from `explain`. Raises what `load_network` and
    `load_image` raise.
    """

    _esm = built("lessons/playgrounds/conservation.js")
    _css = built("lessons/playgrounds/conservation.css")

    rule = traitlets.Enum(("z-plus", "z-plus-bias", "epsilon"), "z-plus").tag(sync=True)
    weights = traitlets.Enum(("pretrained", "random"), "pretrained").tag(sync=True)
    power = traitlets.Float(LEAST, min=LEAST, max=MOST).tag(sync=True)
    powers = traitlets.List(traitlets.Float(), [LEAST, MOST]).tag(sync=True)
    rows = traitlets.List(traitlets.Dict(), help="`conservation.ledger`").tag(sync=True)
    busy = traitlets.Bool(False).tag(sync=True)

    def __init__(self, network="mini-vgg", picture="star", **traits):
        super().__init__(**traits)
        self._name, self._picture = network, picture
        self._networks = {}
        self._explain()
        self.observe(self._explain, names=["rule", "weights", "power"])

    @property
    def explanation(self):
        """The Explanation on the screen."""
        return self._explanation

    def _explain(self, _=None):
        from ....lessons.experiments.conservation import explain_by_one_rule, ledger
        from ....media.images import load_image

        self.busy = True  # a rule's first backward pass takes seconds
        network = self._network()
        image = load_image(self._picture, network)
        self._explanation = explain_by_one_rule(network, image, self.rule, 10**self.power)
        with self.hold_sync():
            self.rows = ledger(self._explanation)
            self.busy = False

    def _network(self):
        from ....networks.zoo.registry import load_network

        if self.weights not in self._networks:
            self._networks[self.weights] = load_network(self._name, weights=self.weights)
        return self._networks[self.weights]
