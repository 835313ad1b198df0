"""What an exported page answers about a layer's channels: the list, and what is open in it."""

from ..settings.difference_text import read_difference
from .concept_words import concept_view, telling_view
from .layer_channels import channels_view


def channel_answers(e, inspector, about, telling, concept):
    """Yield the answers, as `page_answers.answers` does, for the layer whose channels are listed.

    `about`: {"layer": …, "version": …} of the explanation `e`; `telling`, `concept`: as the
    widget's traits say. Other channels, and other ways to rank them, would ask a kernel.
    """
    layer = about["layer"]
    view, maps = channels_view(inspector.channels(layer), e)
    yield {"type": "channels", **about}, view, [maps], 0
    if telling:
        found = inspector.telling(layer, read_difference(telling))
        view, _ = telling_view(found, e)
        yield {"type": "telling", **about, "difference": telling}, view, [], 0
    if concept >= 0:
        view, pictures = concept_view(inspector.concept(layer, concept), e)
        yield {"type": "concept", **about, "channel": concept}, view, [pictures], 0
