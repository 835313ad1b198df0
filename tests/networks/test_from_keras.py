"""What is read from a Keras model computes what the model computes, or is refused by name."""

import keras
import numpy as np
import pytest
from keras import layers
from random_models import random_input, random_model, randomize

from lrp_widgets.lrp.explain import explain
from lrp_widgets.networks.network import Network

TOLERANCE = {"float32": 1e-5, "float64": 1e-12}


def deviation(network, model, x, dtype="float32"):
    """max |ours − Keras's| / max |Keras's|, over the whole output."""
    ours, theirs = network(x, dtype), np.asarray(model(x, training=False))
    assert ours.shape == theirs.shape
    return np.abs(ours - theirs).max() / np.abs(theirs).max()


def read(*steps, shape=(9, 8, 3)):
    """A model of `steps`, its random weights drawn, and the network read from it."""
    model = keras.Sequential([keras.Input(shape), *steps])
    randomize(model, np.random.default_rng(0))
    return model, Network.from_keras(model)


def refused(model, *words):
    """The one sentence in which a model is refused; it holds all of `words`."""
    with pytest.raises(ValueError, match=r"\.$") as caught:
        Network.from_keras(model)
    sentence = str(caught.value)
    for word in words:
        assert word in sentence
    assert "\n" not in sentence
    return sentence


# Every kind of layer

CONVOLUTIONS = {
    "valid": {},
    "same": {"padding": "same"},
    "strides": {"strides": (2, 3), "padding": "same"},
    "strides valid": {"strides": (3, 2)},
    "dilation": {"dilation_rate": (1, 3)},
    "dilation same": {"dilation_rate": (2, 2), "padding": "same"},
    "groups": {"groups": 3},
    "no bias": {"use_bias": False},
}
DEPTHWISE = {
    "plain": {},
    "several of each": {"depth_multiplier": 2, "padding": "same"},
    "strides": {"strides": 2, "padding": "same", "use_bias": False},
    "dilation": {"dilation_rate": (2, 1), "activation": "relu6"},
}
POOLINGS = {
    "plain": {"pool_size": 2},
    "overlapping": {"pool_size": (3, 2), "strides": (1, 2)},
    "same": {"pool_size": 3, "strides": 2, "padding": "same"},
    "gaps": {"pool_size": (1, 2), "strides": 3},
}


@pytest.mark.parametrize("settings", CONVOLUTIONS.values(), ids=CONVOLUTIONS)
def test_convolution(settings):
    model, network = read(layers.Conv2D(6, (3, 2), **settings))
    x = random_input(model)
    assert deviation(network, model, x) < 1e-5
    assert network[model.layers[0].name].kind == "convolution"


@pytest.mark.parametrize("settings", DEPTHWISE.values(), ids=DEPTHWISE)
def test_depthwise_and_separable_convolutions(settings):
    model, network = read(
        layers.DepthwiseConv2D((3, 2), name="depthwise", **settings),
        layers.BatchNormalization(),
        layers.SeparableConv2D(5, (2, 3), name="separable", **settings),
        layers.BatchNormalization(),
    )
    names = ["input", "depthwise", "separable_depthwise", "separable"]
    if settings.get("activation"):  # BatchNorm behind an activation: the first is moved on
        names[2:] = [model.layers[1].name, *names[2:], model.layers[3].name]
    assert deviation(network, model, random_input(model)) < 1e-5
    assert [layer.name for layer in network.layers] == names
    assert network["depthwise"].kind_text.startswith("depthwise convolution 3×2")


@pytest.mark.parametrize("settings", POOLINGS.values(), ids=POOLINGS)
@pytest.mark.parametrize("kind", [layers.MaxPooling2D, layers.AveragePooling2D])
def test_pooling(kind, settings):
    model, network = read(kind(**settings))
    assert deviation(network, model, random_input(model)) < 1e-5


