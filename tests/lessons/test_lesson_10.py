"""Lesson 10: every rule on one unit, against NumPy written out."""

import numpy as np
import pytest

from lrp_widgets.lessons import check, lesson10
from lrp_widgets.lessons.experiments.one_unit import NOISE, share_addition, share_unit
from lrp_widgets.lrp.rules import AlphaBeta, Epsilon, Gamma, Proportional, Zero, ZPlus
from lrp_widgets.widgets import RulesOnUnit
from lrp_widgets.widgets.lessons.playgrounds.rules_on_unit import INPUTS

UNITS = [((2.0, 1.0, 1.0), (1.0, -1.6, 0.2), -0.2), ((0.5, 3.0), (-1.5, -0.2), 0.4)]


def plus(x):
    return np.maximum(x, 0)


def written_out(x, w, b, epsilon, gamma, alpha):
    """{rule: relevance of the inputs for R = 1}, in the letters of the equations."""
    z = x @ w + b
    sign = 1 if z >= 0 else -1
    part = plus if sign > 0 else lambda v: -plus(-v)
    low, high = INPUTS
    box = x * w - low * plus(w) - high * -plus(-w)
    up, down = plus(x * w), -plus(-x * w)
    share_up = up / (up.sum() + plus(b)) if up.sum() + plus(b) else up
    share_down = down / (down.sum() - plus(-b)) if down.sum() - plus(-b) else down
    enlarged = w + gamma * plus(w)
    by_sign = x * w + gamma * part(x * w)
    return {
        "LRP-0": x * w / z,
        "ε": x * w / (z + sign * epsilon),
        "γ": x * enlarged / (x @ enlarged + b + gamma * plus(b)),
        "γ by sign": by_sign / (by_sign.sum() + b + gamma * part(b)),
        "αβ": alpha * share_up - (alpha - 1) * share_down,
        "z⁺": up / up.sum() if up.sum() else up,
        "z^B": box / box.sum(),
        "w²": w**2 / (w @ w),
        "flat": np.ones(len(x)) / len(x),
    }


@pytest.mark.parametrize(("x", "w", "b"), UNITS)
def test_each_rule_of_the_table_is_its_equation(x, w, b):
    table = RulesOnUnit(x, w, b, epsilon=0.3, gamma=0.7, alpha=1.5)
    expected = written_out(np.array(x), np.array(w), b, 0.3, 0.7, 1.5)
    assert [row["name"] for row in table.rows] == list(expected)
    for row in table.rows:
        np.testing.assert_allclose(row["relevance"], expected[row["name"]], atol=1e-7)
        absorbed = row["bias"] + row["stabilizer"] + row["dead"]
        assert row["sum"] + absorbed == pytest.approx(1)
        assert row["gross"] == pytest.approx(np.abs(expected[row["name"]]).sum(), abs=1e-7)


def test_what_the_lesson_says_of_the_table_is_so():
    x, w, b = lesson10.X, lesson10.W, lesson10.B
    shared = {row["name"]: row for row in RulesOnUnit(x, w, b).rows}
    # Cancelling denominators: most noise for LRP-0, less for ε and γ, none without the inputs.
    assert shared["LRP-0"]["change"] > shared["ε"]["change"] > 5 * shared["αβ"]["change"]
    assert shared["LRP-0"]["change"] > shared["γ"]["change"] > 5 * shared["z⁺"]["change"]
    assert shared["w²"]["change"] == shared["flat"]["change"] == 0
    for rules in ([Epsilon(e) for e in (0, 0.5, 1, 2)], [Gamma(g) for g in (0, 1, 5, 10)]):
        changes = [share_unit(rule, x, w, b).change for rule in rules]
        assert changes == sorted(changes, reverse=True)
    contributions = np.multiply(x, w)
    assert shared["LRP-0"]["gross"] == pytest.approx(
        np.abs(contributions).sum() / abs(contributions.sum() + b)
    )
    # Near zero LRP-0 runs away; αβ stays within α and −β.
    near = RulesOnUnit(x, (1.0, -1.95, 0.2), b).rows
    assert near[0]["gross"] > 50
    assert all(-1 <= value <= 2 for value in near[4]["relevance"])
    np.testing.assert_allclose(
        share_unit(AlphaBeta(1, 0), x, w, b).relevance, share_unit(ZPlus(), x, w, b).relevance
    )


