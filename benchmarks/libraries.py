"""Our walks beside those of zennit and Captum: the same network, picture and rule, in one run.

    pip install torch zennit captum      # the package itself needs none of them
    python benchmarks/libraries.py [--network vgg16] [--weights random] [--rounds 5]

For each rule: how far the pixels' relevance is from ours in float64, relative to its largest
value, and the time in float32, also as a ratio to the same library's forward pass. The libraries
take turns, the fastest of the rounds counts. They give the pixels' relevance alone, we give every
layer's, and the ledger. Max pooling hands all to the winner, as both of them do, and the start is
the first class's logit.
"""

import argparse
import sys
from functools import partial
from itertools import cycle

import numpy as np
import tensorflow as tf
from speed import fastest

from lrp_widgets import explain, load_image, load_network
from lrp_widgets.compiling import PATIENCE
from lrp_widgets.layers import Convolution, Dense, MaxPooling, Reshape

try:
    import torch
    from captum.attr import LRP
    from captum.attr._utils.lrp_rules import EpsilonRule
    from zennit import rules as theirs
    from zennit.composites import LayerMapComposite
    from zennit.types import Activation
except ImportError as error:
    sys.exit(f"{error.name} is not installed: pip install torch zennit captum.")

# Our rule, zennit's, and whether Captum has it. z⁺ and αβ leave the biases out here;
# γ takes them along in both.
NO_BIAS = {"zero_params": "bias"}
RULES = {
    "z-plus": (partial(theirs.ZPlus, **NO_BIAS), False),
    "epsilon:1e-06": (partial(theirs.Epsilon, 1e-6), True),
    "gamma-sign:0.25": (partial(theirs.Gamma, 0.25), False),
    "alpha-beta:2": (partial(theirs.AlphaBeta, 2, 1), False),
}

RUNS_ON = {"lrp_widgets": "TensorFlow"}  # the others on PyTorch


def as_torch(network):
    """The same network in PyTorch, channels first, without the softmax at its end."""
    modules, height, width = [], *network.input_shape[:2]
    *_, last = network.weighted
    for layer in network.layers[1:]:
        if isinstance(layer, Convolution):
            rows, _, inputs, outputs = layer.kernel.shape
            made = torch.nn.Conv2d(inputs, outputs, rows, padding=rows // 2)
            modules.append(_filled(made, layer.kernel.transpose(3, 2, 0, 1), layer.bias))
            channels = outputs
        elif isinstance(layer, MaxPooling):
            modules.append(torch.nn.MaxPool2d(layer.size, layer.strides))
            height, width = height // layer.strides[0], width // layer.strides[1]
        elif isinstance(layer, Reshape):
            modules.append(torch.nn.Flatten())
        elif isinstance(layer, Dense):
            inputs, outputs = kernel_shape = layer.kernel.shape
            kernel = layer.kernel
            if inputs == height * width * channels:  # behind Flatten, which has channels first here
                kernel = kernel.reshape(height, width, channels, outputs)
                kernel = kernel.transpose(2, 0, 1, 3).reshape(kernel_shape)
            modules.append(_filled(torch.nn.Linear(inputs, outputs), kernel.T, layer.bias))
        else:
            raise ValueError(f"{network.name} has a layer of another kind: {layer.kind}.")
        if layer.activation is not None and layer is not last:
            modules.append(torch.nn.ReLU())
    return torch.nn.Sequential(*modules).eval()


def _filled(module, weight, bias):
    with torch.no_grad():
        module.weight.copy_(torch.from_numpy(np.array(weight)))
        module.bias.copy_(torch.from_numpy(np.array(bias)))
    return module


def by_zennit(model, x, rule):
    """The pixels' relevance, (H, W, C), of the first class's logit."""
    composite = LayerMapComposite(
        [(Activation, theirs.Pass()), (torch.nn.Conv2d, rule()), (torch.nn.Linear, rule())]
    )
    x = x.clone().requires_grad_()
    with composite.context(model) as changed:
        output = changed(x)
        start = torch.zeros_like(output)
        start[0, 0] = output[0, 0].detach()
        (relevance,) = torch.autograd.grad(output, x, start)
    return _last(relevance)


def by_captum(model, x):
    for module in model:  # at every call, for it forgets them
        if not isinstance(module, torch.nn.ReLU):
            module.rule = EpsilonRule(1e-6)
    return _last(LRP(model).attribute(x.clone().requires_grad_(), target=0))


def by_us(network, x, rule):
    settings = {"start": "logit", "target": 0, "pooling": "max", "input_rule": None}
    e = explain(network, x, rules=rule, epsilon=0, dtype=x.dtype.name, **settings)
    return e.pixels[..., ::-1] if network.channel_order == "BGR" else e.pixels  # as x has them


def _last(tensor):
    return tensor.detach().numpy()[0].transpose(1, 2, 0)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--network", default="vgg16", help="vgg16, vgg19 or mini-vgg")
    parser.add_argument("--weights", default="random", help='"random" or "pretrained"')
    parser.add_argument("--rounds", type=int, default=5)
    chosen = parser.parse_args()
    network = load_network(chosen.network, chosen.weights)
    model, exact, tensors = as_torch(network), as_torch(network).double(), network.tensors()
    pictures = [network.preprocess(load_image(name, network)[None]) for name in ("cat", "coffee")]
    pictures = [np.asarray(picture, np.float32) for picture in pictures]
    forward = tf.function(lambda x: network.walk(x, tensors)[1], autograph=False)
    print("| rule | library | off by | ms | ÷ own forward pass |\n| --- | --- | --: | --: | --: |")
    for name, (rule, in_captum) in RULES.items():
        ways = {
            "lrp_widgets": lambda x, _, rule=name: by_us(network, x[0], rule),
            "zennit": lambda x, model, rule=rule: by_zennit(model, first_channels(x), rule),
        }
        if in_captum:
            ways["Captum"] = lambda x, model: by_captum(model, first_channels(x))
        passes = {
            "TensorFlow": lambda x, _: forward(x).numpy(),
            "PyTorch": lambda x, model: torch_forward(model, first_channels(x)),
        }
        calls = {each: alternating(way, pictures, model) for each, way in (ways | passes).items()}
        for _ in range(PATIENCE + 2):  # until they are compiled
            calls["lrp_widgets"]()
        seconds = fastest(chosen.rounds, warm_up=2, **calls)
        x = pictures[0].astype(np.float64)
        maps = {library: way(x, exact) for library, way in ways.items()}
        for library, found in maps.items():
            ours = maps["lrp_widgets"]
            off = np.abs(found - ours).max() / np.abs(ours).max()
            took, own = seconds[library], seconds[RUNS_ON.get(library, "PyTorch")]
            print(f"| {name} | {library} | {off:.0e} | {1000 * took:.0f} | {took / own:.1f} |")


def alternating(way, pictures, model):
    """Call `way` with another picture each time, so that nothing is left from the last one."""
    following = cycle(pictures)
    return lambda: way(next(following), model)


def first_channels(x):
    """A batch in PyTorch's order: (B, C, H, W)."""
    return torch.from_numpy(x.transpose(0, 3, 1, 2).copy())


def torch_forward(model, x):
    with torch.no_grad():
        return model(x).numpy()


if __name__ == "__main__":
    main()
