"""Whatever is handed in wrongly is answered with one sentence that says what would be right.

Every argument of what people call gets every one of `STRANGE`; what suits it is named beside it,
and everything else must be refused by a sentence of ours: neither accepted in silence, nor
answered with an exception that Python or a library raised somewhere below.
"""

import traceback
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from small import picture, small_vgg

import lrp_widgets
from lrp_widgets import Network, explain, load_image, load_network
from lrp_widgets._support import colors
from lrp_widgets.figures.gif import layers_gif
from lrp_widgets.lrp import attribution, composites, metrics, rules
from lrp_widgets.lrp.layer_steps import four_steps
from lrp_widgets.lrp.live_frame import explain_frame
from lrp_widgets.lrp.rule_syntax import read_rule, split
from lrp_widgets.lrp.unit_arithmetic import Examiner
from lrp_widgets.media.images import sample_image, scene_mask
from lrp_widgets.media.scenes import draw_scene, draw_scenes
from lrp_widgets.networks.zoo import registry
from lrp_widgets.widgets import Compare, LayerStepper, Microscope

PACKAGE = Path(lrp_widgets.__file__).parent
STRANGE = {
    "None": None,
    "True": True,
    "-1": -1,
    "0": 0,
    "1": 1,
    "1.0": 1.0,
    "1.5": 1.5,
    "1/2": Fraction(1, 2),
    "10**9": 10**9,
    "10**400": 10**400,
    "10**5000": 10**5000,
    "nan": float("nan"),
    "inf": float("inf"),
    "-inf": float("-inf"),
    "1j": 1j,
    "empty text": "",
    "text": "a",
    "digit": "1",
    "fraction": "1/2",
    "long text": "long " * 2000,
    "two lines": "two\nlines",
    "zero byte": "a\0b",
    "half a character": "\ud800",
    "bytes": b"a",
    "[]": [],
    "[1]": [1],
    "[text]": ["avg"],
    "(1, 2)": (1, 2),
    "uneven lists": [1, [2, 3]],
    "many": list(range(100)),
    "{}": {},
    "{1}": {1},
    "array": np.ones((2, 3)),
    "array of nan": np.full(4, np.nan),
    "array of objects": np.array([None, "a"], object),
    "empty array": np.zeros((0, 3)),
    "array of no axes": np.array(1.0),
    "int64": np.int64(1),
    "float32": np.float32(0.5),
    "an object": object(),
    "a class": int,
}

ONE = {"1", "1.0", "int64", "array of no axes"}
WHOLE = {"0", *ONE}
HALF = {"1/2", "float32"}
SMALL = WHOLE | HALF | {"1.5"}
POSITIVE = SMALL | {"10**9"}
NUMBERS = {"True", "float32", "1.5", "10**9", "-1", *WHOLE, "[1]", "(1, 2)", "many", "array"}
CALLABLE = {"a class"}
TEXTS = {"empty text", "text", "digit", "fraction", "long text", "two lines", "zero byte"}
TEXTS |= {"half a character"}

NETWORK = small_vgg()
IMAGE = picture(NETWORK)
E = explain(NETWORK, IMAGE)
BATCH = explain(NETWORK, picture(NETWORK, count=2))
MAP = E.heatmap()
INPUT = np.zeros((1, *NETWORK.input_shape))


def _explain(**settings):
    return explain(**{"network": NETWORK, "image": IMAGE, **settings})


def _perturb(**settings):
    return metrics.perturb(NETWORK, IMAGE, MAP, **settings)


def _live_frame(**settings):
    return explain_frame(**{"network": NETWORK, "frame": IMAGE, **settings})


def _contrast(**settings):
    return _explain(start="contrast", **settings)


def _load(**settings):
    return load_network(**{"name": "mini-vgg", **settings})


def _keras():
    import keras

    layers = [keras.Input((4, 4, 3)), keras.layers.Flatten(), keras.layers.Dense(2)]
    return keras.Sequential(layers)


def _from_keras(**settings):
    return Network.from_keras(**{"model": _keras(), **settings})


