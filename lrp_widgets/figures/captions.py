"""An explanation's settings in words, for figures, summaries and files."""

from .._support.number_words import number, share
from ..lrp.attribution import MethodMap
from ..lrp.judging import METHOD_WORDS
from ..lrp.question import Question
from ..lrp.rule_words import rule, rule_words
from ..lrp.rules import Ones, Rule
from ..lrp.settings import settings as settings_of
from ..lrp.through import words as through_words

# Beside the classes of a network with random weights.
MEANINGLESS = "random weights: the names mean nothing"

_QUESTION = settings_of(Question)


def explained(e):
    """Return what is explained, in words: "all classes (softmax)", "logit of Egyptian cat"."""
    if e.start == "softmax":
        return _QUESTION["start"].in_words("softmax")
    if e.start == "contrast":
        return f"{e.target} against {e.other} (contrast)"
    return f"{e.start} of {e.target}"


def class_label(names, number):
    """Return a class's name where it says which class is meant, else its number."""
    name = names[number]
    return name if names.count(name) == 1 and not name.isdigit() else number


def names_remark(network):
    """Return why the classes' names mean nothing, "" where they mean something."""
    return MEANINGLESS if getattr(network, "weights", None) == "random" else ""


def settings(e):
    """Return every setting of an explanation or a `MethodMap`, {name: words}, in reading order."""
    network, used = e.network, e.settings
    seed = f", seed {network.seed}" if network.weights == "random" else ""
    of_network = {"network": network.name, "weights": f"{network.weights}{seed}"}
    if isinstance(e, MethodMap):
        words = of_network | {"method": METHOD_WORDS[e.method], "explained": explained(e)}
        return words | {name: str(value) for name, value in used.items()}
    words = {
        **of_network,
        "rule": rule_words(used["rules"]),
        "input layer": _input_rule(e),
        "pooling": _QUESTION["pooling"].in_words(e.pooling),
        "explained": explained(e),
        "stabilizer": f"ε = {number(used['epsilon'], 1)}",
        "dtype": used["dtype"],
    }
    named = {"rules", "input_rule", "pooling", "epsilon", "dtype"}
    for name, value in used.items():  # any other setting, where it is not as by default
        if name not in named and value != _QUESTION[name].default:
            said = through_words(value) if name == "through" else _QUESTION[name].in_words(value)
            words[_QUESTION[name].label.lower()] = said
    return words


def _input_rule(e):
    """The first weights' rule; "ones" may stand for one that the composite has of its own."""
    asked = e.settings["input_rule"]
    if asked == "ones":
        used = next((each.rule for each in e.layers if isinstance(each.rule, Rule)), None)
        if used is not None and not isinstance(used, Ones):
            return rule(used)
    return "like every layer" if asked is None else _QUESTION["input_rule"].in_words(asked)


def settings_line(e):
    """Return all settings in one text, which breaks between settings only."""
    parts = [f"{name}: {words}".replace(" ", "\xa0") for name, words in settings(e).items()]
    return "\xa0· ".join(parts)


def arrived(e):
    """Return how much arrived: "99.8 % of the initial R reached the pixels"."""
    return f"{share(e.layers[0].total, e.start_total)} of the initial R reached the pixels"


def scale_words(limits, scale, percentile):
    """Return what the colours' limits are: "± the 99.5th percentile of |R|, 0.5 % beyond"."""
    if scale == "min-max":
        return "from the smallest to the largest value"
    return f"± the {percentile:g}th percentile of |R|, {share(limits.clipped, 1)} beyond"
