"""Perturbation curves as a figure: a class's score while a picture is taken apart."""

from itertools import cycle

import numpy as np
from matplotlib import rc_context

from .._support import number_words
from ..lrp.judging import ORDER_WORDS
from ..lrp.metrics import area_between
from .sheet import LINE, SOFT, STYLE, Sheet

# What a curve is drawn like beside its colour, so that colour never tells it alone.
LINES = {"morf": "-", "lerf": "--", "random": ":"}
# Okabe and Ito's colours for those who cannot tell red from green; curves beyond them repeat them.
COLORS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")


def plot_perturbation(curves, class_name=""):
    """Return a figure of curves: the score over the patches replaced.

    `curves`: {name: [`metrics.Perturbation`, …]}, such as both directions of a map under its name,
    of one picture and the same settings. Between both directions of a map the area is shaded, and
    its number stands beside the name. Raises ValueError for no curve at all, and for curves of
    different settings.
    """
    every = [one for several in curves.values() for one in several]
    if not every:
        raise ValueError("There is no curve to draw: give at least one Perturbation.")
    settings = every[0].settings
    if any(one.settings != settings for one in every):
        raise ValueError("Only curves of the same settings can be compared in one figure.")
    width, height = 6.4, 3.4
    with rc_context(STYLE):
        sheet = Sheet(width, height, top=0.72, bottom=0.75)
        axes = sheet.panel(0.5, 0, width - 2.6, height, "perturbation")
        for color, (name, several) in zip(cycle(COLORS), curves.items(), strict=False):
            by_order = {one.order: one for one in several}
            area = _area(by_order)
            for k, (order, one) in enumerate(by_order.items()):
                label = None if k else name if area is None else f"{name}, area {area}"
                axes.plot(one.scores, LINES[order], color=color, label=label, linewidth=1.4)
            if area is not None:
                most, least = (by_order[order].scores for order in ("morf", "lerf"))
                places = np.arange(len(most))
                axes.fill_between(places, most, least, color=color, alpha=0.12, linewidth=0)
        for order in sorted({one.order for one in every}, key=list(LINES).index):
            axes.plot([], [], LINES[order], color=SOFT, label=ORDER_WORDS[order], linewidth=1.4)
        axes.axhline(0, color=LINE, linewidth=0.8, zorder=0)
        axes.set_xlabel("patches replaced", color=SOFT)
        axes.set_ylabel(f"{settings.get('score', 'score')} of {class_name or 'the class'}")
        axes.spines[["top", "right"]].set_visible(False)
        axes.set_xlim(0, max(len(one.scores) for one in every) - 1)
        axes.legend(loc="upper left", bbox_to_anchor=(1.02, 1), frameon=False, fontsize=7.5)
        sheet.heading(0, "The picture taken apart", _remark(settings))
        sheet.caption(
            "Shaded: the area between least and most relevant first, the mean distance of the "
            "curves. A random map has 0 in the mean. Other baselines can turn the ranking over."
        )
    return sheet


def _area(by_order):
    """The area between both directions in words; None where there are not both."""
    if not {"morf", "lerf"} <= by_order.keys():
        return None
    return number_words.signed(area_between(by_order["morf"], by_order["lerf"]), 2)


def _remark(settings):
    if not settings:
        return ""
    return f"patches {settings['patch']} pixels wide, replaced by: {settings['baseline']}"
