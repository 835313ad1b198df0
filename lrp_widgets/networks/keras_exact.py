"""Which Keras layers compute with all digits of float32, so that their weights tell what they do.

Quantized layers keep codes in the place of weights, and round what they read as well; layers of a
half-precision policy round every product. Neither answer can be had to 1e-5 from weights alone.
"""

from collections.abc import Iterable

import keras

from .keras_words import describe

EXACT = ("float32", "float64")
HALF = ("float16", "bfloat16")


def check_exact(layers: Iterable[keras.Operation]) -> None:
    """Refuse what is quantized, or computes in another type than float32 and float64.

    Raises ValueError, one sentence, that names the first such layer and how many more there are.
    """
    layers = [each for layer in layers for each in _with_its_activation(layer)]
    quantized = [layer for layer in layers if layer.quantization_mode]
    if quantized:
        modes = " and ".join(sorted({str(layer.quantization_mode) for layer in quantized}))
        raise ValueError(
            f"{_named(quantized, 'is', 'are')} quantized ({modes}): codes stand there in the place "
            "of weights, and inputs are rounded too; read the model as it was before quantize()."
        )
    inexact = [layer for layer in layers if not _is_exact(layer)]
    if inexact:
        types = " and ".join(sorted({_type(layer) for layer in inexact}))
        raise ValueError(
            f"{_named(inexact, 'computes', 'compute')} in {types}, whose rounding no reading of "
            'weights repeats; build the model with the dtype policy "float32", and load its '
            "weights into that one."
        )


def _with_its_activation(layer):
    """The layer, and the one that it may have as its `activation=`; nothing for keras.ops."""
    if isinstance(layer, keras.layers.Layer):
        yield layer
        yield from _with_its_activation(getattr(layer, "activation", None))


def _is_exact(layer):
    if isinstance(layer, keras.layers.InputLayer):  # whole numbers are pixels
        return _type(layer) not in HALF
    return _type(layer) in EXACT


def _type(layer):
    """The type that a layer computes in; an input's is that of what comes in."""
    is_input = isinstance(layer, keras.layers.InputLayer)
    return layer.dtype if is_input else layer.compute_dtype


def _named(layers, one, several):
    if len(layers) == 1:
        return f"{describe(layers[0])} {one}"
    return f"{describe(layers[0])} and {len(layers) - 1} more {several}"
