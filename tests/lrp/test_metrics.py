"""How even, how much on the object, how alike: against numbers worked out by hand."""

import numpy as np
import pytest

from lrp_widgets.lrp.metrics import entropy, mass, rank_accuracy, rank_correlation

MASK = np.array([[True, True, False], [False, False, False]])


def test_entropy_is_zero_for_one_pixel_and_one_for_an_even_map():
    assert entropy([[0, 0, 0], [0, -5.0, 0]]) == 0
    assert entropy(np.full((4, 6), 0.1)) == pytest.approx(1)


def test_entropy_counts_sizes_and_is_relative_to_the_number_of_pixels():
    # Two of four pixels alike, one of them negative: log 2 / log 4.
    assert entropy([[3.0, -3.0], [0, 0]]) == pytest.approx(0.5)
    assert entropy([[0.5, 0.25], [0.25, 0]]) == pytest.approx(1.5 * np.log(2) / np.log(4))


def test_mass_is_the_share_on_the_object():
    assert mass([[3.0, -1.0, 2.0], [1.0, 0.0, 1.0]], MASK) == pytest.approx(4 / 8)
    assert mass(np.ones((2, 3)), MASK) == pytest.approx(MASK.mean())


def test_rank_accuracy_looks_at_as_many_pixels_as_the_object_has():
    assert rank_accuracy([[3.0, 1.0, 2.0], [0.0, 0.0, 0.5]], MASK) == 0.5
    assert rank_accuracy([[3.0, -4.0, 2.0], [0.0, 0.0, 0.5]], MASK) == 1
    # Among equals the first in row-major order is taken.
    assert rank_accuracy(np.ones((2, 3)), MASK) == 1
    assert rank_accuracy(np.ones((2, 3)), ~MASK[::-1]) == pytest.approx(3 / 4)


def test_a_map_of_zeros_and_an_empty_mask_measure_nothing():
    zeros, nowhere = np.zeros((2, 3)), np.zeros((2, 3), bool)
    assert np.isnan([entropy(zeros), mass(zeros, MASK), rank_accuracy(zeros, nowhere)]).all()
    assert np.isnan(rank_correlation(zeros, np.arange(6).reshape(2, 3)))


def test_map_and_mask_must_agree():
    with pytest.raises(ValueError, match=r"\(2, 3\).*\(3, 2\)"):
        mass(np.ones((2, 3)), MASK.T)


def test_rank_correlation_of_known_cases():
    a = [[1.0, 2.0], [3.0, 10.0]]
    assert rank_correlation(a, [[5.0, 6.0], [7.0, 8.0]]) == pytest.approx(1)
    assert rank_correlation(a, [[4.0, 3.0], [2.0, 1.0]]) == pytest.approx(-1)
    # Ties share a rank: ranks (0, 1.5, 1.5, 3) against (0, 1, 2, 3).
    assert rank_correlation([0, 1, 1, 2], [0, 1, 2, 3]) == pytest.approx(4.5 / 22.5**0.5)
