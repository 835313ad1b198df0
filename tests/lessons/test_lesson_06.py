"""Lesson 6: x = 1 at the pixels, and what brightness does without it."""

import numpy as np
import pytest
from lesson_cells import predict
from small import picture, small_vgg

from lrp_widgets import explain, load_image
from lrp_widgets.lessons import lesson06
from lrp_widgets.lessons.checking import questions
from lrp_widgets.lessons.experiments.brightness import both_maps, brighter, goes_along, on_black
from lrp_widgets.widgets import BrightnessMaps, RulesOnWindow


def measured(maps):
    return {row["name"].partition(" (")[0]: row["values"] for row in maps.measured}


def test_brightness_is_added_and_cut_off():
    image = np.array([[[0, 100, 250]]], np.uint8)
    assert brighter(image, 10).tolist() == [[[10, 110, 255]]]
    assert brighter(image, -120).tolist() == [[[0, 0, 130]]]
    assert brighter(image, 0).dtype == np.uint8


def test_black_gets_nothing_from_the_pixels_themselves(network):
    image = brighter(load_image("ring", network), -100)
    maps = both_maps(network, image)
    black = image == 0
    assert on_black(maps[None]) == 0
    assert on_black(maps["ones"]) > 0.1
    assert on_black(maps["ones"]) == pytest.approx(maps["ones"].pixels[black].sum(), abs=1e-5)
    assert maps["ones"].totals["input"] == pytest.approx(1, abs=1e-4)
    # Windows that are black all over have nothing to share by: the ledger has the rest.
    lost = maps[None].layers[1].absorbed
    assert maps[None].totals["input"] + lost["bias"] + lost["dead"] == pytest.approx(1, abs=1e-4)


def test_the_measure_is_pearsons(network):
    e = explain(network, load_image("heart", network), input_rule=None)
    expected = np.corrcoef(np.float64(e.pixels).ravel(), np.float64(e.picture).ravel())[0, 1]
    assert goes_along(e) == pytest.approx(expected)


def test_relevance_goes_along_with_brightness_more_closely_without_ones(network):
    for name in ("heart", "circle", "cross"):
        for by in (-60, 0, 60):
            maps = both_maps(network, brighter(load_image(name, network), by))
            assert goes_along(maps[None]) > goes_along(maps["ones"])


def test_the_widget_follows_its_controls():
    # The channels of this network are as many as a picture's, and its sizes small.
    network = small_vgg()

    class Maps(BrightnessMaps):
        def _read(self, name):
            return picture(network, seed=["heart", "star"].index(name))

    maps = Maps(network)
    assert set(measured(maps)["correlation with the map at brightness 0"]) == {"1.00"}
    maps.set_state({"chosen": {"picture": "star", "brightness": -80, "map": "rgb"}})
    image = brighter(picture(network, seed=1), -80)
    expected = [explain(network, image, input_rule=rule) for rule in ("ones", None)]
    sent = np.frombuffer(maps.maps, np.float32).reshape(2, *image.shape)
    for k, e in enumerate(expected):
        np.testing.assert_array_equal(sent[k], e.pixels)
        assert measured(maps)["correlation of R with brightness"][k] == (
            f"{goes_along(e):.2f}".replace("-", "−")
        )
    assert maps.picture == image.tobytes()


def test_a_wholly_black_picture_has_no_correlation():
    network = small_vgg()

    class Black(BrightnessMaps):
        def _read(self, name):
            return np.zeros((8, 10, 3), np.uint8)

    assert measured(Black(network))["correlation of R with brightness"] == ["—", "—"]


def by_hand(x, w):
    """What the five rules give to a window, written out; bounds 0 and 1."""
    x, w = np.asarray(x, float), np.asarray(w, float)
    plus, minus = np.maximum(w, 0), np.minimum(w, 0)
    parts = [x * plus, plus, w**2, x * w - 0 * plus - 1 * minus, np.ones(len(w))]
    return [part / part.sum() for part in parts]


