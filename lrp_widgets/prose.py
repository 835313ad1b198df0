"""Words with equations: from Markdown with ``$…$`` to HTML with MathML."""

import mistune
from latex2mathml.converter import convert as mathml


class _Renderer(mistune.HTMLRenderer):
    """mistune's own, whose mathematics the browser draws by itself: no script, no network."""

    def inline_math(self, text):
        return mathml(text)

    def block_math(self, text):
        return mathml(text.strip(), display="block")


_markdown = mistune.create_markdown(renderer=_Renderer(), plugins=["math", "table"])


def html(markdown):
    """Return a piece of Markdown as HTML, its ``$…$`` and ``$$…$$`` as MathML.

        html("The *share* of $x_i$")    # '<p>The <em>share</em> of <math …>…</math></p>\\n'

    HTML within the Markdown is shown as text.
    """
    return _markdown(markdown)
