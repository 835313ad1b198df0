"""Other methods, against Keras's own gradients and by their axioms."""

import numpy as np
import oracle
import pytest
from random_models import default_dtype
from small import RELU, flexible, picture, small_vgg

from lrp_widgets import Network, attribution, explain, load_network, rules
from lrp_widgets.lrp.attribution import scoring
from lrp_widgets.lrp.attribution.methods import LONG, METHODS, keeps_sign
from lrp_widgets.lrp.composites import COMPOSITES, assign
from lrp_widgets.media.scenes import draw_scene, draw_scenes
from lrp_widgets.networks.activations import Activation
from lrp_widgets.networks.layers import Convolution, Dense, Input, Reshape
from lrp_widgets.networks.zoo.mini import model as mini
from lrp_widgets.networks.zoo.mini import siblings

IMAGES, _, _ = draw_scenes(2, 77)
MINIS = ("mini-vgg", "mini-resnet", "mini-densenet")
SMALL, TINY = small_vgg(), small_vgg(size=(4, 4))


def keras_model(name):
    """The same network as Keras has it, up to the logits, in float64.

    In float32 the two differ by 1 % of the largest value where a ReLU's input is almost zero.
    """
    import keras

    with default_dtype("float64"):
        model = mini.build_keras() if name == "mini-vgg" else siblings.build_keras(name)
        model.layers[-1].activation = keras.activations.linear
        return keras.Model(model.inputs, model.layers[-1](model.layers[-2].output))


