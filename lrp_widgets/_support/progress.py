"""What a long reading is at, stage by stage, and its end where somebody cancels."""

from .downloads import Cancelled

# Of a network that Keras reads: Keras, the model, its weights, BatchNorm; random ones come last.
STAGES = 4


class Stages:
    """Tells `progress(done, total, text)` of each stage as it begins.

        stage = Stages("resnet50", 4, progress, cancel)
        stage("Loading Keras")

    `what` is being read, in `count` stages. Raises Cancelled at the first stage after `cancel`, a
    threading.Event, was set. Both may be None.
    """

    def __init__(self, what, count, progress=None, cancel=None):
        self._what = what
        self._count = count
        self._progress = progress
        self._cancel = cancel
        self._begun = 0

    def __call__(self, text):
        if self._cancel is not None and self._cancel.is_set():
            raise Cancelled(f"Reading {self._what} was cancelled.")
        if self._progress is not None:
            self._progress(self._begun, self._count, text)
        self._begun += 1