def test_the_table_follows_its_sliders_and_shows_no_infinity():
    table = RulesOnUnit()
    table.set_state({"values": table.values | {"x1": 0.0, "b": -2.2}})  # z = 0 exactly
    zero = table.rows[0]
    assert zero["relevance"] == [0, 0, 0] and zero["dead"] == 1 and zero["change"] is None
    for row in table.rows:
        numbers = [*row["relevance"], row["bias"], row["stabilizer"], row["gross"]]
        assert np.isfinite(numbers).all()
    table.set_state({"values": table.values | {"epsilon": 0.5}})
    assert table.rows[1]["stabilizer"] == pytest.approx(1)


def test_noise_is_what_shaken_inputs_change():
    x, w = np.array([2.0, 1.0]), np.array([1.0, -1.5])
    random = np.random.default_rng(0)
    shaken = x * (1 + NOISE * random.standard_normal((4000, 2)))
    maps = shaken * w / (shaken @ w)[:, None]
    expected = np.abs(maps - x * w / (x @ w)).sum(1).mean() / np.abs(x * w / (x @ w)).sum()
    assert share_unit(Zero(), x, w).change == pytest.approx(expected, rel=0.35)
    with pytest.raises(ValueError, match="a weight for each input; got 1 for 2"):
        share_unit(Zero(), [1, 2], [1])


def test_an_addition_is_shared_in_two_ways():
    np.testing.assert_allclose(share_addition(Proportional(), [3, -1]).relevance, [1, 0])
    np.testing.assert_allclose(share_addition(Zero(), [3, -1]).relevance, [1.5, -0.5])
    damped = share_addition(Epsilon(0.5), [3, -1], R=2.0)
    np.testing.assert_allclose(damped.relevance, [2.4, -0.8])
    assert damped.stabilizer == pytest.approx(0.4)
    assert share_addition(Proportional(), [0, 0]).dead == 1
    with pytest.raises(ValueError, match="not by z⁺"):
        share_addition(ZPlus(), [1, 1])


def test_the_gamma_rule_is_written_by_a_learner():
    def gamma_rule(x, W, b, R, gamma):
        w = W + gamma * plus(W)
        return x * (w @ (R / (x @ w + b + gamma * plus(b))))

    assert check("10-code", gamma_rule)
    assert "bias" in check("10-code", lambda x, W, b, R, g: gamma_rule(x, W, 0, R, g)).message


@pytest.mark.browser
def test_the_lesson_is_worked_through(open_lesson):
    page = open_lesson(10)
    # Two predictions, and the table opens.
    table = page.locator(".lrp-ruletable")
    predict = page.locator(".lrp-task").filter(has_text="What does the first input get?")
    predict.get_by_label("Less than 1").check()
    predict.get_by_text("✗ Not yet.").wait_for()
    predict.get_by_label("More than 1").check()
    predict.get_by_text("✓ Right.").wait_for()
    assert table.count() == 0
    shaken = page.locator(".lrp-task").filter(has_text="Whose shares change most?")
    shaken.get_by_label("LRP-0").check()
    shaken.get_by_text("✓ Right.").wait_for()
    # A slider: another weight, and the row of LRP-0 is NumPy's.
    table.get_by_label("w₂", exact=True).fill("-1.9")
    table.get_by_text("= +0.100, and R = 1").wait_for()
    row = table.locator("tr[data-rule='LRP-0']")
    found = [float(t.replace("−", "-")) for t in row.locator("b").all_text_contents()]
    np.testing.assert_allclose(found, np.array([2, -1.9, 0.2]) / 0.1, rtol=5e-3)
    # A rule's name shows its equation.
    before = table.locator(".lrp-ruletable-equation").inner_html()
    table.get_by_role("button", name="αβ, α = 2, β = 1").click()
    page.wait_for_function(
        "(before) => document.querySelector('.lrp-ruletable-equation').innerHTML !== before",
        arg=before,
    )
    # A task: wrong, then right.
    task = page.locator(".lrp-task").filter(has_text="Under the ε-rule with")
    task.get_by_role("textbox").fill("-4")
    task.get_by_role("textbox").press("Enter")
    task.get_by_text("That is LRP-0").wait_for()
    task.get_by_role("textbox").fill(str(-1.6 / (0.4 + 0.5)))
    task.get_by_role("textbox").press("Enter")
    task.get_by_text("✓ Right.").wait_for()
    assert page.problems == []
