"""What operations of keras.ops become, such as `x * 2`, `ops.relu(x)` or `ops.concatenate`.

`READERS` maps the class of an operation to a function of its call, as `keras_layers.READERS` does.
Arithmetic is read with one constant that is one number for all, or one a channel.
"""

import keras
import numpy as np

from .activations import Activation
from .attention import OneToken, Positions, Product
from .keras_words import describe
from .layers import (
    Addition,
    Affine,
    Concatenation,
    Elementwise,
    GlobalAveragePooling,
    GlobalMaxPooling,
    Maximum,
    Padding,
    Permute,
    Reshape,
)


def affine(call, scale, offset, kind):
    """x · scale + offset, with one number for all or one a channel."""
    scale, offset = np.asarray(scale, np.float64), np.asarray(offset, np.float64)
    for values in (scale, offset):
        if not np.isfinite(values).all():
            raise ValueError(
                f"{describe(call.layer)} has NaN or infinity in its numbers; every one must be a "
                "finite number."
            )
        if any(length > 1 for length in values.shape[:-1]):
            raise ValueError(
                f"{describe(call.layer)} has numbers of shape {values.shape}; it can be read "
                "with one number for all, or one a channel."
            )
    return Affine(name="", scale=_flat(scale), offset=_flat(offset), kind=kind)


def _flat(values):
    return values.reshape(values.shape[-1:])


def check_alike(call):
    """Raise ValueError, one sentence, where a layer's inputs have different shapes."""
    if len(set(call.input_shapes)) > 1:
        shapes = " and ".join(map(str, call.input_shapes))
        raise ValueError(
            f"{describe(call.layer)} takes shapes that differ, {shapes}; only equal ones can be."
        )


def addition(factors=None):
    """A reader of sums, each input times its factor; `factors` of the number of inputs."""

    def read(call):
        check_alike(call)
        given = None if factors is None else factors(len(call.input_shapes))
        return Addition(name="", factors=given)

    return read


def subtraction(count):
    """The factors of x − y."""
    return (1.0, -1.0)


def average(count):
    """The factors of a mean."""
    return (1 / count,) * count


def maximum(call):
    """The largest of several inputs."""
    check_alike(call)
    return Maximum(name="")


def concatenation(call):
    """Inputs side by side."""
    if call.layer.axis == 0:
        raise ValueError(f"{describe(call.layer)} joins along the batch axis, 0; use another.")
    return Concatenation(name="", axis=call.layer.axis)


def _with_constant(call):
    """(whether the constant comes first, the constant) of an operation on one of the two."""
    values = [*call.arguments, *call.keywords.values()]
    first = not isinstance(values[0], keras.KerasTensor)
    constant = np.asarray(values[0] if first else values[1], np.float64)
    if call.input_shapes[0] != call.shape:
        raise ValueError(
            f"{describe(call.layer)} makes {call.shape} of {call.input_shapes[0]}; it can be read "
            "with a constant that leaves the shape as it is."
        )
    return first, constant


def _plus(call):
    if len(call.input_shapes) > 1:
        return addition()(call)
    _, constant = _with_constant(call)
    if any(length > 1 for length in constant.shape[:-1]):
        return positions(call, constant)
    return affine(call, 1.0, constant, "constant added")


def positions(call, embedding):
    """A vector for each token, added."""
    embedding = np.asarray(embedding)
    whole = embedding[0] if embedding.shape[:1] == (1,) else embedding
    if whole.shape != call.shape:
        raise ValueError(
            f"{describe(call.layer)} adds numbers of shape {embedding.shape} to {call.shape}; it "
            "can be read with one number for all, one a channel, or one a place and channel."
        )
    return Positions(name="", scale=np.ones(()), offset=whole)


def _minus(call):
    if len(call.input_shapes) > 1:
        return addition(subtraction)(call)
    first, constant = _with_constant(call)
    if first:
        return affine(call, -1.0, constant, "subtracted from a constant")
    return affine(call, 1.0, -constant, "constant subtracted")


