"""Composites: which rule each layer gets.

A composite is a table from a part of a network to a rule; the last row that fits a layer counts:

    print(describe(network, "epsilon-plus-flat"))
    composite = COMPOSITES["epsilon-plus"].replaced("block2", Gamma(0.1))
    e = explain(network, image, rules=composite)
"""

from dataclasses import dataclass, replace
from itertools import groupby

from .._support import checks
from ..networks.attention import Positions, Product, Softmax
from ..networks.blocks import DENSE, blocks
from ..networks.canonize import only_moves_the_input
from ..networks.einsum_dense import EinsumDense
from ..networks.input_bounds import input_bounds
from ..networks.inputs import check_network
from ..networks.layers import (
    Addition,
    Affine,
    Dense,
    GlobalAveragePooling,
    GlobalMaxPooling,
    Maximum,
    Padding,
    Weighted,
    Window,
)
from ..networks.normalizing import LayerNorm
from . import rule_words
from .operation_rules import Halves, Linearized, OperationRule, SecondFactor, Tangent
from .question import POOLINGS, check_input_rule
from .rule_syntax import OWN, WRITTEN, read_rule, spell, split
from .rules import (
    AlphaBeta,
    Epsilon,
    Flat,
    Gamma,
    Ones,
    Pass,
    PassReal,
    Proportional,
    Rule,
    WinnerTakeAll,
    WSquare,
    ZBox,
    Zero,
    ZPlus,
)

POOLING = {name: rule() for name, rule in zip(POOLINGS, (Proportional, WinnerTakeAll))}

# The parts of a network that a row can name, beside its blocks and layers.
EVERY, CONVOLUTIONS, DENSE_LAYERS = "every layer", "convolutions", "dense layers"
DEPTHWISE = "depthwise convolutions"
PRODUCTS, NORMALIZATIONS, AVERAGES = "products", "layer normalizations", "averages"
LOWER, UPPER, CLASSIFIER, INPUT = "lower blocks", "upper blocks", "classifier", "input layer"
PARTS = {
    EVERY: "every layer with weights",
    CONVOLUTIONS: "the convolutions",
    DEPTHWISE: "the convolutions that read one channel for each output",
    DENSE_LAYERS: "the dense layers",
    PRODUCTS: "attention's products of two tensors",
    NORMALIZATIONS: "the layer normalizations",
    AVERAGES: "the averages over all places or tokens",
    LOWER: "the lower three fifths of the blocks before the dense part: VGG16's block1 to block3",
    UPPER: "the other blocks before the dense part: VGG16's block4 and block5",
    CLASSIFIER: "the dense part, or the last layer with weights where there is none",
    INPUT: "the first layers with weights that are reached from the input",
}


@dataclass(frozen=True)
class Composite:
    """A table from parts of a network to rules: the last row that fits a layer counts.

    `rows`: (part, rule); a part is one of `PARTS`, a block (`blocks.blocks`) or a layer's name.
    A layer's own name goes before the input layer, and this before all other parts. Pooling takes
    the learner's switch unless a row names the layer. `description` is one line, `source` where it
    is from.

    An addition has the rule of a convolution in its place: LRP-0 and ε share by the signed inputs
    and stabilise, every other rule shares proportionally. So has a BatchNorm that stays a layer:
    to LRP-0 and ε it is a unit with one input and a bias, every other rule passes. Measured on
    three scenes (mini-densenet, logit): where z⁺ takes it as a unit, 36 to 57 % reach the pixels;
    where it passes, 100 %.
    """

    name: str
    rows: tuple[tuple[str, Rule | OperationRule], ...]
    description: str = ""
    source: str = ""

    def __post_init__(self):
        try:
            rows = tuple((part, rule) for part, rule in self.rows)
        except (TypeError, ValueError):
            raise ValueError(
                f"A composite's rows are pairs of a part and a rule; got {checks.shown(self.rows)}."
            ) from None
        for part, rule in rows:
            _check_row(part, rule)
        object.__setattr__(self, "rows", rows)

    def replaced(self, part, rule):
        """The same composite with another rule for a part, a block or a layer.

            COMPOSITES["epsilon-plus"].replaced("block2", Gamma(0.1))

        An earlier replacement of the same part is forgotten. Raises ValueError for what is no
        rule; an unknown part is refused where the network is known, by `assign`.
        """
        _check_row(part, rule)
        base, *edits = self.name.split(",")
        edits = [edit for edit in edits if not edit.startswith(f"{part}:")]
        name = ",".join([base, *edits, f"{part}:{spell(rule)}"])
        return replace(self, name=name, rows=(*self.rows, (part, rule)))

    @property
    def input_rule(self):
        """The composite's own rule for the first layers with weights; None if it names none."""
        return next((rule for part, rule in reversed(self.rows) if part == INPUT), None)


