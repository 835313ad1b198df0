"""Which units a unit of attention reads, and which read it: places only, no values."""

from itertools import product

import numpy as np

from .attention import Join, Product, Projection, Softmax
from .einsum_dense import EinsumDense
from .normalizing import LayerNorm


def terms_read(layer, shapes, index):
    """What a unit adds up, term by term: the place of each in every factor, [(n, axes), …].

    Of a product the places in both inputs; of an einsum's dense layer those of the input, and of
    the kernel.
    """
    (*factors, out), sizes = letters(layer), {}
    shown = [_on_tokens(layer, shapes[source]) for source in layer.inputs]
    if isinstance(layer, EinsumDense):
        shown.append(layer.kernel.shape)
    for factor, shape in zip(factors, shown, strict=True):
        sizes |= dict(zip(factor, shape, strict=True))
    at = dict(zip(out, _token_index(layer, index), strict=True))
    summed = [letter for letter in factors[0] if letter not in at]
    grid = np.array(list(product(*(range(sizes[letter]) for letter in summed))), int)
    columns = {letter: np.full(len(grid), value) for letter, value in at.items()}
    columns |= dict(zip(summed, grid.reshape(-1, len(summed)).T, strict=True))
    found = [np.column_stack([columns[letter] for letter in factor]) for factor in factors]
    if isinstance(layer, Projection):
        found[0] = _placed(found[0], shapes[layer.inputs[0]][:-1])
    return found


def along(layer, shape, index):
    """The places of which a softmax or LayerNorm makes the unit `index`: (n, axes)."""
    ranges = [range(k, k + 1) for k in index]
    axes = [layer.axis] if isinstance(layer, Softmax) else range(-layer.axes, 0)
    for axis in axes:
        ranges[axis] = range(shape[axis])
    return np.array(list(product(*ranges)), int)


def outputs_reading(layer, shapes, source, place):
    """The units of an operation of attention that read the input `place` of `source`."""
    if isinstance(layer, Softmax | LayerNorm):
        return [tuple(map(int, each)) for each in along(layer, shapes[layer.name], place)]
    *factors, out = letters(layer)
    outputs = {}
    for name, factor in zip(layer.inputs, factors, strict=False):
        if name != source:
            continue
        here = place
        if isinstance(layer, Projection):
            here = (int(np.ravel_multi_index(place[:-1], shapes[source][:-1])), place[-1])
        at = dict(zip(factor, here, strict=True))
        shape = _on_tokens(layer, shapes[layer.name], out=True)
        sizes = zip(out, shape, strict=True)
        ranges = [range(at[x], at[x] + 1) if x in at else range(size) for x, size in sizes]
        units = np.array(list(product(*ranges)), int)
        if isinstance(layer, Join):
            units = _placed(units, layer.places)
        outputs |= dict.fromkeys(tuple(map(int, each)) for each in units)
    return list(outputs)


def span_below(layer, number, span, shape):
    """What of input `number` the outputs `span` see, along its first two axes: (first, last).

    `span`: the first and last of the outputs along theirs; `shape`: the input's. None: everything.
    """
    low, high = span
    match layer:
        case Projection():
            ends = [np.array(np.unravel_index(each[0], shape[:-1])) for each in span]
            if ends[0][0] != ends[1][0]:  # whole rows, for a row of tokens may end within one
                ends = [np.array([ends[0][0], 0]), np.array([ends[1][0], shape[1] - 1])]
            return tuple(ends)
        case Join():
            first, last = (int(np.ravel_multi_index(tuple(each), layer.places)) for each in span)
            return np.array([first, 0]), np.array([last, shape[1] - 1])
        case Softmax():
            looked = layer.axis % len(shape)
            whole = np.arange(2) == looked
            return np.where(whole, 0, low), np.where(whole, np.array(shape[:2]) - 1, high)
        case Product():
            *factors, out = letters(layer)
            at = [out.find(letter) for letter in factors[number][:2]]
            seen = [(low[k], high[k]) if 0 <= k < 2 else None for k in at]
            ends = [each or (0, size - 1) for each, size in zip(seen, shape[:2], strict=True)]
            return tuple(np.array(ends).T)
    return None


def letters(layer):
    """The letters of an einsum's factors and of what it puts out, without the batch's."""
    factors, out = layer.equation.split("->")
    parts = [*factors.split(","), out]
    if "..." in out:
        return [part.removeprefix("...") for part in parts]
    return [part.removeprefix(out[0]) for part in parts]


def _on_tokens(layer, shape, out=False):
    """A shape with all places in a row where the layer takes, or puts out, tokens."""
    in_a_row = isinstance(layer, Join) if out else isinstance(layer, Projection)
    return (int(np.prod(shape[:-1])), shape[-1]) if in_a_row else shape


def _token_index(layer, index):
    if not isinstance(layer, Join):
        return index
    return (int(np.ravel_multi_index(index[:-1], layer.places)), index[-1])


def _placed(units, places):
    """Units (n, 2) of tokens in a row as units on their places: (n, axes)."""
    return np.column_stack([*np.unravel_index(units[:, 0], places), units[:, 1]])
