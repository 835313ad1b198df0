"""Rules and composites in words: "γ = 0.25", "z⁺; block2: ε"."""

from contextlib import suppress

from .._support.number_words import minus, number
from .rule_syntax import read_rule, split

_SYMBOLS = {"epsilon": "ε", "gamma": "γ", "alpha": "α", "beta": "β"}


def rule(rule):
    """Return a rule with its settings: "γ = 0.25", "ε = 0.25 · rms(z)", "αβ, α = 2, β = 1"."""
    values = {key: value for key, value in vars(rule).items() if value is not None}
    relative = " · rms(z)" if values.pop("relative", False) else ""
    words = {key: _words(value) for key, value in values.items() if not isinstance(value, bool)}
    name = "generalised γ" if values.get("generalized") else rule.name
    usual = bool(getattr(type(rule), "bias", False))
    bias = "" if getattr(rule, "bias", usual) == usual else f" with{'out' * usual} bias"
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


def rule_words(name):
    """Return a composite, as `rule_syntax` writes it, in words: "z⁺; block2: γ = 0.1"."""
    try:
        base, changed = split(name)
    except ValueError:
        return name  # a composite of one's own, called otherwise
    with suppress(ValueError):  # a composite's own name is its word
        base = rule(read_rule(base))
    return "; ".join([base, *(f"{part}: {rule(each)}" for part, each in changed.items())])
