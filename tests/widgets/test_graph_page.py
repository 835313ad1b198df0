"""The view "Graph": what the browser is told, what is followed, and what can be taken home."""

import numpy as np
import pytest
from fake_explaining import Recorder
from small import small_vgg

from lrp_widgets import attribution_graph, explain, load_image, load_network
from lrp_widgets.lrp.rules import Zero
from lrp_widgets.session import Session
from lrp_widgets.widgets import ChannelGraph
from lrp_widgets.widgets.dashboard.dashboard import Dashboard
from lrp_widgets.widgets.graph.channel_graph import graph_view

QUERY = "network=mini-vgg&picture=star&view=graph"


@pytest.fixture(scope="module")
def network():
    return load_network("mini-vgg")


def test_the_browser_is_told_the_graph_s_numbers(network):
    settings = {"start": "logit", "input_rule": None}
    e = explain(network, load_image("star", network), Zero(), **settings)
    graph = attribution_graph(e)
    widget = ChannelGraph(e)
    told = widget.graph
    assert told["layers"] == list(graph.layers)
    assert [node["channels"] for node in told["nodes"]] == [list(n.channels) for n in graph.nodes]
    for edge, one in zip(told["edges"], graph.edges, strict=True):
        assert graph.nodes[edge["source"]] is one.source
        assert graph.nodes[edge["target"]] is one.target
        assert (edge["positive"], edge["negative"]) == pytest.approx((one.positive, one.negative))
    assert any(edge["negative"] > 0.1 for edge in told["edges"])
    rows, columns = told["rows"], told["columns"]
    maps = np.frombuffer(widget.maps, np.float32).reshape(len(graph.nodes), rows, columns)
    step = 64 // rows
    for k in (0, 3, len(graph.nodes) - 1):
        expected = graph.nodes[k].map.sum(-1)[:step, :step].mean()
        assert maps[k, 0, 0] == pytest.approx(expected, rel=1e-4, abs=1e-9)
    assert told["picture_shape"] == (64, 64) and len(widget.picture) == 64 * 64 * 3


def test_where_the_network_read_no_picture_the_maps_are_there_all_the_same():
    network = small_vgg(2)
    e = explain(network, np.random.default_rng(0).normal(size=network.input_shape))
    widget = ChannelGraph(e, layers=["conv2"], top=2)
    assert widget.graph["picture_shape"] is False and widget.picture == b""
    assert [node["kind"] for node in widget.graph["nodes"]].count("channel") == 2
    assert (widget.graph["rows"], widget.graph["columns"]) == network.input_shape[:2]


@pytest.fixture(scope="module")
def real():
    dashboard = Dashboard(QUERY, Session())
    assert dashboard.wait(120)
    return dashboard


def answer(dashboard, message):
    dashboard.graph.widget._handle_custom_msg(message, [])
    assert dashboard.wait(120)


def test_the_page_draws_what_is_on_the_screen_and_a_click_follows(real, network):
    widget = real.graph.widget
    assert real.header.view == "graph" and "view=graph" in real.header.query
    graph = attribution_graph(explain(network, load_image("star", network), start="softmax"))
    expected, _ = graph_view(graph, real.explanation)
    assert widget.graph["nodes"] == expected["nodes"]
    assert not widget.stale and not widget.status and widget.follows

    [strongest] = widget.graph["nodes"][1]["channels"]
    answer(real, {"type": "follow", "layers": {"block4_pool": [strongest]}})
    assert f"through=block4_pool:{strongest}" in real.header.query
    assert widget.through["layers"] == {"block4_pool": [strongest]}
    own = [node for node in widget.graph["nodes"] if node["layer"] == "block4_pool"]
    assert [node["channels"] for node in own] == [[strongest]]
    answer(real, {"type": "follow", "layers": {}})
    assert "through" not in real.header.query
    assert widget.graph["nodes"] == expected["nodes"] and widget.through == {}


def test_what_cannot_be_followed_is_told_where_one_looks(real):
    answer(real, {"type": "follow", "layers": {"block9": [1]}})
    assert "has no layer" in real.graph.widget.error and not real.graph.widget.stale
    answer(real, {"type": "dismiss"})
    assert real.graph.widget.error == ""
    answer(real, {"type": "follow", "layers": {"block4_pool": ["x"]}})
    assert "whole number" in real.graph.widget.error
    answer(real, {"type": "dismiss"})


def test_code_and_captions_are_of_the_graph(real, capsys):
    code = real.export_panel.code
    exec(code, {})
    printed = capsys.readouterr().out.splitlines()
    assert len(printed) == len(real.graph.widget.graph["edges"])
    assert printed[0].startswith("predictions () → block4_pool")
    lines = real.export_panel.caption("graph")
    assert "block4_pool, block3_pool" in lines[1]
    assert real.export_panel.file_name("svg") == "lrp-star-mini-vgg-graph.svg"
    assert real.export_panel.file_name("png") == "lrp-star-mini-vgg-graph.png"


def test_it_is_computed_only_while_it_is_looked_at():
    real = Dashboard("network=mini-vgg&picture=star", Session())
    assert real.wait(120)
    asked = []
    compute = real._session.graph
    real._session.graph = lambda *arguments: asked.append(1) or compute(*arguments)
    real.controls["pooling"].value = "max"
    assert real.wait(120) and asked == []
    for _ in range(2):  # again: it is there
        real.header.view = "graph"
        assert real.wait(120) and len(asked) == 1
        real.header.view = "step"
    assert real.graph.widget.layout.display == "none"


def test_another_answer_ends_it(real):
    """What is cancelled is not shown: `report` raises between two backward passes."""
    shown = []
    real.graph.widget.observe(lambda change: shown.append(change["new"]), names="graph")

    def compute(request, report, cancel):
        real.graph.widget.cancel()
        report(0.5)
        raise AssertionError("goes on after it was cancelled")

    kept, real._session.graph = real._session.graph, compute
    try:
        real.controls["pooling"].value = "max"
        assert real.wait(120)
    finally:
        real._session.graph = kept
    assert shown == [] and real.graph.widget.error == "" and not real.graph.widget.stale


def test_a_locked_page_follows_nothing():
    dashboard = Dashboard(f"{QUERY}&lock=1", Recorder().session())
    assert dashboard.wait(30)
    assert not dashboard.graph.widget.follows
