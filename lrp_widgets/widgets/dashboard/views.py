"""The views of the title bar: one is on the page at a time, and all follow the same answer."""

# Name, label, explanation.
VIEWS = (
    ("step", "Step through", "One layer after the other, from the output to the input"),
    ("compare", "Compare", "Two explanations side by side: one experiment a click"),
    ("judge", "Judge", "Is the map right? The picture taken apart, and measures of the map"),
    ("graph", "Graph", "Through which channels the class gets its relevance, layer by layer"),
    ("live", "Live", "The camera's picture, explained while it moves"),
)


class Views:
    """The stepper, and the other views by name, of which `body` gets the widget once it is opened.

    A view has a `widget`, and `open()`, `close()`, `follow(request, explanation)`, `lock(locked)`
    and `wait(timeout)`, which returns whether it was done by then.
    """

    def __init__(self, body, stepper, **others):
        self._body = body
        self._stepper = stepper
        self._others = others

    def turn_to(self, name):
        """Show one view in the place of the last."""
        self._stepper.layout.display = None if name == "step" else "none"
        for other, view in self._others.items():
            if other != name:
                view.close()
        if name in self._others:
            opened = self._others[name]
            if opened.widget not in self._body.children:  # until then nothing of it is drawn
                self._body.children = [*self._body.children, opened.widget]
            opened.open()

    def follow(self, request, explanation):
        """Tell every view what is on the screen now."""
        for view in self._others.values():
            view.follow(request, explanation)

    def lock(self, locked):
        """Let nothing be chosen, or let it be."""
        for view in self._others.values():
            view.lock(locked)

    def wait(self, timeout=None):
        """Wait for all of them; return whether they were done within `timeout` seconds each."""
        return all([view.wait(timeout) for view in self._others.values()])
