"""Which layers of two explanations belong together."""

from hypothesis import given
from hypothesis import strategies as st

from lrp_widgets.lessons.experiments.layer_matching import partners


def test_layers_of_one_name_belong_together():
    names = ["input", "conv1", "pool", "fc", "out"]
    assert partners(names, names) == [0, 1, 2, 3, 4]
    # VGG16 beside VGG19: the layer that only one of them has is passed over.
    assert partners(names, ["input", "conv1", "conv2", "pool", "fc", "out"]) == [0, 1, 3, 4, 5]


def test_other_layers_stand_at_their_relative_place():
    assert partners(list("abc"), list("uvwxyz_")) == [0, 3, 6]
    assert partners(list("abcde"), list("xyz")) == [0, 1, 1, 2, 2]
    # A name in another order cannot be kept: the order would go back.
    assert partners(["i", "b", "a", "o"], ["i", "a", "b", "o"]) == [0, 2, 3, 3]


layer_names = st.lists(st.sampled_from("abcdefgh"), min_size=2, unique=True)


@given(layer_names, layer_names)
def test_partners_never_go_back(first, second):
    matched = partners(first, second)
    assert len(matched) == len(first)
    assert (matched[0], matched[-1]) == (0, len(second) - 1)
    assert matched == sorted(matched)
