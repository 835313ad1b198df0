"""Numbers and settings in words, for figures, summaries and files."""

from contextlib import suppress

from .rule_text import read_rule, split
from .rules import Ones, Rule

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_POOLING = {"avg": "proportional", "max": "winner-take-all"}
_SYMBOLS = {"epsilon": "ε", "gamma": "γ", "alpha": "α", "beta": "β"}
_INPUT_RULES = {"ones": "x = 1", None: "like every layer"}


def number(value, digits=3):
    """Return a number in so many significant digits: 0.00081, −1.35, 8.1×10⁻⁷."""
    value = float(value)
    if value == 0:
        return "0"
    if 1e-4 <= abs(value) < 1e5:
        text = f"{value:#.{digits}g}".rstrip(".")
        text = text if "e" not in text else f"{value:.0f}"
    else:
        factor, power = f"{value:.{digits - 1}e}".split("e")
        text = f"{factor}×10{str(int(power)).translate(_SUPERSCRIPTS)}"
    return minus(text)


def signed(value, digits=3):
    """Return the same with its sign also where it is positive: colour never tells it alone."""
    return ("+" if value > 0 else "") + number(value, digits)


def total(value):
    """Return a layer's total: three decimals, one for large logits, 5.49×10⁸ for larger ones."""
    if abs(value) >= 1e5:
        return number(value)
    return minus(f"{value:.{3 if abs(value) < 100 else 1}f}")


def share(value, whole):
    """Return value as a percentage of whole: "98.2 %", "5.49×10¹⁰ %"; "–" if the whole is zero."""
    if not whole:
        return "–"
    percent = 100 * value / whole
    return f"{number(percent)} %" if abs(percent) >= 1e5 else minus(f"{percent:.1f} %")


def correlation(r):
    """Return a correlation in words: "−0.12", "0.998", "> 0.999"; "1.00" is exact, "–" is NaN."""
    if r != r:
        return "–"
    if abs(r) < 0.995 or abs(r) > 1 - 1e-12:
        return minus(f"{r:.2f}")
    if abs(r) < 0.9995:
        return minus(f"{r:.3f}")
    return "> 0.999" if r > 0 else "< −0.999"


def rule(rule):
    """Return a rule with its settings: "γ = 0.25", "ε = 0.25 · rms(z)", "αβ, α = 2, β = 1"."""
    values = {key: value for key, value in vars(rule).items() if value is not None}
    relative = " · rms(z)" if values.pop("relative", False) else ""
    words = {key: _words(value) for key, value in values.items() if not isinstance(value, bool)}
    name = "generalised γ" if values.get("generalized") else rule.name
    usual = getattr(type(rule), "bias", None)
    bias = "" if getattr(rule, "bias", None) == usual else f" with{'out' * usual} bias"
    settings = [f"{_SYMBOLS.get(key, key)} = {text}{relative}" for key, text in words.items()]
    if len(settings) == 1 and settings[0].startswith(rule.name):
        return name.removesuffix(rule.name) + settings[0] + bias
    return ", ".join([name + bias, *settings])


def _words(value):
    if isinstance(value, tuple):
        some = [minus(f"{each:.4g}") for each in value[:4]]
        return f"({', '.join(some)}{', …' if len(value) > 4 else ''})"
    text = f"{value:.4g}"
    return number(value, 1) if "e" in text else minus(text)


def minus(text):
    """Return a formatted number with a true minus sign, and none before a zero."""
    if text.startswith("-") and not text.strip("-0. %"):
        return text[1:]
    return text.replace("-", "−")


def explained(e):
    """Return what is explained, in words: "all classes (softmax)", "logit of Egyptian cat"."""
    if e.start == "softmax":
        return "all classes (softmax)"
    if e.start == "contrast":
        return f"{e.target} against {e.other} (contrast)"
    return f"{e.start} of {e.target}"


def rule_words(name):
    """Return a composite, as `rule_text` writes it, in words: "z⁺; block2: γ = 0.1"."""
    try:
        base, changed = split(name)
    except ValueError:
        return name  # a composite of one's own, called otherwise
    with suppress(ValueError):  # a composite's own name is its word
        base = rule(read_rule(base))
    return "; ".join([base, *(f"{part}: {rule(each)}" for part, each in changed.items())])


def settings(e):
    """Return every setting of an explanation, {name: words}, in the order to be read."""
    network, used = e.network, e.settings
    seed = f", seed {network.seed}" if network.weights == "random" else ""
    return {
        "network": network.name,
        "weights": f"{network.weights}{seed}",
        "rule": rule_words(used["rules"]),
        "input layer": _input_rule(e),
        "pooling": _POOLING[e.pooling],
        "explained": explained(e),
        "stabilizer": f"ε = {number(used['epsilon'], 1)}",
        "dtype": used["dtype"],
    }


def _input_rule(e):
    """The first weights' rule; "ones" may stand for one that the composite has of its own."""
    asked = e.settings["input_rule"]
    if asked == "ones":
        used = next((each.rule for each in e.layers if isinstance(each.rule, Rule)), None)
        if used is not None and not isinstance(used, Ones):
            return rule(used)
    return _INPUT_RULES.get(asked, str(asked))


def settings_line(e):
    """Return all settings in one text, which breaks between settings only."""
    parts = [f"{name}: {words}".replace(" ", "\xa0") for name, words in settings(e).items()]
    return "\xa0· ".join(parts)


def arrived(e):
    """Return how much of the start reached the pixels: "99.8 % of the start reached the pixels"."""
    return f"{share(e.layers[0].total, e.start_total)} of the start reached the pixels"


def scale_words(limits, scale, percentile):
    """Return what the colours' limits are: "± the 99.5th percentile of |R|, 0.5 % beyond"."""
    if scale == "min-max":
        return "from the smallest to the largest value"
    return f"± the {percentile:g}th percentile of |R|, {share(limits.clipped, 1)} beyond"
