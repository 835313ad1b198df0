"""What a playground measures in the background, and the menus above it."""

from functools import cached_property

from ipywidgets import Box, Dropdown, VBox

from ...shared.background import Worker


class InBackground:
    """A widget that measures in a thread of its own whenever its choices change.

    A subclass gives `to_measure()`, the choices; `measure(deliver, cancel, *chosen)`, which runs in
    that thread and calls `deliver(function, *arguments)` for what changes the page, unless the
    choices have changed by then; and `say(sentence)`. `asking` is said while it begins. A
    ValueError becomes a sentence on the page.
    """

    asking = ""

    @cached_property
    def _worker(self):
        return Worker()

    def wait(self, timeout=None):
        """Wait until nothing is computed any more; return whether that came within `timeout`."""
        return self._worker.wait(timeout)

    def complain(self, sentence):
        """Show why there is nothing to show."""
        self.say(sentence)

    def ask(self, _=None):
        """Measure what the choices ask for."""
        chosen = self.to_measure()
        if self.asking:
            self.say(self.asking)

        def job(cancel):
            def unless_changed(function, *arguments):
                if not cancel.is_set():
                    function(*arguments)

            def deliver(*call):
                self._worker.deliver(unless_changed, *call)

            try:
                self.measure(deliver, cancel, *chosen)
            except ValueError as error:
                deliver(self.complain, str(error))

        self._worker.submit(job)


class MeasuredBelow(InBackground, VBox):
    """Menus in a row, and below them what is measured for what they choose.

    A menu with a single option is not shown. `maps` is a MapRow in which `show` puts panels.
    """

    def __init__(self, menus, *below):
        self._menus = menus
        super().__init__([row_of(*(each for each in menus if len(each.options) > 1)), *below])
        for each in menus:
            each.observe(self.ask, names="value")
        self.ask()

    def to_measure(self):
        return [each.value for each in self._menus]

    def say(self, sentence):
        self.maps.status = sentence

    def show(self, panels, outline, status):
        self.maps.show(panels, outline)
        self.say(status)


def menu(label, options, **settings):
    """A menu as wide as its words."""
    style, layout = {"description_width": "auto"}, {"width": "auto"}
    return Dropdown(options=options, description=label, style=style, layout=layout, **settings)


def row_of(*menus):
    """Menus beside each other."""
    row = Box(menus)
    row.add_class("lrp-map-controls")
    return row


def scenes():
    """The options of a menu of the drawn scenes: (text, number)."""
    from ....lessons.experiments.sanity_checks import SCENES

    return [(f"drawn scene {k + 1}", k) for k in range(SCENES)]
