"""The live precision: convolutions in a shorter type, and only these, and only if asked for."""

import numpy as np
import pytest
import tensorflow as tf

from lrp_widgets import explain, load_network
from lrp_widgets._support import hardware
from lrp_widgets.lrp.live_frame import explain_frame
from lrp_widgets.media.scenes import draw_scene
from lrp_widgets.networks import precision


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(precision, "live_type", lambda: "bfloat16")


@pytest.fixture(scope="module")
def frame():
    return draw_scene(3).image


@pytest.mark.parametrize("name", ["mini-vgg", "mini-resnet", "mini-densenet"])
def test_live_is_near_to_exact_and_not_the_same(quick, frame, name):
    network = load_network(name)
    exact = explain_frame(network, frame, rules="z-plus")
    live = explain_frame(network, frame, rules="z-plus", precision="live")
    assert live.relevance.dtype == np.float32
    difference = np.linalg.norm(live.relevance - exact.relevance) / np.linalg.norm(exact.relevance)
    assert 1e-5 < difference < 0.02
    assert live.relevance.sum() == pytest.approx(exact.relevance.sum(), rel=0.01)
    np.testing.assert_allclose(live.scores, exact.scores, atol=0.01)


def test_rules_with_a_setting_that_changes_take_any_type(quick, frame):
    network = load_network("mini-vgg")
    for rules in ("gamma:0.1", "gamma:0.2", "alpha-beta:2", "w-square", "flat", "zero"):
        live = explain_frame(network, frame, rules=rules, precision="live")
        assert np.isfinite(live.relevance).all()


def test_only_large_convolutions_are_shortened():
    network = load_network("mini-vgg")
    for name, (w, b) in network.tensors(products="bfloat16").items():
        large = name in ("block3_conv2", "block4_conv1", "block4_conv2")  # 3×3, 64 channels
        assert w.dtype.name == ("bfloat16" if large else "float32")
        assert b.dtype.name == "float32"
    assert network["fc1"].fan_in > 512  # dense


def test_stills_are_exact_also_after_a_live_frame(quick, frame):
    network = load_network("mini-vgg")
    before = explain(network, frame).pixels
    explain_frame(network, frame, precision="live")
    np.testing.assert_array_equal(explain(network, frame).pixels, before)
    assert not tf.config.experimental.tensor_float_32_execution_enabled()


def test_without_the_hardware_live_is_exact(monkeypatch, frame):
    monkeypatch.setattr(precision, "live_type", lambda: None)
    network = load_network("mini-vgg")
    exact, live = (explain_frame(network, frame, precision=word) for word in precision.PRECISIONS)
    np.testing.assert_array_equal(live.relevance, exact.relevance)


def test_another_word_is_refused(frame):
    with pytest.raises(ValueError, match='"exact" or "live"; got \'fast\''):
        explain_frame(load_network("mini-vgg"), frame, precision="fast")


@pytest.mark.parametrize(
    "flags, capability, expected",
    [
        ("fpu avx2 fma", None, None),
        ("fpu avx512f avx512_bf16", None, "bfloat16"),
        ("fpu amx_bf16 amx_tile", None, "bfloat16"),
        ("fpu avx512_bf16", (7, 5), None),  # the GPU computes, not the processor
        ("fpu avx2", (8, 0), "bfloat16"),
        ("fpu avx2", (9, 0), "bfloat16"),
    ],
)
def test_which_hardware_has_it(monkeypatch, tmp_path, flags, capability, expected):
    listed = tmp_path / "cpuinfo"
    listed.write_text(f"processor\t: 0\nvendor_id\t: X\nflags\t\t: {flags}\n\nprocessor\t: 1\n")
    monkeypatch.setattr(hardware, "_CPUINFO", listed)
    monkeypatch.setattr(hardware.platform, "system", lambda: "Linux")
    monkeypatch.setattr(
        tf.config, "list_physical_devices", lambda kind: ["GPU:0"] if capability else []
    )
    monkeypatch.setattr(
        tf.config.experimental,
        "get_device_details",
        lambda gpu: {"compute_capability": capability},
    )
    assert precision.live_type.__wrapped__() == expected


def test_where_no_list_of_instructions_is_there_it_has_none(monkeypatch):
    monkeypatch.setattr(hardware.platform, "system", lambda: "Darwin")
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: [])
    assert precision.live_type.__wrapped__() is None
