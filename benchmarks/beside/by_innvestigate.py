"""iNNvestigate in the comparison, on the TensorFlow of its time: the pixels' relevance alone."""

from functools import cache

from plain import load
from turns import FORWARD, play

# Its names for our rules; generalised γ it has none for. Its αβ adds both b⁺ and b⁻ to each of the
# two sums, so that where biases are not zero, its map is another one.
RULES = {
    "z-plus": ("lrp.z_plus", {}),
    "epsilon:1e-06": ("lrp.epsilon", {"epsilon": 1e-6}),
    "alpha-beta:2": ("lrp.alpha_2_beta_1", {}),
}


def make(folder):
    import innvestigate
    import tensorflow as tf

    tf.compat.v1.disable_eager_execution()  # it knows no other way

    @cache
    def model(dtype):
        tf.keras.backend.set_floatx(dtype)
        return _model(tf.keras, load(folder))

    @cache
    def analyzer(rule, dtype):
        tf.keras.backend.set_floatx(dtype)
        name, settings = RULES[rule]
        return innvestigate.create_analyzer(
            name, model(dtype), neuron_selection_mode="index", **settings
        )

    def pixels(rule, x):
        return analyzer(rule, x.dtype.name).analyze(x, neuron_selection=0)[0]

    ways = {rule: lambda x, rule=rule: pixels(rule, x) for rule in RULES}
    forward = {FORWARD: lambda x: model(x.dtype.name).predict_on_batch(x)}
    return {"iNNvestigate": forward | ways}


def _model(keras, network):
    """The network in Keras."""
    x = inputs = keras.Input(tuple(network["input"]))
    made = {}
    for layer in network["layers"]:
        relu = "relu" if layer.get("relu") else None
        if layer["kind"] == "convolution":
            *size, _, channels = layer["kernel"].shape
            made[layer["name"]] = keras.layers.Conv2D(
                channels, size, padding="same", activation=relu
            )
        elif layer["kind"] == "max pooling":
            made[layer["name"]] = keras.layers.MaxPooling2D(layer["size"], layer["strides"])
        elif layer["kind"] == "flatten":
            made[layer["name"]] = keras.layers.Flatten()
        else:
            made[layer["name"]] = keras.layers.Dense(layer["kernel"].shape[1], activation=relu)
        x = made[layer["name"]](x)
    model = keras.Model(inputs, x)
    for layer in network["layers"]:
        if "kernel" in layer:
            made[layer["name"]].set_weights([layer["kernel"], layer["bias"]])
    return model


play(make)
