"""Explanations that lose relevance on purpose, and the ledger that says where it went."""

from ...lrp.explain import explain
from ...lrp.layer_result import ABSORBED
from ...lrp.rules import Gamma, ZPlus

# The rules of the lesson, each taking its ε from `explain`. γ = 0 leaves the ε-rule; as `Gamma` it
# is compiled once for all ε, where `Epsilon(0.1)` and `Epsilon(0.2)` would be two rules.
RULES = {"z-plus": ZPlus(), "z-plus-bias": ZPlus(bias=True), "epsilon": Gamma(0)}

ENTRIES = (*ABSORBED, "rounding")


def explain_by_one_rule(network, image, rule="z-plus", epsilon=1e-9):
    """Explain all classes of one picture with one rule everywhere: an Explanation.

    `rule`: "z-plus", "z-plus-bias" (b⁺ in the denominator) or "epsilon"; at the first layer
    always x = 1. `epsilon`: the stabilizer ε ≥ 0 of every layer.
    """
    return explain(network, image, rules=RULES[rule], epsilon=epsilon)


def ledger(e):
    """Return the ledger of an explanation of one picture, a dict a layer, output first.

    Each has "name", "total" (ΣR of its output), "passed" (what came out at its inputs), and what
    was absorbed, by `ENTRIES`; total = passed + all of these. Below the input nothing follows:
    what is there stays.
    """
    return [
        {
            "name": layer.name,
            "total": float(layer.total),
            "passed": float(layer.total) - sum(map(float, layer.absorbed.values())),
            **{entry: float(layer.absorbed[entry]) for entry in ENTRIES},
        }
        for layer in reversed(e.layers)
    ]
