"""How the tour writes: prose with equations, marked words and numbers put in."""

import html
import re

from latex2mathml.converter import convert

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_PIECE = re.compile(r"\$\$(?P<display>.+?)\$\$|\$(?P<inline>.+?)\$|\[(?P<part>.+?)\]")


def to_html(text):
    """Return HTML: `$x_i$` becomes MathML, `[the map]` names the part that is highlighted."""

    def piece(match):
        match match.lastgroup, match[match.lastgroup]:
            case "part", words:
                return f'<mark class="lrp-tour-part">{html.escape(words)}</mark>'
            case kind, latex:
                return convert(latex, display="block" if kind == "display" else "inline")

    found, end = [], 0
    for match in _PIECE.finditer(text):
        found += [html.escape(text[end : match.start()]), piece(match)]
        end = match.end()
    return "".join([*found, html.escape(text[end:])])


def percent(share):
    """12.3 %"""
    return f"{100 * share:.1f} %".replace("-", "−")


def number(value):
    """Three digits with a true minus sign: 0.0123, −1.20, 3.4×10⁻⁸."""
    if value == 0 or 1e-4 <= abs(value) < 1e5:
        text = f"{value:.3g}"
    else:
        factor, power = f"{value:.1e}".split("e")
        text = f"{factor}×10" + str(int(power)).translate(_SUPERSCRIPTS)
        return text.replace("-", "−")
    return text.replace("-", "−")


def total(value):
    """A layer's total as the page writes it: 1.000."""
    return f"{value:.3f}".replace("-", "−")


def place(index):
    """A unit's or a cell's place in words."""
    if len(index) < 2:
        return f"unit {index[0]}"
    return f"row {index[0]}, column {index[1]}"
