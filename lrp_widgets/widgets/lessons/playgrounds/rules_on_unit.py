"""Every rule on the same unit: inputs, weights, bias, ε, γ and α are sliders."""

from ....lrp.rules import AlphaBeta, Epsilon, Flat, Gamma, WSquare, ZBox, Zero, ZPlus
from .rule_table import WEIGHTS, UnitTable, row, slider

INPUTS = (0.0, 3.0)


class RulesOnUnit(UnitTable):
    """What each rule makes of R = 1 of one unit, a row for each rule.

        RulesOnUnit()
        RulesOnUnit([2, 1], [1, -1.9], b=0.1, gamma=1)

    `x` (n,), `w` (n,) and the bias `b` are the unit's; `epsilon`, `gamma` and `alpha` the rules'.
    The numbers come from `one_unit.share_unit`, with the rule objects of `explain`.
    """

    def __init__(self, x=(2, 1, 1), w=(1, -1.6, 0.2), b=-0.2, epsilon=0.25, gamma=0.25, alpha=2):
        others = [
            slider("b", "b", "weights", WEIGHTS),
            slider("epsilon", "ε", "rules", (0.0, 2.0)),
            slider("gamma", "γ", "rules", (0.0, 10.0)),
            slider("alpha", "α", "rules", (1.0, 3.0)),
        ]
        values = {"b": b, "epsilon": epsilon, "gamma": gamma, "alpha": alpha}
        super().__init__("Every rule on the same unit", x, w, "inputs", INPUTS, others, **values)

    def work_out(self, values):
        from ...._support.number_words import signed
        from ....lessons.experiments.one_unit import share_unit

        x, w = self.unit(values)
        b = values["b"]
        terms = [xi * wi for xi, wi in zip(x, w, strict=True)]
        told = f"z = {' '.join(signed(each) for each in terms)} {signed(b)} (bias)"
        told += f" = {signed(round(sum(terms) + b, 10))}, and R = 1"
        rules = unit_rules(*(values[name] for name in ("epsilon", "gamma", "alpha")))
        rows = [row(name, rule, share_unit(rule, x, w, b)) for name, rule in rules.items()]
        return told, self.inputs, rows


def unit_rules(epsilon, gamma, alpha):
    """The rules of the table, {name: rule}; z^B has the inputs' own limits."""
    return {
        "LRP-0": Zero(),
        "ε": Epsilon(epsilon),
        "γ": Gamma(gamma),
        "γ by sign": Gamma(gamma, generalized=True),
        "αβ": AlphaBeta(alpha, alpha - 1),
        "z⁺": ZPlus(),
        "z^B": ZBox(*INPUTS),
        "w²": WSquare(),
        "flat": Flat(),
    }
