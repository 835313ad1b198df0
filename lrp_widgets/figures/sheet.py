"""A matplotlib figure laid out in inches: a title above, panels, a caption below."""

import io
import textwrap

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

INK, SOFT, LINE = "#1d2530", "#5b6675", "#c9d0d8"
MARGIN = 0.25
CAPTION = {"fontsize": 7.5}
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
        """Write lines of small text at the bottom, broken to the figure's width.

        They break at spaces, and at no-break spaces only where one piece is longer than a line.
        The figure grows where they need more room than `bottom` leaves under a colour bar.
        """
        broken = [part for line in lines for part in self._broken(line)]
        self._grow(CAPTION["fontsize"] * 1.25 / 72 * len(broken) + 0.16 + 0.5)
        bottom = self.panels[3]
        self.text(
            *self._at(0, -bottom + 0.16), "\n".join(broken), color=SOFT, va="bottom", **CAPTION
        )

    def _broken(self, line):
        """The line in pieces, none wider than the panels where that can be."""
        most = self.panels[0] * self.dpi
        for words in line.split(" "):
            if self._wide(words) > most:
                line = line.replace(words, words.replace("\xa0", " "))
        pieces = [""]
        for word in line.split(" "):
            longer = f"{pieces[-1]} {word}".strip(" ")
            if self._wide(longer) <= most or not pieces[-1]:
                pieces[-1] = longer
            else:
                pieces.append(word)
        return pieces

    def _wide(self, text):
        """How many of the figure's pixels a text is wide."""
        probe = self.text(0, 0, text, **CAPTION)
        wide = probe.get_window_extent().width
        probe.remove()
        return wide

    def _grow(self, bottom):
        """Leave at least this much room below the panels."""
        width, height, top, before = self.panels
        if bottom <= before:
            return
        old = self.get_size_inches()[1]
        new = old + bottom - before
        self.set_size_inches(width + 2 * MARGIN, new)
        self.panels = (width, height, top, bottom)
        for axes in self.axes:
            left, low, wide, high = axes.get_position().bounds
            axes.set_position((left, (low * old + new - old) / new, wide, high * old / new))
        for text in self.texts:
            text.set_y((text.get_position()[1] * old + new - old) / new)

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


def frame_bars(axes, names, ends):
    """Lay out horizontal bars, the first on top: a name before each, a line at zero, no frame.

    `ends`: values that lie between the left and the right end.
    """
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_xlim(min(ends), max(ends) if max(ends) > min(ends) else 1)
    axes.axvline(0, color=LINE, linewidth=1)
    axes.set_xticks([])
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
