"""A dense layer as a graph to play with: inputs, weights and output relevance are sliders."""

import anywidget
import numpy as np
import traitlets
from latex2mathml.converter import convert as mathml

from ....lrp.rules import ZPlus
from ...shared.built import built

INPUTS = (0.0, 3.0)
WEIGHTS = (-2.0, 2.0)
RELEVANCE = (0.0, 1.0)


class DenseGraph(anywidget.AnyWidget):
    """Inputs below, outputs above, and an edge as thick as the relevance that flows along it.

        DenseGraph()                                       # 3 inputs, 2 outputs, the z⁺-rule
        DenseGraph([1, 2], [[1, -2], [-1, 3]], [1, 2], rule=Epsilon(0.5), b=[0.5, -1])
        DenseGraph(b=[1, 0], rules={"z⁺": ZPlus(), "ε": Epsilon(0.5)})    # a choice of rules

    `x` (n,), `W` (n, m) with a row for each input, `R` (m,), and `b` (m,) or none. Sliders
    change them; the four steps beside the graph show what the rule makes of them. What is drawn
    comes from `one_dense.flows` with the same rule objects as in `explain`.
    """

    _esm = built("lessons/playgrounds/dense_graph.js")
    _css = built("lessons/playgrounds/dense_graph.css")

    x = traitlets.List(traitlets.Float()).tag(sync=True)
    weights = traitlets.List(traitlets.List(traitlets.Float())).tag(sync=True)
    relevance = traitlets.List(traitlets.Float(), help="of the outputs").tag(sync=True)
    bias = traitlets.List(traitlets.Float(), help="[] for none").tag(sync=True)
    limits = traitlets.Dict().tag(sync=True)
    step = traitlets.Int(3, min=0, max=3, help="0: z, 1: s, 2: c, 3: R").tag(sync=True)
    steps = traitlets.List(traitlets.Unicode(), help="MathML").tag(sync=True)
    numbers = traitlets.Dict(help="what flows, for the page").tag(sync=True)
    rule_names = traitlets.List(traitlets.Unicode(), help="[] for no choice").tag(sync=True)
    rule_name = traitlets.Unicode("", help="the one that is chosen").tag(sync=True)

    def __init__(self, x=(1, 2, 0.5), W=((0.8, -0.5), (0.3, 1), (-0.8, 0.4)), R=(0.6, 0.4),
                 rule=None, b=None, epsilon=1e-9, rules=None):  # fmt: skip
        self._rules = rules or {}
        self._rule, self._epsilon = rule or next(iter(self._rules.values()), ZPlus()), epsilon
        super().__init__(
            x=[float(v) for v in x],
            weights=[[float(w) for w in row] for row in W],
            relevance=[float(r) for r in R],
            bias=[] if b is None else [float(v) for v in b],
            limits={"x": INPUTS, "w": WEIGHTS, "R": _wide_enough(RELEVANCE, R), "b": WEIGHTS},
            rule_names=list(self._rules),
            rule_name=next(iter(self._rules), ""),
        )
        self._work_out()
        self.observe(self._work_out, names=["x", "weights", "relevance", "bias"])
        self.observe(self._choose, names="rule_name")

    @property
    def rule(self):
        """The rule that shares; setting another one redraws."""
        return self._rule

    @rule.setter
    def rule(self, rule):
        self._rule = rule
        self._work_out()

    def _choose(self, change):
        self.rule = self._rules[change["new"]]

    def _work_out(self, _=None):
        from ....lessons.experiments.one_dense import flows

        bias = self.bias or None
        self.flows = flows(self._rule, self.x, self.weights, self.relevance, bias, self._epsilon)
        with self.hold_sync():
            self.steps = [mathml(step) for step in self._rule.steps]
            self.numbers = {
                "edges": self.flows.relevance_of_edges.tolist(),
                "contributions": self.flows.contributions.tolist(),
                "z": self.flows.z.tolist(),
                "s": self.flows.s.tolist(),
                "c": self.flows.c.tolist(),
                "received": self.flows.relevance.tolist(),
                "absorbed": {key: float(np.sum(v)) for key, v in self.flows.absorbed.items()},
            }


def _wide_enough(limits, values):
    return (min(limits[0], *values), max(limits[1], *values))
