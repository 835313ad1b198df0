"""Widgets as pages of their own: what a page carries, and what it allows."""

import base64
import hashlib
import json
import re
import struct
import zlib

import anywidget
import numpy as np
import pytest
from page_modules import carried, unpack
from stepper_pages import made_up

from lrp_widgets.lrp.channels import summed
from lrp_widgets.session import Inspector
from lrp_widgets.widgets import (
    Compare,
    DenseGraph,
    LayerStepper,
    MapRow,
    Microscope,
    Task,
    export_page,
)
from lrp_widgets.widgets.microscope.page_units import page_units
from lrp_widgets.widgets.page import export
from lrp_widgets.widgets.page.export import key, prepare
from lrp_widgets.widgets.page.payload import Payload

MOST = 1_000_000  # bytes, for mini-vgg


@pytest.fixture(scope="module")
def stepper(e):
    return LayerStepper(e, current="block2_conv1", channel=7)


@pytest.fixture(scope="module")
def text(stepper):
    return prepare({"star": stepper}, "A star", "by <z⁺>")()


@pytest.fixture(scope="module")
def content(text):
    return carried(text)["star"]


def floats(told):
    return np.frombuffer(base64.b64decode(told["bytes"]), np.float32)


def test_the_page_has_the_state_of_the_widget_bit_by_bit(stepper, content):
    state = content["state"]
    assert state["current"] == "block2_conv1" and state["layers"] == stepper.layers
    for name in ("relevance_maps", "activation_maps", "pixels", "picture", "relevance_tables"):
        assert base64.b64decode(state[name]["bytes"]) == getattr(stepper, name), name
    assert not {name for name in state if name.startswith("_")} | state.keys() & {"layout"}


def test_strong_channels_and_the_one_looked_at_are_prepared(e, content):
    asked = {"type": "channel", "layer": "block2_conv1", "quantity": "relevance", "version": 1}
    answers = content["answers"]
    sums = np.abs(e["block2_conv1"].relevance.sum((0, 1)))
    for channel in [*np.argsort(-sums)[:3].tolist(), 7]:
        (buffer,) = answers[key(asked | {"channel": channel})]["buffers"]
        wanted = e["block2_conv1"].relevance[..., channel]
        assert np.array_equal(floats(buffer), wanted.ravel())
    assert len([each for each in answers if '"block2_conv2","quantity":"relevance"' in each]) == 3


def test_the_four_steps_of_every_rule_are_prepared(e, content):
    asked = {"type": "steps", "layer": "block3_conv1", "version": 1}
    answer = content["answers"][key(asked)]
    found, _ = Inspector(e).steps("block3_conv1")
    (buffer,) = answer["buffers"]
    values = floats(buffer)
    for name, step in found.steps.items():
        for term, told in zip(step.terms, answer["content"]["steps"][name]["terms"], strict=True):
            map_ = summed(term.values).astype(np.float32).ravel()
            assert np.array_equal(values[told["offset"] : told["offset"] + map_.size], map_)
    steps = [each for each in content["answers"] if '"type":"steps"' in each]
    assert len(steps) == sum(len(getattr(layer.rule, "steps", ())) == 4 for layer in e.layers)


def test_the_strongest_units_and_marked_ones_are_carried(e):
    stepper = LayerStepper(e)
    found = page_units(e, Inspector(e), 2, [("fc1", [12])])
    places = [(view["layer"], tuple(view["index"])) for view in found["views"]]
    assert ("fc1", (12,)) in places
    assert len(places) == len(set(places)) >= 2 * len(e.layers)
    brightest = np.abs(e["block2_conv1"].relevance.sum(-1)).argmax()
    assert brightest in [
        index[0] * 32 + index[1] for layer, index in places if layer == "block2_conv1"
    ]
    # Each click gives what a kernel gives, why it opened that channel included
    for click in found["opened"]:
        if click["layer"] in ("input", "block3_pool", "fc1") and click["channel"] < 40:
            asked = {name: click[name] for name in ("layer", "cell", "channel")}
            stepper._handle_custom_msg({"type": "look at", **asked}, [])
            assert found["views"][click["number"]] | {"why": click["why"]} == stepper.unit
    channels = {click["channel"] for click in found["opened"] if click["layer"] == "block3_pool"}
    assert -1 in channels and len(channels) > 2


def test_an_open_unit_and_its_path_are_carried(e):
    microscope = Microscope(e, "fc1", (12,))
    microscope.look("block4_pool", (1, 2, 7))
    found = microscope.for_page(units=0)()["units"]["views"]
    assert [view["layer"] for view in found] == ["fc1", "block4_pool"]
    read = carried(prepare({"unit": microscope}, "A unit", units=1)())["unit"]
    assert read["module"] == "microscope/microscope.js"
    assert len(read["units"]["views"]) == len(e.layers) + 2


