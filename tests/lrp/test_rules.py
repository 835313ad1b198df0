"""Cases worked by hand, straight from the design: one dense layer, relevance given."""

import numpy as np
import pytest

from lrp_widgets.lrp import rules
from share import R, share

GOLDEN = {
    "LRP-0": (rules.Zero(), [-10 / 3, 8]),
    "ε": (rules.Epsilon(0.5), [-15 / 7, 38 / 7]),
    "γ by the sign of z": (rules.Gamma(0.25, generalized=True), [-17 / 9, 35 / 6]),
    "z⁺ with b⁺": (rules.ZPlus(bias=True), [2 / 3, 2]),
    "z⁺": (rules.ZPlus(), [1, 2]),
    "α2β1": (rules.AlphaBeta(2, 1), [0, 3]),
    "w²": (rules.WSquare(), [29 / 26, 49 / 26]),
    "w² with b²": (rules.WSquare(bias=True), [64 / 63, 109 / 63]),
    "flat": (rules.Flat(), [3 / 2, 3 / 2]),
    "flat with bias": (rules.Flat(bias=True), [1, 1]),
    "z^B": (rules.ZBox(-1.0, 3.0), [50 / 39, 67 / 39]),
    "z^B with bias": (rules.ZBox(-1.0, 3.0, bias=True), [26 / 21, 25 / 14]),
}


@pytest.mark.parametrize("name", GOLDEN)
def test_golden_case(name):
    rule, expected = GOLDEN[name]
    down, absorbed = share(rule)
    np.testing.assert_allclose(down, expected, rtol=1e-12, atol=1e-12)
    assert sum(R) == pytest.approx(down.sum() + sum(absorbed), rel=1e-12)


@pytest.mark.parametrize("name", GOLDEN)
def test_golden_case_in_float32(name):
    rule, expected = GOLDEN[name]
    down, _ = share(rule, epsilon=1e-9, dtype="float32")
    np.testing.assert_allclose(down, expected, atol=1e-5 * np.abs(expected).max())


def test_alpha_beta_counts_the_bias_in_its_sum():
    case = dict(x=[1.0, 1.0], w=[[1.0, -1.0]], b=[-1.0], r=[-1.0])
    np.testing.assert_allclose(share(rules.AlphaBeta(1, 0), **case)[0], [-1, 0])
    np.testing.assert_allclose(share(rules.AlphaBeta(2, 1), **case)[0], [-2, 0.5])


def test_signed_inputs_share_by_contribution_not_by_weight():
    down, _ = share(rules.ZPlus(), x=[-1.0, 4.0], w=[[3.0, 1.0]], b=None, r=[1.0])
    np.testing.assert_allclose(down, [0, 1])


@pytest.mark.parametrize("bias, absorbed_to", [(2.0, 0), (0.0, 2), (-1.0, 2)])
def test_a_unit_with_nothing_to_share_by_passes_nothing_on(bias, absorbed_to):
    down, absorbed = share(rules.ZPlus(), w=[[-1.0, -2.0]], b=[bias], r=[3.0], epsilon=1e-9)
    np.testing.assert_array_equal(down, [0, 0])
    expected = [0.0] * 4
    expected[absorbed_to] = 3.0
    assert absorbed == expected


def test_terms_that_cancel_are_not_nothing_under_epsilon():
    down, absorbed = share(rules.Epsilon(0.5), x=[1.0, 1.0], w=[[1.0, -1.0]], b=None, r=[1.0])
    np.testing.assert_allclose(down, [2, -2])
    assert absorbed == [0.0, 1.0, 0.0, 0.0]


def test_zero_inputs_are_dead_under_epsilon():
    down, absorbed = share(rules.Epsilon(0.5), x=[0.0, 0.0], w=[[1.0, -1.0]], b=None, r=[1.0])
    np.testing.assert_array_equal(down, [0, 0])
    assert absorbed == [0.0, 0.0, 1.0, 0.0]


def test_alpha_beta_books_the_missing_negative_sum():
    down, absorbed = share(rules.AlphaBeta(2, 1), x=[1.0, 1.0], w=[[1.0, 1.0]], b=None, r=[1.0])
    np.testing.assert_allclose(down, [1, 1])
    assert absorbed == [0.0, 0.0, -1.0, 0.0]  # −β · R had no negative contribution to go to


def test_a_large_stabilizer_takes_its_part():
    down, absorbed = share(
        rules.ZPlus(), x=[1.0, 3.0], w=[[1.0, 1.0]], b=None, r=[8.0], epsilon=4.0
    )
    np.testing.assert_allclose(down, [1, 3])
    assert absorbed == [0.0, 4.0, 0.0, 0.0]


@pytest.mark.parametrize(
    "make, word",
    [
        (lambda: rules.AlphaBeta(2, 0.5), "α − β = 1"),
        (lambda: rules.Epsilon(-1), "epsilon"),
        (lambda: rules.Gamma(-1), "gamma"),
        (lambda: rules.AlphaBeta(0.5, -0.5), "beta"),
        (lambda: rules.ZBox(1.0, -1.0), "low"),
        (lambda: rules.ZBox(0.0, float("nan")), "low"),
        (lambda: rules.Gamma(float("inf")), "gamma"),
        (lambda: rules.Epsilon(float("nan")), "epsilon"),
        (lambda: rules.AlphaBeta(float("inf"), float("inf")), "beta"),
    ],
)
def test_parameters_are_checked(make, word):
    with pytest.raises(ValueError, match=word):
        make()


def test_bounds_may_be_lists_and_arrays():
    bounds = rules.ZBox([-1, 0.5], np.array([3, 4.0]))
    assert bounds == rules.ZBox((-1.0, 0.5), (3.0, 4.0))
    assert hash(bounds) == hash(rules.ZBox((-1.0, 0.5), (3.0, 4.0)))
