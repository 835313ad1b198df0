"""Lesson 6: x = 1 at the pixels, and what brightness does without it."""

import numpy as np
import pytest
from small import picture, small_vgg

from lrp_widgets import explain, load_image, load_network
from lrp_widgets.brightness import both_maps, brighter, goes_along, on_black
from lrp_widgets.widgets import BrightnessMaps


@pytest.fixture(scope="module")
def network():
    return load_network("mini-vgg")


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


@pytest.mark.browser
def test_the_lesson_is_worked_through(open_lesson, network):
    page = open_lesson(6)
    card = page.locator(".lrp-maps").first
    row = card.locator("[data-name='correlation of R with brightness']")
    row.wait_for(timeout=60_000)
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
    # A prediction, and a task: wrong, then right.
    predict = page.locator(".lrp-task").filter(has_text="Before you move the slider")
    predict.get_by_label("With x = 1").check()
    predict.get_by_text("✗ Not yet.").wait_for()
    predict.get_by_label("With the pixels themselves").check()
    predict.get_by_text("✓ Right.").wait_for()
    task = page.locator(".lrp-task").filter(has_text="Somebody turns up the light")
    task.get_by_role("textbox").fill("0.667")
    task.get_by_role("textbox").press("Enter")
    task.get_by_text("before the light was turned up").wait_for()
    task.get_by_role("textbox").fill("0.406")
    task.get_by_role("textbox").press("Enter")
    task.get_by_text("✓ Right.").wait_for()
    assert page.problems == []
