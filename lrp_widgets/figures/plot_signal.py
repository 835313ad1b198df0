"""A signal and the relevance of its moments, one below the other."""

import numpy as np
from matplotlib import rc_context

from ..lrp import conservation_warning
from . import captions
from .plots import prediction_words
from .sheet import INK, LINE, STYLE, Sheet, room_for

FOR, AGAINST = "#b2182b", "#2166ac"  # above zero and below, as RdBu_r's ends
WIDTH, HEIGHT, GAP = 7.4, 1.5, 0.35
MOST_CHANNELS = 8  # lines that can be told apart


def plot_signal(e):
    """Return a figure of a signal over time, and its relevance over the same time below it.

    The input is (T, C): a line for each of its channels, of which there are 8 at most. Relevance
    is summed over channels; what is above zero speaks for the class explained, what is below
    against it. Raises ValueError for another input.
    """
    shape = e.layers[0].shape
    if len(shape) != 2 or shape[-1] > MOST_CHANNELS:
        raise ValueError(f"A signal is (T, C) with {MOST_CHANNELS} channels at most; got {shape}.")
    values, relevance = e.layers[0].activation, e.heatmap()
    time = np.arange(len(relevance))
    with rc_context(STYLE):
        warning = conservation_warning.warning(e)
        bottom = 1.2 + room_for(warning, WIDTH)
        sheet = Sheet(WIDTH, 2 * HEIGHT + GAP, top=0.68, bottom=bottom)
        above = _over_time(sheet.panel(0.5, HEIGHT + GAP, WIDTH - 0.5, HEIGHT, "signal"), time)
        for channel in np.moveaxis(values, -1, 0):
            above.plot(time, channel, color=INK, linewidth=0.9)
        above.set_ylabel("x")
        above.tick_params(labelbottom=False)
        below = _over_time(sheet.panel(0.5, 0, WIDTH - 0.5, HEIGHT, "relevance"), time)
        for color, part in ((FOR, np.maximum(relevance, 0)), (AGAINST, np.minimum(relevance, 0))):
            below.fill_between(time, part, step="mid", color=color, alpha=0.35, linewidth=0)
        below.plot(time, relevance, color=INK, linewidth=0.9)
        below.axhline(0, color=LINE, linewidth=0.8, zorder=0)
        below.set_ylabel("R")
        below.set_xlabel("moment")
        sheet.heading(0, *prediction_words(e))
        words = "relevance above zero (red) speaks for what is explained, below (blue) against it"
        sheet.caption(captions.settings_line(e), f"{captions.arrived(e)}; {words}", warning)
    return sheet


def _over_time(axes, time):
    axes.set_xlim(time[0], time[-1])
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(length=2, labelsize=7.5)
    axes.margins(y=0.08)
    return axes
