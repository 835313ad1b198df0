"""Computations that run directly at first, and compiled from when that pays.

Compiling takes as long as about a dozen direct runs: for mini-vgg 2 s on two cores, for DenseNet121
half a minute. Compiled it then runs 2 to 6 times as fast. So someone who looks at one picture never
waits for it, a loop over many pictures compiles once, and a page does so beside its work.
"""

import threading

from ..._support.ending import end_with_program
from ..._support.lazy_tensorflow import tf

# Direct runs before a call compiles by itself.
PATIENCE = 6

# Layers with weights for each direct run after which a page compiles, but never after the first:
# most settings are looked at once. A small network's sliders should be quick soon, while a large
# one takes long enough to compile that it ought to be used first.
LAYERS_A_RUN = 25

# Seconds that compiling aside lets pass first, in which a page can draw what it has got.
PAUSE = 1.0


class Computation:
    """A function of tensors, compiled once called more than `PATIENCE` times.

    run = Computation(function)
    run(*tensors)  # as function(*tensors)

    All calls have tensors of the same shapes and types: what is compiled is for these, so that no
    call spends its time on telling them apart. Weights are best bound to the function.
    """

    def __init__(self, function):
        self.calls = 0
        self.aside = False  # whether it is left to a Compiler, so that no call waits for it
        self._function = function
        self._traced = tf.function(function, autograph=False)
        self._quick = None  # what is compiled
        self._compiling = threading.Lock()
        self._like = None  # the specifications of the last arguments

    def __call__(self, *arguments):
        self.calls += 1  # two threads may count as one: it only says when to compile
        if self._quick:
            return self._quick(*arguments)
        # Where another thread is compiling it, this one does not wait.
        if self.aside or self.calls <= PATIENCE or not self._compiling.acquire(blocking=False):
            self._like = tf.nest.map_structure(tf.TensorSpec.from_tensor, arguments)
            return self._function(*arguments)
        try:
            return self._compiled_with(*arguments)
        finally:
            self._compiling.release()

    @property
    def compiled(self):
        return self._quick is not None

    @property
    def traces(self):
        """How often it was compiled: once, or not yet."""
        return self._traced.experimental_get_tracing_count()

    def compile(self):
        """Compile it for arguments like the last ones."""
        with self._compiling:
            if self.compiled:
                return
            like = self._like
            self._compiled_with(
                *tf.nest.map_structure(lambda each: tf.zeros(each.shape, each.dtype), like)
            )

    def _compiled_with(self, *arguments):
        """Compile it, and return what it gives for these arguments."""
        quick = self._traced.get_concrete_function(*arguments)
        result = quick(*arguments)  # prepares more than tracing alone
        self._quick = quick
        return result


class Compiler(threading.Thread):
    """Compiles one computation after the other beside all other work, until stopped.

    `left()` says which there are to compile; it is asked again after each.
    """

    def __init__(self, left):
        super().__init__(name="lrp-compiler", daemon=True)
        self._left = left
        self._stopped = threading.Event()
        end_with_program(self, Compiler.stop, _wait_for)

    def run(self):
        self._stopped.wait(PAUSE)
        # Looked up each time: meanwhile something else may have run often enough.
        while not self._stopped.is_set() and (wanted := self._left()):
            wanted[0].compile()

    def stop(self):
        """Begin nothing new; what is being compiled cannot be interrupted."""
        self._stopped.set()


def _wait_for(compiler, seconds):
    if compiler.is_alive():
        compiler.join(seconds)


def left_to_compile(network, computations):
    """Those that ran directly often enough; from now on no call compiles them."""
    runs = max(2, len(network.weighted) / LAYERS_A_RUN)
    wanted = [run for run in computations if not run.compiled and run.calls >= runs]
    for run in wanted:
        run.aside = True
    return wanted
