"""Microscope alone in a cell, with a kernel behind it, by keyboard alone: JupyterLab and Voilà."""

import nbformat
import numpy as np
import pytest
from dashboard_page import PATIENCE

from lrp_widgets import explain, load_image, load_network

pytestmark = pytest.mark.browser


NOTEBOOK = """
from lrp_widgets import explain, load_image, load_network
from lrp_widgets.widgets.microscope.microscope import Microscope

network = load_network("mini-vgg")
Microscope(explain(network, load_image("ring", network)))
"""


@pytest.fixture(scope="module")
def notebook(tmp_path_factory):
    path = tmp_path_factory.mktemp("microscope") / "microscope.ipynb"
    kernel = {"name": "python3", "display_name": "Python 3"}
    cell = nbformat.v4.new_code_cell(NOTEBOOK)
    nbformat.write(nbformat.v4.new_notebook(cells=[cell], metadata={"kernelspec": kernel}), path)
    return path


@pytest.fixture(scope="module")
def e():
    network = load_network("mini-vgg")
    return explain(network, load_image("ring", network))


def tab_to(page, selector, most=80):
    """Press Tab until the focus is on what `selector` names."""
    for _ in range(most):
        if page.evaluate("(s) => !!document.activeElement?.matches(s)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not reach {selector}")


def title(page, text):
    page.locator(".lrp-unit-title", has_text=text).wait_for(timeout=PATIENCE)


def shown(page):
    return float(page.locator(".lrp-unit-value b").get_attribute("data-value"))


def walk(page, e):
    """From the class to a pixel and back, without the mouse."""
    best = int(e["predictions"].relevance.argmax())
    title(page, f"unit {best}")
    tab_to(page, ".lrp-unit-items button")  # its strongest receiver
    page.keyboard.press("Enter")
    title(page, "fc1")
    assert shown(page) in e["fc1"].relevance

    # Any unit by its numbers, here at a corner, where the window has padding.
    tab_to(page, ".lrp-goto select")
    page.keyboard.type("block1_conv1")
    for number in (0, 63, 5):
        page.keyboard.press("Tab")
        page.keyboard.type(str(number))
    page.keyboard.press("Enter")
    title(page, "row 0, column 63, channel 5")
    assert shown(page) == pytest.approx(e["block1_conv1"].relevance[0, 63, 5], rel=1e-6)

    # Arrow keys walk within a grid, over real cells only; Enter goes down.
    tab_to(page, ".lrp-unit-grid-relevance button")
    label = page.evaluate("() => document.activeElement.getAttribute('aria-label')")
    assert label.startswith("Down to row 0, column 62")
    page.keyboard.press("ArrowLeft")  # padding lies above and to the right
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    title(page, "input")
    assert shown(page) in e.pixels[0, 63]

    # Up again, and to the class by the path.
    tab_to(page, ".lrp-unit-up .lrp-unit-go")
    page.keyboard.press("Enter")
    title(page, "block1_conv1")
    tab_to(page, ".lrp-unit-crumb")
    page.keyboard.press("Enter")
    title(page, "predictions")
    assert shown(page) == pytest.approx(np.float64(e["predictions"].relevance[best]))
    assert page.problems == []


def test_by_keyboard_in_voila(page, voila_server, notebook, e):
    page.goto(voila_server(notebook), timeout=PATIENCE)
    page.locator(".lrp-unit-title").wait_for(timeout=PATIENCE)
    walk(page, e)


def test_by_keyboard_in_jupyterlab(page, lab_server, notebook, e):
    page.goto(lab_server(notebook.parent) + f"lab/tree/{notebook.name}", timeout=PATIENCE)
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for(timeout=PATIENCE)
    page.locator(".jp-CodeCell .cm-content").click()
    page.keyboard.press("Shift+Enter")
    page.locator(".lrp-unit-title").wait_for(timeout=PATIENCE)
    page.locator(".lrp-unit-title").focus()
    walk(page, e)
    assert page.locator(".jp-Notebook .jp-CodeCell").count() <= 2
