"""How the tour writes: prose with equations, marked words and numbers put in."""

import html
import re

from latex2mathml.converter import convert

from ...._support import number_words
from ...._support.number_words import minus, share

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


def percent(part):
    """12.3 %"""
    return share(part, 1)


def number(value):
    """Three digits without zeros at the end, and a true minus sign: 0.0123, −1.2, 3.4×10⁻⁸."""
    if value == 0 or 1e-4 <= abs(value) < 1e5:
        return minus(f"{value:.3g}")
    return number_words.number(value, 2)


def place(index):
    """A unit's or a cell's place in words."""
    if len(index) < 2:
        return f"unit {index[0]}"
    return f"row {index[0]}, column {index[1]}"
