"""The drawn pictures: the same for the same seed, with a mask that is exactly the object."""

import subprocess
import sys

import numpy as np
import pytest

from lrp_widgets.media.scenes import KINDS, draw_scene, draw_scenes

# Labels, mean colour and covered share of the first pictures of the training's seed.
LABELS = [3, 4, 5, 3, 4, 6, 5, 6, 0, 2, 1, 7]
COLOUR = [132.9, 118.6, 127.0]
COVERED = 0.1132


@pytest.fixture(scope="module")
def scenes():
    return [draw_scene((11, i)) for i in range(160)]


def shrink(mask):
    """The pixels of `mask` whose eight neighbours belong to it too."""
    padded = np.pad(mask, 1)
    height, width = mask.shape
    return np.all(
        [padded[r : r + height, c : c + width] for r in range(3) for c in range(3)], axis=0
    )


def test_a_scene_is_what_it_says(scenes):
    for scene in scenes:
        assert (scene.image.shape, scene.image.dtype) == ((64, 64, 3), np.uint8)
        assert (scene.mask.shape, scene.mask.dtype) == ((64, 64), bool)
        assert KINDS[scene.label] == scene.kind


def test_every_kind_comes_up_about_equally_often():
    labels = [draw_scene((3, i), size=16).label for i in range(400)]
    counts = np.bincount(labels, minlength=8)
    # 400 draws of 8 kinds: 50 each, with a standard deviation of 6.6.
    assert np.abs(counts - 50).max() < 25


def test_the_same_seed_gives_the_same_scene_and_another_seed_another():
    first, again, other = draw_scene(5), draw_scene(5), draw_scene(6)
    np.testing.assert_array_equal(first.image, again.image)
    np.testing.assert_array_equal(first.mask, again.mask)
    assert not np.array_equal(first.image, other.image)


def test_no_two_pictures_are_equal():
    pictures = np.concatenate([draw_scenes(150, seed)[0] for seed in (1, 2)])
    assert len({picture.tobytes() for picture in pictures}) == 300


def test_scenes_are_still_those_that_the_bundled_weights_were_trained_on():
    images, labels, masks = draw_scenes(12, seed=1)
    assert labels.tolist() == LABELS
    np.testing.assert_allclose(images.mean(axis=(0, 1, 2)), COLOUR, atol=0.5)
    assert masks.mean() == pytest.approx(COVERED, abs=0.001)


def test_picture_i_does_not_depend_on_how_many_are_drawn():
    images, labels, masks = draw_scenes(6, seed=9)
    fewer, _, _ = draw_scenes(2, seed=9)
    np.testing.assert_array_equal(images[:2], fewer)
    scene = draw_scene((9, 4))
    np.testing.assert_array_equal(images[4], scene.image)
    np.testing.assert_array_equal(masks[4], scene.mask)
    assert labels[4] == scene.label


def test_the_object_has_one_colour_that_nothing_else_has(scenes):
    for scene in scenes:
        inside = scene.image[shrink(scene.mask)].astype(float)
        outside = scene.image[shrink(~scene.mask)].astype(float)
        colour = np.median(inside, axis=0)
        # The object is up to 7 % lighter to one side.
        assert np.abs(inside - colour).max() <= 0.15 * colour.max() + 2
        alike = np.abs(outside - colour).max(axis=1) < 20
        assert alike.mean() < 0.02, scene.kind


def test_pixels_outside_two_objects_do_not_depend_on_the_kind():
    circle, heart = draw_scene(21, kind="circle"), draw_scene(21, kind="heart")
    both_outside = shrink(~circle.mask) & shrink(~heart.mask)
    np.testing.assert_array_equal(circle.image[both_outside], heart.image[both_outside])
    assert not np.array_equal(circle.mask, heart.mask)
    assert (circle.kind, heart.kind) == ("circle", "heart")


def test_the_object_lies_wholly_in_the_picture(scenes):
    for scene in scenes:
        edge = np.concatenate([scene.mask[0], scene.mask[-1], scene.mask[:, 0], scene.mask[:, -1]])
        assert not edge.any()
        assert 0.02 < scene.mask.mean() < 0.4


@pytest.mark.parametrize("kind", KINDS)
def test_another_size_shows_the_same_object(kind):
    small, large = draw_scene(8, kind=kind), draw_scene(8, kind=kind, size=256)
    coverage = large.mask.reshape(64, 4, 64, 4).mean(axis=(1, 3))
    # Only pixels that the object covers by about half may be decided the other way.
    decided = np.abs(coverage - 0.5) > 0.3
    np.testing.assert_array_equal(small.mask[decided], coverage[decided] >= 0.5)


@pytest.mark.parametrize(
    ("kind", "share"),
    [("circle", 1.0), ("square", 2 / np.pi), ("triangle", 3 * np.sqrt(3) / (4 * np.pi))],
)
def test_shapes_fill_as_much_of_their_circumscribed_circle_as_geometry_says(kind, share):
    for seed in range(5):
        rows, columns = np.nonzero(draw_scene(seed, kind=kind, size=256).mask)
        reach = np.hypot(rows - rows.mean(), columns - columns.mean()).max()
        assert len(rows) / (np.pi * reach**2) == pytest.approx(share, rel=0.04)


def test_a_ring_has_a_hole_in_its_middle_through_which_one_sees_the_background():
    ring, circle = draw_scene(4, kind="ring"), draw_scene(4, kind="circle")
    rows, columns = np.nonzero(ring.mask)
    middle = round(rows.mean()), round(columns.mean())
    assert not ring.mask[middle]
    assert circle.mask[middle]


def test_an_unknown_kind_and_too_small_a_size_are_refused():
    with pytest.raises(ValueError, match=r"'blob'.*circle, square"):
        draw_scene(1, kind="blob")
    with pytest.raises(ValueError, match="from 16 to 2048; got 8"):
        draw_scene(1, size=8)


def test_drawing_does_not_import_tensorflow():
    code = "import sys, lrp_widgets.media.scenes; sys.exit('tensorflow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
