"""Every composite in a row: what it is, whether it tells classes apart, and what it lies on."""

from ipywidgets import HTML, Box, Dropdown, VBox

from ....figures.markdown import html
from ....lrp.composites import COMPOSITES
from ...shared.background import Worker
from .side_by_side import in_decimals, in_percent

HEAD = "| composite | what it is | two classes’ maps: correlation | on the object |"
ALL = -1  # the choice of all scenes together
ZERO = "LRP-0 in every layer, the first one too: gradient × input."
NBSP = "\N{NO-BREAK SPACE}"
WIDE, NARROW = {"description_width": "auto"}, {"width": "auto"}


class CompositeTable(VBox):
    """mini-vgg's composites measured on drawn scenes, all together or one of them.

        CompositeTable()

    The two classes are the network's first choice and its runner-up; what is measured is
    `two_classes.Pair`'s. For all scenes it is the mean, with the lowest and the highest.
    """

    def __init__(self):
        from ....lessons.experiments import sanity_checks

        count = sanity_checks.SCENES
        options = [(f"all {count} drawn scenes", ALL)]
        options += [(f"drawn scene {k + 1}", k) for k in range(count)]
        self.scene = Dropdown(options=options, description="Pictures", style=WIDE, layout=NARROW)
        self.table = HTML()
        self.table.add_class("lrp-walk-table")
        self.status = HTML()
        self.status.add_class("lrp-table-status")
        self._worker = Worker()
        choices = Box([self.scene])
        choices.add_class("lrp-map-controls")
        super().__init__([choices, self.table, self.status])
        self.add_class("lrp-card")
        self.add_class("lrp-composite-table")
        self.scene.observe(self._ask, names="value")
        self._ask()

    def wait(self, timeout=None):
        """Wait until nothing is computed any more; return whether that came within `timeout`."""
        return self._worker.wait(timeout)

    def _ask(self, _=None):
        number = self.scene.value
        self.status.value = "Measuring …"

        def job(cancel):
            from ....lessons.experiments.compare_composites import NAMES

            rows = []
            for name in NAMES:
                if cancel.is_set():
                    return
                rows.append(_row(name, number))
            self._worker.deliver(self._show, cancel, number, rows)

        self._worker.submit(job)

    def _show(self, cancel, number, rows):
        if cancel.is_set():
            return
        body = "\n".join(rows)
        self.table.value = html(f"{HEAD}\n|---|---|---:|---:|\n{body}\n")
        self.status.value = _told(number)


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
    """What the numbers are of: which classes, which start, how large the object is."""
    from ....lessons.experiments import sanity_checks, two_classes

    names = sanity_checks.network().class_names
    if number == ALL:
        classes = "each scene’s first choice and its runner-up; mean (lowest to highest)"
    else:
        [pair] = two_classes.pairs()[number : number + 1]
        classes = f"{names[pair.first]} and {names[pair.second]}, first choice and runner-up"
    covered = sanity_checks.covered(None if number == ALL else number)
    return (
        f"The two classes: {classes}. The start: each one’s logit; under z⁺ in the last layer its "
        f"size. The object covers {in_percent(covered)} of the picture"
        f"{' on average' if number == ALL else ''}."
    )
