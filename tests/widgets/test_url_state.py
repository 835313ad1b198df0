"""The address: what is written is what is read, and nothing in it can break the page."""

from dataclasses import fields
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrp_widgets._support.colors import COLORMAPS
from lrp_widgets.lrp.composites import COMPOSITES
from lrp_widgets.widgets.settings.url_state import (
    HIDEABLE,
    LARGEST_SEED,
    VIEWS,
    State,
    own_picture,
    read,
    write,
)
from lrp_widgets.widgets.shared.pinned import unit_place

PICTURES = ("cat", "star", "heart")
NETWORKS = ("mini-vgg", "vgg16")

class_names = st.integers(0, 10**6) | st.text(min_size=1).filter(
    lambda text: not (text.isascii() and text.isdigit())
)

rule_texts = st.builds(
    lambda base, changed: ",".join([base, *changed]),
    st.sampled_from(("own", *COMPOSITES, "gamma:1/2", "epsilon")),
    st.lists(st.sampled_from(["block1:flat", "dense:gamma:0.1", "input layer:z-box"]), unique=True),
)

differing_pairs = st.fixed_dictionaries(
    {},
    optional={
        "picture": st.sampled_from(PICTURES),
        "network": st.sampled_from(NETWORKS),
        "weights": st.sampled_from(["pretrained", "random"]),
        "seed": st.integers(0, LARGEST_SEED),
        "pooling": st.sampled_from(["avg", "max"]),
        "rules": rule_texts,
        "input_rule": st.sampled_from(["ones", "none"]),
        "explain": st.sampled_from(["softmax", "probability", "logit", "contrast"]),
        "target": st.integers(0, 10**6) | st.just("runner-up"),
        "channels": st.sampled_from(["gray", "rgb"]),
    },
).map(lambda pairs: tuple(pairs.items()))

states = st.builds(
    State,
    picture=st.none() | st.sampled_from(PICTURES) | st.binary().map(own_picture),
    network=st.none() | st.sampled_from(NETWORKS),
    weights=st.sampled_from(["pretrained", "random"]),
    seed=st.integers(0, LARGEST_SEED),
    pooling=st.sampled_from(["avg", "max"]),
    rules=rule_texts,
    explain=st.sampled_from(["softmax", "probability", "logit", "contrast"]),
    target=st.none() | class_names,
    other=st.none() | class_names,
    dtype=st.sampled_from(["float32", "float64"]),
    layer=st.none() | st.text(min_size=1),
    quantity=st.sampled_from(["relevance", "activation"]),
    channel=st.integers(-1, 4096),
    channels=st.sampled_from(["gray", "rgb"]),
    colours=st.sampled_from(COLORMAPS),
    scale=st.sampled_from(["symmetric", "min-max"]),
    limits=st.sampled_from(["layer", "common"]),
    percentile=st.floats(50, 100),
    totals=st.sampled_from(["layers", "causes", "bias", "padding", "rounding"]),
    overlay=st.floats(0, 1),
    hide=st.lists(st.sampled_from(HIDEABLE), unique=True).map(tuple),
    lock=st.booleans(),
    unit=st.none()
    | st.builds(
        "{}:{}".format,
        st.text(min_size=1),
        st.lists(st.integers(0, 10**6), min_size=1).map(lambda index: ",".join(map(str, index))),
    ),
    pin=st.none()
    | st.builds(
        "{}:{}".format,
        st.text(min_size=1),
        st.lists(st.integers(0, 10**6), min_size=1, max_size=2).map(
            lambda place: ",".join(map(str, place))
        ),
    ),
    view=st.sampled_from(VIEWS),
    b=st.none() | differing_pairs,
    scales=st.sampled_from(["own", "common"]),
    unfolded=st.lists(
        st.text(min_size=1).filter(lambda name: "," not in name), min_size=0, max_size=3
    ).map(tuple),
    blocks=st.booleans(),
    pace=st.integers(250, 2000),
    strength=st.floats(0, 1),
    mirrored=st.booleans(),
    quick=st.booleans(),
    versus=st.sampled_from(["none", "epsilon-plus", "grad-cam"]),
    patch=st.sampled_from([0, 4, 8, 16]),
    baseline=st.sampled_from(["mean", "black", "blur", "border", "noise"]),
    score=st.sampled_from(["probability", "logit"]),
    order=st.sampled_from(["morf", "lerf", "random"]),
    replaced=st.integers(0, 10**6),
)


