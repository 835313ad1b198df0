"""The attribution graph: by hand, against plain explanations, and what it adds up to."""

import numpy as np
import pytest
from branching import branching
from small import picture, small_vgg

from lrp_widgets import Network, attribution_graph, explain, load_image, load_network
from lrp_widgets.lrp import rules
from lrp_widgets.lrp.attribution_graph import graph_layers
from lrp_widgets.networks.activations import Activation
from lrp_widgets.networks.layers import Concatenation, Dense, Input

RELU = Activation("relu")


def dense(name, source, w, b=None, **more):
    """A dense layer; the rows of `w` are its outputs."""
    return Dense(name=name, inputs=(source,), kernel=np.array(w).T, bias=b, **more)


def two_layers():
    """For x = [1, 2]: low [7, 9], high [12, 16], out 12 − 2·16 = −20."""
    return Network(
        [
            Input(name="input", shape=(2,)),
            dense("low", "input", [[1.0, 3], [4, 2]], np.array([0.0, 1]), activation=RELU),
            dense("high", "low", [[3.0, -1], [1, 1]], activation=RELU),
            dense("out", "high", [[1.0, -2]]),
        ]
    )


def listed(graph):
    """{(source, target): (positive, negative)}, each node as its layer and its channels."""

    def name(node):
        return node.layer, *node.channels

    return {
        (name(edge.source), name(edge.target)): (edge.positive, edge.negative)
        for edge in graph.edges
    }


def test_two_layers_by_hand():
    """By LRP-0: high [12, −32], of which low gets [21, −9] and [−14, −18], together [7, −27]."""
    settings = {"input_rule": None, "dtype": "float64", "start": "logit"}
    e = explain(two_layers(), np.array([1.0, 2]), rules.Zero(), **settings)
    graph = attribution_graph(e)
    assert graph.layers == ("high", "low")
    expected = {
        (("out",), ("high", 1)): (0, 32 / 44),
        (("out",), ("high", 0)): (12 / 44, 0),
        (("high", 1), ("low", 1)): (0, 18 / 32),
        (("high", 1), ("low", 0)): (0, 14 / 32),
        (("high", 0), ("low", 1)): (0, 9 / 30),
        (("high", 0), ("low", 0)): (21 / 30, 0),
        (("low", 1), ("input",)): (0, 1),
        (("low", 0), ("input",)): (1, 0),
    }
    found = listed(graph)
    assert list(found) == list(expected)
    np.testing.assert_allclose(list(found.values()), list(expected.values()), rtol=1e-14)
    nodes = {(node.layer, *node.channels): node for node in graph.nodes}
    assert [node.kind for node in graph.nodes] == ["start", *["channel"] * 4, "pixels"]
    # What reaches `low` by its two sources cancels in part: its flows are not its shares.
    for key, share, flow in (
        (("low", 1), 27 / 34, (32 / 44) * (18 / 32) + (12 / 44) * (9 / 30)),
        (("low", 0), 7 / 34, (32 / 44) * (14 / 32) + (12 / 44) * (21 / 30)),
        (("input",), 1, 1),
    ):
        assert (nodes[key].share, nodes[key].flow) == pytest.approx((share, flow), rel=1e-14)
    # low 0 has 7 of R, from the inputs' 1 and 6; low 1 has −27, from 4 and 4 and the bias 1.
    np.testing.assert_allclose(nodes["low", 0].map, [1, 6], rtol=1e-14)
    np.testing.assert_allclose(nodes["low", 1].map, [-12, -12], rtol=1e-14)


# Against plain explanations, in float64

CASES = {
    "z-plus": (small_vgg, ["pool", "conv1"]),
    "alpha-2-beta-1": (small_vgg, ["conv2", "conv1"]),
    # A concatenation leads past act.
    "LRP-0": (lambda seed: branching(np.random.default_rng(seed)), ["act", "conv1"]),
}
RULES = {"alpha-2-beta-1": rules.AlphaBeta(2, 1), "LRP-0": rules.Zero()}


