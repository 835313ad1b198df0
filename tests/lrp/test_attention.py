"""Attention's operations: each against its sum written out, whole networks against gradients."""

import numpy as np
import pytest
import tensorflow as tf
from propagating import RULES, back

from lrp_widgets import Network, explain
from lrp_widgets.lrp.channel_maps import channel_maps
from lrp_widgets.lrp.composites import EVERY, INPUT, NORMALIZATIONS, PRODUCTS, Composite
from lrp_widgets.lrp.operation_rules import Halves, Linearized, SecondFactor, Tangent
from lrp_widgets.lrp.rules import Pass, Zero
from lrp_widgets.lrp.unit_arithmetic import Examiner
from lrp_widgets.networks.activations import Activation
from lrp_widgets.networks.attention import (
    MIXED,
    SCORES,
    ClassToken,
    Join,
    Positions,
    Product,
    Projection,
    Softmax,
)
from lrp_widgets.networks.einsum_dense import EinsumDense
from lrp_widgets.networks.layers import Addition, Convolution, Dense, Input, Reshape
from lrp_widgets.networks.normalizing import LayerNorm
from lrp_widgets.networks.receptive_fields import receptive_field

B, T, H, D = 2, 3, 2, 4
EPSILON = 0.01


def drawn(*shape, seed=0):
    return np.random.default_rng((seed, *shape)).normal(size=shape)


def handed(rule, layer, xs, relevance):
    """The rule's shares and what it absorbed, as arrays."""
    shares, absorbed = rule.hand_down(layer, [tf.constant(x) for x in xs], tf.constant(relevance))
    return [np.asarray(share) for share in shares], {
        key: np.asarray(value) for key, value in absorbed._asdict().items()
    }


def signed(z):
    return EPSILON if z >= 0 else -EPSILON


# One operation


@pytest.mark.parametrize("rule", [Halves(EPSILON), SecondFactor(EPSILON)])
def test_a_product_shares_by_its_terms(rule):
    a, v, r = drawn(B, T, T, H), drawn(B, T, D, H, seed=1), drawn(B, T, D, H, seed=2)
    expected_a, expected_v, lost = np.zeros_like(a), np.zeros_like(v), np.zeros(B)
    for b, j, p, h in np.ndindex(B, T, D, H):
        terms = [a[b, j, i, h] * v[b, i, p, h] for i in range(T)]
        whole = sum(terms) * (2 if isinstance(rule, Halves) else 1)
        e = signed(whole)
        lost[b] += r[b, j, p, h] * e / (whole + e)
        for i in range(T):
            share = terms[i] * r[b, j, p, h] / (whole + e)
            expected_v[b, i, p, h] += share
            if isinstance(rule, Halves):
                expected_a[b, j, i, h] += share
    layer = Product(name="mix", inputs=("a", "v"), equation=MIXED)
    (of_a, of_v), absorbed = handed(rule, layer, [a, v], r)
    np.testing.assert_allclose(of_a, expected_a, atol=1e-12)
    np.testing.assert_allclose(of_v, expected_v, atol=1e-12)
    np.testing.assert_allclose(absorbed["stabilizer"], lost, atol=1e-12)
    whole = of_a.sum((1, 2, 3)) + of_v.sum((1, 2, 3)) + absorbed["stabilizer"]
    np.testing.assert_allclose(whole, r.sum((1, 2, 3)), atol=1e-10)


def test_the_scale_of_the_scores_passes_relevance_one_to_one():
    q, k, r = drawn(B, T, D, H), drawn(B, T, D, H, seed=1), drawn(B, T, T, H, seed=2)
    factor = 0.37
    expected_q, expected_k = np.zeros_like(q), np.zeros_like(k)
    for b, i, j, h in np.ndindex(B, T, T, H):
        terms = factor * q[b, i, :, h] * k[b, j, :, h]
        whole = 2 * terms.sum()
        share = terms * r[b, i, j, h] / (whole + signed(whole))
        expected_q[b, i, :, h] += share
        expected_k[b, j, :, h] += share
    layer = Product(name="scores", inputs=("q", "k"), equation=SCORES, factor=factor)
    (of_q, of_k), _ = handed(Halves(EPSILON), layer, [q, k], r)
    np.testing.assert_allclose(of_q, expected_q, atol=1e-12)
    np.testing.assert_allclose(of_k, expected_k, atol=1e-12)


