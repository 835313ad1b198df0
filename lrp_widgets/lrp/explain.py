"""`explain`: a picture in, the relevance at every layer out."""

import numpy as np

from ..networks.inputs import check_network, network_input
from . import targets
from .composites import InputRule, Rules, choose
from .explanation import Explanation, Explanations
from .layer_result import ABSORBED, LayerResults
from .question import Question

# What of a layer's total its inputs do not get, rounding included.
NOT_HANDED_ON = (*ABSORBED, "rounding")


def explain(
    network,
    image,
    rules: Rules = "z-plus",
    pooling="avg",
    start=None,
    target=None,
    other=None,
    input_rule: InputRule = "ones",
    epsilon=1e-9,
    dtype="float32",
    through=None,
) -> Explanation | Explanations:
    """Propagate relevance from the network's output back to the picture.

    At every layer R_i = Σ_j (contribution of i to j) / (z_j + b'_j + ε) · R_j, with the
    contributions of the layer's rule; the initial relevance is R^(N) = f(x).

    `image`: uint8 goes through the network's preprocessing, a float array is its input as it
    is, channels in the order that it was trained with; (H, W, C) or (B, H, W, C), or (D,) or (B, D)
    for a network without pictures.
    `rules`: a composite, its name (`composites.NAMES`), one rule for all layers with weights, text
    of these such as "epsilon-plus,block2:gamma:1/4" (`rule_syntax`), or None for the network's own
    default. `pooling`: "avg" (proportional) or "max" (winner-take-all). `start`: "softmax",
    "probability", "logit", "contrast", None for the network's default. `target`, `other`: class
    index or name, by default the top class and the runner-up; for a batch also a list.
    `input_rule`, for the first layer: "ones" is the composite's own rule for it and, where it names
    none, z⁺ with x = 1; None treats it like every other; or a rule. `epsilon`: the stabilizer, ≥ 0.
    `dtype`: "float32" or "float64". `through`: {layer: channels}, counted from 0, such as
    {"block3_conv2": [5, 7]} or "block3_conv2:5,7": only what passes through these channels is
    followed below that layer, and of several layers what passes through all of them (`through`).

    Any number of threads may explain at once, with one network or with several.

    Returns an `Explanation`, for a batch `Explanations`. Raises ValueError, in one sentence, for
    anything that does not fit. Source: Bach et al. 2015; the defaults are those of "Layer-wise
    Relevance Propagation with Tensorflow".
    """
    check_network(network)
    question = Question(
        rules=rules,
        pooling=pooling,
        start=start,
        target=target,
        other=other,
        input_rule=input_rule,
        epsilon=epsilon,
        dtype=dtype,
        through=through,
    )
    return answer(network, image, question)


def answer(network, image, question) -> Explanation | Explanations:
    """What `explain` returns for a `Question`; errors as there."""
    from .engine.runner import runner_of

    rules, runner = choose(network, question.rules), runner_of(network)
    assigned = runner.rules(rules, question.pooling, question.input_rule)
    path = runner.path(question.through)
    x, pictures, single = network_input(network, image, question.dtype)
    start = targets.initial_relevance(question, network, len(x))
    forward = runner.forward(x, assigned)
    trace = runner.backward(forward, start, assigned, question.epsilon, path)
    _check_classes(start, trace)
    layers = _results(network, forward, trace)
    explanations = Explanations(
        network=network,
        layers=layers,
        pictures=pictures,
        start=start.kind,
        target_index=None if start.kind == "softmax" else trace.target,
        other_index=trace.other if start.kind == "contrast" else None,
        settings=_settings(question, rules),
    )
    return explanations[0] if single else explanations


def _settings(question, rules):
    """What was asked, but for the start and its classes, which the explanation has of its own."""
    asked = {**vars(question), "rules": rules.name}
    asked["input_rule"] = getattr(question.input_rule, "name", question.input_rule)
    return {name: asked[name] for name in asked if name not in ("start", "target", "other")}


def _check_classes(start, trace):
    if start.kind == "contrast" and np.any(trace.target == trace.other):
        raise ValueError("A contrast needs two different classes; target and other are the same.")


def _results(network, forward, trace):
    """The layers of `Explanations`, input first."""
    outputs, ledger = forward.outputs, trace.ledger
    relevances = {name: np.asarray(relevance) for name, relevance in trace.relevances.items()}
    if not forward.finite:
        _check_finite("output", outputs)
    _check_relevance(relevances, ledger)
    results = []
    for layer in network.layers:
        relevance, activation = relevances[layer.name], outputs[layer.name]
        branches = ()
        if layer.name not in ledger:  # the input: nothing is absorbed below it
            zero = np.zeros(len(relevance))
            total = relevance.sum(tuple(range(1, relevance.ndim)), dtype=np.float64)
            absorbed: dict[str, np.ndarray] = dict.fromkeys(NOT_HANDED_ON, zero)
        else:
            entry = ledger[layer.name]
            total = entry["in"]
            absorbed = {key: entry[key] for key in NOT_HANDED_ON}
            if len(layer.inputs) > 1:
                branches = tuple(zip(layer.inputs, entry["branches"], strict=True))
        rule = trace.rules.get(layer.name)
        results.append(
            LayerResults(
                name=layer.name,
                kind=layer.kind,
                kind_text=layer.kind_text,
                rule=rule,
                equation=_equation(network, layer, rule),
                shape=relevance.shape[1:],
                activation=activation,
                relevance=relevance,
                total=total,
                absorbed=absorbed,
                branches=branches,
            )
        )
    return results


def _equation(network, layer, rule):
    """The rule's equation, in its form for inputs of both signs where these can occur."""
    if rule is None:
        return ""
    if all(network.nonnegative(source) for source in layer.inputs):
        return rule.equation
    return getattr(rule, "signed_equation", rule.equation)


def _check_relevance(relevances, ledger):
    """Look closer only where a total is no number: what is not finite would make it so."""
    inside = {name: r for name, r in relevances.items() if name not in ledger}
    _check_finite("relevance", inside)
    if not np.isfinite([entry["in"] for entry in ledger.values()]).all():
        _check_finite("relevance", relevances)


def _check_finite(what, arrays):
    for name, array in arrays.items():
        if not _finite(array):
            raise ValueError(
                f"The {what} of layer {name!r} is too large to be a number here: "
                'check the picture\'s values, or try dtype="float64".'
            )


def _finite(array):
    """Whether all values are finite: the quick way first, which a sum too large may spoil."""
    with np.errstate(over="ignore", invalid="ignore"):
        return np.isfinite(array.sum()) or np.isfinite(array).all()
