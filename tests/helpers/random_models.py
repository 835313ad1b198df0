"""Draw small Keras models of every kind that we read: `random_model(seed)`, `random_input(model)`.

They have 2 to 6 steps of the kinds in `STEPS`, biases, BatchNorm with random statistics, strides,
paddings, dilations, groups, branches, nested and shared models, pictures (sometimes signals or
volumes) of 1 to 4 channels of a given or of any size, and an end with or without a softmax.
"""

import contextlib

import keras
import numpy as np
from keras import layers

SIZES = {1: (13,), 2: (13, 11), 3: (6, 5, 7)}  # for models that take any size
CHANNELS = (4, 6, 8)
MOST_PLACES = 600  # what grows beyond is pooled


def random_model(seed, dtype="float32"):
    """A small Keras model, drawn anew for each seed, with all of its weights random."""
    random = np.random.default_rng(seed)
    with default_dtype(dtype):
        model = _Drawing(random, dtype).model()
    randomize(model, random)
    return model


def random_input(model, seed=0, batch=2):
    """A batch of signed inputs for the model, of its own type."""
    shape = model.input_shape[1:]
    known = (*SIZES.get(len(shape) - 1, ()), 0)
    shape = [size or other for size, other in zip(shape, known, strict=True)]
    return np.random.default_rng(seed).standard_normal((batch, *shape)).astype(model.compute_dtype)


@contextlib.contextmanager
def default_dtype(dtype):
    """Both of Keras's defaults: that of inputs, and that of layers."""
    before = keras.config.floatx()
    keras.config.set_floatx(dtype)
    keras.config.set_dtype_policy(dtype)
    try:
        yield
    finally:
        keras.config.set_floatx(before)
        keras.config.set_dtype_policy(before)


def randomize(model, random):
    """Weights that keep values near one, and statistics that BatchNorm cannot shrug off."""
    draw = {
        "kernel": lambda s: random.standard_normal(s) * np.sqrt(2 / np.prod(s[:-1])),
        "depthwise_kernel": lambda s: random.standard_normal(s) * np.sqrt(2 / np.prod(s[:2])),
        "pointwise_kernel": lambda s: random.standard_normal(s) * np.sqrt(2 / np.prod(s[:-1])),
        "bias": lambda s: 0.3 * random.standard_normal(s),
        "gamma": lambda s: random.uniform(0.5, 1.5, s) * random.choice([-1, 1], s, p=[0.2, 0.8]),
        "beta": lambda s: 0.3 * random.standard_normal(s),
        "alpha": lambda s: random.uniform(0, 0.5, s),
        "moving_mean": lambda s: random.standard_normal(s),
        "moving_variance": lambda s: random.uniform(0.2, 2, s),
    }
    for weight in model.weights:
        if weight.name in draw:
            weight.assign(draw[weight.name](weight.shape))


