"""Widgets that say what a channel stands for, and which channel tells what."""

import traitlets

from ...lrp.concepts.finding import has_attributes
from ...session import Inspector
from ..settings.difference_text import read_difference
from ..settings.requests import sentence
from .concept_words import concept_view, differences_to_choose, telling_view
from .layer_answer import answer_about_layer


class ChannelConcepts(traitlets.HasTraits):
    """What a channel of the layer on the screen stands for, found when the browser asks for it.

    A widget has `error` and the explanation that it shows, `explanation`, calls `start_concepts`
    once and `tell_differences` with each explanation. `compute_concept(explanation, layer, channel,
    show)` and `compute_telling(explanation, layer, difference, show)` may be replaced by functions
    that answer later, by calling `show(found)` on the widgets' thread.
    """

    concept = traitlets.Int(-1, min=-1, help="the channel whose pictures are shown; -1: none").tag(
        sync=True
    )
    telling = traitlets.Unicode(
        "", help='what channels are ranked by: "star,cross,activation"'
    ).tag(sync=True)
    differences = traitlets.List(help="what channels can be ranked by; [] for nothing").tag(
        sync=True
    )

    def start_concepts(self):
        self.compute_concept = _concept_here
        self.compute_telling = _telling_here
        self.on_msg(self._answer_concepts)

    def tell_differences(self, explanation):
        """Tell the browser what the channels of this network can be asked."""
        self.differences = differences_to_choose() if has_attributes(explanation.network) else []
        if not self.differences:
            self.telling = ""

    def _answer_concepts(self, _widget, message, _buffers):
        """Send what a channel stands for, or the channels that tell two values apart."""
        if message.get("type") == "concept":
            channel = message.get("channel")

            def compute(explanation, layer, show):
                self.compute_concept(explanation, layer, channel, show)

            answer_about_layer(self, message, compute, concept_view, self._no_concept)
        if message.get("type") == "telling":
            try:
                difference = read_difference(message.get("difference"))
            except ValueError as error:
                return self._no_telling(sentence(error))

            def compute(explanation, layer, show):
                self.compute_telling(explanation, layer, difference, show)

            answer_about_layer(self, message, compute, telling_view, self._no_telling)

    def _no_concept(self, text):
        self.concept, self.error = -1, text

    def _no_telling(self, text):
        self.telling, self.error = "", text


def _concept_here(explanation, layer, channel, show):
    show(Inspector(explanation).concept(layer, channel))


def _telling_here(explanation, layer, difference, show):
    show(Inspector(explanation).telling(layer, difference))
