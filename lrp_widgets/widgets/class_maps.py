"""The maps of all classes for one scene, and how alike they are."""

from ipywidgets import Box, Dropdown, VBox

from .map_row import MapRow, Panel
from .worker import Worker


class ClassMaps(VBox):
    """mini-vgg's map for each of its classes (start "probability"), with rank correlations.

        ClassMaps()

    The correlation is with the map of the class that the network chooses.
    """

    def __init__(self):
        from .. import sanity

        options = [(f"drawn scene {k + 1}", k) for k in range(sanity.SCENES)]
        self.picture = Dropdown(
            options=options, description="Picture", style={"description_width": "auto"}
        )
        self.maps = MapRow(title="Maps of all classes")
        self._worker = Worker()
        choices = Box([self.picture])
        choices.add_class("lrp-map-controls")
        super().__init__([choices, self.maps])
        self.picture.observe(self._ask, names="value")
        self._ask()

    def wait(self, timeout=None):
        """Wait until nothing is computed any more; return whether that came within `timeout`."""
        return self._worker.wait(timeout)

    def _ask(self, _=None):
        number = self.picture.value
        self.maps.status = "Explaining every class …"

        def job(cancel):
            from .. import sanity

            maps, probabilities = sanity.class_maps(number)
            correlations = sanity.class_correlations(number)
            names = sanity.network().class_names
            lines = [
                [("probability", f"{p:.2g}"), ("correlation", f"{r:.3f}".replace("-", "−"))]
                for p, r in zip(probabilities, correlations, strict=True)
            ]
            panels = [Panel(*each) for each in zip(names, maps, lines, strict=True)]
            self._worker.deliver(self._show, cancel, number, panels)

        self._worker.submit(job)

    def _show(self, cancel, number, panels):
        from .. import sanity

        if cancel.is_set():
            return
        drawn = sanity.scene(number)
        self.maps.show(panels, drawn.mask)
        self.maps.status = (
            f"The scene shows a {drawn.kind}. Each map has a colour scale of its own: compare "
            "where they are dark, not how dark."
        )
