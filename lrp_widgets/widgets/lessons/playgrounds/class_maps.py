"""The maps of all classes for one scene, and how alike they are."""

from .in_background import MeasuredBelow, menu, scenes
from .map_row import MapRow, Panel
from .side_by_side import in_decimals


class ClassMaps(MeasuredBelow):
    """mini-vgg's map for each of its classes, with rank correlations; under one of some rules.

        ClassMaps()                                            # each class alone, under z⁺
        ClassMaps(("epsilon-plus", "z-plus"), contrast=True)   # the first choice against each

    What is explained is a class's logit, under z⁺ its size (`compare_composites.starts_with_size`),
    or the contrast of two. The correlation is with the map of the network's first choice alone.
    """

    asking = "Explaining every class …"

    def __init__(self, rules=("z-plus",), contrast=False):
        self._contrast = contrast
        self.picture, self.rules = menu("Picture", scenes()), menu("Rules", rules)
        self.maps = MapRow(title="Contrasts of classes" if contrast else "Maps of all classes")
        super().__init__([self.picture, self.rules], self.maps)

    def measure(self, deliver, cancel, number, rules):
        from ....lessons.experiments import sanity_checks
        from ....lessons.experiments.compare_composites import starts_with_size

        drawn = sanity_checks.scene(number)
        if self._contrast:
            panels, initial = _contrasts(number, rules), "the difference of two logits"
        else:
            sized = starts_with_size(sanity_checks.network(), rules)
            panels, initial = _classes(number, rules), "the logit’s size" if sized else "the logit"
        status = (
            f"The scene shows a {drawn.kind}. The initial relevance is {initial}. Each map has a "
            "colour scale of its own: compare where they are dark, not how dark."
        )
        deliver(self.show, panels, drawn.mask, status)


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
