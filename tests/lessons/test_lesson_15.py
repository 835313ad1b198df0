"""Lesson 15: pictures taken apart, the baseline, and the league."""

import numpy as np
import pytest
from lesson_cells import predict

from lrp_widgets.lessons import check, question
from lrp_widgets.lessons.experiments import loaded, taken_apart
from lrp_widgets.lessons.experiments.league import cases
from lrp_widgets.widgets import PerturbationCurves

PATIENCE = 120


def test_the_curves_are_the_network_s_own_answers():
    """Every picture of a curve made anew from what the widget sends, and shown to the network."""
    view = PerturbationCurves(scene=1, first="z-plus", second="gradient", baseline="blur")
    assert view.wait(PATIENCE) and view.status == ""
    network, scene = loaded.network("mini-vgg"), cases.scene(1)
    x, other = (
        np.frombuffer(each, np.uint8).reshape(64, 64, 3).copy()
        for each in (view.picture, view.replacement)
    )
    np.testing.assert_array_equal(x, scene.image)
    way = view.curves["first"]["morf"]
    target = network(network.preprocess(x[None])).argmax()
    pictures = [x.copy()]
    for row, column in way["replaced"]:
        x[row : row + 8, column : column + 8] = other[row : row + 8, column : column + 8]
        pictures.append(x.copy())
    scores = network(network.preprocess(np.stack(pictures)))[:, target]
    np.testing.assert_allclose(way["scores"], scores, atol=0.02)  # the blur is rounded to bytes
    assert view.drawn["says"] == network.class_names[target]
    # The first patch is the one with the most relevance.
    made = taken_apart.relevance(1, "z-plus")
    patches = made.reshape(8, 8, 8, 8).mean((1, 3))
    best = np.unravel_index(patches.argmax(), patches.shape)
    assert way["replaced"][0] == [8 * best[0], 8 * best[1]]
    # The area is the mean of the difference.
    [entry] = (each for each in view.areas if each["baseline"] == "blur")
    difference = np.subtract(view.curves["first"]["lerf"]["scores"], way["scores"])
    assert entry["first"] == pytest.approx(difference.mean(), abs=1e-6)


def test_it_begins_with_the_pair_that_was_found():
    view = PerturbationCurves()
    ahead = taken_apart.pair()[0]
    assert [view.chosen[name] for name in ("first", "second")] == [ahead["first"], ahead["second"]]
    assert view.chosen["scene"] == ahead["example"] in [each["value"] for each in view.scenes]
    view.set_state({"chosen": view.chosen | {"second": "gradient"}})
    assert view.wait(PATIENCE)
    assert all(entry["second"] is not None for entry in view.areas)


def test_numbers_worked_out_by_hand():
    assert check("15-aopc", (0 + 0.4 + 0.6 + 0.7 + 0.8) / 5)
    assert "beginning" in check("15-aopc", (0.4 + 0.6 + 0.7 + 0.8) / 4).message
    assert check("15-area", (0 + 0.38 + 0.5 + 0.4 + 0) / 5)
    assert "sum" in check("15-area", 1.28).message


def test_a_learner_s_curve():
    def scores(f, x, other, R):
        x, found = np.array(x), [f(x)]
        for i in sorted(range(len(R)), key=lambda i: -R[i]):
            x[i] = other[i]
            found.append(f(x))
        return np.array(found)

    assert check("15-code", scores)
    f, x, other, R = question("15-code").cases()[0]
    # A linear score falls by exactly the relevance removed.
    assert -np.diff(scores(f, x, other, R)) == pytest.approx(np.sort(R)[::-1])


@pytest.mark.browser
def test_the_lesson_is_worked_through(open_lesson):
    page = open_lesson(15)
    assert page.locator(".lrp-perturb").count() == 0
    predict(page, "Which one is ahead?", "Neither, by two standard errors")
    view = page.locator(".lrp-perturb")
    view.locator(".lrp-chart-picture svg").wait_for()
    view.get_by_role("slider", name="patches replaced").fill("20")
    view.get_by_text("20 of 64").wait_for()
    view.get_by_label("Replaced by").select_option("noise")
    view.locator("tr.lrp-perturb-chosen", has_text="noise").wait_for()

    predict(page, "win all four", "No")
    assert page.locator(".lrp-league").count() == 0
    predict(page, "noise called better", "MPRT")
    league = page.locator(".lrp-league")
    heading = league.get_by_role("button", name="mass", exact=True)
    heading.focus()
    page.keyboard.press("Enter")
    league.locator("th[aria-sort=descending]", has_text="mass").wait_for()
    assert league.locator("tbody th").first.inner_text().startswith("the object's mask")
    page.keyboard.press("Enter")  # the heading still has the focus, and turns the order around
    league.locator("th[aria-sort=ascending]", has_text="mass").wait_for()
    # The keyboard: one stop for the whole table, arrows within it, Enter opens.
    league.locator('.lrp-league-cell[tabindex="0"]').focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    league.locator(".lrp-league-opened canvas").first.wait_for()
    page.keyboard.press("Escape")
    league.locator(".lrp-league-opened").wait_for(state="hidden")
    assert page.problems == []
