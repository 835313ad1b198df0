"""What the page says of perturbation curves, in one sentence."""

from ..._support import number_words
from ...lrp.judging import METHOD_WORDS, NONE
from ...lrp.rule_words import rule_words
from ...media.scenes import KINDS


def the(name):
    """Return a class with its article: "the star", "“Egyptian cat”"."""
    return f"the {name}" if name in KINDS else f"“{name}”"


def map_words(text):
    """Return a second map's name: a composite in words, or a method."""
    if text == NONE:
        return ""
    return METHOD_WORDS.get(text) or rule_words(text)


def headline(most, random, class_name, says):
    """Return the sentence above the picture.

    `most`, `random`: the curves of the map, most relevant first, and of the random order; None
    while they are computed. `says`: the name of the class that the network says at first.
    """
    if most is None:
        return "The picture is taken apart, the most relevant patches first …"
    if most.lost_after == 0:
        return (
            f"The network does not say {class_name} to begin with, it says {says}: the curves "
            f"follow the score of {the(class_name)} all the same."
        )
    count = len(most.replaced)
    after, by_chance = most.lost_after, random and random.lost_after
    if after is None:
        first = (
            f"Relevant patches first: the network says {class_name} to the end, when all {count} "
            "patches are replaced"
        )
    else:
        patches = "patch" if after == 1 else "patches"
        first = (
            f"Relevant patches first: the network loses {the(class_name)} after {after} of "
            f"{count} {patches}"
        )
    if random is None:
        return f"{first}."
    if by_chance is None:
        return f"{first}; in random order it never does." if after else f"{first}, in any order."
    sooner = after is not None and after < by_chance
    needs = f"random order needs {'' if sooner else 'only '}{by_chance}"
    remark = "" if sooner else " This map does no better than chance here."
    return f"{first}; {needs}.{remark}"


def area_words(name, area):
    """Return "z⁺: +0.41", or that it is still to come."""
    if area is None:
        return f"{name}: …"
    return f"{name}: {'+' if area > 0 else ''}{number_words.fixed(area, 2)}"
