"""Channels are RGB inside, also in a network that was trained on BGR.

Such a network's first kernels are flipped once, when the `Network` is made, whatever its weights
come from: Keras, a file, the weight cache (which holds them as trained) or a seed. Its input is
flipped once, on entry (`Network.in_rgb`). Everything behind, relevance and screens too, is RGB.
"""

from dataclasses import replace

import numpy as np

from .layers import Affine, Input, Layer, Permute, Weighted
from .normalizing import Normalization


def flipped(layers: list[Layer]) -> list[Layer]:
    """The layers of a network that gives the same answer for a picture of flipped channels.

    Σ_c x_c w_c is the same sum when both count their channels from the other end. Flipping twice
    gives the weights as they were. Raises ValueError for a layer that mixes the picture with other
    values, or takes its channels in groups, where no flipped kernel does the same.
    """
    [source, *_] = layers
    assert isinstance(source, Input)
    channels = source.shape[-1]
    from_picture, made = {layers[0].name}, [layers[0]]
    for layer in layers[1:]:
        of_these = [source in from_picture for source in layer.inputs]
        if any(of_these):
            if not all(of_these):
                raise _unflippable(layer)
            if isinstance(layer, Weighted):
                layer = _with_flipped_kernel(layer, channels)
            elif _has_values_a_channel(layer):
                raise _unflippable(layer)
            else:
                from_picture.add(layer.name)
                if isinstance(layer, Affine):
                    layer = _with_flipped_values(layer, channels)
        made.append(layer)
    return made


def _has_values_a_channel(layer):
    """Whether a layer that has no kernel treats channels apart, in a way that is not flipped."""
    if isinstance(layer, Permute):
        return layer.dims[-1] != len(layer.dims)
    slopes = layer.activation is not None and np.size(layer.activation.slope) > 1
    return slopes or (isinstance(layer, Normalization) and layer.scale.size > 1)


def _with_flipped_kernel(layer, channels):
    # Flattened, channels come in blocks of the picture's: each block is flipped.
    inputs = layer.kernel.shape[-2]
    if inputs % channels:
        raise _unflippable(layer)
    blocks = layer.kernel.reshape(-1, channels, layer.kernel.shape[-1])
    return replace(layer, kernel=blocks[:, ::-1].reshape(layer.kernel.shape))


def _with_flipped_values(layer, channels):
    values = {key: getattr(layer, key) for key in ("scale", "offset", "center")}
    several = {key: v for key, v in values.items() if v is not None and np.size(v) > 1}
    return replace(
        layer, **{key: v.reshape(-1, channels)[:, ::-1].ravel() for key, v in several.items()}
    )


def _unflippable(layer):
    return ValueError(
        f"{layer.name} takes the picture's channels apart, so that a network trained on BGR cannot "
        "be put in RGB order: give it RGB pictures, with a preprocessing of its own for them."
    )
