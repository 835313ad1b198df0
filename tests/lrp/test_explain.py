"""`explain` on whole networks: against the oracle, and everything that its caller may ask."""

import copy
import threading
from collections.abc import Sequence

import numpy as np
import oracle
import pytest
from small import flexible, picture, small_vgg

from lrp_widgets import Network, explain, load_network
from lrp_widgets.lrp import propagation, rules
from lrp_widgets.lrp.composites import COMPOSITES, NAMES, assign
from lrp_widgets.lrp.engine import compiling
from lrp_widgets.lrp.engine.compiling import PATIENCE
from lrp_widgets.lrp.engine.runner import runner_of
from lrp_widgets.networks import blocked_dense
from lrp_widgets.networks.activations import Activation
from lrp_widgets.networks.layers import Addition, AveragePooling, Dense, Input, Reshape

LEAKY = Activation("leaky relu", 0.1)


def check(network, image, dtype="float64", tolerance=1e-9, **settings):
    """An explanation, every layer and every entry of its ledger held against the oracle."""
    e = explain(network, image, dtype=dtype, **settings)
    assigned = assign(
        network,
        settings.get("rules", "z-plus"),
        settings.get("pooling", "avg"),
        settings.get("input_rule", "ones"),
    )
    relevances, ledger, outputs = oracle.explain(
        network,
        np.asarray(network.preprocess(image), np.float64),
        assigned,
        e.start,
        e.target_index,
        e.other_index,
        settings.get("epsilon", 1e-9),
    )
    for layer in e.layers:
        expected = relevances[layer.name]
        scale = np.abs(expected).max()
        np.testing.assert_allclose(layer.relevance, expected, atol=tolerance * scale, rtol=0)
        peak = np.abs(outputs[layer.name]).max()
        np.testing.assert_allclose(layer.activation, outputs[layer.name], atol=tolerance * peak)
        mass = np.abs(expected).sum()
        assert layer.total == pytest.approx(expected.sum(), abs=tolerance * mass)
        for entry, value in ledger.get(layer.name, {}).items():
            assert layer.absorbed[entry] == pytest.approx(value, abs=tolerance * mass)
        assert abs(layer.absorbed["rounding"]) <= 1e-5 * mass
    return e


@pytest.mark.parametrize("pooling", ["avg", "max"])
@pytest.mark.parametrize("start", ["softmax", "probability", "logit", "contrast"])
@pytest.mark.parametrize("activation", [Activation("relu"), LEAKY], ids=lambda a: a.name)
def test_equals_the_oracle(pooling, start, activation):
    for seed in range(2):
        network = small_vgg(seed, activation=activation)
        check(network, picture(network, seed), pooling=pooling, start=start)


def test_equals_the_oracle_in_float32():
    network = small_vgg(3, activation=LEAKY)
    check(network, picture(network, 3), dtype="float32", tolerance=1e-5)


@pytest.mark.parametrize("input_rule", ["ones", None, rules.WSquare(), rules.Flat()], ids=str)
def test_input_rules_equal_the_oracle(input_rule):
    network = small_vgg(1)
    check(network, picture(network, 1), input_rule=input_rule)


@pytest.mark.parametrize("between", [AveragePooling, None])
def test_the_input_rule_is_for_the_first_layers_with_weights(between):
    relu = Activation("relu")
    layers = [Input(name="input", shape=(4, 4, 2))]
    if between:
        layers.append(between(name="pool", inputs=("input",), size=(2, 2), strides=(2, 2)))
    layers.append(Reshape(name="flatten", inputs=(layers[-1].name,)))
    units = 8 if between else 32
    random = np.random.default_rng(0)
    for name in ("left", "right"):
        kernel = random.normal(size=(units, 3))
        layers.append(Dense(name=name, inputs=("flatten",), kernel=kernel, activation=relu))
    layers.append(Addition(name="both", inputs=("left", "right")))
    layers.append(Dense(name="out", inputs=("both",), kernel=random.normal(size=(3, 2))))
    network = Network(layers)
    rule = assign(network)
    assert rule["left"] == rule["right"] == rules.Ones()
    assert rule["out"] == rules.ZPlus()
    check(network, random.normal(size=(4, 4, 2)).astype(np.float32))


