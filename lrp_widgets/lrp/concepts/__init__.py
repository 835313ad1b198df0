"""What the channels of a network stand for, after concept relevance propagation (CRP).

    network = load_network("mini-vgg")
    found = concepts.concepts_of(network)
    found.references("block4_conv2", 12)                 # RelMax: what it is used for
    found.references("block4_conv2", 12, "activation")   # ActMax: what excites it
    found.which("block4_conv2", "star", "cross")[0]      # the channel that tells these apart

A reference picture is one of a set that a channel answers most strongly: with relevance (RelMax:
the signed sum over places, divided by the sum over channels of the sizes of these sums) or with
activation (ActMax: the largest over places). `show_channel` cuts it to the receptive field of its
strongest place and dims what the relevance through that channel leaves out.
Of drawn scenes the attributes are known: how well a channel tells two values apart is the area
under the ROC curve, ranked on half of the scenes and measured on the other half.
Source: Achtibat et al. 2023, "From attribution maps to human-understandable explanations through
concept relevance propagation".

For others: what `__all__` lists, `finding`, `pictures`, `values` and `collecting`.
"""

from .finding import concepts_of, find_concepts
from .pictures import DrawnScenes, PictureFiles
from .showing import ShownChannel, ShownReference, show_both, show_channel
from .table import Concepts, Reference, Told
from .telling import Telling, auc_with_error
from .values import channel_values

__all__ = [
    "Concepts",
    "DrawnScenes",
    "PictureFiles",
    "Reference",
    "ShownChannel",
    "ShownReference",
    "Telling",
    "Told",
    "auc_with_error",
    "channel_values",
    "concepts_of",
    "find_concepts",
    "show_both",
    "show_channel",
]
