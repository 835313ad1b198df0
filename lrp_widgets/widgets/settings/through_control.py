"""The control that says which channels relevance is followed through, while it is."""

import traitlets
from ipywidgets import HTML, Button, VBox

from ...lrp.through import words


class ThroughControl(VBox):
    """What is followed, in words, and a button that follows everything again.

    `value`: the channels as a link writes them, "" for all, when it does not show.
    """

    value = traitlets.Unicode("")
    disabled = traitlets.Bool(False)
    description = traitlets.Unicode("")
    tooltip = traitlets.Unicode(None, allow_none=True)

    def __init__(self):
        self._words = HTML()
        self._all = Button(description="Show all", tooltip="Follow the relevance of all channels")
        self._all.on_click(lambda _: self.set_trait("value", ""))
        super().__init__([self._words, self._all])
        self.add_class("lrp-through-control")
        self.observe(self._say, names=["value", "description"])
        traitlets.dlink((self, "disabled"), (self._all, "disabled"))

    def _say(self, _):
        said = f"Only through {words(self.value)}" if self.value else ""
        self._words.value = f"<b>{self.description}</b> {_escaped(said)}"


def _escaped(text):
    return text.replace("&", "&amp;").replace("<", "&lt;")