def test_a_large_stabilizer_equals_the_oracle():
    network = small_vgg(2)
    e = check(network, picture(network, 2), epsilon=0.5)
    assert sum(layer.absorbed["stabilizer"] for layer in e.layers) > 0.1


def test_the_ledger_adds_up_and_conserves_without_absorption():
    network = small_vgg(4)
    network["conv2"].kernel[..., :2] = -np.abs(network["conv2"].kernel[..., :2])
    network["conv2"].bias[:2] = 50  # two channels that only their bias drives
    e = explain(network, picture(network, 4))
    assert list(e.totals) == [layer.name for layer in network.layers]
    assert e.start_total == pytest.approx(1, abs=1e-6)
    absorbed = 0.0
    for layer in reversed(e.layers):
        assert layer.total + absorbed == pytest.approx(e.start_total, abs=1e-5)
        absorbed += sum(layer.absorbed[key] for key in ("bias", "stabilizer", "dead", "padding"))
    assert e["conv2"].absorbed["bias"] > 0.1


def test_a_unit_driven_by_its_bias_alone_is_absorbed_by_its_bias():
    layers = [
        Input(name="input", shape=(2,)),
        Dense(
            name="hidden",
            inputs=("input",),
            kernel=np.float32([[-1, 1], [-1, 1]]),
            bias=np.float32([9, 0]),
            activation=Activation("relu"),
        ),
        Dense(name="out", inputs=("hidden",), kernel=np.float32([[1], [1]])),
    ]
    e = explain(Network(layers), np.float32([1, 2]), input_rule=None)
    np.testing.assert_allclose(e["hidden"].relevance, [6, 3])
    np.testing.assert_allclose(e["input"].relevance, [1, 2])
    assert e["hidden"].absorbed["bias"] == pytest.approx(6)


def test_a_batch_equals_its_singles():
    network = small_vgg(5)
    batch = picture(network, 5, count=4)
    for settings in ({}, {"start": "contrast"}, {"start": "logit", "target": [3, 1, 0, 2]}):
        together = explain(network, batch, **settings)
        assert len(together) == 4
        for i, image in enumerate(batch):
            target = settings["target"][i] if "target" in settings else None
            alone = explain(network, image, **{**settings, "target": target})
            for one, other in zip(alone.layers, together[i].layers, strict=True):
                scale = np.abs(one.relevance).max()
                np.testing.assert_allclose(one.relevance, other.relevance, atol=1e-6 * scale)
                assert one.total == pytest.approx(other.total, abs=1e-5)
            assert alone.target == together[i].target
            assert alone.prediction[0][0] == together[i].prediction[0][0]
    assert together.totals["conv1"].shape == (4,)
    assert together.pixels.shape == batch.shape


def test_a_batch_is_a_sequence_whose_parts_are_views():
    network = small_vgg(5)
    batch = picture(network, 5, count=4)
    together = explain(network, batch, start="logit")
    assert isinstance(together, Sequence)
    assert [e.target_index for e in together] == together.target_index.tolist()
    assert [e.prediction for e in together] == together.prediction
    assert [e.target for e in together] == together.target
    last = together[-1]
    assert type(last["conv1"].total) is float and type(last.target_index) is int
    assert np.shares_memory(last.pixels, together.pixels)
    assert np.array_equal(last.picture, batch[3])
    assert np.array_equal(last.heatmap("gray"), together.heatmap("gray")[3])
    middle = together[1:3]
    assert len(middle) == 2
    assert np.shares_memory(middle["fc"].activation, together["fc"].activation)
    assert middle[1].totals == together[2].totals
    assert middle.totals["fc"].tolist() == together.totals["fc"][1:3].tolist()
    assert middle.target == together.target[1:3]
    assert "4 pictures" in repr(together) and "1 picture" in repr(last)
    assert explain(network, batch).target is None
    with pytest.raises(IndexError, match="There are 4 pictures; there is no number 4"):
        together[4]


@pytest.mark.parametrize("name", ["picture", "warning", "unit", "plot", "plot_waterfall", "save"])
def test_what_only_one_picture_has_a_batch_refuses_in_a_sentence(name):
    network = small_vgg()
    together = explain(network, picture(network, count=2))
    with pytest.raises(ValueError, match=r"is of 2 pictures; choose one picture: e\[i\]"):
        getattr(together, name)
    assert not hasattr(together, "nothing")
    assert copy.copy(together).totals.keys() == together.totals.keys()
    with pytest.raises(TypeError, match="of one picture"):
        iter(together[0]).__next__()


