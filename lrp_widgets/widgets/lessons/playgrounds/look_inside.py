"""A learner's own Keras model, read and explained as it is now."""

import numpy as np
from ipywidgets import HTML, Box, Dropdown, VBox

from ....figures.markdown import html
from ...shared.background import Worker
from ...stepper.stepper import LayerStepper

CHOICES = 12  # fresh pictures to choose from


class LookInside(VBox):
    """Reads a Training's model, checks that both put out the same, and steps through its layers.

        LookInside(training)

    Before training it shows the untrained model, and after each training the trained one.
    `network` is the present `Network`, `explanation` that of the picture chosen.
    """

    def __init__(self, training):
        from ....lessons.experiments.train_keras import pictures

        self._kinds = tuple(training.kinds)
        self._images, labels = pictures(CHOICES, "fresh", self._kinds)
        options = [(f"{k + 1}: {self._kinds[label]}", k) for k, label in enumerate(labels)]
        self.network = self.explanation = None
        self.picture = Dropdown(
            options=options, description="Fresh picture", style={"description_width": "auto"}
        )
        self.summary = HTML()
        self.stepper = LayerStepper()
        self._worker = Worker()
        self._difference = 0.0
        super().__init__([Box([self.picture]), self.summary, self.stepper])
        self.children[0].add_class("lrp-map-controls")
        self.add_class("lrp-look-inside")
        self.picture.observe(lambda _: self._explain(), names="value")
        training.on_change(self.read)
        self.read(training.model)

    def wait(self, timeout=None):
        """Wait until nothing is computed any more; return whether that came within `timeout`."""
        return self._worker.wait(timeout)

    def read(self, model):
        """Read a Keras model and explain the chosen picture by it."""
        self.network = None
        self._model = model
        self._explain()

    def _explain(self):
        self.summary.value = "Reading the model …"
        number = self.picture.value
        self._worker.submit(lambda cancel: self._look(cancel, self._model, number))

    def _look(self, cancel, model, number):
        from ....lrp.explain import explain
        from ....networks.network import Network

        try:
            if self.network is None:
                network = Network.from_keras(model, class_names=self._kinds)
                self._difference = difference(network, model, self._images)
                self.network = network
            found = explain(self.network, self._images[number])
        except ValueError as error:
            self._worker.deliver(self._complain, cancel, str(error))
            return
        self._worker.deliver(self._show, cancel, found)

    def _show(self, cancel, explanation):
        if cancel.is_set():
            return
        self.explanation = explanation
        self.stepper.show(explanation)
        self.stepper.current = explanation.layers[0].name
        layers = ", ".join(f"*{layer.name}*" for layer in explanation.layers)
        said, probability = explanation.prediction[0]
        self.summary.value = html(
            f"The network says “{said}” ({100 * probability:.1f} %). Its output and the Keras "
            f"model's differ by at most {_power(self._difference)}. "
            f"Layers: {layers}. Total at the output **{explanation.start_total:.4f}**, at the "
            f"pixels **{explanation.layers[0].total:.4f}**."
        )

    def _complain(self, cancel, sentence):
        if not cancel.is_set():
            self.summary.value = ""
            self.stepper.error = sentence


def difference(network, model, images):
    """Return the largest |network(x) − model(x)|, relative to the largest |model(x)|."""
    x = images.astype(np.float32)
    ours, theirs = network(x), np.asarray(model(x, training=False))
    return float(np.abs(ours - theirs).max() / np.abs(theirs).max())


def _power(value):
    """A small number as Markdown: $5.7 \\cdot 10^{-7}$."""
    factor, power = f"{value:.1e}".split("e")
    return f"${factor} \\cdot 10^{{{int(power)}}}$"
