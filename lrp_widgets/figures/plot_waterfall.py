"""The waterfall as a figure: from the output to the pixels, what each cause took or gave."""

import numpy as np
from matplotlib import rc_context

from .._support import number_words
from ..lrp import conservation_warning
from . import captions
from .plots import ABSORBED, PASSED
from .sheet import SOFT, STYLE, Sheet, frame_bars, room_for
from .waterfall import waterfall


def plot_waterfall(e):
    """Return a figure of the way from the output to the pixels, cause by cause.

    Each bar begins where the one above it ends: initial relevance − bias − stabilizer − dead −
    padding = pixels, sums over all layers. What was lost is hatched, what was gained within dashes.
    Raises ValueError for an explanation of several pictures.
    """
    steps = waterfall(e)
    places = np.arange(len(steps))
    names, bars, numbers = 1.9, 3.6, 1.7
    height, words = 0.32 * len(steps), conservation_warning.words(e)
    with rc_context(STYLE):
        width = names + bars + numbers
        bottom = 0.75 + room_for(words, width) + room_for(captions.settings_line(e), width)
        sheet = Sheet(width, height, top=0.72, bottom=bottom)
        axes = sheet.panel(names, 0, bars, height, "waterfall")
        for place, step in zip(places, steps, strict=True):
            gained = not step.is_end and step.change * e.start_total > 0
            look = {"facecolor": PASSED}
            if not step.is_end:
                look = {"facecolor": "white", "edgecolor": SOFT, "hatch": ABSORBED.get(step.entry)}
                look |= {"linestyle": "--" if gained else "-", "linewidth": 0.8}
            axes.barh(place, step.change, left=step.before, height=0.6, **look)
            told = number_words.total(step.change)
            told = told if step.is_end or step.change <= 0 else f"+{told}"
            row = {"transform": axes.get_yaxis_transform(), "va": "center", "fontsize": 8}
            share = number_words.share(step.change, e.start_total)
            axes.text(1.04, place, f"{told}   ({share})", **row)
        ends = [0.0, *(level for step in steps for level in (step.before, step.after))]
        frame_bars(axes, [step.name for step in steps], ends)
        sheet.heading(0, "From the output to the pixels, ΣR", captions.arrived(e))
        sheet.caption(words, captions.settings_line(e))
    return sheet
