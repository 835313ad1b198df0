"""What a method is asked: a network, its input, and the class that is explained."""

from dataclasses import dataclass

import numpy as np

from ...networks.inputs import check_network, network_input
from ...networks.network import Network
from ..targets import TOP, check_output, class_indices
from . import scoring
from .patches import replacement

# How often a method or measure may look at one picture: more is a slip of the keyboard.
MOST_PASSES = 10_000


@dataclass(frozen=True, eq=False)
class Asked:
    """The network's input `x` (B, H, W, C), RGB, and each picture's class, `targets` (B,)."""

    network: Network
    x: np.ndarray
    targets: np.ndarray
    single: bool

    @classmethod
    def of(cls, network, image, target=None, dtype="float32"):
        """Check what a caller hands in; raises ValueError in one sentence for what does not fit."""
        check_network(network)
        x, _, single = network_input(network, image, dtype)
        if x.ndim != 4:
            raise ValueError(f"{network.name} reads no pictures (H, W, C), so there is no map.")
        targets = np.array(class_indices(network, target, len(x)), np.int32)
        if TOP in targets:
            outputs = scoring.run(network, _output, x, targets)
            check_output(network, "logit", outputs.shape)
            targets = np.where(targets == TOP, outputs.argmax(-1), targets).astype(np.int32)
        return cls(network, x, targets, single)

    def gradient(self, x):
        """∂z_t/∂x at network inputs x, one for each picture."""
        return scoring.run(self.network, scoring.gradient, x.astype(self.x.dtype), self.targets)

    def replacements(self, baseline, seed=0):
        """What replaces the pixels of each picture, in the network's input: as x."""
        black = black_input(self.network, self.x.shape[1:])
        return np.stack([replacement(x, baseline, black, seed) for x in self.x]).astype(
            self.x.dtype
        )

    def answer(self, maps):
        """The maps as a method gives them: without the batch's axis for one picture."""
        return maps[0] if self.single else maps


def black_input(network, shape):
    """Return what the network reads where a picture (H, W, C) is black: one number a channel."""
    black = network_input(network, np.zeros(shape, np.uint8))[0]
    return black[0, 0, 0]


def _output(network, tensors, x, targets):
    return network.forward_pass(x, tensors)[0][network.layers[-1].name]
