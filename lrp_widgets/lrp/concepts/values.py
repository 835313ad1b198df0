"""How strongly a channel answers a picture: by its relevance, and by its activation."""

from dataclasses import dataclass

import numpy as np

from ...networks.layers import Input, Reshape

RELEVANCE, ACTIVATION, SUM = "relevance", "activation", "summed activation"

# By what reference pictures are chosen: RelMax and ActMax.
KINDS = (RELEVANCE, ACTIVATION)

# By what channels tell pictures apart.
SCORES = (RELEVANCE, ACTIVATION, SUM)


@dataclass(frozen=True, eq=False)
class ChannelValues:
    """A layer's channels in a batch of pictures, made by `channel_values`.

    `scores`: {score: (B, channels)} of `SCORES`; `places`: {kind: (B, channels)} of `KINDS`, the
    number of the strongest place, row · width + column; the first of equal ones.
    """

    scores: dict[str, np.ndarray]
    places: dict[str, np.ndarray]


def channel_values(activation, relevance) -> ChannelValues:
    """What each channel of a layer says of each picture; both arrays are (B, …, channels).

    With p the places of the layer and c its channels:
    relevance           Σ_p R_pc / Σ_c' |Σ_p R_pc'|, 0 where all of these sums are 0
    activation          max_p a_pc
    summed activation   Σ_p a_pc
    The relevance is that of zennit-crp's RelMax: it says what share of the explained class, with
    its sign, passes through the channel, however sure the network is of that class.
    Source: Achtibat et al. 2023.
    """
    a, r = (_by_place(each) for each in (activation, relevance))
    sums = r.sum(1)
    sizes = np.abs(sums).sum(-1, keepdims=True)
    shares = np.divide(sums, sizes, out=np.zeros_like(sums), where=sizes > 0)
    return ChannelValues(
        scores={RELEVANCE: shares, ACTIVATION: a.max(1), SUM: a.sum(1)},
        places={RELEVANCE: r.argmax(1), ACTIVATION: a.argmax(1)},
    )


def layers_with_channels(network) -> list[str]:
    """The names of the layers whose channels stand for something, input to output.

    All but the input and those that only lay units out anew, as flatten does.
    """
    return [each.name for each in network.layers if not isinstance(each, Input | Reshape)]


def _by_place(values):
    """(B, places, channels) in float64."""
    values = np.asarray(values, np.float64)
    return values.reshape(len(values), -1, values.shape[-1])
