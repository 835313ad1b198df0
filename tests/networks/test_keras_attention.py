"""Transformers built from Keras layers: read as they are, or refused in one sentence."""

import keras
import numpy as np
import pytest
from keras import layers

from lrp_widgets import Network, explain
from lrp_widgets.networks.keras_tokens import ClassToken, PositionEmbedding


def drawn_weights(model, seed=0):
    """The model with all weights drawn, biases and scales too."""
    random = np.random.default_rng(seed)
    for weight in model.weights:
        fan_in = max(1, int(np.prod(weight.shape[:-1])))
        weight.assign(random.normal(size=weight.shape) / np.sqrt(fan_in))
    return model


def encoder(x, name, mask=None, **options):
    y = layers.LayerNormalization(name=f"{name}_norm1")(x)
    attention = layers.MultiHeadAttention(2, 4, name=f"{name}_attention", **options)
    y = attention(y, y, **(mask or {}))
    x = layers.Add()([x, y])
    y = layers.LayerNormalization(name=f"{name}_norm2")(x)
    y = layers.Dense(20, activation="gelu")(y)
    return layers.Add()([x, layers.Dense(x.shape[-1])(y)])


def vit(mask=None, token=True, grid=False, **options):
    """A vision transformer on patches of 4 pixels: 16×16, 16 tokens, 8 wide."""
    picture = keras.Input((16, 16, 3))
    x = layers.Conv2D(8, 4, strides=4)(picture)
    x = x if grid else layers.Reshape((16, 8))(x)
    x = ClassToken()(x) if token else x
    x = PositionEmbedding()(x)
    for k in range(2):
        x = encoder(x, f"encoder{k}", mask, **options)
    x = layers.LayerNormalization()(x)
    if grid:
        x = layers.GlobalAveragePooling2D()(x)
    else:
        x = x[:, 0] if token == "first" else layers.GlobalAveragePooling1D()(x)
    return drawn_weights(keras.Model(picture, layers.Dense(5)(x)))


def check(model):
    """The network read of a model, whose outputs are the model's."""
    network = Network.from_keras(model)
    x = np.random.default_rng(1).normal(size=(3, *model.input_shape[1:])).astype("float32")
    expected = np.asarray(model(x, training=False))
    np.testing.assert_allclose(network(x), expected, atol=1e-5 * np.abs(expected).max())
    return network


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"token": False},
        {"token": "first"},
        {"token": False, "grid": True},
        {"value_dim": 3, "use_bias": False},
        {"dropout": 0.5},
        {"mask": {"use_causal_mask": True}},
        {"mask": {"attention_mask": np.tri(17, k=2, dtype=bool)[None]}},
        {"mask": {"attention_mask": np.tri(17, k=2)[None], "use_causal_mask": True}},
    ],
    ids=lambda options: "-".join(options) or "plain",
)
def test_a_vision_transformer_is_read(options):
    network = check(vit(**options))
    kinds = [layer.kind for layer in network.layers]
    assert kinds.count("softmax") == 2 and kinds.count("product") == 4
    e = explain(network, np.ones((16, 16, 3)), rules="attn-lrp", start="logit", target=1)
    size = max(np.abs(layer.relevance).sum() for layer in e.layers)
    assert all(abs(layer.absorbed.get("rounding", 0)) < 1e-5 * size for layer in e.layers)


def test_tokens_may_stay_a_picture():
    """The same weights on places and on a row of tokens: the same outputs and relevance."""
    row, grid = vit(token=False), vit(token=False, grid=True)
    for ours, other in zip(grid.weights, row.weights, strict=True):
        ours.assign(np.reshape(other, ours.shape))
    x = np.random.default_rng(2).normal(size=(16, 16, 3)).astype("float32")
    options = {"rules": "attn-lrp", "start": "logit", "target": 0, "dtype": "float64"}
    one, two = (explain(check(model), x, **options) for model in (row, grid))
    assert two["encoder0_attention"].shape == (4, 4, 8)
    np.testing.assert_allclose(one.pixels, two.pixels, atol=1e-12 * np.abs(one.pixels).max())


