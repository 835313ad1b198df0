"""Figures of an explanation, for notebooks, papers and files."""

import numpy as np
from matplotlib import rc_context

from .._support import checks, colors, number_words
from ..lrp import conservation_warning
from ..lrp.channels import summed
from ..lrp.map_measures import measure
from . import captions
from .sheet import LINE, SOFT, STYLE, Sheet, frame_bars, room_for, show

__all__ = ["plot_heatmap", "plot_layers", "plot_totals"]

# Where absorbed relevance went: hatched, for it is no relevance that one still sees.
ABSORBED = {
    "bias": "/////",
    "stabilizer": ".....",
    "dead": "xxxxx",
    "padding": "++++",
    "set aside": "ooo",
}
GAINED = {
    "bias": "\\\\\\\\\\",
    "stabilizer": "....",
    "dead": "xxxx",
    "padding": "|||||",
    "set aside": "oo",
}
PASSED = "#9aa5b3"
PALE = 238  # the gray of cells that a vector's last row leaves empty


def plot_heatmap(
    e,
    channels="gray",
    colormap="RdBu_r",
    scale="symmetric",
    percentile=colors.PERCENTILE,
    overlay=1.0,
    measures=None,
):
    """Return a figure of the picture beside its relevance map, with every setting named.

    The caption warns where the map is not to be trusted (`conservation_warning.warning`).
    channels: "gray", relevance summed over the channels, or "rgb", kept per channel.
    colormap: one of `colors.COLORMAPS`. scale: "symmetric" about zero, ± the `percentile` of |R|,
    or "min-max". overlay: strength of the relevance over the picture, 1 for relevance alone.
    measures: the `MapMeasures` that the caption names, by default what the explanation alone tells.
    Raises ValueError for an unknown setting, or where the input is no picture.
    """
    overlay = checks.number("The overlay's strength", overlay, 0, 1)
    percentile = checks.number("The percentile", percentile, above=0, most=100)
    if len(e.layers[0].shape) != 3:
        raise ValueError(
            f"The input, {e.layers[0].shape}, is no picture to draw a map beside; "
            "e.plot_layers() shows the relevance of every layer."
        )
    heatmap = e.heatmap(channels)
    if heatmap.ndim == 3 and heatmap.shape[-1] != 3:
        raise ValueError(f'An input of {heatmap.shape[-1]} channels has no "rgb" view; use "gray".')
    limits = colors.find_limits(heatmap, scale, percentile)
    picture = shown_picture(e)
    relevance = colors.to_rgb(heatmap, limits, colormap)
    if overlay != 1:
        relevance = colors.overlay(relevance, picture, overlay)

    side, gap = 3.7, 0.3
    height = side * heatmap.shape[0] / heatmap.shape[1]
    view = "summed over channels" if channels == "gray" else "kept per channel"
    with rc_context(STYLE):
        width, warning = 2 * side + gap, conservation_warning.warning(e)
        sheet = Sheet(width, height, top=0.68, bottom=1.4 + room_for(warning, width))
        show(sheet.panel(0, 0, side, height, "picture"), picture, interpolation="antialiased")
        show(sheet.panel(side + gap, 0, side, height, "relevance"), relevance)
        sheet.heading(0, *prediction_words(e))
        sheet.heading(side + gap, "Relevance of the pixels", f"{view}; {captions.arrived(e)}")
        bar = sheet.panel(side + gap, -0.28, side, 0.12, "colour bar")
        table = colors.lookup_table(colormap) if channels == "gray" else None
        draw_color_bar(bar, limits, table)
        words = f"colours {scale}: {captions.scale_words(limits, scale, percentile)}"
        if channels == "rgb" and scale == "symmetric":
            words += "; each channel is its colour's brightness, mid-gray is zero"
        if overlay < 1:
            words += f"; {overlay:.0%} relevance over the picture in gray"
        measured = (measures or measure(e)).words(e.layers[0].name)
        sheet.caption(captions.settings_line(e), words, measured, warning)
    return sheet


