"""`explain`: a picture in, the relevance at every layer out."""

import numpy as np

from ..networks.inputs import check_network, network_input
from . import targets as starts
from .composites import assign, choose
from .explanation import Explanation, Explanations
from .layer_result import ABSORBED, LayerResults
from .question import Question


def explain(
    network,
    image,
    rules="z-plus",
    pooling="avg",
    start=None,
    target=None,
    other=None,
    input_rule="ones",
    epsilon=1e-9,
    dtype="float32",
) -> Explanation | Explanations:
    """Propagate relevance from the network's output back to the picture.

    At every layer R_i = Σ_j (contribution of i to j) / (z_j + b'_j + ε) · R_j, with the
    contributions of the layer's rule; the start is R^(N) = f(x).

    `image`: uint8 goes through the network's preprocessing, a float array is its input as it
    is, channels in the order that it was trained with; (H, W, C) or (B, H, W, C), or (D,) or (B, D)
    for a network without pictures.
    `rules`: a composite, its name (`composites.NAMES`), one rule for all layers with weights, text
    of these such as "epsilon-plus,block2:gamma:1/4" (`rule_text`), or None for the network's own
    default. `pooling`: "avg" (proportional) or "max" (winner-take-all). `start`: "softmax",
    "probability", "logit", "contrast", None for the network's default. `target`, `other`: class
    index or name, by default the top class and the runner-up; for a batch also a list.
    `input_rule`, for the first layer: "ones" is the composite's own rule for it and, where it names
    none, z⁺ with x = 1; None treats it like every other; or a rule. `epsilon`: the stabilizer, ≥ 0.
    `dtype`: "float32" or "float64".

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
    )
    return answer(network, image, question)


def answer(network, image, question) -> Explanation | Explanations:
    """What `explain` returns for a `Question`; errors as there."""
    rules = choose(network, question.rules)
    start = starts.choose(network, question.start)
    assigned = assign(network, rules, question.pooling, question.input_rule)
    x, pictures, single = network_input(network, image, question.dtype)
    targets = starts.class_indices(network, question.target, len(x))
    others = starts.class_indices(network, question.other, len(x))

    outputs, relevances, ledger, targets, others = _run(
        network, assigned, start, x, targets, others, question.epsilon, question.dtype
    )
    if start == "contrast" and np.any(targets == others):
        raise ValueError("A contrast needs two different classes; target and other are the same.")
    _check_relevance(relevances, ledger)
    explanations = Explanations(
        network=network,
        layers=_results(network, assigned, outputs, relevances, ledger),
        pictures=pictures,
        start=start,
        target_index=None if start == "softmax" else targets,
        other_index=others if start == "contrast" else None,
        settings={
            "rules": rules.name,
            "pooling": question.pooling,
            "input_rule": getattr(question.input_rule, "name", question.input_rule),
            "epsilon": question.epsilon,
            "dtype": question.dtype,
        },
    )
    return explanations[0] if single else explanations


def _run(network, rules, start, x, targets, others, epsilon, dtype):
    """Both passes: every layer's output, relevance and ledger, and the classes, as arrays."""
    from .engine.runner import picture_key, runner_of

    runner, key = runner_of(network), picture_key(x, dtype)
    forward = runner.kept(key, rules)
    if forward is None:
        forward, found = runner.both(key, x, rules, start, targets, others, epsilon)
        outputs = _arrays(forward.passed.outputs)
        if not np.isfinite(forward.passed.all):
            _check_finite("output", outputs)
        runner.keep(forward)
    else:
        outputs = _arrays(forward.passed.outputs)
        starts.check_output(network, start, outputs[network.layers[-1].name].shape)
        found = runner.backward(forward, rules, start, targets, others, epsilon)
    relevances, ledger, targets, others = found
    return outputs, _arrays(relevances), ledger, np.asarray(targets), np.asarray(others)


def _arrays(tensors):
    """The same with NumPy's arrays, which are views of the tensors' memory."""
    return {name: np.asarray(value) for name, value in tensors.items()}


def _results(network, rules, outputs, relevances, ledger):
    """The layers of `Explanations`, input first."""
    results = []
    for layer in network.layers:
        relevance, activation = relevances[layer.name], outputs[layer.name]
        ways = ()
        if layer.name not in ledger:  # the input: nothing is absorbed below it
            zero = np.zeros(len(relevance))
            total = relevance.sum(tuple(range(1, relevance.ndim)), dtype=np.float64)
            absorbed = dict.fromkeys((*ABSORBED, "rounding"), zero)
        else:
            entry = ledger[layer.name]
            total = entry["in"]
            absorbed = {key: entry[key] for key in ABSORBED}
            absorbed["rounding"] = total - entry["out"] - sum(absorbed.values())
            if len(layer.inputs) > 1:
                ways = tuple(zip(layer.inputs, entry["ways"], strict=True))
        rule = rules.get(layer.name)
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
                ways=ways,
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
    if not all(np.isfinite(entry["in"]).all() for entry in ledger.values()):
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