@pytest.mark.parametrize("einsum", [False, True])
def test_attention_written_with_operations_is_explained_as_the_layer_is(einsum):
    source = keras.Input((6, 8))
    q, k, v = (layers.Dense(8, name=name)(source) for name in "qkv")
    if einsum:
        scores = keras.ops.einsum("bid,bjd->bij", q, k) * 8**-0.5
        mixed = keras.ops.einsum("bij,bjd->bid", keras.ops.softmax(scores), v)
    else:
        scores = keras.ops.matmul(q, keras.ops.transpose(k, (0, 2, 1))) * 8**-0.5
        mixed = keras.ops.matmul(layers.Softmax()(scores), v)
    x = layers.Flatten()(layers.Dense(8, name="out")(mixed))
    written = drawn_weights(keras.Model(source, layers.Dense(3, name="classes")(x)))

    x = layers.MultiHeadAttention(1, 8, name="attention")(source, source)
    layered = keras.Model(source, layers.Dense(3, name="classes")(layers.Flatten()(x)))
    named = {weight.path: np.asarray(weight) for weight in written.weights}
    for part, name in (("query", "q"), ("key", "k"), ("value", "v"), ("attention_output", "out")):
        for kind in ("kernel", "bias"):
            [weight] = [w for w in layered.weights if w.path.endswith(f"{part}/{kind}")]
            weight.assign(named[f"{name}/{kind}"].reshape(weight.shape))
    layered.get_layer("classes").set_weights(written.get_layer("classes").get_weights())

    x = np.random.default_rng(5).normal(size=(6, 8))
    options = {"rules": "attn-lrp", "start": "logit", "target": 1, "dtype": "float64"}
    one, two = (explain(check(model), x, **options) for model in (written, layered))
    # The scale 1/√d is a layer of its own there, so that ε is added before it.
    np.testing.assert_allclose(one.pixels, two.pixels, atol=1e-4 * np.abs(two.pixels).max())


def test_one_sequence_looks_at_another():
    source = keras.Input((6, 4))
    query = layers.Dense(8)(source)
    value = layers.Conv1D(5, 2)(source)
    x = layers.MultiHeadAttention(2, 3, value_dim=4)(query, value, layers.Dense(5)(value))
    x = layers.Flatten()(x)
    network = check(drawn_weights(keras.Model(source, layers.Dense(3)(x))))
    scores = next(each for each in network.layers if each.kind == "product")
    assert network.shapes()[scores.name] == (6, 5, 2)


@pytest.mark.parametrize(
    ("equation", "options"),
    [
        ("abc,cd->abd", {"output_shape": (6, 7), "bias_axes": "d"}),
        ("abc,cde->abde", {"output_shape": (6, 2, 3), "bias_axes": "de", "activation": "relu"}),
        ("abc,bcd->abd", {"output_shape": (6, 3)}),
    ],
)
def test_an_einsum_dense_is_read(equation, options):
    source = keras.Input((6, 4))
    x = layers.EinsumDense(equation, **options)(source)
    model = drawn_weights(keras.Model(source, layers.Dense(3)(layers.Flatten()(x))))
    network = check(model)
    x = np.random.default_rng(3).normal(size=(6, 4))
    e = explain(network, x, rules="zero", input_rule=None, start="logit", target=0, dtype="float64")
    lost = sum(layer.absorbed.get("bias", 0) for layer in e.layers)
    assert e.totals["input"] + lost == pytest.approx(e.start_total)


def test_positions_may_be_an_array():
    source = keras.Input((6, 4))
    positions = np.random.default_rng(4).normal(size=(1, 6, 4)).astype("float32")
    x = layers.Flatten()(source + positions)
    network = check(drawn_weights(keras.Model(source, layers.Dense(3)(x))))
    assert network.layers[1].kind == "positions"


@pytest.mark.parametrize(
    ("build", "sentence"),
    [
        (
            lambda x: layers.MultiHeadAttention(2, 3, attention_axes=(1,))(x, x),
            r"looks along the axes \(1,\) alone",
        ),
        (
            lambda x: layers.EinsumDense("...c,cd->...d", output_shape=(5,))(x),
            "without “...”",
        ),
    ],
)
def test_what_cannot_be_read_is_refused(build, sentence):
    source = keras.Input((4, 6, 4))
    model = keras.Model(source, layers.Dense(2)(layers.Flatten()(build(source))))
    with pytest.raises(ValueError, match=sentence):
        Network.from_keras(model)


def test_a_mask_that_is_computed_is_refused():
    source = keras.Input((6, 4))
    mask = keras.ops.matmul(source, keras.ops.transpose(source, (0, 2, 1)))
    x = layers.MultiHeadAttention(2, 3)(source, source, attention_mask=mask)
    model = keras.Model(source, layers.Dense(2)(layers.Flatten()(x)))
    with pytest.raises(ValueError, match="computed"):
        Network.from_keras(model)
