"""LayerStepper's Python side: what it sends to the browser, and how it answers."""

import re
import subprocess
import sys
import threading
from dataclasses import replace

import numpy as np
import pytest
from stepper_pages import SMALL, made_up, vgg_layers

from lrp_widgets import explain, load_image, load_network
from lrp_widgets._support.colors import COLORMAPS, lookup_table
from lrp_widgets.lrp.explanation import Explanation
from lrp_widgets.widgets.stepper.stepper import LayerStepper


def maps_of(stepper, buffer):
    """Each layer's map as the browser cuts it from the buffer."""
    floats = np.frombuffer(buffer, np.float32)
    return {
        layer["name"]: floats[layer["offset"] : layer["offset"] + layer["size"]]
        for layer in stepper.layers
    }


@pytest.mark.parametrize("quantity", ["relevance", "activation"])
def test_the_maps_sent_are_the_sums_over_channels(quantity):
    e = made_up()
    stepper = LayerStepper(e)
    maps = maps_of(stepper, getattr(stepper, f"{quantity}_maps"))
    assert list(maps) == [layer[0] for layer in SMALL]
    for layer in e.layers:
        array = getattr(layer, quantity).astype(np.float64)
        expected = array.sum(axis=-1) if array.ndim == 3 else array
        np.testing.assert_array_equal(maps[layer.name], expected.astype(np.float32).ravel())


def test_sums_over_channels_are_made_in_float64():
    e = made_up()
    relevance = e.layers[1].relevance
    relevance[0, 0] = [1e8, 1.0, -1e8, 1.0]
    stepper = LayerStepper(e)
    assert maps_of(stepper, stepper.relevance_maps)["block1_conv1"][0] == 2.0


@pytest.mark.parametrize(
    ("shape", "rows", "columns", "size"),
    [
        ((12, 20, 4), 12, 20, 240),
        ((12, 20), 1, 12, 12),
        ((3, 12, 20, 4), 36, 20, 720),
        ((128,), 8, 16, 128),
        ((1000,), 25, 40, 1000),
        ((4096,), 64, 64, 4096),
        ((8,), 2, 4, 8),
        ((13,), 3, 5, 13),
        ((1,), 1, 1, 1),
        ((1, 1, 30), 5, 6, 30),
    ],
)
def test_every_layer_gets_a_grid(shape, rows, columns, size):
    layers = [SMALL[0], ("x", "reshape", "reshape", None, shape), SMALL[-1]]
    described = LayerStepper(made_up(layers)).layers[1]
    assert (described["rows"], described["columns"], described["size"]) == (rows, columns, size)


def test_the_state_tells_what_the_page_says():
    absorbed = {"fc1": {"bias": 0.02, "dead": 0.01}}
    e = made_up(absorbed=absorbed)
    stepper = LayerStepper(e)
    fc1 = next(layer for layer in stepper.layers if layer["name"] == "fc1")
    assert fc1["absorbed"] == {
        "bias": 0.02,
        "stabilizer": 0.0,
        "dead": 0.01,
        **dict.fromkeys(("padding", "set aside", "rounding"), 0.0),
    }
    assert fc1["total"] == e["fc1"].total
    assert fc1["rule"] == "z⁺" and fc1["equation"].startswith("<math")
    assert stepper.layers[0]["equation"] == ""
    assert [layer["name"] for layer in stepper.layers if layer["classes"]] == ["predictions"]
    assert stepper.summary["start_total"] == e.start_total
    assert stepper.summary["predictions"] == [list(pair) for pair in e.prediction[:4]]
    assert stepper.picture == e.picture.tobytes()
    assert stepper.summary["picture_shape"] == [12, 20]
    assert stepper.relevance_tables == b"".join(lookup_table(c).tobytes() for c in COLORMAPS)


def test_the_strongest_channels_come_first():
    e = made_up()
    e.layers[1].relevance[...] = np.array([1.0, -5.0, 0.0, 3.0], np.float32)
    assert LayerStepper(e).layers[1]["strongest"]["relevance"] == [1, 3, 0]


def test_a_float_input_has_no_picture():
    stepper = LayerStepper(made_up(picture=False))
    assert stepper.picture == b"" and stepper.summary["picture_shape"] is None


def test_a_gray_picture_is_shown_in_gray():
    e = made_up()
    gray = e.picture[..., :1]
    stepper = LayerStepper(Explanation(**{**vars_of(e), "picture": gray}))
    assert stepper.picture == np.repeat(gray, 3, axis=-1).tobytes()


def vars_of(e):
    return {name: getattr(e, name) for name in Explanation.__dataclass_fields__}


