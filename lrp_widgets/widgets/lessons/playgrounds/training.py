"""Train a Keras model within a lesson, and watch its accuracy grow."""

import time
from dataclasses import asdict

import anywidget
import traitlets

from ...._support.lazy_tensorflow import load_tensorflow
from ...shared.background import Worker
from ...shared.built import built

# A notebook that trains imports Keras in a cell of its own: by then TensorFlow is here, or its
# greetings would stand in red below that cell.
load_tensorflow()

PAUSE = 0.2  # seconds between two reports


class Training(anywidget.AnyWidget):
    """A button that trains, a bar that tells how far, and the accuracy after each epoch.

        training = Training(build)      # build() returns a Keras model with three classes
        training.model                  # as it is now

    `build` is called at once and again at every start, so that training begins anew. The
    pictures are `training.pictures`; other arguments go to
    `lessons.experiments.train_keras.train`.
    `on_change(f)` calls `f(model)` after each training. A model that does not fit is told in one
    sentence.
    """

    _esm = built("lessons/playgrounds/training.js")
    _css = built("lessons/playgrounds/training.css")

    kinds = traitlets.List(traitlets.Unicode()).tag(sync=True)
    epochs = traitlets.Int().tag(sync=True)
    history = traitlets.List(traitlets.Dict(), help="an Epoch each").tag(sync=True)
    running = traitlets.Bool(False).tag(sync=True)
    progress = traitlets.Float(0.0).tag(sync=True)
    status = traitlets.Unicode("").tag(sync=True)
    error = traitlets.Unicode("").tag(sync=True)

    def __init__(self, build, **settings):
        from ....lessons.experiments import train_keras

        self._build, self._settings = build, settings
        self._worker = Worker()
        self._told = []
        super().__init__(
            kinds=list(settings.get("kinds", train_keras.KINDS)),
            epochs=settings.get("epochs", train_keras.EPOCHS),
            status="not trained yet",
        )
        self.model = build()
        self.on_msg(self._pressed)

    def on_change(self, function):
        """Call `function(model)` after each training, on the widgets' thread."""
        self._told.append(function)

    def wait(self, timeout=None):
        """Wait until training has ended; return whether that came within `timeout` seconds."""
        return self._worker.wait(timeout)

    def start(self):
        """Build the model anew and train it, in the background."""
        self.running, self.progress, self.history, self.error = True, 0.0, [], ""
        self.status = "starting"
        self._worker.submit(self._train)

    def stop(self):
        """End the training after the present batch; the model stays as it is by then."""
        self._worker.cancel()

    def _pressed(self, _widget, message, _buffers):
        match message:
            case {"type": "start"} if not self.running:
                self.start()
            case {"type": "stop"}:
                self.stop()

    def _train(self, cancel):
        from ....lessons.experiments.train_keras import train

        begun, last = time.monotonic(), 0.0

        def report(text, fraction):
            nonlocal last
            if time.monotonic() - last > PAUSE:
                last = time.monotonic()
                self._worker.deliver(self._show, f"{text}, {last - begun:.0f} s", fraction)

        history, error = [], ""
        try:
            model = self._build()
            for epoch in train(model, report=report, stop=cancel.is_set, **self._settings):
                history.append(asdict(epoch))
                self._worker.deliver(setattr, self, "history", list(history))
        except Exception as problem:  # the model is the learner's own
            error = f"Training stopped: {str(problem).strip().splitlines()[0] or type(problem)}"
            model = self.model
        seconds = time.monotonic() - begun
        words = "stopped" if cancel.is_set() else "trained"
        self._worker.deliver(self._end, model, error, f"{words} in {seconds:.0f} s")

    def _show(self, status, fraction):
        if self.running:
            self.status, self.progress = status, fraction

    def _end(self, model, error, status):
        self.model = model
        with self.hold_sync():
            self.running, self.error = False, error
            self.status = "" if error else status
        if not error:
            for function in self._told:
                function(model)
