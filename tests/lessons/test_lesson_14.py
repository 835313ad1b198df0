"""Lesson 14: the backward pass in forty lines, filled in, executed, and held against ours."""

import re

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

from lrp_widgets import explain, load_image
from lrp_widgets._support.paths import folder
from lrp_widgets.lessons import check, lesson, lesson14
from lrp_widgets.lessons.experiments.gradient_trick import step_c
from lrp_widgets.lrp.layer_steps import four_steps
from lrp_widgets.widgets import StepC, YourMap

STEPS = {name: name.partition("-")[2] for name in lesson14.SOLUTIONS}
LINES = 42


# The model solution


def test_every_step_of_the_model_solution_is_right():
    solved = lesson14.model_solution()
    for name, function in STEPS.items():
        assert check(name, solved[function]), name
        # What the page shows as the solution is the same text.
        assert lesson14.SOLUTIONS[name] in lesson14.QUESTIONS[name].solution()


def test_it_has_about_forty_lines():
    text = "".join(lesson14.SOLUTIONS.values())
    lines = [line for line in text.splitlines() if line.partition("#")[0].strip()]
    assert 35 <= len(lines) <= LINES
    assert max(map(len, lines)) <= 90  # none of them is two in disguise
    assert ";" not in text


@pytest.mark.parametrize("picture", ["star", "heart", "cat"])
def test_it_ends_in_the_same_map(network, picture):
    solved, image = lesson14.model_solution(), load_image(picture, network)
    made = solved["lrp"](*solved["load"](network, image))
    e = explain(network, image)
    assert np.abs(made - e.pixels).max() <= 1e-5 * np.abs(e.pixels).max()
    assert made.sum() == pytest.approx(1, abs=1e-5)


def test_the_lesson_executes_with_the_solutions_filled_in():
    notebook = nbformat.read(folder("notebooks") / lesson(14).notebook, as_version=4)
    for name in lesson14.SOLUTIONS:
        skeleton = lesson14.QUESTIONS[name].skeleton
        [cell] = [c for c in notebook.cells if f'check("{name}"' in c.source]
        assert cell.source.startswith(skeleton.strip())
        cell.source = cell.source.replace(skeleton.strip(), lesson14.SOLUTIONS[name].strip())
    [shown] = [c for c in notebook.cells if "YourMap(load, lrp)" in c.source]
    shown.source = "shown = YourMap(load, lrp)\nprint(shown.difference, shown.maps.status)"
    NotebookClient(notebook, timeout=300, kernel_name="python3").execute()
    for name in lesson14.SOLUTIONS:
        [cell] = [c for c in notebook.cells if f'check("{name}"' in c.source]
        [output] = cell.outputs
        assert "✓ Right." in output.data["text/markdown"], name
    [output] = shown.outputs
    difference, _, words = output.text.partition(" ")
    assert float(difference) <= 1e-5
    assert words.startswith("The same map.")


# Mistakes


def test_what_is_loaded_wrongly_is_told(network):
    weights, activations = lesson14.load(network, load_image("star", network))
    assert not check("14-load", lambda *_: (weights, {}))
    assert "a pair is" in check("14-load", lambda *_: activations).message
    assert "a pair is" in check("14-load", lambda *_: 7).message
    assert "dots" in check("14-load", lambda *_: ...).message


def test_a_transpose_with_the_places_the_wrong_way_round_is_told():
    solved = lesson14.model_solution()

    def wrong(s, w):
        return solved["forward"](s, np.swapaxes(w, 2, 3))

    assert "the other way" in check("14-transpose", wrong).message


def test_blue_gets_less_with_pixel_values(network):
    e = explain(network, load_image("star", network), input_rule=None)
    share = e.pixels[..., 2].sum() / e.pixels.sum()
    assert check("14-ones", share)
    assert share < 0.8 * lesson14._blue("ones")


# Step c


