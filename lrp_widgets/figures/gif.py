"""All layers as an animated GIF: one frame a layer, from the output down to the input."""

import io
from functools import cache

import numpy as np
from matplotlib import font_manager
from PIL import Image, ImageDraw, ImageFont

from .._support import checks, colors, number_words
from ..lrp.channels import summed
from . import captions
from .layout import layout
from .plots import shown_picture

# One palette for all frames, so that no colour is ever chosen anew: relevance first, every entry
# one step of its colour table, then grays for words and picture. Zero is exactly white.
STEPS = 95  # to each side of zero
GRAYS = 256 - (2 * STEPS + 1)
WHITE = 255

WIDTH, HEIGHT = 616, 456
MARGIN, SIDE, PICTURE = 20, 384, 168
LEFT = WIDTH - MARGIN - SIDE
SECONDS = 1.1
LAST = 2.5


def layers_gif(
    e, colormap="RdBu_r", scale="symmetric", percentile=colors.PERCENTILE, limits="layer"
):
    """Return the bytes of an animated GIF of every layer's relevance, output first.

    Each frame has the layer's map (summed over channels, a vector laid out in rows), its name, kind
    and total ΣR, beside the picture in gray; settings are written below. The arguments are those of
    `plots.plot_layers`. Colours are never dithered: what is zero is white (symmetric scale).
    Raises ValueError for an unknown setting.
    """
    limits = checks.choice("limits", limits, ("layer", "common"))
    layers = e.layers[::-1]
    maps = [summed(layer.relevance) for layer in layers]
    common = colors.find_limits(np.concatenate([m.ravel() for m in maps]), scale, percentile)
    palette = _palette(colormap)
    base = _base(e, f"{colormap}, {scale}, {'one scale' if limits == 'common' else 'scale each'}")
    frames = []
    for place, (layer, values) in enumerate(zip(layers, maps, strict=True)):
        own = common if limits == "common" else colors.find_limits(values, scale, percentile)
        frame = base.copy()
        _paste_map(frame, layout(_entries(values, own), layer.shape, WHITE - 4))
        _write_layer(frame, layer, own, f"{place + 1} of {len(layers)}")
        frame.putpalette(palette)
        frames.append(frame)
    durations = [round(1000 * SECONDS)] * (len(frames) - 1) + [round(1000 * LAST)]
    file = io.BytesIO()
    settings = {"append_images": frames[1:], "duration": durations, "loop": 0, "optimize": False}
    frames[0].save(file, "GIF", save_all=True, **settings)
    return file.getvalue()


def _palette(colormap):
    table = colors.lookup_table(colormap)[1:]
    steps = np.rint(np.linspace(0, len(table) - 1, 2 * STEPS + 1)).astype(int)
    grays = np.rint(np.linspace(0, 255, GRAYS)).astype(np.uint8)
    return np.concatenate([table[steps], np.repeat(grays[:, None], 3, axis=1)]).tobytes()


def _entries(values, limits):
    """Each value's palette entry: STEPS is zero of a symmetric scale."""
    index = colors.to_index(values, limits).astype(float) - colors.ZERO
    return (STEPS + np.rint(index * STEPS / colors.STEPS)).astype(np.uint8)


def _grays(picture):
    """A Pillow image's palette entries in gray."""
    brightness = np.asarray(picture.convert("L"), float)
    return Image.fromarray((256 - GRAYS + np.rint(brightness * (GRAYS - 1) / 255)).astype(np.uint8))


def _base(e, look):
    """What all frames share, as palette entries: the picture and the settings."""
    frame = Image.new("P", (WIDTH, HEIGHT), WHITE)
    if len(e.layers[0].shape) == 3:
        picture = Image.fromarray(shown_picture(e))
        picture.thumbnail((PICTURE, PICTURE), Image.Resampling.LANCZOS)
        factor = PICTURE // max(picture.size)
        picture = picture.resize([factor * side for side in picture.size], Image.Resampling.NEAREST)
        frame.paste(_grays(picture), (MARGIN, HEIGHT - 52 - picture.height))
    words = captions.settings(e)
    first = " · ".join(words[k] for k in ("network", "weights", "pooling", "explained"))
    rule = f"rule {words['rule']}, input layer {words['input layer']}, {words['stabilizer']}"
    _write(frame, (MARGIN, HEIGHT - 42), first, 11)
    _write(frame, (MARGIN, HEIGHT - 25), f"{rule}, {words['dtype']} · {look}", 11)
    return frame


def _paste_map(frame, entries):
    image = Image.fromarray(entries)
    scale = SIDE / max(image.size)
    size = [max(1, round(scale * side)) for side in image.size]
    image = image.resize(size, Image.Resampling.NEAREST)
    corner = (LEFT + (SIDE - size[0]) // 2, 14 + (SIDE - size[1]) // 2)
    box = (corner[0] - 1, corner[1] - 1, corner[0] + size[0], corner[1] + size[1])
    ImageDraw.Draw(frame).rectangle(box, outline=_gray(200))
    frame.paste(image, corner)


def _write_layer(frame, layer, limits, place):
    room = LEFT - 2 * MARGIN + 8
    _write(frame, (MARGIN, 14), layer.name, 17, bold=True, room=room)
    _write(frame, (MARGIN, 42), layer.kind_text, 12, room=room)
    _write(frame, (MARGIN, 60), "×".join(map(str, layer.shape)), 12, room=room)
    _write(frame, (MARGIN, 90), f"ΣR {number_words.total(layer.total)}", 17, bold=True, room=room)
    ends = f"{number_words.signed(limits.low, 2)} … {number_words.signed(limits.high, 2)}"
    _write(frame, (MARGIN, 118), f"colours {ends}", 12, room=room)
    _write(frame, (MARGIN, 140), place, 12, room=room)


def _write(frame, corner, text, size, bold=False, room=WIDTH - 2 * MARGIN):
    """Write one line, shrunk where it needs more room, in grays of the palette."""
    font = _font(size, bold)
    while font.getlength(text) > room and size > 7:
        size -= 1
        font = _font(size, bold)
    _, _, right, bottom = map(int, font.getbbox(text))
    word = Image.new("L", (right + 1, bottom + 1), 255)
    ImageDraw.Draw(word).text((0, 0), text, fill=40 if bold else 80, font=font)
    frame.paste(_grays(word), corner)


@cache
def _font(size, bold):
    """The font of our figures, which matplotlib brings along."""
    family = font_manager.FontProperties(family="DejaVu Sans", weight="bold" if bold else "normal")
    return ImageFont.truetype(font_manager.findfont(family), size)


def _gray(brightness):
    return 256 - GRAYS + round(brightness * (GRAYS - 1) / 255)
