"""Pictures taken apart, against loops in float64 that share no code with the package."""

import math

import numpy as np
import oracle
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small import picture, small_vgg

from lrp_widgets import Network, explain, load_network, metrics, rules
from lrp_widgets.lrp.attribution import BASELINES, replacement
from lrp_widgets.lrp.attribution.scoring import batch_size
from lrp_widgets.lrp.metrics import Perturbation, abpc, perturb
from lrp_widgets.media.scenes import draw_scene
from lrp_widgets.networks.layers import Dense, Input, Reshape

NETWORK = small_vgg()
IMAGE = picture(NETWORK)  # 8 × 10
RELEVANCE = np.random.default_rng(1).normal(size=(8, 10, 3))


def linear(size=(8, 8), seed=0):
    """One linear layer without bias and preprocessing, three classes."""
    random = np.random.default_rng(seed)
    kernel = random.normal(size=(size[0] * size[1] * 3, 3))
    layers = [
        Input(name="input", shape=(*size, 3)),
        Reshape(name="flatten", inputs=("input",)),
        Dense(name="out", inputs=("flatten",), kernel=kernel),
    ]
    return Network(layers, name="linear")


# Written out


def put_in(image, baseline):
    """What replaces a pixel, by loops; `image` (H, W, C) as floats."""
    height, width, _ = image.shape
    found = np.zeros(image.shape)
    for r, c, k in np.ndindex(image.shape):
        if baseline == "mean":
            found[r, c, k] = math.fsum(image[..., k].ravel()) / (height * width)
        if baseline == "border":
            edge = [
                image[i, j, k]
                for i in range(height)
                for j in range(width)
                if i in (0, height - 1) or j in (0, width - 1)
            ]
            found[r, c, k] = math.fsum(edge) / len(edge)
        if baseline == "blur":
            spread = min(height, width) / 8
            total = weight = 0.0
            for i in range(height):
                for j in range(width):
                    w = math.exp(-((i - r) ** 2 + (j - c) ** 2) / (2 * spread**2))
                    total, weight = total + w * image[i, j, k], weight + w
            found[r, c, k] = total / weight
    return found


def curve(network, x, relevance, start, patch, target, lerf=False, logit=False):
    """[f(x_0), f(x_1), …] for a map without equal patches."""
    x, sums = np.array(x, float), relevance.sum(-1)
    height, width = sums.shape
    boxes = [(r, c) for r in range(0, height, patch) for c in range(0, width, patch)]
    means = {
        (r, c): np.mean([sums[i, j] for i in range(r, min(r + patch, height))
                         for j in range(c, min(c + patch, width))])
        for r, c in boxes
    }  # fmt: skip
    found = []
    for box in [None, *sorted(boxes, key=means.get, reverse=not lerf)]:
        if box is not None:
            for i in range(box[0], min(box[0] + patch, height)):
                for j in range(box[1], min(box[1] + patch, width)):
                    x[i, j] = start[i, j]
        outputs, z = oracle.forward(network, x)
        last = network.layers[-1].name
        found.append((z if logit else outputs)[last][target])
    return np.array(found)


@pytest.mark.parametrize(
    ("patch", "baseline"),
    [
        pytest.param(1, "mean", marks=pytest.mark.slow),  # 88 s: every pixel, by loops
        *((3, "mean"), (4, "mean"), (8, "mean"), (16, "mean")),
        *((3, "border"), (4, "blur"), (3, "black")),
    ],
)
def test_curves_against_loops(patch, baseline):
    x = IMAGE.astype(float)
    start, target = put_in(x, baseline), 2
    ask = {"patch": patch, "baseline": baseline, "target": target, "dtype": "float64"}
    aopcs = []
    for order in ("morf", "lerf"):
        for score in ("probability", "logit"):
            found = perturb(NETWORK, IMAGE, RELEVANCE, order, score=score, **ask)
            by_hand = curve(
                NETWORK, x, RELEVANCE, start, patch, target, order == "lerf", score == "logit"
            )
            assert found.scores == pytest.approx(by_hand, abs=1e-10)
            losses = [by_hand[0] - f for f in by_hand]
            assert found.aopc == pytest.approx(math.fsum(losses) / len(losses), abs=1e-10)
        aopcs.append(by_hand)
    area = math.fsum(b - a for a, b in zip(*aopcs)) / len(aopcs[0])
    found = abpc(NETWORK, IMAGE, RELEVANCE, score="logit", **ask)
    assert found == pytest.approx(area, abs=1e-10)


