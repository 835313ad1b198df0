"""An addition of a residual block, shared by every rule that there is for it."""

from ....lrp.rules import Epsilon, Proportional, Zero
from .rule_table import RuleTable, row, slider

VALUES = (-3.0, 3.0)


class RulesOnAddition(RuleTable):
    """What the skip and the branch of an addition get of R = 1, a row for each rule.

        RulesOnAddition()
        RulesOnAddition(skip=2, branch=-1.9)

    The numbers come from `one_unit.share_addition`, with the code of `explain`.
    """

    def __init__(self, skip=2.0, branch=1.0, epsilon=0.25):
        sliders = [
            slider("skip", "skip", "the two branches", VALUES),
            slider("branch", "branch", "the two branches", VALUES),
            slider("ε", "ε", "rule", (0.0, 2.0)),
        ]
        title = "An addition under several rules"
        super().__init__(title, sliders, skip=skip, branch=branch, ε=epsilon)

    def work_out(self, values):
        from ...._support.number_words import number
        from ....lessons.experiments.one_unit import share_addition

        x = [values["skip"], values["branch"]]
        told = f"skip {number(x[0])}, branch {number(x[1])}: the addition puts out "
        told += f"{number(round(sum(x), 10))}, and R = 1"
        rules = {"proportional": Proportional(), "LRP-0": Zero(), "ε": Epsilon(values["ε"])}
        rows = [
            row(name, rule, share_addition(rule, x), signed=True) for name, rule in rules.items()
        ]
        return told, ["R of the skip", "R of the branch"], rows