@pytest.mark.parametrize(
    "steps",
    [
        [layers.Dense(4), layers.Dense(2)],
        [layers.GlobalAveragePooling2D(), layers.Dense(2)],
        [layers.GlobalMaxPooling2D(keepdims=True), layers.Conv2D(2, 1)],
        [layers.GlobalAveragePooling2D(keepdims=True), layers.Flatten()],
        [layers.ZeroPadding2D(((0, 1), (2, 3))), layers.Conv2D(2, 3)],
        [layers.Flatten(), layers.Dense(3)],
        [layers.Reshape((-1, 6)), layers.Dense(2)],
        [layers.Reshape((3, 24, 3)), layers.MaxPooling2D()],
        [layers.Rescaling(1 / 127.5, -1), layers.Conv2D(2, 3, padding="same")],
        [layers.Rescaling([0.5, 1, 2], [1, 0, -1]), layers.Conv2D(2, 3, padding="same")],
        [layers.Normalization(mean=[1, 2, 3], variance=[4, 0, 9]), layers.Conv2D(2, 3)],
        [
            layers.Normalization(mean=[1, 2, 3], variance=[4, 1, 9], invert=True),
            layers.Conv2D(2, 3),
        ],
        [layers.Normalization(axis=None, mean=2, variance=3), layers.ZeroPadding2D()],
        [layers.ZeroPadding2D(), layers.Rescaling(2, 1), layers.Conv2D(2, 3)],
    ],
    ids=lambda steps: " ".join(type(step).__name__ for step in steps),
)
def test_other_kinds(steps):
    model, network = read(*steps)
    assert deviation(network, model, random_input(model)) < 1e-5
    assert len(network.layers) == 1 + len(steps)


ACTIVATION_LAYERS = {
    "relu": layers.ReLU,
    "relu6": lambda: layers.ReLU(max_value=6),
    "leaky relu": lambda: layers.LeakyReLU(0.3),
    "leaky relu, as ReLU": lambda: layers.ReLU(negative_slope=0.1),
    "capped relu": lambda: layers.ReLU(max_value=1),
    "relu from a threshold on": lambda: layers.ReLU(threshold=1.5),
    "relu with all of its limits": lambda: layers.ReLU(4, 0.3, 0.5),
    "elu": lambda: layers.ELU(0.7),
    "softmax": layers.Softmax,
    "softmax, last axis": lambda: layers.Softmax(axis=2),
}


@pytest.mark.parametrize("make", ACTIVATION_LAYERS.values(), ids=ACTIVATION_LAYERS)
def test_activation_layers_and_layers_as_arguments(make):
    for steps in ([layers.Dense(5), make()], [layers.Dense(5, activation=make())]):
        model, network = read(*steps, shape=(4, 3))
        assert deviation(network, model, 5 * random_input(model)) < 1e-5
        assert len(network.layers) == 2


@pytest.mark.parametrize(
    "name",
    [
        *("relu", "relu6", "leaky_relu", "sigmoid", "tanh", "linear", "softmax"),
        *("elu", "gelu", "silu", "swish", "softplus"),
    ],
)
def test_activations_by_name(name):
    for steps in ([layers.Dense(5), layers.Activation(name)], [layers.Dense(5, activation=name)]):
        model, network = read(*steps, shape=(6,))
        assert deviation(network, model, 5 * random_input(model)) < 1e-5
        assert len(network.layers) == 2


@pytest.mark.parametrize(
    "settings", [{}, {"scale": False}, {"center": False}, {"epsilon": 0.1}, {"axis": 3}]
)
def test_batch_norm_is_folded(settings):
    steps = [
        layers.Conv2D(4, 3, name="conv"),
        layers.BatchNormalization(**settings),
        layers.ReLU(),
        layers.Flatten(),
        layers.Dense(3, use_bias=False, name="fc"),
        layers.BatchNormalization(),
    ]
    model, network = read(*steps)
    assert deviation(network, model, random_input(model)) < 1e-5
    assert [layer.name for layer in network.layers] == ["input", "conv", steps[3].name, "fc"]
    assert network["conv"].activation.name == "relu"


