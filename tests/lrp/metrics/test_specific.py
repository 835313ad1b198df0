"""Does a map change with the class, the weights, or noise? Exact cases, loops, controls."""

from functools import partial
from itertools import pairwise

import numpy as np
import oracle
import pytest
from small import flexible, picture, small_vgg

from lrp_widgets import Network, attribution, explain, load_network, metrics, rules
from lrp_widgets.lrp.composites import assign
from lrp_widgets.media.scenes import draw_scenes
from lrp_widgets.networks.layers import Dense, Input, Reshape

SMALL = small_vgg()
IMAGE = picture(SMALL)


def spearman(a, b):
    """Places below and equal, counted; then Pearson's."""
    ranks = []
    for x in (np.ravel(a), np.ravel(b)):
        ranks.append([(x < v).sum() + ((x == v).sum() - 1) / 2 for v in x])
    return np.corrcoef(*ranks)[0, 1]


# The cosine of two classes


def chain(widths, seed, positive):
    """Dense layers without biases; positive weights lie within a ratio of 1 to 10."""
    random = np.random.default_rng(seed)
    layers = [
        Input(name="input", shape=(1, 1, widths[0])),
        Reshape(name="flatten", inputs=("input",)),
    ]
    for k, (i, j) in enumerate(pairwise(widths)):
        w = random.uniform(0.1, 1, (i, j)) if positive else random.normal(size=(i, j))
        layers.append(Dense(name=f"fc{k}", inputs=(layers[-1].name,), kernel=w))
    return Network(layers, name="chain")


WIDTHS = (24, 20, 24, 16, 20, 12, 16, 8)


def test_positive_matrices_lose_the_class_and_signed_ones_of_the_same_widths_keep_it():
    """The rank-1 theorem; the second network is its control."""
    x = np.random.default_rng(0).uniform(0.1, 1, (1, 1, WIDTHS[0]))
    found = {}
    for positive, rule in ((True, rules.ZPlus()), (False, rules.Zero())):
        found[positive] = [
            metrics.class_cosines(chain(WIDTHS, seed, positive), x, 0, 1, rule, input_rule=None)
            for seed in range(20)
        ]
    layers = [name for name in found[True][0] if name.startswith("fc") or name == "input"]
    assert layers[-1] == "fc6" and all(one["fc6"] == 0 for one in found[True])
    means = [np.mean([one[name] for one in found[True]]) for name in reversed(layers)]
    assert means == sorted(means)  # downwards it only rises, from 0 at the output
    assert all(one["input"] > 0.999999 for one in found[True])
    signed = np.array([one["input"] for one in found[False]])
    assert np.abs(signed).mean() < 0.6 and signed.min() < 0 < signed.max()


def test_narrow_signed_chains_reach_one_as_well():
    """Why controls must have the same widths: two wide, everything is one direction."""
    x = np.ones((1, 1, 2))
    found = [
        metrics.class_cosines(
            chain((2,) * 40, seed, False), x, 0, 1, rules.Zero(), input_rule=None
        )["input"]
        for seed in range(10)
    ]
    assert np.abs(found).min() > 0.99


@pytest.mark.parametrize("rule", [rules.ZPlus(), rules.Zero(), rules.Epsilon(0.1)])
def test_cosines_against_the_oracle(rule):
    assigned = assign(SMALL, rule, input_rule=None)
    x = IMAGE.astype(float)
    pair = [oracle.explain(SMALL, x, assigned, "logit", k)[0] for k in (0, 3)]
    z = oracle.forward(SMALL, x)[1]["out"]
    sign = np.sign(z[0]) * np.sign(z[3]) if isinstance(rule, rules.ZPlus) else 1
    found = metrics.class_cosines(SMALL, IMAGE, 0, 3, rule, input_rule=None)
    assert list(found) == [layer.name for layer in SMALL.layers]
    for name, cosine in found.items():
        a, b = (one[name].ravel() for one in pair)
        by_hand = sign * (a @ b) / np.sqrt((a @ a) * (b @ b))
        assert cosine == pytest.approx(by_hand, abs=1e-7), name


def test_two_different_classes_are_compared():
    with pytest.raises(ValueError, match="the same"):
        metrics.class_cosines(SMALL, IMAGE, 2, 2)


def test_on_a_trained_network_z_plus_forgets_the_class_and_composites_less():
    network = load_network("mini-vgg")
    images, labels, _ = draw_scenes(4, 31)
    for image, label in zip(images, labels):
        ask = {"target": int(label), "other": (int(label) + 1) % 8}
        found = {
            name: metrics.class_cosines(network, image, rules=name, **ask)
            for name in ("z-plus", "epsilon-plus", "epsilon-gamma-box")
        }
        assert found["z-plus"]["input"] > 0.99
        assert found["z-plus"]["fc1"] < found["z-plus"]["block4_conv1"] < found["z-plus"]["input"]
        assert found["epsilon-gamma-box"]["input"] < found["z-plus"]["input"]


# Random weights


@pytest.mark.parametrize("name", ["z-plus", "gradient"])
def test_mprt_by_its_definition(name):
    found = metrics.mprt(SMALL, IMAGE, name, target=1, seed=5)
    assert list(found) == ["out", "fc", "conv2", "conv1"]
    method = attribution.method(name)
    original = method(SMALL, IMAGE, 1).astype(float).sum(-1)
    for layer, value in found.items():
        changed = method(SMALL.randomized(5, layer), IMAGE, 1).astype(float).sum(-1)
        assert value == pytest.approx(spearman(original, changed), abs=1e-9)