def _with_full_stop(read):
    """What `rule_text` says is the end of a sentence: whoever asks it puts the beginning before."""

    def call(value):
        try:
            read(value)
        except ValueError as error:
            error.args = (f"{str(error).removesuffix('.')}.",)
            raise

    return call


# What is called: how, with one strange value, and the names of those that suit it.
CALLS = {
    "explain network": (lambda v: _explain(network=v), set()),
    "explain image": (lambda v: _explain(image=v), set()),
    "explain rules": (lambda v: _explain(rules=v), {"None"}),
    "explain pooling": (lambda v: _explain(pooling=v), set()),
    "explain start": (lambda v: _explain(start=v), {"None"}),
    "explain target": (lambda v: _explain(target=v), {"None", "[1]", *WHOLE}),
    "explain other": (lambda v: _contrast(target=4, other=v), {"None", "[1]", *WHOLE}),
    "explain input_rule": (lambda v: _explain(input_rule=v), {"None"}),
    "explain epsilon": (lambda v: _explain(epsilon=v), POSITIVE),
    "explain dtype": (lambda v: _explain(dtype=v), set()),
    "live frame network": (lambda v: _live_frame(network=v), set()),
    "live frame frame": (lambda v: _live_frame(frame=v), set()),
    "live frame channels": (lambda v: _live_frame(channels=v), set()),
    "live frame epsilon": (lambda v: _live_frame(epsilon=v), POSITIVE),
    "live frame precision": (lambda v: _live_frame(precision=v), set()),
    "load_network name": (lambda v: _load(name=v), set()),
    "load_network weights": (lambda v: _load(weights=v), set()),
    "load_network seed": (
        lambda v: _load(weights="random", seed=v),
        WHOLE | {"10**9"},
    ),
    "load_network progress": (lambda v: _load(progress=v), {"None", *CALLABLE}),
    "load_network cancel": (lambda v: _load(cancel=v), {"None"}),
    "fetch name": (registry.fetch, set()),
    "on_disk name": (registry.on_disk, set()),
    "memory_needed name": (registry.memory_needed, set()),
    "from_keras model": (lambda v: _from_keras(model=v), set()),
    "from_keras preprocess": (lambda v: _from_keras(preprocess=v), {"None", *CALLABLE}),
    "from_keras class_names": (lambda v: _from_keras(class_names=v), {"None"}),
    "Network layers": (Network, set()),
    "network[]": (NETWORK.__getitem__, set()),
    "randomized seed": (NETWORK.randomized, WHOLE | {"10**9"}),
    "randomized down_to": (lambda v: NETWORK.randomized(down_to=v), {"None"}),
    "load_image source": (
        load_image,
        {"array"},
    ),
    "load_image network": (lambda v: load_image("star", v), {"None"}),
    "load_image size": (lambda v: load_image("star", size=v), {"None", "[1]", "(1, 2)", *ONE}),
    "sample_image name": (sample_image, set()),
    "sample_image size": (lambda v: sample_image("star", v), set()),
    "scene_mask name": (scene_mask, set()),
    "scene_mask size": (lambda v: scene_mask("star", v), set()),
    "draw_scene seed": (
        draw_scene,
        WHOLE | {"10**9", "[1]", "(1, 2)", "many"},
    ),
    "draw_scene kind": (lambda v: draw_scene(1, v), {"None"}),
    "draw_scene size": (lambda v: draw_scene(1, size=v), set()),
    "e[]": (E.__getitem__, set()),
    "batch[]": (BATCH.__getitem__, {"-1", *WHOLE}),
    "heatmap": (E.heatmap, set()),
    "unit layer": (lambda v: E.unit(v, (1,)), set()),
    "unit index": (lambda v: E.unit("fc", v), {"[1]", *WHOLE}),
    "unit number": (lambda v: E.unit("fc", (v,)), WHOLE),
    "Examiner": (Examiner, set()),
    "four_steps e": (lambda v: four_steps(v, "fc"), set()),
    "four_steps name": (lambda v: four_steps(E, v), set()),
    "plot channels": (lambda v: E.plot(channels=v), set()),
    "plot colormap": (lambda v: E.plot(colormap=v), set()),
    "plot scale": (lambda v: E.plot(scale=v), set()),
    "plot percentile": (lambda v: E.plot(percentile=v), (SMALL - {"0"})),
    "plot overlay": (lambda v: E.plot(overlay=v), WHOLE | HALF),
    "plot_layers limits": (lambda v: E.plot_layers(limits=v), set()),
    "plot_layers colormap": (lambda v: E.plot_layers(colormap=v), set()),
    "Epsilon": (rules.Epsilon, POSITIVE),
    "Epsilon relative": (lambda v: rules.Epsilon(1.0, v), {"True"}),
    "Gamma": (rules.Gamma, POSITIVE),
    "Gamma generalized": (lambda v: rules.Gamma(1.0, v), {"True"}),
    "Gamma bias": (lambda v: rules.Gamma(1.0, bias=v), {"True"}),
    "AlphaBeta alpha": (rules.AlphaBeta, set()),
    "AlphaBeta beta": (lambda v: rules.AlphaBeta(2, v), ONE),
    "ZPlus bias": (rules.ZPlus, {"True"}),
    "WSquare bias": (rules.WSquare, {"True"}),
    "Flat bias": (rules.Flat, {"True"}),
    "ZBox low": (lambda v: rules.ZBox(v, 2), SMALL | {"-1", "[1]", "(1, 2)"}),
    "ZBox high": (lambda v: rules.ZBox(-1, v), POSITIVE | {"-1", "[1]", "(1, 2)", "many"}),
    "ZBox bias": (lambda v: rules.ZBox(0, 1, v), {"True"}),
    "assign network": (composites.assign, set()),
    "assign rules": (lambda v: composites.assign(NETWORK, v), {"None"}),
    "describe rules": (lambda v: composites.describe(NETWORK, v), {"None"}),
    "describe pooling": (lambda v: composites.describe(NETWORK, pooling=v), set()),
    "replaced part": (
        lambda v: composites.COMPOSITES["z-plus"].replaced(v, rules.Flat()),
        {"text", "digit", "fraction", "long text", "two lines", "zero byte", "half a character"},
    ),
    "replaced rule": (lambda v: composites.COMPOSITES["z-plus"].replaced("fc", v), set()),
    "Composite rows": (
        lambda v: composites.Composite("mine", v),
        {"empty text", "[]", "{}", "empty array"},
    ),
    "entropy": (
        metrics.entropy,
        NUMBERS,
    ),
    "mass relevance": (lambda v: metrics.mass(v, MAP > 0), set()),
    "gini": (metrics.gini, NUMBERS),
    "pointing_game mask": (lambda v: metrics.pointing_game(MAP, v), set()),
    "roc_auc mask": (lambda v: metrics.roc_auc(MAP, v), set()),
    "perturb image": (lambda v: metrics.perturb(NETWORK, v, MAP), set()),
    "perturb relevance": (lambda v: metrics.perturb(NETWORK, IMAGE, v), set()),
    "perturb order": (lambda v: _perturb(order=v), set()),
    "perturb patch": (lambda v: _perturb(patch=v), ONE),
    "perturb baseline": (lambda v: _perturb(baseline=v), set()),
    "perturb score": (lambda v: _perturb(score=v), set()),
    "perturb target": (lambda v: _perturb(target=v), {"None", *WHOLE, "[1]"}),
    "perturb steps": (lambda v: _perturb(steps=v), {"None", *ONE}),
    "perturb seed": (lambda v: _perturb(seed=v), WHOLE | {"10**9"}),
    "emprt seed": (lambda v: metrics.emprt(NETWORK, IMAGE, "gradient", 0, v), WHOLE | {"10**9"}),
    "class_cosines other": (lambda v: metrics.class_cosines(NETWORK, IMAGE, 2, v), WHOLE),
    "max_sensitivity radius": (
        lambda v: metrics.max_sensitivity(NETWORK, IMAGE, radius=v, samples=1),
        {"None", *POSITIVE} - {"0"},
    ),
    "gradient network": (lambda v: attribution.gradient(v, IMAGE), set()),
    "gradient target": (lambda v: attribution.gradient(NETWORK, IMAGE, v), {"None", *WHOLE, "[1]"}),
    "method": (lambda v: attribution.method(v)(NETWORK, IMAGE, 0), {"None"}),
    "smooth_grad noise": (
        lambda v: attribution.smooth_grad(NETWORK, IMAGE, noise=v, samples=1),
        POSITIVE,
    ),
    "integrated_gradients steps": (
        lambda v: attribution.integrated_gradients(NETWORK, IMAGE, steps=v),
        ONE,
    ),
    "mass mask": (lambda v: metrics.mass(MAP, v), set()),
    "rank_accuracy mask": (lambda v: metrics.rank_accuracy(MAP, v), set()),
    "rank_correlation": (lambda v: metrics.rank_correlation(MAP, v), set()),
    "correlation": (lambda v: metrics.correlation(v, MAP), set()),
    "fewest_cells part": (lambda v: metrics.fewest_cells(MAP, v), ONE | HALF),
    "negative_share": (
        metrics.negative_share,
        NUMBERS,
    ),
    "change others": (lambda v: metrics.change(MAP, v), set()),
    "find_limits scale": (lambda v: colors.find_limits(MAP, v), set()),
    "network()": (NETWORK, set()),
    "forward dtype": (lambda v: NETWORK.forward(INPUT, v), set()),
    "nonnegative": (NETWORK.nonnegative, set()),
    "read_rule": (_with_full_stop(read_rule), set()),
    "split": (_with_full_stop(split), TEXTS),
    "choose": (lambda v: composites.choose(NETWORK, v), {"None"}),
    "layers_gif limits": (lambda v: layers_gif(E, limits=v), set()),
    "draw_scenes count": (lambda v: draw_scenes(v, 1, 16), WHOLE),
    "draw_scenes seed": (lambda v: draw_scenes(1, v, 16), WHOLE | {"10**9"}),
    "save": (E.save, TEXTS - {"empty text", "long text", "zero byte", "half a character"}),
    "LayerStepper": (LayerStepper, {"None"}),
    "Microscope": (Microscope, set()),
    "Microscope layer": (lambda v: Microscope(E, v), {"None"}),
    "Microscope index": (lambda v: Microscope(E, "fc", v), {"None", "[1]", *WHOLE}),
    "Compare": (Compare, {"None"}),
    "Compare second": (lambda v: Compare(E, v), {"None"}),
    "lookup_table": (colors.lookup_table, set()),
}