def keras_gradient(model, x, target):
    import tensorflow as tf

    x = tf.convert_to_tensor(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        z = model(x, training=False)[:, target]
    return tape.gradient(z, x).numpy()


def by_differences(network, x, target, step=1e-5):
    """∂z_t/∂x of the oracle's forward pass, value by value."""
    last, found = network.layers[-1].name, np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[i] += step
        down[i] -= step
        rise = oracle.forward(network, up)[1][last] - oracle.forward(network, down)[1][last]
        found[i] = rise[target] / (2 * step)
    return found


def largest_error(a, b):
    return np.abs(a - b).max() / np.abs(b).max()


# Gradients


@pytest.mark.parametrize("name", MINIS)
def test_gradients_are_keras_s_own(name):
    x, target = (IMAGES * np.float32(1 / 255)).astype(np.float64), 3
    by_keras = keras_gradient(keras_model(name), x, target)
    network = load_network(name)
    found = attribution.gradient(network, IMAGES, target, dtype="float64")
    assert largest_error(found, by_keras) < 1e-6  # folded weights are float32
    found = attribution.gradient_times_input(network, IMAGES, target, dtype="float64")
    assert largest_error(found, x * by_keras) < 1e-6


def test_gradients_are_what_differences_say():
    x = np.random.default_rng(0).normal(size=(4, 4, 3))
    found = attribution.gradient(TINY, x, 2, dtype="float64")
    assert largest_error(found, by_differences(TINY, x, 2)) < 1e-5


def test_maps_are_in_rgb_order_where_the_network_reads_bgr():
    network = flexible()
    image = picture(network)
    x = network.preprocess(image).astype(float)
    found = attribution.gradient(network, image, 1, dtype="float64")
    trained = flexible(preprocess=None)  # the same weights, which read blue first
    assert largest_error(found, by_differences(trained, x, 1)[..., ::-1]) < 1e-5


@pytest.mark.parametrize("name", [*attribution.METHODS, "z-plus", "epsilon-gamma-box"])
def test_alone_and_in_a_batch_a_picture_has_the_same_map(name):
    network, method = load_network("mini-vgg"), attribution.method(name)
    together = method(network, IMAGES, [3, 5])
    for one, image, target in zip(together, IMAGES, [3, 5]):
        assert largest_error(one, method(network, image, target)) < 1e-4
    assert together.shape[:3] == IMAGES.shape[:3]


@pytest.mark.parametrize("name", [*attribution.METHODS, "z-plus"])
def test_bytes_and_the_network_s_own_input_give_the_same_map(name):
    """BGR and means are the network's business: whoever hands over its input gets the same."""
    network = flexible()
    image = picture(network)
    ask = [attribution.method(name)(network, x, 1) for x in (image, network.preprocess(image))]
    assert largest_error(*ask) < 1e-5


def test_the_top_class_is_explained_by_default():
    network = load_network("mini-vgg")
    top = network.class_names.index(explain(network, IMAGES[0]).prediction[0][0])
    found = attribution.gradient(network, IMAGES[0])
    assert np.array_equal(found, attribution.gradient(network, IMAGES[0], top))


# LRP-0 and the gradient


def lrp_0(network, image, target, pooling):
    return explain(
        network,
        image,
        rules.Zero(),
        pooling=pooling,
        start="logit",
        target=target,
        input_rule=None,
        dtype="float64",
    ).pixels


@pytest.mark.parametrize("name", ["mini-vgg", "mini-resnet"])
def test_lrp_0_of_the_logit_is_gradient_times_input_on_relu_networks(name):
    network = load_network(name)
    found = lrp_0(network, IMAGES[0], 2, "max")
    wanted = attribution.gradient_times_input(network, IMAGES[0], 2, dtype="float64")
    assert largest_error(found, wanted) < 1e-9
    # Shared proportionally, max pooling is no longer its own derivative.
    assert largest_error(lrp_0(network, IMAGES[0], 2, "avg"), wanted) > 0.1


def pooled(activation, signed=False):
    """A convolution, average pooling, a dense layer; `signed`: no activation before the pool."""
    import keras

    keras.utils.set_random_seed(5)
    layers = [
        keras.Input((6, 6, 2)),
        keras.layers.Conv2D(4, 3, activation=None if signed else activation),
        keras.layers.AveragePooling2D(2),
        keras.layers.Flatten(),
        keras.layers.Dense(5, activation=activation),
        keras.layers.Dense(3),
    ]
    return Network.from_keras(keras.Sequential(layers))


def test_average_pooling_keeps_it_behind_a_relu_only():
    x = np.random.default_rng(0).normal(size=(6, 6, 2))
    for signed, holds in ((False, True), (True, False)):
        network = pooled("relu", signed)
        found = lrp_0(network, x, 1, "avg")
        wanted = attribution.gradient_times_input(network, x, 1, dtype="float64")
        assert (largest_error(found, wanted) < 1e-9) == holds


def test_relu6_breaks_it_where_a_unit_is_above_six():
    network = pooled("relu6")
    x = np.random.default_rng(0).normal(size=(6, 6, 2))
    for scale, holds in ((1, True), (30, False)):
        found = lrp_0(network, scale * x, 1, "avg")
        wanted = attribution.gradient_times_input(network, scale * x, 1, dtype="float64")
        assert (np.abs(found - wanted).max() < 1e-9) == holds


# Axioms


def logits(network, x):
    return np.array([oracle.forward(network, one)[1][network.layers[-1].name] for one in x])


@pytest.mark.parametrize("baseline", ["black", "mean", "blur"])
def test_integrated_gradients_are_complete(baseline):
    image = picture(SMALL)
    start = attribution.replacement(image, baseline)
    z, z0 = logits(SMALL, [image.astype(float), start])[:, 2]
    errors = []
    for steps in (8, 64, 4096):
        found = attribution.integrated_gradients(
            SMALL, image, 2, baseline=baseline, steps=steps, dtype="float64"
        )
        errors.append(abs(found.sum() - (z - z0)))
    assert errors[-1] < 1e-3 * np.abs([z, z0]).max()
    assert errors[-1] < errors[0]


def test_integrated_gradients_of_a_linear_network_need_one_step():
    kernel = np.random.default_rng(0).normal(size=(4 * 4 * 3, 2))
    layers = [
        Input(name="input", shape=(4, 4, 3)),
        Reshape(name="flatten", inputs=("input",)),
        Dense(name="out", inputs=("flatten",), kernel=kernel, bias=np.ones(2)),
    ]
    network, x = Network(layers), np.random.default_rng(1).normal(size=(4, 4, 3))
    found = attribution.integrated_gradients(network, x, 0, steps=1, dtype="float64")
    assert found == pytest.approx(x * kernel[:, 0].reshape(4, 4, 3), abs=1e-12)
    for method in (attribution.smooth_grad, attribution.gradient):
        found = method(network, x, 0, dtype="float64")
        assert found == pytest.approx(kernel[:, 0].reshape(4, 4, 3), abs=1e-12)


def test_occlusion_by_brute_force():
    image = picture(SMALL).astype(float)
    mean = np.array([image[..., k].mean() for k in range(3)])
    found = attribution.occlusion(SMALL, image, 1, patch=3, dtype="float64")
    whole = logits(SMALL, [image])[0, 1]
    for r, c in np.ndindex(3, 4):
        rows, columns = slice(3 * r, min(3 * r + 3, 8)), slice(3 * c, min(3 * c + 3, 10))
        covered = image.copy()
        covered[rows, columns] = mean
        loss = whole - logits(SMALL, [covered])[0, 1]
        assert found[rows, columns, 0] == pytest.approx(loss, abs=1e-10)


def test_smooth_grad_is_a_mean_of_gradients():
    x = np.random.default_rng(0).normal(size=(4, 4, 3))
    found = attribution.smooth_grad(TINY, x, 2, noise=0.1, samples=3, seed=7, dtype="float64")
    random, spread = np.random.default_rng(7), 0.1 * (x.max() - x.min())
    copies = [x + spread * random.standard_normal(x.shape) for _ in range(3)]
    wanted = sum(by_differences(TINY, copy, 2) for copy in copies) / 3
    assert largest_error(found, wanted) < 1e-4
    none = attribution.smooth_grad(TINY, x, 2, noise=0, samples=1, dtype="float64")
    assert np.array_equal(none, attribution.gradient(TINY, x, 2, dtype="float64"))


def test_grad_cam_of_the_last_convolution_by_differences():
    # Without ReLUs, so that no two places of a pooling window are both 0.
    network = small_vgg(activation=Activation("leaky relu", 0.1))
    x = np.random.default_rng(0).normal(size=(8, 10, 3))
    active = oracle.forward(network, x)[0]["conv2"]  # before the pool, of the picture's own size
    upper = Network([Input(name="conv2", shape=active.shape), *network.layers[5:]])
    seen = 0
    for target in range(5):
        weights = by_differences(upper, active, target).mean((0, 1))
        wanted = np.maximum(sum(w * active[..., k] for k, w in enumerate(weights)), 0)
        found = attribution.grad_cam(network, x, target, dtype="float64")
        assert found[..., 0] == pytest.approx(wanted, rel=1e-5, abs=1e-7)
        seen += found.max() > 1e-3
    assert seen >= 2
    other = attribution.grad_cam(network, x, target, layer="conv1", dtype="float64")
    assert not np.allclose(other, found)


def test_grad_cam_takes_the_last_layer_with_places():
    from lrp_widgets.lrp.attribution.gradients import _last_with_places

    x = (IMAGES / 255).astype(np.float32)
    found = [_last_with_places(load_network(name), x) for name in MINIS]
    assert found == ["block4_conv2", "conv4_block2_add", "pool4_bn"]


# LRP in the same form


@pytest.mark.parametrize("name", ["z-plus", "epsilon-plus", "epsilon-gamma-box"])
def test_lrp_starts_with_the_logit_or_its_size(name):
    network = load_network("mini-vgg")
    image = draw_scene((8, 0)).image
    totals = [explain(network, image, name, start="logit", target=k).start_total for k in range(8)]
    for target in (int(np.argmin(totals)), int(np.argmax(totals))):
        e = explain(network, image, name, start="logit", target=target)
        flips = name == "z-plus" and totals[target] < 0
        found = attribution.lrp(network, image, target, name)
        assert largest_error(found, -e.pixels if flips else e.pixels) < 1e-6
    assert min(totals) < 0 < max(totals)


@pytest.mark.parametrize("name", COMPOSITES)
@pytest.mark.parametrize("network", MINIS)
def test_the_topmost_rule_decides_what_the_sign_means(network, name):
    assigned = assign(load_network(network), name)
    signed = name not in ("z-plus", "z-plus-depthwise", "excitation-backprop")
    assert keeps_sign(assigned.values()) == signed


def test_noise_is_drawn_anew_and_by_its_seed():
    first, second = attribution.noise(3), attribution.noise(3)
    a, b = first(SMALL, picture(SMALL)), first(SMALL, picture(SMALL))
    assert np.array_equal(a, second(SMALL, picture(SMALL)))
    assert abs(np.corrcoef(a.ravel(), b.ravel())[0, 1]) < 0.3


def test_any_function_is_a_method_and_wrong_ones_are_refused():
    def mine(network, image, target):
        return np.asarray(image) * 1.0

    assert attribution.method(mine) is mine
    with pytest.raises(ValueError, match="reads no pictures"):
        layers = [Input(name="input", shape=(3,))]
        layers += [Dense(name="out", inputs=("input",), kernel=np.ones((3, 2)), activation=RELU)]
        attribution.gradient(Network(layers), np.zeros(3))
    with pytest.raises(ValueError, match="gradiant"):
        attribution.method("gradiant")(SMALL, picture(SMALL))
    with pytest.raises(KeyError, match="no layer 'conv9'"):
        attribution.grad_cam(SMALL, picture(SMALL), layer="conv9")


@pytest.mark.parametrize("target", [None, 0])
def test_a_network_without_a_vector_of_classes_is_refused(target):
    kernel = np.ones((1, 1, 3, 2), np.float32)
    layers = [Input(name="input", shape=(4, 4, 3))]
    layers += [Convolution(name="conv", inputs=("input",), kernel=kernel)]
    with pytest.raises(ValueError, match=r"puts out \(4, 4, 2\), not one score a class"):
        attribution.gradient(Network(layers), np.zeros((4, 4, 3)), target)


def test_what_is_kept_compiled_for_a_network_has_a_bound(monkeypatch):
    monkeypatch.setattr(scoring, "FUNCTIONS", 2)
    network = small_vgg()
    for layer in ("conv1", "conv2", "pool"):
        attribution.grad_cam(network, picture(network), layer=layer)
    assert len(scoring._COMPILED[network]) == 2


def test_a_map_says_its_class_its_score_and_what_it_adds_up_to():
    network, x = SMALL, np.random.default_rng(3).uniform(size=(8, 10, 3))
    for name in METHODS:
        found = attribution.map_of(name, network, x, 1)
        wanted = METHODS[name](network, x, 1)
        assert np.array_equal(found.pixels, wanted)
        assert found.score == pytest.approx(logits(network, [x])[0, 1], rel=1e-4)
        assert (found.target_index, found.target) == (1, network.class_names[1])
        assert (found.baseline is not None) == (name == "integrated-gradients")
        if found.baseline is not None:
            assert found.baseline == pytest.approx(logits(network, [0 * x])[0, 1], rel=1e-4)
            assert found.total == pytest.approx(found.score - found.baseline, rel=0.02)
    assert attribution.map_of("gradient", network, x).target_index == logits(network, [x]).argmax()
    with pytest.raises(ValueError, match="one picture; got 2"):
        attribution.map_of("gradient", network, np.stack([x, x]))
    with pytest.raises(ValueError, match="A method must be"):
        attribution.map_of("z-plus", network, x)


@pytest.mark.parametrize("name", LONG)
def test_what_takes_many_passes_tells_how_far_it_is_and_ends_with_what_is_raised(name):
    class Ended(Exception):
        pass

    def report(done, count):
        told.append((done, count))
        if len(told) == stop:
            raise Ended

    ask, x = METHODS[name], picture(SMALL).astype(float)
    if name == "occlusion":  # pictures of one batch are told at once: each is a batch of its own
        x = np.stack([x] * 3)
    told, stop = [], None
    whole = ask(SMALL, x, 1, report=report)
    assert np.array_equal(whole, ask(SMALL, x, 1))
    done, counts = zip(*told, strict=True)
    assert len(told) > 2 and sorted(set(done)) == list(done)
    assert set(counts) == {done[-1]}
    told, stop = [], 2
    with pytest.raises(Ended):
        ask(SMALL, x, 1, report=report)
    assert len(told) == 2
    with pytest.raises(ValueError, match="report must be a function"):
        ask(SMALL, x, 1, report=3)
