"""What the league's methods are called on a page."""

from ....lrp.judging import METHOD_WORDS

WORDS = METHOD_WORDS | {"constant": "constant map", "mask": "the object's mask"}
BASELINE_WORDS = {
    "mean": "mean colour",
    "black": "black",
    "blur": "blur",
    "border": "border's colour",
    "noise": "noise",
}


def method_label(name):
    """A method, composite or control as a page calls it."""
    return WORDS.get(name, name)
