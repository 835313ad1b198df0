"""How relevance divides where a network's ways meet: every addition, every concatenation."""

import anywidget
import traitlets

from ...settings.controls import proper_name
from ...shared.background import Worker
from ...shared.built import built
from .composite_maps import PICTURES

RULES = ("z-plus", "epsilon-alpha2-beta1", "epsilon-gamma-box", "overview-vgg")


class MeetingWays(anywidget.AnyWidget):
    """A row for each join of a network, output first: which way gets which part of its relevance.

        MeetingWays()                       # mini-resnet, its star, z⁺
        MeetingWays(("mini-densenet",))

    `chosen` holds network, picture and composite. The numbers are those of `joins.joins`.
    """

    _esm = built("lessons/playgrounds/merge_layers.js")
    _css = built("lessons/playgrounds/merge_layers.css")

    choices = traitlets.List(traitlets.Dict()).tag(sync=True)
    chosen = traitlets.Dict().tag(sync=True)
    rows = traitlets.List(traitlets.Dict()).tag(sync=True)
    status = traitlets.Unicode("").tag(sync=True)

    def __init__(self, networks=("mini-resnet", "mini-densenet")):
        options = {"network": networks, "picture": PICTURES, "rules": RULES}
        labels = {"network": "Network", "picture": "Picture", "rules": "Composite"}
        self._worker = Worker()
        super().__init__(
            choices=[
                {
                    "name": name,
                    "label": labels[name],
                    "options": [
                        [each, proper_name(each) if name == "network" else each] for each in names
                    ],
                }
                for name, names in options.items()
                if len(names) > 1
            ],
            chosen={name: names[0] for name, names in options.items()},
        )
        self._ask()
        self.observe(self._ask, names="chosen")

    def wait(self, timeout=None):
        """Wait until nothing is computed any more; return whether that came within `timeout`."""
        return self._worker.wait(timeout)

    def _ask(self, _=None):
        chosen = dict(self.chosen)
        self.status = "Explaining …"

        def job(cancel):
            from ....lessons.experiments.compare_composites import measuring, network_named
            from ....lessons.experiments.merge_layers import joins
            from ....lrp.explain import explain
            from ....media.images import load_image

            try:
                with measuring:
                    network = network_named(chosen["network"])
                    image = load_image(chosen["picture"], network)
                    e = explain(network, image, rules=chosen["rules"], start="logit")
                rows = [_row(join, e.start_total) for join in joins(e)]
                self._worker.deliver(self._show, cancel, rows, "")
            except ValueError as error:
                self._worker.deliver(self._show, cancel, [], str(error))

        self._worker.submit(job)

    def _show(self, cancel, rows, status):
        if not cancel.is_set():
            with self.hold_sync():
                self.rows, self.status = rows, status


def _row(join, start):
    """For the page: parts of the join's own total, and this as a share of the start."""
    added = join.kind == "addition"
    names = ("skip", "branch") if added else ("older channels", "new channels")
    return {
        "name": join.name,
        "arrived": join.total / start,
        "ways": [
            {"name": name, "source": way.source, "share": _part(way.relevance, join.total)}
            for name, way in zip(names, join.ways, strict=True)
        ],
    }


def _part(relevance, total):
    return relevance / total if total else 0.0
