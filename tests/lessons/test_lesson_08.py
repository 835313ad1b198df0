"""Lesson 8: random weights from the top down, measured on scenes whose object is known."""

import json

import numpy as np
import pytest
from stepper_pages import write_widget

from lrp_widgets import explain, load_network
from lrp_widgets.lessons import check
from lrp_widgets.lessons.experiments import sanity_checks, two_classes
from lrp_widgets.lrp import metrics
from lrp_widgets.session import Session
from lrp_widgets.widgets import ClassMaps, MapRow, RandomizedLayers, TrainedOrRandom
from lrp_widgets.widgets.lessons.playgrounds.map_row import Panel

PATIENCE = 120


# Weights drawn anew from the top


def weights(network):
    return {layer.name: (layer.kernel, layer.bias) for layer in network.weighted}


def test_randomising_down_to_a_layer_keeps_the_layers_below():
    network = load_network("mini-vgg")
    whole = weights(network.randomized(3))
    partly = network.randomized(3, down_to="block4_conv1")
    names = list(weights(network))
    at = names.index("block4_conv1")
    for k, name in enumerate(names):
        for given, expected in zip(
            weights(partly)[name], (whole if k >= at else weights(network))[name], strict=True
        ):
            np.testing.assert_array_equal(given, expected)
    assert (partly.weights, partly.seed) == ("partly random", 3)


def test_down_to_the_first_layer_all_weights_are_random():
    network = load_network("mini-vgg")
    everything = network.randomized(1, down_to="block1_conv1")
    x = np.random.default_rng(0).random((1, 64, 64, 3), np.float32)
    np.testing.assert_array_equal(everything(x), network.randomized(1)(x))
    assert everything.weights == "random"


def test_a_layer_without_weights_cannot_be_drawn():
    with pytest.raises(ValueError, match=r"block1_pool.*block1_conv1"):
        load_network("mini-vgg").randomized(down_to="block1_pool")


# What is measured


@pytest.mark.parametrize("down_to", ["block3_conv1", "block1_conv1"])
def test_outcomes_are_what_explaining_a_scene_alone_gives(down_to):
    """By networks of their own, one scene each: a network never uses another's weights."""
    number = 3
    drawn = sanity_checks.scene(number)
    network = load_network("mini-vgg")
    trained = explain(network, drawn.image).heatmap()
    e = explain(network.randomized(0, down_to), drawn.image)
    found = sanity_checks.outcomes(down_to)[number]
    np.testing.assert_allclose(found.map, e.heatmap(), atol=1e-4 * np.abs(found.map).max())
    size = np.abs(e.heatmap()).astype(np.float64)
    p = size / size.sum()
    assert found.measures.mass == pytest.approx(p[drawn.mask].sum(), rel=1e-4)
    assert found.measures.entropy == pytest.approx(-(p * np.log(p)).sum() / np.log(p.size), 1e-4)
    ranks = [np.argsort(np.argsort(each, None)) for each in (e.heatmap(), trained)]
    assert found.measures.correlation == pytest.approx(np.corrcoef(*ranks)[0, 1], abs=1e-3)
    assert found.predicted == e.prediction[0][0]


def test_means_are_over_all_scenes():
    masses = [each.measures.mass for each in sanity_checks.outcomes("fc1")]
    assert len(masses) == sanity_checks.SCENES
    assert sanity_checks.mean("fc1").mass == pytest.approx(np.mean(masses))


def test_class_maps_are_what_explaining_each_class_gives():
    maps, logits = two_classes.class_maps(0)
    e = explain(load_network("mini-vgg"), sanity_checks.scene(0).image, start="logit", target=2)
    assert logits[2] == pytest.approx(e.start_total, rel=1e-5)
    # Under z⁺ a class starts with its logit's size.
    expected = e.heatmap() * np.sign(e.start_total)
    np.testing.assert_allclose(maps[2], expected, atol=1e-4 * np.abs(maps[2]).max())
    top = int(np.argmax(logits))
    correlations = two_classes.correlations(maps, logits)
    assert correlations[top] == pytest.approx(1)
    assert correlations[2] == pytest.approx(metrics.rank_correlation(maps[2], maps[top]))