def test_a_dark_line_is_credited_by_two_rules_alone():
    table = RulesOnWindow(lesson06.LINE, lesson06.LOOKS_FOR_LINE)
    found = {row["name"]: row["relevance"] for row in table.rows}
    names = ["z⁺, the pixels", "z⁺, x = 1", "w²", "z^B", "flat"]
    expected = [(0.5, 0, 0.5), (0.5, 0, 0.5), (1 / 6, 4 / 6, 1 / 6), (0.25, 0.5, 0.25), [1 / 3] * 3]
    assert list(found) == names
    for name, shares in zip(names, expected, strict=True):
        np.testing.assert_allclose(found[name], shares, atol=1e-8)
    # The lesson writes the same numbers, and its questions rest on them.
    lines = lesson06.compared().splitlines()[2:]
    for line, (name, shares) in zip(lines, found.items(), strict=True):
        assert line.replace("$", "").startswith(
            f"| {name} | " + " | ".join(f"{r:.2f}" for r in shares)
        )
    asked = questions(6)
    assert asked["06-line"].options[asked["06-line"].expected()] == "None"
    assert asked["06-both"].options[asked["06-both"].expected()] == "z^B"


def test_the_window_follows_its_sliders():
    table = RulesOnWindow()
    random = np.random.default_rng(6)
    for _ in range(5):
        x, w = random.uniform(0, 1, 3), random.uniform(-2, 2, 3)
        w[0] = abs(w[0])  # somebody to share by under z⁺
        table.set_state(
            {
                "values": {f"x{k}": v for k, v in enumerate(x)}
                | {f"w{k}": v for k, v in enumerate(w)}
            }
        )
        for row, expected in zip(table.rows, by_hand(x, w), strict=True):
            np.testing.assert_allclose(row["relevance"], expected, atol=1e-6)
    table.set_state(
        {"values": dict.fromkeys(("x0", "x1", "x2"), 0.0) | dict(w0=1.0, w1=-2.0, w2=1.0)}
    )
    assert [row["dead"] for row in table.rows] == [1, 0, 0, 0, 0]  # as the lesson says


@pytest.mark.browser
def test_the_lesson_is_worked_through(open_lesson, network):
    page = open_lesson(6)
    # The window is covered until both are predicted.
    assert page.locator(".lrp-ruletable, .lrp-maps").count() == 1  # gray against RGB, below
    predict(page, "A pixel is black", "It depends on its weight")
    predict(page, "sees just what it looks for", "None")
    row = page.locator(".lrp-ruletable tr[data-rule='z^B'] b")
    row.first.wait_for()
    assert row.all_text_contents() == ["+0.250", "+0.500", "+0.250"]
    # What follows brightness is covered too, until it is predicted: wrong, then right.
    asked = page.locator(".lrp-task").filter(has_text="follow brightness")
    asked.get_by_label("With x = 1").check()
    asked.get_by_text("✗ Not yet.").wait_for()
    asked.get_by_label("With the pixels themselves").check()
    asked.get_by_text("✓ Right.").wait_for()
    card = page.locator(".lrp-maps").first
    row = card.locator("[data-name='correlation of R with brightness']")
    row.wait_for()
    # The slider makes the picture darker; the numbers on the page are those of `explain`.
    before = row.text_content()
    card.get_by_label("Brightness").fill("-100")
    page.wait_for_function(
        "(before) => document.querySelector(\"[data-name='correlation of R with brightness']\")"
        ".textContent !== before",
        arg=before,
    )
    maps = both_maps(network, brighter(load_image("heart", network), -100))
    shown = [float(text) for text in row.locator("[role=cell]").all_text_contents()]
    assert shown == pytest.approx([goes_along(e) for e in maps.values()], abs=6e-3)
    # A task: wrong, then right.
    task = page.locator(".lrp-task").filter(has_text="Somebody turns up the light")
    task.get_by_role("textbox").fill("0.667")
    task.get_by_role("textbox").press("Enter")
    task.get_by_text("before the light was turned up").wait_for()
    task.get_by_role("textbox").fill("0.406")
    task.get_by_role("textbox").press("Enter")
    task.get_by_text("✓ Right.").wait_for()
    assert page.problems == []
