"""Relevance through chosen channels alone: what is followed, and what is set aside."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache

import numpy as np
import oracle
import pytest
from branching import branching, small_model
from check_steps import check_steps
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from small import picture, small_vgg

from lrp_widgets import Network, explain, load_network
from lrp_widgets.lrp import rules
from lrp_widgets.lrp.channel_maps import channel_maps
from lrp_widgets.lrp.composites import assign, choose
from lrp_widgets.lrp.layer_result import ABSORBED
from lrp_widgets.lrp.question import Question
from lrp_widgets.lrp.through import channel_count, read, settle, words
from lrp_widgets.lrp.unit_arithmetic import Examiner
from lrp_widgets.media.images import load_image
from lrp_widgets.networks.activations import Activation
from lrp_widgets.networks.layers import Addition, Concatenation, Dense, Input
from lrp_widgets.session import Request

EXACT = {"dtype": "float64", "input_rule": None}
calmly = settings(
    max_examples=8, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate]
)
seeds = st.integers(0, 2**32 - 1)


# By hand


def dense(name, source, w, b=None, **more):
    """A dense layer; the rows of `w` are its outputs."""
    return Dense(name=name, inputs=(source,), kernel=np.array(w).T, bias=b, **more)


def toy():
    """Two inputs, two hidden units, two outputs; for x = [1, 2] they are [7, 9] and [51, 32]."""
    return Network(
        [
            Input(name="input", shape=(2,)),
            dense("hidden", "input", [[1.0, 3], [4, 2]], np.array([0.0, 1]), activation=RELU),
            dense("out", "hidden", [[2.0, 4], [3, 1]], np.array([1.0, 2])),
        ]
    )


RELU = Activation("relu")


def toy_map(target, through, network=None):
    """R of the two inputs by LRP-0 for a start of 1 at an output."""
    e = explain(
        network or toy(),
        np.array([1.0, 2.0]),
        rules.Zero(),
        start="logit",
        target=target,
        through=through,
        **EXACT,
    )
    return e.pixels / e.start_total


def test_the_golden_case():
    np.testing.assert_allclose(toy_map(0, {"hidden": [1]}), [16 / 51, 16 / 51], rtol=1e-14)


@pytest.mark.parametrize(
    ("target", "through", "expected"),
    [
        # through hidden unit 0: 2·7/51 of the start, of which 1/7 and 6/7
        (0, {"hidden": 0}, [2 / 51, 12 / 51]),
        (0, {"hidden": [0, 1]}, [18 / 51, 28 / 51]),
        (0, None, [18 / 51, 28 / 51]),
        # of output 1: 21/32 through unit 0, 9/32 through unit 1, of which 4/9 each
        (1, {"hidden": [0]}, [3 / 32, 18 / 32]),
        (1, {"hidden": [1]}, [4 / 32, 4 / 32]),
        # two layers on one path: both, or nothing
        (1, {"out": [1], "hidden": [1]}, [4 / 32, 4 / 32]),
        (1, {"out": [0], "hidden": [1]}, [0, 0]),
    ],
)
def test_toy_cases(target, through, expected):
    np.testing.assert_allclose(toy_map(target, through), expected, rtol=1e-14, atol=1e-300)


def residual():
    """x → a → b, and s = a + b: half of the way leads past b."""
    return Network(
        [
            Input(name="input", shape=(2,)),
            dense("a", "input", [[1.0, 0], [0, 1]]),
            dense("b", "a", [[2.0, 1], [0, 3]]),
            Addition(name="s", inputs=("a", "b")),
            dense("out", "s", [[1.0, 1]]),
        ]
    )


def test_what_goes_past_a_layer_is_dropped_and_told():
    """a = x = [1, 2], b = [4, 6], s = [5, 8], out = 13: b gets 10 of it, and a itself 3."""
    e = explain(
        residual(), np.array([1.0, 2]), rules.Zero(), start="logit", through={"b": [0]}, **EXACT
    )
    np.testing.assert_allclose(e["b"].relevance, [4, 6], rtol=1e-14)
    assert e["s"].absorbed["set aside"] == pytest.approx(3, rel=1e-14)  # what a gets directly
    assert dict(e["s"].branches) == {"a": 0, "b": pytest.approx(10, rel=1e-14)}
    assert e["b"].absorbed["set aside"] == pytest.approx(6, rel=1e-14)
    np.testing.assert_allclose(e.pixels, [2, 2], rtol=1e-14)  # b_0 = 2 a_0 + a_1
    assert e.start_total == pytest.approx(13) == e.pixels.sum() + 9


def test_parallel_branches_are_refused():
    network = Network(
        [
            Input(name="input", shape=(2,)),
            dense("left", "input", np.eye(2)),
            dense("right", "input", np.eye(2)),
            Concatenation(name="both", inputs=("left", "right")),
            dense("out", "both", np.ones((3, 4))),
        ]
    )
    with pytest.raises(ValueError, match=r"left and right are on parallel branches.*on one path"):
        explain(network, np.ones(2), start="logit", through={"left": 0, "right": 1})
    e = explain(network, np.ones(2), start="logit", through={"left": 0})
    with pytest.raises(ValueError, match="parallel"):
        e.channel_maps("right")


# Against the oracle


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    "through",
    [
        {"conv2": [0, 2]},  # a skip leads past it, and a concatenation
        {"conv1": [1], "conv3": [0, 3]},
        {"act": [2, 3]},
        {"add": [0], "conv1": [0, 1]},
        {"concat": [1, 6]},
        {"pad": [1]},
        {"pool": [4, 5]},
        {"flatten": [3, 7, 30]},
        {"fc": [1]},
    ],
    ids=str,
)
def test_a_branching_network_against_the_oracle(through, seed):
    random = np.random.default_rng(seed)
    network, x = branching(random), random.normal(size=(6, 5, 2))
    composite = choose(network, "epsilon-plus")
    assigned = assign(network, composite, ("avg", "max")[seed % 2], None)
    e = explain(
        network, x, composite, ("avg", "max")[seed % 2], start="logit", through=through, **EXACT
    )
    relevances, ledger, _ = oracle.explain(network, x, assigned, "logit", through=through)
    scale = max(np.abs(each).sum() for each in relevances.values())
    for layer in e.layers:
        np.testing.assert_allclose(
            layer.relevance, relevances[layer.name], rtol=0, atol=1e-10 * scale
        )
        for entry, value in ledger.get(layer.name, {}).items():
            assert layer.absorbed[entry] == pytest.approx(value, abs=1e-10 * scale), layer.name


# What holds for every network


def closes(e, tolerance=1e-10):
    """Each layer's total is what its inputs got and its entries, and the whole adds up."""
    gross = max(float(np.abs(layer.relevance).sum()) for layer in e.layers)
    for layer in e.layers:
        assert abs(layer.absorbed["rounding"]) <= tolerance * gross, layer.name
    absorbed = sum(layer.absorbed[key] for layer in e.layers for key in ABSORBED)
    assert e.layers[0].total + absorbed == pytest.approx(e.start_total, abs=tolerance * gross)