@given(states)
def test_every_state_survives_the_address(state):
    assert read(write(state), PICTURES, NETWORKS) == (state, [])


names = st.sampled_from([*(field.name for field in fields(State)), "other thing"])


@given(st.text() | st.dictionaries(names, st.text()).map(urlencode))
def test_no_address_raises(query):
    state, notes = read(query, PICTURES, NETWORKS)
    assert isinstance(state, State)
    assert all(isinstance(note, str) for note in notes)


def test_only_what_differs_is_written():
    assert write(State()) == ""
    state = State(network="vgg16", pooling="max", layer="block3_conv2", hide=("network", "weights"))
    expected = "network=vgg16&pooling=max&layer=block3_conv2&hide=network,weights"
    assert write(state) == expected


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("pooling=mean", ["pooling", "“mean”", "avg, max"]),
        ("rules=proportional", ["rules", "“proportional”", "no rule for layers with weights"]),
        ("rules=own,block1:delta", ["rules", "a rule is one of z-plus, "]),
        ("dtype=float16", ["dtype", "float32, float64"]),
        ("network=alexnet", ["network", "“alexnet”", "mini-vgg, vgg16"]),
        ("colour=red", ["“colour”"]),
        ("seed=-1", ["seed", "whole number from 0"]),
        ("seed=1e3", ["seed", "whole number"]),
        ("overlay=nan", ["overlay", "from 0 to 1"]),
        ("overlay=2", ["overlay", "from 0 to 1"]),
        ("hide=network,everything", ["hide", "picture, network"]),
        ("lock=yes", ["lock", "0 or 1"]),
        ("layer=", ["layer", "a name is needed"]),
        ("unit=fc1", ["unit", "“fc1”", "fc1:12"]),
        ("unit=fc1:-1", ["unit", "fc1:12"]),
        ("pin=input", ["pin", "input:3,4"]),
        ("pin=input:1,2,3", ["pin", "input:3,4"]),
        ("picture=yours", ["picture", "cat, star, heart"]),
        ("view=film", ["view", "step, compare, judge, graph, live"]),
        ("b=weights:trained", ["b", "“weights:trained”", "for weights", "pretrained, random"]),
        ("b=lock:1", ["b", "picture, network, weights"]),
        ("b=target:second", ["for target", "whole number", "runner-up"]),
        ("scales=both", ["scales", "own, common"]),
    ],
)
def test_what_is_unknown_is_ignored_with_a_note(query, words):
    state, notes = read(query, PICTURES, NETWORKS)
    assert state == State()
    assert len(notes) == 1
    assert all(word in notes[0] for word in words)


def test_a_unit_is_a_layer_and_its_numbers():
    assert write(State(unit="block2_conv1:3,4,7")) == "unit=block2_conv1:3,4,7"
    assert unit_place("block2_conv1:3,4,7") == ("block2_conv1", (3, 4, 7))
    assert unit_place("a:b:12") == ("a:b", (12,))


def test_what_pane_b_has_otherwise_is_readable_in_the_address():
    state = State(view="compare", b=(("weights", "random"), ("target", "runner-up")))
    assert write(state) == "view=compare&b=weights:random,target:runner-up"
    assert read("b=", PICTURES, NETWORKS) == (State(b=()), [])


def test_the_rest_of_an_address_still_counts():
    state, notes = read("?pooling=max&network=alexnet&seed=7", PICTURES, NETWORKS)
    assert state == State(pooling="max", seed=7)
    assert len(notes) == 1


def test_what_servers_add_is_passed_over_silently():
    assert read("token=abc&voila-theme=dark", PICTURES, NETWORKS) == (State(), [])


def test_a_long_value_is_shortened_in_its_note():
    _, (note,) = read("pooling=" + "x" * 5000, PICTURES, NETWORKS)
    assert len(note) < 200