def test_float32_gives_the_same_curve():
    kinds = {"patch": 2, "target": 1}
    single = perturb(NETWORK, IMAGE, RELEVANCE, **kinds).scores
    assert single == pytest.approx(
        perturb(NETWORK, IMAGE, RELEVANCE, dtype="float64", **kinds).scores, abs=1e-5
    )


# Exact cases


@pytest.mark.parametrize("order", metrics.ORDERS)
def test_in_a_linear_network_the_logit_falls_by_the_relevance_removed(order):
    network = linear()
    x = np.random.default_rng(3).normal(size=(8, 8, 3))
    e = explain(network, x, rules.Zero(), start="logit", target=1, input_rule=None, dtype="float64")
    found = perturb(network, x, e.pixels, order, 4, "black", "logit", target=1, dtype="float64")
    assert found.scores[0] == pytest.approx(e.start_total)
    removed = [e.pixels[r : r + 4, c : c + 4].sum() for r, c in found.replaced]
    assert -np.diff(found.scores) == pytest.approx(np.array(removed), abs=1e-12)
    assert found.scores[-1] == pytest.approx(0, abs=1e-12)
    if order == "morf":
        assert removed == sorted(removed, reverse=True)


def test_a_constant_map_takes_the_picture_apart_in_the_random_order_both_ways():
    constant = np.ones((8, 10))
    found = [perturb(NETWORK, IMAGE, constant, o, patch=2, seed=4) for o in metrics.ORDERS]
    for one in found[1:]:
        assert np.array_equal(one.replaced, found[0].replaced)
        assert np.array_equal(one.scores, found[0].scores)
    assert abpc(NETWORK, IMAGE, constant, patch=2) == 0
    other = perturb(NETWORK, IMAGE, constant, patch=2, seed=5)
    assert not np.array_equal(other.replaced, found[0].replaced)


def test_equal_patches_come_in_one_order_that_both_directions_share():
    relevance = np.zeros((8, 10))
    relevance[:2, :2], relevance[2:4, 4:6] = 5.0, -5.0
    most, least, random = (
        perturb(NETWORK, IMAGE, relevance, order, patch=2).replaced.tolist()
        for order in ("morf", "lerf", "random")
    )
    assert (most[0], most[-1], least[0], least[-1]) == ([0, 0], [2, 4], [2, 4], [0, 0])
    rest = [place for place in random if place not in ([0, 0], [2, 4])]
    assert most[1:-1] == least[1:-1] == rest


def test_a_random_map_has_an_area_of_zero_within_its_standard_error():
    random = np.random.default_rng(0)
    maps = random.normal(size=(300, 8, 10))
    areas = np.array([abpc(NETWORK, IMAGE, one, patch=2, score="logit") for one in maps])
    assert abs(areas.mean()) < 3 * areas.std(ddof=1) / len(areas) ** 0.5
    assert areas.std() > 0.1  # they are not all zero


# Properties


