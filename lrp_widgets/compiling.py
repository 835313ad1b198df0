"""Computations that run directly at first, and compiled from when that pays.

Compiling takes as long as about a dozen direct runs: for mini-vgg 2 s on two cores, for DenseNet121
half a minute. Compiled it then runs 2 to 6 times as fast. So someone who looks at one picture never
waits for it, a loop over many pictures compiles once, and a page does so beside its work.
"""

import threading

from .tensorflow_alone import tf

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

    Weights are best bound to the function: what is an argument is looked at anew with every call.
    """

    def __init__(self, function):
        self.calls = 0
        self.compiled = False
        self.aside = False  # whether it is left to a Compiler, so that no call waits for it
        self._function = function
        self._quick = tf.function(function, autograph=False)
        self._like = None  # the specifications of the arguments

    def __call__(self, *arguments):
        self.calls += 1
        if not self.compiled:
            if self.aside or self.calls <= PATIENCE:
                self._like = tf.nest.map_structure(tf.TensorSpec.from_tensor, arguments)
                return self._function(*arguments)
            self._finish()
        return self._quick(*arguments)

    @property
    def traces(self):
        """How often it was compiled; more than once where arguments of new shapes came."""
        return self._quick.experimental_get_tracing_count()

    def compile(self):
        """Compile it for arguments like the last ones."""
        arguments = tf.nest.map_structure(lambda like: tf.zeros(like.shape, like.dtype), self._like)
        self._quick(*arguments)  # a call prepares more than tracing alone
        self._finish()

    def _finish(self):
        self.compiled = True
        self._like = None


class Compiler(threading.Thread):
    """Compiles what a network runs, one after the other beside all other work, until stopped."""

    def __init__(self, network):
        # No daemon: Python would stop it somewhere within TensorFlow when the program ends.
        super().__init__(name="lrp-compiler")
        self._network = network
        self._stopped = threading.Event()

    def run(self):
        self._stopped.wait(PAUSE)
        # Looked up each time: meanwhile something else may have run often enough.
        while not self._stopped.is_set() and (wanted := _left_to_compile(self._network)):
            wanted[0].compile()

    def stop(self):
        """Begin nothing new; what is being compiled cannot be interrupted."""
        self._stopped.set()


def compile_aside(network):
    """Let a `Compiler` compile what this network has run directly often enough; return it.

    At most one works for a network at a time; None where there is nothing to do.
    """
    wanted = _left_to_compile(network)
    if not wanted or (network.compiler is not None and network.compiler.is_alive()):
        return None
    network.compiler = Compiler(network)
    network.compiler.start()
    return network.compiler


def _left_to_compile(network):
    """What ran directly often enough; from now on no call compiles it."""
    runs = max(2, len(network.weighted) / LAYERS_A_RUN)
    computations = list(network.compiled.values())
    wanted = [run for run in computations if not run.compiled and run.calls >= runs]
    for run in wanted:
        run.aside = True
    return wanted