@pytest.mark.parametrize("masked", [False, True])
def test_softmax_hands_down_by_its_tangent(masked):
    x, r = 3 * drawn(B, T, T, H), drawn(B, T, T, H, seed=1)
    mask = np.tri(T, dtype=bool) if masked else np.ones((T, T), bool)
    r = np.where(mask[..., None], r, 0)  # a token that is not seen hands nothing back
    expected, bias = np.zeros_like(x), np.zeros(B)
    for b, i, h in np.ndindex(B, T, H):
        seen = [j for j in range(T) if mask[i, j]]
        powers = np.exp(x[b, i, seen, h])
        s = dict(zip(seen, powers / powers.sum(), strict=True))
        mean = sum(s[j] * x[b, i, j, h] for j in seen)
        for j in seen:
            expected[b, i, j, h] = x[b, i, j, h] * (r[b, i, j, h] - s[j] * r[b, i, :, h].sum())
            bias[b] += r[b, i, j, h] * (1 - x[b, i, j, h] + mean)
    layer = Softmax(name="softmax", inputs=("x",), mask=mask[..., None] if masked else None)
    (share,), absorbed = handed(Tangent(), layer, [x], r)
    np.testing.assert_allclose(share, expected, atol=1e-12)
    assert (share[:, ~mask] == 0).all()
    np.testing.assert_allclose(absorbed["bias"], bias, atol=1e-12)
    np.testing.assert_allclose(share.sum((1, 2, 3)) + bias, r.sum((1, 2, 3)), atol=1e-11)


def test_one_large_score_turns_the_sum_over():
    """x = (30, 0, 0), R = (.2, .5, .3): −24 goes on, and the bias takes 25."""
    (share,), absorbed = handed(
        Tangent(),
        Softmax(name="softmax"),
        [np.array([[[30.0], [0], [0]]])],
        np.array([[[0.2], [0.5], [0.3]]]),
    )
    np.testing.assert_allclose(share.sum(), -24, atol=1e-10)
    np.testing.assert_allclose(absorbed["bias"], 25, atol=1e-10)


def test_layer_norm_is_linear_once_its_deviation_is_constant():
    x, r = drawn(B, T, D), drawn(B, T, D, seed=1)
    gamma, beta = drawn(D, seed=2), drawn(D, seed=3)
    expected, bias = np.zeros_like(x), np.zeros(B)
    for b, t in np.ndindex(B, T):
        deviation = np.sqrt(x[b, t].var() + 1e-3)
        y = gamma * (x[b, t] - x[b, t].mean()) / deviation + beta
        for j in range(D):
            z = y[j] + signed(y[j])
            bias[b] += beta[j] * r[b, t, j] / z
            for i in range(D):
                weight = ((i == j) - 1 / D) * gamma[j] / deviation
                expected[b, t, i] += x[b, t, i] * weight * r[b, t, j] / z
    layer = LayerNorm(name="norm", scale=gamma, offset=beta, epsilon=1e-3)
    (share,), absorbed = handed(Linearized(EPSILON), layer, [x], r)
    np.testing.assert_allclose(share, expected, atol=1e-12)
    np.testing.assert_allclose(absorbed["bias"], bias, atol=1e-12)
    whole = share.sum((1, 2)) + absorbed["bias"] + absorbed["stabilizer"]
    np.testing.assert_allclose(whole, r.sum((1, 2)), atol=1e-10)


@pytest.mark.parametrize("rule", RULES, ids=repr)
def test_an_einsum_dense_is_a_dense_layer_of_heads(rule):
    """The same weights as one dense layer, whose units are reshaped: the same relevance."""
    kernel, bias, x = drawn(5, D, H), drawn(D, H, seed=1), drawn(B, T, 5)
    start = Input(name="input", shape=(T, 5))
    flat = Dense(
        name="dense", inputs=("input",), kernel=kernel.reshape(5, -1), bias=bias.reshape(-1)
    )
    split = Reshape(name="split", inputs=("dense",), shape=(T, D, H))
    heads = EinsumDense(
        name="heads", inputs=("input",), equation="btw,wdh->btdh", kernel=kernel, bias=bias
    )
    r = drawn(B, T, D, H, seed=2)
    expected, ledger = back(
        Network([start, flat, split]), x, r, {"dense": rule, "split": Pass()}, epsilon=0.01
    )
    found, own = back(Network([start, heads]), x, r, {"heads": rule}, epsilon=0.01)
    np.testing.assert_allclose(found["input"], expected["input"], rtol=1e-9, atol=1e-9)
    for key, value in ledger["dense"].items():
        np.testing.assert_allclose(own["heads"][key], value, rtol=1e-8, atol=1e-8)