def test_folding_is_exact_in_float64():
    model, network = read(layers.Conv2D(4, 3, name="conv"), layers.BatchNormalization(name="norm"))
    w, b = (np.asarray(v, np.float64) for v in model.get_layer("conv").weights)
    gamma, beta, mean, variance = (np.asarray(v) for v in model.get_layer("norm").weights)
    factor = gamma / np.sqrt(variance.astype(np.float64) + 1e-3)
    assert network["conv"].kernel.dtype == np.float64
    np.testing.assert_allclose(network["conv"].kernel, w * factor, rtol=1e-13)
    np.testing.assert_allclose(network["conv"].bias, (b - mean) * factor + beta, rtol=1e-13)


# What is merged, and what is not


def test_activations_go_into_the_layer_that_they_follow():
    x = picture = keras.Input((8, 8, 3))
    x = layers.ReLU(name="of the picture")(x)
    x = y = layers.Conv2D(3, 3, padding="same", name="read twice")(x)
    x = layers.ReLU(name="of one reader")(x)
    x = layers.Add(name="sum")([x, y])
    x = layers.Dropout(0.5)(x)
    x = layers.ReLU(name="of the sum")(x)
    x = layers.LeakyReLU(name="second")(x)
    x = layers.GlobalAveragePooling2D(name="mean")(x)
    model = keras.Model(picture, layers.Softmax(name="softmax")(x))
    randomize(model, np.random.default_rng(0))
    network = Network.from_keras(model)
    activations = {
        layer.name: layer.activation and layer.activation.name for layer in network.layers
    }
    assert activations == {
        "input": None,
        "of the picture": "relu",
        "read twice": None,
        "of one reader": "relu",
        "sum": "relu",
        "second": "leaky relu",
        "mean": None,
        "softmax": "softmax",
    }
    assert deviation(network, model, random_input(model)) < 1e-5


# Graphs


def test_a_layer_called_twice_shares_its_arrays():
    picture = keras.Input((6, 6, 2))
    conv = layers.Conv2D(2, 3, padding="same", name="conv", activation="tanh")
    x = conv(conv(picture))
    x = layers.Conv2D(2, 1, name="conv_2")(x)
    model = keras.Model(picture, x)
    network = Network.from_keras(model)
    assert [layer.name for layer in network.layers] == ["input", "conv", "conv_3", "conv_2"]
    assert network["conv"].kernel is network["conv_3"].kernel
    assert deviation(network, model, random_input(model)) < 1e-5


def test_nested_models():
    inner_picture = keras.Input((None, None, 4), name="input")
    x = layers.Conv2D(4, 3, padding="same", name="conv")(inner_picture)
    inner = keras.Model(inner_picture, layers.BatchNormalization()(x), name="inner")
    stack = keras.Sequential([layers.Conv2D(4, 3, name="conv"), inner, layers.ReLU()])
    picture = keras.Input((9, 7, 3))
    y = inner(stack(picture))
    body = keras.Model(picture, layers.Flatten(name="flat")(y))
    model = keras.Sequential([keras.Input((9, 7, 3)), body, layers.Dense(3, name="input")])
    randomize(model, np.random.default_rng(0))
    network = Network.from_keras(model)
    names = [layer.name for layer in network.layers]
    assert names == ["input", "conv", "conv_2", "conv_3", "flat", "input_2"]
    assert deviation(network, model, random_input(model)) < 1e-5


def test_a_model_cut_out_of_another():
    """Layers that lead elsewhere, and another model's inputs, are left out."""
    picture = keras.Input((8, 8, 3))
    x = layers.Conv2D(4, 3, name="first")(picture)
    y = layers.Conv2D(4, 3, name="second", activation="relu")(x)
    both = keras.Model(picture, [x, y])
    outer = keras.Input((8, 8, 3))
    model = keras.Model(outer, layers.Flatten(name="flat")(both(outer)[0]))
    network = Network.from_keras(model)
    assert [layer.name for layer in network.layers] == ["input", "first", "flat"]
    assert deviation(network, model, random_input(model)) < 1e-5

    tail = keras.Model(x, y)
    assert [layer.name for layer in Network.from_keras(tail).layers] == ["input", "second"]