@pytest.mark.parametrize("name", CALLS)
def test_every_strange_value_suits_or_is_refused_in_one_sentence(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    call, suiting = CALLS[name]
    wrong = {
        strange: problem
        for strange, value in STRANGE.items()
        if (problem := _problem(call, value, suits=strange in suiting))
    }
    if name == "save":  # the one that writes files; a name too long is the system's to refuse
        assert set(wrong) == {"long text"} and "OSError" in wrong["long text"]
    else:
        assert not wrong
        assert not list(tmp_path.iterdir())


def _problem(call, value, suits):
    """What is wrong with the answer to a value; None if it is as it should be."""
    try:
        call(value)
    except Exception as error:
        if suits:
            return f"refused: {error!r}"
        return _no_sentence(error)
    return None if suits else "accepted"


def _no_sentence(error):
    """Why an exception is no sentence of ours; None if it is one."""
    text = error.args[0] if len(error.args) == 1 else None
    raised = traceback.extract_tb(error.__traceback__)[-1].filename
    if not isinstance(error, ValueError | KeyError | IndexError | TypeError) or not isinstance(
        text, str
    ):
        return f"{type(error).__name__}: {error}"
    if not Path(raised).is_relative_to(PACKAGE):
        return f"raised in {raised}: {text}"
    if not text.isprintable() or not text.endswith(".") or len(text) > 700:
        return f"no sentence: {text!r}"
    return None
