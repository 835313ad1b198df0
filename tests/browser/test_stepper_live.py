"""LayerStepper with a kernel behind it, in Voilà and in JupyterLab: mini-vgg's real numbers."""

import re

import nbformat
import numpy as np
import pytest

from lrp_widgets import explain, load_network
from lrp_widgets.media.scenes import draw_scene

SCENE = 3

# A visitor's notebook. `say` runs what is typed into it, and `heard` shows what it was.
NOTEBOOK = f"""
import ipywidgets
from lrp_widgets import explain, load_network
from lrp_widgets.media.scenes import draw_scene
from lrp_widgets.widgets.stepper.stepper import LayerStepper

network = load_network("mini-vgg")
stepper = LayerStepper(explain(network, draw_scene({SCENE}).image))
say = ipywidgets.Text(continuous_update=False)
heard = ipywidgets.Label()
say.add_class("say"), heard.add_class("heard")
say.observe(lambda change: exec(change.new), names="value")
stepper.observe(lambda change: setattr(heard, "value", change.new), names="current")
display(stepper, say, heard)
"""


@pytest.fixture(scope="module")
def explanation():
    return explain(load_network("mini-vgg"), draw_scene(SCENE).image)


@pytest.fixture(scope="module")
def notebook(tmp_path_factory):
    path = tmp_path_factory.mktemp("stepper") / "stepper.ipynb"
    kernel = {"name": "python3", "display_name": "Python 3"}
    cell = nbformat.v4.new_code_cell(NOTEBOOK)
    notebook = nbformat.v4.new_notebook(cells=[cell], metadata={"kernelspec": kernel})
    nbformat.write(notebook, path)
    return path


@pytest.fixture(scope="module")
def address(voila_server, notebook):
    return voila_server(notebook)


@pytest.fixture
def visit(page, address):
    page.goto(address)
    page.locator(".lrp-canvas").wait_for()
    return page


def say(page, code):
    field = page.locator(".say input")
    field.fill(code)
    field.press("Enter")


def read_cell(page, row, column, rows, columns):
    """Point at a cell; return the number that the page shows for it."""
    box = page.locator(".lrp-canvas").bounding_box()
    page.mouse.move(
        box["x"] + (column + 0.5) / columns * box["width"],
        box["y"] + (row + 0.5) / rows * box["height"],
    )
    return float(page.locator(".lrp-readout-value b").get_attribute("data-value"))


def test_a_visit(visit, explanation):
    """Numbers, channels, and traits both ways; one visit, since each loads TensorFlow."""
    page, e = visit, explanation

    # the bars hold the totals, in the order output to input
    numbers = page.locator(".lrp-bar-number").all_inner_texts()
    assert numbers == [f"{total:.3f}" for total in reversed(e.totals.values())]
    says = page.locator(".lrp-predictions li").first.inner_text()
    assert says.startswith(e.prediction[0][0])

    # a step in the browser reaches Python
    page.locator(".lrp-frame[data-layer=block2_conv2]").click()
    page.locator(".heard", has_text=re.compile("^block2_conv2$")).wait_for()

    # the number under the pointer is the array's, summed over channels
    relevance = e["block2_conv2"].relevance
    shown = read_cell(page, 7, 21, 32, 32)
    assert shown == pytest.approx(relevance[7, 21].sum(dtype=np.float64), rel=1e-5)

    # one channel comes from Python
    page.locator(".lrp-number").fill("5")
    page.locator(".lrp-readout", has_text="channel 5 of 32").wait_for()
    row, column = np.unravel_index(relevance[..., 5].argmax(), (32, 32))
    assert read_cell(page, row, column, 32, 32) == pytest.approx(relevance[row, column, 5])

    # Python sets what is shown, and says what goes wrong
    say(page, 'stepper.current = "input"; stepper.quantity = "activation"')
    page.locator(".lrp-name", has_text="input").wait_for()
    activation = e["input"].activation[10, 50].sum(dtype=np.float64)
    assert read_cell(page, 10, 50, 64, 64) == pytest.approx(activation, rel=1e-5)
    say(page, 'stepper.error = "The picture could not be read."')
    page.get_by_role("alert").get_by_text("The picture could not be read.").wait_for()
    page.get_by_role("button", name="Dismiss").click()
    say(page, "heard.value = repr(stepper.error)")
    page.locator(".heard", has_text="''").wait_for()

    # another explanation takes its place, at the same layer
    say(page, 'stepper.quantity = "relevance"')
    say(page, "stepper.show(explain(network, draw_scene(4).image, pooling='max'))")
    other = explain(e.network, draw_scene(4).image, pooling="max")
    name = other.prediction[0][0]
    page.locator(".lrp-predictions li:first-child", has_text=name).wait_for()
    assert page.locator(".lrp-name").inner_text() == "input"
    expected = other.pixels[30, 40].sum(dtype=np.float64)
    assert read_cell(page, 30, 40, 64, 64) == pytest.approx(expected, rel=1e-4, abs=1e-9)
    assert page.problems == []


def test_in_jupyterlab_keys_stay_in_the_widget(page, lab_server, notebook):
    page.goto(lab_server(notebook.parent) + f"lab/tree/{notebook.name}")
    page.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
    page.locator(".jp-CodeCell .cm-content").click()
    page.keyboard.press("Shift+Enter")
    canvas = page.locator(".lrp-canvas")
    canvas.wait_for()
    cells = page.locator(".jp-Notebook .jp-CodeCell").count()
    page.locator(".lrp-slider").focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    assert page.locator(".lrp-place").inner_text().startswith("layer 4 of")
    canvas.focus()
    page.keyboard.press("ArrowDown")
    assert page.locator(".jp-Notebook .jp-CodeCell").count() == cells
    width = page.locator(".lrp-stepper").bounding_box()["width"]
    output = page.locator(".jp-OutputArea-output").first.bounding_box()["width"]
    assert width <= output
