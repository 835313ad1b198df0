"""How the tour writes: prose with equations and marked words."""

import html
import re

from latex2mathml.converter import convert

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


def place(index):
    """A unit's or a cell's place in words."""
    if len(index) < 2:
        return f"unit {index[0]}"
    return f"row {index[0]}, column {index[1]}"
