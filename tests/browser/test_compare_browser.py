"""Compare in a real browser: alone, in JupyterLab, and as the dashboard's tab."""

import nbformat
import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from dashboard_page import PATIENCE
from fake_explaining import settled
from stepper_pages import SMALL, made_up, write_widget

from lrp_widgets import attribution, explain, load_image, load_network
from lrp_widgets._support.paths import folder
from lrp_widgets.lrp.metrics import rank_correlation
from lrp_widgets.widgets.compare.compare import Compare

pytestmark = pytest.mark.browser

A, B, DIFFERENCE = 0, 1, 2
ROWS, COLUMNS = 12, 20


def pane(page, k):
    return page.locator(".lrp-pane").nth(k)


def values(page, k):
    """The numbers of a pane's reading line."""
    return [
        float(each.get_attribute("data-value"))
        for each in pane(page, k).locator(".lrp-pane-value b").all()
    ]


def point_at(page, k, row, column, rows=ROWS, columns=COLUMNS):
    box = pane(page, k).locator(".lrp-canvas").bounding_box()
    page.mouse.move(
        box["x"] + (column + 0.5) / columns * box["width"],
        box["y"] + (row + 0.5) / rows * box["height"],
    )


def names(page):
    """The layers that A and B stand at."""
    return [pane(page, k).locator(".lrp-pane-line b").inner_text() for k in (A, B)]


def wait_for_layers(page, *expected):
    page.wait_for_function(
        """(expected) => [...document.querySelectorAll(".lrp-pane-line b")]
          .map((one) => one.textContent).join() === expected.join()""",
        arg=list(expected),
    )


def correlation(page):
    return float(page.locator(".lrp-correlation").get_attribute("data-value"))


# Alone


@pytest.fixture(scope="module")
def explanations():
    return settled(made_up(seed=0)), settled(made_up(seed=1), pooling="max")


@pytest.fixture
def alone(page, tmp_path, explanations):
    page.goto(write_widget(tmp_path / "compare.html", Compare(*explanations)))
    page.locator(".lrp-correlation").wait_for()
    return page


def test_the_numbers_are_numpy_s(alone, explanations):
    page, (a, b) = alone, explanations
    page.locator(".lrp-pair[data-layer=block1_conv1]").click()
    wait_for_layers(page, "block1_conv1", "block1_conv1")
    x, y = (e["block1_conv1"].relevance.sum(-1, dtype=np.float64) for e in (a, b))
    for k in (A, B, DIFFERENCE):  # whichever is pointed at
        point_at(page, k, 3, 17)
        shown = [values(page, each)[0] for each in (A, B, DIFFERENCE)]
        assert shown == pytest.approx([x[3, 17], y[3, 17], x[3, 17] - y[3, 17]], rel=1e-5)
    assert correlation(page) == pytest.approx(rank_correlation(x, y))

    totals = [f"{total:.3f}".replace("-", "−") for e in (a, b) for total in e.totals.values()]
    for side, expected in zip("ab", (totals[: len(SMALL)], totals[len(SMALL) :]), strict=True):
        shown = page.locator(f".lrp-pair-number[data-side={side}]").all_inner_texts()
        assert [text.removeprefix("−") if text == "−0.000" else text for text in shown] == expected

    # Scales: each its own, or one for both; the difference keeps its own.
    def limits():
        return page.locator(".lrp-scale-high").all_inner_texts()

    own = limits()
    assert own[A] != own[B]
    page.get_by_role("button", name="common scale").click()
    page.wait_for_function(
        """() => new Set([...document.querySelectorAll(".lrp-scale-high")]
          .slice(0, 2).map((one) => one.textContent)).size === 1"""
    )
    both = np.percentile(np.abs(np.concatenate([x.ravel(), y.ravel()])), 99.5)
    assert float(limits()[A].replace("+", "")) == pytest.approx(both, rel=0.05)
    assert limits()[DIFFERENCE] == own[DIFFERENCE]
    assert page.problems == []


def test_the_keyboard_alone(alone, explanations):
    page, (_, b) = alone, explanations
    page.get_by_role("slider", name="Layer, from output to input").focus()
    for _ in range(2):
        page.keyboard.press("ArrowLeft")
    wait_for_layers(page, "block1_pool", "block1_pool")
    page.keyboard.press("Home")
    wait_for_layers(page, "predictions", "predictions")
    page.keyboard.press("End")
    wait_for_layers(page, "input", "input")

    # A cell, moved in pane B, moves in all.
    pane(page, B).locator(".lrp-canvas").focus()
    before = pane(page, A).locator(".lrp-pane-place").inner_text()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowLeft")
    place = pane(page, A).locator(".lrp-pane-place").inner_text()
    assert place != before
    assert place == pane(page, DIFFERENCE).locator(".lrp-pane-place").inner_text()
    row, column = (int(word.strip(",")) for word in place.split()[1::2])
    assert values(page, B)[0] == pytest.approx(
        b["input"].relevance[row, column].sum(dtype=np.float64), rel=1e-5
    )
    page.keyboard.press("PageUp")
    wait_for_layers(page, "block1_conv1", "block1_conv1")
    page.keyboard.press("Escape")

    # Along the totals, as they lie on the screen.
    page.locator(".lrp-pair[aria-current]").focus()
    page.keyboard.press("ArrowRight")
    wait_for_layers(page, "block1_pool", "block1_pool")
    assert page.evaluate("() => document.activeElement.dataset.layer") == "block1_pool"
    assert page.problems == []


