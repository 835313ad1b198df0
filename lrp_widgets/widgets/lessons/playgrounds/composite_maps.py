"""A picture's maps under all composites, measured; they appear one after the other."""

from ...._support.number_words import number
from ....lessons.experiments import loaded
from ....media.samples import scene_mask
from ...settings.controls import proper_name
from .in_background import MeasuredBelow, menu
from .map_row import MapRow, Panel
from .side_by_side import in_decimals, in_percent

PICTURES = ("star", "heart", "ring", "circle")


class CompositeMaps(MeasuredBelow):
    """One picture through every composite, with numbers below each map.

        CompositeMaps()                                  # mini-vgg
        CompositeMaps(("mini-resnet", "mini-densenet"))  # a choice of networks

    Above the composites stands LRP-0 in all layers. What is measured: see
    `compare_composites.Outcome`.
    """

    asking = "Explaining …"

    def __init__(self, networks=("mini-vgg",)):
        self.network = menu("Network", [(proper_name(name), name) for name in networks])
        self.picture = menu("Picture", PICTURES)
        self.maps = MapRow(title="Maps under all composites")
        super().__init__([self.network, self.picture], self.maps)

    def measure(self, deliver, cancel, network, picture):
        from ....lessons.experiments.compare_composites import NAMES

        image = loaded.image(picture, network)
        outline = scene_mask(picture, len(image))
        panels = [Panel(picture, image, [("object covers", in_percent(outline.mean()))])]
        for k, name in enumerate(NAMES, 1):
            if cancel.is_set():
                return
            panels.append(_panel(network, picture, name))
            more = k < len(NAMES)
            status = f"Explaining: {k} of {len(NAMES)} …" if more else _told(network, picture)
            deliver(self.show, list(panels), outline, status)


def _told(network, picture):
    """What holds for all maps: which classes are compared, and what not to compare."""
    from ....lessons.experiments.compare_composites import choices

    first, second = choices(network, picture)
    return (
        f"Classes alike: the maps of {first} and {second}, the network’s first choice and its "
        "runner-up. Each map has a colour scale of its own: compare where they are dark, and the "
        "numbers, not how dark they are."
    )


def _panel(network, picture, name):
    from ....lessons.experiments.compare_composites import outcome

    try:
        found = outcome(network, picture, name)
    except ValueError as error:
        return Panel(name, str(error))
    return Panel(
        name,
        found.map,
        [
            ("arrived", _share(found.arrived)),
            *((entry, _share(share)) for entry, share in found.absorbed.items()),
            ("Σ|R|", _share(found.gross)),
            ("below 0", in_percent(found.negative)),
            ("90 % in", in_percent(found.fewest)),
            ("entropy", in_decimals(found.entropy, 3)),
            ("noise", _share(found.change)),
            ("classes alike", in_decimals(found.alike, 2)),
            ("on object", in_percent(found.mass)),
        ],
    )


def _share(value):
    """A share in percent, or as so many times where a rule has made it huge."""
    return in_percent(value) if abs(value) < 100 else f"{number(value)} ×"
