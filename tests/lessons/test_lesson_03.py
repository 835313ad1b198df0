"""Lesson 3: conservation, made to fail; every lost share is found in the ledger."""

from itertools import pairwise

import numpy as np
import pytest
from lesson_cells import queries

from lrp_widgets.lessons import check, lesson03
from lrp_widgets.lessons.experiments.conservation import ENTRIES, RULES, explain_by_one_rule, ledger
from lrp_widgets.lrp.explain import explain
from lrp_widgets.lrp.rules import Epsilon
from lrp_widgets.media.images import SAMPLES, load_image
from lrp_widgets.networks.zoo import registry
from lrp_widgets.networks.zoo.registry import load_network
from lrp_widgets.widgets import Conservation, DenseGraph
from lrp_widgets.widgets.settings.url_state import read

X, W, B, R = (np.array(each) for each in (lesson03.X, lesson03.W, lesson03.B, lesson03.R))


def test_the_lesson_s_epsilon_rule_is_the_epsilon_rule(network, star):
    ours = explain_by_one_rule(network, star, "epsilon", 0.25)
    theirs = explain(network, star, rules=Epsilon(0.25), epsilon=0.25)
    for layer in theirs.layers:
        largest = np.abs(layer.relevance).max()
        np.testing.assert_allclose(
            ours[layer.name].relevance, layer.relevance, rtol=0, atol=1e-6 * largest
        )
        assert ours[layer.name].absorbed == pytest.approx(layer.absorbed, abs=1e-6)


@pytest.mark.parametrize("rule", RULES)
def test_the_ledger_adds_up_from_layer_to_layer(network, star, rule):
    rows = ledger(explain_by_one_rule(network, star, rule, 0.5))
    assert [row["name"] for row in rows][:: len(rows) - 1] == ["predictions", "input"]
    for row, below in pairwise(rows):
        absorbed = sum(row[entry] for entry in ENTRIES)
        assert row["total"] == pytest.approx(row["passed"] + absorbed)
        assert row["passed"] == pytest.approx(below["total"], abs=1e-6)
        assert abs(row["rounding"]) < 1e-5
    assert sum(abs(row["stabilizer"]) for row in rows) > 0.1


def test_what_the_lesson_says_is_so(network, star):
    """Under the post's z⁺ the bias absorbs nothing; random weights have no bias."""
    for row in ledger(explain_by_one_rule(network, star)):
        assert row["bias"] == row["dead"] == 0
        assert row["total"] == pytest.approx(1, abs=1e-5)
    assert (
        sum(row["bias"] for row in ledger(explain_by_one_rule(network, star, "z-plus-bias"))) > 0.1
    )
    random = ledger(
        explain_by_one_rule(load_network("mini-vgg", weights="random"), star, "z-plus-bias")
    )
    assert all(row["bias"] == 0 for row in random)
    totals = [row["total"] for row in ledger(explain_by_one_rule(network, star, "epsilon"))]
    assert max(totals) > 1.1 and min(totals) < 0


def test_the_numbers_to_be_watched_move(network, star):
    """Under “Look closer” most layers absorb something; under the post's rule none does."""
    [query] = queries(3)
    state, _ = read(query, SAMPLES, registry.NAMES)
    watched = explain(network, star, rules=state.rules)
    lost = {layer.name: layer.absorbed["bias"] for layer in watched.layers[1:]}
    assert {name for name, bias in lost.items() if bias > 0.05} == {
        "block3_conv2",
        "block4_conv1",
        "block4_conv2",
    }
    assert len({round(layer.total, 3) for layer in watched.layers}) >= 8
    for layer in explain(network, star).layers[1:]:
        assert all(abs(entry) < 1e-5 for entry in layer.absorbed.values())


