"""Every rule on the same unit: inputs, weights, bias, ε, γ and α are sliders."""

from ....lrp.rules import AlphaBeta, Epsilon, Flat, Gamma, WSquare, ZBox, Zero, ZPlus
from .rule_table import RuleTable, row

INPUTS, WEIGHTS = (0.0, 3.0), (-2.0, 2.0)
SUBSCRIPTS = "₁₂₃₄₅₆₇₈₉"


class RulesOnUnit(RuleTable):
    """What each rule makes of R = 1 of one unit, a row for each rule.

        RulesOnUnit()
        RulesOnUnit([2, 1], [1, -1.9], b=0.1, gamma=1)

    `x` (n,), `w` (n,) and the bias `b` are the unit's; `epsilon`, `gamma` and `alpha` the rules'.
    The numbers come from `one_unit.share_unit`, with the rule objects of `explain`.
    """

    def __init__(self, x=(2, 1, 1), w=(1, -1.6, 0.2), b=-0.2, epsilon=0.25, gamma=0.25, alpha=2):
        self._count = len(x)
        numbered = [
            _slider(f"{letter}{k}", f"{letter}{SUBSCRIPTS[k]}", group, limits)
            for letter, group, limits in (("x", "inputs", INPUTS), ("w", "weights", WEIGHTS))
            for k in range(self._count)
        ]
        sliders = [
            *numbered,
            _slider("b", "b", "weights", WEIGHTS),
            _slider("epsilon", "ε", "rules", (0.0, 2.0)),
            _slider("gamma", "γ", "rules", (0.0, 10.0)),
            _slider("alpha", "α", "rules", (1.0, 3.0)),
        ]
        values = {f"x{k}": v for k, v in enumerate(x)} | {f"w{k}": v for k, v in enumerate(w)}
        super().__init__(sliders, **values, b=b, epsilon=epsilon, gamma=gamma, alpha=alpha)
        self.title = "Every rule on the same unit"

    def work_out(self, values):
        from ...._support.number_words import signed
        from ....lessons.experiments.one_unit import share_unit

        x, w = ([values[f"{letter}{k}"] for k in range(self._count)] for letter in "xw")
        b = values["b"]
        terms = [xi * wi for xi, wi in zip(x, w, strict=True)]
        told = f"z = {' '.join(signed(each) for each in terms)} {signed(b)} (bias)"
        told += f" = {signed(round(sum(terms) + b, 10))}, and R = 1"
        rows = [
            row(name, rule, share_unit(rule, x, w, b))
            for name, rule in unit_rules(**{k: values[k] for k in SETTINGS}).items()
        ]
        return told, [f"R{SUBSCRIPTS[k]}" for k in range(self._count)], rows


SETTINGS = ("epsilon", "gamma", "alpha")


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


def _slider(name, label, group, limits):
    return {
        "name": name,
        "label": label,
        "group": group,
        "min": limits[0],
        "max": limits[1],
        "step": 0.05,
    }