def _check_row(part, rule):
    if not isinstance(part, str) or not part:
        raise ValueError(
            f"A part of a network is named by a text, such as block2; got {checks.shown(part)}."
        )
    if not isinstance(rule, Rule | Proportional | WinnerTakeAll | OperationRule):
        raise ValueError(f"A composite maps parts of a network to rules; got {checks.shown(rule)}.")


COMPOSITES = {
    composite.name: composite
    for composite in (
        Composite(
            "z-plus",
            ((EVERY, ZPlus()),),
            "z⁺ everywhere: only what speaks for a unit counts.",
            'the post; Montavon et al. 2017, "Explaining nonlinear classification decisions"',
        ),
        Composite(
            "z-plus-depthwise",
            ((EVERY, ZPlus()), (DEPTHWISE, WSquare())),
            "z⁺, but w² in depthwise convolutions, whose few inputs often add up to nothing.",
            "this project: chosen by measurement on MobileNetV2, see zoo/offers.py",
        ),
        Composite(
            "epsilon-plus",
            ((CONVOLUTIONS, ZPlus()), (DENSE_LAYERS, Epsilon(1e-6))),
            "ε in the dense part, which tells classes apart; z⁺ in the convolutions.",
            'Kohlbrenner et al. 2020, "Towards Best Practice in Explaining Neural Network '
            'Decisions with LRP"',
        ),
        Composite(
            "epsilon-plus-flat",
            ((CONVOLUTIONS, ZPlus()), (DENSE_LAYERS, Epsilon(1e-6)), (INPUT, Flat())),
            "The same, and flat at the first layer: coarser, but free of its filters' pattern.",
            "Kohlbrenner et al. 2020; flat: Lapuschkin et al. 2019",
        ),
        Composite(
            "epsilon-alpha2-beta1",
            ((CONVOLUTIONS, AlphaBeta(2, 1)), (DENSE_LAYERS, Epsilon(1e-6))),
            "ε in the dense part; α2β1 in the convolutions, which also shows what speaks against.",
            "Bach et al. 2015; Kohlbrenner et al. 2020",
        ),
        Composite(
            "epsilon-alpha2-beta1-flat",
            ((CONVOLUTIONS, AlphaBeta(2, 1)), (DENSE_LAYERS, Epsilon(1e-6)), (INPUT, Flat())),
            "The same, and flat at the first layer.",
            "Kohlbrenner et al. 2020; flat: Lapuschkin et al. 2019",
        ),
        Composite(
            "epsilon-gamma-box",
            (
                (CONVOLUTIONS, Gamma(0.25, generalized=True)),
                (DENSE_LAYERS, Epsilon(1e-6)),
                (INPUT, ZBox()),
            ),
            "ε in the dense part, γ in the convolutions, z^B for the pixels.",
            "Montavon et al. 2019, with γ generalised by sign; Anders et al. 2021 (zennit)",
        ),
        Composite(
            "excitation-backprop",
            ((EVERY, ZPlus()), (INPUT, ZPlus())),
            "z⁺ down to the pixels themselves, so that bright pixels receive more.",
            'Zhang et al. 2016, "Top-down Neural Attention by Excitation Backprop"',
        ),
        Composite(
            "overview-vgg",
            (
                (LOWER, Gamma(0.25)),
                (UPPER, Epsilon(0.25, relative=True)),
                (CLASSIFIER, Zero()),
                (INPUT, ZBox()),
            ),
            "z^B for the pixels, γ in the lower blocks, ε in the upper ones, LRP-0 in the dense "
            "part.",
            'Montavon et al. 2019, "Layer-wise Relevance Propagation: An Overview", for VGG16 '
            "with average pooling",
        ),
    )
}
NAMES = tuple(COMPOSITES)

