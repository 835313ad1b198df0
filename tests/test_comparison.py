"""Which layers belong together, and how alike two maps are."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrp_widgets.comparison import partners, rank_correlation


def test_rank_correlation_of_known_cases():
    a = [[1.0, 2.0], [3.0, 10.0]]
    assert rank_correlation(a, [[5.0, 6.0], [7.0, 8.0]]) == pytest.approx(1)
    assert rank_correlation(a, [[4.0, 3.0], [2.0, 1.0]]) == pytest.approx(-1)
    # Ties share a rank: ranks (0, 1.5, 1.5, 3) against (0, 1, 2, 3).
    assert rank_correlation([0, 1, 1, 2], [0, 1, 2, 3]) == pytest.approx(4.5 / 22.5**0.5)
    assert np.isnan(rank_correlation([1, 1, 1], [1, 2, 3]))


def test_layers_of_one_name_belong_together():
    names = ["input", "conv1", "pool", "fc", "out"]
    assert partners(names, names) == [0, 1, 2, 3, 4]
    # VGG16 beside VGG19: the layer that only one of them has is passed over.
    assert partners(names, ["input", "conv1", "conv2", "pool", "fc", "out"]) == [0, 1, 3, 4, 5]


def test_other_layers_stand_at_their_relative_place():
    assert partners(list("abc"), list("uvwxyz_")) == [0, 3, 6]
    assert partners(list("abcde"), list("xyz")) == [0, 1, 1, 2, 2]
    # A name in another order cannot be kept: the walk would go back.
    assert partners(["i", "b", "a", "o"], ["i", "a", "b", "o"]) == [0, 2, 3, 3]


layer_names = st.lists(st.sampled_from("abcdefgh"), min_size=2, unique=True)


@given(layer_names, layer_names)
def test_a_walk_never_goes_back(first, second):
    matched = partners(first, second)
    assert len(matched) == len(first)
    assert (matched[0], matched[-1]) == (0, len(second) - 1)
    assert matched == sorted(matched)
