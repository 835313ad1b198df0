"""A visitor opens a network of their own in the page: a real file, kernel and browser."""

import keras
import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from dashboard_page import NO_INTERNET, NOTEBOOK, PATIENCE, wait_for_result, wait_until_fresh
from keras import layers
from random_models import randomize

pytestmark = pytest.mark.browser


def save(folder, *more):
    model = keras.Sequential(
        [
            keras.Input((32, 32, 3)),
            layers.Rescaling(1 / 255),
            layers.Conv2D(8, 3, padding="same", activation="relu", name="first"),
            layers.MaxPooling2D(),
            *more,
            layers.Conv2D(8, 3, activation="relu"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(3),
        ]
    )
    randomize(model, np.random.default_rng(0))
    path = folder / ("odd.keras" if more else "small.keras")
    model.save(path)
    return path


@pytest.fixture(scope="module")
def address(voila_server):
    return voila_server(NOTEBOOK, **NO_INTERNET)


def choose(page, text, path):
    with page.expect_file_chooser() as chosen:
        page.get_by_role("button", name=text).click()
    chosen.value.set_files(path)


def test_a_network_of_ones_own(address, page, tmp_path):
    page.goto(f"{address}?network=mini-vgg&picture=cat")
    wait_for_result(page)
    handle = page.get_by_text("Open a network…", exact=True)
    handle.focus()
    page.keyboard.press("Enter")
    drawer = page.locator(".lrp-opener")

    # What cannot be read says so, layer by layer, and the page stays as it was.
    choose(page, "Choose a file", save(tmp_path, layers.UnitNormalization(name="unit")))
    drawer.get_by_text("One layer of odd.keras cannot be read.").wait_for(timeout=PATIENCE)
    assert "kind for which there is no rule" in drawer.locator("li").inner_text()
    notes = tmp_path / "notes.txt"
    notes.write_text("cat\ndog\n\nbird\n", "utf-8")

    # One that can is explained, its names from a text file.
    choose(page, "Names from a file", notes)
    page.wait_for_function("() => document.querySelector('.lrp-opener textarea').value.length > 9")
    choose(page, "Choose a file", save(tmp_path))
    drawer.get_by_text("yours-small: its layers").wait_for(timeout=PATIENCE)
    wait_until_fresh(page)
    page.wait_for_function(
        "() => new URLSearchParams(location.search).get('network') === 'yours-small'",
        timeout=PATIENCE,
    )
    assert drawer.locator("li").count() == 0
    assert not drawer.locator(".lrp-opener-error").text_content()
    assert page.locator(".lrp-control-network select option:checked").inner_text() == "yours-small"
    drawer.get_by_text("yours-small: its layers").click()
    assert "convolution 3×3" in drawer.locator("pre").inner_text()
    assert "bird" in page.locator(".lrp-dashboard").inner_text()
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")

    # A page that was left at it says, when it is opened again, that it cannot travel.
    page.reload()
    wait_for_result(page)
    page.get_by_text("somebody’s own network, which cannot travel").wait_for(timeout=PATIENCE)


def test_the_drawer_fits_a_telephone_and_axe_finds_nothing(address, page, tmp_path):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{address}?network=mini-vgg&picture=cat")
    wait_for_result(page)
    page.get_by_text("Settings", exact=True).click()
    page.get_by_text("Open a network…", exact=True).click()
    choose(page, "Choose a file", save(tmp_path, layers.UnitNormalization(name="unit")))
    page.get_by_text("One layer of odd.keras cannot be read.").wait_for(timeout=PATIENCE)
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    found = Axe().run(page, ".lrp-opener").response["violations"]
    assert not found, [each["id"] for each in found]