# Whole networks

CLASSES, WIDTH = 3, H * D


def transformer(blocks=2, mask=None):
    """Tokens (T, 5), a class token, positions, blocks of attention and two dense layers."""
    seeds = iter(range(1000))

    def weights(*shape):
        return drawn(*shape, seed=next(seeds)) / np.sqrt(shape[0] * 0.5)

    layers = [
        Input(name="input", shape=(T, 5)),
        Dense(name="patches", inputs=("input",), kernel=weights(5, WIDTH), bias=weights(WIDTH)),
        ClassToken(name="token", inputs=("patches",), token=weights(WIDTH)),
        Positions(
            name="positions",
            inputs=("token",),
            scale=np.ones(()),
            offset=0.3 * weights(T + 1, WIDTH),
        ),
    ]
    last = "positions"
    for k in range(blocks):

        def add(kind, part, inputs, k=k, **more):
            layers.append(kind(name=f"{k}_{part}", inputs=inputs, **more))
            return layers[-1].name

        def projected(part, source, add=add):
            more = {"kernel": weights(WIDTH, D, H), "bias": 0.2 * weights(D, H)}
            return add(Projection, part, (source,), **more)

        norm = {"scale": 1 + 0.2 * weights(WIDTH), "offset": 0.2 * weights(WIDTH), "epsilon": 1e-6}
        y = add(LayerNorm, "norm1", (last,), **norm)
        q, key, v = (projected(part, y) for part in ("query", "key", "value"))
        y = add(Product, "scores", (q, key), equation=SCORES, factor=D**-0.5)
        y = add(Softmax, "softmax", (y,), mask=mask)
        y = add(Product, "mix", (y, v), equation=MIXED)
        more = {"kernel": weights(D, H, WIDTH), "bias": 0.2 * weights(WIDTH)}
        y = add(Join, "out", (y,), places=(T + 1,), **more)
        last = add(Addition, "add1", (last, y))
        y = add(LayerNorm, "norm2", (last,), **norm)
        more = {"kernel": weights(WIDTH, 10), "bias": weights(10)}
        y = add(Dense, "dense1", (y,), activation=Activation("tanh"), **more)
        y = add(Dense, "dense2", (y,), kernel=weights(10, WIDTH), bias=weights(WIDTH))
        last = add(Addition, "add2", (last, y))
    layers += [
        Reshape(name="flatten", inputs=(last,)),
        Dense(
            name="logits", inputs=("flatten",), kernel=weights((T + 1) * WIDTH, CLASSES), bias=None
        ),
    ]
    return Network(layers, name="transformer", class_names=["a", "b", "c"])


def by_gradient(network, x, target, constant_attention):
    """Relevance as x · gradient of a graph in which each rule is a stopped gradient."""
    stop = tf.stop_gradient

    def halved(value):  # the value with half of its gradient
        return 0.5 * value + stop(0.5 * value)

    x = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        out = {"input": x}
        for layer in network.layers[1:]:
            xs = [out[name] for name in layer.inputs]
            match layer:
                case Product() if constant_attention:
                    first = stop(xs[0]) if "mix" in layer.name else xs[0]
                    z = tf.einsum(layer.equation, first, xs[1]) * layer.factor
                case Product():
                    z = halved(tf.einsum(layer.equation, *xs) * layer.factor)
                case Softmax():
                    seen = xs[0] if layer.mask is None else tf.where(layer.mask, xs[0], -1e30)
                    z = tf.exp(seen - stop(tf.reduce_max(seen, 2, keepdims=True)))
                    z = z / tf.reduce_sum(z, 2, keepdims=True)
                case LayerNorm():
                    mean = tf.reduce_mean(xs[0], -1, keepdims=True)
                    variance = tf.reduce_mean((xs[0] - mean) ** 2, -1, keepdims=True)
                    z = (xs[0] - mean) / stop(tf.sqrt(variance + layer.epsilon))
                    z = z * layer.scale + layer.offset
                case EinsumDense():
                    z = tf.einsum(layer.equation, xs[0], layer.kernel) + layer.bias
                case Dense():
                    z = xs[0] @ layer.kernel + (0 if layer.bias is None else layer.bias)
                case Addition():
                    z = xs[0] + xs[1]
                case Positions():
                    z = xs[0] + layer.offset
                case ClassToken():
                    first = tf.zeros((len(x), 1, WIDTH), x.dtype) + layer.token
                    z = tf.concat([first, xs[0]], 1)
                case Reshape():
                    z = tf.reshape(xs[0], (len(x), -1))
            if layer.activation is not None:
                z = z * stop(tf.tanh(z) / z)
            out[layer.name] = z
        score = tf.reduce_sum(out["logits"][:, target])
    return (x * tape.gradient(score, x)).numpy()


