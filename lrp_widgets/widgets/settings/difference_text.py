"""What channels are ranked by, as an address writes it: "star,cross,activation"."""

from ...lrp.concepts.values import ACTIVATION, RELEVANCE, SUM
from ...media.scene_attributes import REST, find_difference

# How the rest is written.
WRITTEN_REST = "rest"

# How a score is written, and what it is called on the page.
SCORES = {
    "activation": (ACTIVATION, "largest activation"),
    "sum": (SUM, "summed activation"),
    "relevance": (RELEVANCE, "relevance"),
}


def read_difference(text):
    """What a text such as "star,cross,activation" names: (one, other, score).

    Raises ValueError, saying how it is written.
    """
    parts = text.split(",") if isinstance(text, str) else []
    if len(parts) != 3 or parts[2] not in SCORES:
        raise ValueError(
            'it is two values and a score, such as "star,cross,activation"; the scores are '
            f"{', '.join(SCORES)}"
        )
    one, other = parts[0], REST if parts[1] == WRITTEN_REST else parts[1]
    find_difference(one, other)
    return one, other, SCORES[parts[2]][0]


def a_difference(text):
    """The same text, as a link is read: "" for none."""
    if text:
        read_difference(text)
    return text
