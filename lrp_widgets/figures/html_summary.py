"""What a notebook shows when an explanation is a cell's last line."""

import base64
import io
from html import escape

import numpy as np
from PIL import Image

from .._support import colors, number_words
from ..lrp import conservation_warning
from . import captions
from .plots import shown_picture

SIDE = 200


def html(e):
    """Return an explanation's summary as HTML: picture, map, prediction, totals, settings.

    It takes its text colour from the page, so it suits light and dark notebooks.
    """
    parts = [_pictures(e)] if len(e.layers[0].shape) == 3 else []
    parts += [_prediction(e), _totals(e)]
    cells = "".join(f'<div style="margin:0 24px 8px 0">{part}</div>' for part in parts)
    title = f"<b>{escape(e.network.name)}</b>: {escape(captions.explained(e))}"
    line = escape(captions.settings_line(e))
    warning = f"<div>{escape(conservation_warning.warning(e))}</div>"
    return (
        f'<div style="font-size:13px;line-height:1.4"><div>{title}; {captions.arrived(e)}</div>'
        f"{warning}"
        f'<div style="display:flex;flex-wrap:wrap;margin-top:8px">{cells}</div>'
        f'<div style="font-size:11px;opacity:0.75">{line}</div></div>'
    )


def _pictures(e):
    heatmap = e.heatmap("gray")
    limits = colors.find_limits(heatmap)
    picture = _image(shown_picture(e), f"The picture: {e.prediction[0][0]}")
    relevance = _image(colors.to_rgb(heatmap, limits), "Relevance of the pixels")
    bar = np.repeat(colors.lookup_table("RdBu_r")[None, 1:], 8, axis=0)
    scale = _image(bar, "From blue, negative, over white, zero, to red, positive", height=8)
    low, high = number_words.signed(limits.low), number_words.signed(limits.high)
    ends = f"<span>{low}</span><span>0</span><span>{high}</span>"
    return (
        f'<div style="display:flex"><div style="margin-right:12px">{picture}</div>'
        f'<div style="width:{SIDE}px">{relevance}{scale}<div style="display:flex;'
        f'justify-content:space-between;white-space:nowrap;font-size:11px">{ends}</div></div></div>'
    )


def _image(pixels, words, height=None):
    """An inline PNG of the summary's width, enlarged here because pages smooth small pictures."""
    image = Image.fromarray(pixels)
    height = height or max(1, round(SIDE * image.height / image.width))
    if image.width < SIDE:
        image = image.resize((SIDE, height), Image.Resampling.NEAREST)
    file = io.BytesIO()
    image.save(file, "PNG")
    data = base64.b64encode(file.getvalue()).decode()
    return (
        f'<img src="data:image/png;base64,{data}" width="{SIDE}" height="{height}" '
        f'alt="{escape(words)}" style="display:block">'
    )


def _prediction(e):
    remark = captions.names_remark(e.network)
    rows = [(escape(name), f"{value:.3f}") for name, value in e.prediction[:3]]
    if not remark:
        return _table("The network says", rows)
    dimmed = [(f'<i style="opacity:0.65">{name}</i>', value) for name, value in rows]
    return _table("The network says", dimmed) + f'<div style="font-size:11px">{remark}</div>'


def _totals(e):
    rows = [
        (escape(layer.name), number_words.total(layer.total), escape(layer.kind_text))
        for layer in reversed(e.layers)
    ]
    table = _table("Relevance by layer, ΣR", rows)
    return f'<div style="max-height:{SIDE + 30}px;overflow:auto;padding-right:12px">{table}</div>'


def _table(title, rows):
    """A heading over rows of cells; the second cell of each is a number."""
    aligned = ("left", "right", "left")
    lines = [
        "".join(
            f'<td style="text-align:{side};padding:0 10px 0 0">{cell}</td>'
            for side, cell in zip(aligned, row, strict=False)
        )
        for row in rows
    ]
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    return f'<div><b>{title}</b></div><table style="margin:2px 0">{body}</table>'
