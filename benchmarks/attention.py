"""Relevance through transformers: how long it takes, how much arrives, how stable it is.

    python benchmarks/attention.py [--runs 10]

A ViT-Tiny with random weights (12 layers, 192 wide, 3 heads, 224×224 in patches of 16), and
mini-vit, under each composite for attention: the time of an explanation beside the network's own
forward pass, taking turns in one run; the share of the initial relevance that arrives at the
pixels, and what absorbs the rest; and how far float32 is from float64. For mini-vit also a head's
conditional map beside a channel's.
"""

import argparse
import os
import statistics
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
from keras import layers

from lrp_widgets import Network, explain, load_image, load_network
from lrp_widgets.lrp.composites import FOR_ATTENTION
from lrp_widgets.networks.keras_tokens import ClassToken, PositionEmbedding

LIMIT = 4.0  # an explanation under attn-lrp ÷ the forward pass of ViT-Tiny
DEPTH, WIDTH, HEADS, SIZE, PATCH = 12, 192, 3, 224, 16


def main():
    """Print the tables; return 1 where the limit is passed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=10)
    runs = parser.parse_args().runs
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; medians of {runs} runs")
    keras.utils.set_random_seed(0)
    tiny = Network.from_keras(_vit_tiny())
    picture = np.random.default_rng(0).normal(size=(SIZE, SIZE, 3)).astype("float32")
    ratio = _table("ViT-Tiny, random weights", tiny, picture, runs)
    mini = load_network("mini-vit")
    _table("mini-vit", mini, load_image("star", mini), runs)
    _conditional(mini, runs)
    print(f"attn-lrp on ViT-Tiny: limit {LIMIT}: {'held' if ratio <= LIMIT else 'passed'}")
    return int(ratio > LIMIT)


def _table(title, network, picture, runs):
    """Print how each composite does; return the ratio of attn-lrp."""
    print(f"\n{title}\n{'':16} ÷ forward   arrives   bias  stabilizer    dead   float32")
    x = network.preprocess(picture) if picture.dtype == np.uint8 else picture
    ratios = {}
    for rules in FOR_ATTENTION:
        options = {"rules": rules, "start": "logit", "target": 0}
        ratios[rules] = _ratio(
            lambda options=options: explain(network, x, **options),
            _forward(network, x),
            runs,
        )
        e, exact = (explain(network, x, dtype=d, **options) for d in ("float32", "float64"))
        lost = {
            key: sum(layer.absorbed.get(key, 0) for layer in exact.layers) / exact.start_total
            for key in ("bias", "stabilizer", "dead")
        }
        off = np.abs(e.pixels - exact.pixels).max() / np.abs(exact.pixels).max()
        print(
            f"{rules:16} {ratios[rules]:9.2f} {exact.totals['input'] / exact.start_total:9.1%}"
            f"{lost['bias']:7.1%} {lost['stabilizer']:10.1%} {lost['dead']:8.1%}   {off:.1e}"
        )
    return ratios["attn-lrp"]


def _conditional(network, runs):
    """Print what the map through one head takes, and through one channel."""
    e = explain(network, load_image("star", network), start="logit")
    head = "encoder2_attention_mix"
    ratio = _ratio(
        lambda: e.channel_maps(head, [1]), lambda: e.channel_maps("encoder2_add1", [1]), runs
    )
    print(f"a head's map ({head}) ÷ a channel's (encoder2_add1): {ratio:.2f}")


def _forward(network, x):
    """The compiled forward pass alone."""
    import tensorflow as tf

    tensors, x = network.tensors(), tf.constant(x[None])
    run = tf.function(lambda x: network.forward_pass(x, tensors)[1], autograph=False)
    return lambda: run(x).numpy()


def _ratio(one, other, runs):
    """The median time of one call ÷ that of another, taking turns."""
    times = {one: [], other: []}
    for call in times:
        for _ in range(8):  # until all is compiled
            call()
    for _ in range(runs):
        for call, took in times.items():
            start = time.perf_counter()
            call()
            took.append(time.perf_counter() - start)
    first, second = (statistics.median(took) for took in times.values())
    return first / second


def _vit_tiny():
    """Touvron et al. 2021's DeiT-Ti: the widths of a ViT-Tiny, with Keras's own weights."""
    picture = keras.Input((SIZE, SIZE, 3))
    x = layers.Conv2D(WIDTH, PATCH, PATCH)(picture)
    x = ClassToken()(layers.Reshape((-1, WIDTH))(x))
    x = PositionEmbedding()(x)
    for _ in range(DEPTH):
        y = layers.LayerNormalization(epsilon=1e-6)(x)
        y = layers.MultiHeadAttention(HEADS, WIDTH // HEADS)(y, y)
        x = layers.Add()([x, y])
        y = layers.LayerNormalization(epsilon=1e-6)(x)
        y = layers.Dense(WIDTH)(layers.Dense(4 * WIDTH, activation="gelu")(y))
        x = layers.Add()([x, y])
    x = layers.LayerNormalization(epsilon=1e-6)(x)
    return keras.Model(picture, layers.Dense(1000)(x[:, 0]))


if __name__ == "__main__":
    sys.exit(main())
