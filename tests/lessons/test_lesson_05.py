"""Lesson 5: a pooling window, and what pooling does to a whole map."""

import numpy as np
import pytest
from lesson_cells import predict
from small import picture, small_vgg

from lrp_widgets import explain
from lrp_widgets.lessons.experiments.one_pooling import share_windows
from lrp_widgets.lrp.metrics import correlation, entropy, fewest_cells
from lrp_widgets.widgets import PoolingMaps, PoolingWindow, SideBySide


def written_out(x, R, size, stride, pooling):
    """Window by window and cell by cell, in plain Python."""
    x, R = np.asarray(x, float), np.asarray(R, float)
    flows, dead = [], []
    for (r, c), given in np.ndenumerate(R):
        flow, rest = np.zeros(x.shape), 0.0
        cells = [(r * stride + i, c * stride + k) for i in range(size) for k in range(size)]
        above = sum(max(x[cell], 0) for cell in cells)
        below = sum(min(x[cell], 0) for cell in cells)
        if pooling == "max":
            flow[max(cells, key=lambda cell: x[cell])] = given  # the first among equals
        elif above > 0:
            for cell in cells:
                flow[cell] = max(x[cell], 0) / above * given
        elif below < 0:
            for cell in cells:
                flow[cell] = x[cell] / below * given
        else:
            rest = given
        flows.append(flow)
        dead.append(rest)
    return np.array(flows), np.array(dead)


