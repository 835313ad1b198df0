"""Lesson 1: what a network puts out, and where relevance starts."""

import threading

import numpy as np
import pytest
import traitlets
from fake_explaining import Recorder

from lrp_widgets.lessons.experiments.output_starts import NetworkOutput, output_of
from lrp_widgets.lrp.explain import explain
from lrp_widgets.session import Request
from lrp_widgets.widgets import StartBars

Z = np.array([2.0, -1.0, 0.5, 1.5], np.float32)
P = np.exp(Z) / np.exp(Z).sum()


@pytest.mark.parametrize(
    ("kind", "target", "other", "expected", "used"),
    [
        ("softmax", None, None, P, (None, None)),
        ("probability", None, None, P * [1, 0, 0, 0], (0, None)),
        ("probability", 2, None, P * [0, 0, 1, 0], (2, None)),
        ("logit", 1, None, [0, -1, 0, 0], (1, None)),
        ("contrast", None, None, [2, 0, 0, -1.5], (0, 3)),
        ("contrast", 1, 2, [0, -1, -0.5, 0], (1, 2)),
    ],
)
def test_starts_are_written_out(kind, target, other, expected, used):
    output = NetworkOutput(list("abcd"), Z, P)
    relevance, *classes = output.start(kind, target, other)
    np.testing.assert_allclose(relevance, expected, rtol=1e-6)
    assert tuple(classes) == used


def test_a_class_is_not_contrasted_with_itself():
    with pytest.raises(ValueError, match="two different classes"):
        NetworkOutput(list("abcd"), Z, P).start("contrast", 1, 1)


@pytest.mark.parametrize("kind", ["softmax", "probability", "logit", "contrast"])
def test_the_start_is_what_explain_begins_with(network, star, kind):
    output = output_of(network, star)
    np.testing.assert_allclose(output.scores, np.exp(output.logits) / np.exp(output.logits).sum(),
                               rtol=1e-5)  # fmt: skip
    relevance, target, other = output.start(kind)
    e = explain(network, star, start=kind)
    np.testing.assert_allclose(relevance, e.layers[-1].relevance, rtol=1e-5)
    assert (target, other) == (e.target_index, e.other_index)


def test_the_bars_follow_the_choice(network):
    bars = StartBars(network, ("star", "heart"))
    z = bars.output.logits
    assert bars.total == pytest.approx(1, abs=1e-6)
    assert [row["logit"] for row in bars.rows] == pytest.approx(list(z))
    bars.set_state({"start": "logit", "target": int(z.argmin())})
    assert bars.total == pytest.approx(z.min())
    assert bars.rows[z.argmin()]["role"] == "target"
    assert np.flatnonzero(bars.relevance).tolist() == [z.argmin()]
    bars.set_state({"start": "contrast"})
    assert bars.total == pytest.approx(z.min() - z[bars.other])
    bars.set_state({"picture": "heart"})  # another picture: its own first two classes
    first, second = np.argsort(-bars.output.logits)[:2]
    assert (bars.target, bars.other) == (first, second)
    assert bars.total == pytest.approx(bars.output.logits[first] - bars.output.logits[second])


def test_a_class_that_is_chosen_for_both_sides_swaps_them(network):
    bars = StartBars(network, ("star",))
    bars.start = "contrast"
    first, second = bars.target, bars.other
    bars.set_state({"target": second})
    assert (bars.target, bars.other) == (second, first)
    bars.set_state({"other": second})
    assert (bars.target, bars.other) == (first, second)
    with pytest.raises(traitlets.TraitError, match="classes 0 to 7"):
        bars.target = 8


def test_pages_that_share_a_session_wait_for_each_other():
    recorder = Recorder()
    session = recorder.session()
    recorder.gate.clear()
    answers = []
    both = threading.Barrier(3)

    def ask():
        both.wait(60)
        answers.append(session.explain(Request("star", "mini-vgg")))

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    both.wait(60)  # both are on their way
    recorder.gate.set()
    for thread in threads:
        thread.join(60)
    assert answers[0] is answers[1]
    assert len(recorder.loaded) == len(recorder.explained) == 1


@pytest.mark.parametrize("rules", ["z-plus", "epsilon-plus", "epsilon-gamma-box"])
def test_logit_and_probability_give_one_map_up_to_a_factor(network, star, rules):
    maps = {}
    for start in ("logit", "probability"):
        e = explain(network, star, rules=rules, start=start, dtype="float64")
        maps[start] = e.pixels / e.start_total
    size = np.abs(maps["logit"]).max()
    np.testing.assert_allclose(maps["logit"], maps["probability"], rtol=0, atol=1e-6 * size)


@pytest.mark.browser
def test_the_lesson_is_worked_through(open_lesson):
    page = open_lesson(1)
    # Nothing that shows a total is there before it is predicted.
    assert page.locator(".lrp-start, .lrp-stepper").count() == 0
    assert page.get_by_role("group", name="Covered view").count() == 3
    predict = page.locator(".lrp-task").filter(has_text="add up to?")
    predict.get_by_label("The number of classes").check()
    predict.get_by_text("✗ Not yet.").wait_for()
    # The start: a class with a negative logit, and the total is what its row says.
    start = page.locator(".lrp-start")
    start.get_by_role("button", name="logit").click()
    start.get_by_label("class", exact=True).select_option("circle")
    start.get_by_text("negative, and so is every layer's total").wait_for()
    row = start.get_by_role("row").filter(has=page.get_by_role("rowheader", name="circle"))
    logit, _, begun = (
        float(text.replace("−", "-")) for text in row.get_by_role("cell").all_text_contents()
    )
    total = float(start.locator("b").first.text_content().replace("−", "-"))
    assert logit < 0 and begun == logit and total == pytest.approx(logit, abs=0.005)
    # The softmax of the logits that stand there gives the probabilities that stand there.
    cells = [
        [float(text.replace("−", "-")) for text in each.get_by_role("cell").all_text_contents()]
        for each in start.locator("tbody").get_by_role("row").all()
    ]
    z, p, _ = np.array(cells).T
    np.testing.assert_allclose(p, np.exp(z) / np.exp(z).sum(), rtol=0.01)
    # Two more predictions; the view of the layers then opens on a map that is turned over.
    task = page.locator(".lrp-task").filter(has_text="one step further down")
    task.get_by_role("textbox").fill("1")
    task.get_by_role("textbox").press("Enter")
    task.get_by_text("the total with all probabilities").wait_for()
    task.get_by_role("textbox").fill(f"{z.max()}")
    task.get_by_role("button", name="Check").click()
    task.get_by_text("✓ Right.").wait_for()
    predict = page.locator(".lrp-task").filter(has_text="whose logit is negative")
    assert page.get_by_role("group", name="Covered view").count() == 1
    predict.get_by_label("It is negative, or zero, everywhere").check()
    page.get_by_text("the whole map is turned over").wait_for()
    # A task, with the numbers in the table: the same map, on two scales.
    task = page.locator(".lrp-task").filter(has_text="How many times larger")
    task.get_by_role("textbox").fill(f"{z.max()}/{p[z.argmax()]}")
    task.get_by_role("textbox").press("Enter")
    task.get_by_text("✓ Right.").wait_for()
    assert page.problems == []
