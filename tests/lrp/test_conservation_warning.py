"""What is said of the way down: how much arrived, what was lost and gained, and warnings."""

import re
from dataclasses import replace

import numpy as np
import pytest
from chain import chain
from fake_explaining import FakeNetwork, make_explanation

from lrp_widgets import explain, load_image, load_network
from lrp_widgets._support import number_words
from lrp_widgets.lrp import conservation_warning


def explained(reached, absorbed=(), grown=1.0):
    """An explanation of which a share reached the pixels, and what "conv" absorbed."""
    e = make_explanation(FakeNetwork("mini-vgg"))
    first, conv, last = e.layers
    conv = replace(conv, absorbed=conv.absorbed | dict(absorbed))
    ones = np.ones(first.shape) / np.prod(first.shape)
    size = np.abs(last.relevance).sum()
    first = replace(first, total=reached * last.total, relevance=ones * size * grown)
    return replace(e, layers=[first, conv, last])


# By hand: LRP-0 hands on w·x / (w·x + b) of R, and b / (w·x + b) of it is the bias's.


@pytest.mark.parametrize(
    ("layers", "start", "pixels", "bias", "words"),
    [
        (
            [(1, 1)], 2, 1, 1,
            "50.0 % of the initial relevance reached the input. Lost: 50.0 % to the bias in fc1.",
        ),
        (
            [(2, -1)], 1, 2, -1,
            "200.0 % of the initial relevance reached the input. "
            "Gained: 100.0 % from the bias in fc1.",
        ),
        (
            [(-2, -1)], -3, -2, -1,
            "66.7 % of the initial relevance reached the input. Lost: 33.3 % to the bias in fc1.",
        ),
        (
            [(-2, 1)], -1, -2, 1,
            "200.0 % of the initial relevance reached the input. "
            "Gained: 100.0 % from the bias in fc1.",
        ),
        (
            [(2, 0)], 2, 2, 0,
            "Nothing was lost on the way: 100.0 % of the initial relevance reached the input.",
        ),
        (
            [(2, -1), (1, 1)], 2, 2, 0,
            "100.0 % of the initial relevance reached the input. Lost: 50.0 % to the bias in fc2. "
            "Gained: 50.0 % from the bias in fc1.",
        ),
        (
            [(1, 3), (1, -2), (1, 2)], 4, 1, 3,
            "25.0 % of the initial relevance reached the input. "
            "Lost: 125.0 % to the bias in 2 layers, most in fc1 (75.0 %). "
            "Gained: 50.0 % from the bias in fc2.",
        ),
        (
            [(1, -1)], 0, 0, 0,
            "The initial relevance is 0: there is nothing that could reach the input.",
        ),
    ],
)  # fmt: skip
def test_signs_by_hand(layers, start, pixels, bias, words):
    e = chain(*layers)
    assert (e.start_total, e.layers[0].total) == pytest.approx((start, pixels))
    absorbed = {cause.entry: cause.value for cause in conservation_warning.causes(e)}
    assert absorbed == pytest.approx({**dict.fromkeys(absorbed, 0), "bias": bias})
    assert conservation_warning.words(e) == words


def absorbed(e, entry):
    """What each layer absorbed under an entry, as shares of the initial relevance."""
    return [layer.absorbed[entry] / e.start_total for layer in e.layers]


def entries_named(e, sign):
    """The entries that the words name: 0.05 % of the initial R or more, and 1 % of the largest.

    `sign`: 1 for what was lost, −1 for what was gained.
    """
    entries = e.layers[0].absorbed
    largest = max(
        abs(sum(v for v in absorbed(e, entry) if v * side > 0))
        for entry in entries
        for side in (1, -1)
    )
    return [
        entry
        for entry in entries
        if abs(sum(v for v in absorbed(e, entry) if v * sign > 0)) >= max(0.0005, 0.01 * largest)
    ]


