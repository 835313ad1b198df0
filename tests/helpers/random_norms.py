"""Draw small Keras models with BatchNorm in every position: `model_with_norms(seed)`.

Before and behind convolutions, dense and depthwise layers, pooling, padding, additions and
concatenations, also at the picture itself and at the end, followed by ReLU, leaky ReLU or nothing,
with and without scale and center. The statistics are what the model's own values are multiplied
up to: means up to 1,000 deviations away, tiny variances, scales below zero and, among the
channels, of exactly zero.
"""

import keras
import numpy as np
from keras import layers
from random_models import randomize


def model_with_norms(seed):
    """A small Keras model, its weights and statistics drawn anew for each seed, and a picture."""
    random = np.random.default_rng(seed)
    model = _Drawing(random).model()
    randomize(model, random)
    shape = model.input_shape[1:]
    picture = random.standard_normal(shape).astype("float32")
    _set_statistics(model, picture, random)
    return model, picture


def _set_statistics(model, picture, random):
    """Center each BatchNorm on what reaches it, then move it away by up to 1,000 deviations.

    A mean far from the values makes them all alike behind it, and so the next layer's variance
    tiny: that is what networks with dead channels are like. Most channels stay near.
    """
    norms = [layer for layer in model.layers if isinstance(layer, layers.BatchNormalization)]
    for norm in norms:
        inner = keras.Model(model.input, norm.input)
        values = np.asarray(inner(picture[None], training=False), np.float64)
        values = values.reshape(-1, values.shape[-1])
        channels = values.shape[-1]
        deviation = np.maximum(values.std(0), random.choice([1e-3, 0.1], channels))
        far = np.where(random.random(channels) < 0.3, 10 ** random.uniform(0, 3, channels), 0)
        far = far * random.choice([-1, 1], channels)
        mean = values.mean(0) + deviation * random.standard_normal(channels)
        shift = far * deviation
        # The values move with the mean, so that it is far from 0 and not from them.
        before = _with_bias(model, norm)
        if before is not None:
            before.bias.assign(np.asarray(before.bias) + shift)
            mean = mean + shift
        norm.moving_mean.assign(mean)
        norm.moving_variance.assign(deviation**2)
        if norm.scale:
            gamma = np.asarray(norm.gamma) * random.choice(
                [0, 1e-4, 1], channels, p=[0.1, 0.05, 0.85]
            )
            norm.gamma.assign(gamma)


def _with_bias(model, norm):
    """The layer just before it, if it has a bias to move."""
    for layer in model.layers:
        if layer.output is norm.input and getattr(layer, "bias", None) is not None:
            return layer
    return None


class _Drawing:
    def __init__(self, random):
        self.random = random

    def one_of(self, *options):
        return options[self.random.integers(len(options))]

    def often(self, probability):
        return bool(self.random.random() < probability)

    def model(self):
        rows, columns = self.random.integers(6, 11, 2)
        channels = int(self.random.integers(1, 4))
        x = picture = keras.Input((int(rows), int(columns), channels))
        x = self.maybe_norm(x) if self.often(0.2) else x
        x = self.made(layers.Conv2D, self.one_of(4, 6), 3, padding="same")(x)
        for _ in range(self.random.integers(2, 5)):
            x = self.one_of(*STEPS)(self, x)
        x = self.maybe_norm(x)
        ends = layers.Flatten, layers.GlobalAveragePooling2D, layers.GlobalMaxPooling2D
        x = self.one_of(*ends)()(x)
        if self.often(0.5):
            x = self.norm(self.made(layers.Dense, 6)(x))
        x = self.maybe_norm(x)
        x = self.made(layers.Dense, 3)(x)
        return keras.Model(picture, self.norm(x, False) if self.often(0.2) else x)

    def made(self, kind, *arguments, **settings):
        settings.setdefault("use_bias", self.often(0.7))
        return kind(*arguments, **settings)

    def norm(self, x, activated=True):
        """BatchNorm, and what may follow it."""
        settings = {"scale": self.often(0.8), "center": self.often(0.8)}
        x = layers.BatchNormalization(**settings)(x)
        kind = self.one_of("relu", "relu", "leaky", "linear") if activated else "linear"
        match kind:
            case "relu":
                x = layers.ReLU()(x)
            case "leaky":
                x = layers.LeakyReLU(0.125)(x)
        return x

    def maybe_norm(self, x):
        return self.norm(x) if self.often(0.5) else x

    def convolution(self, x, width=None):
        kernel, strides = self.one_of(1, 3), self.one_of(1, 1, 2) if width is None else 1
        settings = {"padding": "same", "strides": strides}
        return self.made(layers.Conv2D, width or self.one_of(4, 6), kernel, **settings)(x)

    # Steps: BatchNorm before, behind, or on both sides

    def before(self, x):
        return self.maybe_norm(self.convolution(self.norm(x)))

    def behind(self, x):
        return self.norm(self.convolution(x))

    def depthwise(self, x):
        x = self.maybe_norm(x)
        return self.norm(self.made(layers.DepthwiseConv2D, 3, padding="same")(x))

    def pooled(self, x):
        kind = self.one_of(layers.MaxPooling2D, layers.AveragePooling2D)
        return self.norm(kind(2, self.one_of(1, 2), "same")(self.maybe_norm(x)))

    def padded(self, x):
        return self.convolution(self.norm(layers.ZeroPadding2D(1)(self.maybe_norm(x))))

    def added(self, x):
        y = self.norm(self.convolution(self.maybe_norm(x), x.shape[-1]))
        return self.maybe_norm(layers.Add()([x, y]))

    def joined(self, x):
        y = self.convolution(self.norm(x), 4)
        return self.maybe_norm(layers.Concatenate()([x, y]))


STEPS = (
    _Drawing.before,
    _Drawing.behind,
    _Drawing.depthwise,
    _Drawing.pooled,
    _Drawing.padded,
    _Drawing.added,
    _Drawing.joined,
)
