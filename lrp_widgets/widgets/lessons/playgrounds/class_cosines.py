"""Two classes' backward passes, layer by layer: where does a rule begin to tell them apart?"""

from ...settings.controls import proper_name
from .in_background import MeasuredBelow, menu
from .league_words import method_label
from .line_chart import LineChart

NETWORKS = ("mini-vgg", "mini-resnet", "mini-densenet")
MEAN = -1  # the choice of all scenes together
SCENES = 8


class ClassCosines(MeasuredBelow):
    """The cosine of two classes' relevance at every layer, under z⁺ and three other composites.

        ClassCosines()

    As measured before, a mean over drawn scenes, or of one scene, measured here and now; with the
    trained weights or with random ones in layers of the same widths.
    """

    asking = "Measuring …"

    def __init__(self):
        from ....lessons.experiments.league import cases

        self.network = menu("Network", [(proper_name(name), name) for name in NETWORKS])
        self.weights = menu("Weights", ["trained", "random"])
        self.scene = menu(
            "Pictures",
            [("mean of drawn scenes", MEAN), *((cases.scene(k).title, k) for k in range(SCENES))],
        )
        self.maps = LineChart(
            "cosine of the two classes", "layers from the output down", title="Cosines of classes"
        )
        super().__init__([self.network, self.weights, self.scene], self.maps)

    def measure(self, deliver, cancel, network, weights, number):
        from ....lessons.experiments import class_specific

        if number == MEAN:
            lines = class_specific.mean_cosines(network, weights)
            deliver(self.show, lines, _told(weights))
            return
        lines, told = [], _told(weights, class_specific.choices(network, number, weights))
        for rules in class_specific.RULES:
            if cancel.is_set():
                return
            lines.append(class_specific.cosines(network, number, rules, weights))
            deliver(self.show, list(lines), told)

    def show(self, lines, status):
        self.maps.draw(
            lines[0].layers,
            [(method_label(line.name), line.means, line.errors) for line in lines],
        )
        self.say(status)


def _told(weights, pair=None):
    """What the numbers are of: which two classes, and what is explained."""
    classes = (
        f"the network’s first choice and its second, here {pair[0]} and {pair[1]}"
        if pair
        else "each scene’s first choice and second; mean and its standard error"
    )
    drawn = "" if weights == "trained" else " All weights are random: nothing was learned."
    start = "Initial relevance: each one’s logit, under z⁺ its size."
    return f"The two classes: {classes}. {start}{drawn}"
