"""A network as a list of its layers and arrays, for libraries that know nothing of ours.

Only stacks such as VGG: convolutions of stride 1 that keep the size, max pooling, flatten, dense.
"""

import json

import numpy as np


def save(network, folder):
    """Write the network's layers into the folder; the softmax at its end is left out.

    Raises ValueError for a layer of another kind.
    """
    layers, arrays = [], {}
    *_, last = network.weighted
    for layer in network.layers[1:]:
        if layer.kind in ("convolution", "dense"):
            if getattr(layer, "padding", "same") != "same" or layer.kind_text.count("·"):
                raise ValueError(
                    f"{network.name} has a {layer.kind_text} that is not padded evenly."
                )
            arrays[f"{layer.name}/kernel"] = layer.kernel
            arrays[f"{layer.name}/bias"] = layer.bias
            entry = {"relu": layer.activation is not None and layer is not last}
        elif layer.kind == "max pooling":
            entry = {"size": layer.size, "strides": layer.strides}
        elif layer.kind == "flatten":
            entry = {}
        else:
            raise ValueError(f"{network.name} has a layer of another kind: {layer.kind}.")
        layers.append({"name": layer.name, "kind": layer.kind} | entry)
    about = {"name": network.name, "weights": network.weights, "input": network.input_shape}
    (folder / "network.json").write_text(json.dumps(about | {"layers": layers}))
    np.savez(folder / "weights.npz", **arrays)


def describe(folder):
    """What `save` wrote but the arrays: {"name", "weights", "input", "layers": [a dict each]}."""
    return json.loads((folder / "network.json").read_text())


def load(folder):
    """The same with the arrays "kernel", (rows, columns, in, out) or (in, out), and "bias"."""
    network = describe(folder)
    arrays = np.load(folder / "weights.npz")
    for layer in network["layers"]:
        for key in ("kernel", "bias"):
            name = f"{layer['name']}/{key}"
            if name in arrays:
                layer[key] = arrays[name]
    return network
