"""Lesson 11: composites measured: which classes they tell apart, and what their maps lie on."""

import re

import numpy as np
import pytest
from ipywidgets import HTML

from lrp_widgets.lessons import check
from lrp_widgets.lessons.experiments import compare_composites, sanity_checks, two_classes
from lrp_widgets.lrp.composites import COMPOSITES
from lrp_widgets.lrp.explain import explain
from lrp_widgets.lrp.metrics import change, entropy, mass, negative_share, rank_correlation
from lrp_widgets.lrp.rules import Zero
from lrp_widgets.media.images import load_image
from lrp_widgets.media.samples import scene_mask
from lrp_widgets.networks.zoo.registry import load_network
from lrp_widgets.widgets import CompositeMaps, CompositeTable

PATIENCE = 120
SIGNED = [name for name in compare_composites.NAMES if name[:3] in ("LRP", "eps", "ove")]


# Two classes, and the object


def own_map(number, target, **rules):
    """A class's map alone, by a network of its own: one scene, one class."""
    e = explain(
        load_network("mini-vgg"),
        sanity_checks.scene(number).image,
        start="logit",
        target=target,
        **rules,
    )
    return e.heatmap(), e.start_total


@pytest.mark.parametrize("name", ["z-plus", "epsilon-gamma-box", "LRP-0"])
def test_a_pair_is_measured_as_explaining_each_class_alone_gives(name):
    rules = {"rules": Zero(), "input_rule": None} if name == "LRP-0" else {"rules": name}
    number, network = 2, load_network("mini-vgg")
    drawn, pair = sanity_checks.scene(number), two_classes.pairs(name)[number]
    e = explain(network, drawn.image)
    assert [network.class_names[k] for k in (pair.first, pair.second)] == [
        said for said, _ in e.prediction[:2]
    ]
    (first, top), (second, other) = (own_map(number, k, **rules) for k in (pair.first, pair.second))
    assert top > 0 > other  # the sign matters in this scene
    if name == "z-plus":
        second = -second  # as |z_t| at the output would have given it
    assert pair.correlation == pytest.approx(rank_correlation(first, second), abs=2e-3)
    assert pair.mass == pytest.approx(mass(first, drawn.mask), rel=1e-4)
    contrast = explain(
        network, drawn.image, start="contrast", target=pair.first, other=pair.second, **rules
    )
    expected = rank_correlation(contrast.heatmap(), first)
    assert pair.contrast == pytest.approx(expected, abs=2e-3)


def test_only_without_signs_at_the_top_a_class_starts_with_its_logits_size():
    network = load_network("mini-vgg")
    by_size = {
        name: compare_composites.starts_with_size(network, name)
        for name in compare_composites.NAMES
    }
    assert [name for name, size in by_size.items() if not size] == SIGNED


def test_what_the_lesson_says_of_classes_and_objects_is_so():
    alike, shares = (
        {name: two_classes.mean(name, measure) for name in compare_composites.NAMES}
        for measure in ("correlation", "mass")
    )
    lowest = min(pair.correlation for pair in two_classes.pairs("z-plus"))
    assert lowest > 0.98 and all(alike[name] < 0.5 for name in SIGNED)
    # Signs in the dense part alone tell classes apart; on the object it takes γ or αβ below.
    assert shares["epsilon-plus"] < 1.3 * shares["z-plus"]
    for name in ("epsilon-gamma-box", "epsilon-alpha2-beta1"):
        assert shares[name] > 0.5 and shares[name] > 1.5 * shares["epsilon-plus"]
    assert shares["LRP-0"] < 1.3 * shares["z-plus"]
    assert all(share > sanity_checks.covered() for share in shares.values())


def test_under_z_plus_a_contrast_is_the_logits_map_again():
    assert min(pair.contrast for pair in two_classes.pairs("z-plus")) > 0.998
    for name in ("epsilon-plus", "epsilon-gamma-box"):
        assert two_classes.mean(name, "contrast") < 0.9
        maps, logits = two_classes.contrast_maps(0, name)
        top = int(np.argmax(logits))
        e = explain(
            load_network("mini-vgg"),
            sanity_checks.scene(0).image,
            name,
            start="contrast",
            target=top,
            other=(top + 1) % 8,
        )
        np.testing.assert_allclose(
            maps[(top + 1) % 8], e.heatmap(), atol=1e-4 * np.abs(e.heatmap()).max()
        )


def cells(table):
    """The table's rows as text, by the composite's name."""
    rows = re.findall(r"<tr>(.*?)</tr>", table.table.value, re.DOTALL)[1:]
    found = [re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL) for row in rows]
    return {re.sub("<[^>]+>", "", name): rest for name, *rest in found}


def test_the_table_says_what_was_measured():
    table = CompositeTable()
    assert table.wait(PATIENCE)
    rows = cells(table)
    assert list(rows) == list(compare_composites.NAMES)
    what, alike, share = rows["epsilon-plus"]
    assert what == COMPOSITES["epsilon-plus"].description
    found = two_classes.pairs("epsilon-plus")
    assert alike.startswith(f"{np.mean([p.correlation for p in found]):.3f} (".replace("-", "−"))
    assert share.startswith(f"{100 * np.mean([p.mass for p in found]):.1f} % (")
    assert f"to\N{NO-BREAK SPACE}{max(p.correlation for p in found):.3f})" in alike
    assert f"{100 * sanity_checks.covered():.1f} %" in table.status.value
    table.scene.value = 3
    assert table.wait(PATIENCE)
    pair = two_classes.pairs("epsilon-plus")[3]
    assert cells(table)["epsilon-plus"][2] == f"{100 * pair.mass:.1f} %"
    names = load_network("mini-vgg").class_names
    assert f"{names[pair.first]} and {names[pair.second]}" in table.status.value
    assert isinstance(table.status, HTML)