@pytest.mark.parametrize("name", ["block1_conv1", "block2_conv2", "block4_conv1"])
def test_the_gradient_is_step_c_only_while_s_is_held(network, name):
    e = explain(network, load_image("star", network))
    found = step_c(e, name)
    np.testing.assert_array_equal(found.c, four_steps(e, name).steps["c"].terms[0].values)
    largest = np.abs(found.c).max()
    np.testing.assert_allclose(found.held, found.c, atol=1e-5 * largest)
    assert np.abs(found.through).max() < 1e-10 * largest
    # What c makes of x is the relevance of the layer below.
    below = e[network[name].inputs[0]].relevance
    np.testing.assert_allclose(found.x * found.held, below, atol=1e-5 * below.max())
    with pytest.raises(ValueError, match="fc1 is no convolution"):
        step_c(e, "fc1")


def test_step_c_is_shown_with_what_it_hands_on():
    shown = StepC(layer="block3_conv1")
    handed_on = {each["name"]: each["values"] for each in shown.measured}["ΣR handed down, Σ x · c"]
    assert handed_on[:2] == ["1.0000", "1.0000"]
    assert float(handed_on[2]) == 0
    maps = np.frombuffer(shown.maps, np.float32).reshape(3, 16, 16)
    np.testing.assert_allclose(maps[0], maps[1], atol=1e-5 * maps[0].max())
    assert len({each["high"] for each in shown.described}) == 1  # one scale
    shown.set_state({"chosen": {"layer": "block1_conv2", "picture": "heart"}})
    assert shown.error == "" and shown.described[0]["rows"] == 64


# The learner's map beside ours


def test_your_map_is_told_from_ours():
    solved = lesson14.model_solution()
    shown = YourMap(solved["load"], solved["lrp"])
    assert shown.difference <= 1e-5 and shown.maps.status.startswith("The same map.")
    assert [panel["title"] for panel in shown.maps.panels] == ["star", "the package’s", "yours"]
    shown.picture.value = "ring"
    assert shown.difference <= 1e-5 and shown.maps.panels[0]["title"] == "ring"
    half = YourMap(solved["load"], lambda *loaded: solved["lrp"](*loaded) / 2)
    assert half.difference > 0.4 and half.maps.status.startswith("Not the same map yet.")


@pytest.mark.parametrize(
    ("lrp", "says"),
    [
        (lambda *_: ..., "once all the functions"),
        (lambda *_: None, "once all the functions"),
        (lambda *_: ... + 1, "once all the functions"),
        (lambda *_: 1 / 0, "stopped with ZeroDivisionError"),
        (lambda *_: np.ones((64, 64)), r"shape \(64, 64\); it should be \(64, 64, 3\)"),
        (lambda *_: np.full((64, 64, 3), np.nan), "no numbers"),
    ],
)
def test_a_map_that_is_not_there_is_told_in_a_sentence(lrp, says):
    shown = YourMap(lesson14.load, lrp)
    assert re.search(says, shown.maps.status) and shown.difference is None
    assert shown.maps.panels[2]["words"] == shown.maps.status
    assert shown.maps.panels[1]["shows"] == "map"


@pytest.mark.browser
def test_the_lesson_is_worked_through(open_lesson):
    page = open_lesson(14)
    assert page.locator(".lrp-maps").count() == 0
    held = page.locator(".lrp-task").filter(has_text="if you forget to hold")
    held.get_by_label("The same c").check()
    held.get_by_text("✗ Not yet.").wait_for()
    held.get_by_label("0, up to rounding").check()
    held.get_by_text("✓ Right.").wait_for()
    row = page.locator(".lrp-maps-measure", has_text="ΣR handed down")
    row.wait_for()
    handed_on = row.locator(".lrp-maps-number").all_inner_texts()
    assert handed_on[:2] == ["1.0000", "1.0000"] and float(handed_on[2]) == 0
    precision = page.locator(".lrp-task").filter(has_text="largest difference between the two")
    precision.get_by_label("Less than 0.001 %").check()
    precision.get_by_text("✓ Right.").wait_for()
    # Nothing has been written on this page yet, and it says so beside our map.
    both = page.get_by_label("The package’s map and yours")
    both.get_by_text("once all the functions").first.wait_for()
    assert page.problems == []