def test_the_current_layer_stays_where_the_new_explanation_has_it():
    stepper = LayerStepper(made_up())
    assert stepper.current == "predictions"
    stepper.current = "block1_conv1"
    stepper.show(made_up(seed=1))
    assert stepper.current == "block1_conv1"
    stepper.current = "flatten"
    stepper.show(made_up([SMALL[0], SMALL[1], SMALL[-1]]))
    assert stepper.current == "predictions"


def test_another_rule_packs_only_the_relevance_anew():
    e = made_up()
    stepper = LayerStepper(e)
    activations = stepper.activation_maps
    layers = [replace(layer, relevance=-2 * layer.relevance[..., ::-1]) for layer in e.layers]
    ruled = Explanation(**{**vars_of(e), "layers": layers})
    stepper.show(ruled)
    assert stepper.activation_maps is activations
    fresh = LayerStepper(ruled)
    assert stepper.layers == fresh.layers
    assert stepper.relevance_maps == fresh.relevance_maps
    copied = [replace(layer, activation=layer.activation + 1) for layer in layers]
    stepper.show(Explanation(**{**vars_of(e), "layers": copied}))
    assert stepper.activation_maps != activations


def test_a_fresh_result_is_neither_stale_nor_wrong():
    stepper = LayerStepper(made_up(), stale=True, error="Something failed.")
    stepper.stale, stepper.error = True, "Something failed."
    stepper.show(made_up(seed=1))
    assert not stepper.stale and stepper.error == ""


def test_several_pictures_are_refused():
    network = load_network("mini-vgg")
    batch = explain(network, np.stack([load_image("star", network)] * 2))
    with pytest.raises(ValueError, match=r"choose one picture: e\[i\]"):
        LayerStepper(batch)


def ask(stepper, monkeypatch, **message):
    """Imitate the browser's question; return what was sent back."""
    sent = []
    monkeypatch.setattr(stepper, "send", lambda content, buffers=None: sent.append(buffers))
    content = {"type": "channel", "quantity": "relevance", "version": 1, **message}
    stepper._handle_custom_msg(content, [])
    return sent


@pytest.mark.parametrize("quantity", ["relevance", "activation"])
def test_a_channel_is_sent_when_asked_for(monkeypatch, quantity):
    e = made_up()
    [[buffer]] = ask(
        LayerStepper(e), monkeypatch, layer="block1_pool", channel=2, quantity=quantity
    )
    expected = getattr(e["block1_pool"], quantity)[..., 2]
    np.testing.assert_array_equal(np.frombuffer(buffer, np.float32), expected.ravel())


def test_questions_about_an_earlier_explanation_go_unanswered(monkeypatch):
    stepper = LayerStepper(made_up())
    stepper.show(made_up(seed=1))
    assert ask(stepper, monkeypatch, layer="block1_pool", channel=2) == []


@pytest.mark.parametrize(
    "wrong", [{"layer": "nowhere"}, {"channel": 99}, {"channel": -2}, {"quantity": "_trait_values"}]
)
def test_impossible_questions_go_unanswered(monkeypatch, wrong):
    question = {"layer": "block1_pool", "channel": 2} | wrong
    assert ask(LayerStepper(made_up()), monkeypatch, **question) == []


def test_the_browser_sets_the_layer_and_counts_cancels():
    stepper = LayerStepper(made_up())
    seen = []
    stepper.observe(lambda change: seen.append((change.name, change.new)), ["current", "cancelled"])
    stepper.set_state({"current": "fc1", "cancelled": 1})
    assert seen == [("current", "fc1"), ("cancelled", 1)]


def test_show_works_from_another_thread():
    stepper = LayerStepper()
    thread = threading.Thread(target=stepper.show, args=(made_up(),))
    thread.start()
    thread.join()
    assert stepper.current == "predictions"


def test_many_classes_are_told_by_name():
    names = [f"kind {k}" for k in range(1000)]
    stepper = LayerStepper(made_up(vgg_layers([(1, 2)], 8, [5], 1000), class_names=names))
    assert stepper.summary["class_names"] == names


def test_the_stepper_needs_no_tensorflow():
    code = (
        "import sys, lrp_widgets.widgets.stepper.stepper as s; s.LayerStepper();"
        "sys.exit('tensorflow' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_every_class_in_the_styles_is_ours():
    styles = re.sub(r"/\*.*?\*/", "", str(LayerStepper._css), flags=re.DOTALL)
    selectors = re.sub(r"\{[^{}]*\}", "{}", styles)
    assert [c for c in re.findall(r"\.([a-z][\w-]*)", selectors) if not c.startswith("lrp-")] == []
