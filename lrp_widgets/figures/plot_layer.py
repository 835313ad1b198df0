"""A figure of one layer as the page shows it: the picture, the layer's map, every setting."""

import numpy as np
from matplotlib import rc_context

from .._support import colors, number_words
from ..lrp import conservation_warning
from ..lrp.channels import has_channels, is_vector, summed
from ..lrp.map_measures import measure
from . import captions
from .layout import class_layers, layout
from .plots import PALE, draw_color_bar, prediction_words, shown_picture
from .sheet import INK, LINE, STYLE, Sheet, room_for, show
from .view_settings import View

MOST_BARS = 24  # as on the page: layers of so many named classes are drawn as bars


def plot_layer(e, view=None, measures=None):
    """Return a figure of one layer's map beside the picture, with every setting in its caption.

    view: a `View`, by default the relevance of the output. measures: the `MapMeasures` that the
    caption names, by default those that the explanation alone tells. A vector is laid out in rows,
    one of up to 24 named classes as bars. The caption warns as the page does.
    Raises KeyError for a layer that does not exist, ValueError for an unknown setting.
    """
    view = view or View()
    layer = e[view.current or e.layers[-1].name]
    side, gap = 3.7, 0.3
    pictured = len(e.layers[0].shape) == 3
    left = side + gap if pictured else 0
    with rc_context(STYLE):
        width, warning = left + side + (0 if pictured else gap), conservation_warning.warning(e)
        sheet = Sheet(width, side, top=0.68, bottom=1.6 + room_for(warning, width))
        if pictured:
            panel = _fit(sheet, 0, side, shown_picture(e), "picture")
            show(panel, shown_picture(e), interpolation="antialiased")
            sheet.heading(0, *prediction_words(e))
        if layer.name in class_layers(e) and layer.shape[-1] <= MOST_BARS:
            words = _draw_bars(e, layer, view, sheet.panel(left + 1.1, 0, side - 1.9, side, "map"))
        else:
            words = _draw_map(e, layer, view, sheet, left, side)
        sheet.heading(left, layer.name, f"{layer.kind_text} · {_what(layer, view)}")
        shape = "×".join(map(str, layer.shape))
        total = f"layer: {layer.name}, {shape}, ΣR {number_words.total(layer.total)}"
        looked = f"{total}\xa0· shown: {_what(layer, view)}\xa0· {words}"
        measured = (measures or measure(e)).words(layer.name)
        sheet.caption(captions.settings_line(e), looked, measured, warning)
    return sheet


def _fit(sheet, left, side, drawn, label):
    """Axes with the proportions of what is drawn, in the middle of a square."""
    rows, columns = drawn.shape[:2]
    width, height = side * columns / max(rows, columns), side * rows / max(rows, columns)
    return sheet.panel(left + (side - width) / 2, (side - height) / 2, width, height, label)


def _channels(layer, view):
    """Which channels are shown: "sum", "rgb", or a channel's number."""
    several = not is_vector(layer.shape)
    if several and 0 <= view.channel < layer.shape[-1]:
        return view.channel
    if layer.kind == "input" and view.quantity == "relevance" and layer.shape[-1] == 3 and several:
        return "rgb" if view.view == "rgb" else "sum"
    return "sum"


def _what(layer, view):
    which = _channels(layer, view)
    if which == "sum":
        return view.quantity + (", summed over channels" if has_channels(layer.shape) else "")
    return f"{view.quantity}, " + ("kept per channel" if which == "rgb" else f"channel {which}")


def _draw_bars(e, layer, view, axes):
    """One bar a class, the longest fills the panel; return what the colours are, in words."""
    values = np.asarray(getattr(layer, view.quantity), np.float64).ravel()
    largest = np.abs(values).max() or 1.0
    limits = colors.Limits(-largest, largest)
    drawn = _table(view)[colors.to_index(values, limits)] / 255
    places = np.arange(len(values))
    axes.barh(places, values, height=0.56, color=drawn, edgecolor=LINE, linewidth=0.6)
    axes.set_yticks(places, e.network.class_names[: len(values)])
    axes.set_ylim(len(values) - 0.5, -0.5)
    axes.set_xlim(min(0, -largest if values.min() < 0 else 0), largest)
    axes.axvline(0, color=INK, linewidth=0.8)
    axes.set_xticks([])
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    write = number_words.signed if view.quantity == "relevance" else number_words.number
    for place, value in zip(places, values, strict=True):
        text = "≈ 0" if abs(value) < largest / 1e4 else write(value)
        axes.text(1.04, place, text, va="center", transform=axes.get_yaxis_transform())
    return f"colour map: {_colour_words(view)}, zero in the middle"


def _draw_map(e, layer, view, sheet, left, side):
    """The map and its colour bar; return the colour settings in words."""
    values, which = getattr(layer, view.quantity), _channels(layer, view)
    cells = summed(values) if which == "sum" else values
    cells = cells[..., which] if isinstance(which, int) else cells
    limits = _limits(e, cells, which, view)
    index = colors.to_index(cells, limits)
    drawn = index if which == "rgb" else _table(view)[index]
    drawn = layout(drawn, layer.shape, PALE) if which != "rgb" else drawn
    over = view.quantity == "relevance" and view.overlay < 1 and len(e.layers[0].shape) == 3
    if over := over and not is_vector(layer.shape):
        drawn = colors.overlay(drawn, shown_picture(e), view.overlay)
    show(_fit(sheet, left, side, drawn, "map"), drawn)
    bar = sheet.panel(left, -0.28, side, 0.12, "colour bar")
    draw_color_bar(bar, limits, None if which == "rgb" else _table(view), view.quantity)
    words = [
        f"colour map: {'brightness of each channel' if which == 'rgb' else _colour_words(view)}",
        f"scale: {view.scale}, {_scale_words(limits, view)}",
        "one scale for all layers" if view.limits == "common" else "this layer's own scale",
        f"overlay: {view.overlay:.0%} relevance over the picture in gray" if over else "",
    ]
    return "\xa0· ".join(filter(None, words))


def _limits(e, cells, which, view):
    if view.limits == "common":
        cells = np.concatenate([summed(getattr(x, view.quantity)).ravel() for x in e.layers])
    find = colors.find_limits if view.quantity == "relevance" else colors.find_activation_limits
    return find(cells, view.scale, view.percentile)


def _scale_words(limits, view):
    if view.scale == "min-max" or view.quantity == "relevance":
        return captions.scale_words(limits, view.scale, view.percentile)
    beyond = number_words.share(limits.clipped, 1)
    return f"from zero to the {view.percentile:g}th percentile, {beyond} beyond"


def _table(view):
    if view.quantity == "activation":
        return colors.activation_table()
    return colors.lookup_table(view.colormap)


def _colour_words(view):
    return "white to ink" if view.quantity == "activation" else view.colormap