# Those that say what becomes of attention, for networks that have some.
FOR_ATTENTION = {
    composite.name: composite
    for composite in (
        Composite(
            "attn-lrp",
            (
                (EVERY, Epsilon(1e-6)),
                (PRODUCTS, Halves()),
                (NORMALIZATIONS, Linearized()),
                (AVERAGES, Epsilon(1e-6)),
                (INPUT, Epsilon(1e-6)),
            ),
            "For transformers: half to each factor of attention's products, softmax by its "
            "tangent; ε in all layers with weights.",
            'Achtibat et al. 2024, "AttnLRP: Attention-Aware Layer-Wise Relevance Propagation for '
            'Transformers"',
        ),
        Composite(
            "attn-lrp-gamma",
            (
                (EVERY, Epsilon(1e-6)),
                (DENSE_LAYERS, Gamma(0.25, generalized=True)),
                (PRODUCTS, Halves()),
                (NORMALIZATIONS, Linearized()),
                (AVERAGES, Epsilon(1e-6)),
                (INPUT, Epsilon(1e-6)),
            ),
            "The same, and γ in the dense layers, which tames what cancels in them.",
            "Achtibat et al. 2024, for vision transformers",
        ),
        Composite(
            "cp-lrp",
            (
                (EVERY, Epsilon(1e-6)),
                (PRODUCTS, SecondFactor()),
                (NORMALIZATIONS, Linearized()),
                (AVERAGES, Epsilon(1e-6)),
                (INPUT, Epsilon(1e-6)),
            ),
            "For transformers: attention weights are held constant, so that all relevance goes "
            "through the values; ε in all layers with weights.",
            'Ali et al. 2022, "XAI for Transformers: Better Explanations through Conservative '
            'Propagation"',
        ),
    )
}
_ALL = COMPOSITES | FOR_ATTENTION

# What may be given as rules, and as the input layer's: see `assign`.
Rules = Composite | Rule | str | None
InputRule = Rule | str | None


