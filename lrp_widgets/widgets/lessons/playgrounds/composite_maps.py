"""A picture's maps under all composites, measured; they appear one after the other."""

from ipywidgets import Box, Dropdown, VBox

from ...._support.number_words import number
from ....media.samples import scene_mask
from ...settings.controls import proper_name
from ...shared.background import Worker
from .map_row import MapRow, Panel
from .side_by_side import in_decimals, in_percent

PICTURES = ("star", "heart", "ring", "circle")
WIDE, NARROW = {"description_width": "auto"}, {"width": "auto"}


class CompositeMaps(VBox):
    """One picture through every composite, with numbers below each map.

        CompositeMaps()                                  # mini-vgg
        CompositeMaps(("mini-resnet", "mini-densenet"))  # a choice of networks

    Above the composites stands LRP-0 in all layers. What is measured: see
    `composite_maps.Outcome`.
    """

    def __init__(self, networks=("mini-vgg",)):
        named = [(proper_name(name), name) for name in networks]
        self.network = Dropdown(options=named, description="Network", style=WIDE, layout=NARROW)
        self.picture = Dropdown(options=PICTURES, description="Picture", style=WIDE, layout=NARROW)
        self.maps = MapRow(title="Maps under all composites")
        self._worker = Worker()
        chosen = [self.network, self.picture] if len(networks) > 1 else [self.picture]
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
        network, picture = self.network.value, self.picture.value
        self.maps.status = "Explaining …"

        def job(cancel):
            from ....lessons.experiments.compare_composites import NAMES, network_named
            from ....media.images import load_image

            image = load_image(picture, network_named(network))
            outline = scene_mask(picture, len(image))
            panels = [Panel(picture, image, [("object covers", in_percent(outline.mean()))])]
            for k, name in enumerate(NAMES, 1):
                if cancel.is_set():
                    return
                panels.append(_panel(network, picture, name))
                more = k < len(NAMES)
                status = f"Explaining: {k} of {len(NAMES)} …" if more else _told(network, picture)
                self._worker.deliver(self._show, cancel, list(panels), outline, status)

        self._worker.submit(job)

    def _show(self, cancel, panels, outline, status):
        if not cancel.is_set():
            self.maps.show(panels, outline)
            self.maps.status = status


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
            *((entry, _share(share)) for entry, share in found.booked.items()),
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
