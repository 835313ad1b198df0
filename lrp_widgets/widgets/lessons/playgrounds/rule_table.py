"""Several rules side by side on the same numbers: a row for each, and sliders above."""

import anywidget
import numpy as np
import traitlets
from latex2mathml.converter import convert as mathml

from ....lrp import rule_words
from ...shared.built import built


class RuleTable(anywidget.AnyWidget):
    """A table of rules: what each gives to every input, what it absorbs, how firmly it stands.

    A subclass gives `sliders`, made by `slider`, and says in
    `work_out(values)` what belongs to their values: the text above the table, the columns' heads
    and the rows made by `row`.
    """

    _esm = built("lessons/playgrounds/rule_table.js")
    _css = built("lessons/playgrounds/rule_table.css")

    title = traitlets.Unicode("Rules").tag(sync=True)
    sliders = traitlets.List(traitlets.Dict()).tag(sync=True)
    values = traitlets.Dict(help="of the sliders").tag(sync=True)
    told = traitlets.Unicode("", help="the line above the table").tag(sync=True)
    heads = traitlets.List(traitlets.Unicode(), help="a name for each input").tag(sync=True)
    rows = traitlets.List(traitlets.Dict()).tag(sync=True)
    chosen = traitlets.Unicode("", help="the rule whose equation is shown").tag(sync=True)

    def __init__(self, title, sliders, **values):
        super().__init__(
            title=title, sliders=sliders, values={k: float(v) for k, v in values.items()}
        )
        self._work_out()
        self.chosen = self.rows[0]["name"]
        self.observe(self._work_out, names="values")

    def work_out(self, values):
        """Return (the line above the table, the columns' heads, the rows)."""
        raise NotImplementedError

    def _work_out(self, _=None):
        told, heads, rows = self.work_out(dict(self.values))
        with self.hold_sync():
            self.told, self.heads, self.rows = told, heads, rows


class UnitTable(RuleTable):
    """A RuleTable about one unit, whose inputs and weights are sliders; others may follow.

    `x`, `w`: their values; `group`: what the inputs are called; `limits`: between which they lie.
    """

    def __init__(self, title, x, w, group, limits, others=(), **values):
        self._count = len(x)
        sliders = [
            slider(f"{letter}{k}", f"{letter}{SUBSCRIPTS[k]}", name, between)
            for letter, name, between in (("x", group, limits), ("w", "weights", WEIGHTS))
            for k in range(self._count)
        ]
        for letter, given in (("x", x), ("w", w)):
            values |= {f"{letter}{k}": value for k, value in enumerate(given)}
        super().__init__(title, [*sliders, *others], **values)

    def unit(self, values):
        """Return (x, w) of the sliders' values."""
        return [[values[f"{letter}{k}"] for k in range(self._count)] for letter in "xw"]

    @property
    def inputs(self):
        """The columns' heads."""
        return [f"R{SUBSCRIPTS[k]}" for k in range(self._count)]


WEIGHTS = (-2.0, 2.0)
SUBSCRIPTS = "₁₂₃₄₅₆₇₈₉"


def slider(name, label, group, limits):
    """What the page needs to know of a slider."""
    low, high = limits
    return {"name": name, "label": label, "group": group, "min": low, "max": high, "step": 0.05}


def row(name, rule, shared, signed=False):
    """A rule's row, from what it made of the numbers (`one_unit.Shared`).

    With `signed`, its equation is the one for inputs of both signs.
    """
    equation = getattr(rule, "signed_equation", rule.equation) if signed else rule.equation
    return {
        "name": name,
        "words": rule_words.rule(rule),
        "equation": mathml(equation, display="block"),
        "relevance": shared.relevance.tolist(),
        "sum": float(shared.relevance.sum()),
        "bias": shared.bias,
        "stabilizer": shared.stabilizer,
        "dead": shared.dead,
        "gross": shared.gross,
        "change": shared.change if np.isfinite(shared.change) else None,
    }