def explained(name, **more):
    """A function that explains one picture, with what is to be followed."""
    make, layers = CASES[name]
    network = make(1)
    image = np.random.default_rng(4).normal(size=network.input_shape)

    def ask(through=None):
        settings = {"start": "logit", "target": 1, "dtype": "float64", "through": through}
        return explain(network, image, RULES.get(name, name), **settings | more)

    return ask, layers


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("top", [2, 3])
def test_every_edge_is_a_share_of_a_conditioned_explanation(name, top):
    ask, layers = explained(name)
    e = ask()
    graph = attribution_graph(e, layers, top)
    assert {node.kind for node in graph.nodes} == {"start", "channel", "others", "pixels"}
    for source in graph.nodes[:-1]:
        condition = None if source.kind == "start" else {source.layer: source.channels}
        conditioned = ask(condition)
        np.testing.assert_allclose(source.map, conditioned.pixels, atol=1e-12)
        edges = graph.outgoing(source)
        assert sum(edge.share for edge in edges) == pytest.approx(1, abs=1e-12)
        for edge in edges:
            shares = conditioned.channel_shares(edge.target.layer)
            drawn = list(edge.target.channels) or slice(None)
            assert edge.share == pytest.approx(shares[drawn].sum(), abs=1e-12)
            below = conditioned[edge.target.layer].relevance
            negative = np.minimum(below[..., drawn], 0).sum() / np.abs(below).sum()
            assert edge.negative == pytest.approx(-negative, abs=1e-12)
            assert edge.positive == pytest.approx(edge.share - edge.negative, abs=1e-12)


def test_what_is_followed_has_no_others():
    ask, _ = explained("alpha-2-beta-1")
    e = ask({"conv2": [1, 3]})
    graph = attribution_graph(e, ["conv2", "conv1"], 1)
    both = [node.channels for node in graph.nodes if node.layer == "conv2"]
    assert sorted(k for channels in both for k in channels) == [1, 3]
    strong = next(node for node in graph.nodes if node.layer == "conv2")
    conditioned = ask({"conv2": strong.channels})
    for edge in graph.outgoing(strong):
        shares = conditioned.channel_shares("conv1")[list(edge.target.channels)]
        assert edge.share == pytest.approx(shares.sum(), abs=1e-12)
    # Followed below: what of the upper layer passes through that channel alone.
    lower = attribution_graph(ask({"conv1": [2]}), ["conv2", "conv1"], 1)
    assert [node.channels for node in lower.nodes if node.layer == "conv1"] == [(2,)]
    upper = next(node for node in lower.nodes if node.layer == "conv2")
    expected = ask({"conv1": [2], "conv2": upper.channels}).pixels
    np.testing.assert_allclose(upper.map, expected, atol=1e-12)


# The networks of the package


@pytest.mark.parametrize(
    ("name", "layers"),
    [
        ("mini-vgg", ("block4_pool", "block3_pool", "block2_pool", "block1_pool")),
        ("mini-resnet", ("conv4_block2_add", "conv3_block2_add", "conv2_block2_add", "pool1")),
    ],
)
def test_the_layers_chosen_are_crossed_by_all_and_the_maps_add_up(name, layers):
    network, told = load_network(name), []
    e = explain(network, load_image("star", network), dtype="float64")
    graph = attribution_graph(e, report=told.append)
    assert graph.layers == layers
    for layer in layers:
        nodes = [node for node in graph.nodes if node.layer == layer]
        assert [node.kind for node in nodes] == ["channel"] * 5 + ["others"]
        strongest = np.argsort(-e.channel_shares(layer), kind="stable")[:5]
        assert [node.channels for node in nodes[:5]] == [(k,) for k in strongest]
        np.testing.assert_allclose(sum(node.map for node in nodes), e.pixels, atol=1e-14)
        assert sum(node.share for node in nodes) == pytest.approx(1)
        assert sum(node.flow for node in nodes) == pytest.approx(1)
    assert told == sorted(told) and told[-1] == 1


def test_a_followed_layer_takes_the_place_of_its_block_s():
    network = load_network("mini-vgg")
    e = explain(network, load_image("star", network), through={"block3_conv1": [5]})
    layers = ("block4_pool", "block3_conv1", "block2_pool", "block1_pool")
    assert graph_layers(e) == layers


# What cannot be


def test_what_no_graph_leads_through_is_refused():
    network = small_vgg(1)
    e = explain(network, picture(network))
    for layers, words in (
        (["nowhere"], "has no layer"),
        (["input"], "where relevance ends"),
        ([], "one layer at least"),
    ):
        with pytest.raises(ValueError, match=words):
            attribution_graph(e, layers)
    with pytest.raises(ValueError, match="top"):
        attribution_graph(e, top=0)
    with pytest.raises(ValueError, match=r"choose one|one picture"):
        attribution_graph(explain(network, np.stack([picture(network)] * 2)))


def test_layers_on_parallel_branches_are_refused_and_a_network_without_any_says_so():
    sides = [dense(name, "input", np.eye(2)) for name in ("left", "right")]
    both = Concatenation(name="both", inputs=("left", "right"))
    network = Network(
        [Input(name="input", shape=(2,)), *sides, both, dense("out", "both", np.ones((3, 4)))]
    )
    e = explain(network, np.ones(2), start="logit")
    with pytest.raises(ValueError, match="parallel branches"):
        attribution_graph(e, ["left", "right"])
    with pytest.raises(ValueError, match="no hidden layer that all relevance passes"):
        attribution_graph(e)
