"""How even, how much on the object, how alike: by hand, and against slow and obvious loops."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lrp_widgets.lrp.metrics import (
    entropy,
    gini,
    mass,
    pointing_game,
    rank_accuracy,
    rank_correlation,
    roc_auc,
)

MASK = np.array([[True, True, False], [False, False, False]])

# Small whole numbers, so that equals are common and sums exact.
MAPS = arrays(np.float64, (3, 4), elements=st.integers(-3, 3).map(float))
MASKS = arrays(bool, (3, 4), elements=st.booleans())
ON_OBJECT = (mass, rank_accuracy, pointing_game, roc_auc)


# Written out


def pairs_won(values, mask):
    """The area under the ROC curve: every pixel of the object against every other one."""
    pairs = [(i, j) for i in values[mask] for j in values[~mask]]
    return sum(1.0 if i > j else 0.5 if i == j else 0.0 for i, j in pairs) / len(pairs)


def expected_hits(values, mask):
    """Rank accuracy's expectation: pixel by pixel the chance to be among the K strongest."""
    count, hits = int(mask.sum()), 0.0
    for value, inside in zip(values.ravel(), mask.ravel()):
        above, level = int((values > value).sum()), int((values == value).sum())
        hits += inside * min(max(count - above, 0), level) / level
    return hits / count


def gini_by_pairs(values):
    """Half of the mean difference of all pairs, by the mean."""
    n = values.size
    return sum(abs(a - b) for a in values.ravel() for b in values.ravel()) / (2 * n * values.sum())


# By hand


def test_entropy_is_zero_for_one_pixel_and_one_for_an_even_map():
    assert entropy([[0, 0, 0], [0, -5.0, 0]]) == 0
    assert entropy(np.full((4, 6), 0.1)) == pytest.approx(1)


def test_entropy_counts_sizes_and_is_relative_to_the_number_of_pixels():
    # Two of four pixels alike, one of them negative: log 2 / log 4.
    assert entropy([[3.0, -3.0], [0, 0]]) == pytest.approx(0.5)
    assert entropy([[0.5, 0.25], [0.25, 0]]) == pytest.approx(1.5 * np.log(2) / np.log(4))


def test_gini_is_zero_for_an_even_map_and_almost_one_for_one_pixel():
    assert gini(np.full((4, 6), -0.1)) == pytest.approx(0, abs=1e-12)
    assert gini([[0, 0, 0], [0, -5.0, 0]]) == pytest.approx(1 - 1 / 6)
    assert gini([1.0, 3.0]) == pytest.approx(0.25)


def test_mass_is_the_share_on_the_object():
    assert mass([[3.0, -1.0, 2.0], [1.0, 0.0, 1.0]], MASK) == pytest.approx(4 / 8)
    assert mass(np.ones((2, 3)), MASK) == pytest.approx(MASK.mean())


def test_rank_accuracy_looks_at_as_many_pixels_as_the_object_has():
    assert rank_accuracy([[3.0, 1.0, 2.0], [0.0, 0.0, 0.5]], MASK) == 0.5
    assert rank_accuracy([[3.0, -4.0, 2.0], [0.0, 0.0, 0.5]], MASK) == 1


def test_equals_count_by_expectation():
    # One place is sure, two equals compete for the other: 1/2 · (1 + 1/2).
    assert rank_accuracy([[3.0, 2.0, 2.0], [0.0, 0.0, 0.5]], MASK) == pytest.approx(0.75)
    assert pointing_game([[3.0, 2.0, -3.0], [0.0, 0.0, 0.5]], MASK) == pytest.approx(0.5)
    assert roc_auc([[3.0, 2.0, 2.0], [0.0, 0.0, 0.5]], MASK) == pytest.approx(7.5 / 8)


def test_channels_are_summed_before_sizes_are_taken():
    map_ = np.array([[[3.0, -3.0], [1.0, 0.0], [0.0, 2.0]], [[0.0, 0.0], [1.0, 1.0], [0.0, 0.0]]])
    for measure in ON_OBJECT:
        assert measure(map_, MASK) == measure(map_.sum(-1), MASK)
    assert mass(map_, MASK) == pytest.approx(1 / 5)