def plot_layers(
    e, colormap="RdBu_r", scale="symmetric", percentile=colors.PERCENTILE, limits="layer"
):
    """Return the film strip: a small relevance map of every layer, from input to output.

    Maps are summed over channels; a layer that is a vector is laid out in rows, top left first;
    the layers of a volume stand below one another.
    limits: "layer", each on its own scale, or "common" to all. The other settings are those of
    `plot_heatmap`. Raises ValueError for an unknown setting.
    """
    percentile = checks.number("The percentile", percentile, above=0, most=100)
    limits = checks.choice("limits", limits, ("layer", "common"))
    maps = [summed(layer.relevance) for layer in e.layers]
    common = colors.find_limits(np.concatenate([m.ravel() for m in maps]), scale, percentile)
    columns = min(len(maps), 8)
    side, gap, words = 1.12, 0.16, 0.66
    rows = -(-len(maps) // columns)
    with rc_context(STYLE):
        width = max(columns * (side + gap) - gap, 6.5)
        sheet = Sheet(width, rows * (side + words), top=0.72, bottom=0.62)
        for place, (layer, values) in enumerate(zip(e.layers, maps, strict=True)):
            row, column = divmod(place, columns)
            own = common if limits == "common" else colors.find_limits(values, scale, percentile)
            up = (rows - row) * (side + words) - side
            axes = sheet.panel(column * (side + gap), up, side, side, layer.name)
            flat = values if values.ndim < 3 else values.reshape(-1, values.shape[-1])
            show(axes, _tile(colors.to_rgb(flat, own, colormap)))
            _label_tile(axes, layer, own if limits == "layer" else None)
        sheet.heading(0, "Relevance of every layer", "input first, output last")
        each = "each layer on its own scale" if limits == "layer" else f"all layers {_ends(common)}"
        sheet.caption(captions.settings_line(e), f"colours {scale}, {each}")
    return sheet


def plot_totals(e):
    """Return a figure of every layer's total ΣR, output on top, with what was absorbed below it.

    A bar is as long as the layer's total. Its hatched end did not reach the layer's inputs, but
    went to the bias, the stabilizer, dead units or the padding. What the inputs gained, from a bias
    below zero for example, lies beyond that end, hatched the other way.
    """
    layers = e.layers[::-1]
    places = np.arange(len(layers))
    absorbed = {k: np.array([layer.absorbed[k] for layer in layers], float) for k in ABSORBED}
    totals = np.array([layer.total for layer in layers], float)
    passed = totals - sum(absorbed.values())
    remarks = [_absorbed_words(layer) for layer in layers]
    names, bars, numbers = 1.55, 4.2, 0.75
    height = 0.24 * len(layers)
    with rc_context(STYLE):
        sheet = Sheet(names + bars + numbers + 1.9 * any(remarks), height, top=0.72, bottom=0.95)
        axes = sheet.panel(names, 0, bars, height, "totals")
        axes.barh(places, passed, height=0.62, color=PASSED, label="went on to the inputs")
        left = passed
        for kind, hatch in ABSORBED.items():
            gains = absorbed[kind] * totals < 0
            for word, here in (("absorbed", ~gains), ("gained", gains)):
                part = np.where(here, absorbed[kind], 0)
                if not part.any() and (word == "gained" or kind == "set aside"):
                    continue
                label = f"{word}: {kind} ({number_words.number(abs(part.sum()), 2)} in all)"
                look = {"hatch": GAINED[kind] if word == "gained" else hatch, "edgecolor": SOFT}
                look |= {"facecolor": "white", "linewidth": 0}
                axes.barh(places, part, left=left, height=0.62, label=label, **look)
            left = left + absorbed[kind]
        frame_bars(axes, [_shorten(layer.name, 20) for layer in layers], [0, *totals, *passed])
        for place, layer in enumerate(layers):
            row = {"transform": axes.get_yaxis_transform(), "va": "center"}
            total = number_words.total(layer.total)
            axes.text(1 + 0.62 / bars, place, total, ha="right", **row)
            axes.text(1 + 0.75 / bars, place, remarks[place], fontsize=7.5, color=SOFT, **row)
        sheet.heading(0, "Relevance by layer, ΣR", captions.arrived(e))
        place = {"loc": "upper left", "bbox_to_anchor": (-names / bars, -0.08 / height)}
        axes.legend(**place, ncols=2, frameon=False, fontsize=7.5, borderaxespad=0, borderpad=0)
        sheet.caption(captions.settings_line(e))
    return sheet


def shown_picture(e):
    """Return the explained picture as uint8 (H, W, 3); a float input is scaled min to max.

    Channels other than 1 or 3 are averaged. Raises ValueError where the input is no picture.
    """
    picture = e.picture
    if picture is None:
        values = np.asarray(e.layers[0].activation, np.float64)
        low, high = values.min(), values.max()
        picture = np.rint(255 * (values - low) / ((high - low) or 1)).astype(np.uint8)
    if picture.shape[-1] != 3:
        gray = picture.mean(-1, keepdims=True)
        picture = np.repeat(np.rint(gray).astype(np.uint8), 3, axis=-1)
    return picture


def prediction_words(e):
    """The top class as a heading, and the next two as its remark, or that names mean nothing."""
    (name, value), *others = e.prediction[:3]
    rest = " · ".join(
        f"{_shorten(name, 28)} {number_words.correlation(value)}" for name, value in others
    )
    heading = f"{_shorten(name, 32)} {number_words.correlation(value)}"
    return heading, captions.names_remark(e.network) or rest


def draw_color_bar(axes, limits, table, quantity="relevance"):
    """Draw the colours of a table (None: grays) from low to high, with zero marked between them."""
    steps = np.linspace(limits.low, limits.high, 2 * colors.STEPS + 1)[None]
    bar = colors.to_index(steps, limits)
    show(axes, np.repeat(bar[..., None], 3, axis=-1) if table is None else table[bar])
    marks = {0.0: limits.low, 1.0: limits.high}
    if limits.low < 0 < limits.high:
        marks[-limits.low / (limits.high - limits.low)] = 0.0
    places = sorted(marks)
    inside = bar.shape[1]
    write = number_words.signed if quantity == "relevance" else number_words.number
    labels = [write(marks[place]) for place in places]
    axes.set_xticks([inside * place - 0.5 for place in places], labels, fontsize=8)
    axes.tick_params(length=2, width=0.6, color=LINE)
    for label, place in zip(axes.get_xticklabels(), places, strict=True):
        label.set_ha({0.0: "left", 1.0: "right"}.get(place, "center"))


def _tile(drawn):
    """Colours (H, W, 3) as they are; those of a vector (D, 3) in rows, filled up with pale gray.

    As near to a square as the panel is, so that cells are square: `layout.layout` fills its rows.
    """
    if drawn.ndim == 3:
        return drawn
    columns = int(np.ceil(np.sqrt(len(drawn))))
    rows = -(-len(drawn) // columns)
    tile = np.full((rows * columns, 3), PALE, np.uint8)
    tile[: len(drawn)] = drawn
    return tile.reshape(rows, columns, 3)


def _label_tile(axes, layer, limits):
    """Write a layer's name, shape and total under its map, and the scale if it is its own."""
    words = f"{'×'.join(map(str, layer.shape))}\nΣR {number_words.total(layer.total)}"
    if limits:
        words += f"\n{_ends(limits)}"
    below = {"transform": axes.transAxes, "va": "top"}
    axes.text(0, -0.05, _shorten(layer.name, 16), fontsize=7.5, fontweight="bold", **below)
    axes.text(0, -0.19, words, fontsize=6.5, color=SOFT, linespacing=1.3, **below)


def _ends(limits):
    if limits.low == -limits.high:
        return f"±{number_words.number(limits.high)}"
    return f"{number_words.number(limits.low)} … {number_words.number(limits.high)}"


def _absorbed_words(layer):
    """What was absorbed and gained below a layer and can be seen: "absorbed: 0.012 bias"."""
    told = []
    for word, sign in (("absorbed", 1), ("gained", -1)):
        amounts = {kind: sign * layer.absorbed[kind] for kind in ABSORBED}
        mine = {k: abs(v) for k, v in amounts.items() if v * (layer.total or 1) >= 0}
        seen = [f"{number_words.number(v, 2)} {k}" for k, v in mine.items() if v >= 0.0005]
        told += [f"{word}: {', '.join(seen)}"] if seen else []
    return "; ".join(told)


def _shorten(text, length):
    return text if len(text) <= length else text[: length - 1] + "…"
