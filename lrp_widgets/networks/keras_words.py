"""A Keras layer or model in words, for the sentences in which one is refused."""

import keras


def describe(operation):
    """Return a layer's name and kind: "Layer 'fc1' (Dense)"."""
    kind = type(operation).__name__
    name = getattr(operation, "name", None)
    if name is None:
        return f"An object of type {kind}"
    if isinstance(operation, keras.Model):
        return f"Model {name!r} ({kind}, with a call of its own)"
    if isinstance(operation, keras.layers.Layer):
        return f"Layer {name!r} ({kind})"
    return f"Operation {name!r} (keras.ops {kind})"
