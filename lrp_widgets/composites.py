"""Composites: which rule each layer gets."""

from dataclasses import dataclass

from .layers import Addition, GlobalAveragePooling, GlobalMaxPooling, Weighted, Window
from .rules import Epsilon, Ones, Pass, Proportional, Rule, WinnerTakeAll, ZPlus

POOLING = {"avg": Proportional(), "max": WinnerTakeAll()}


@dataclass(frozen=True)
class Composite:
    """One rule for every layer with weights; `composite.assign` adds the other layers' rules."""

    name: str
    rule: Rule

    def rule_for(self, layer):
        """The rule of a layer with weights."""
        return self.rule


COMPOSITES = {
    composite.name: composite
    for composite in (Composite("z-plus", ZPlus()), Composite("epsilon", Epsilon()))
}


def assign(network, rules="z-plus", pooling="avg", input_rule="ones"):
    """The rule of every layer but the input: {layer name: rule}.

    `rules`: a composite, its name, or one rule for every layer with weights. `pooling`: "avg"
    (proportional) or "max" (winner-take-all), for pooling over windows; global average pooling
    and addition are always proportional, global max pooling always winner-take-all.
    `input_rule`: "ones", None (like every other layer) or a rule, for the first layers with
    weights reached from the input. Raises ValueError for what it does not know.
    """
    composite = _composite(rules)
    if pooling not in POOLING:
        raise ValueError(f'pooling must be "avg" or "max"; got {pooling!r}.')
    if input_rule == "ones":
        input_rule = Ones()
    elif input_rule is not None and not isinstance(input_rule, Rule):
        raise ValueError(f'input_rule must be "ones", None or a rule; got {input_rule!r}.')

    def rule(layer):
        match layer:
            case Weighted():
                first = input_rule is not None and network.reads_input(layer)
                return input_rule if first else composite.rule_for(layer)
            case Window():
                return POOLING[pooling]
            case GlobalMaxPooling():
                return WinnerTakeAll()
            case GlobalAveragePooling() | Addition():
                return Proportional()
        return Pass()

    return {layer.name: rule(layer) for layer in network.layers[1:]}


def _composite(rules):
    if isinstance(rules, Composite):
        return rules
    if isinstance(rules, Rule):
        return Composite(rules.name, rules)
    if rules in COMPOSITES:
        return COMPOSITES[rules]
    raise ValueError(
        f"rules must be a composite, a rule or one of {', '.join(map(repr, COMPOSITES))}; "
        f"got {rules!r}."
    )
