"""LRP written out, slow and obvious, in float64: what the package is held against.

Every layer with weights becomes an explicit list of connections, every pooling window an
explicit list of places; every rule is a loop over output units that writes its sum down.
Nothing here is shared with the package but the layers' settings.
"""

import itertools
import math
from dataclasses import replace

import numpy as np

from lrp_widgets.lrp import rules as named
from lrp_widgets.networks import layers as kinds
from lrp_widgets.networks import normalizing as norms
from lrp_widgets.networks import resampling as more


def window_starts(length, size, stride, padding, dilation=1):
    """(number of windows, where the first one starts) along one axis."""
    reach = (size - 1) * dilation + 1
    if padding == "valid":
        return (length - reach) // stride + 1, 0
    count = -(-length // stride)
    missing = max((count - 1) * stride + reach - length, 0)
    return count, -(missing // 2)


def connections(layer, shape):
    """For a layer with weights on input `shape`: (output shape, {j: [(i, w_ij), …]}).

    i and j are index tuples without the batch axis.
    """
    w = np.asarray(layer.kernel, np.float64)
    if isinstance(layer, kinds.Dense):
        out = (*shape[:-1], w.shape[1])
        links = {
            (*place, j): [((*place, i), w[i, j]) for i in range(w.shape[0])]
            for place in np.ndindex(*shape[:-1])
            for j in range(w.shape[1])
        }
        return out, links
    if isinstance(layer, more.TransposedConvolution):
        return transposed_connections(layer, shape)
    *taps, depth, filters = w.shape
    counts, firsts = starts(shape, taps, layer.strides, layer.padding, layer.dilation)
    links = {}
    for *window, f in np.ndindex(*counts, filters):
        group = f // (filters // layer.groups)
        here = []
        for *tap, k in np.ndindex(*taps, depth):
            place = [
                first + at * stride + t * step
                for first, at, stride, t, step in zip(
                    firsts, window, layer.strides, tap, layer.dilation
                )
            ]
            if all(0 <= at < length for at, length in zip(place, shape)):
                here.append(((*place, group * depth + k), w[(*tap, k, f)]))
        links[(*window, f)] = here
    return (*counts, filters), links


def starts(shape, size, strides, padding, dilation):
    """(numbers of windows, where the first ones start) along all axes."""
    return zip(
        *(
            window_starts(*along, padding, step)
            for *along, step in zip(shape, size, strides, dilation)
        )
    )


def transposed_connections(layer, shape):
    """As `connections`: each input writes into every place of its window of the output."""
    w = np.asarray(layer.kernel, np.float64)
    *taps, _, filters = w.shape
    lengths = [
        length * stride
        if layer.padding == "same"
        else (length - 1) * stride + max((size - 1) * step + 1, stride)
        for length, stride, size, step in zip(shape, layer.strides, taps, layer.dilation)
    ]
    counts, firsts = starts(lengths, taps, layer.strides, layer.padding, layer.dilation)
    assert tuple(counts) == tuple(shape[:-1])
    links = {j: [] for j in np.ndindex(*lengths, filters)}
    for *source, k in np.ndindex(*shape):
        for *tap, f in np.ndindex(*taps, filters):
            place = [
                first + at * stride + t * step
                for first, at, stride, t, step in zip(
                    firsts, source, layer.strides, tap, layer.dilation
                )
            ]
            if (*place, f) in links:
                links[(*place, f)].append(((*source, k), w[(*tap, k, f)]))
    return (*lengths, filters), links


def windows(layer, shape):
    """For a pooling layer on input `shape`: (output shape, {j: [i, …] in row-major order})."""
    *lengths, channels = shape
    if isinstance(layer, kinds.GlobalWindow):
        out = (*[1] * len(lengths), channels) if layer.keepdims else (channels,)
        cells = list(np.ndindex(*lengths))
        return out, {
            j: [(*cell, j[-1]) for cell in cells] for j in itertools.product(*map(range, out))
        }
    once = (1,) * len(layer.size)
    counts, firsts = starts(lengths, layer.size, layer.strides, layer.padding, once)
    places = {}
    for *window, k in np.ndindex(*counts, channels):
        corner = [f + at * n for f, at, n in zip(firsts, window, layer.strides)]
        inside = [
            range(max(begin, 0), min(begin + size, length))
            for begin, size, length in zip(corner, layer.size, lengths)
        ]
        places[(*window, k)] = [(*cell, k) for cell in itertools.product(*inside)]
    return (*counts, channels), places


def activate(layer, z):
    """The layer's activation function, written out."""
    if layer.activation is None:
        return z
    match layer.activation.name:
        case "relu":
            return np.maximum(z, 0)
        case "relu6":
            return np.clip(z, 0, 6)
        case "leaky relu":
            return np.where(z > 0, z, layer.activation.slope * z)
        case "prelu":
            return np.where(z > 0, z, np.asarray(layer.activation.slope, np.float64) * z)
        case "limited relu":
            slope, limit, threshold = (
                getattr(layer.activation, name) for name in ("slope", "limit", "threshold")
            )
            below = np.where(z >= threshold, z, slope * (z - threshold))
            return below if limit is None else np.minimum(below, limit)
        case "elu":
            return np.where(z > 0, z, layer.activation.slope * (np.exp(np.minimum(z, 0)) - 1))
        case "gelu":
            return z * 0.5 * (1 + np.vectorize(math.erf)(z / math.sqrt(2)))
        case "gelu by tanh":
            return z * 0.5 * (1 + np.tanh(math.sqrt(2 / math.pi) * (z + 0.044715 * z**3)))
        case "silu":
            return z / (1 + np.exp(-z))
        case "softplus":
            return np.log(1 + np.exp(z))
        case "sigmoid":
            return 1 / (1 + np.exp(-z))
        case "tanh":
            return np.tanh(z)
        case "softmax":
            e = np.exp(z - z.max(-1, keepdims=True))
            return e / e.sum(-1, keepdims=True)


def forward(network, x):
    """Every layer's output and pre-activation for one input: ({name: a}, {name: z})."""
    a, z = {}, {}
    for layer in network.layers:
        if isinstance(layer, kinds.Input):
            a[layer.name] = z[layer.name] = np.asarray(x, np.float64)
            continue
        xs = [a[name] for name in layer.inputs]
        z[layer.name] = _combine(layer, xs)
        a[layer.name] = activate(layer, z[layer.name])
    return a, z


def _combine(layer, xs):
    x = xs[0]
    if isinstance(layer, kinds.Weighted):
        out, links = connections(layer, x.shape)
        z = np.zeros(out)
        for j, here in links.items():
            z[j] = sum(x[i] * w for i, w in here)
            if layer.bias is not None:
                z[j] += float(layer.bias[j[-1]])
        return z
    if isinstance(layer, kinds.Window | kinds.GlobalWindow):
        out, places = windows(layer, x.shape)
        z = np.zeros(out)
        largest = isinstance(layer, kinds.MaxPooling | kinds.GlobalMaxPooling)
        for j, here in places.items():
            values = [x[i] for i in here]
            z[j] = max(values) if largest else sum(values) / len(values)
        return z
    match layer:
        case kinds.Addition():
            return sum(factor * each for factor, each in zip(_factors(layer), xs))
        case kinds.Maximum():
            return np.max(xs, 0)
        case more.Upsampling():
            return x[_nearest(layer, x.shape)]
        case more.Cropping():
            return x[_kept(layer, x.shape)]
        case kinds.Permute():
            return np.moveaxis(x, [d - 1 for d in layer.dims], range(x.ndim))
        case norms.LayerNorm():
            return _normalized(layer, x, tuple(range(-layer.axes, 0)))
        case norms.GroupNorm():
            size = x.shape[-1] // layer.groups
            scale, offset = (
                np.broadcast_to(each, x.shape[-1:]) for each in (layer.scale, layer.offset)
            )
            parts = []
            for group in range(layer.groups):
                here = slice(group * size, (group + 1) * size)
                part = replace(layer, scale=scale[here], offset=offset[here])
                parts.append(_normalized(part, x[..., here], None))
            return np.concatenate(parts, -1)
        case kinds.Concatenation():
            return np.concatenate(xs, layer.axis if layer.axis < 0 else layer.axis - 1)
        case kinds.Reshape():
            return x.reshape(-1 if layer.shape is None else layer.shape)
        case kinds.Padding():
            return np.pad(x, (*layer.pads, (0, 0)))
        case kinds.Affine():
            center = 0 if layer.center is None else layer.center
            return (x - center) * layer.scale + layer.offset
        case kinds.Elementwise():
            return x
    raise TypeError(layer)


def _factors(layer):
    return [1.0] * len(layer.inputs) if layer.factors is None else layer.factors


def _nearest(layer, shape):
    """For each place of the larger picture the one that it copies."""
    return np.ix_(*(np.arange(n * k) // k for n, k in zip(shape, (*layer.size, 1))))


def _kept(layer, shape):
    crops = (*layer.crops, (0, 0))
    return tuple(slice(before, n - behind) for n, (before, behind) in zip(shape, crops))


def _normalized(layer, x, axes):
    mean, variance = x.mean(axes, keepdims=True), x.var(axes, keepdims=True)
    return (x - mean) / np.sqrt(variance + layer.epsilon) * layer.scale + layer.offset


def real(network, name, outputs):
    """1 where layer `name` puts out a real value, 0 where padding."""
    layer = network[name]
    match layer:
        case kinds.Padding():
            return np.pad(real(network, layer.inputs[0], outputs), (*layer.pads, (0, 0)))
        case kinds.Affine() | kinds.Elementwise() | norms.Normalization():
            return real(network, layer.inputs[0], outputs)
        case more.Upsampling() | more.Cropping() | kinds.Permute():
            return _combine(layer, [real(network, layer.inputs[0], outputs)])
        case kinds.Maximum():
            return np.max([real(network, name, outputs) for name in layer.inputs], 0)
    return np.ones_like(outputs[name])


def share(rule, terms, b, z, ones, epsilon, channels=None, rms=None):
    """How one output unit shares a relevance of 1 by `rule`: (shares, its ledger).

    `terms`: [(x_i, w_ij), …]; `b`: the layer's bias of the unit; `z`: Σ x w + b;
    `ones`: 1 for a real input, 0 for padding, one a term; `channels`: each input's channel;
    `rms`: √(mean of z²) over all units of the layer.
    """
    plus, minus = (lambda v: max(v, 0.0)), (lambda v: min(v, 0.0))
    products = [x * w for x, w in terms]
    match rule:
        case named.ZPlus():
            return _divide([plus(p) for p in products], plus(b) if rule.bias else 0.0, epsilon, b)
        case named.Ones():
            return _divide([o * plus(w) for o, (_, w) in zip(ones, terms)], 0.0, epsilon, b)
        case named.WSquare():
            counted = b * b if rule.bias else 0.0
            return _divide([o * w * w for o, (_, w) in zip(ones, terms)], counted, epsilon, b)
        case named.Flat():
            return _divide([o * 1.0 for o in ones], float(rule.bias and b != 0), epsilon, b)
        case named.Zero():
            return _divide(products, b, 0.0, b)
        case named.Epsilon():
            return _divide(products, b, rule.epsilon * (rms if rule.relative else 1), b)
        case named.ZBox():
            low, high = (
                [value[c] if isinstance(value, tuple) else value for c in channels]
                for value in (rule.low, rule.high)
            )
            values = [
                x * w - o * down * plus(w) - o * up * minus(w)
                for o, (x, w), down, up in zip(ones, terms, low, high)
            ]
            return _divide(values, b if rule.bias else 0.0, epsilon, b)
        case named.Gamma(generalized=False):
            values = [x * (w + rule.gamma * plus(w)) for x, w in terms]
            return _divide(values, b + rule.gamma * plus(b) if rule.bias else 0.0, epsilon, b)
        case named.Gamma():
            part = plus if (z if rule.bias else sum(products)) >= 0 else minus
            values = [p + rule.gamma * part(p) for p in products]
            return _divide(values, b + rule.gamma * part(b) if rule.bias else 0.0, epsilon, b)
        case named.AlphaBeta():
            gain, up = _divide([plus(p) for p in products], plus(b), epsilon, b)
            loss, down = _divide([minus(p) for p in products], minus(b), epsilon, b)
            alpha, beta = rule.alpha, rule.beta
            shares = [alpha * g - beta * v for g, v in zip(gain, loss)]
            return shares, [alpha * u - beta * v for u, v in zip(up, down)]
    raise TypeError(rule)


def _divide(values, counted, epsilon, b):
    """(value / denominator for each, [bias, stabilizer, dead, padding])."""
    d = sum(values) + counted
    e = -epsilon if d < 0 else epsilon
    if (counted == 0 and all(v == 0 for v in values)) or d + e == 0:
        return [0.0] * len(values), [1.0, 0.0, 0.0, 0.0] if b > 0 else [0.0, 0.0, 1.0, 0.0]
    return [v / (d + e) for v in values], [counted / (d + e), e / (d + e), 0.0, 0.0]


def step(network, layer, outputs, z, relevance, rule, epsilon):
    """One layer: ([relevance of each input], its ledger {"bias": …, …, "padding": …}).

    What lies on padding is never an input: a convolution or pool that pads has no connections
    there, and a padding layer's own places lead nowhere.
    """
    xs = [outputs[name] for name in layer.inputs]
    down = [np.zeros(x.shape) for x in xs]
    ledger = np.zeros(4)
    x = xs[0]
    if isinstance(layer, kinds.Weighted):
        _, links = connections(layer, x.shape)
        places = real(network, layer.inputs[0], outputs)
        rms = np.sqrt(np.mean(z[layer.name] ** 2))
        for j, here in links.items():
            b = 0.0 if layer.bias is None else float(layer.bias[j[-1]])
            total = sum(x[i] * w for i, w in here) + b
            terms = [(x[i], w) for i, w in here]
            ones, channels = [places[i] for i, _ in here], [i[-1] for i, _ in here]
            shares, absorbed = share(rule, terms, b, total, ones, epsilon, channels, rms)
            for (i, _), part in zip(here, shares):
                down[0][i] += part * relevance[j]
            ledger += np.array(absorbed) * relevance[j]
    elif isinstance(layer, kinds.Window | kinds.GlobalWindow):
        _, groups = windows(layer, x.shape)
        for j, here in groups.items():
            values = [x[i] for i in here]
            if isinstance(rule, named.WinnerTakeAll):
                down[0][here[int(np.argmax(values))]] += relevance[j]
                continue
            shares = _proportions(values)
            for i, part in zip(here, shares or []):
                down[0][i] += part * relevance[j]
            ledger[2] += 0 if shares else relevance[j]
    elif isinstance(layer, kinds.Addition):
        rms = np.sqrt(np.mean(z[layer.name] ** 2))
        for j in np.ndindex(x.shape):
            if isinstance(rule, named.Rule):
                terms = [(each[j], factor) for factor, each in zip(_factors(layer), xs)]
                shares, absorbed = share(
                    rule, terms, 0.0, z[layer.name][j], None, epsilon, None, rms
                )
                for k, part in enumerate(shares):
                    down[k][j] += part * relevance[j]
                ledger += np.array(absorbed) * relevance[j]
                continue
            shares = _proportions([factor * each[j] for factor, each in zip(_factors(layer), xs)])
            for k, part in enumerate(shares or []):
                down[k][j] += part * relevance[j]
            ledger[2] += 0 if shares else relevance[j]
    elif isinstance(layer, kinds.Maximum):
        for j in np.ndindex(x.shape):
            down[int(np.argmax([each[j] for each in xs]))][j] = relevance[j]
    elif isinstance(layer, more.Upsampling):
        for j in np.ndindex(relevance.shape):
            down[0][tuple(k // n for k, n in zip(j, (*layer.size, 1)))] += relevance[j]
    elif isinstance(layer, more.Cropping):
        down[0][_kept(layer, x.shape)] = relevance
    elif isinstance(layer, kinds.Permute):
        for j in np.ndindex(relevance.shape):
            i = [0] * len(j)
            for axis, at in zip(layer.dims, j):
                i[axis - 1] = at
            down[0][tuple(i)] = relevance[j]
    elif isinstance(layer, kinds.Concatenation):
        axis = layer.axis if layer.axis < 0 else layer.axis - 1
        cuts = np.cumsum([each.shape[axis] for each in xs])[:-1]
        down = np.split(relevance, cuts, axis)
    elif isinstance(layer, kinds.Padding):
        for j in np.ndindex(relevance.shape):
            i = tuple(k - before for k, (before, _) in zip(j, (*layer.pads, (0, 0))))
            if all(0 <= k < size for k, size in zip(i, x.shape)):
                down[0][i] = relevance[j]
            else:
                ledger[3] += relevance[j]
    elif isinstance(layer, kinds.Affine) and isinstance(rule, named.Rule):
        rms = np.sqrt(np.mean(z[layer.name] ** 2))
        places = real(network, layer.inputs[0], outputs)
        scale, center, offset = (
            np.broadcast_to(0 if values is None else values, x.shape[-1:])
            for values in (layer.scale, layer.center, layer.offset)
        )
        for j in np.ndindex(x.shape):
            k = j[-1]
            b = offset[k] - scale[k] * center[k]
            if not places[j]:
                ledger[3] += relevance[j]
                continue
            terms = [(x[j], scale[k])]
            (part,), absorbed = share(rule, terms, b, z[layer.name][j], None, epsilon, None, rms)
            down[0][j] = part * relevance[j]
            ledger += np.array(absorbed) * relevance[j]
    else:
        down = [relevance.reshape(x.shape).copy()]
        for j in np.ndindex(x.shape) if isinstance(layer, kinds.Affine) else ():
            if np.broadcast_to(layer.scale, x.shape[-1:])[j[-1]] == 0:  # a constant
                ledger[0] += down[0][j]
                down[0][j] = 0.0
    return down, dict(zip(("bias", "stabilizer", "dead", "padding"), ledger))


def _proportions(values):
    """Shares by strength: positive values first, else the negative ones; None if all are 0."""
    for part in ([max(v, 0.0) for v in values], [min(v, 0.0) for v in values]):
        if sum(part) != 0:
            return [v / sum(part) for v in part]
    return None


def start_relevance(network, z, outputs, start, target=None, other=None):
    """The relevance of the output for one picture."""
    last = network.layers[-1]
    squashed = last.activation is not None and last.activation.name in ("softmax", "sigmoid")
    a = outputs[last.name]
    logits = z[last.name] if squashed else a
    order = np.argsort(-logits, kind="stable")
    target = order[0] if target is None else target
    if start == "softmax":
        return a
    relevance = np.zeros_like(a)
    relevance[target] = a[target] if start == "probability" else logits[target]
    if start == "contrast":
        other = next(k for k in order if k != target) if other is None else other
        relevance[other] = -logits[other]
    return relevance


def feeds(network, name, target):
    """Whether what layer `name` puts out reaches the layer `target`, by whatever way."""
    return any(
        layer.name == target or feeds(network, layer.name, target)
        for layer in network.layers
        if name in layer.inputs
    )


def leads_past(network, layer, source, through):
    """Whether relevance from `layer` to `source` has gone past a layer to be passed through."""
    return any(
        layer != name and feeds(network, source, name) and not feeds(network, layer, name)
        for name in through
    )


def explain(network, x, rules, start, target=None, other=None, epsilon=1e-9, through=None):
    """Relevance and ledger of every layer for one input: ({name: R}, {name: ledger}, {name: a}).

    `x` is the network's input; `rules` {layer name: rule}; `through` {layer name: [channel, …]}.
    """
    through = through or {}
    outputs, z = forward(network, x)
    last = network.layers[-1].name
    relevances = {name: np.zeros_like(a) for name, a in outputs.items()}
    relevances[last] = start_relevance(network, z, outputs, start, target, other)
    ledger = {}
    for layer in reversed(network.layers[1:]):
        followed, aside = relevances[layer.name].copy(), 0.0
        for place in np.ndindex(followed.shape):
            if layer.name in through and place[-1] not in through[layer.name]:
                aside += followed[place]
                followed[place] = 0.0
        down, ledger[layer.name] = step(
            network, layer, outputs, z, followed, rules[layer.name], epsilon
        )
        for k, name in enumerate(layer.inputs):
            if leads_past(network, layer.name, name, through):
                aside += down[k].sum()
                down[k] = np.zeros_like(down[k])
        ledger[layer.name]["set aside"] = aside
        for name, part in zip(layer.inputs, down):
            relevances[name] = relevances[name] + part
    return relevances, ledger, outputs
