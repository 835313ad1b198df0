"""The post's experiment: the same picture explained with trained and with random weights."""

from ....lrp.metrics import entropy, rank_correlation
from ....media.images import PHOTOGRAPHS
from ....networks.zoo import registry
from ....session import Request, Session
from ...settings.controls import proper_name
from .in_background import MeasuredBelow, menu, scenes
from .map_row import MapRow, Panel
from .side_by_side import in_percent

NETWORKS = ("mini-vgg", "tiny-darknet", "vgg16")
SEEDS = 5

UNKNOWN = "Nobody has drawn the object's outline on a photograph: only the entropy is measured."


class TrainedOrRandom(MeasuredBelow):
    """A picture, its map with trained weights and its map with random ones, measured.

        TrainedOrRandom()

    mini-vgg looks at drawn scenes, whose object is known: entropy, share on the object and rank
    accuracy of this scene, and their means over all of `sanity_checks`'s scenes. The other networks
    look at photographs, where only the entropy can be measured; trained weights that are not on
    this machine are not fetched, and the panel says so.
    """

    asking = "Measuring …"

    def __init__(self, session=None):
        self._session = session or Session()
        self.network = menu("Network", [(proper_name(name), name) for name in NETWORKS])
        self.picture = menu("Picture", scenes())
        self.seed = menu("Random weights", [(f"seed {k}", k) for k in range(SEEDS)])
        self.maps = MapRow(title="Trained and random weights")
        self.network.observe(self._other_network, names="value")
        super().__init__([self.network, self.picture, self.seed], self.maps)

    def _other_network(self, change):
        """Offer the network's own pictures; `ask` comes next, because the network has changed."""
        drawn = change["new"] == "mini-vgg"
        self.picture.unobserve(self.ask, names="value")
        self.picture.options = scenes() if drawn else [(name, name) for name in PHOTOGRAPHS]
        self.picture.observe(self.ask, names="value")

    def measure(self, deliver, cancel, name, picture, seed):
        if name == "mini-vgg":
            self._scene(deliver, picture, seed)
        else:
            self._photograph(deliver, cancel, name, picture, seed)

    def _scene(self, deliver, number, seed):
        from ....lessons.experiments import sanity_checks

        drawn = sanity_checks.scene(number)
        heads = ("this scene", f"mean of {sanity_checks.SCENES}")
        covered = map(in_percent, (sanity_checks.covered(number), sanity_checks.covered()))
        title = f"scene {number + 1}: {drawn.kind}"
        panels = [Panel(title, drawn.image, [("object covers", *covered)], heads)]
        for word, down_to in (("trained", None), ("random", sanity_checks.all_random())):
            outcome = sanity_checks.outcomes(down_to, seed)[number]
            columns = (outcome.measures, sanity_checks.mean(down_to, seed))
            lines = [
                ("entropy", *(f"{each.entropy:.3f}" for each in columns)),
                ("share on object", *(in_percent(each.mass) for each in columns)),
                ("rank accuracy", *(in_percent(each.rank_accuracy) for each in columns)),
            ]
            if down_to:
                lines.append(("correlation", *(_signed(each.correlation) for each in columns)))
            title = f"{word} weights: “{outcome.predicted}”, {in_percent(outcome.probability)}"
            panels.append(Panel(title, outcome.map, lines, heads))
        deliver(self.show, panels, drawn.mask, "")

    def _photograph(self, deliver, cancel, name, picture, seed):
        from ....media.images import load_image

        def report(text, _fraction):
            deliver(self.say, f"{text} …")

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
                Panel(f"{title} weights: “{said}”, {in_percent(probability)}", maps[-1], lines)
            )
        image = load_image(picture, size=maps[0].shape)
        deliver(self.show, [Panel(picture, image), *panels], None, UNKNOWN)


def _signed(value):
    return f"{value:+.3f}".replace("-", "−")