def test_a_marked_place_is_carried(e):
    stepper = LayerStepper(e, pin={"layer": "block4_pool", "cell": 2})
    found = stepper.for_page(units=0)()["units"]["views"]
    strongest = int(np.abs(e["block4_pool"].relevance[0, 2]).argmax())
    assert [(v["layer"], v["index"]) for v in found] == [("block4_pool", [0, 2, strongest])]


def test_the_page_is_small(text):
    assert len(text.encode()) <= MOST


def test_a_page_that_would_be_too_large_goes_without_channels(stepper, text, content, monkeypatch):
    whole = len(re.search(r'id="lrp-payload">([^<]*)<', text)[1])
    monkeypatch.setattr(export, "MOST", whole - 1)
    smaller = carried(prepare({"star": stepper}, "A star")())["star"]["answers"]
    left = content["answers"].keys() - smaller.keys()
    sums = np.abs(stepper.explanation["block3_conv1"].relevance.sum((0, 1)))
    third = int(np.argsort(-sums)[2])
    asked = {"type": "channel", "layer": "block3_conv1", "quantity": "relevance", "version": 1}
    assert key(asked | {"channel": third}) in left
    assert all('"type":"channel"' in each for each in left)
    assert len(left) == sum(len(d["strongest"]["relevance"]) == 3 for d in stepper.layers) * 2
    monkeypatch.setattr(export, "MOST", 1)  # what is looked at, and all steps, stay
    least = carried(prepare({"star": stepper}, "A star")())["star"]["answers"]
    channels = [each for each in least if '"type":"channel"' in each]
    assert channels == [
        key(asked | {"layer": "block2_conv1", "quantity": quantity, "channel": 7})
        for quantity in ("relevance", "activation")
    ]
    assert len(least) - len(channels) == sum(layer["steps"] == 4 for layer in stepper.layers)


def test_only_the_scripts_in_the_page_are_allowed_by_their_hashes(text):
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)[1].replace("&#39;", "'")
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == "'none'" and rules["img-src"] == "data:"
    assert not re.search("unsafe|blob:|https?:|\\*", policy)
    for tag, rule in (("script", "script-src"), ("style", "style-src")):
        found = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        hashes = [
            base64.b64encode(hashlib.sha256(each.encode()).digest()).decode() for each in found
        ]
        assert found and rules[rule].split() == [f"'sha256-{each}'" for each in hashes]


def test_nothing_in_the_page_points_elsewhere(text):
    assert not re.search(r"""(src|href)=["'](?!data:,")|@import|url\((?!["']?data:)""", text)
    assert not re.search(r"\b(eval|Function|fetch|importScripts|XMLHttpRequest)\(", text)


def test_words_are_escaped(text):
    assert "<h1>A star</h1>" in text and "by &lt;z⁺&gt;" in text


def test_what_is_equal_is_stored_once():
    payload = Payload()
    maps = [np.arange(5, dtype=np.float32).tobytes(), b"abc"]
    packed = payload.text({"a": maps[0], "b": payload.put(*maps), "c": [maps[1], None]})
    bytes_ = zlib.decompress(base64.b64decode(packed))
    (length,) = struct.unpack_from("<I", bytes_)
    assert json.loads(bytes_[4 : 4 + length])["pieces"] == [20, 3]
    read = unpack(packed)
    assert base64.b64decode(read["b"]["bytes"]) == maps[0] + maps[1]
    assert base64.b64decode(read["a"]["bytes"]) == maps[0]
    assert base64.b64decode(read["c"][0]["bytes"]) == maps[1] and read["c"][1] is None


def test_an_explanation_without_its_network_is_one_sentence(tmp_path):
    with pytest.raises(ValueError, match=r"^This explanation holds no network to compute with: "):
        export_page(LayerStepper(made_up()), tmp_path / "page.html")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("make", "moves"),
    [
        (lambda e: Compare(e, e), True),
        (lambda e: MapRow(), True),
        (lambda e: Task("02-share"), True),
        (lambda e: DenseGraph(), False),
    ],
    ids=["Compare", "MapRow", "Task", "DenseGraph"],
)
def test_what_asks_a_kernel_with_each_move_stands_still(e, make, moves):
    text = prepare({"one": make(e)}, "One")()
    assert ("It stands still on this page" in text) != moves
    assert ("<div inert>" in text) != moves


def test_what_is_no_widget_of_ours_is_one_sentence(tmp_path):
    class Other(anywidget.AnyWidget):
        _esm = "export default { render() {} }"

    for wrong in (Other(), 3):
        with pytest.raises(
            TypeError, match=r"^(Other|int) is no widget of lrp_widgets.widgets, .*"
        ):
            export_page(wrong, tmp_path / "page.html")
    assert not list(tmp_path.iterdir())