def test_the_graph_offers_rules():
    graph = DenseGraph(X, W, R, b=B, rules=lesson03.rules())
    # Output 1 is driven by its bias alone; output 2 has two positive contributions.
    assert graph.numbers["absorbed"]["bias"] == pytest.approx(R[0])
    np.testing.assert_allclose(graph.numbers["received"], [0, R[1] * 2 / 2.2, R[1] * 0.2 / 2.2])
    graph.set_state({"bias": [0.0, 0.5]})
    assert graph.numbers["absorbed"]["dead"] == pytest.approx(R[0])
    graph.set_state({"bias": list(B), "rule_name": "z⁺ with bias"})
    assert graph.numbers["absorbed"]["bias"] == pytest.approx(R[0] + R[1] * 0.5 / 2.7)
    graph.set_state({"rule_name": "ε = 0.5"})
    z = X @ W
    d = z + B + 0.5  # both are above zero
    assert graph.numbers["absorbed"]["bias"] == pytest.approx((B / d * R).sum())
    assert graph.numbers["absorbed"]["stabilizer"] == pytest.approx((0.5 / d * R).sum())
    assert (B / d * R)[0] > R[0] and (z / d * R)[0] < 0  # as the lesson says


def test_the_ledger_of_a_unit_is_written_by_a_learner():
    def ledger(x, w, b, R, epsilon):
        z = x @ w
        e = epsilon * np.sign(z + b)
        return np.array([z, b, e]) / (z + b + e) * R

    assert check("03-code", ledger)
    assert (
        "has the sign"
        in check(
            "03-code", lambda x, w, b, R, e: np.array([x @ w, b, e]) / (x @ w + b + e) * R
        ).message
    )


def test_the_view_follows_its_controls(network):
    view = Conservation()
    assert view.rows[-1]["total"] == pytest.approx(1, abs=1e-5)
    view.set_state({"power": 0.0})
    expected = explain(network, load_image("star", network), epsilon=1.0)
    assert view.rows[-1]["total"] == pytest.approx(expected.layers[0].total)
    view.set_state({"weights": "random"})
    assert view.explanation.network.weights == "random"
    assert view.busy is False


@pytest.mark.browser
def test_the_lesson_is_worked_through(open_lesson):
    page = open_lesson(3)
    assert page.locator(".lrp-graph").count() == 0
    predict = page.locator(".lrp-task").filter(has_text="reaches the inputs?")
    predict.get_by_label("Nothing").check()
    predict.get_by_text("✓ Right.").wait_for()
    # A large ε: the totals on the page fall, and each row's ledger adds up to the row below.
    view = page.locator(".lrp-conservation")
    view.get_by_label("stabilizer ε").fill("0")
    view.get_by_text("+ stabilizer").wait_for()
    page.locator(".lrp-conservation:not([data-busy])").wait_for()
    rows = {
        row.get_by_role("rowheader").text_content(): [
            float((text or "0").replace("−", "-").replace("≈ ", ""))
            for text in row.get_by_role("cell").all_text_contents()
        ]
        for row in view.locator("tbody").get_by_role("row").all()
    }
    totals = np.array([cells[0] for cells in rows.values()])
    absorbed = np.array([cells[-4:] for cells in rows.values()])
    np.testing.assert_allclose(totals[:-1] - absorbed[:-1].sum(1), totals[1:], atol=2e-3)
    assert totals[0] == 1 and totals[-1] < 0.5
    # A task: wrong, then right, with the number that was read.
    task = page.locator(".lrp-task").filter(has_text="reaches the pixels?")
    task.get_by_role("textbox").fill(f"{1 - totals[-1]:.3f}")
    task.get_by_role("button", name="Check").click()
    task.get_by_text("That is what was lost").wait_for()
    task.get_by_role("textbox").fill(f"{totals[-1]:.3f}")
    task.get_by_role("textbox").press("Enter")
    task.get_by_text("✓ Right.").wait_for()
    # The small layer under another rule.
    graph = page.locator(".lrp-graph")
    graph.get_by_role("button", name="ε = 0.5").click()
    bias = (B / (X @ W + B + 0.5) * R).sum()
    graph.get_by_text(f"+ bias {bias:.2f} + stabilizer").wait_for()
    assert page.problems == []
