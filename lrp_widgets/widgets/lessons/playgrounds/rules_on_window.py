"""The rules for the pixels on one window: three pixels, three weights, a row for each rule."""

from ....lessons.experiments.input_rules import BRIGHTEST, DARKEST, RULES
from .rule_table import UnitTable, row


class RulesOnWindow(UnitTable):
    """What each rule for the input layer makes of R = 1 of a unit that sees a few pixels.

        RulesOnWindow()                         # a dark line, seen by a unit that looks for one
        RulesOnWindow([0.2, 0.9], [1, -0.5])

    `x` (n,) are the pixels, from 0 to 1, and `w` (n,) the unit's weights. The numbers come from
    `one_unit.share_unit`, with the rule objects of `explain`.
    """

    def __init__(self, x=(1, 0, 1), w=(1, -2, 1)):
        limits = (DARKEST, BRIGHTEST)
        super().__init__("Rules for the pixels, on one window", x, w, "pixels", limits)

    def work_out(self, values):
        from ...._support.number_words import signed
        from ....lessons.experiments.one_unit import share_unit

        x, w = self.unit(values)
        terms = [f"{_factor(xi)}·{_factor(wi)}" for xi, wi in zip(x, w, strict=True)]
        z = sum(xi * wi for xi, wi in zip(x, w, strict=True))
        told = f"The unit computes z = {' + '.join(terms)} = {signed(round(z, 10))}, "
        told += "and has R = 1 to hand down"
        rows = [
            row(name, rule, share_unit(rule, x, w)) | {"words": name}
            for name, rule in RULES.items()
        ]
        return told, self.inputs, rows


def _factor(value):
    text = f"{value:g}".replace("-", "−")
    return f"({text})" if value < 0 else text
