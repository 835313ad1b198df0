"""The question before a network's weights are fetched."""

from ipywidgets import HTML, Button, HBox, VBox

from ..._support.memory import size


class DownloadPrompt(VBox):
    """Asks whether to fetch weights that are not on this machine.

    `fetch`, `random` and `cancel` are its buttons; `ask` shows it and `close` hides it.
    """

    def __init__(self):
        self._question = HTML()
        self.fetch = Button(description="Fetch", tooltip="Download the weights once, then use them")
        self.random = Button(
            description="Use random weights", tooltip="Go on without a download, untrained"
        )
        self.cancel = Button(description="Cancel", tooltip="Keep the network as it was")
        super().__init__([self._question, HBox([self.fetch, self.random, self.cancel])])
        self.add_class("lrp-offer")
        self.fetch.add_class("lrp-offer-fetch")
        self.close()

    def ask(self, name, count):
        """Ask about the network `name`, whose files have `count` bytes."""
        self._question.value = (
            f"<b>{name}</b>’s pretrained weights are not on this machine. "
            f"Fetch them once, {size(count)}?"
        )
        self.fetch.description = f"Fetch {size(count)}"
        self.layout.display = None

    def close(self):
        """Take the question away."""
        self.layout.display = "none"

    @property
    def is_open(self):
        """Whether the question is on the page."""
        return self.layout.display != "none"