def test_sequential_built_by_a_call():
    model = keras.Sequential([layers.Conv2D(2, 3), layers.Flatten(), layers.Dense(2)])
    refused(model, "not built yet", "keras.Input", "call it once")
    x = np.ones((1, 5, 5, 1), np.float32)
    model(x)
    assert deviation(Network.from_keras(model), model, x) < 1e-5


def test_the_network_does_not_follow_later_changes_of_the_model():
    model, network = read(layers.Dense(2), shape=(3,))
    x = random_input(model)
    before = network(x)
    model.layers[0].kernel.assign(np.zeros((3, 2)))
    np.testing.assert_array_equal(network(x), before)


# Random small models


def check_random_model(seed, dtype="float32"):
    model = random_model(seed, dtype)
    network = Network.from_keras(model)
    x = random_input(model, seed)
    assert deviation(network, model, x, dtype) < TOLERANCE[dtype]


@pytest.mark.parametrize("seed", range(30))
def test_random_models(seed):
    check_random_model(seed)


@pytest.mark.parametrize("seed", range(100, 110))
def test_random_models_in_float64(seed):
    check_random_model(seed, "float64")


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1000, 1250))
def test_many_random_models(seed):
    check_random_model(seed)
    check_random_model(seed, "float64")


# Networks that people know


def test_mini_vgg():
    from lrp_widgets.networks.zoo.mini.model import build_keras

    model = build_keras()
    assert deviation(Network.from_keras(model), model, random_input(model)) < 1e-5


@pytest.mark.parametrize("name", ["VGG16", "VGG19"])
@pytest.mark.parametrize(
    "size", [pytest.param(32, id="32"), pytest.param(224, id="224", marks=pytest.mark.slow)]
)
def test_vgg(name, size):
    classes = 10 if size == 32 else 1000
    make = getattr(keras.applications, name)
    model = make(weights=None, input_shape=(size, size, 3), classes=classes)
    randomize(model, np.random.default_rng(0))
    network = Network.from_keras(model)
    assert deviation(network, model, random_input(model, batch=1)) < 1e-5
    assert [layer.name for layer in network.layers[1:]] == [
        layer.name for layer in model.layers[1:]
    ]


@pytest.mark.parametrize("name", ["tiny_darknet", "tiny_darknet_folded", "squeezenet_v1_1"])
def test_published_networks(name, networks_folder):
    model = keras.models.load_model(networks_folder / f"{name}.keras", safe_mode=True)
    network = Network.from_keras(model)
    x = np.random.default_rng(0).uniform(0, 1, (1, *model.input_shape[1:])).astype(np.float32)
    assert deviation(network, model, x) < 1e-5
    assert network.ends_with_softmax


def test_published_mobilenet(networks_folder):
    weights = networks_folder / "mobilenet_v2_1.0_224_legacy.h5"
    model = keras.applications.MobileNetV2(weights=weights)
    network = Network.from_keras(model)
    x = np.random.default_rng(0).uniform(-1, 1, (1, *model.input_shape[1:])).astype(np.float32)
    assert deviation(network, model, x) < 1e-5
    assert len(network.notes) == 52


BRANCHING = ["ResNet50", "ResNet50V2", "DenseNet121", "MobileNetV2"]


@pytest.mark.slow
@pytest.mark.parametrize("name", BRANCHING)
def test_networks_that_branch(name):
    make = getattr(keras.applications, name)
    model = make(weights=None, input_shape=(64, 64, 3), classes=10, classifier_activation=None)
    randomize(model, np.random.default_rng(0))
    network = Network.from_keras(model)
    assert deviation(network, model, random_input(model)) < 1e-5
    stay = [note.split(" ")[0] for note in network.notes if "stays" in note]
    assert stay == {"DenseNet121": ["bn"], "ResNet50V2": ["post_bn"]}.get(name, [])


# What is refused, in one sentence that names it


class Twice(layers.Dense):
    def call(self, x):
        return 2 * super().call(x)


class OwnCall(keras.Sequential):
    def call(self, x, **settings):
        return 2 * super().call(x)