def assign(network, rules: Rules = "z-plus", pooling="avg", input_rule: InputRule = "ones"):
    """The rule of every layer but the input: {layer name: rule}.

    `rules`: a composite, its name, one rule for every layer with weights, text of these (see
    `rule_syntax`), or None for the network's own default composite. `pooling`: "avg"
    (proportional) or "max" (winner-take-all), for pooling over windows; global average pooling is
    always proportional, global max pooling always winner-take-all. `input_rule`, for the first
    layers with weights reached from the input: "ones" is the composite's own rule for them and,
    where it names none, z⁺ with x = 1; None treats them like every other layer; a rule goes before
    all else.
    Raises ValueError for what it does not know.
    """
    check_network(network)
    chosen = choose(network, rules)
    pooling = checks.choice("pooling", pooling, POOLINGS)
    check_input_rule(input_rule)
    parts = _parts(network)
    _check_parts(chosen, network, parts)
    named = dict(chosen.rows)

    def by_part(layer):
        rows = (row for row in reversed(chosen.rows) if row[0] != INPUT)
        return next((rule for part, rule in rows if layer.name in parts.get(part, ())), ZPlus())

    def of_weighted(layer):
        first = layer.name in parts[INPUT]
        if first and isinstance(input_rule, Rule):
            return input_rule
        if layer.name in named:
            return named[layer.name]
        if first and input_rule == "ones":
            return chosen.input_rule or Ones()
        return by_part(layer)

    def operation(layer, usual):
        """The rule of an operation: rows for layers with weights are not about it."""
        rows = [rule for part, rule in chosen.rows if layer.name in parts.get(part, {part})]
        rows = [rule for rule in rows if isinstance(rule, type(usual) | OperationRule)]
        return rows[-1] if rows else usual

    def rule(layer):
        match layer:
            case Weighted():
                return _fitted(of_weighted(layer), network, layer)
            case Addition():
                found = named.get(layer.name) or by_part(layer)
                return found if isinstance(found, Zero | Epsilon) else Proportional()
            case Positions():
                found = named.get(layer.name) or by_part(layer)
                return found if isinstance(found, Zero | Epsilon) else Epsilon(1e-6)
            case Affine() if not only_moves_the_input(layer, network):
                found = named.get(layer.name) or by_part(layer)
                return found if isinstance(found, Zero | Epsilon) else Pass()
            case GlobalMaxPooling() | Maximum():
                return WinnerTakeAll()
            case GlobalAveragePooling():
                found = named.get(layer.name, named.get(AVERAGES))
                return found if isinstance(found, Zero | Epsilon) else Proportional()
            case Window():
                return named.get(layer.name, POOLING[pooling])
            case Padding():
                return PassReal()
            case Softmax():
                return operation(layer, Tangent())
            case Product():
                return operation(layer, SecondFactor())
            case LayerNorm():
                return operation(layer, Pass())
        return Pass()

    assigned = {layer.name: rule(layer) for layer in network.layers[1:]}
    _check_kinds(network, assigned)
    return assigned


def describe(network, rules: Rules = "z-plus", pooling="avg", input_rule: InputRule = "ones"):
    """The composite as a table of text for this network: block, layers, rule.

    Neighbouring layers of a block with the same rule share a row; layers that only pass
    relevance on are left out. Arguments and errors as in `assign`.
    """
    assigned = assign(network, rules, pooling, input_rule)
    name = rule_words.rule_words(choose(network, rules).name)
    rows = [("block", "layers", "rule")]
    for block, names in blocks(network).items():
        shown = [name for name in names if not isinstance(assigned[name], Pass)]
        for words, group in groupby(shown, key=lambda name: rule_words.rule(assigned[name])):
            group = list(group)
            layers = group[0] if len(group) == 1 else f"{group[0]} … {group[-1]} ({len(group)})"
            rows.append((block, layers, words))
    widths = [max(len(row[k]) for row in rows) for k in (0, 1)]
    lines = [f"{row[0]:{widths[0]}}  {row[1]:{widths[1]}}  {row[2]}" for row in rows]
    return "\n".join([f"{name} for {network.name}", *lines])


def _parts(network):
    """{part or block: the names of the layers in it}; additions and scales are among them."""
    grouped = blocks(network)
    before = [names for block, names in grouped.items() if block != DENSE]
    behind = set(grouped.get(DENSE, ()))
    cut = max(1, round(0.6 * len(before)))
    weighted = [layer.name for layer in network.weighted]
    dense = {each.name for each in network.weighted if isinstance(each, Dense | EinsumDense)}
    alike = {each.name for each in network.layers if isinstance(each, Addition | Affine)}
    everything = {*weighted, *alike}
    dense_layers = dense | (alike & behind)
    return {
        EVERY: everything,
        CONVOLUTIONS: everything - dense_layers,
        DEPTHWISE: {layer.name for layer in network.weighted if getattr(layer, "depthwise", False)},
        DENSE_LAYERS: dense_layers,
        LOWER: {name for names in before[:cut] for name in names},
        UPPER: {name for names in before[cut:] for name in names},
        CLASSIFIER: behind if behind & {*weighted} else {*weighted[-1:]},
        PRODUCTS: {layer.name for layer in network.layers if isinstance(layer, Product)},
        AVERAGES: {x.name for x in network.layers if isinstance(x, GlobalAveragePooling)},
        NORMALIZATIONS: {layer.name for layer in network.layers if isinstance(layer, LayerNorm)},
        INPUT: {layer.name for layer in network.weighted if network.reads_input(layer)},
        **{block: set(names) for block, names in grouped.items()},
    }


