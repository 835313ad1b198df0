"""Lesson 2: a dense layer that is small enough to draw."""

import numpy as np
import pytest

from lrp_widgets.lessons import check
from lrp_widgets.lessons.experiments.one_dense import flows
from lrp_widgets.lrp.rules import AlphaBeta, Epsilon, Gamma, ZPlus
from lrp_widgets.widgets import DenseGraph, Task

X = [1.0, 2.0]
W = [[1.0, -2.0], [-1.0, 3.0]]
B = [0.5, -1.0]
R = [1.0, 2.0]


@pytest.mark.parametrize(
    ("rule", "bias", "expected"),
    [
        (ZPlus(), None, [1, 2]),
        (ZPlus(bias=True), B, [2 / 3, 2]),
        (Epsilon(0.5), B, [-15 / 7, 38 / 7]),
        (AlphaBeta(2, 1), B, [0, 3]),
        (Gamma(0.25, generalized=True), B, [-17 / 9, 35 / 6]),
    ],
)
def test_flows_are_the_golden_case(rule, bias, expected):
    found = flows(rule, X, W, R, bias)
    np.testing.assert_allclose(found.relevance, expected, rtol=1e-7, atol=1e-7)
    np.testing.assert_allclose(found.relevance_of_edges.sum(1), found.relevance)
    absorbed = sum(each.sum() for each in found.absorbed.values())
    assert found.relevance.sum() + absorbed == pytest.approx(sum(R))


def test_edges_are_written_out():
    x, w, r = np.array([1, 2, 0.5]), np.array([[0.8, -0.5], [0.3, 1], [-0.8, 0.4]]), [0.6, 0.4]
    found = flows(ZPlus(), x, w, r)
    for j in range(2):
        z = sum(x[i] * max(w[i, j], 0) for i in range(3))
        assert found.z[j] == pytest.approx(z)
        for i in range(3):
            edge = x[i] * max(w[i, j], 0) / (z + 1e-9) * r[j]
            assert found.relevance_of_edges[i, j] == pytest.approx(edge)
    np.testing.assert_allclose(found.relevance, x * found.c)


def test_a_unit_with_nothing_to_share_by_is_absorbed():
    found = flows(ZPlus(), [1.0, 1.0], [[-1.0], [-2.0]], [0.7], [0.3])
    assert found.absorbed["bias"].tolist() == [0.7]
    assert not found.relevance.any()
    assert flows(ZPlus(), [1.0], [[-1.0]], [0.7]).absorbed["dead"].tolist() == [0.7]


def test_shapes_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="2×2, not 1×2"):
        flows(ZPlus(), X, [[1, 2]], R)


def test_the_graph_follows_its_sliders():
    graph = DenseGraph(X, W, R)
    graph.set_state({"x": [1.0, 0.0]})
    np.testing.assert_allclose(graph.numbers["received"], flows(ZPlus(), [1, 0], W, R).relevance)
    assert graph.numbers["absorbed"]["dead"] == 2  # output 2 has no positive contribution left
    graph.rule = Epsilon(0.5)
    np.testing.assert_allclose(
        graph.numbers["received"], flows(Epsilon(0.5), [1, 0], W, R).relevance
    )


def test_the_five_lines_hold_where_a_learner_writes_them():
    def z_plus(x, W, R):
        w = np.maximum(W, 0)
        s = R / (x @ w)
        return x * (w @ s)

    assert check("02-code", z_plus)
    assert "negative ones" in check("02-code", lambda x, W, R: x * (W @ (R / (x @ W)))).message


def test_a_task_answers_on_the_page():
    task = Task("02-share")
    task._handle_custom_msg({"type": "answer", "value": "0,57"}, [])
    assert task.verdict["right"] is True
    task._handle_custom_msg({"type": "answer", "value": "0.3429"}, [])
    assert "relevance that it gets" in task.verdict["message"]
    assert task.solution == ""
    task._handle_custom_msg({"type": "solution"}, [])
    assert "0.5714" in task.solution


@pytest.mark.browser
def test_the_lesson_is_worked_through(open_lesson):
    page = open_lesson(2)
    # The graph is covered until one has predicted: here by the keyboard alone.
    graph = page.locator(".lrp-graph")
    cover = page.get_by_role("group", name="Covered view")
    assert graph.count() == 0
    cover.get_by_role("button", name="Go to the prediction").press("Enter")
    predict = page.locator(".lrp-task").filter(has_text="input 3 is set to 0")
    assert predict.get_by_label("It gets smaller").evaluate("n => n === document.activeElement")
    page.keyboard.press("ArrowDown")
    predict.get_by_text("✓ Right.").wait_for()
    graph.wait_for()
    cover.wait_for(state="hidden")
    assert page.url.endswith("?predicted=02-predict%3A1")
    # The graph: input 3 to 0, and the numbers on the page are NumPy's.
    page.get_by_label("input 3", exact=True).fill("0")
    page.wait_for_function(
        "() => /R₃0(?!\\.)/.test(document.querySelector('.lrp-graph-drawing').textContent)"
    )
    values = page.locator(".lrp-graph-step").nth(3).locator(".lrp-graph-values").text_content()
    x, w, r = np.array([1, 2, 0]), np.maximum([[0.8, -0.5], [0.3, 1], [-0.8, 0.4]], 0), [0.6, 0.4]
    received = x * (w @ (r / (x @ w)))
    np.testing.assert_allclose([float(v) for v in values.split()], received, atol=5e-4)
    # A task: wrong, then right.
    task = page.locator(".lrp-task").filter(has_text="What share of output 1")
    task.get_by_role("textbox").fill("0.3429")
    task.get_by_role("button", name="Check").click()
    task.get_by_text("That is the relevance that it gets").wait_for()
    task.get_by_role("textbox").fill("four sevenths")
    task.get_by_role("textbox").press("Enter")
    task.get_by_text("Enter a number").wait_for()
    task.get_by_role("textbox").fill("4/7")
    task.get_by_role("textbox").press("Enter")
    task.get_by_text("✓ Right.").wait_for()
    task.get_by_text("Solution").click()
    task.get_by_text("0.5714").wait_for()
    assert page.problems == []


@pytest.mark.browser
def test_a_reload_keeps_what_was_predicted_or_shown_anyway(open_lesson, lessons_url, page):
    open_lesson(2)
    predict = page.locator(".lrp-task").filter(has_text="input 3 is set to 0")
    anyway = page.get_by_role("button", name="Show anyway")
    anyway.press("Enter")
    page.locator(".lrp-graph").wait_for()
    # The button is gone, and the keyboard stays where it was.
    assert page.evaluate("document.activeElement.className") == "lrp-cover-opened"
    assert not predict.get_by_role("radio", checked=True).count()
    page.reload()
    page.locator(".lrp-graph").wait_for()
    page.goto(page.url.replace("uncovered=02-predict", "predicted=02-predict:2"))
    predict.get_by_text("✗ Not yet.").wait_for()
    assert predict.get_by_label("It gets larger").is_checked()
    page.locator(".lrp-graph").wait_for()
    assert page.problems == []