# Answers


def test_the_mistakes_of_lesson_8_get_a_message_of_their_own():
    assert check("08-mass", 0.65)
    assert "rank accuracy" in check("08-mass", 2 / 3).message
    assert "covers" in check("08-mass", 1 / 3).message
    assert check("08-correlation", 0.8)
    assert (
        "values"
        in check("08-correlation", np.corrcoef([4, 1, 3, 2], [6, 0.5, 1.5, 2])[0, 1]).message
    )
    assert check("08-code", metrics.entropy)
    assert "log n" in check("08-code", lambda R: metrics.entropy(R) * np.log(R.size)).message


def test_the_layers_to_choose_from_are_the_network_s():
    from lrp_widgets.lessons import question

    assert list(question("08-layer").options) == sanity_checks.steps()[1:]


# The widgets


def test_map_row_packs_pictures_and_maps_one_after_the_other():
    random = np.random.default_rng(0)
    picture = random.integers(0, 255, (4, 6, 3), np.uint8)
    maps = random.standard_normal((2, 4, 6)).astype(np.float32)
    row = MapRow(
        [Panel("p", picture), Panel("a", maps[0]), Panel("none", "Not here."), Panel("b", maps[1])],
        outline=picture[..., 0] > 99,
    )
    first, second, words, third = row.panels
    assert (first["shows"], first["rows"], first["columns"]) == ("picture", 4, 6)
    assert words["words"] == "Not here."
    assert (second["offset"], third["offset"]) == (0, 24)
    np.testing.assert_array_equal(np.frombuffer(row.maps, np.float32)[24:], maps[1].ravel())
    assert row.pictures == picture.tobytes()
    np.testing.assert_array_equal(
        np.frombuffer(row.outline, np.uint8).reshape(4, 6), picture[..., 0] > 99
    )


def test_trained_or_random_measures_a_scene_and_all_scenes():
    widget = TrainedOrRandom()
    widget.seed.value = 1
    assert widget.wait(PATIENCE)
    _, trained, random = widget.maps.panels
    measured = sanity_checks.outcomes(sanity_checks.all_random(), 1)[0].measures
    assert random["lines"][0] == [
        "entropy",
        f"{measured.entropy:.3f}",
        f"{sanity_checks.mean(sanity_checks.all_random(), 1).entropy:.3f}",
    ]
    assert "trained" in trained["title"]
    assert widget.maps.status == ""


def test_without_its_trained_weights_a_network_shows_random_ones_and_says_so(monkeypatch):
    from lrp_widgets.networks.zoo import registry

    monkeypatch.setattr(registry, "on_disk", lambda name, weights="pretrained": weights == "random")
    noise = np.random.default_rng(0).random((8, 8, 3), np.float32)

    class Made:
        prediction = (("cat", 0.5),)

        def heatmap(self, channels="gray"):
            return noise.sum(-1)

    asked = []
    session = Session()
    monkeypatch.setattr(Session, "explain", lambda self, r, *_: asked.append(r) or Made())
    widget = TrainedOrRandom(session)
    widget.network.value = "vgg16"
    assert widget.wait(PATIENCE)
    picture, trained, random = widget.maps.panels
    assert "not on this machine" in trained["words"] and "553 MB" in trained["words"]
    assert [r.weights for r in asked] == ["random"]
    assert random["lines"] == [["entropy", f"{metrics.entropy(noise.sum(-1)):.3f}"]]
    assert picture["shows"] == "picture"


def test_class_maps_show_every_class():
    widget = ClassMaps()
    assert widget.wait(PATIENCE)
    assert [panel["title"] for panel in widget.maps.panels] == load_network("mini-vgg").class_names
    expected = two_classes.correlations(*two_classes.class_maps(0))
    assert correlations(widget) == pytest.approx(expected, abs=5.01e-4)