def test_relevance_is_reported_in_rgb_where_the_network_reads_bgr():
    network = flexible()
    image = picture(network, 6)
    e = explain(network, image, input_rule=None, dtype="float64")
    trained = flexible(preprocess=None)  # the same weights, which read blue first
    relevances, _, outputs = oracle.explain(
        trained, np.float64(network.preprocess(image)), assign(trained, input_rule=None), "softmax"
    )
    np.testing.assert_allclose(e.pixels, relevances["input"][..., ::-1], atol=1e-12)
    np.testing.assert_allclose(e["input"].activation, outputs["input"][..., ::-1], atol=1e-5)
    assert np.abs(e.pixels - relevances["input"]).max() > 1e-4


def test_the_input_rule_does_not_depend_on_the_pixels_where_the_rest_does_not():
    """With x = 1 a brighter picture that gives the same first layer gives the same map."""
    network = small_vgg(7)
    e = explain(network, picture(network, 7))
    conv, R = network["conv1"], e["conv1"].relevance.astype(float)
    w = np.maximum(conv.kernel.astype(float), 0)
    z = np.zeros_like(R)
    ones = np.pad(np.ones((*e.pixels.shape[:2], 3)), ((1, 1), (1, 1), (0, 0)))
    for r, c in np.ndindex(z.shape[:2]):
        z[r, c] = np.tensordot(ones[r : r + 3, c : c + 3], w, 3)
    down = np.zeros_like(ones)
    for r, c in np.ndindex(z.shape[:2]):
        down[r : r + 3, c : c + 3] += w @ (R[r, c] / z[r, c])
    down = (down * ones)[1:-1, 1:-1]
    np.testing.assert_allclose(e.pixels, down, atol=1e-5 * down.max())


def test_any_size_where_the_network_takes_any():
    network = flexible()
    for size in ((7, 5), (12, 9)):
        e = explain(network, picture(network, 8, size=size))
        assert e.pixels.shape == (*size, 3)
        assert e.totals["input"] == pytest.approx(1, abs=1e-4)


def test_class_by_name_index_and_default():
    network = small_vgg(9, class_names=["ant", "bee", "cat", "dog", "eel"])
    image = picture(network, 9)
    best = [name for name, _ in explain(network, image).prediction]
    assert explain(network, image, start="logit").target == best[0]
    assert explain(network, image, start="contrast").other == best[1]
    e = explain(network, image, start="contrast", target=best[1])
    assert (e.target, e.other) == (best[1], best[0])
    by_index = explain(network, image, start="probability", target=3)
    by_name = explain(network, image, start="probability", target="dog")
    np.testing.assert_array_equal(by_index.pixels, by_name.pixels)
    assert by_index.start_total == pytest.approx(dict(by_index.prediction)["dog"], abs=1e-6)


def test_a_negative_logit_turns_the_map_over():
    network = small_vgg(10)
    image = picture(network, 10)
    e = next(
        e
        for e in (explain(network, image, start="logit", target=k) for k in range(5))
        if e.start_total < 0
    )
    assert e.pixels.max() <= 0 > e.pixels.min()


def test_a_network_without_softmax_starts_with_its_logit():
    network = small_vgg(11, last=None)
    image = picture(network, 11)
    e = check(network, image)
    assert e.start == "logit"
    assert e.start_total == pytest.approx(e["out"].activation.max(), rel=1e-6)
    with pytest.raises(ValueError, match="does not end with a softmax"):
        explain(network, image, start="softmax")


def test_a_sigmoid_starts_with_the_value_before_it():
    network = small_vgg(12, last=Activation("sigmoid"))
    check(network, picture(network, 12), start="contrast")


def test_heatmaps():
    network = small_vgg(13)
    e = explain(network, picture(network, 13))
    assert e.heatmap("rgb").shape == e.picture.shape == (8, 10, 3)
    np.testing.assert_allclose(e.heatmap("gray"), e.pixels.sum(-1), atol=1e-9)
    with pytest.raises(ValueError, match="gray"):
        e.heatmap("sepia")


