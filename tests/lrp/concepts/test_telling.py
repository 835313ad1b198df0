"""How well channels tell attributes: areas, their errors, and the files that hold them."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from lrp_widgets import concepts, explain, load_network, metrics
from lrp_widgets.lrp.concepts.finding import FOLDER, MEASURED, SCENES, shipped_file
from lrp_widgets.lrp.concepts.table import read_concepts
from lrp_widgets.lrp.concepts.values import KINDS, SCORES, channel_values, layers_with_channels
from lrp_widgets.media.scene_attributes import (
    DIFFERENCES,
    HUES,
    REST,
    find_difference,
    groups,
    hue_of,
)
from lrp_widgets.media.scenes import KINDS as SHAPES
from lrp_widgets.media.scenes import draw_scene


def by_loops(ones, others):
    """The area and its error, every pair written out."""
    wins = [[(x > y) + 0.5 * (x == y) for y in others] for x in ones]
    n, m = len(ones), len(others)
    area = sum(map(sum, wins)) / (n * m)
    rows = [sum(row) / m for row in wins]
    columns = [sum(wins[i][j] for i in range(n)) / n for j in range(m)]
    variance = sum((v - area) ** 2 for v in rows) / (n - 1) / n
    variance += sum((v - area) ** 2 for v in columns) / (m - 1) / m
    return area, variance**0.5


@pytest.mark.parametrize("seed", range(4))
def test_the_area_and_its_error(seed):
    random = np.random.default_rng(seed)
    ones, others = random.integers(-3, 6, 17) / 2, random.integers(-6, 3, 11) / 2  # with ties
    told = concepts.auc_with_error(ones, others)
    assert told[:2] == pytest.approx(by_loops(ones, others), abs=1e-12)
    assert told[2:] == (17, 11)
    label = np.repeat([1, 0], [17, 11])
    values = np.concatenate([ones, others])
    assert told.auc == pytest.approx(roc_auc_score(label, values))
    assert metrics.roc_auc(values[None] + 9, label[None] == 1) == pytest.approx(told.auc)
    assert concepts.auc_with_error(others, ones).auc == pytest.approx(1 - told.auc)


def test_the_error_is_the_spread_of_the_area():
    random = np.random.default_rng(1)
    drawn = [
        concepts.auc_with_error(random.normal(1, 1, 40), random.normal(0, 1, 60))
        for _ in range(600)
    ]
    spread = np.std([each.auc for each in drawn])
    assert np.mean([each.error for each in drawn]) == pytest.approx(spread, rel=0.1)


def test_areas_of_no_pictures():
    assert np.isnan(concepts.auc_with_error([], [1.0]).auc)
    told = concepts.auc_with_error([2.0], [1.0, 3.0])
    assert told.auc == 0.5
    assert np.isnan(told.error)
    with pytest.raises(ValueError, match="finite"):
        concepts.auc_with_error([np.nan], [1.0])


def test_the_attributes_of_scenes_are_those_of_their_pictures():
    """The colour, place and size that a scene says, against the pixels of its object."""
    for number in range(60):
        scene = draw_scene((7, number))
        pixels = scene.image[scene.mask].mean(0) / 255
        np.testing.assert_allclose(pixels, scene.color, atol=0.06)
        rows, columns = np.nonzero(scene.mask)
        reach = [(each.max() - each.min() + 1) / 128 for each in (rows, columns)]
        assert 0.55 * scene.radius < max(reach) < 1.2 * scene.radius
        middle = (rows.min() + rows.max() + 1) / 128, (columns.min() + columns.max() + 1) / 128
        assert np.abs(np.subtract(middle, scene.place)).max() < 0.55 * scene.radius


def test_groups_of_scenes():
    scenes = [draw_scene((8, number)) for number in range(50)]
    found = groups(scenes)
    for row, each in zip(found, DIFFERENCES, strict=True):
        for group, scene in zip(row, scenes, strict=True):
            if each.attribute == "shape":
                wanted = {each.one: 1, each.other: 0}.get(
                    scene.kind, 0 if each.other == REST else -1
                )
            elif each.attribute == "colour":
                wanted = int(hue_of(scene.color) == each.one)
            elif each.attribute == "size":
                wanted = int(scene.radius > 0.25)
            else:
                wanted = int(scene.place[each.one == "left"] < 0.5)
            assert group == wanted
    assert len(DIFFERENCES) == 8 + 28 + 6 + 3


def test_hues():
    named = {"red": (1, 0, 0.1), "yellow": (0.9, 0.9, 0), "green": (0, 0.5, 0.1)}
    named |= {"cyan": (0, 1, 1), "blue": (0.1, 0, 1), "magenta": (1, 0, 0.9)}
    assert tuple(named) == HUES
    assert {name: hue_of(color) for name, color in named.items()} == dict(zip(HUES, HUES))
    assert hue_of((1, 0, 0.2)) == "red"  # from the circle's other end


def test_differences_by_name():
    star, turned = find_difference("cross", "star")
    assert (star.one, star.other, turned) == ("star", "cross", True)
    assert star.words == "a star from a cross"
    assert find_difference("red")[0].words == "a red object from the rest"
    assert find_difference("left", "right")[0].nouns == (
        "an object on the left",
        "an object on the right",
    )
    with pytest.raises(ValueError, match="Nothing is measured about star and red"):
        find_difference("star", "red")


# What travels with the package


@pytest.mark.parametrize("name", MEASURED)
def test_what_travels_with_the_package(name):
    network = load_network(name)
    path = shipped_file(name)
    assert path.parent == FOLDER
    assert path.stat().st_size < 2e6
    found = read_concepts(path)
    assert concepts.concepts_of(network).about == found.about
    assert list(found.shapes) == list(found.areas) == layers_with_channels(network)
    assert (found.pictures.count, found.words) == (SCENES, "1,000 drawn scenes")
    shown = np.mean(found.classes[:200] == [found.pictures.scene(k).label for k in range(200)])
    assert shown > 0.97


@pytest.mark.parametrize("name", MEASURED)
def test_references_are_still_those_of_the_network(name):
    """Of one layer the strongest pictures of all channels are explained anew."""
    network = load_network(name)
    found = concepts.concepts_of(network)
    layer = [each.name for each in network.layers if len(found.shapes.get(each.name, ())) == 3][-2]
    for kind in KINDS:
        strongest = {
            channel: found.references(layer, channel, kind)[0]
            for channel in range(found.shapes[layer][-1])
            if found.references(layer, channel, kind)
        }
        chosen = dict(list(strongest.items())[:: max(1, len(strongest) // 6)])
        images = np.stack([found.pictures.scene(each.picture).image for each in chosen.values()])
        e = explain(network, images, rules=found.rules, start="logit")
        values = channel_values(e[layer].activation, e[layer].relevance)
        for row, (channel, each) in enumerate(chosen.items()):
            assert each.value == pytest.approx(values.scores[kind][row, channel], rel=1e-3)
            # Another processor may round two nearly equal places the other way.
            map_of_one = getattr(e[layer], kind)[row, ..., channel]
            assert map_of_one[each.place] == pytest.approx(map_of_one.max(), rel=1e-3)


def test_areas_are_still_those_of_the_network():
    """mini-vgg's last convolution on all scenes of three shapes: every area of these anew."""
    network, layer = load_network("mini-vgg"), "block4_conv2"
    found = concepts.concepts_of(network)
    scenes = [found.pictures.scene(k) for k in range(SCENES)]
    some = [k for k, scene in enumerate(scenes) if scene.kind in ("star", "cross")]
    images = np.stack([scenes[k].image for k in some])
    parts = [
        explain(network, images[k : k + 50], found.rules, start="logit")
        for k in range(0, len(images), 50)
    ]
    values = [channel_values(e[layer].activation, e[layer].relevance) for e in parts]
    is_star = np.array([scenes[k].kind == "star" for k in some])
    odd = np.array(some) % 2 == 1
    for score in SCORES:
        every = np.concatenate([each.scores[score] for each in values])
        told = {each.channel: each for each in found.which(layer, "star", "cross", score)}
        for channel in range(0, 64, 7):
            area = roc_auc_score(is_star[odd], every[odd, channel])
            chosen = roc_auc_score(is_star[~odd], every[~odd, channel])
            assert told[channel].measured.auc == pytest.approx(area, abs=2e-3)
            assert told[channel].chosen == pytest.approx(chosen, abs=2e-3)
            assert told[channel].measured[2:] == (is_star[odd].sum(), (~is_star[odd]).sum())


def test_which_channel_tells_a_star_from_a_cross():
    found = concepts.concepts_of(load_network("mini-vgg"))
    best = found.which("block4_conv2", "star", "cross")
    assert [abs(each.chosen - 0.5) for each in best] == sorted(
        (abs(each.chosen - 0.5) for each in best), reverse=True
    )
    assert best[0].measured.auc > 0.95
    turned = found.which("block4_conv2", "cross", "star")
    assert [each.channel for each in turned] == [each.channel for each in best]
    assert turned[0].measured.auc == pytest.approx(1 - best[0].measured.auc)
    assert turned[0].measured[2:] == best[0].measured[2:][::-1]
    of_one = found.tells("block4_conv2", best[0].channel)
    assert of_one[0].chosen >= best[0].chosen
    assert {(t.difference.one, t.difference.other) for t in of_one} >= {("star", "cross")}
    assert len(found.which("block4_conv2", "red", count=3)) == 3
    assert {shape for shape in SHAPES if found.which("fc1", shape)} == set(SHAPES)