def adds_up(network, image, layer, tolerance=1e-12, **asked):
    """The channels' maps add up to what passes through the layer; return past's share of it all."""
    asked = {"dtype": "float64", "start": "logit"} | asked
    whole = explain(network, image, **asked)
    count = channel_count(network, layer)
    passing = explain(network, image, through={layer: range(count)}, **asked)
    closes(passing)
    maps = whole.channel_maps(layer)
    scale = np.abs(maps).reshape(len(maps), -1).max(1).sum()
    assert scale > 0
    np.testing.assert_allclose(maps.sum(0), passing.pixels, rtol=0, atol=tolerance * scale)
    for channel in np.argsort(-whole.channel_shares(layer))[:2]:
        one = explain(network, image, through={layer: channel}, **asked)
        closes(one)
        np.testing.assert_allclose(one.pixels, maps[channel], rtol=0, atol=tolerance * scale)
    past = sum(each.absorbed["set aside"] for each in passing.layers)
    if not past:
        np.testing.assert_allclose(passing.pixels, whole.pixels, rtol=0, atol=tolerance * scale)
    return past / whole.start_total


@cache
def mini(name):
    return load_network(name)


@pytest.mark.parametrize("rule", ["z-plus", "epsilon-gamma-box", rules.AlphaBeta(2, 1)], ids=repr)
@pytest.mark.parametrize("layer", ["block1_conv1", "block3_conv2", "block2_pool", "fc1"])
def test_maps_of_mini_vgg_add_up(layer, rule):
    network = mini("mini-vgg")
    assert adds_up(network, load_image("star", network), layer, rules=rule) == 0


