"""Which part of the last backward pass stands when only some layers' rules or channels changed.

Relevance comes from above: a rule changes its own layer's step and what lies below, nothing else,
and so do the channels that are followed. So it begins again at the topmost layer where these are
others; where connections lead past that layer, at the next one above that they all go through.
"""

from typing import NamedTuple

import numpy as np

from ..through import Path


class Trace(NamedTuple):
    """What a backward pass gave, and what it began with.

    `asked`: all that it depends on besides its picture, the rules {layer name: rule} and the `path`
    that was followed; `relevances`: {layer name: R}; `ledger`: {layer name: entry}; `target`,
    `other`: the classes used, (B,).
    """

    asked: tuple
    rules: dict
    relevances: dict
    ledger: dict
    target: np.ndarray
    other: np.ndarray
    path: Path

    def top(self, network, rules, path):
        """The name of the layer at which a backward pass with these rules and path begins."""
        numbers = {layer.name: number for number, layer in enumerate(network.layers)}
        changed = [numbers[name] for name, rule in rules.items() if rule != self.rules[name]]
        changed += [numbers[name] for name in path.differs(self.path)]
        top = max(changed, default=len(network.layers) - 1)
        connections = [(numbers[i], numbers[j.name]) for j in network.layers for i in j.inputs]
        while past := [j for i, j in connections if i < top < j]:
            top = min(past)
        return network.layers[top].name

    def above(self, network, top):
        """The relevances and ledger entries of the layers above that one."""
        names = [layer.name for layer in network.layers]
        names = names[names.index(top) + 1 :]
        return tuple(
            {name: each[name] for name in names} for each in (self.relevances, self.ledger)
        )