REFUSED = {
    "unknown layer": (
        [layers.Conv2DTranspose(2, 3, output_padding=0, name="up")],
        ["'up' (Conv2DTranspose)", "output_padding=(0, 0)"],
    ),
    "unknown kind": (
        [layers.UnitNormalization(name="unit")],
        ["'unit' (UnitNormalization)", "Conv2D, ", "MaxPooling2D", "x * 2"],
    ),
    "interpolation": (
        [layers.UpSampling2D(interpolation="bilinear", name="up")],
        ["'up'", "'bilinear'", "'nearest'"],
    ),
    "layer norm of another axis": ([layers.LayerNormalization(axis=1, name="n")], ["'n'", "[1]"]),
    "group norm of another axis": ([layers.GroupNormalization(3, axis=1, name="n")], ["'n'", "1"]),
    "subclass": ([Twice(2, name="own")], ["'own' (Twice)"]),
    "lambda": ([layers.Lambda(lambda x: x, name="f")], ["'f' (Lambda)"]),
    "masking": ([layers.Reshape((9, 24)), layers.Masking(name="m")], ["'m' (Masking)"]),
    "recurrent": ([layers.Reshape((9, 24)), layers.LSTM(2, name="r")], ["'r' (LSTM)"]),
    "channels first": (
        [layers.MaxPooling2D(name="pool", data_format="channels_first")],
        ["'pool'", "channels first", "channels_last"],
    ),
    "activation": (
        [layers.Dense(2, activation="selu", name="fc")],
        ["'fc'", "'selu'", "leaky_relu"],
    ),
    "activation layer": ([layers.Activation("mish", name="act")], ["'act'", "'mish'"]),
    "softmax axis": ([layers.Softmax(axis=1, name="sm")], ["'sm'", "axis 1", "−1"]),
    "norm of another axis": (
        [layers.Conv2D(2, 1), layers.BatchNormalization(axis=1, name="bn")],
        ["'bn'", "axis 1"],
    ),
    "normalization of places": (
        [layers.Normalization(axis=(1, 3), mean=1.0, variance=1.0, name="n")],
        ["'n'", "(1, 9, 1, 3)", "one a channel"],
    ),
    "nothing": ([layers.Dropout(0.5)], ["unchanged"]),
}


@pytest.mark.parametrize(("steps", "words"), REFUSED.values(), ids=REFUSED)
def test_refused_layers(steps, words):
    refused(keras.Sequential([keras.Input((9, 8, 3)), *steps]), *words)


def test_all_layers_that_cannot_be_read_are_named():
    steps = [layers.UnitNormalization(name="e"), layers.Dense(2), layers.Lambda(abs, name="f")]
    model = keras.Sequential([keras.Input((4,)), *steps], name="small")
    refused(
        model,
        "2 layers of 'small' cannot be read: 'e' (UnitNormalization) and 'f' (Lambda)",
        "Conv2D",
    )


def test_refused_models():
    one, two = keras.Input((4,), name="a"), keras.Input((4,), name="b")
    total = layers.Add()([one, two])
    refused(keras.Model([one, two], total, name="many"), "'many'", "2 inputs", "one input")
    split = keras.Model(one, [layers.Dense(2)(one), layers.Dense(3)(one)], name="many")
    refused(split, "'many'", "2 outputs")
    refused(keras.Model(one, keras.ops.cos(one)), "keras.ops Cos")
    refused(OwnCall([keras.Input((4,)), layers.Dense(2)], name="own"), "'own' (OwnCall")
    refused("vgg16", "type str", "functional and Sequential")
    nested = OwnCall([keras.Input((4,)), layers.Dense(2)], name="own")
    refused(keras.Sequential([keras.Input((4,)), nested]), "'own' (OwnCall")


def test_refused_calls():
    x = keras.Input((4, 4, 2))
    refused(
        keras.Model(x, layers.Dropout(0.5, name="drop")(x, training=True)), "'drop'", "training"
    )
    y = layers.GlobalAveragePooling2D(keepdims=True)(x)
    refused(keras.Model(x, layers.Add(name="sum")([x, y])), "'sum'", "(4, 4, 2) and (1, 1, 2)")
    z = layers.Concatenate(axis=0, name="join")([x, x])
    refused(keras.Model(x, z), "'join'", "batch axis")


