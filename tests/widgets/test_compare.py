"""Compare without a browser: what it packs, and what it says of the two."""

import numpy as np
import pytest
from fake_explaining import FakeNetwork, make_explanation, settled
from stepper_pages import SMALL, made_up

from lrp_widgets import explain, load_image, load_network
from lrp_widgets.lrp.metrics import rank_correlation
from lrp_widgets.widgets.compare.compare import Compare
from lrp_widgets.widgets.compare.compare_words import correlation_words, differences

OTHER = [(name, kind, text, rule, shape) for name, kind, text, rule, shape in SMALL]
OTHER[2] = ("pool", "max pooling", "max pooling 3×3", SMALL[2][3], (4, 7, 4))


@pytest.fixture
def pair():
    return settled(made_up(seed=0)), settled(made_up(seed=1), "random", 5, pooling="max")


def floats(data):
    return np.frombuffer(data, np.float32)


def test_both_explanations_are_packed_layer_by_layer(pair):
    compare = Compare(*pair)
    for packed, e in zip((compare.first, compare.second), pair, strict=True):
        expected = np.concatenate(
            [
                x.relevance.sum(-1, dtype=np.float64).ravel()
                if x.relevance.ndim > 1
                else x.relevance
                for x in e.layers
            ]
        )
        np.testing.assert_allclose(floats(packed["relevance_maps"]), expected, rtol=1e-6)
        assert [layer["total"] for layer in packed["layers"]] == list(e.totals.values())
    assert compare.current == "input"


def test_numbers_that_are_not_looked_at_are_not_sent(pair):
    compare = Compare(*pair)
    assert not {"activation_maps", "pixels"} & set(compare.first)
    compare.quantity = "activation"
    assert len(compare.first["activation_maps"]) == len(compare.first["relevance_maps"])
    compare.second_view = "rgb"
    np.testing.assert_array_equal(floats(compare.second["pixels"]), pair[1].pixels.ravel())
    assert "pixels" not in compare.first


def test_the_correlation_of_every_layer_s_summed_maps(pair):
    a, b = pair
    compare = Compare(a, b)
    for quantity in ("relevance", "activation"):
        compare.quantity = quantity
        for entry, x, y in zip(compare.pairs, a.layers, b.layers, strict=True):
            maps = [getattr(each, quantity) for each in (x, y)]
            if x.relevance.ndim > 1:
                maps = [each.sum(-1, dtype=np.float64) for each in maps]
            expected = rank_correlation(*maps)
            assert entry[quantity]["correlation"] == pytest.approx(expected, abs=1e-9)


def test_layers_of_two_shapes_are_not_compared_cell_by_cell(pair):
    other = settled(made_up(OTHER, seed=2))
    pairs = Compare(pair[0], other).pairs
    assert [each["comparable"] for each in pairs] == [True, True, False, True, True, True]
    assert pairs[2] == {"partner": 2, "comparable": False}


def test_a_second_one_may_come_later(pair):
    compare = Compare(pair[0])
    assert compare.second == {}
    assert compare.pairs == []
    compare.current = "fc1"
    compare.show(*pair)
    assert compare.current == "fc1"
    assert compare.explanations == pair
    compare.show(make_explanation(FakeNetwork("mini-vgg")), pair[1])
    assert compare.current == "input"


def test_several_pictures_are_refused(pair):
    network = load_network("mini-vgg")
    batch = explain(network, np.stack([load_image("star", network)] * 3))
    with pytest.raises(ValueError, match="3 pictures; choose one picture"):
        Compare(pair[0], batch)


# Words


def test_what_differs_is_named(pair):
    titles = Compare(*pair).titles
    assert titles == [
        "picture A, pretrained weights, proportional pooling",
        "picture B, random weights (seed 5), winner-take-all pooling",
    ]
    assert differences(pair[0], pair[0]) == ["", ""]
    assert differences(pair[0], pair[0], ("gray", "rgb")) == ["gray", "RGB"]


def test_the_rule_and_the_input_layer_in_words():
    a = settled(made_up())
    b = settled(made_up(), rules="epsilon-plus", input_rule=None)
    assert differences(a, b) == [
        "rule z⁺, x = 1 at the input",
        "rule epsilon-plus, pixel values at the input",
    ]


@pytest.mark.parametrize(
    ("r", "words"),
    [
        (1.0, "Nearly the same places"),
        (0.95, "Nearly the same places"),
        (0.8, "Mostly"),
        (0.3, "Only in part"),
        (0.0, "Hardly related"),
        (-0.31, "Turned over"),
        (-1.0, "Turned over"),
        (float("nan"), "nothing to rank"),
    ],
)
def test_one_sentence_helps_to_read_the_correlation(r, words):
    assert words in correlation_words(r, equal=False)
    assert correlation_words(r, equal=True) == "The same numbers in both."