def test_contrasts_show_the_first_choice_against_every_class():
    widget = ClassMaps(("epsilon-plus", "z-plus"), contrast=True)
    assert widget.wait(PATIENCE)
    titles = [panel["title"] for panel in widget.maps.panels]
    assert titles[:2] == ["ring alone", "ring − circle"] and len(titles) == 8
    found = two_classes.correlations(*two_classes.contrast_maps(0, "epsilon-plus"))
    expected = [r for k, r in enumerate(found) if k != np.argmax(found)]
    assert correlations(widget) == pytest.approx(expected, abs=5.01e-4)
    widget.rules.value = "z-plus"
    assert widget.wait(PATIENCE)
    assert min(correlations(widget)) > 0.998
    assert "difference of two logits" in widget.maps.status


def correlations(widget):
    """The correlations below a widget's maps, which have three decimals."""
    lines = [dict(panel["lines"]) for panel in widget.maps.panels]
    return [float(line["correlation"].replace("−", "-")) for line in lines if "correlation" in line]


# In a browser


@pytest.mark.browser
def test_the_slider_randomises_and_shows_no_step_before_it_was_chosen(page, tmp_path):
    widget = RandomizedLayers()
    assert widget.wait(PATIENCE)
    page.goto(write_widget(tmp_path / "page.html", widget))
    slider = page.locator(".lrp-randomized input[type=range]")
    page.locator(".lrp-randomized polyline").first.wait_for(state="attached")
    points = "() => document.querySelector('polyline').getAttribute('points').split(' ').length"
    assert page.evaluate(points) == 1
    slider.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    assert page.evaluate("() => window.model.get('at')") == 3
    assert page.evaluate(points) == 4
    row = page.locator(".lrp-panel-numbers tr", has_text="correlation")
    here, mean = row.locator("td").all_inner_texts()
    layer = sanity_checks.steps()[3]
    assert here == f"{sanity_checks.outcomes(layer)[0].measures.correlation:.3f}"
    assert mean == f"{sanity_checks.mean(layer).correlation:.3f}"
    assert layer in page.locator(".lrp-randomized-said").inner_text()
    assert json.loads(page.evaluate("() => JSON.stringify(window.model.get('steps'))"))
    assert not page.problems


@pytest.mark.browser
def test_lesson_8_in_the_browser(open_lesson):
    page = open_lesson(8)
    # Predictions open what answers them.
    assert page.get_by_role("group", name="Covered view").count() == 4
    random = page.locator(".lrp-task", has_text="all of them. Where will the relevance")
    random.get_by_label("On a few single pixels").check()
    task = page.locator(".lrp-task", has_text="two topmost")
    task.get_by_label("Below 0.5").check()
    task.locator(".lrp-task-verdict", has_text="Not yet").wait_for()
    task.get_by_label("Above 0.9").check()
    task.locator(".lrp-task-verdict", has_text="Right").wait_for()
    # The post's experiment, read off the page and computed once more.
    experiment = page.get_by_label("Trained and random weights")
    numbers = experiment.locator(".lrp-panel-numbers", has_text="correlation")
    numbers.wait_for()
    cells = numbers.locator("tr", has_text="share on object").locator("td").all_inner_texts()
    drawn = sanity_checks.scene(0)
    e = explain(load_network("mini-vgg").randomized(0), drawn.image)
    assert cells[0] == f"{100 * metrics.mass(e.heatmap(), drawn.mask):.1f} %"

    slider = page.locator(".lrp-randomized input[type=range]")
    page.locator(".lrp-randomized-said", has_text="as trained").wait_for()
    slider.fill("2")
    page.locator(".lrp-randomized-said", has_text="fc1").wait_for()

    # A contrast: its correlations on the page, under two rules.
    contrast = page.locator(".lrp-task", has_text="So one sets two classes")
    contrast.get_by_label("Above 0.9").check()
    contrast.get_by_text("✓ Right.").wait_for()
    row = page.get_by_label("Contrasts of classes")
    for rules in ("z-plus", "epsilon-plus"):
        page.get_by_label("Rules", exact=True).first.select_option(rules)
        found = two_classes.correlations(*two_classes.contrast_maps(0, rules))
        lowest = f"{min(found):.3f}"
        row.locator("tr", has_text="correlation").get_by_text(lowest).first.wait_for()

    assert not page.problems