def exactly(product):
    """A composite whose ε vanish, so that only the rules count."""
    rows = ((EVERY, Zero()), (PRODUCTS, product), (NORMALIZATIONS, Linearized(1e-14)))
    return Composite("exact", (*rows, (INPUT, Zero())))


@pytest.mark.parametrize("mask", [None, np.tri(T + 1, dtype=bool)[..., None]])
@pytest.mark.parametrize("product", [Halves(1e-14), SecondFactor(1e-14)])
def test_a_transformer_is_explained_as_its_modified_gradient_says(product, mask):
    network, x = transformer(mask=mask), drawn(4, T, 5)
    e = explain(
        network, x, rules=exactly(product), start="logit", target=1, epsilon=1e-14, dtype="float64"
    )
    expected = by_gradient(network, x, 1, isinstance(product, SecondFactor))
    scale = np.abs(expected).max()
    np.testing.assert_allclose(e["input"].relevance, expected, atol=1e-9 * scale)


@pytest.mark.parametrize("rules", ["attn-lrp", "attn-lrp-gamma", "cp-lrp", "epsilon", "z-plus"])
def test_the_ledger_accounts_for_all_relevance(rules):
    network, x = transformer(), drawn(1, T, 5)[0]
    e = explain(network, x, rules=rules, start="logit", target=1, dtype="float64")
    for layer in e.layers:
        handed_on = np.abs(layer.relevance).sum()
        assert abs(layer.absorbed.get("rounding", 0)) <= 1e-9 * max(handed_on, 1), layer.name
    assert e["token"].relevance[0].any() and e["positions"].absorbed["padding"] == 0
    assert e["token"].absorbed["bias"] == pytest.approx(e["token"].relevance[0].sum())
    if rules == "cp-lrp":  # nothing goes through queries and keys
        for part in ("softmax", "scores", "query", "key"):
            assert not e[f"0_{part}"].relevance.any()


def test_batch_equals_singles():
    network, x = transformer(), drawn(3, T, 5)
    options = {"rules": "attn-lrp", "start": "logit", "target": 0, "dtype": "float64"}
    together = explain(network, x, **options)
    for k in range(3):
        alone = explain(network, x[k], **options)
        np.testing.assert_allclose(together["input"].relevance[k], alone.pixels, atol=1e-12)


def test_relevance_through_a_head_adds_up_and_is_a_channel_s():
    """A head is a channel: what passes through each adds up to what passes through all."""
    network, x = transformer(), drawn(1, T, 5)[0]
    options = {"rules": "attn-lrp", "start": "logit", "target": 0, "dtype": "float64"}
    e = explain(network, x, **options)
    maps = [explain(network, x, through={"1_mix": head}, **options).pixels for head in range(H)]
    whole = explain(network, x, through={"1_mix": range(H)}, **options)
    size = sum(np.abs(each).max() for each in maps)
    np.testing.assert_allclose(sum(maps), whole.pixels, atol=1e-12 * size)
    past = e["1_add1"].total - e["1_mix"].total  # the skip, and what the output layer keeps
    assert abs(past) > 1e-3 and e.channel_shares("1_mix").shape == (H,)
    np.testing.assert_allclose(channel_maps(e, "1_mix"), maps, atol=1e-12 * size)