@pytest.mark.parametrize("name", ["mini-resnet", "mini-densenet"])
@pytest.mark.parametrize("rule", ["z-plus", "epsilon-plus"])
def test_maps_of_networks_with_skips_add_up(name, rule):
    network = mini(name)
    image, found = load_image("star", network), []
    weighted = [layer.name for layer in network.weighted]
    for layer in weighted[1 :: max(1, len(weighted) // 3)]:
        found.append(adds_up(network, image, layer, rules=rule))
    assert any(found)  # something does go past one of them


@pytest.mark.slow
@pytest.mark.parametrize("rule", ["z-plus", "epsilon-plus"])
def test_maps_of_tiny_darknet_add_up(networks_folder, rule):
    network = load_network("tiny-darknet", weights=networks_folder / "tiny_darknet.weights")
    image, layers = load_image("cat", network), [layer.name for layer in network.weighted]
    for layer in layers[4::5]:
        assert adds_up(network, image, layer, rules=rule) == 0


@pytest.mark.slow
@pytest.mark.parametrize("name", ["resnet50", "densenet121", "mobilenetv2"])
def test_maps_of_offered_networks_with_skips_add_up(name):
    network = load_network(name, weights="random")
    layer = network.weighted[len(network.weighted) * 2 // 3].name
    adds_up(network, load_image("cat", network), layer, rules="epsilon-plus")


@calmly
@given(seed=seeds, pooling=st.sampled_from(["avg", "max"]), data=st.data())
def test_linear_and_the_ledger_closes_in_small_networks(seed, pooling, data):
    network = small_vgg(seed, activation=Activation("leaky relu", 0.1))
    layer = data.draw(st.sampled_from(["scale", "pad", "conv1", "conv2", "pool", "flatten", "fc"]))
    rule = data.draw(st.sampled_from([rules.ZPlus(), rules.Epsilon(0.1), rules.Gamma(0.25)]))
    image = picture(network, seed)
    assert adds_up(network, image, layer, 1e-11, rules=rule, pooling=pooling) == 0


@calmly
@given(seed=seeds, data=st.data())
def test_linear_and_the_ledger_closes_with_branches(seed, data):
    random = np.random.default_rng(seed)
    network, x = branching(random), random.normal(size=(6, 5, 2))
    layer = data.draw(st.sampled_from([each.name for each in network.layers[1:]]))
    adds_up(network, x, layer, 1e-11, rules="z-plus", input_rule=None)


def test_two_layers_are_followed_as_and():
    """Over all channels of one layer, what passes through both adds up to the other's."""
    network = mini("mini-vgg")
    e = explain(
        network, load_image("star", network), dtype="float64", through={"block3_conv2": [5, 7]}
    )
    maps = e.channel_maps("block1_conv2")
    scale = np.abs(maps).max((1, 2, 3)).sum()
    np.testing.assert_allclose(maps.sum(0), e.pixels, rtol=0, atol=1e-12 * scale)
    both = {"block3_conv2": [5, 7], "block1_conv2": [3]}
    two = explain(network, load_image("star", network), dtype="float64", through=both)
    closes(two)
    np.testing.assert_allclose(two.pixels, maps[3], rtol=0, atol=1e-12 * scale)


# Batches, threads, and what is kept from one question to the next


def test_a_batch_is_as_its_pictures():
    network = mini("mini-resnet")
    images = np.stack([load_image(name, network) for name in ("star", "cross", "heart")])
    layer = network.weighted[4].name
    asked = {"through": {layer: [1, 4]}, "dtype": "float64", "start": "logit"}
    together = explain(network, images, **asked)
    for k, image in enumerate(images):
        alone = explain(network, image, **asked)
        for each in alone.layers:
            scale = np.abs(each.relevance).max() or 1
            np.testing.assert_allclose(
                together[k][each.name].relevance, each.relevance, rtol=0, atol=1e-10 * scale
            )
            for entry in ABSORBED:
                assert together[k][each.name].absorbed[entry] == pytest.approx(
                    each.absorbed[entry], abs=1e-9 * abs(alone.start_total)
                )
    assert together.channel_shares(layer).shape == (3, channel_count(network, layer))


def test_one_question_after_the_other_is_as_each_alone():
    """What the last backward pass left is used only as far as it holds."""
    network = mini("mini-resnet")
    image = load_image("star", network)
    names = [layer.name for layer in network.weighted]
    asked = [
        {},
        {names[5]: 1},
        {names[5]: 2},
        {names[5]: 2, names[2]: 0},
        {names[2]: 0},
        {},
        {names[-1]: 3},
    ]
    one_by_one = [explain(network, image, dtype="float64", through=each) for each in asked]
    for through, e in zip(asked, one_by_one, strict=True):
        again = replace(network)  # nothing is kept of it
        fresh = explain(again, image, dtype="float64", through=through)
        closes(e)
        for layer in fresh.layers:
            np.testing.assert_allclose(
                e[layer.name].relevance, layer.relevance, rtol=1e-9, atol=1e-13
            )
            for entry in ABSORBED:
                assert e[layer.name].absorbed[entry] == pytest.approx(
                    layer.absorbed[entry], abs=1e-12
                ), (through, layer.name, entry)


def test_threads_are_as_each_alone():
    network = mini("mini-vgg")
    images = [load_image(name, network) for name in ("star", "cross")]
    asked = [(image, {"block3_conv2": k}) for k in range(4) for image in images]

    def ask(one):
        image, through = one
        e = explain(network, image, through=through)
        return e.pixels, e.channel_maps("block2_conv1", [0, 5])

    alone = [ask(one) for one in asked]
    with ThreadPoolExecutor(4) as threads:
        for found, expected in zip(threads.map(ask, asked), alone, strict=True):
            for one, other in zip(found, expected, strict=True):
                np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-9)


# Looking closer


def test_units_and_steps_know_what_is_set_aside():
    network = Network.from_keras(small_model())
    image = np.random.default_rng(0).integers(0, 256, (16, 16, 3), np.uint8)
    first = next(layer.name for layer in network.layers if layer.kind == "addition")
    inside = network[first].inputs[1]
    for layer in (first, inside):
        e = explain(network, image, start="logit", dtype="float64", through={layer: [1, 2]})
        closes(e)
        check_steps(e, network, 1e-10)
        examiner = Examiner(e)
        for name in (layer, *network[layer].inputs, first):
            shape, random = e[name].shape, np.random.default_rng(1)
            for _ in range(4):
                index = tuple(int(random.integers(size)) for size in shape)
                unit = examiner.unit(name, index)
                scale = np.abs(e[name].relevance).max()
                handed = sum(d.relevance.sum() + sum(d.absorbed.values()) for d in unit.down)
                assert handed == pytest.approx(unit.relevance, abs=1e-9 * scale)
                got = sum(up.relevance.sum() for up in unit.up)
                assert got == pytest.approx(unit.relevance, abs=1e-9 * scale), (name, index)


def test_shares_are_of_the_sizes():
    e = explain(toy(), np.array([1.0, 2.0]), rules.Zero(), start="logit", target=0, **EXACT)
    np.testing.assert_allclose(e.channel_shares("hidden"), [14 / 50, 36 / 50])
    e = explain(toy(), np.array([1.0, 2.0]), rules.Zero(), start="logit", through={"out": 1})
    assert not e.channel_shares("hidden").any()  # only output 0 is explained: nothing is left


# How it is asked for


@pytest.mark.parametrize(
    "through", [{"hidden": [1, 0, 1]}, {"hidden": range(2)}, "hidden:1,0", {"hidden": {0, 1}}]
)
def test_one_question_has_one_text(through):
    assert Question(through=through) == Question(through="hidden:0,1")
    assert hash(Request("star", "mini-vgg", through=through)) == hash(
        Request("star", "mini-vgg", through="hidden:0,1")
    )


@pytest.mark.parametrize(
    "conditions", [{}, {"a": (0,)}, {"a:b/c": (3, 12), "d,e": (0,)}, {"a%2C": (1,), "b c": (2,)}]
)
def test_text_and_back(conditions):
    assert read(settle(conditions)) == conditions


def test_words():
    assert words("block3_conv2:5,7,fc1:12") == "channels 5, 7 of block3_conv2 and channel 12 of fc1"


@pytest.mark.parametrize(
    ("through", "sentence"),
    [
        ({"nowhere": 0}, "no layer 'nowhere' to follow"),
        ({"hidden": [0, 2]}, "hidden of network has the channels 0 to 1: there is no 2"),
        ({"hidden": -1}, "A channel of hidden must be at least 0; got -1"),
        ({"hidden": []}, "no channel of hidden to follow: give at least one"),
        ({"hidden": "1"}, "A channel of hidden must be a whole number"),
        ({"hidden": True}, "A channel of hidden must be a whole number"),
        ({"input": 0}, "input is where relevance ends"),
        ({3: 0}, "has a name; got 3"),
        ("hidden", "a layer and its channels, such as block3_conv2:5,7"),
        ("hidden:x", "a layer and its channels"),
        ("5", "a layer and its channels"),
        (["hidden", 1], "through must be layers and their channels"),
    ],
)
def test_what_is_not_there_is_refused_in_one_sentence(through, sentence):
    with pytest.raises(ValueError, match=sentence) as error:
        explain(toy(), np.array([1.0, 2.0]), start="logit", through=through)
    assert "\n" not in str(error.value)


def test_channel_maps_refuse_what_is_not_there():
    e = explain(toy(), np.array([1.0, 2.0]), start="logit")
    assert channel_maps(e, "hidden", [1, 0, 1]).shape == (3, 2)
    for layer, channels in (("nowhere", None), ("hidden", [2]), ("hidden", ["a"])):
        with pytest.raises(ValueError):
            e.channel_maps(layer, channels)
