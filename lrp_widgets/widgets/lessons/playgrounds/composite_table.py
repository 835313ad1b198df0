"""Every composite in a row: what it is, whether it tells classes apart, and what it lies on."""

from ipywidgets import HTML

from ....figures.markdown import html
from ....lrp.composites import COMPOSITES
from .in_background import MeasuredBelow, menu, scenes
from .side_by_side import in_decimals, in_percent

HEAD = "| composite | what it is | two classes’ maps: correlation | on the object |"
ALL = -1  # the choice of all scenes together
ZERO = "LRP-0 in every layer, the first one too: gradient × input."
NBSP = "\N{NO-BREAK SPACE}"


class CompositeTable(MeasuredBelow):
    """mini-vgg's composites measured on drawn scenes, all together or one of them.

        CompositeTable()

    The two classes are the network's first choice and its runner-up; what is measured is
    `two_classes.Pair`'s. For all scenes it is the mean, with the lowest and the highest.
    """

    asking = "Measuring …"

    def __init__(self):
        every = scenes()
        self.scene = menu("Pictures", [(f"all {len(every)} drawn scenes", ALL), *every])
        self.table, self.status = HTML(), HTML()
        self.table.add_class("lrp-layer-table")
        self.status.add_class("lrp-table-status")
        super().__init__([self.scene], self.table, self.status)
        self.add_class("lrp-card")
        self.add_class("lrp-composite-table")

    def measure(self, deliver, cancel, number):
        from ....lessons.experiments.compare_composites import NAMES

        rows = []
        for name in NAMES:
            if cancel.is_set():
                return
            rows.append(_row(name, number))
        deliver(self.show, rows, _told(number))

    def say(self, sentence):
        self.status.value = sentence

    def show(self, rows, status):
        body = "\n".join(rows)
        self.table.value = html(f"{HEAD}\n|---|---|---:|---:|\n{body}\n")
        self.say(status)


def _row(name, number):
    from ....lessons.experiments import two_classes

    what = COMPOSITES[name].description if name in COMPOSITES else ZERO
    found = two_classes.pairs(name)
    if number != ALL:
        found = found[number : number + 1]
    columns = (
        _spread([each.correlation for each in found], lambda value: in_decimals(value, 3)),
        _spread([each.mass for each in found], in_percent),
    )
    return f"| **{name}** | {what} | {' | '.join(columns)} |"


def _spread(values, text):
    """The mean, and from the lowest to the highest where there are several."""
    mean = text(sum(values) / len(values))
    if len(values) == 1:
        return mean
    spread = f"({text(min(values))} to {text(max(values))})"
    return f"{mean} {spread.replace(' ', NBSP)}"  # a narrow column breaks between the two


def _told(number):
    """What the numbers are of: which classes, what is explained, how large the object is."""
    from ....lessons.experiments import sanity_checks, two_classes

    names = sanity_checks.network().class_names
    if number == ALL:
        classes = "each scene’s first choice and its runner-up; mean (lowest to highest)"
    else:
        [pair] = two_classes.pairs()[number : number + 1]
        classes = f"{names[pair.first]} and {names[pair.second]}, first choice and runner-up"
    covered = sanity_checks.covered(None if number == ALL else number)
    return (
        f"The two classes: {classes}. The initial relevance: each one’s logit; under z⁺ in the "
        f"last layer its size. The object covers {in_percent(covered)} of the picture"
        f"{' on average' if number == ALL else ''}."
    )
