"""zennit and Captum in the comparison, both on PyTorch: the pixels' relevance alone."""

from functools import cache, partial

import numpy as np
from plain import load
from turns import FORWARD, play


def make(folder):
    import torch
    from captum.attr import LRP
    from captum.attr._utils.lrp_rules import EpsilonRule
    from zennit import rules as theirs
    from zennit.composites import LayerMapComposite
    from zennit.types import Activation

    @cache
    def model(dtype):
        made = _model(torch, load(folder))
        return made.double() if dtype == "float64" else made

    def forward(x):
        with torch.no_grad():
            return model(x.dtype.name)(_tensor(torch, x)).numpy()

    def by_zennit(rule, x):
        composite = LayerMapComposite(
            [(Activation, theirs.Pass()), (torch.nn.Conv2d, rule()), (torch.nn.Linear, rule())]
        )
        x_t = _tensor(torch, x).requires_grad_()
        with composite.context(model(x.dtype.name)) as changed:
            output = changed(x_t)
            start = torch.zeros_like(output)
            start[0, 0] = output[0, 0].detach()
            (relevance,) = torch.autograd.grad(output, x_t, start)
        return _channels_last(relevance)

    def by_captum(x):
        stack = model(x.dtype.name)
        for module in stack:  # at every call, for it forgets them
            if not isinstance(module, torch.nn.ReLU):
                module.rule = EpsilonRule(1e-6)
        return _channels_last(LRP(stack).attribute(_tensor(torch, x).requires_grad_(), target=0))

    rules = {
        "z-plus": partial(theirs.ZPlus, zero_params="bias"),  # ours leaves the biases out there
        "epsilon:1e-06": partial(theirs.Epsilon, 1e-6),
        "gamma-sign:0.25": partial(theirs.Gamma, 0.25),
        "alpha-beta:2": partial(theirs.AlphaBeta, 2, 1),
    }
    zennit = {name: partial(by_zennit, rule) for name, rule in rules.items()}
    return {
        "zennit": {FORWARD: forward, **zennit},
        "Captum": {FORWARD: forward, "epsilon:1e-06": by_captum},
    }


def _model(torch, network):
    """The network in PyTorch, channels first."""
    modules, (height, width, channels) = [], network["input"]
    for layer in network["layers"]:
        if layer["kind"] == "convolution":
            rows, _, inputs, channels = layer["kernel"].shape
            made = torch.nn.Conv2d(inputs, channels, rows, padding=rows // 2)
            modules.append(
                _filled(torch, made, layer["kernel"].transpose(3, 2, 0, 1), layer["bias"])
            )
        elif layer["kind"] == "max pooling":
            modules.append(torch.nn.MaxPool2d(tuple(layer["size"]), tuple(layer["strides"])))
            height, width = height // layer["strides"][0], width // layer["strides"][1]
        elif layer["kind"] == "flatten":
            modules.append(torch.nn.Flatten())
        else:
            kernel = layer["kernel"]
            inputs, outputs = kernel.shape
            if inputs == height * width * channels:  # behind flatten, which has channels first here
                kernel = kernel.reshape(height, width, channels, outputs)
                kernel = kernel.transpose(2, 0, 1, 3).reshape(inputs, outputs)
            modules.append(
                _filled(torch, torch.nn.Linear(inputs, outputs), kernel.T, layer["bias"])
            )
        if layer.get("relu"):
            modules.append(torch.nn.ReLU())
    return torch.nn.Sequential(*modules).eval()


def _filled(torch, module, weight, bias):
    with torch.no_grad():
        module.weight.copy_(torch.from_numpy(np.array(weight)))
        module.bias.copy_(torch.from_numpy(np.array(bias)))
    return module


def _tensor(torch, x):
    return torch.from_numpy(x.transpose(0, 3, 1, 2).copy())


def _channels_last(tensor):
    return tensor.detach().numpy()[0].transpose(1, 2, 0)


play(make)