GOOD = np.zeros((8, 10, 3), np.uint8)
BAD = {
    "size": (GOOD[:7], {}, r"takes \(8, 10, 3\)"),
    "channels": (GOOD[..., :1], {}, r"got \(8, 10, 1\)"),
    "type": (GOOD.astype(int), {}, "uint8"),
    "nan": (np.full(GOOD.shape, np.nan), {}, "NaN"),
    "empty": (GOOD[None][:0], {}, "batch"),
    "class": (GOOD, {"start": "logit", "target": 5}, "from 0 to 4"),
    "class name": (GOOD, {"start": "logit", "target": "cow"}, "no class 'cow'"),
    "start": (GOOD, {"start": "top"}, "start must be one of"),
    "pooling": (GOOD, {"pooling": "mean"}, "pooling"),
    "rules": (GOOD, {"rules": "best"}, "rules"),
    "input rule": (GOOD, {"input_rule": "zeros"}, "input_rule"),
    "epsilon": (GOOD, {"epsilon": -1}, "epsilon"),
    "dtype": (GOOD, {"dtype": "float16"}, "dtype"),
    "same class": (GOOD, {"start": "contrast", "target": 1, "other": 1}, "two different classes"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_does_not_fit_is_answered_in_one_sentence(case):
    image, settings, words = BAD[case]
    with pytest.raises(ValueError, match=words) as error:
        explain(small_vgg(), image, **settings)
    assert "\n" not in str(error.value)


def test_numbers_too_large_are_never_shown():
    network = small_vgg()
    network["fc"].kernel *= np.float32(1e38)
    with pytest.raises(ValueError, match="layer 'fc' is too large"):
        explain(network, picture(network))


def test_it_is_compiled_once_and_only_where_it_is_used_often():
    network, fresh = small_vgg(), small_vgg()
    for seed in range(PATIENCE + 2):
        settings = {"start": "logit", "target": seed % 3, "epsilon": 10.0**-seed}
        e = explain(network, picture(network, seed), **settings)
        assert len(runner_of(network).computations) == 1  # both passes in one call
        traces = {run.traces for run in runner_of(network).computations.values()}
        assert traces == ({0} if seed < PATIENCE else {1})
    fresh = explain(fresh, picture(fresh, seed), **settings)  # not compiled
    for ours, theirs in zip(e.layers, fresh.layers, strict=True):
        np.testing.assert_allclose(ours.relevance, theirs.relevance, rtol=1e-4, atol=1e-7)


@pytest.mark.parametrize("composite", NAMES)
def test_compiled_is_the_same_as_direct(composite):
    network = small_vgg()
    settings = {"rules": composite, "start": "logit", "dtype": "float64"}
    # The second time with what the rules add up, which is then kept.
    direct = [explain(network, picture(network), **settings) for _ in range(2)]
    for run in runner_of(network).computations.values():
        run.compile()
    explain(network, picture(network, 1), **settings)  # so that the forward pass is made again
    compiled = [explain(network, picture(network), **settings) for _ in range(2)]
    assert {run.traces for run in runner_of(network).computations.values()} == {1}
    for e, once in zip(compiled, direct, strict=True):
        for ours, theirs in zip(e.layers, once.layers, strict=True):
            np.testing.assert_allclose(ours.relevance, theirs.relevance, rtol=1e-9, atol=1e-12)
            assert ours.absorbed == pytest.approx(theirs.absorbed, rel=1e-9, abs=1e-12)


def test_a_page_compiles_beside_its_work(monkeypatch):
    monkeypatch.setattr(compiling, "PAUSE", 0)
    network = small_vgg()
    explain(network, picture(network))
    assert runner_of(network).compile_aside() is None
    explain(network, picture(network, 1))
    thread = runner_of(network).compile_aside()
    explain(network, picture(network, 2))  # goes on meanwhile
    thread.join()
    assert {run.traces for run in runner_of(network).computations.values()} == {1}
    explain(network, picture(network, 3))
    assert {run.traces for run in runner_of(network).computations.values()} == {1}
    assert runner_of(network).compile_aside() is None


def test_a_compiler_goes_on_with_what_was_used_meanwhile(monkeypatch):
    monkeypatch.setattr(compiling, "PAUSE", 0)
    go_on, compiles = threading.Event(), compiling.Computation.compile

    def compile_later(self):
        assert go_on.wait(60)
        compiles(self)

    monkeypatch.setattr(compiling.Computation, "compile", compile_later)
    network = small_vgg()
    for seed in range(2):
        explain(network, picture(network, seed))
    thread = runner_of(network).compile_aside()
    for seed in range(2):
        explain(network, picture(network, seed), rules="epsilon-plus")
        assert runner_of(network).compile_aside() is None  # it is at work already
    go_on.set()
    thread.join()
    assert {run.traces for run in runner_of(network).computations.values()} == {1}


def test_no_call_waits_for_what_a_compiler_has_not_come_to(monkeypatch):
    monkeypatch.setattr(compiling, "PAUSE", 60)
    network = small_vgg()
    for seed in range(PATIENCE + 2):
        explain(network, picture(network, seed))
        runner_of(network).compile_aside()
    assert {run.traces for run in runner_of(network).computations.values()} == {0}
    runner_of(network).compiler.stop()
    runner_of(network).compiler.join()


def test_a_compiler_that_is_stopped_begins_nothing():
    network = small_vgg()
    for seed in range(2):
        explain(network, picture(network, seed))
    compiler = runner_of(network).compile_aside()
    compiler.stop()  # while it waits
    compiler.join()
    assert {run.traces for run in runner_of(network).computations.values()} == {0}


@pytest.mark.parametrize("rule", ["epsilon", "epsilon-rms", "gamma", "gamma-sign", "alpha-beta"])
def test_large_dense_layers_follow_a_setting_too(rule, monkeypatch):
    """What is kept from one value to the next must be the same for all."""
    settings = {"start": "logit", "target": 1, "dtype": "float64"}
    whole, blocks, x = small_vgg(), small_vgg(), picture(small_vgg())
    for value in (3, 1.5, 1.25):
        expected = explain(whole, x, rules=f"{rule}:{value}", **settings)
        with monkeypatch.context() as patch:
            patch.setattr(blocked_dense, "LARGE", 0)
            patch.setattr(blocked_dense, "BLOCK", 12)
            found = explain(blocks, x, rules=f"{rule}:{value}", **settings)
        for ours, theirs in zip(found.layers, expected.layers, strict=True):
            largest = np.abs(theirs.relevance).max()
            np.testing.assert_allclose(
                ours.relevance, theirs.relevance, rtol=0, atol=1e-9 * largest
            )
            assert abs(ours.absorbed["rounding"]) < 1e-9 * abs(ours.total) + 1e-12


def test_another_class_of_the_same_picture_adds_up_nothing_again():
    network = small_vgg()
    for target in (0, 2):  # kept with the second question about a picture
        explain(network, picture(network), start="logit", target=target)
    added_up = runner_of(network).last.denominators
    sums = [each for _, each in added_up.values() if each is not None]
    assert len(sums) == len(network.weighted) - 1  # the first layer's is its rule's constant
    e = explain(network, picture(network), start="logit", target=1)
    assert runner_of(network).last.denominators is added_up
    fresh = explain(small_vgg(), picture(network), start="logit", target=1)
    for ours, theirs in zip(e.layers, fresh.layers, strict=True):
        np.testing.assert_array_equal(ours.relevance, theirs.relevance)
    explain(network, picture(network, 1), start="logit", target=1)
    assert runner_of(network).last.denominators is not added_up


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (rules.Gamma(0.25), rules.Gamma(3)),
        (rules.Gamma(0.25, generalized=True), rules.Gamma(3, generalized=True)),
        (rules.Epsilon(0.1), rules.Epsilon(2)),
        (rules.Epsilon(0.1, relative=True), rules.Epsilon(2, relative=True)),
        (rules.AlphaBeta(2, 1), rules.AlphaBeta(3.5, 2.5)),
    ],
    ids=str,
)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_another_value_of_a_parameter_computes_only_the_way_back(first, second, dtype, monkeypatch):
    network, image = small_vgg(), picture(small_vgg())
    for _ in range(2):  # what the rules add up is kept from the second time on
        explain(network, image, first, start="logit", dtype=dtype)
    walks, computations = [], set(runner_of(network).computations)
    monkeypatch.setattr(
        runner_of(network).network, "forward_pass", lambda *arguments: walks.append(arguments)
    )
    e = explain(network, image, second, start="logit", dtype=dtype)
    assert not walks
    assert set(runner_of(network).computations) == computations
    fresh = explain(small_vgg(), image, second, start="logit", dtype=dtype)
    for layer in fresh.layers:
        np.testing.assert_allclose(e[layer.name].relevance, layer.relevance, rtol=1e-6, atol=1e-6)
        assert e[layer.name].rule == layer.rule
        assert e[layer.name].absorbed == pytest.approx(layer.absorbed, rel=1e-5, abs=1e-5)