def _fitted(rule, network, layer):
    """The rule with what it takes from the network: z^B's bounds, where it has none."""
    if not isinstance(rule, ZBox):
        return rule
    if rule.low is None:
        if not network.reads_input(layer):
            raise ValueError(
                f"{layer.name} does not read the pixels: z^B needs bounds there, low and high."
            )
        low, high = input_bounds(network, layer)
        return replace(rule, low=low, high=high)
    for bounds in (rule.low, rule.high):
        if isinstance(bounds, tuple) and len(bounds) != layer.channels:
            raise ValueError(
                f"{layer.name} reads {layer.channels} channels; z^B has bounds for {len(bounds)}."
            )
    if network.channel_order == "BGR" and network.reads_input(layer):
        return replace(rule, low=_reversed(rule.low), high=_reversed(rule.high))
    return rule


def _reversed(bounds):
    """Bounds in RGB that were given in BGR; one for all channels is as it is."""
    return bounds[::-1] if isinstance(bounds, tuple) else bounds


def _check_parts(composite, network, parts):
    names = {layer.name for layer in network.layers[1:]}
    for part, _ in composite.rows:
        if part not in parts and part not in names:
            known, part = ", ".join(blocks(network)), checks.shown(part)
            raise ValueError(
                f"{network.name} has no part, block or layer {part}: its blocks are {known}; "
                f"parts are {', '.join(PARTS)}."
            )


def _check_kinds(network, assigned):
    for name, rule in assigned.items():
        layer = network[name]
        if isinstance(rule, OperationRule) and rule.kind != layer.kind:
            raise ValueError(f"{name} is no {rule.kind}; {rule.name} is a rule for those.")
        if isinstance(layer, Weighted) and not isinstance(rule, Rule):
            raise ValueError(f"{name} has weights; {rule.name} is a rule for pooling.")
        if isinstance(layer, Window) and isinstance(rule, Rule):
            raise ValueError(f"{name} is a pooling layer; {rule.name} is a rule for weights.")


def choose(network, rules):
    """The composite that `rules` stands for, as `assign` takes them; its name says it as text."""
    rules = OWN if rules is None else rules
    if isinstance(rules, Composite):
        return rules
    if isinstance(rules, Rule):
        return Composite(spell(rules), ((EVERY, rules),))
    if not isinstance(rules, str):
        got = checks.shown(rules)
        raise ValueError(f"rules must be a composite, a rule or the text of one; got {got}.")
    try:
        base, changed = split(rules)
        found = _ALL.get(network.default_rules if base == OWN else base) or _one_rule(base)
    except ValueError as error:
        problem = str(error).removesuffix(".")
        raise ValueError(f"rules cannot be {checks.shown(rules)}: {problem}.") from None
    for part, rule in changed.items():
        found = found.replaced(part, rule)
    return found


def rules_text(text):
    """Return a text that `choose` takes as rules of some network; raises ValueError for others."""
    base, _ = split(text)
    if base != OWN and base not in _ALL:
        _one_rule(base)
    return text


def _one_rule(text):
    """The composite of one rule, written as text, for every layer with weights."""
    if text.split(":")[0] not in WRITTEN:
        raise ValueError(
            f"they begin with a composite, {', '.join((OWN, *_ALL))}, or with a rule, such as "
            "gamma:0.1"
        )
    rule = read_rule(text)
    if not isinstance(rule, Rule):
        raise ValueError(f"{text} is no rule for layers with weights")
    return Composite(text, ((EVERY, rule),))
