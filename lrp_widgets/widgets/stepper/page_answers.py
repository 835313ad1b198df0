"""What an exported page answers in the kernel's place: single channels, and all layers' four steps.

Each is (the browser's message, what the answer says besides it, its bytes in pieces, its rank): a
page that would be too large goes without the answers of the highest rank, and 0 always stays. A
layer's map is a piece of its own, for most of those of the steps are the layers' own relevance and
activations, which the page then stores once.
"""

from .channel_maps import VALUE, channel_map
from .steps_payload import steps_view

FOUR = 4  # steps; layers with fewer only pass relevance on


def answers(e, inspector, layers, version, looked_at):
    """Yield the answers about explanation `e`, which the browser knows by its `version`.

    `layers`: as `describe_layers` tells the browser of them. Of each one's channels the strongest
    are prepared, and the one `looked_at`, (layer, channel). `inspector`: a `session.Inspector`.
    """
    for layer, quantity, channel, rank in _channels(layers, *looked_at):
        message = {"type": "channel", "layer": layer["name"], "quantity": quantity}
        maps = channel_map(e, layer, quantity, channel)
        yield message | {"channel": channel, "version": version}, {}, [maps], rank
    sizes = {layer["name"]: layer["size"] for layer in layers}
    for layer in layers:
        if layer["steps"] == FOUR:
            view, maps = steps_view(*inspector.steps(layer["name"]), e)
            of_steps = (term for each in view["steps"].values() for term in each["terms"])
            places = [(term["offset"], sizes[term["layer"]]) for term in (*view["x"], *of_steps)]
            message = {"type": "steps", "layer": layer["name"], "version": version}
            yield message, view, cut(maps, places), 0


def layer_pieces(maps, layers):
    """Return all layers' maps one by one."""
    return cut(maps, [(layer["offset"], layer["size"]) for layer in layers])


def cut(maps, places):
    """Return the maps that begin at an offset and have a size, in values."""
    return [maps[VALUE * offset : VALUE * (offset + size)] for offset, size in places]


def _channels(layers, current, chosen):
    """(layer, quantity, channel, rank) of each that the page carries."""
    for layer in layers:
        looked_at = chosen if layer["name"] == current and chosen < layer["channels"] else -1
        for quantity, strongest in layer["strongest"].items():
            ranks = {channel: rank for rank, channel in enumerate(strongest, 1)}
            if looked_at >= 0:
                ranks[looked_at] = 0
            for channel, rank in ranks.items():
                yield layer, quantity, channel, rank
