"""What the strip under a map says: against NumPy alone, pair by pair and place by place."""

import csv
import io
import json
from itertools import combinations

import numpy as np
import pytest
from PIL import Image

from lrp_widgets import explain, load_image, load_network
from lrp_widgets._support.number_words import correlation as in_words
from lrp_widgets.figures.export import ledger_csv, numbers
from lrp_widgets.figures.plot_layer import plot_layer
from lrp_widgets.figures.view_settings import View
from lrp_widgets.lrp.map_measures import class_map, compare, measure
from lrp_widgets.lrp.metrics import brightness_correlation, fewest_places, luminance
from lrp_widgets.media.images import SAMPLES, is_scene, object_mask, scene_mask
from lrp_widgets.session import Request, Session
from lrp_widgets.widgets.shared import measuring
from lrp_widgets.widgets.shared.measure_cells import cells
from lrp_widgets.widgets.shared.measuring import Measuring, comparison


def spearman(a, b):
    """Kendall-like counting of places below and equal: ranks without sorting, then Pearson's."""
    ranks = []
    for x in (np.ravel(np.asarray(a, np.float64)), np.ravel(np.asarray(b, np.float64))):
        ranks.append((x[:, None] > x).sum(1) + ((x[:, None] == x).sum(1) - 1) / 2)
    return np.corrcoef(*ranks)[0, 1]


def fewest_by_trying(values, part=0.5):
    values = np.abs(np.ravel(values))
    for count in range(1, len(values) + 1):
        most = max(sum(some) for some in combinations(values, count))
        if most >= part * values.sum():
            return count


# The functions


@pytest.mark.parametrize("part", [0.25, 0.5, 0.9, 1])
def test_fewest_places_are_found_by_trying_all_choices(part):
    rng = np.random.default_rng(3)
    for _ in range(10):
        values = rng.integers(-8, 9, 8).astype(float)
        values[0] = 3.0
        assert fewest_places(values, part) == fewest_by_trying(values, part)


