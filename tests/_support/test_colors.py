"""Zero is white, the scale is symmetric, and what is clipped is told."""

import numpy as np
import pytest

from lrp_widgets._support import colors
from tools import color_tables

RNG = np.random.default_rng(3)


@pytest.mark.parametrize("name", colors.COLORMAPS)
def test_zero_is_exactly_white_and_nothing_else_is(name):
    table = colors.lookup_table(name)
    assert table.shape == (256, 3)
    assert table.dtype == np.uint8
    white = (table == 255).all(axis=1)
    assert np.flatnonzero(white).tolist() == [colors.ZERO]


@pytest.mark.parametrize("name", colors.COLORMAPS)
def test_both_sides_fade_to_white_step_by_step(name):
    light = colors.lookup_table(name)[1:].astype(int).sum(axis=1)
    assert len(light) == 255
    assert (np.diff(light[:128]) >= 0).all()
    assert (np.diff(light[127:]) <= 0).all()


@pytest.mark.parametrize("name", colors.COLORMAPS)
def test_tables_are_the_known_maps_away_from_zero(name):
    from matplotlib import colormaps

    known = np.rint(255 * colormaps[name].resampled(255)(range(255))[:, :3])
    away = np.abs(np.linspace(-1, 1, 255)) >= 0.2
    np.testing.assert_array_equal(colors.lookup_table(name)[1:][away], known[away])


def test_positive_is_red_and_negative_blue():
    limits = colors.Limits(-1.0, 1.0)
    (blue, white, red), _ = colors.to_rgb([[-1, 0, 1]] * 2, limits).astype(int)
    assert blue[2] > blue[0] + 40
    assert red[0] > red[2] + 40
    assert white.tolist() == [255, 255, 255]


def test_unknown_names_are_refused():
    with pytest.raises(ValueError, match=r"jet.*RdBu_r, PuOr_r, seismic"):
        colors.lookup_table("jet")
    with pytest.raises(ValueError, match=r"log.*symmetric and min-max"):
        colors.find_limits([1.0], "log")
    with pytest.raises(ValueError, match="percentile"):
        colors.find_limits([1.0], percentile=0)


def test_symmetric_limits_are_the_percentile_and_tell_the_clipped_share():
    values = np.arange(-1000, 1001) / 10
    limits = colors.find_limits(values, percentile=90)
    assert limits.high == -limits.low == pytest.approx(np.percentile(np.abs(values), 90))
    assert limits.clipped == pytest.approx(np.mean(np.abs(values) > limits.high))
    assert 0.09 < limits.clipped < 0.11
    whole = colors.find_limits(values, percentile=100)
    assert (whole.low, whole.high, whole.clipped) == (-100, 100, 0)


def test_default_is_the_percentile_that_the_caption_names():
    values = RNG.standard_normal(10_000)
    assert colors.find_limits(values).high == pytest.approx(np.percentile(np.abs(values), 99.5))


def test_nearly_empty_maps_take_their_maximum():
    values = np.zeros(10_000)
    values[5] = -3
    limits = colors.find_limits(values)
    assert (limits.low, limits.high, limits.clipped) == (-3, 3, 0)


@pytest.mark.parametrize("scale", colors.SCALES)
def test_a_map_of_zeros_is_all_white(scale):
    values = np.zeros((4, 5))
    drawn = colors.to_rgb(values, colors.find_limits(values, scale))
    assert (drawn == 255).all()


def test_min_max_runs_from_the_smallest_to_the_largest():
    values = np.array([[2.0, 3.0], [5.0, 6.0]])
    limits = colors.find_limits(values, "min-max")
    assert (limits.low, limits.high, limits.clipped) == (2, 6, 0)
    index = colors.to_index(values, limits)
    assert (index[0, 0], index[1, 1]) == (1, 255)


def test_index_is_odd_about_zero_and_clips():
    values = np.linspace(0, 2, 401)
    limits = colors.Limits(-1.0, 1.0)
    above = colors.to_index(values, limits).astype(int) - colors.ZERO
    below = colors.to_index(-values, limits).astype(int) - colors.ZERO
    np.testing.assert_array_equal(above, -below)
    assert above[0] == 0
    assert above.max() == above[200] == 127


def test_tiny_values_keep_their_sign_of_colour():
    values = np.array([[-1e-30, 0, 1e-30]], np.float32)
    drawn = colors.to_rgb(values, colors.find_limits(values, percentile=100)).astype(int)
    assert drawn[0, 0, 2] > drawn[0, 0, 0]
    assert drawn[0, 2, 0] > drawn[0, 2, 2]


def test_rgb_view_keeps_channels_with_zero_mid_gray():
    values = np.zeros((2, 3, 3))
    values[0, 1] = (1, 0, -1)
    drawn = colors.to_rgb(values, colors.Limits(-1.0, 1.0))
    assert drawn[0, 1].tolist() == [255, 128, 1]
    assert drawn[1, 2].tolist() == [128, 128, 128]


def test_overlay_runs_from_the_gray_picture_to_the_colours():
    picture = RNG.integers(0, 256, (6, 8, 3), np.uint8)
    relevance = RNG.integers(0, 256, (3, 4, 3), np.uint8)
    enlarged = relevance.repeat(2, axis=0).repeat(2, axis=1)
    np.testing.assert_array_equal(colors.overlay(relevance, picture, 1), enlarged)
    gray = colors.overlay(relevance, picture, 0)
    assert (gray == gray[..., :1]).all()
    luminance = picture @ [0.299, 0.587, 0.114]
    assert np.abs(gray[..., 0] - luminance).max() <= 1
    half = colors.overlay(relevance, picture, 0.5).astype(float)
    assert np.abs(half - (gray / 2 + enlarged / 2)).max() <= 1
    with pytest.raises(ValueError, match="between 0 and 1"):
        colors.overlay(relevance, picture, 1.5)


@pytest.mark.parametrize("name", [*colors.COLORMAPS, colors.DIFFERENCE])
def test_the_tables_in_the_package_are_those_made_from_matplotlib(name):
    np.testing.assert_array_equal(colors.lookup_table(name), color_tables.table(name))