@settings(deadline=None, max_examples=25)
@given(
    st.integers(0, 2**31),
    st.sampled_from(metrics.ORDERS),
    st.integers(1, 16),
    st.sampled_from(BASELINES),
)
def test_every_patch_is_replaced_once_and_the_end_is_the_replacement(seed, order, patch, baseline):
    relevance = np.random.default_rng(seed).integers(-1, 2, (8, 10)).astype(float)
    found = perturb(NETWORK, IMAGE, relevance, order, patch, baseline, target=3, seed=seed)
    count = -(-8 // patch) * -(-10 // patch)
    assert found.scores.shape == (count + 1,)
    assert len({tuple(place) for place in found.replaced.tolist()}) == count
    start = replacement(IMAGE, baseline, seed=seed).astype(np.float32)
    assert found.scores[0] == pytest.approx(NETWORK(IMAGE[None])[0, 3], abs=1e-6)
    assert found.scores[-1] == pytest.approx(NETWORK(start[None])[0, 3], abs=1e-6)
    again = perturb(NETWORK, IMAGE, relevance, order, patch, baseline, target=3, seed=seed)
    assert np.array_equal(again.scores, found.scores)


def test_steps_end_the_curve_early():
    whole = perturb(NETWORK, IMAGE, RELEVANCE, patch=2)
    part = perturb(NETWORK, IMAGE, RELEVANCE, patch=2, steps=7)
    assert np.array_equal(part.replaced, whole.replaced[:7])
    assert part.scores == pytest.approx(whole.scores[:8], abs=1e-7)
    assert part.aopc == pytest.approx(np.mean(whole.scores[0] - whole.scores[:8]), abs=1e-6)


def test_aopc_counts_the_picture_as_it_is():
    assert Perturbation(np.array([1.0, 0.5, 0.0]), "morf", np.zeros((2, 2))).aopc == 0.5


def test_what_the_network_says_is_told_with_the_score():
    found = perturb(NETWORK, IMAGE, RELEVANCE, patch=2, baseline="noise", target=0)
    x = NETWORK.preprocess(IMAGE[None].astype(np.uint8))[0]
    put = replacement(x, "noise")
    says = [int(np.argmax(NETWORK(x[None])))]
    for row, column in found.replaced:
        place = slice(row, row + 2), slice(column, column + 2)
        x[place] = put[place]
        says.append(int(np.argmax(NETWORK(x[None]))))
    assert found.predicted.tolist() == says
    lost = [k for k, each in enumerate(says) if each != 0]
    assert found.lost_after == (lost[0] if lost else None)
    assert Perturbation(np.zeros(2), "morf", np.zeros((1, 2))).lost_after is None


def test_progress_is_told_and_can_end_the_run():
    network = load_network("mini-vgg")
    scene = draw_scene(3)
    told = []
    perturb(network, scene.image, scene.mask, patch=4, report=lambda *at: told.append(at))
    size = batch_size((64, 64))
    assert told == [(min(n, 257), 257) for n in range(size, 257 + size, size)]

    def stop(done, count):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        perturb(network, scene.image, scene.mask, patch=4, report=stop)


# Baselines


@pytest.mark.parametrize("baseline", ["mean", "border", "blur"])
def test_replacements_against_loops(baseline):
    x = np.random.default_rng(0).normal(size=(9, 6, 2))
    assert replacement(x, baseline) == pytest.approx(put_in(x, baseline), abs=1e-12)


def test_noise_has_the_picture_s_colours():
    found = replacement(IMAGE, "noise", seed=1)
    colours = {tuple(pixel) for pixel in IMAGE.reshape(-1, 3).tolist()}
    assert {tuple(map(int, pixel)) for pixel in found.reshape(-1, 3).tolist()} <= colours
    assert np.array_equal(found, replacement(IMAGE, "noise", seed=1))
    assert not np.array_equal(found, replacement(IMAGE, "noise", seed=2))


def test_black_is_what_the_preprocessing_makes_of_black():
    """VGG's preprocessing subtracts means: its input's zero is gray."""
    from small import flexible

    network = flexible()
    image = np.random.default_rng(0).integers(0, 256, (8, 10, 3), np.uint8)
    found = perturb(network, image, np.ones((8, 10)), baseline="black", score="logit", target=1)
    black = network(network.preprocess(np.zeros((1, 8, 10, 3), np.uint8)))
    probability = perturb(network, image, np.ones((8, 10)), baseline="black", target=1)
    assert probability.scores[-1] == pytest.approx(black[0, 1], abs=1e-5)
    assert found.scores.shape == probability.scores.shape


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="does not end with a softmax"):
        perturb(linear(), np.zeros((8, 8, 3)), np.ones((8, 8)), score="probability")
    with pytest.raises(ValueError, match=r"\(4, 4\), the picture \(8, 10\)"):
        perturb(NETWORK, IMAGE, np.ones((4, 4)))
    with pytest.raises(ValueError, match="One picture"):
        perturb(NETWORK, IMAGE[None], np.ones((8, 10)))
    with pytest.raises(ValueError, match="from 1 to 16"):
        perturb(NETWORK, IMAGE, RELEVANCE, patch=17)
    with pytest.raises(ValueError, match="one of mean, black, blur, border, noise"):
        perturb(NETWORK, IMAGE, RELEVANCE, baseline="white")