@pytest.mark.parametrize("rules", ["z-plus", "epsilon-plus", "overview-vgg", "gamma:0.25"])
@pytest.mark.parametrize("name", ["mini-vgg", "mini-densenet"])
def test_the_words_are_the_ledger(name, rules):
    network = load_network(name)
    e = explain(network, load_image("star", network), rules, start="logit")
    causes = conservation_warning.causes(e)
    all_of_them = sum(cause.value for cause in causes)
    size = max(float(np.abs(layer.relevance).sum()) for layer in e.layers)
    assert e.layers[0].total + all_of_them == pytest.approx(e.start_total, abs=1e-5 * size)
    for cause in causes:
        by_layer = {layer.name: layer.absorbed[cause.entry] for layer in e.layers}
        assert cause.value == pytest.approx(sum(by_layer.values()))
        assert dict(cause.layers) == {layer: value for layer, value in by_layer.items() if value}
    words = conservation_warning.words(e)
    assert words.startswith("Nothing was lost") == (rules == "z-plus")
    for side, joint, sign in (("Lost", "to", 1), ("Gained", "from", -1)):
        told = re.search(rf"{side}: ([^:]*)\.(?: |$)", words)
        shares = re.findall(rf"(\S+ %) {joint} (?:the )?(\w+) .*?in", told[1] if told else "")
        for entry in entries_named(e, sign):
            part = sum(v for v in absorbed(e, entry) if v * sign > 0)
            assert (number_words.share(part, sign), entry) in shares
        assert len(shares) == len(entries_named(e, sign))


def test_all_layers_of_mini_densenet_are_named_together():
    """Its BatchNorms take some percent each: the largest alone is a third of what the bias is."""
    network = load_network("mini-densenet")
    e = explain(network, load_image("star", network), "overview-vgg")
    bias = conservation_warning.causes(e)[0].with_sign(1)
    assert bias.value / e.start_total > 0.5
    name, most = bias.layers[0]
    assert abs(most) < 0.5 * bias.value
    assert (
        f"Lost: {number_words.share(bias.value, e.start_total)} to the bias in "
        f"{len(bias.layers)} layers, most in {name} ({number_words.share(most, e.start_total)});"
    ) in conservation_warning.words(e)


# Warnings


@pytest.mark.parametrize("reached", [0.5, 0.98, 1.0, 1.5])
def test_nothing_is_said_where_about_the_start_arrives(reached):
    assert conservation_warning.warning(explained(reached, {"bias": 1 - reached})) == ""


def test_a_loss_and_a_gain_are_warned_of():
    assert conservation_warning.warning(explained(0.3, {"bias": 0.6, "dead": 0.1})) == (
        "Only 30.0 % of the initial relevance reached the pixels. "
        "Lost: 60.0 % to the bias in conv; 10.0 % to dead units in conv."
    )
    assert conservation_warning.warning(explained(1.51, {"stabilizer": 0.1, "bias": -0.61})) == (
        "151.0 % of the initial relevance reached the pixels. "
        "Gained: 61.0 % from the bias in conv. Lost: 10.0 % to the stabilizer ε in conv."
    )
    assert conservation_warning.warning(explained(-3.0, {"padding": 4.0})) == (
        "−300.0 % of the initial relevance reached the pixels. "
        "Lost: 400.0 % to the padding in conv."
    )


def test_relevance_that_grows_is_warned_of_though_its_sum_fits():
    assert conservation_warning.warning(explained(1.0, grown=100)) == ""
    text = conservation_warning.warning(explained(1.0, grown=101))
    assert text.startswith("At the pixels Σ|R| is 101 times that of the initial relevance")
    exact = explained(1.0, grown=101)
    exact.settings["dtype"] = "float64"
    assert text == f"{conservation_warning.warning(exact)} {text[text.index('In float32') :]}"


def test_an_explosion_is_written_readably():
    network = load_network("mini-densenet")
    image = load_image("star", network)
    e = explain(network, image, "gamma:0.25")
    text = conservation_warning.warning(e)
    grown = number_words.number(conservation_warning.growth(e))
    assert text.startswith(f"At the pixels Σ|R| is {grown} times that of the initial relevance")
    assert "float32" in text
    far = conservation_warning.warning(explained(5.49e8, {"bias": -5.49e8}))
    assert far.startswith(
        "5.49×10¹⁰ % of the initial relevance reached the pixels. Gained: 5.49×10¹⁰ % from"
    )
    exact = explain(network, image, "gamma:0.25", dtype="float64")
    off = np.abs(e.pixels - exact.pixels).max() / np.abs(exact.pixels).max()
    assert off > 1e-5  # float32 keeps its promise no longer: that is what the warning says
    assert "float32" not in conservation_warning.warning(exact)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (1.3541, "135.4 %"), (-0.00001, "0.0 %"), (999.99, "99999.0 %"),
        (1000, "1.00×10⁵ %"), (549033800.29, "5.49×10¹⁰ %"), (-1.6e9, "−1.60×10¹¹ %"),
    ],
)  # fmt: skip
def test_shares_of_every_size(value, words):
    assert number_words.share(value, 1) == words


def test_only_a_single_picture_has_words():
    network = load_network("mini-vgg")
    batch = explain(network, np.stack([load_image("star", network)] * 2))
    with pytest.raises(ValueError, match="choose one picture"):
        conservation_warning.causes(batch)
