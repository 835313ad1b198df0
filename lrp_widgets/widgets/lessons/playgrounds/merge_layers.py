"""How relevance divides where branches meet: in every addition and every concatenation."""

import anywidget
import traitlets

from ....lessons.experiments import loaded
from ...settings.controls import proper_name
from ...shared.built import built
from .composite_maps import PICTURES
from .in_background import InBackground

RULES = ("z-plus", "epsilon-alpha2-beta1", "epsilon-gamma-box", "overview-vgg")


class MergeLayers(InBackground, anywidget.AnyWidget):
    """A row for each merge layer, output first: which branch gets which part of its relevance.

        MergeLayers()                       # mini-resnet, its star, z⁺
        MergeLayers(("mini-densenet",))

    `chosen` holds network, picture and composite. The numbers are those of
    `merge_layers.merge_layers`.
    """

    _esm = built("lessons/playgrounds/merge_layers.js")
    _css = built("lessons/playgrounds/merge_layers.css")

    choices = traitlets.List(traitlets.Dict()).tag(sync=True)
    chosen = traitlets.Dict().tag(sync=True)
    rows = traitlets.List(traitlets.Dict()).tag(sync=True)
    status = traitlets.Unicode("").tag(sync=True)

    asking = "Explaining …"

    def __init__(self, networks=("mini-resnet", "mini-densenet")):
        options = {"network": networks, "picture": PICTURES, "rules": RULES}
        labels = {"network": "Network", "picture": "Picture", "rules": "Composite"}
        texts = {name: proper_name(name) for name in networks}
        super().__init__(
            choices=[
                {
                    "name": name,
                    "label": labels[name],
                    "options": [[each, texts.get(each, each)] for each in names],
                }
                for name, names in options.items()
                if len(names) > 1
            ],
            chosen={name: names[0] for name, names in options.items()},
        )
        self.ask()
        self.observe(self.ask, names="chosen")

    def to_measure(self):
        return [self.chosen[name] for name in ("network", "picture", "rules")]

    def measure(self, deliver, cancel, network, picture, rules):
        from ....lessons.experiments.merge_layers import merge_layers

        e = loaded.explained(picture, network, rules=rules, start="logit")
        deliver(self.show, [_row(each, e.start_total) for each in merge_layers(e)])

    def say(self, sentence):
        self.status = sentence

    def complain(self, sentence):
        self.show([], sentence)

    def show(self, rows, status=""):
        with self.hold_sync():
            self.rows, self.status = rows, status


def _row(layer, initial):
    """For the page: the branches' parts of ΣR, and ΣR as a share of the initial relevance."""
    added = layer.kind == "addition"
    names = ("skip", "branch") if added else ("older channels", "new channels")
    return {
        "name": layer.name,
        "arrived": layer.total / initial,
        "branches": [
            {"name": name, "source": each.source, "share": _part(each.relevance, layer.total)}
            for name, each in zip(names, layer.branches, strict=True)
        ],
    }


def _part(relevance, total):
    return relevance / total if total else 0.0