@given(MASKS)
def test_a_constant_map_gets_the_area_and_the_mask_itself_everything(mask):
    constant = np.full(mask.shape, -0.3)
    if not mask.any():
        return
    for measure in (mass, rank_accuracy, pointing_game):
        assert measure(constant, mask) == pytest.approx(mask.mean())
        assert measure(mask.astype(float), mask) == 1
    if not mask.all():
        assert roc_auc(constant, mask) == 0.5
        assert roc_auc(mask.astype(float), mask) == 1
        assert roc_auc((~mask).astype(float), mask) == 0


# Against loops


@given(MAPS, MASKS)
def test_on_the_object_against_loops(map_, mask):
    values = np.abs(map_)
    if mask.any():
        assert rank_accuracy(map_, mask) == pytest.approx(expected_hits(values, mask))
        best = [m for v, m in zip(values.ravel(), mask.ravel()) if v == values.max()]
        assert pointing_game(map_, mask) == pytest.approx(sum(best) / len(best))
    if mask.any() and not mask.all():
        assert roc_auc(map_, mask) == pytest.approx(pairs_won(values, mask))
        # The object's and the others' areas share one whole.
        assert roc_auc(map_, mask) + roc_auc(map_, ~mask) == pytest.approx(1)
    if values.sum():
        on = math.fsum(v for v, m in zip(values.ravel(), mask.ravel()) if m)
        assert mass(map_, mask) == pytest.approx(on / math.fsum(values.ravel()))


@given(MAPS)
def test_complexity_against_loops(map_):
    values = np.abs(map_)
    if not values.sum():
        assert math.isnan(gini(map_)) and math.isnan(entropy(map_))
        return
    shares = [v / math.fsum(values.ravel()) for v in values.ravel()]
    by_hand = -math.fsum(p * math.log(p) for p in shares if p) / math.log(len(shares))
    assert entropy(map_) == pytest.approx(by_hand, abs=1e-12)
    assert gini(map_) == pytest.approx(gini_by_pairs(values), abs=1e-12)


@given(MAPS, st.floats(0.01, 100), st.permutations(range(12)))
def test_measures_know_no_unit_and_complexity_no_place(map_, factor, order):
    if not map_.any():
        return
    for measure in (gini, entropy):
        assert measure(factor * map_) == pytest.approx(measure(map_), abs=1e-9)
        assert measure(map_.ravel()[order]) == pytest.approx(measure(map_), abs=1e-9)
        assert 0 <= measure(map_) <= 1 + 1e-12
    mask = np.arange(12).reshape(3, 4) < 5
    for measure in ON_OBJECT:
        # A power of two, so that equals stay equal.
        assert measure(4.0 * map_, mask) == pytest.approx(measure(map_, mask))
        assert 0 <= measure(map_, mask) <= 1


def test_a_map_of_zeros_and_an_empty_mask_measure_nothing():
    zeros, nowhere = np.zeros((2, 3)), np.zeros((2, 3), bool)
    nothing = [entropy(zeros), gini(zeros), mass(zeros, MASK)]
    nothing += [m(np.ones((2, 3)), nowhere) for m in (rank_accuracy, pointing_game, roc_auc)]
    nothing += [roc_auc(np.ones((2, 3)), ~nowhere)]
    assert np.isnan(nothing).all()
    assert np.isnan(rank_correlation(zeros, np.arange(6).reshape(2, 3)))


@pytest.mark.parametrize("measure", ON_OBJECT)
def test_map_and_mask_must_agree(measure):
    with pytest.raises(ValueError, match=r"\(2, 3\).*\(3, 2\)"):
        measure(np.ones((2, 3)), MASK.T)


def test_rank_correlation_of_known_cases():
    a = [[1.0, 2.0], [3.0, 10.0]]
    assert rank_correlation(a, [[5.0, 6.0], [7.0, 8.0]]) == pytest.approx(1)
    assert rank_correlation(a, [[4.0, 3.0], [2.0, 1.0]]) == pytest.approx(-1)
    # Ties share a rank: ranks (0, 1.5, 1.5, 3) against (0, 1, 2, 3).
    assert rank_correlation([0, 1, 1, 2], [0, 1, 2, 3]) == pytest.approx(4.5 / 22.5**0.5)
