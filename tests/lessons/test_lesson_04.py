"""Lesson 4: a convolution, and the dense layer that it is."""

import numpy as np
import pytest
from lesson_cells import predict

from lrp_widgets.lessons import check
from lrp_widgets.lessons.experiments.one_convolution import as_dense, convolution, forward, share
from lrp_widgets.lessons.experiments.one_dense import flows
from lrp_widgets.lrp.rules import AlphaBeta, Epsilon, WSquare, ZPlus
from lrp_widgets.widgets import SlidingKernel

settings = pytest.mark.parametrize(
    ("stride", "padding"), [(1, "valid"), (2, "valid"), (1, "same"), (2, "same")]
)


def padded(x, size, stride, padding):
    """x with the zeros that "same" puts around it, and how many stand before each axis."""
    if padding == "valid":
        return x, (0, 0)
    pads = []
    for length, side in zip(x.shape, size, strict=True):
        missing = max((-(-length // stride) - 1) * stride + side - length, 0)
        pads.append((missing // 2, missing - missing // 2))
    return np.pad(x, pads), (pads[0][0], pads[1][0])


def windows_of(x, size, stride, padding):
    """Each window's place and the part of x that it sees, row by row."""
    x, _ = padded(x, size, stride, padding)
    for r in range(0, x.shape[0] - size[0] + 1, stride):
        for c in range(0, x.shape[1] - size[1] + 1, stride):
            yield (r, c), x[r : r + size[0], c : c + size[1]]


def shared_out(x, w, R, stride, padding):
    """The z⁺-rule window by window, in plain NumPy: relevance of the pixels."""
    whole, (top, left) = padded(x, w.shape, stride, padding)
    received = np.zeros(whole.shape)
    for given, ((r, c), seen) in zip(R.ravel(), windows_of(x, w.shape, stride, padding)):
        contributions = np.maximum(seen * w, 0)
        if contributions.sum() > 0:
            part = contributions / (contributions.sum() + 1e-9) * given
            received[r : r + w.shape[0], c : c + w.shape[1]] += part
    return received[top : top + x.shape[0], left : left + x.shape[1]]


@settings
def test_the_matrix_does_what_the_kernel_does(stride, padding):
    random = np.random.default_rng(4)
    x, w = random.standard_normal((5, 7)), random.standard_normal((3, 2))
    layer = convolution(w, stride, padding)
    dense = as_dense(layer, x.shape)
    z = [float((seen * w).sum()) for _, seen in windows_of(x, w.shape, stride, padding)]
    np.testing.assert_allclose(x.ravel() @ dense.matrix, z, atol=1e-12)
    np.testing.assert_allclose(forward(layer, x).ravel(), z, atol=1e-12)
    assert dense.matrix.shape == (x.size, np.prod(dense.outputs))
    # Equal numbers are equal weights, and nothing else is there.
    weights = np.concatenate([[0], w.ravel()])
    np.testing.assert_allclose(dense.matrix, weights[dense.which])
    assert tuple(-np.array(dense.first)) == padded(x, w.shape, stride, padding)[1]


@settings
@pytest.mark.parametrize("rule", [ZPlus(), Epsilon(0.1), AlphaBeta(2, 1), WSquare()], ids=str)
def test_a_rule_shares_alike_through_matrix_and_convolution(rule, stride, padding):
    random = np.random.default_rng(5)
    x, w = random.random((6, 5)), random.standard_normal((3, 3))
    layer = convolution(w, stride, padding)
    dense = as_dense(layer, x.shape)
    R = random.random(dense.outputs)
    by_kernel = share(layer, x, R, rule)
    by_matrix = flows(rule, x.ravel(), dense.matrix, R.ravel())
    np.testing.assert_allclose(by_kernel.ravel(), by_matrix.relevance, atol=1e-12)
    if rule == ZPlus():
        np.testing.assert_allclose(by_kernel, shared_out(x, w, R, stride, padding), atol=1e-12)


def test_the_widget_follows_what_is_drawn_and_typed():
    widget = SlidingKernel()
    widget.window = 15
    x, w = np.eye(6), np.array([[0.0, 1, 0], [1, 2, -1], [0, 1, 0]])
    widget.set_state({"picture": x.tolist(), "kernel": w.tolist(), "stride": 2, "padding": "same"})
    numbers = widget.numbers
    assert numbers["outputs"] == [3, 3] and widget.window == 8  # the last of nine
    z = [float((seen * w).sum()) for _, seen in windows_of(x, (3, 3), 2, "same")]
    R = np.maximum(z, 0) / np.maximum(z, 0).sum()
    np.testing.assert_allclose(numbers["z"], z)
    np.testing.assert_allclose(numbers["R"], R)
    received = shared_out(x, w, R, 2, "same").ravel()
    np.testing.assert_allclose(numbers["received"], received, atol=1e-12)
    np.testing.assert_allclose(np.sum(numbers["edges"], 0), received, atol=1e-12)
    assert numbers["apart"] < 1e-12


def test_an_empty_picture_has_nothing_to_share():
    widget = SlidingKernel(picture=np.zeros((6, 6)))
    assert not np.any(widget.numbers["R"]) and not np.any(widget.numbers["received"])


def test_the_lessons_code_is_checked():
    def as_matrix(w, n):
        W = np.zeros((n - len(w) + 1, n))
        for j in range(len(W)):
            W[j, j : j + len(w)] = w
        return W

    assert check("04-code", as_matrix)
    assert "a row is a window" in check("04-code", lambda w, n: as_matrix(w, n).T).message


@pytest.mark.browser
def test_the_lesson_is_worked_through(open_lesson):
    page = open_lesson(4)
    assert page.locator(".lrp-kernel").count() == 0
    predict(page, "How many windows contain the pixel", "3")
    card = page.locator(".lrp-kernel")
    told = card.locator("[data-told=pixel]")
    x, w = np.pad(np.ones((4, 4)), 1), np.array([[-1, -1, -1], [-1, 2, 1], [-1, 1, 1]])

    def expected(x):
        z = np.array([(seen * w).sum() for _, seen in windows_of(x, (3, 3), 1, "valid")])
        return shared_out(x, w, np.maximum(z, 0) / np.maximum(z, 0).sum(), 1, "valid").ravel()

    def shown():
        cells = card.get_by_role("group", name="Relevance of the pixels").locator("button")
        return [float(text) for text in cells.all_text_contents()]

    np.testing.assert_allclose(shown(), expected(x), atol=6e-3)
    # The window's slider moves the frame and the row of the matrix.
    card.get_by_label("window", exact=True).fill("6")
    card.get_by_text("Row 6 holds 9 weights").wait_for()
    # A click draws; what the pixels receive is NumPy's again.
    x[0, 0] = 1
    card.get_by_role("button", name="x at row 1, column 1: 0").click()
    card.get_by_role("button", name="x at row 1, column 1: 1.00").wait_for()
    np.testing.assert_allclose(shown(), expected(x), atol=6e-3)
    # A pixel, and the windows that give to it.
    card.get_by_role("group", name="Relevance of the pixels").locator("button").nth(7).click()
    page.wait_for_function(
        "() => document.querySelector('[data-told=pixel]').textContent.includes('row 2, column 2')"
    )
    assert "lies in 4 windows" in told.text_content()
    # Padding adds windows.
    card.get_by_role("button", name="same").click()
    card.get_by_text("of 36").wait_for()
    # A task: wrong, then right.
    task = page.locator(".lrp-task").filter(has_text="How much does pixel 3 receive")
    task.get_by_role("textbox").fill("0.5")
    task.get_by_role("textbox").press("Enter")
    task.get_by_text("window 3 gives some as well").wait_for()
    task.get_by_role("textbox").fill("0.65")
    task.get_by_role("textbox").press("Enter")
    task.get_by_text("✓ Right.").wait_for()
    assert page.problems == []
