"""Lesson 16: products of positive matrices, two classes layer by layer, and noise."""

import numpy as np
import pytest
from lesson_cells import predict

from lrp_widgets.lessons import check
from lrp_widgets.lessons.experiments import class_specific, loaded, rank_one
from lrp_widgets.lessons.experiments.league import cases
from lrp_widgets.lrp.explain import explain
from lrp_widgets.widgets import ClassCosines, LineChart, MprtCurves, RankOne

PATIENCE = 120


def test_positive_matrices_forget_where_they_began():
    found = rank_one.alike("positive", 16, 10)
    assert found.shape == (rank_one.DRAWS, rank_one.DEPTH + 1)
    np.testing.assert_allclose(found[:, 0], 0)
    assert found[:, 3].min() > 0.99 and found[:, -1].min() > 0.999999
    # The more alike the entries, the faster.
    assert rank_one.alike("positive", 16, 2)[:, 1].mean() > found[:, 1].mean()


def test_the_cosine_is_that_of_the_product():
    chain = rank_one.draw("signed", 5, seed=3)
    a, b = np.eye(5)[:2]
    found = rank_one.cosines(chain, a, b)
    product = np.eye(5)
    for k, matrix in enumerate(chain, 1):
        product = matrix @ product
        one, other = product[:, 0], product[:, 1]
        expected = one @ other / np.linalg.norm(one) / np.linalg.norm(other)
        assert found[k] == pytest.approx(expected)


def test_narrow_signed_chains_forget_too_and_wide_ones_less():
    narrow, wide = (rank_one.alike("signed", width)[:, -1].mean() for width in (2, 64))
    assert narrow > 0.9 and wide < 0.4


def test_zeros_can_prevent_it():
    dense, sparse = (rank_one.alike("positive", 16, 10, zeros) for zeros in (0, 0.9))
    assert np.nanmean(sparse[:, 2]) < dense[:, 2].mean() - 0.2
    identity = np.broadcast_to(np.eye(4), (12, 4, 4))
    assert rank_one.cosines(identity, *np.eye(4)[:2]).max() == 0


def test_the_cosines_of_a_scene_are_those_of_two_explanations():
    line = class_specific.cosines("mini-vgg", 2, "z-plus")
    network, image = loaded.network("mini-vgg"), cases.scene(2).image
    first, second = np.argsort(-network(network.preprocess(image[None]))[0])[:2]
    one, other = (explain(network, image, start="logit", target=int(k)) for k in (first, second))
    assert line.layers[0] == "predictions" and line.layers[-1] == "input"
    for layer, value in zip(line.layers, line.means, strict=True):
        a, b = (np.ravel(e[layer].relevance).astype(float) for e in (one, other))
        sign = np.sign(one.start_total * other.start_total)
        expected = sign * (a @ b) / np.linalg.norm(a) / np.linalg.norm(b)
        assert value == pytest.approx(expected, abs=1e-4), layer
    names = class_specific.choices("mini-vgg", 2)
    assert names == (network.class_names[first], network.class_names[second])


def test_the_view_follows_its_menus():
    view = ClassCosines()
    assert view.wait(PATIENCE)
    chart = view.maps
    assert [line["words"] for line in chart.lines] == list(class_specific.RULES)
    assert chart.names[0] == "predictions" and chart.names[-1] == "input"
    assert chart.lines[0]["values"][-1] > 0.99 and chart.lines[0]["errors"][-1] is not None
    view.scene.value = 0
    assert view.wait(PATIENCE)
    assert "here " in chart.status and chart.lines[0]["errors"][0] is None
    view.weights.value, view.scene.value = "random", -1
    assert view.wait(PATIENCE) and "nothing was learned" in chart.status
    view.network.value = "mini-resnet"
    assert view.wait(PATIENCE) and len(chart.lines) == len(class_specific.RULES)


def test_random_matrices_on_the_page():
    view = RankOne()
    assert [line["words"] for line in view.chart.lines] == [
        "all positive",
        "positive, 50 % zeros",
        "with signs",
    ]
    view.zeros.value = 0
    assert len(view.chart.lines) == 2
    view.zeros.value, view.width.value = 0.9, 2  # chains in which nothing is left
    assert all(
        value is None or np.isfinite(value)
        for line in view.chart.lines
        for value in line["values"] + line["errors"]
    )


def test_noise_stands_among_the_maps():
    chart = MprtCurves().chart
    lines = {line["words"]: line["values"] for line in chart.lines}
    assert max(map(abs, lines["noise"])) < 0.05 and lines["z-plus"][0] > 0.9
    assert chart.names[0] == "predictions" and chart.names[-1] == "block1_conv1"


def test_a_gap_is_no_number():
    chart = LineChart("cosine", "layers", ["a", "b"], [("one", [0.5, np.nan], [])])
    assert chart.lines == [{"words": "one", "values": [0.5, None], "errors": []}]
    assert chart.low == 0


def test_a_learner_s_cosines():
    def cosines(matrices, a, b):
        found = []
        for M in [np.eye(len(a)), *matrices]:
            a, b = M @ a, M @ b
            found.append(a @ b / np.sqrt((a @ a) * (b @ b)))
        return np.array(found)

    assert check("16-code", cosines)
    assert check("16-cosine", (4 * 1 + 2 * 3) / np.sqrt(20 * 10))
    assert "lengths" in check("16-cosine", 10).message


@pytest.mark.browser
def test_the_lesson_is_worked_through(open_lesson):
    page = open_lesson(16)
    assert page.locator(".lrp-line-chart").count() == 0
    predict(page, "three layers below", "Above 0.9")
    chart = page.locator(".lrp-line-chart").first
    chart.locator("svg").first.wait_for()
    page.get_by_label("Units in each layer", exact=True).select_option("2")
    chart.get_by_text("2 units in every layer").wait_for()
    predict(page, "Nearest to 0", "noise")
    noise = page.locator(".lrp-line-chart", has_text="Noise is drawn anew")
    noise.get_by_text("The numbers as a table").click()
    noise.get_by_role("columnheader", name="noise").wait_for()
    predict(page, "At the pixels", "z-plus alone")
    page.locator(".lrp-line-chart", has_text="each scene’s first choice").wait_for()
    assert page.problems == []
