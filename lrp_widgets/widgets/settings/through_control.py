"""The control that says which channels relevance is followed through, while it is."""

from html import escape

import traitlets
from ipywidgets import HTML, Button, HBox, Label

from ...lrp.through import words


class ThroughControl(HBox):
    """What is followed, in words, and a button that follows everything again.

    `value`: the channels as a link writes them, "" for all, when it does not show.
    """

    value = traitlets.Unicode("")
    disabled = traitlets.Bool(False)
    description = traitlets.Unicode("")
    tooltip = traitlets.Unicode(None, allow_none=True)

    def __init__(self):
        self._label = Label()
        self._words = HTML()
        self._words.add_class("lrp-through-words")
        self._all = Button(description="show all")
        self._all.add_class("lrp-rules-open")
        self._all.on_click(lambda _: self.set_trait("value", ""))
        super().__init__([self._label, self._words, self._all])
        self.observe(self._say, names="value")
        traitlets.dlink((self, "description"), (self._label, "value"))
        traitlets.dlink((self, "disabled"), (self._all, "disabled"))

    def _say(self, _):
        self._words.value = escape(f"only {words(self.value)}") if self.value else ""
