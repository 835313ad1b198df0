"""A network as a table of text: its layers, their kinds and shapes, and the rule that each has."""

from ..lrp.composites import assign
from ..lrp.rules import Pass
from ..networks.layers import Weighted


def text(network):
    """Return the table that `Network.summary` prints; sizes that may vary are "any".

    The rule is that of the network's default composite. Below stand the number of weights and what
    became of each BatchNorm.
    """
    shapes = network.shapes()
    assigned = assign(network, rules=None)
    rows = [("layer", "kind", "output", "weights", "rule")]
    for layer in network.layers:
        rule = assigned.get(layer.name)
        rows.append(
            (
                layer.name,
                _kind(layer),
                " × ".join("any" if size is None else str(size) for size in shapes[layer.name]),
                f"{_weights(layer):,}" if _weights(layer) else "",
                "" if rule is None else "passes on" if isinstance(rule, Pass) else rule.name,
            )
        )
    widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    lines = ["  ".join(f"{cell:{w}}" for cell, w in zip(row, widths, strict=True)) for row in rows]
    lines.insert(1, "-" * max(len(line.rstrip()) for line in lines))
    count = sum(map(_weights, network.layers))
    end = f"{len(network.layers)} layers, {count:,} weights; rules: {network.default_rules}"
    return "\n".join([network.name, *(line.rstrip() for line in lines), end, *network.notes])


def _kind(layer):
    activation = layer.activation
    if activation is None or layer.kind_text == activation.name:
        return layer.kind_text
    return f"{layer.kind_text}, {activation.name}"


def _weights(layer):
    if not isinstance(layer, Weighted):
        return 0
    return sum(array.size for array in (layer.kernel, layer.bias) if array is not None)