class _Drawing:
    """One model being drawn; `size` follows the picture's rows and columns, also unstated ones."""

    def __init__(self, random, dtype):
        self.random, self.dtype = random, dtype
        # Keras keeps a leaky ReLU's slope in float32: 0.125 is exact there, 0.2 is not.
        inexact = ("leaky_relu",) if dtype == "float32" else ()
        self.activations = ("relu", "relu", "relu6", "tanh", "sigmoid", "linear", *inexact)
        self.activations += ("elu", "gelu", "silu", "softplus")

    def one_of(self, *options):
        return options[self.random.integers(len(options))]

    def often(self, probability):
        return bool(self.random.random() < probability)

    def model(self):
        if self.often(0.1):
            return self.model_of_vectors()
        channels = int(self.random.integers(1, 5))
        self.any_size = self.often(0.25)
        self.axes = self.one_of(1, 2, 2, 2, 2, 3)
        if self.axes == 3 and self.dtype == "float64":  # in which TensorFlow cannot pool volumes
            self.axes = 2
        most = 9 if self.axes == 3 else 18
        size = tuple(self.random.integers(most // 2, most, self.axes).tolist())
        self.size = SIZES[self.axes] if self.any_size else size
        shape = (*([None] * self.axes if self.any_size else self.size), channels)
        x = picture = keras.Input(shape)
        x = self.preprocessing(x)
        for _ in range(self.random.integers(2, 7)):
            x = self.one_of(*STEPS)(self, x)
            if np.prod(self.size) > MOST_PLACES:
                x = self.pooling(x, 2)
        body = keras.Model(picture, self.end(x))
        if self.often(0.2):
            return keras.Sequential([keras.Input(shape), body, layers.Dense(3)])
        return body

    def model_of_vectors(self):
        x = vector = keras.Input((5,))
        for _ in range(self.random.integers(1, 4)):
            x = self.activated(layers.Dense, self.one_of(*CHANNELS))(x)
        return keras.Model(vector, self.classes(x))

    def preprocessing(self, x):
        """What may stand before the first layer with weights."""
        channels = x.shape[-1]
        # Keras takes lists through float32, so they hold numbers that are exact there.
        mean = self.random.standard_normal(channels).astype("float32")
        variance = self.random.uniform(0.5, 2, channels).astype("float32")
        return self.one_of(
            lambda: x,
            lambda: x,
            lambda: layers.Rescaling(1 / 2, -0.5)(x),
            lambda: layers.Rescaling(mean.tolist(), variance.tolist())(x),
            lambda: layers.Normalization(mean=mean, variance=variance)(x),
            lambda: layers.Normalization(axis=None, mean=0.3, variance=2.0)(x),
        )()

    def kind(self, name):
        """Keras's layer of that name for as many axes as the picture has."""
        return getattr(layers, f"{name}{self.axes}D")

    # Steps: each takes and gives a picture

    def convolution(self, x, channels=None, padding=None):
        channels = channels or self.one_of(*CHANNELS)
        groups = 2 if x.shape[-1] % 2 == 0 and self.often(0.1) else 1
        stretch = {}
        if padding is None:
            uneven = ({"strides": (1, 2)}, {"dilation_rate": (2, 1)}) if self.axes == 2 else ()
            stretch = self.one_of({}, {"strides": 2}, *uneven)
        kernel, settings = self.window(stretch, padding)
        return self.activated(self.kind("Conv"), channels, kernel, groups=groups, **settings)(x)

    def grown(self, x):
        """As a decoder does: by copies, or by a convolution backwards."""
        if self.often(0.4):
            times = self.one_of(2, (1, 2)) if self.axes == 2 else 2
            self.size = tuple((np.array(self.size) * times).tolist())
            return self.kind("UpSampling")(times)(x)
        kind = getattr(layers, f"Conv{self.axes}DTranspose")
        taps, strides, padding = self.one_of(2, 3), self.one_of(1, 2), self.one_of("same", "valid")
        x = self.activated(kind, self.one_of(*CHANNELS), taps, strides=strides, padding=padding)(x)
        more = 0 if padding == "same" else max(taps - strides, 0)
        self.size = tuple((np.array(self.size) * strides + more).tolist())
        return x

    def cropped(self, x):
        if min(self.size) < 4:
            return x
        self.size = tuple(n - 1 for n in self.size)
        pair = self.one_of((0, 1), (1, 0))
        return self.kind("Cropping")(pair if self.axes == 1 else (pair,) * self.axes)(x)

    def permuted(self, x):
        """The places in another order; channels come back to the last axis."""
        order = self.random.permutation(self.axes).tolist()
        self.size = tuple(self.size[k] for k in order)
        moved = layers.Permute((*(k + 1 for k in order), self.axes + 1))(x)
        return keras.ops.transpose(moved, (0, *range(1, self.axes + 2)))

    def merged(self, x):
        y = self.convolution(x, x.shape[-1], "same")
        return self.one_of(
            lambda: layers.Average()([x, y, x]),
            lambda: layers.Subtract()([x, y]),
            lambda: layers.Maximum()([x, y]),
            lambda: keras.ops.maximum(y, x) - y,
            lambda: keras.ops.concatenate([x, y + x], -1),
        )()

    def arithmetic(self, x):
        constants = self.random.standard_normal(x.shape[-1]).astype(self.dtype)
        return self.one_of(
            lambda: x * 2 + 1,
            lambda: keras.ops.divide(x, constants),
            lambda: 1 - keras.ops.multiply(constants, x),
            lambda: keras.ops.relu(-x),
            lambda: keras.activations.relu(x, max_value=1.5, threshold=0.25),
            lambda: keras.ops.maximum(x, 0),
            lambda: keras.ops.gelu(x),
        )()

    def normalized(self, x):
        return self.one_of(
            layers.LayerNormalization(),
            layers.LayerNormalization(axis=-1, scale=False),
            layers.GroupNormalization(2 if x.shape[-1] % 2 == 0 else 1),
        )(x)

    def other_activations(self, x):
        shared = list(range(1, self.axes + 1))
        return self.one_of(
            layers.PReLU(shared_axes=shared),
            layers.ELU(0.5),
            layers.ReLU(max_value=2.5, negative_slope=0.125, threshold=0.5),
        )(x)

    def by_channel(self, x):
        if self.axes == 3:  # for which Keras has none
            return self.convolution(x)
        depthwise = self.kind("DepthwiseConv")
        kind = self.one_of(depthwise, self.kind("SeparableConv"))
        kernel, settings = self.window(self.one_of({}, {"strides": 2}))
        settings["depth_multiplier"] = int(self.random.integers(1, 3))
        width = () if kind is depthwise else (self.one_of(*CHANNELS),)
        return self.activated(kind, *width, kernel, **settings)(x)

    def activated_before(self, x):
        """BatchNorm → ReLU → convolution, as in DenseNet; or a norm behind an activation."""
        x = layers.BatchNormalization()(x)
        x = self.one_of(layers.ReLU(), layers.ReLU(6), layers.LeakyReLU(0.125), layers.Identity())(
            x
        )
        y = self.convolution(x, x.shape[-1], "same")
        return y if self.often(0.5) else layers.Concatenate()([y, self.convolution(x, 4, "same")])

    def window(self, stretch, padding=None):
        """A window that fits the picture, and the size that it leaves."""
        kernel = self.one_of((1, 1), (2, 3), (3, 3), (3, 2))
        kernel = kernel if self.axes == 2 else kernel[:1] * self.axes
        strides = np.broadcast_to(stretch.get("strides", 1), self.axes)
        reach = (np.array(kernel) - 1) * stretch.get("dilation_rate", 1) + 1
        padding = padding or self.one_of("same", "valid")
        if np.any(reach >= self.size):
            padding = "same"
        taken = 0 if padding == "same" else reach - 1
        self.size = tuple((-(-(np.array(self.size) - taken) // strides)).tolist())
        return kernel, {"padding": padding, **stretch}

    def activated(self, kind, *arguments, **settings):
        """A layer with weights and what may follow it: BatchNorm, dropout, an activation."""
        activation = self.one_of(*self.activations)
        followers = []
        if self.often(0.5):
            followers.append(layers.BatchNormalization(scale=self.often(0.7)))
            settings["use_bias"] = self.often(0.5)
        if self.often(0.2):
            followers.insert(self.random.integers(len(followers) + 1), layers.Dropout(0.5))
        if followers or self.often(0.5):
            followers.append(
                self.one_of(layers.ReLU(), layers.LeakyReLU(0.125), layers.Activation(activation))
            )
        else:
            settings["activation"] = activation
        layer = kind(*arguments, **settings)

        def call(x):
            for step in (layer, *followers):
                x = step(x)
            return x

        return call

    def pooling(self, x, strides=None):
        kind = self.one_of(self.kind("MaxPooling"), self.kind("AveragePooling"))
        size, settings = self.window({"strides": strides or self.one_of(1, 2)})
        return kind(size, **settings)(x)

    def padding(self, x):
        pads = (*self.one_of(((1, 1), (1, 1)), ((0, 1), (2, 0))), (1, 0))[: self.axes]
        self.size = tuple(n + sum(pair) for n, pair in zip(self.size, pads, strict=True))
        return self.kind("ZeroPadding")(pads if self.axes > 1 else pads[0])(x)

    def residual(self, x):
        y = layers.ReLU()(x) if self.often(0.5) else x
        y = self.convolution(y, x.shape[-1], "same")
        x = layers.Add()([x, y] if self.often(0.5) else [y, x, y])
        return layers.ReLU()(x) if self.often(0.5) else x

    def branches(self, x):
        return layers.Concatenate()([self.convolution(x, 4, "same") for _ in range(2)])

    def shared(self, x):
        """A layer called twice, or a nested model called twice."""
        channels = x.shape[-1]
        convolution = self.kind("Conv")
        layer = convolution(channels, 3, padding="same", activation=self.one_of("relu", "tanh"))
        if self.often(0.5):
            inner = keras.Input((*[None] * self.axes, channels))
            y = layers.BatchNormalization()(convolution(channels, 1)(inner))
            layer = keras.Model(inner, layers.LeakyReLU(0.25)(y))
        return layer(layer(x))

    def nested(self, x):
        stack = keras.Sequential(
            [self.kind("Conv")(6, 3, padding="same"), layers.BatchNormalization(), layers.ReLU()]
        )
        return stack(x)

    # The end: from a picture to classes

    def end(self, x):
        if self.often(0.25):  # a convolution that speaks for the classes
            x = self.kind("Conv")(3, 1)(x)
            x = self.one_of(self.kind("GlobalAveragePooling"), self.kind("GlobalMaxPooling"))()(x)
            return layers.Softmax()(x) if self.often(0.5) else x
        reduce = ["average", "max", "kept"] + ([] if self.any_size else ["flatten", "reshape"])
        match self.one_of(*reduce):
            case "average":
                x = self.kind("GlobalAveragePooling")()(x)
            case "max":
                x = self.kind("GlobalMaxPooling")()(x)
            case "kept":
                x = self.kind("GlobalAveragePooling")(keepdims=True)(x)
                x = layers.Reshape((-1,))(x)
            case "flatten":
                x = layers.Flatten()(x)
            case "reshape":  # a dense layer on rank 3
                x = layers.Reshape((-1, x.shape[-1]))(x)
                x = layers.Flatten()(self.activated(layers.Dense, 3)(x))
        if self.often(0.5):
            x = self.activated(layers.Dense, 7)(x)
        return self.classes(x)

    def classes(self, x):
        match self.one_of("argument", "layer", "none"):
            case "argument":
                return layers.Dense(4, activation="softmax")(x)
            case "layer":
                return layers.Activation("softmax")(layers.Dense(4)(x))
            case "none":
                return layers.Dense(4)(x)


STEPS = (
    _Drawing.convolution,
    _Drawing.convolution,
    _Drawing.pooling,
    _Drawing.padding,
    _Drawing.by_channel,
    _Drawing.activated_before,
    _Drawing.residual,
    _Drawing.branches,
    _Drawing.shared,
    _Drawing.nested,
    _Drawing.grown,
    _Drawing.cropped,
    _Drawing.permuted,
    _Drawing.merged,
    _Drawing.arithmetic,
    _Drawing.normalized,
    _Drawing.other_activations,
)
