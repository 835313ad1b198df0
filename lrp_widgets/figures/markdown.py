"""Words with equations: from Markdown with ``$…$`` to HTML with MathML."""

import mistune
from latex2mathml.converter import convert as mathml
from mistune.toc import add_toc_hook


class _Renderer(mistune.HTMLRenderer):
    """mistune's own, whose mathematics the browser draws by itself: no script, no network."""

    def inline_math(self, text):
        return mathml(text)

    def block_math(self, text):
        return mathml(text.strip(), display="block")


class _DocumentRenderer(_Renderer):
    """Of a document that is read beside the dashboard: its links keep one tab for that."""

    def link(self, text, url, title=None):
        whole = super().link(text, url, title)
        opens = url.partition("?")[0] == "dashboard.ipynb"
        return whole.replace("<a ", '<a target="lrp-dashboard" ', 1) if opens else whole


_PLUGINS = ["math", "table"]
_markdown = mistune.create_markdown(renderer=_Renderer(), plugins=_PLUGINS)


def html(markdown):
    """Return a piece of Markdown as HTML, its ``$…$`` and ``$$…$$`` as MathML.

        html("The *share* of $x_i$")    # '<p>The <em>share</em> of <math …>…</math></p>\\n'

    HTML within the Markdown is shown as text.
    """
    return _markdown(markdown)


def document(markdown):
    """Return a document of ours as HTML with anchors, and its headings: (level, anchor, words).

    Its links are taken as they are: mistune would refuse ``dashboard.ipynb?rules=z-plus,block2:…``
    as an unknown protocol.
    """
    renderer = _DocumentRenderer(allow_harmful_protocols=True)
    convert = mistune.create_markdown(renderer=renderer, plugins=_PLUGINS)
    add_toc_hook(convert, max_level=2)
    words, state = convert.parse(markdown)
    return words, state.env["toc_items"]
