"""Lesson 18: its numbers, by sums written out here, and what its words say of mini-vgg."""

from collections import Counter
from fractions import Fraction as F

import numpy as np
import pytest

from lrp_widgets.lessons import check
from lrp_widgets.lessons.experiments import channel_meaning as channels
from lrp_widgets.lessons.experiments.loaded import explained, network
from lrp_widgets.lrp.concepts import show_both
from lrp_widgets.networks.receptive_fields import receptive_field


def by_hand(unit):
    """What of a relevance of 1 at the first output passes through one hidden unit, in fractions."""
    x, w1, b1 = (F(1), F(2)), ((F(1), F(3)), (F(4), F(2))), (F(0), F(1))
    w2, b2 = ((F(2), F(4)), (F(3), F(1))), (F(1), F(2))
    hidden = [sum(w * a for w, a in zip(row, x)) + b for row, b in zip(w1, b1)]
    out = sum(w * a for w, a in zip(w2[0], hidden)) + b2[0]
    share = w2[0][unit] * hidden[unit] / out
    return [w1[unit][i] * x[i] / hidden[unit] * share for i in range(2)]


def test_the_golden_case():
    assert by_hand(1) == [F(16, 51), F(16, 51)]
    for unit in (0, 1):
        np.testing.assert_allclose(channels.shares(unit), list(map(float, by_hand(unit))), 1e-12)
    whole = [sum(pair) for pair in zip(by_hand(0), by_hand(1))]
    np.testing.assert_allclose(channels.shares(), list(map(float, whole)), 1e-12)
    assert check("18-through", "12/51")
    assert "unit 1" in check("18-through", 16 / 51).message


def test_the_map_is_the_sum_of_its_channels():
    assert channels.adding_up() < 1e-5
    assert check("18-sum", 0)


def test_relmax():
    sums = [3 + 1, -1 - 3, 2 - 2]
    wanted = [each / sum(map(abs, sums)) for each in sums]
    np.testing.assert_allclose(channels.relmax(channels.PLACES), wanted)
    assert check("18-relmax", -0.5)
    assert "channels' *sums*" in check("18-relmax", -4 / 12).message


def test_most_channels_are_excited_elsewhere_than_they_are_used():
    assert len(channels.shared()) == 64
    assert np.mean(channels.shared()) < 2
    assert check("18-differ", 2)


def test_what_the_lesson_says_of_channel_8():
    best = channels.best()
    assert best.channel == 8
    assert best.measured.auc == pytest.approx(0.995, abs=0.002)
    assert check("18-star", 8)
    rows = show_both(channels.concepts(), network(), channels.LAYER, 8).rows
    seen = {kind: Counter(each.target for each in row) for kind, row in rows.items()}
    assert seen == {"relevance": {"star": 6}, "activation": {"crescent": 4, "star": 2}}
    share = explained("star").channel_shares(channels.LAYER)[8]
    assert share == pytest.approx(0.023, abs=0.001)


def test_of_twelve_channels_six_have_the_same_shape_in_both_rows():
    shares = explained("star").channel_shares(channels.LAYER)
    same = 0
    for channel in np.argsort(-shares, kind="stable")[:12]:
        first = []
        for kind in ("relevance", "activation"):
            references = channels.concepts().references(channels.LAYER, channel, kind)[:6]
            kinds = Counter(channels.concepts().classes[each.picture] for each in references)
            first.append(kinds.most_common(1)[0][0])
        same += first[0] == first[1]
    assert same == 6


def test_the_best_of_many_is_luck_early_in_the_network():
    best = channels.best(channels.EARLY)
    assert best.chosen > 0.7
    assert abs(best.measured.auc - 0.5) < 2 * best.measured.error
    areas = [
        max(t.measured.auc, 1 - t.measured.auc)
        for t in map(
            channels.best, ("block1_conv2", "block2_conv2", "block3_conv2", "block4_conv2")
        )
    ]
    assert areas == pytest.approx([0.54, 0.54, 0.85, 0.99], abs=0.01)


def test_colours_are_known_early_and_forgotten():
    found = channels.concepts()
    late, early = (found.which(layer, "red")[0] for layer in (channels.LAYER, "block1_conv2"))
    assert abs(late.measured.auc - 0.5) < 2 * late.measured.error
    assert (early.channel, early.measured.auc) == (14, pytest.approx(0.28, abs=0.01))
    top, left, bottom, right = receptive_field(
        network(), network().shapes(), "block1_conv2", (30, 30, 0)
    )
    assert (bottom - top, right - left) == (5, 5)


def test_relevance_knows_the_answer():
    found = channels.concepts()
    clear = [
        sum(abs(each.measured.auc - 0.5) > 0.4 for each in found.which(channels.LAYER, *asked))
        for asked in (("star", "cross", "relevance"), ("star", "cross"))
    ]
    assert clear[0] > 2 * clear[1] > 0


def test_code_that_is_right_and_code_that_is_not():
    def area(ones, others):
        wins = [(one > other) + (one == other) / 2 for one in ones for other in others]
        return sum(wins) / len(wins)

    assert check("18-code", area)
    assert "counts ½." in check("18-code", lambda a, b: np.mean(a[:, None] > b)).message
