"""The mark: where it is, what it does to a pixel, and that nothing else changes."""

import numpy as np
import pytest

from lrp_widgets.media.mark import mark_mask, put_mark
from lrp_widgets.media.scenes import draw_scenes


def test_only_the_box_in_the_corner_changes():
    images, _, _ = draw_scenes(6, 3)
    marked, mask = put_mark(images), mark_mask()
    assert marked.dtype == np.uint8
    assert (marked[:, ~mask] == images[:, ~mask]).all()
    assert (marked[:, mask] != images[:, mask]).any(-1).all()
    rows, columns = np.nonzero(mask)
    assert rows.min() > 40 and columns.min() > 40  # the lower right corner
    assert mask.sum() == 7 * 13


def test_letters_are_lighter_and_the_box_darker():
    gray = np.full((64, 64, 3), 100, np.uint8)
    inside = put_mark(gray)[mark_mask()]
    assert set(np.unique(inside)) == {65, round(45 + 0.55 * 255)}
    as_float = put_mark(gray / 255.0)[mark_mask()]
    np.testing.assert_allclose(as_float * 255, inside, atol=0.51)


def test_another_size_is_refused():
    with pytest.raises(ValueError, match="64×64×3"):
        put_mark(np.zeros((32, 32, 3), np.uint8))