def test_layers_that_do_not_fit_are_not_subtracted(page, tmp_path):
    other = [
        (f"other_{name}" if 0 < i < 5 else name, *rest) for i, (name, *rest) in enumerate(SMALL)
    ]
    other[2] = ("other_pool", *other[2][1:4], (4, 7, 4))
    widget = Compare(settled(made_up()), settled(made_up(other)))
    page.goto(write_widget(tmp_path / "other.html", widget))
    page.locator(".lrp-pair[data-layer=block1_pool]").click()
    wait_for_layers(page, "block1_pool", "other_pool")
    words = pane(page, DIFFERENCE).locator(".lrp-pane-words")
    assert "different shapes, 6×10×4 and 4×7×4" in words.inner_text()
    assert page.locator(".lrp-correlation").count() == 0
    point_at(page, A, 5, 9, 6, 10)
    assert pane(page, B).locator(".lrp-pane-place").inner_text() == "row 3, column 6"
    assert page.problems == []


def test_alone_in_jupyterlab(page, lab_server, tmp_path):
    code = """
from lrp_widgets import attribution, explain, load_image, load_network
from lrp_widgets.widgets.compare.compare import Compare
network = load_network("mini-vgg")
image = load_image("star", network)
compare = Compare(explain(network, image), explain(network, image, pooling="max"))
compare
"""
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(code)],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
    )
    nbformat.write(notebook, tmp_path / "compare.ipynb")
    page.goto(lab_server(tmp_path) + "lab/tree/compare.ipynb")
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
    page.locator(".jp-CodeCell .cm-content").click()
    page.keyboard.press("Shift+Enter")
    page.locator(".lrp-correlation").wait_for(timeout=PATIENCE)
    cells = page.locator(".jp-Notebook .jp-CodeCell").count()
    assert pane(page, B).locator(".lrp-pane-title").inner_text() == "winner-take-all pooling"
    pane(page, A).locator(".lrp-canvas").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("PageUp")
    wait_for_layers(page, "block1_conv1", "block1_conv1")
    assert page.locator(".jp-Notebook .jp-CodeCell").count() == cells
    width = page.locator(".lrp-compare").bounding_box()["width"]
    assert width <= page.locator(".jp-OutputArea-output").first.bounding_box()["width"]
    # Numbers that were not needed at first come when they are.
    page.locator(".lrp-compare").get_by_role("button", name="activation").click()
    page.wait_for_function(
        "() => document.querySelector('.lrp-pane-value b')?.textContent.startsWith('+') === false"
    )
    assert page.problems == []


# In the dashboard


@pytest.fixture(scope="module")
def address(voila_server):
    nowhere = {f"{scheme}_proxy": "http://127.0.0.1:9" for scheme in ("http", "https", "all")}
    return voila_server(folder("notebooks") / "dashboard.ipynb", **nowhere)


def wait_until_compared(page, first, second):
    page.wait_for_function(
        """([first, second]) => {
          const titles = [...document.querySelectorAll(".lrp-pane-title")];
          const [a, b] = titles.map((one) => one.textContent);
          return a === first && b === second && !document.querySelector(".lrp-pane[data-stale]");
        }""",
        arg=[first, second],
        timeout=PATIENCE,
    )