@pytest.mark.parametrize("name", ["small", "mini-resnet", "mini-densenet"])
def test_another_rule_is_walked_from_its_layer_down(name, monkeypatch):
    network = small_vgg() if name == "small" else load_network(name)
    image, step, walked = picture(network), propagation.hand_down, []

    def watched(forward, layer, *arguments):
        walked.append(layer.name)
        return step(forward, layer, *arguments)

    monkeypatch.setattr(propagation, "hand_down", watched)
    numbers = {layer.name: number for number, layer in enumerate(network.layers)}
    changed = network.weighted[len(network.weighted) // 2].name
    base = COMPOSITES["epsilon-plus"]
    explain(network, image, base)
    assert len(walked) == len(network.layers) - 1
    for rule in (rules.Gamma(0.1), rules.Gamma(3), rules.AlphaBeta(3, 2)):
        walked.clear()
        e = explain(network, image, base.replaced(changed, rule))
        assert len(walked) <= len(network.layers) - 2
        assert numbers[changed] <= max(numbers[layer] for layer in walked)
        runner_of(network).last.trace = None
        whole = explain(network, image, base.replaced(changed, rule))
        for ours, theirs in zip(e.layers, whole.layers, strict=True):
            np.testing.assert_allclose(ours.relevance, theirs.relevance, rtol=1e-5, atol=1e-9)
            assert ours.absorbed == pytest.approx(theirs.absorbed, rel=1e-5, abs=1e-9)
    walked.clear()
    explain(network, image, base.replaced(changed, rule), start="logit")  # another start
    explain(network, picture(network, 1), base.replaced(changed, rule), start="logit")
    assert len(walked) == 2 * (len(network.layers) - 1)


def test_the_forward_pass_is_made_again_for_another_picture_and_for_a_rule_that_asks_for_z():
    network = small_vgg()
    first, second = picture(network, 0), picture(network, 1)
    explain(network, first)
    explain(network, second)
    for image, rule in ((second, rules.Zero()), (first, "z-plus"), (second, rules.Gamma(0.1))):
        e, fresh = explain(network, image, rule), explain(small_vgg(), image, rule)
        np.testing.assert_allclose(e.pixels, fresh.pixels, rtol=1e-5, atol=1e-7)
        np.testing.assert_array_equal(e["fc"].activation, fresh["fc"].activation)


def test_going_back_to_a_rule_compiles_nothing_anew():
    network = small_vgg()
    image = picture(network)
    for rule in ("z-plus", rules.Gamma(0.1), "z-plus", rules.Gamma(0.2), "z-plus"):
        explain(network, image, rule)
    computations = set(runner_of(network).computations)
    for rule in ("z-plus", rules.Gamma(0.3), "z-plus"):
        explain(network, image, rule)
    assert set(runner_of(network).computations) == computations


def test_a_batch_is_not_kept():
    network = small_vgg()
    explain(network, np.stack([picture(network, seed) for seed in range(2)]))
    assert runner_of(network).last is None


def test_random_weights_are_he_scaled_and_reproducible():
    network = small_vgg()
    again, other = network.randomized(1), network.randomized(2)
    np.testing.assert_array_equal(again["fc"].kernel, network.randomized(1)["fc"].kernel)
    assert (other["fc"].kernel != again["fc"].kernel).any()
    kernel = again["fc"].kernel
    assert kernel.std() == pytest.approx(np.sqrt(2 / kernel.shape[0]), rel=0.1)
    assert not again["fc"].bias.any()
    assert (again.weights, again.seed) == ("random", 1)