def test_the_share_on_the_object_is_written_by_a_learner():
    assert check("11-code", lambda R, mask: np.abs(R)[mask].sum() / np.abs(R).sum())
    assert "With signs" in check("11-code", lambda R, mask: R[mask].sum() / R.sum()).message


# The maps


def test_measures_of_signs_and_changes():
    assert negative_share([3, -1]) == pytest.approx(0.25)
    assert change([3, -1], [[3, -1], [1, -1]]) == pytest.approx(0.25)
    assert np.isnan(negative_share(np.zeros(2))) and np.isnan(change(np.zeros(2), np.ones((1, 2))))


@pytest.fixture(scope="module")
def star():
    return {
        name: compare_composites.outcome("mini-vgg", "star", name)
        for name in compare_composites.NAMES
    }


def test_outcomes_are_what_explain_gives(star):
    network = load_network("mini-vgg")
    e = explain(network, load_image("star", network), "epsilon-gamma-box", start="logit")
    shares = e.heatmap() / e.start_total
    found = star["epsilon-gamma-box"]
    np.testing.assert_allclose(found.map, shares, atol=1e-6)
    assert found.arrived == pytest.approx(shares.sum(), abs=1e-5)
    assert sum(found.absorbed.values()) == pytest.approx(1 - found.arrived, abs=1e-4)
    assert found.entropy == pytest.approx(entropy(shares), abs=1e-5)
    assert found.mass == pytest.approx(mass(shares, scene_mask("star")), abs=1e-5)
    second = e.prediction[1][0]
    image = load_image("star", network)
    other = explain(network, image, "epsilon-gamma-box", start="logit", target=second)
    assert found.alike == pytest.approx(rank_correlation(shares, other.heatmap()), abs=2e-3)


def test_what_the_lesson_says_of_the_maps_is_so(star):
    noise = {name: each.change for name, each in star.items()}
    fewest = {name: each.fewest for name, each in star.items()}
    assert max(noise, key=noise.get) == "LRP-0"
    assert noise["LRP-0"] > 3 * noise["overview-vgg"] > 3 * noise["z-plus"]
    assert sum(each < noise["z-plus"] for each in noise.values()) <= 1
    assert max(fewest, key=fewest.get) in ("z-plus", "z-plus-depthwise")
    assert min(fewest, key=fewest.get) in ("epsilon-alpha2-beta1", "epsilon-alpha2-beta1-flat")
    assert fewest["epsilon-gamma-box"] < 0.5 * fewest["epsilon-plus"]
    assert star["z-plus"].negative == 0 and star["LRP-0"].gross > 5
    assert star["epsilon-alpha2-beta1"].gross < 1.1
    # Nearly: the networks' first layers differ, and the maps hardly.
    plain, flat = (star[f"epsilon-plus{end}"].map for end in ("", "-flat"))
    assert change(plain, flat[None]) < 0.1
    assert compare_composites.outcome("mini-vgg", "heart", "epsilon-plus").arrived < 0


def test_the_maps_appear_with_their_numbers(star):
    maps = CompositeMaps()
    assert maps.wait(PATIENCE)
    picture, zero, *_ = maps.maps.panels
    assert (picture["shows"], zero["title"]) == ("picture", "LRP-0")
    assert len(maps.maps.panels) == 1 + len(compare_composites.NAMES)
    lines = dict(zero["lines"])
    assert lines["noise"] == f"{100 * star['LRP-0'].change:.1f} %"
    assert lines["on object"] == f"{100 * star['LRP-0'].mass:.1f} %"
    np.testing.assert_array_equal(
        np.frombuffer(maps.maps.outline, np.uint8).reshape(64, 64), scene_mask("star")
    )
    network = load_network("mini-vgg")
    (first, _), (second, _), *_ = explain(network, load_image("star", network)).prediction
    assert f"the maps of {first} and {second}," in maps.maps.status
    assert "a colour scale of its own" in maps.maps.status


@pytest.mark.browser
def test_the_lesson_is_worked_through(open_lesson):
    page = open_lesson(11)
    table = page.locator(".lrp-composite-table")
    assert table.count() == 0
    # Two predictions open the table.
    classes = page.locator(".lrp-task").filter(has_text="only the two dense layers")
    classes.get_by_label("Above 0.9").check()
    classes.get_by_text("✗ Not yet.").wait_for()
    classes.get_by_label("Below 0.5").check()
    classes.get_by_text("✓ Right.").wait_for()
    on_object = page.locator(".lrp-task").filter(has_text="the largest share of its")
    on_object.get_by_label("epsilon-gamma-box").check()
    on_object.get_by_text("✓ Right.").wait_for()
    row = table.locator("tr", has_text="epsilon-gamma-box")
    row.wait_for()
    alike = float(row.locator("td").nth(2).inner_text().split()[0].replace("−", "-"))
    # A task asks for the number that the table shows.
    task = page.locator(".lrp-task").filter(has_text="mean rank correlation of two classes")
    task.get_by_role("textbox").fill(str(-alike))
    task.get_by_role("textbox").press("Enter")
    task.get_by_text("look at the sign").wait_for()
    task.get_by_role("textbox").fill(str(alike))
    task.get_by_role("textbox").press("Enter")
    task.get_by_text("✓ Right.").wait_for()
    # The maps open after two more, with numbers below them.
    for text in ("A little noise is laid", "the fewest pixels hold"):
        page.locator(".lrp-task").filter(has_text=text).get_by_label("z-plus").check()
    panel = page.locator(".lrp-panel", has_text="epsilon-plus").first
    panel.get_by_text("on object").wait_for()
    assert page.problems == []
