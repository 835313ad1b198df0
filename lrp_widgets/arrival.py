"""How much of the start reached the pixels, and where most of the rest went."""

from . import captions

# Less than this share of the start at the pixels is worth a warning.
WORRYING = 0.5

# Where relevance goes that does not reach the pixels, in the ledger's words.
LOST = {
    "bias": "went to the bias",
    "stabilizer": "went to the stabilizer ε",
    "dead": "went to units that had nothing to share by",
    "padding": "fell on the padding",
}


def warning(e):
    """A sentence or two where less than half of the start reached the pixels, else "".

    It names the layer and the ledger's entry that took the most: "Only 13.0 % of the start reached
    the pixels. Most was lost in conv1 (convolution): 45.2 % went to the bias."
    """
    start = e.start_total
    reached = e.layers[0].total / start if start else 1
    if reached >= WORRYING:
        return ""
    lost = [
        (abs(value), layer, key)
        for layer in e.layers
        for key, value in layer.absorbed.items()
        if key in LOST
    ]
    most, layer, key = max(lost, key=lambda each: each[0])
    only = "Only " if reached >= 0 else ""
    words = f"{only}{captions.share(reached, 1)} of the start reached the pixels."
    if not most:
        return words
    part = captions.share(layer.absorbed[key], start)
    return f"{words} Most was lost in {layer.name} ({layer.kind_text}): {part} {LOST[key]}."