@pytest.mark.parametrize("pooling", ["avg", "max"])
@pytest.mark.parametrize(("size", "stride", "shape"), [(2, 2, (4, 6)), (3, 2, (5, 7))])
def test_windows_share_as_written_out(pooling, size, stride, shape):
    random = np.random.default_rng(5)
    # Steps of 0.5 make ties; a quarter of zeros, and a corner without anything above zero.
    x = np.round(2 * random.standard_normal(shape)) / 2 * (random.random(shape) > 0.25)
    x[:size, :size] = -np.abs(x[:size, :size])
    x[-size:, -size:] = 0
    R = random.random([(side - size) // stride + 1 for side in shape])
    found = share_windows(x, R, size, stride, pooling)
    flows, dead = written_out(x, R, size, stride, pooling)
    np.testing.assert_allclose(found.flows, flows, atol=1e-12)
    np.testing.assert_allclose(found.dead, dead, atol=1e-12)
    np.testing.assert_allclose(found.relevance.sum() + dead.sum(), R.sum())


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="There are 1×1 windows; R has 1×2"):
        share_windows(np.ones((2, 2)), [[1, 2]])
    with pytest.raises(ValueError, match='"avg" or "max"'):
        share_windows(np.ones((2, 2)), [[1]], pooling="mean")


def test_the_window_follows_its_sliders_and_forms():
    window = PoolingWindow()
    window.set_state({"x": [[1.0, 3.0], [0.0, 0.0]], "relevance": [0.8]})
    np.testing.assert_allclose(window.numbers["avg"]["relevance"], [0.2, 0.6, 0, 0])
    assert window.numbers["max"]["relevance"] == [0, 0.8, 0, 0]
    plain = window.numbers["avg"]["equation"]
    window.set_state({"x": [[-1.0, 3.0], [0.0, 0.0]]})
    assert window.numbers["avg"]["equation"] != plain  # the form for signs of both kinds
    window.set_state({"form": "four"})
    assert np.shape(window.x) == (5, 5)
    flows, _ = written_out(window.x, np.full((2, 2), 0.25), 3, 2, "avg")
    np.testing.assert_allclose(window.numbers["avg"]["flows"], flows.reshape(4, 25))


def test_measures_of_simple_maps():
    assert fewest_cells([4, 3, 2, 1, 0, 0, 0, 0, 0, 0], 0.9) == pytest.approx(0.3)
    assert fewest_cells(np.ones(10), 0.5) == pytest.approx(0.5)
    assert np.isnan(fewest_cells(np.zeros(4)))
    assert correlation([1, 2, 3], [-2, -4, -6]) == pytest.approx(-1)
    assert np.isnan(correlation([1, 2, 3], [5, 5, 5]))


def test_maps_of_both_ways_are_measured():
    network = small_vgg()

    class Maps(PoolingMaps):
        def _read(self, name):
            return picture(network, seed=["star", "cat"].index(name))

    maps = Maps(network)
    for name in ("star", "cat"):
        maps.set_state({"chosen": {"picture": name}})
        found = dict(zip(("avg", "max"), _sent(maps), strict=True))
        for way, heatmap in found.items():
            expected = explain(network, maps._read(name), pooling=way).heatmap()
            np.testing.assert_array_equal(heatmap, expected)
        measured = {row["name"]: row["values"] for row in maps.measured}
        for k, heatmap in enumerate(found.values()):
            assert float(measured["entropy (1: all pixels alike)"][k]) == pytest.approx(
                entropy(heatmap), abs=6e-4
            )
        zero = float(measured["units of conv2 with R = 0"][1].removesuffix(" %")) / 100
        assert zero == pytest.approx(
            (maps.explanations["max"]["conv2"].relevance == 0).mean(), abs=6e-4
        )


def test_maps_side_by_side_have_their_own_or_a_common_scale():
    small, large = np.full((2, 3), 0.1), np.full((2, 3), -2.0)
    picture = np.zeros((2, 3, 3), np.uint8)
    shown = SideBySide().show(picture, {"one": small, "two": large})
    assert [each["high"] for each in shown.described] == pytest.approx([2, 2])
    shown.show(picture, {"one": small, "colours": np.ones((2, 3, 3))}, common=False)
    assert [each["high"] for each in shown.described] == pytest.approx([0.1, 1])
    assert [each["colors"] for each in shown.described] == [False, True]
    assert len(shown.maps) == 4 * (6 + 18)


def test_a_picture_that_cannot_be_explained_says_so():
    class Failing(SideBySide):
        def work_out(self, chosen):
            if chosen["n"] > 1:
                raise ValueError("There is no such picture.")

    maps = Failing(n=1)
    maps.set_state({"chosen": {"n": 2}})
    assert maps.error == "There is no such picture."
    maps.set_state({"chosen": {"n": 0}})
    assert maps.error == ""


def _sent(maps):
    """The maps as the browser cuts them from the buffer."""
    values, found = np.frombuffer(maps.maps, np.float32), []
    for each in maps.described:
        shape = (each["rows"], each["columns"], *((3,) if each["colors"] else ()))
        found.append(values[: np.prod(shape)].reshape(shape))
        values = values[np.prod(shape) :]
    assert not values.size
    return found


def numbers_in(panel):
    return [float(text) for text in panel.locator(".lrp-grid-cell").all_text_contents()]


@pytest.mark.browser
def test_the_lesson_is_worked_through(open_lesson):
    page = open_lesson(5)
    assert page.locator(".lrp-window, .lrp-maps, .lrp-stepper").count() == 0
    predict(page, "Who gets what under", "Both cells with 2 get 0.5")
    window = page.locator(".lrp-window").first
    proportional, winner = (window.locator(f"[data-way={way}]") for way in ("avg", "max"))
    # A slider: 0.4 becomes 3, which wins; the shares on the page are NumPy's.
    window.get_by_label("x at row 1, column 2", exact=True).fill("3")
    winner.get_by_text("the largest x, 3.00, at row 1, column 2").wait_for()
    x = np.array([1.2, 3, 0, 2])
    cells = proportional.locator(".lrp-grid-cell")
    np.testing.assert_allclose(
        [float(t) for t in cells.all_text_contents()], x / x.sum(), atol=5e-4
    )
    assert [float(t) for t in winner.locator(".lrp-grid-cell").all_text_contents()] == [0, 1, 0, 0]
    # Nothing to share by.
    window.get_by_role("button", name="all 0").click()
    proportional.get_by_text("ΣR = 0 · dead 1.00").wait_for()
    # Four windows: what the middle cell gets from each adds up to what stands in it.
    page.locator(".lrp-window").nth(1).locator("[data-way=avg]").get_by_text(
        "from window 4"
    ).wait_for()
    # The maps of the network, covered until they are predicted too; and another picture.
    assert page.locator(".lrp-maps").count() == 0
    predict(page, "needs fewer pixels", "Winner-take-all")
    measured = page.locator(".lrp-maps-measure[data-name='entropy (1: all pixels alike)']")
    before = measured.all_text_contents()
    page.locator(".lrp-maps-control select").select_option("heart")
    page.wait_for_function(
        "(before) => document.querySelector('.lrp-maps-measure[data-name^=entropy]').textContent"
        " !== before",
        arg=before[0],
    )
    # A task: wrong, then right.
    task = page.locator(".lrp-task").filter(has_text="Two windows of 3×3 cells")
    task.get_by_role("textbox").fill("0.4")
    task.get_by_role("textbox").press("Enter")
    task.get_by_text("the largest of the first window only").wait_for()
    task.get_by_role("textbox").fill("0.425")
    task.get_by_role("textbox").press("Enter")
    task.get_by_text("✓ Right.").wait_for()
    assert page.problems == []
