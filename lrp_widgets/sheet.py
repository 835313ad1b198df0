"""A matplotlib figure laid out in inches: a title above, panels, a caption below."""

import io
import textwrap

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

INK, SOFT, LINE = "#1d2530", "#5b6675", "#c9d0d8"
MARGIN = 0.25
# What artists take from matplotlib's settings while they are made: a person's own style must not
# change what our figures say.
STYLE = {
    "font.family": ["DejaVu Sans"],
    "font.size": 9,
    "text.color": INK,
    "axes.edgecolor": LINE,
    "axes.facecolor": "white",
    "axes.grid": False,
    "axes.labelcolor": SOFT,
    "xtick.color": SOFT,
    "ytick.color": INK,
    "hatch.linewidth": 0.6,
    "image.interpolation": "nearest",
    "text.usetex": False,
}


class Sheet(Figure):
    """A figure made without pyplot: notebooks show it once, and nothing keeps it in memory.

    width, height: of the panels' area in inches, above and below which `top` and `bottom` inches
    stay for titles and captions. Places are counted from that area's lower left corner.
    """

    def __init__(self, width, height, top, bottom):
        self.panels = (width, height, top, bottom)
        super().__init__(
            figsize=(width + 2 * MARGIN, height + top + bottom), dpi=110, facecolor="white"
        )
        FigureCanvasAgg(self)

    def panel(self, left, up, width, height, label=""):
        """Return new axes of this size at this place; `label` is what code finds them by."""
        return self.add_axes((*self._at(left, up), *self._share(width, height)), label=label)

    def heading(self, left, text, remark):
        """Write a panel's heading, and a remark under it, above the panels."""
        _, height, top, _ = self.panels
        self.text(*self._at(left, height + top - 0.36), text, fontsize=11, fontweight="bold")
        self.text(*self._at(left, height + top - 0.56), remark, fontsize=8, color=SOFT)

    def caption(self, *lines):
        """Write lines of small text at the bottom, broken to the figure's width."""
        width, _, _, bottom = self.panels
        wrapped = [part for line in lines for part in wrap(line, width)]
        self.text(
            *self._at(0, -bottom + 0.16), "\n".join(wrapped), fontsize=7.5, color=SOFT, va="bottom"
        )

    def _at(self, left, up):
        bottom = self.panels[3]
        return self._share(MARGIN + left, bottom + up)

    def _share(self, width, height):
        whole_width, whole_height = self.get_size_inches()
        return width / whole_width, height / whole_height

    def _repr_png_(self):
        file = io.BytesIO()
        self.savefig(file, format="png")
        return file.getvalue()


def wrap(line, width):
    """Break a line of small text to a width in inches: a list of lines."""
    return textwrap.wrap(line, round(19 * width))


def room_for(line, width):
    """Return how many inches more a caption needs for a line of small text."""
    return 0.14 * len(wrap(line, width))


def show(axes, picture, **settings):
    """Draw an image that fills its axes, in a hairline frame and without ticks."""
    axes.imshow(picture, aspect="auto", **settings)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines[:].set_linewidth(0.6)
