"""Words beside what they are about: a lesson's text on the left of its widget."""

from ipywidgets import HTML, Box

from ...figures.markdown import html


class Beside(Box):
    """Markdown with ``$…$`` on the left, a widget on the right; one above the other where narrow.

    Beside("### Try this\\n1. Pull $x_1$ to 0.", widget)
    """

    def __init__(self, markdown, widget):
        words, frame = HTML(html(markdown)), Box([widget])
        words.add_class("lrp-beside-words")
        frame.add_class("lrp-beside-widget")
        super().__init__([words, frame])
        self.add_class("lrp-beside")
