"""The maps of all classes for one scene, and how alike they are."""

from ipywidgets import Box, Dropdown, VBox

from ...shared.background import Worker
from .map_row import MapRow, Panel
from .side_by_side import in_decimals

WIDE, NARROW = {"description_width": "auto"}, {"width": "auto"}


class ClassMaps(VBox):
    """mini-vgg's map for each of its classes, with rank correlations; under one of some rules.

        ClassMaps()                                            # each class alone, under z⁺
        ClassMaps(("epsilon-plus", "z-plus"), contrast=True)   # the first choice against each

    The start is a class's logit, under z⁺ its size (`composite_maps.starts_with_size`), or the
    contrast of two; the correlation is with the map of the network's first choice alone.
    """

    def __init__(self, rules=("z-plus",), contrast=False):
        from ....lessons.experiments import sanity_checks

        self._contrast = contrast
        scenes = [(f"drawn scene {k + 1}", k) for k in range(sanity_checks.SCENES)]
        self.picture = _dropdown("Picture", scenes)
        self.rules = _dropdown("Rules", rules)
        self.maps = MapRow(title="Contrasts of classes" if contrast else "Maps of all classes")
        self._worker = Worker()
        chosen = [self.picture, self.rules] if len(rules) > 1 else [self.picture]
        choices = Box(chosen)
        choices.add_class("lrp-map-controls")
        super().__init__([choices, self.maps])
        for choice in chosen:
            choice.observe(self._ask, names="value")
        self._ask()

    def wait(self, timeout=None):
        """Wait until nothing is computed any more; return whether that came within `timeout`."""
        return self._worker.wait(timeout)

    def _ask(self, _=None):
        number, rules = self.picture.value, self.rules.value
        self.maps.status = "Explaining every class …"

        def job(cancel):
            panels = (_contrasts if self._contrast else _classes)(number, rules)
            self._worker.deliver(self._show, cancel, number, rules, panels)

        self._worker.submit(job)

    def _show(self, cancel, number, rules, panels):
        from ....lessons.experiments import sanity_checks
        from ....lessons.experiments.compare_composites import starts_with_size

        if cancel.is_set():
            return
        drawn = sanity_checks.scene(number)
        self.maps.show(panels, drawn.mask)
        start = (
            "the logit’s size" if starts_with_size(sanity_checks.network(), rules) else "the logit"
        )
        if self._contrast:
            start = "the difference of two logits"
        self.maps.status = (
            f"The scene shows a {drawn.kind}. The start is {start}. Each map has a colour scale "
            "of its own: compare where they are dark, not how dark."
        )


def _classes(number, rules):
    """A Panel for each class."""
    from ....lessons.experiments import sanity_checks, two_classes

    maps, logits = two_classes.class_maps(number, rules)
    found = two_classes.correlations(maps, logits)
    return [
        Panel(name, shown, [("logit", in_decimals(z)), ("correlation", in_decimals(r, 3))])
        for name, shown, z, r in zip(
            sanity_checks.network().class_names, maps, logits, found, strict=True
        )
    ]


def _contrasts(number, rules):
    """A Panel for the first choice alone, and one for each class against which it is set."""
    from ....lessons.experiments import sanity_checks, two_classes

    maps, logits = two_classes.contrast_maps(number, rules)
    found = two_classes.correlations(maps, logits)
    names, top = sanity_checks.network().class_names, int(logits.argmax())
    alone = Panel(f"{names[top]} alone", maps[top], [("logit", in_decimals(logits[top]))])
    against = [
        Panel(
            f"{names[top]} − {names[k]}",
            maps[k],
            [
                ("difference", in_decimals(logits[top] - logits[k])),
                ("correlation", in_decimals(found[k], 3)),
            ],
        )
        for k in range(len(names))
        if k != top
    ]
    return [alone, *against]


def _dropdown(label, options):
    return Dropdown(options=options, description=label, style=WIDE, layout=NARROW)