def test_an_even_map_needs_half_of_its_places():
    for n in (1, 2, 7, 4096):
        assert fewest_places(np.full(n, -0.1, np.float32)) == -(-n // 2)
    assert fewest_places([0, 0, 5.0, 0]) == 1
    assert fewest_places(np.zeros((3, 3))) is None


def test_luminance_is_that_of_gray_pictures():
    picture = load_image("astronaut", size=40)
    gray = np.asarray(Image.fromarray(picture).convert("L"), float)
    assert np.abs(luminance(picture) - gray).max() <= 0.51  # Pillow rounds
    assert np.array_equal(luminance(picture[..., :1]), picture[..., 0])


def test_brightness_counts_sizes_of_relevance_whatever_their_sign():
    picture = np.arange(12, dtype=np.uint8).reshape(3, 4, 1)
    relevance = np.arange(12.0).reshape(3, 4)
    assert brightness_correlation(relevance, picture) == pytest.approx(1)
    assert brightness_correlation(-relevance, picture) == pytest.approx(1)
    assert brightness_correlation(12 - relevance, picture) == pytest.approx(-1)
    assert np.isnan(brightness_correlation(relevance, np.zeros((3, 4, 3), np.uint8)))


# Of an explanation


def test_every_layer_s_half_and_the_pixels_measures(e):
    mask = scene_mask("star", 64)
    found = measure(e, mask)
    for layer in e.layers:
        summed = layer.relevance if len(layer.shape) == 1 else layer.relevance.sum(-1, dtype=float)
        size = -np.sort(-np.abs(summed.astype(float)).ravel())
        count = next(k for k in range(1, size.size + 1) if size[:k].sum() >= size.sum() / 2)
        assert abs(found.half[layer.name] - count) <= 1  # sums of floats, in another order
        assert found.places[layer.name] == size.size
    pixels = e.pixels.sum(-1, dtype=float)
    on = sum(abs(pixels[i, j]) for i, j in np.argwhere(mask)) / np.abs(pixels).sum()
    assert found.on_object == pytest.approx(on)
    assert found.area == mask.mean()
    small = np.s_[::3, ::3]
    gray = e.picture.astype(float) @ [0.299, 0.587, 0.114]
    assert brightness_correlation(pixels[small], e.picture[small]) == pytest.approx(
        spearman(np.abs(pixels[small]), gray[small]), abs=1e-6
    )
    assert found.brightness == brightness_correlation(e.heatmap(), e.picture)


def test_a_mask_of_another_size_is_refused(e):
    with pytest.raises(ValueError, match=r"\(64, 64\).*\(32, 32\)"):
        measure(e, np.ones((32, 32), bool))


def test_what_is_not_known_is_left_out(network):
    x = np.random.default_rng(0).uniform(0, 1, (64, 64, 3)).astype(np.float32)
    found = measure(explain(network, x))
    assert found.on_object is found.brightness is found.compared is None
    assert [cell["key"] for cell in cells(found)["pixels"]] == ["half"]


@pytest.mark.parametrize("name", [name for name in SAMPLES if is_scene(name)])
@pytest.mark.parametrize("size", [(64, 64), (96, 96), (40, 64), (33, 20)])
def test_the_object_is_where_the_picture_shows_it(name, size):
    mask = object_mask(name, *size)
    assert mask.shape == size
    if size == (64, 64):
        assert np.array_equal(mask, scene_mask(name, 64))
    picture = load_image(name, size=size).astype(float)
    inside, outside = picture[mask].mean(0), picture[~mask].mean(0)
    if 20 < mask.sum() < mask.size:
        # The object has one colour; half a picture further on there is another one.
        moved = np.roll(mask, (size[0] // 2, size[1] // 2), (0, 1))
        assert picture[mask].std(0).mean() < picture[moved | mask].std(0).mean()
        assert np.abs(inside - outside).max() > 20


def test_a_photograph_has_no_known_object():
    assert object_mask("cat", 64, 64) is None


# Compared with another class


def test_maps_are_compared_as_a_positive_logit_gives_them(network):
    """Under z⁺ a negative logit turns the map over, which is not what the map says of the class."""
    image = load_image("star", network)
    logits = [explain(network, image, start="logit", target=k).start_total for k in range(8)]
    top, negative = int(np.argmax(logits)), int(np.argmin(logits))
    assert logits[negative] < 0 < logits[top]
    best, worst = (explain(network, image, start="logit", target=k) for k in (top, negative))
    plain = spearman(best.heatmap()[::2, ::2], worst.heatmap()[::2, ::2])
    assert plain < -0.8
    found = compare(class_map(worst), class_map(best))
    assert found == compare(class_map(best), class_map(worst)) > 0.8
    # Its probability's map is the logit's up to a positive factor here.
    likely = explain(network, image, start="probability", target=negative)
    assert compare(class_map(likely), class_map(best)) == pytest.approx(found, abs=1e-3)


@pytest.mark.parametrize("rules", ["epsilon-plus", "epsilon-gamma-box"])
def test_where_the_sign_is_part_of_the_share_it_stays(network, rules):
    image = load_image("star", network)
    ask = {"rules": rules, "target": 0}
    best = explain(network, image, rules=rules, start="logit")
    plain = explain(network, image, start="logit", **ask)
    likely = explain(network, image, start="probability", **ask)
    assert plain.start_total < 0
    expected = spearman(plain.heatmap()[::2, ::2], best.heatmap()[::2, ::2])
    found = compare(class_map(plain), class_map(best))
    assert found == pytest.approx(expected, abs=0.05)  # of a quarter of the pixels
    # p stands for a negative z: the map is turned over, and turned back for the comparison.
    assert compare(class_map(likely), class_map(best)) == pytest.approx(found, abs=1e-3)


def test_what_a_map_is_compared_with(network):
    image = load_image("star", network)
    found = {
        start: comparison(explain(network, image, start=start))
        for start in ("softmax", "logit", "contrast")
    }
    assert [(each.what, each.name) for each in found.values()] == [
        ("top class", "star"),
        ("runner-up", "crescent"),
        ("logit", "star"),
    ]
    other = comparison(explain(network, image, start="logit", target="ring"))
    assert (other.what, other.name) == ("top class", "star")


def test_a_contrast_repeats_the_logit_under_z_plus_and_not_under_composites(monkeypatch):
    monkeypatch.setattr(measuring, "REST", 0)
    session, got, contrasts = Session(), [], []
    request = Request("star", "mini-vgg", start="contrast", rules="z-plus")
    busy = Measuring(
        session, lambda *args: got.append(args), lambda _, found: contrasts.append(found)
    )
    busy.measure(request, session.explain(request))
    assert busy.wait(60)
    (_, first, pending), (_, last, done) = got
    assert first.compared is None
    assert (pending.what, done) == ("logit", None)
    network = load_network("mini-vgg")
    image = load_image("star", network)
    for name, r in contrasts[0].items():
        maps = [
            explain(network, image, rules=name, start=start).heatmap()[::2, ::2]
            for start in ("contrast", "logit")
        ]
        assert r == pytest.approx(spearman(*maps), abs=0.03)
    assert list(contrasts[0]) == ["z-plus", "epsilon-plus", "epsilon-gamma-box"]
    assert contrasts[0]["z-plus"] == pytest.approx(last.compared.correlation, abs=1e-6)
    assert contrasts[0]["z-plus"] > 0.99
    assert max(contrasts[0]["epsilon-plus"], contrasts[0]["epsilon-gamma-box"]) < 0.95


def test_comparing_takes_nothing_from_the_next_answer():
    """What a slider resumes is as it was, and the answers kept are those that were asked for."""
    from lrp_widgets.lrp.engine.runner import runner_of

    session = Session()
    request = Request("star", "mini-vgg", start="softmax")
    e = session.explain(request)
    (network,) = session._networks.values()
    forward = runner_of(network).last
    before = forward.trace, forward.denominators
    other = session.class_map(Request("star", "mini-vgg", start="logit", target=0))
    assert other.total < 0
    assert runner_of(network).last is forward
    assert (forward.trace, forward.denominators) == before
    assert list(session._answers) == [request]
    assert session.known(request) is e


def test_no_network_is_loaded_only_to_compare():
    assert Session().class_map(Request("star", "mini-vgg", start="logit")) is None


def test_the_newest_map_is_measured_and_older_ones_never_compared(monkeypatch, network):
    monkeypatch.setattr(measuring, "REST", 30)
    session, got = Session(), []
    request = Request("star", "mini-vgg", start="logit")
    busy = Measuring(session, lambda e, found, pending: got.append((e, found.compared, pending)))
    e = session.explain(request)
    for _ in range(5):  # a slider that is dragged
        busy.measure(request, e)
    assert not busy.wait(0.01)
    busy.stop()
    assert busy.wait(30)
    assert all(compared is None for _, compared, _ in got)


# In words, and in files


@pytest.mark.parametrize(
    ("r", "text"),
    [
        (0.123, "0.12"),
        (-0.4, "−0.40"),
        (0.9967, "0.997"),
        (0.9994, "0.999"),
        (0.99997, "> 0.999"),
        (-0.99997, "< −0.999"),
        (1.0, "1.00"),
        (-0.001, "0.00"),
        (float("nan"), "–"),
    ],
)
def test_a_correlation_is_never_rounded_to_one(r, text):
    assert in_words(r) == text


def test_each_cell_says_what_it_is_held_against_and_what_it_cannot_tell(e):
    found = measure(e, scene_mask("star", 64))
    packed = cells(found, comparison(e))
    texts = {cell["key"]: cell for cell in [*packed["pixels"], packed["pending"]]}
    assert list(texts) == ["half", "object", "brightness", "compared"]
    assert [cell["beside"] for cell in texts.values()] == [
        "even: 50 %",
        f"area: {100 * found.area:.1f} %",
        "chance: 0",
        "same: 1",
    ]
    assert all(" not " in cell["help"] for cell in texts.values())
    count = found.half["fc1"]
    assert packed["layers"]["fc1"] == [f"{100 * count / 128:.1f} %", f"{count} of 128"]


def test_captions_and_files_carry_the_measures(e):
    found = measure(e, scene_mask("star", 64))
    figure = plot_layer(e, View(current="input"), found)
    caption = " ".join(text.get_text() for text in figure.texts).replace("\xa0", " ")
    caption = " ".join(caption.split())
    for part in (
        f"half of Σ|R| in {found.half['input']} of 4,096 places",
        f"on the object {100 * found.on_object:.1f} %",
        f"rank correlation with brightness {in_words(found.brightness)}",
    ):
        assert part in caption
    inner = " ".join(text.get_text() for text in plot_layer(e, View(current="fc1")).texts)
    assert f"{found.half['fc1']}\xa0of\xa0128" in inner.replace("\n", " ")
    assert "brightness" not in inner

    first, second, *_ = csv.DictReader(io.StringIO(ledger_csv(e, found).decode("utf-8-sig")))
    assert float(first["on_the_object"]) == found.on_object
    assert int(first["half"]) == found.half["input"]
    assert int(second["places"]) == 4096
    assert second["on_the_object"] == ""
    with np.load(io.BytesIO(numbers(e, found))) as file:
        assert list(file["half"]) == list(found.half.values())
        about = json.loads(str(file["about"]))["measures"]
    assert about["rank correlation with brightness"] == found.brightness