def _times(call):
    if len(call.input_shapes) > 1:
        raise ValueError(
            f"{describe(call.layer)} multiplies two values that both depend on the picture, for "
            "which there is no rule; only a constant can be a factor."
        )
    return affine(call, _with_constant(call)[1], 0.0, "multiplication")


def _divided(call):
    first, constant = _with_constant(call) if len(call.input_shapes) == 1 else (True, 0)
    if first or not np.all(constant):
        raise ValueError(
            f"{describe(call.layer)} cannot be read; only a division by a constant that is not 0 "
            "can be."
        )
    return affine(call, 1 / constant, 0.0, "division")


def _negative(call):
    return affine(call, -1.0, 0.0, "negative")


def _largest(call):
    if len(call.input_shapes) > 1:
        return maximum(call)
    _, constant = _with_constant(call)
    if np.any(constant):
        raise ValueError(f"{describe(call.layer)} can be read with the constant 0 alone, a ReLU.")
    return Elementwise(name="", activation=Activation("relu"))


def _activation(make):
    return lambda call: Elementwise(name="", activation=make(call.layer))


def _softmax(call):
    if call.layer.axis not in (-1, len(call.shape)):
        raise ValueError(f"{describe(call.layer)} has axis {call.layer.axis}; only −1 can be.")
    return Elementwise(name="", activation=Activation("softmax"))


def relu_with(settings):
    """The activation of what has `negative_slope`, `max_value` and `threshold`."""
    slope, threshold = float(settings.negative_slope), float(settings.threshold)
    limit = None if settings.max_value is None else float(settings.max_value)
    match slope, limit, threshold:
        case 0, None, 0:
            return Activation("relu")
        case 0, 6, 0:
            return Activation("relu6")
        case slope, None, 0:
            return Activation("leaky relu", slope)
    return Activation("limited relu", slope, limit, threshold)


def _over_all_places(kind):
    def read(call):
        operation, rank = call.layer, len(call.input_shapes[0]) + 1
        axes = () if operation.axis is None else np.atleast_1d(operation.axis)
        if sorted(int(axis) % rank for axis in axes) != list(range(1, rank - 1)) or rank < 3:
            raise ValueError(
                f"{describe(operation)} is taken over the axes {operation.axis}; it can be read "
                "over all places, every axis but the first and the last."
            )
        return kind(name="", keepdims=bool(operation.keepdims))

    return read


def _reshape(call):
    if None in call.shape:
        raise ValueError(f"{describe(call.layer)} can be read for inputs of one size alone.")
    return Reshape(name="", shape=call.shape)


def _expanded(call):
    if call.layer.axis in (0, -len(call.shape) - 1):
        raise ValueError(f"{describe(call.layer)} adds an axis before the batch's; it cannot be.")
    return _reshape(call)


def _transposed(call):
    axes = call.layer.axes
    axes = tuple(axes) if axes is not None else tuple(range(len(call.shape) + 1))[::-1]
    return permuted(call, tuple(axis % len(axes) for axis in axes))


def _swapped(call):
    axes = list(range(len(call.shape) + 1))
    one, other = call.layer.axis1, call.layer.axis2
    axes[one], axes[other] = axes[other], axes[one]
    return permuted(call, tuple(axes))


def permuted(call, axes):
    """The axes in another order, the batch's among them, which must stay the first."""
    if axes[0] != 0:
        raise ValueError(f"{describe(call.layer)} moves the batch axis, 0; it must stay the first.")
    return Permute(name="", dims=axes[1:])


def _padded(call):
    pads = tuple((int(before), int(behind)) for before, behind in call.layer.pad_width)
    constants = [v for v in (*call.arguments[1:], *call.keywords.values()) if v is not None]
    if call.layer.mode != "constant" or any(constants) or any((*pads[0], *pads[-1])):
        raise ValueError(f"{describe(call.layer)} can be read with zeros around the places alone.")
    return Padding(name="", pads=pads[1:-1])


def _one_token(call):
    key = call.arguments[1] if len(call.arguments) > 1 else call.keywords.get("key")
    match key:
        case (slice(start=None, stop=None, step=None), int(index)) if (
            len(call.input_shapes[0]) == 2
        ):
            return OneToken(name="", index=index)
    raise ValueError(
        f"{describe(call.layer)} takes a part that cannot be read; x[:, 0], one token of a "
        "sequence, can be."
    )