@pytest.mark.parametrize("rules", ["attn-lrp", "cp-lrp", "z-plus"])
def test_units_hand_down_what_the_layers_do(rules):
    """All units of a layer together hand each input what the backward pass gave it."""
    network, x = transformer(1, mask=np.tri(T + 1, dtype=bool)[..., None]), drawn(1, T, 5)[0]
    e = explain(network, x, rules=rules, start="logit", target=2, dtype="float64")
    units = Examiner(e)
    given = {layer.name: np.zeros(layer.shape) for layer in e.layers}
    for layer in e.layers[1:]:
        absorbed = dict.fromkeys(layer.absorbed, 0.0)
        for index in np.ndindex(layer.shape):
            unit = units.unit(layer.name, index)
            for down in unit.down:
                np.add.at(given[down.source], tuple(down.places.T), down.relevance)
                for key, value in down.absorbed.items():
                    absorbed[key] += value
            if index == (0,) * len(index):  # from above: the same, unit by unit
                sent = sum(up.relevance.sum() for up in unit.up)
                wanted = unit.relevance if unit.up else 0
                assert sent == pytest.approx(wanted, abs=1e-9 * np.abs(layer.relevance).max())
        for key in ("bias", "stabilizer", "dead"):
            size = max(1, *(abs(value) for value in layer.absorbed.values()))
            assert absorbed[key] == pytest.approx(layer.absorbed[key], abs=1e-7 * size), layer.name
    for layer in e.layers[:-1]:
        size = np.abs(layer.relevance).max()
        np.testing.assert_allclose(given[layer.name], layer.relevance, atol=1e-8 * size)


def test_a_unit_sees_what_changes_it():
    """Of a picture of tokens on a grid: each pixel that changes a unit lies in its field."""
    random = np.random.default_rng(7)
    network = Network(
        [
            Input(name="input", shape=(4, 6, 2)),
            Convolution(
                name="patches",
                inputs=("input",),
                kernel=random.normal(size=(2, 2, 2, 5)),
                strides=(2, 2),
            ),
            *(
                Projection(
                    name=part, inputs=("patches",), kernel=random.normal(size=(5, 3, 2)), bias=None
                )
                for part in ("query", "key", "value")
            ),
            Product(name="scores", inputs=("query", "key"), equation=SCORES),
            Softmax(name="softmax", inputs=("scores",)),
            Product(name="mix", inputs=("softmax", "value"), equation=MIXED),
            Join(
                name="out",
                inputs=("mix",),
                kernel=random.normal(size=(3, 2, 5)),
                bias=None,
                places=(2, 3),
            ),
            Reshape(name="flatten", inputs=("out",)),
            Dense(name="classes", inputs=("flatten",), kernel=random.normal(size=(30, 3))),
        ]
    )
    shapes, x = network.shapes(), random.normal(size=(1, 4, 6, 2))
    before, seen = network.forward(x, "float64"), {}
    for row, column in np.ndindex(4, 6):
        changed = x.copy()
        changed[0, row, column] += 0.1
        for name, values in network.forward(changed, "float64").items():
            for index in np.argwhere(values[0] != before[name][0]):
                seen.setdefault((name, tuple(map(int, index))), []).append((row, column))
    for (name, index), pixels in seen.items():
        rows, columns = np.array(pixels).T
        hull = (rows.min(), columns.min(), rows.max() + 1, columns.max() + 1)
        field = receptive_field(network, shapes, name, index)
        assert field[0] <= hull[0] and field[1] <= hull[1]
        assert field[2] >= hull[2] and field[3] >= hull[3]
        if name in ("query", "key", "value", "patches", "scores"):
            assert field == hull, (name, index)


@pytest.mark.parametrize(
    ("rules", "sentence"),
    [
        ("attn-lrp,products:halves:0", "epsilon must be above 0; got"),
        ("attn-lrp,layer normalizations:linearized:-1", "epsilon must be above 0; got"),
        ("attn-lrp,0_softmax:halves", "0_softmax is no product; half each is a rule for those"),
        ("attn-lrp,dense layers:halves", "is no product; half each is a rule for those"),
        ("attn-lrp,0_mix:tangent", "0_mix is no softmax; tangent is a rule for those"),
    ],
)
def test_rules_that_do_not_fit_are_refused(rules, sentence):
    with pytest.raises(ValueError, match=sentence):
        explain(transformer(1), drawn(1, T, 5)[0], rules=rules, start="logit", target=0)
