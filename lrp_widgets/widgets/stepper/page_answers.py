"""What an exported page answers in the kernel's place: single channels, and all layers' four steps.

Each is (the browser's message, what the answer says besides it, its bytes in pieces). A layer's map
is a piece of its own, for most of those of the steps are the layers' own relevance and activations,
which the page then stores once.
"""

from ...session import Inspector
from .channel_maps import VALUE, channel_map
from .steps_payload import steps_view

FOUR = 4  # steps; layers with fewer only pass relevance on


def answers(stepper, network=None):
    """Yield the answers for what a LayerStepper shows.

    Of each layer's channels the strongest, which the stepper names, and the one looked at.
    `network` is needed where the explanation holds only a `NetworkInfo`.
    """
    version = {"version": stepper.summary["version"]}
    for layer, quantity, channel in _channels(stepper):
        message = {"type": "channel", "layer": layer["name"], "quantity": quantity} | version
        maps = channel_map(stepper.explanation, layer, quantity, channel)
        yield message | {"channel": channel}, {}, [maps]
    inspector = Inspector(stepper.explanation, network)
    sizes = {layer["name"]: layer["size"] for layer in stepper.layers}
    for layer in stepper.layers:
        if layer["steps"] == FOUR:
            view, maps = steps_view(*inspector.steps(layer["name"]), stepper.explanation)
            terms = [
                *view["x"],
                *(term for each in view["frames"].values() for term in each["terms"]),
            ]
            pieces = cut(maps, [(term["offset"], sizes[term["layer"]]) for term in terms])
            yield {"type": "frames", "layer": layer["name"]} | version, view, pieces


def layer_pieces(maps, layers):
    """Return all layers' maps one by one."""
    return cut(maps, [(layer["offset"], layer["size"]) for layer in layers])


def cut(maps, places):
    """Return the maps that begin at an offset and have a size, in values."""
    return [maps[VALUE * offset : VALUE * (offset + size)] for offset, size in places]


def _channels(stepper):
    """(layer, quantity, channel) of each that the page carries."""
    for layer in stepper.layers:
        looked_at = {stepper.channel} if layer["name"] == stepper.current else set()
        for quantity, strongest in layer["strongest"].items():
            for channel in sorted({*strongest, *looked_at}):
                if 0 <= channel < layer["channels"]:
                    yield layer, quantity, channel