def _matrix_product(call):
    if len(call.input_shapes) != 2 or len({len(shape) for shape in call.input_shapes}) > 1:
        raise ValueError(
            f"{describe(call.layer)} can be read for two inputs of as many axes each; it has "
            f"{' and '.join(map(str, call.input_shapes))}."
        )
    return Product(name="", equation="...ij,...jk->...ik")


def _einsum(call):
    equation = call.layer.subscripts.replace(" ", "")
    factors, _, out = equation.partition("->")
    letters = factors.split(",")
    if len(letters) != 2 or not out or "." in equation or len(call.input_shapes) != 2:
        raise ValueError(
            f"{describe(call.layer)} is {equation!r}; an einsum can be read with two factors that "
            "both depend on the picture, and with “->”."
        )
    if any(not set(one) <= {*other, *out} for one, other in (letters, letters[::-1])):
        raise ValueError(
            f"{describe(call.layer)} is {equation!r}, which sums over a letter of one factor "
            "alone; it cannot be read."
        )
    return Product(name="", equation=equation)


# An operation as it is written, and what reads it. Keras does not name their classes publicly:
# they are asked of a model that has one of each.
_ops = keras.ops
_WRITTEN = (
    (lambda x: _ops.matmul(x, x), _matrix_product),
    (lambda x: x + 1, _plus),
    (lambda x: x - 1, _minus),
    (lambda x: x * 2, _times),
    (lambda x: x / 2, _divided),
    (lambda x: _ops.divide(x, 2), _divided),
    (lambda x: -x, _negative),
    (lambda x: _ops.maximum(x, 0), _largest),
    (lambda x: _ops.concatenate([x, x], -1), concatenation),
    (_ops.relu, _activation(lambda op: Activation("relu"))),
    (_ops.relu6, _activation(lambda op: Activation("relu6"))),
    (lambda x: keras.activations.relu(x, 0.1), _activation(relu_with)),
    (_ops.leaky_relu, _activation(lambda op: Activation("leaky relu", float(op.negative_slope)))),
    (_ops.elu, _activation(lambda op: Activation("elu", float(op.alpha)))),
    (
        _ops.gelu,
        _activation(lambda op: Activation("gelu by tanh" if op.approximate else "gelu")),
    ),
    (_ops.silu, _activation(lambda op: Activation("silu"))),
    (_ops.softplus, _activation(lambda op: Activation("softplus"))),
    (_ops.sigmoid, _activation(lambda op: Activation("sigmoid"))),
    (_ops.tanh, _activation(lambda op: Activation("tanh"))),
    (_ops.softmax, _softmax),
    (lambda x: _ops.mean(x, (1, 2), keepdims=True), _over_all_places(GlobalAveragePooling)),
    (lambda x: _ops.max(x, (1, 2), keepdims=True), _over_all_places(GlobalMaxPooling)),
    (lambda x: _ops.transpose(x, (0, 2, 1, 3)), _transposed),
    (lambda x: _ops.swapaxes(x, 1, 2), _swapped),
    (lambda x: _ops.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0))), _padded),
    (lambda x: _ops.expand_dims(x, 1), _expanded),
    (lambda x: _ops.squeeze(x, 1), _reshape),
    (lambda x: _ops.reshape(x, (-1, *x.shape[1:])), _reshape),
    (lambda x: _ops.einsum("bijc,bijc->bijc", x, x), _einsum),
    (lambda x: x[:, 0], _one_token),
)


def _readers():
    x = picture = keras.Input((2, 2, 2), name="x")
    for write, _ in _WRITTEN:
        x = write(x)
    classes = [type(operation) for operation in keras.Model(picture, x).operations[1:]]
    return dict(zip(classes, (read for _, read in _WRITTEN), strict=True))


READERS = _readers()
SEVERAL_INPUTS = {
    kind: read
    for kind, read in READERS.items()
    if read in (_plus, _minus, _times, _divided, _largest, concatenation, _matrix_product, _einsum)
}