def test_channels_keep_their_order_where_the_network_was_trained_on_bgr():
    network = flexible()
    image = picture(network)
    found = metrics.mprt(network, image, "gradient-times-input", target=1, seed=5)
    one, other = (
        attribution.gradient_times_input(each, image, 1).astype(float).sum(-1)
        for each in (network, network.randomized(5, "conv"))
    )
    assert found == {"conv": pytest.approx(spearman(one, other), abs=1e-9)}


def test_mprt_of_a_batch_is_that_of_its_pictures():
    images = picture(SMALL, count=2)
    together = metrics.mprt(SMALL, images, "gradient", target=[1, 2])
    for k in range(2):
        alone = metrics.mprt(SMALL, images[k], "gradient", target=k + 1)
        assert {name: values[k] for name, values in together.items()} == pytest.approx(alone)


def test_smprt_averages_first():
    found = metrics.smprt(SMALL, IMAGE, "gradient", target=1, seed=5, copies=3, noise=0.2)
    random, x = np.random.default_rng(5), IMAGE.astype(np.float32)
    spread = 0.2 * np.ptp(x)
    copies = [(x + spread * random.standard_normal(x.shape)).astype(np.float32) for _ in range(3)]

    def mean(network):
        return sum(attribution.gradient(network, c, 1).astype(float).sum(-1) for c in copies)

    for layer, value in found.items():
        other = mean(SMALL.randomized(5, layer))
        assert value == pytest.approx(spearman(mean(SMALL), other), abs=1e-9)
    plain = metrics.mprt(SMALL, IMAGE, "gradient", target=1, seed=5)
    none = metrics.smprt(SMALL, IMAGE, "gradient", target=1, seed=5, copies=1, noise=0)
    assert none == pytest.approx(plain, abs=1e-9)


def test_emprt_compares_histograms():
    found = metrics.emprt(SMALL, IMAGE, "gradient", target=1, seed=5)
    entropies = []
    for network in (SMALL, SMALL.randomized(5, "conv1")):
        values = attribution.gradient(network, IMAGE, 1).astype(float).sum(-1).ravel()
        low, width = values.min(), np.ptp(values) / 100
        counts = np.zeros(100)
        for v in values:
            counts[min(int((v - low) / width), 99)] += 1
        q = counts[counts > 0] / counts.sum()
        entropies.append(-sum(q * np.log(q)))
    assert found == pytest.approx(entropies[1] / entropies[0] - 1, abs=1e-9)
    constant = metrics.emprt(SMALL, IMAGE, lambda network, x, target: np.ones((len(x), 8, 10, 1)))
    assert np.isnan(constant)


def test_noise_drawn_anew_is_best_and_what_reads_no_weights_worst():
    """What randomisation measures cannot tell: the best of them all knows nothing."""
    control = metrics.mprt(SMALL, IMAGE, "noise")
    assert all(abs(value) < 0.35 for value in control.values())  # 80 pixels: 1/√79 = 0.11

    def picture_itself(network, x, target):
        return np.asarray(x, float)

    assert metrics.mprt(SMALL, IMAGE, picture_itself) == pytest.approx(dict.fromkeys(control, 1))


# Noise in the picture


def test_stability_by_its_definition():
    method = partial(attribution.gradient_times_input)
    ask = {"radius": 3.0, "samples": 4, "target": 1, "seed": 9}
    random, x = np.random.default_rng(9), IMAGE.astype(np.float32)
    near = (x + random.uniform(-3, 3, (4, *x.shape))).astype(np.float32)
    maps = [method(SMALL, one, 1).astype(float) for one in (x, *near)]
    moved = [np.sqrt(((one - maps[0]) ** 2).sum()) for one in maps[1:]]
    size = np.sqrt((maps[0] ** 2).sum())
    far = [np.sqrt(((one.astype(float) - x) ** 2).sum()) for one in near]
    assert metrics.max_sensitivity(SMALL, IMAGE, method, **ask) == pytest.approx(
        max(m / size for m in moved), rel=1e-5
    )
    assert metrics.local_lipschitz(SMALL, IMAGE, method, **ask) == pytest.approx(
        max(m / d for m, d in zip(moved, far)), rel=1e-5
    )


def test_a_map_that_never_changes_is_stable_and_one_of_zeros_measures_nothing():
    constant = lambda network, x, target: np.ones((len(x), 8, 10, 1))  # noqa: E731
    assert metrics.max_sensitivity(SMALL, IMAGE, constant) == 0
    assert metrics.local_lipschitz(SMALL, IMAGE, constant) == 0
    zeros = lambda network, x, target: np.zeros((len(x), 8, 10, 1))  # noqa: E731
    assert np.isnan(metrics.max_sensitivity(SMALL, IMAGE, zeros))


def test_the_class_stays_although_noise_changes_the_first_choice():
    seen = []

    def spy(network, x, target):
        seen.append(target)
        return np.ones((len(x), 8, 10, 1))

    top = explain(SMALL, IMAGE, start="probability").target_index
    metrics.max_sensitivity(SMALL, IMAGE, spy, radius=100.0, samples=5)
    assert seen == [[int(top)] * 6]