# Everything that is read can be explained


def _heads():
    x = keras.Input((6, 5, 2))
    flat = layers.Flatten()(x)
    return {
        "flattened convolution": (x, layers.Flatten()(layers.Conv2D(3, 3)(x))),
        "joined layers": (x, layers.Concatenate()([layers.Dense(2)(flat), layers.Dense(3)(flat)])),
        "softmax of a sum": (
            x,
            layers.Softmax()(layers.Add()([layers.Dense(3)(flat), layers.Dense(3)(flat)])),
        ),
        "no weights": (x, layers.GlobalAveragePooling2D()(x)),
        "one sigmoid": (x, layers.Dense(1, activation="sigmoid")(flat)),
    }


HEADS = _heads()


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS)
def test_every_end_has_a_name_for_each_class(head):
    model = keras.Model(*head)
    randomize(model, np.random.default_rng(0))
    network = Network.from_keras(model)
    x = random_input(model, batch=1)[0]
    classes = model.output_shape[-1]
    assert network.class_names == [f"class {k}" for k in range(classes)]
    e = explain(network, x)
    assert len(e.prediction) == classes
    assert e.totals["input"] == pytest.approx(e.start_total, abs=1e-4 * abs(e.start_total))


def test_class_names_must_be_one_a_class():
    model = keras.Sequential([keras.Input((4,)), layers.Dense(3)], name="small")
    assert Network.from_keras(model, class_names=["a", "b", "c"]).class_names == ["a", "b", "c"]
    with pytest.raises(ValueError, match="small puts out 3 classes, but 2 class names"):
        Network.from_keras(model, class_names=["a", "b"])


def check_explained(seed):
    """Relevance is finite, and at every layer the ledger adds up."""
    model = random_model(seed)
    network = Network.from_keras(model)
    starts = ["logit", "contrast"]
    if network.ends_with_softmax:
        starts += ["softmax", "probability"]
    start, pooling = starts[seed % len(starts)], ("avg", "max")[seed // 2 % 2]
    e = explain(network, random_input(model, seed), start=start, pooling=pooling)
    for layer in e.layers:
        assert np.isfinite(layer.relevance).all(), layer.name
    for layer in e.layers[1:]:
        flow = np.abs(layer.relevance).reshape(2, -1).sum(1)
        assert np.all(np.abs(layer.absorbed["rounding"]) <= 1e-5 * flow), layer.name


@pytest.mark.parametrize("seed", range(2000, 2030))
def test_random_models_are_explained(seed):
    check_explained(seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3000, 3200))
def test_many_random_models_are_explained(seed):
    check_explained(seed)


# Weights that are no numbers


@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize("name", ["convolution", "norm", "dense"])
def test_a_layer_whose_weights_are_no_finite_numbers_is_named(name, value):
    layers = [
        keras.Input((4, 4, 3)),
        keras.layers.Conv2D(2, 3, name="convolution"),
        keras.layers.BatchNormalization(name="norm"),
        keras.layers.Flatten(),
        keras.layers.Dense(2, name="dense"),
    ]
    model = keras.Sequential(layers)
    weight = model.get_layer(name).weights[-1]  # of the norm its variance
    weight.assign(np.full(weight.shape, value))
    with pytest.raises(ValueError, match=rf"Layer '{name}' \(.*\) has NaN or infinity in its "):
        Network.from_keras(model)


def test_a_variance_below_zero_is_refused_by_its_layer():
    layers = [keras.Input((3,)), keras.layers.BatchNormalization(name="norm")]
    model = keras.Sequential([*layers, keras.layers.Dense(2)])
    model.get_layer("norm").moving_variance.assign([1.0, -1.0, 1.0])
    with pytest.raises(ValueError, match=r"Layer 'norm' .* has a variance below zero"):
        Network.from_keras(model)
