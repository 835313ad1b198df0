"""Lesson 12: BatchNorm by numbers."""

import numpy as np
import pytest

from lrp_widgets.lessons import check, lesson12
from lrp_widgets.lessons.experiments import loaded
from lrp_widgets.lessons.experiments.one_batch_norm import BIAS, KERNEL, ROW, WAYS, fold_by_numbers
from lrp_widgets.widgets import BatchNormFolding

STATISTICS = [(1.5, 0.5, 1.0, 4.0), (-1.5, 0.75, -0.5, 2.25), (0.5, -1.0, 0.25, 0.5)]


def relu(x):
    return np.maximum(x, 0)


def written_out(way, gamma, beta, mean, variance):
    """What the little network puts out, as its layers are defined, in plain NumPy."""
    pooled = np.maximum(ROW[:-1], ROW[1:])

    def normalised(x):
        return gamma * (x - mean) / np.sqrt(variance) + beta

    def convolved(x):
        padded = np.concatenate([[0], x, [0]])
        return np.array([padded[k : k + 3] @ KERNEL + BIAS for k in range(len(x))])

    if way == "left":
        return relu(normalised(convolved(np.array(ROW[:-1]))))
    if way == "right":
        return convolved(relu(normalised(pooled)))
    return relu(normalised(pooled)).mean(keepdims=True)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("statistics", STATISTICS)
def test_the_output_stays_whatever_is_folded(way, statistics):
    folded = fold_by_numbers(way, *statistics)
    expected = written_out(way, *statistics)
    for stages in (folded.before, folded.after):
        np.testing.assert_allclose(stages[-1].values, expected, atol=1e-12)
    assert folded.difference < 1e-12


def test_the_stages_say_what_was_rewritten():
    gamma, beta, mean, variance = STATISTICS[0]
    scale = gamma / np.sqrt(variance)
    offset = beta - scale * mean
    left = fold_by_numbers("left", *STATISTICS[0])
    assert [stage.name for stage in left.after] == ["x", "conv"]
    np.testing.assert_allclose(left.kernel, scale * np.array(KERNEL))
    assert left.bias == pytest.approx(scale * BIAS + offset)
    right = fold_by_numbers("right", *STATISTICS[0])
    assert [stage.kind for stage in right.after[2:]] == ["shift", "convolution"]
    assert right.after[2].words == "x − 0.333, then relu"
    clipped = right.before[3].values == 0
    assert clipped.any() and np.array_equal(right.after[2].values == 0, clipped)
    np.testing.assert_allclose(right.after[2].values * scale, right.before[3].values)
    np.testing.assert_allclose(right.kernel, scale * np.array(KERNEL))
    assert right.bias == BIAS and right.offset == pytest.approx(offset)
    assert fold_by_numbers("right", -1.5).after[2].words == "−x + 1.67, then relu"
    nothing = fold_by_numbers("right", 0.0)
    assert "moved into conv" in nothing.note
    assert nothing.after[2].words == "0 · x + 0.500, then relu"
    kept = fold_by_numbers("kept")
    assert "one to one" in kept.note and kept.kernel is None
    with pytest.raises(ValueError, match="folded left, right, kept"):
        fold_by_numbers("up")


def test_the_fold_follows_its_sliders():
    widget = BatchNormFolding()
    assert [each["rewritten"] for each in widget.numbers["after"]] == [False, True]
    widget.set_state({"way": "right", "gamma": -2.0, "mean": 0.5})
    expected = fold_by_numbers("right", -2.0, 0.5, 0.5, 4.0)
    assert widget.numbers["scale"] == expected.scale == -1
    np.testing.assert_allclose(widget.numbers["after"][-1]["values"], expected.after[-1].values)
    assert widget.numbers["note"].endswith("what is left of it subtracts a limit.")


def test_what_the_lesson_says_of_the_networks_is_so():
    notes = loaded.network("mini-densenet").notes
    assert "moved into" in notes[0] and "stays a layer of its own" in notes[-1]
    assert all("folded into" in note for note in loaded.network("mini-resnet").notes)


def test_folding_is_written_by_a_learner():
    def fold(w, b, gamma, beta, mean, variance, epsilon):
        scale = gamma / np.sqrt(variance + epsilon)
        return np.append(scale * w, scale * (b - mean) + beta)

    assert check("12-code", fold)
    assert "ε" in check("12-code", lambda *a: fold(*a[:-1], 0)).message
    weight, bias = lesson12.folded_weights(
        [lesson12.WEIGHT],
        lesson12.BIAS,
        *(lesson12.GAMMA, lesson12.BETA, lesson12.MEAN, lesson12.VARIANCE, 0),
    )
    assert check("12-fold", bias) and weight == pytest.approx(3 / 2 * 0.8)


@pytest.mark.browser
def test_the_lesson_is_worked_through(open_lesson):
    page = open_lesson(12)
    # A prediction, wrong, then right; it opens the numbers.
    predict = page.locator(".lrp-task").filter(has_text="In DenseNet a BatchNorm stands")
    predict.get_by_role("radio", name="With t", exact=True).check()
    predict.get_by_text("✗ Not yet.").wait_for()
    predict.get_by_label("Still with 0").check()
    predict.get_by_text("✓ Right.").wait_for()
    # A slider, and the other way: the output on the page is NumPy's, before and after.
    fold = page.locator(".lrp-bnfold")
    fold.get_by_label("scale γ").fill("-1.5")
    fold.get_by_text("scale = γ/√σ² = −0.750").wait_for()
    fold.get_by_role("button", name=WAYS["right"]).click()
    fold.get_by_text("what is left of it subtracts a limit").wait_for()
    for side in ("before", "after"):
        last = fold.locator(f"[data-side={side}] li").last.locator(".lrp-bnfold-values span")
        found = [float(text.replace("−", "-")) for text in last.all_text_contents()]
        np.testing.assert_allclose(found, written_out("right", -1.5, 0.5, 1.0, 4.0), atol=5e-3)
    # A task: wrong, then right.
    task = page.locator(".lrp-task").filter(has_text="Which bias does the folded unit have?")
    task.get_by_role("textbox").fill("0.15")
    task.get_by_role("textbox").press("Enter")
    task.get_by_text("Not yet.").wait_for()
    task.get_by_role("textbox").fill(str(3 / 2 * (0.2 - 1) + 0.5))
    task.get_by_role("textbox").press("Enter")
    task.get_by_text("✓ Right.").wait_for()
    assert page.problems == []