def test_the_post_s_experiments_by_clicks(page, address):
    page.goto(address)
    page.locator(".lrp-frames canvas").first.wait_for(timeout=PATIENCE)
    page.locator(".lrp-frame[data-layer=block2_conv1]").click()

    # The same layer for random weights: one click from the start page.
    page.get_by_role("button", name="Compare", exact=True).click()
    wait_until_compared(page, "pretrained weights", "random weights (seed 0)")
    assert names(page) == ["block2_conv1", "block2_conv1"]
    network = load_network("mini-vgg")
    random = load_network("mini-vgg", weights="random", seed=0)
    image = load_image("star", network)
    x, y = (
        explain(each, image)["block2_conv1"].relevance.sum(-1, dtype=np.float64)
        for each in (network, random)
    )
    point_at(page, B, 7, 21, 32, 32)
    shown = [values(page, k)[0] for k in (A, B, DIFFERENCE)]
    assert shown == pytest.approx([x[7, 21], y[7, 21], x[7, 21] - y[7, 21]], rel=1e-4, abs=1e-8)
    assert correlation(page) == pytest.approx(rank_correlation(x, y), abs=1e-4)

    shown_then = explain(network, load_image("crescent", network))
    first_choice, runner_up = (name for name, _ in shown_then.prediction[:2])
    for name, first, second in (
        ("pooling", "proportional pooling", "winner-take-all pooling"),
        ("channels", "gray", "RGB"),
        ("input", "x = 1 at the input", "pixel values at the input"),
        # That experiment has put a picture of its own in place, which shows it.
        ("class", f"probability of {first_choice}", f"probability of {runner_up}"),
        ("rule", "rule z⁺", "rule epsilon-plus"),
    ):
        preset = page.locator(f".lrp-preset[data-preset={name}]")
        preset.click()
        wait_until_compared(page, first, second)
        page.wait_for_function(
            "(one) => one.getAttribute('aria-pressed') === 'true'", arg=preset.element_handle()
        )
        if name == "channels":
            page.wait_for_function(
                "() => document.querySelectorAll('.lrp-pane-value b').length === 5"
            )
            reds = values(page, B)
            assert sum(reds) == pytest.approx(values(page, A)[0], rel=1e-4)

    # Nothing sticks out, the settings of B included.
    def spills():
        return page.evaluate(
            """() => [...document.querySelectorAll(".lrp-dashboard *")].filter((one) => {
              const box = one.getBoundingClientRect();
              return box.width && !one.closest(".lrp-unseen") &&
                (box.right > innerWidth + 1 || box.bottom > innerHeight + 1);
            }).map((one) => one.className).concat(
              document.documentElement.scrollWidth > innerWidth ? ["page"] : [])"""
        )

    assert spills() == []
    page.get_by_role("button", name="settings").click()
    assert spills() == []
    page.locator("[data-setting=weights]").select_option("random")
    wait_until_compared(
        page, "pretrained weights, rule z⁺", "random weights (seed 0), rule epsilon-plus"
    )

    # The link opens it again, and the other tab stands at the same layer.
    page.keyboard.press("Escape")
    page.locator(".lrp-pair[data-layer=fc1]").click()
    wait_for_layers(page, "fc1", "fc1")
    page.get_by_role("button", name="Step through").click()
    page.wait_for_function("() => document.querySelector('.lrp-name').innerText === 'fc1'")
    page.locator(".lrp-compare").wait_for(state="hidden")
    assert page.problems == []


def test_a_link_opens_the_comparison(page, address):
    page.goto(f"{address}?view=compare&b=pooling:max&layer=block1_pool&scales=common")
    wait_until_compared(page, "proportional pooling", "winner-take-all pooling")
    assert names(page) == ["block1_pool", "block1_pool"]
    common = page.get_by_role("button", name="common scale")
    assert common.get_attribute("aria-pressed") == "true"
    assert page.problems == []


def test_another_method_stands_in_pane_b(page, address):
    page.goto(f"{address}?network=mini-vgg&picture=star&explain=logit&view=compare&b=")
    page.locator(".lrp-correlation").wait_for(timeout=PATIENCE)
    page.get_by_role("button", name="settings").click()
    page.locator("[data-setting=method]").select_option("occlusion")
    wait_until_compared(page, "rule z⁺", "occlusion")
    assert not page.locator("[data-setting=rules]").is_visible()
    page.keyboard.press("Escape")
    network = load_network("mini-vgg")
    image = load_image("star", network)
    x = explain(network, image, start="logit").heatmap()
    y = attribution.map_of("occlusion", network, image).heatmap()
    point_at(page, A, 21, 46, 64, 64)
    shown = [values(page, k)[0] for k in (A, B, DIFFERENCE)]
    assert shown == pytest.approx([x[21, 46], y[21, 46], x[21, 46] - y[21, 46]], rel=1e-3)
    assert correlation(page) == pytest.approx(rank_correlation(x, y), abs=1e-3)
    said = page.locator(".lrp-pairs-words").inner_text()
    assert "no layers to step through and no ledger" in said

    # At another layer the map stays, and why there is nothing to subtract is said.
    page.locator(".lrp-pair[data-layer=fc1]").click()
    wait_for_layers(page, "fc1", "input")
    page.get_by_text("step to input to subtract").wait_for()
    page.get_by_role("button", name="activation", exact=True).click()
    page.locator(".lrp-pair[data-layer=input]").click()
    wait_for_layers(page, "input", "input")
    page.get_by_text("There are activations in A alone").wait_for()
    assert Axe().run(page).response["violations"] == []

    page.locator(".lrp-preset[data-preset=gradient]").click()
    wait_until_compared(page, "rule LRP-0; input layer: LRP-0", "gradient × input")
    page.get_by_role("button", name="relevance", exact=True).click()
    page.get_by_text("rank correlation > 0.999").wait_for(timeout=PATIENCE)
    page.get_by_role("button", name="Download").click()
    with page.expect_download() as download:
        page.locator("[data-kind=png]").click()
    assert download.value.suggested_filename == "lrp-star-mini-vgg-input.png"
    assert page.problems == []
