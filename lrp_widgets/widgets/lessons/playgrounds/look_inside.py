"""A learner's own Keras model, read and explained as it is now."""

import numpy as np
from ipywidgets import HTML

from ....figures.markdown import html
from ...stepper.stepper import LayerStepper
from .in_background import MeasuredBelow, menu

CHOICES = 12  # fresh pictures to choose from


class LookInside(MeasuredBelow):
    """Reads a Training's model, checks that both put out the same, and steps through its layers.

        LookInside(training)

    Before training it shows the untrained model, and after each training the trained one.
    `network` is the present `Network`, `explanation` that of the picture chosen.
    """

    asking = "Reading the model …"

    def __init__(self, training):
        from ....lessons.experiments.train_keras import pictures

        self._kinds = tuple(training.kinds)
        self._images, labels = pictures(CHOICES, "fresh", self._kinds)
        self.network = self.explanation = None
        self._model, self._difference = training.model, 0.0
        self.picture = menu(
            "Fresh picture",
            [(f"{k + 1}: {self._kinds[label]}", k) for k, label in enumerate(labels)],
        )
        self.summary, self.stepper = HTML(), LayerStepper()
        super().__init__([self.picture], self.summary, self.stepper)
        self.add_class("lrp-look-inside")
        training.on_change(self.read)

    def read(self, model):
        """Read a Keras model and explain the chosen picture by it."""
        self.network, self._model = None, model
        self.ask()

    def say(self, sentence):
        self.summary.value = sentence

    def complain(self, sentence):
        self.say("")
        self.stepper.error = sentence

    def measure(self, deliver, cancel, number):
        from ....lrp.explain import explain
        from ....networks.network import Network

        if self.network is None:
            network = Network.from_keras(self._model, class_names=self._kinds)
            self._difference = difference(network, self._model, self._images)
            self.network = network
        deliver(self.show, explain(self.network, self._images[number]))

    def show(self, explanation):
        self.explanation = explanation
        self.stepper.show(explanation)
        self.stepper.current = explanation.layers[0].name
        layers = ", ".join(f"*{layer.name}*" for layer in explanation.layers)
        said, probability = explanation.prediction[0]
        self.say(
            html(
                f"The network says “{said}” ({100 * probability:.1f} %). Its output and the Keras "
                f"model's differ by at most {_power(self._difference)}. "
                f"Layers: {layers}. Total at the output **{explanation.start_total:.4f}**, at the "
                f"pixels **{explanation.layers[0].total:.4f}**."
            )
        )


def difference(network, model, images):
    """Return the largest |network(x) − model(x)|, relative to the largest |model(x)|."""
    x = images.astype(np.float32)
    ours, theirs = network(x), np.asarray(model(x, training=False))
    return float(np.abs(ours - theirs).max() / np.abs(theirs).max())


def _power(value):
    """A small number as Markdown: $5.7 \\cdot 10^{-7}$."""
    factor, power = f"{value:.1e}".split("e")
    return f"${factor} \\cdot 10^{{{int(power)}}}$"
