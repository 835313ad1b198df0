"""The post's experiment: the same picture explained with trained and with random weights."""

from ipywidgets import Box, Dropdown, VBox

from ....lrp.metrics import entropy, rank_correlation
from ....media.images import PHOTOGRAPHS
from ....networks.zoo import registry
from ....session import Request, Session
from ...settings.controls import proper_name
from ...shared.background import Worker
from .map_row import MapRow, Panel

NETWORKS = ("mini-vgg", "tiny-darknet", "vgg16")
SEEDS = 5
WIDE, NARROW = {"description_width": "auto"}, {"width": "auto"}

UNKNOWN = "Nobody has drawn the object's outline on a photograph: only the entropy is measured."


class TrainedOrRandom(VBox):
    """A picture, its map with trained weights and its map with random ones, measured.

        TrainedOrRandom()

    mini-vgg looks at drawn scenes, whose object is known: entropy, share on the object and rank
    accuracy of this scene, and their means over all of `sanity`'s scenes. The other networks look
    at photographs, where only the entropy can be measured; trained weights that are not on this
    machine are not fetched, and the panel says so.
    """

    def __init__(self, session=None):
        from ....lessons.experiments import sanity_checks

        self._session = session or Session()
        self._scenes = [(f"drawn scene {k + 1}", k) for k in range(sanity_checks.SCENES)]
        self.network = _dropdown("Network", [(proper_name(name), name) for name in NETWORKS])
        self.picture = _dropdown("Picture", self._scenes)
        self.seed = _dropdown("Random weights", [(f"seed {k}", k) for k in range(SEEDS)])
        self.maps = MapRow(title="Trained and random weights")
        self._worker = Worker()
        choices = Box([self.network, self.picture, self.seed])
        choices.add_class("lrp-map-controls")
        super().__init__([choices, self.maps])
        self.network.observe(self._other_network, names="value")
        for choice in (self.picture, self.seed):
            choice.observe(self._ask, names="value")
        self._ask()

    def wait(self, timeout=None):
        """Wait until nothing is computed any more; return whether that came within `timeout`."""
        return self._worker.wait(timeout)

    def _other_network(self, change):
        drawn = change["new"] == "mini-vgg"
        self.picture.unobserve(self._ask, names="value")
        self.picture.options = self._scenes if drawn else [(name, name) for name in PHOTOGRAPHS]
        self.picture.observe(self._ask, names="value")
        self._ask()

    def _ask(self, _=None):
        name, picture, seed = self.network.value, self.picture.value, self.seed.value
        self.maps.status = "Measuring …"
        answer = self._scene if name == "mini-vgg" else self._photograph

        def job(cancel):
            try:
                answer(cancel, name, picture, seed)
            except ValueError as error:
                self._worker.deliver(self._say, cancel, str(error))

        self._worker.submit(job)

    def _scene(self, cancel, _name, number, seed):
        from ....lessons.experiments import sanity_checks

        drawn = sanity_checks.scene(number)
        heads = ("this scene", f"mean of {sanity_checks.SCENES}")
        covered = map(_percent, (sanity_checks.covered(number), sanity_checks.covered()))
        title = f"scene {number + 1}: {drawn.kind}"
        panels = [Panel(title, drawn.image, [("object covers", *covered)], heads)]
        for word, down_to in (("trained", None), ("random", sanity_checks.all_random())):
            outcome = sanity_checks.outcomes(down_to, seed)[number]
            columns = (outcome.measures, sanity_checks.mean(down_to, seed))
            lines = [
                ("entropy", *(f"{each.entropy:.3f}" for each in columns)),
                ("share on object", *(_percent(each.mass) for each in columns)),
                ("rank accuracy", *(_percent(each.rank_accuracy) for each in columns)),
            ]
            if down_to:
                lines.append(("correlation", *(_signed(each.correlation) for each in columns)))
            title = f"{word} weights: “{outcome.predicted}”, {_percent(outcome.probability)}"
            panels.append(Panel(title, outcome.map, lines, heads))
        self._worker.deliver(self._show, cancel, panels, drawn.mask, "")

    def _photograph(self, cancel, name, picture, seed):
        from ....media.images import load_image

        def report(text, _fraction):
            self._worker.deliver(self._say, cancel, f"{text} …")

        maps, panels = [], []
        for weights in ("pretrained", "random"):
            title = "trained" if weights == "pretrained" else "random"
            if not registry.on_disk(name, weights):
                size = registry.download_size(name) / 1e6
                words = (
                    f"The trained weights of {proper_name(name)} are not on this machine: choose "
                    f"it under “Look closer” to fetch them once, {size:,.0f} MB."
                )
                panels.append(Panel(f"{title} weights", words))
                continue
            e = self._session.explain(Request(picture, name, weights, seed), report, cancel)
            maps.append(e.heatmap("gray"))
            lines = [("entropy", f"{entropy(maps[-1]):.3f}")]
            if len(maps) == 2:
                lines.append(("correlation", _signed(rank_correlation(*maps))))
            (said, probability), *_ = e.prediction
            panels.append(
                Panel(f"{title} weights: “{said}”, {_percent(probability)}", maps[-1], lines)
            )
        image = load_image(picture, size=maps[0].shape)
        self._worker.deliver(self._show, cancel, [Panel(picture, image), *panels], None, UNKNOWN)

    def _show(self, cancel, panels, mask, status):
        if not cancel.is_set():
            self.maps.show(panels, mask)
            self.maps.status = status

    def _say(self, cancel, sentence):
        if not cancel.is_set():
            self.maps.status = sentence


def _dropdown(label, options):
    return Dropdown(options=options, description=label, style=WIDE, layout=NARROW)


def _percent(share):
    return f"{100 * share:.1f} %"


def _signed(value):
    return f"{value:+.3f}".replace("-", "−")
