"""The arithmetic of one unit: where its relevance goes, and where it comes from.

The same rule objects as in `propagation` work on the inputs that the unit reads, as a layer of
that one place; nothing is computed by another formula.
"""

from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from .._support.checks import shown, whole_numbers
from .._support.lazy_tensorflow import tf
from ..networks.attention_places import outputs_reading, terms_read
from ..networks.connectivity import cells_read, channels_read, fed_by, origin, readers
from ..networks.einsum_dense import EinsumDense
from ..networks.layers import (
    Addition,
    Affine,
    Convolution,
    Dense,
    GlobalAveragePooling,
    GlobalWindow,
    Input,
    Maximum,
    PassThrough,
    Weighted,
    Window,
)
from ..networks.receptive_fields import receptive_field
from .absorbed import absorbed_by_unit
from .attention_units import unit_terms
from .layer_context import AdditionContext, LayerContext, affine_context
from .layer_result import ABSORBED, of_one_picture
from .operation_rules import OperationRule
from .pooling import strengths
from .propagation import divide
from .rules import Rule, WinnerTakeAll
from .through import followed, path_of

# A kernel of more weights than this keeps its own type, and goes in blocks of so many weights:
# VGG16's fc1 has a hundred million, and no copy of it would fit beside it.
MOST_WEIGHTS = 2**22


# How a product is written of which what shares is written "x⁺".
SIGNED_PRODUCT = {"x": "x · w", "x⁺": "(x · w)⁺", "x⁻": "(x · w)⁻"}


@dataclass(frozen=True)
class UnitSum:
    """One of the rule's sums for one unit: Σ products + bias + stabilizer = denominator.

    `products`: each input's contribution, x · w where the rule's sum has one pair of them;
    `s` = R / denominator, 0 where there is nothing to share by; `factor`: the rule's factor on
    this sum; `name` and `symbols`: how the sum, and x, w and their product, are written.
    """

    factor: float
    products: np.ndarray
    z: float
    bias: float
    stabilizer: float
    s: float
    name: str = "z"
    symbols: tuple[str, ...] = ("x",)

    @property
    def denominator(self):
        return self.z + self.bias + self.stabilizer


@dataclass(frozen=True)
class Downward:
    """Where a unit's relevance goes: to the units `places` (n, axes) of the layer `source`.

    `x` are their activations and `w` the weights, as the rule takes them (`w` is None without
    weights); `relevance` is what each receives; Σ relevance + Σ absorbed = the unit's relevance.
    `real` is False for a place outside of the layer: padding, which the unit reads as 0.
    `winner` is the number of the largest input under winner-take-all.
    """

    source: str
    places: np.ndarray
    x: np.ndarray
    w: np.ndarray | None
    sums: tuple[UnitSum, ...]
    relevance: np.ndarray
    absorbed: dict
    real: np.ndarray
    winner: int | None = None


@dataclass(frozen=True)
class Upward:
    """Where a unit's relevance comes from: `relevance` (n,) sent by `places` of layer `sender`."""

    sender: str
    places: np.ndarray
    relevance: np.ndarray


@dataclass(frozen=True)
class Unit:
    """One unit of a layer with all its arithmetic; made by `Examiner.unit`.

    For a whole pixel, `activation` has a value for each of its channels.
    """

    layer: str
    index: tuple[int, ...]
    activation: float | np.ndarray
    relevance: float
    down: tuple[Downward, ...]
    up: tuple[Upward, ...]
    field: tuple[int, ...] | None
    function: str = ""  # the name of its activation function, if it has one


class Examiner:
    """Looks at single units of one explanation.

        unit = Examiner(e).unit("block2_conv1", (3, 4, 7))
        unit.down[0].relevance.sum()    # what it hands on; with what is absorbed, its relevance
        unit.up[0].relevance.sum()      # what it received: its relevance

    `network` is needed where `e.network` is only a `NetworkInfo`. Raises ValueError for several
    pictures.
    """

    def __init__(self, e, network=None):
        self.e, self.network = of_one_picture(e), network or e.network
        self.shapes = {layer.name: layer.shape for layer in e.layers}
        self._past = path_of(e, self.network).past
        self._kept = {}  # relevance of the layers of which channels are set aside
        self._masks = {}
        self._settled = {}  # rules whose stabilizer is relative to their layer, with its number
        self._shared = {}  # step s of dense layers, which all their inputs have in common

    def unit(self, name, index):
        """All arithmetic of unit `index` (without the batch axis) of layer `name`.

        Downwards R_{i←j} = contribution of i to j / denominator of j · R_j; upwards the same,
        from the other end. At the input (row, column) is a pixel: all its channels together, as is
        a moment (time,) of a signal.
        Raises ValueError for a unit that is not there.
        """
        layer, result = self._layer(name)
        shape = result.shape
        index = whole_numbers(index, shape)
        pixel = isinstance(layer, Input) and len(index) == len(shape) - 1 > 0
        if len(index) != len(shape) - pixel or not all(
            0 <= k < size for k, size in zip(index, shape, strict=False)
        ):
            raise ValueError(f"{name} has the shape {shape}: there is no unit {shown(index)}.")
        consumers = [each for each in self.network.layers if name in each.inputs]
        channels = [(*index, k) for k in range(shape[-1])] if pixel else [index]
        return Unit(
            layer=name,
            index=index,
            activation=result.activation[index] if pixel else float(result.activation[index]),
            relevance=float(result.relevance[index].sum(dtype=np.float64)),
            down=tuple(self._down(layer, index)) if layer.inputs else (),
            up=tuple(
                _together([self._up(consumer, name, each) for each in channels])
                for consumer in consumers
            ),
            field=receptive_field(self.network, self.shapes, name, index),
            function=getattr(getattr(layer, "activation", None), "name", ""),
        )

    # What the explanation says of a layer's inputs

    def _x(self, source):
        return self.e[source].activation

    def _real(self, source):
        """1 where a layer puts out real values, 0 where padding; None where all are real."""
        if not isinstance(self.network[source], PassThrough):
            return None
        if source not in self._masks:
            outputs = {layer.name: layer.activation[None] for layer in self.e.layers}
            self._masks[source] = self.network.padding_mask(source, outputs)[0].numpy()
        return self._masks[source]

    def _relevance(self, layer, index):
        return float(self._followed(layer.name)[index])

    def _followed(self, name):
        """A layer's relevance, 0 in channels that are set aside."""
        if name not in self.e.through:
            return self.e[name].relevance
        if name not in self._kept:
            self._kept[name] = followed(self.e, name)
        return self._kept[name]

    def _rule(self, layer):
        """The layer's rule; a stabilizer relative to the whole layer is made a number here."""
        rule = self.e[layer.name].rule
        if not getattr(rule, "relative", False):
            return rule
        if layer.name not in self._settled:
            xs = [tf.constant(self._x(source)[None]) for source in layer.inputs]
            tensors = self.network.tensors(self.e.settings["dtype"])
            z = layer.combine(xs, *tensors.get(layer.name, ()))
            self._settled[layer.name] = rule.settled(z)
        return self._settled[layer.name]

    def _layer(self, name):
        """A layer of the network, and its result."""
        try:
            return self.network[name], self.e[name]
        except KeyError as error:
            raise ValueError(error.args[0]) from None

    # A layer with weights, at some of its places alone

    def _read(self, layer, positions, output):
        """What outputs at `positions` (P, axes) read: (x, real), (P, …) each.

        A dense layer reads vectors, a convolution windows, 0 where they lie on padding.
        """
        source = layer.inputs[0]
        values, real = self._x(source), self._real(source)
        if isinstance(layer, Dense):
            at = tuple(np.transpose(positions))
            inside, channels = np.ones(1), slice(None)
        else:
            cells = cells_read(layer, self.shapes[source], positions)
            inside = _inside(cells, self.shapes[source])[..., None]
            at = tuple(np.moveaxis(np.where(inside, cells, 0), -1, 0))
            channels = channels_read(layer, output)
        x = np.atleast_2d(values[at])[..., channels] * inside
        real = np.ones_like(x) if real is None else np.atleast_2d(real[at])[..., channels]
        return x, real * inside

    def _divide(self, layer, positions, outputs, w, dtype, rows: slice | np.ndarray = slice(None)):
        """Steps z and s of `outputs` (a slice) at `positions`: (context, [Divided]).

        `w` are the weights of these outputs, of a dense layer only those of the inputs `rows`.
        Values of outputs are (P, …, outputs).
        """
        x, mask = self._read(layer, positions, outputs.start)
        if isinstance(layer, Dense):
            x, mask = x[:, rows], mask[:, rows]
        b = None if layer.bias is None else layer.bias[outputs]
        context = self._context(layer, (x, mask), w, b, dtype)
        given = self._followed(layer.name)[tuple(np.transpose(positions))][..., outputs]
        given = np.reshape(given, (len(x), *(1,) * (x.ndim - 2), -1)).astype(dtype)
        rule = self._rule(layer).of_channels(self._channels(layer, outputs.start))
        return context, divide(rule, context, given, self.e.settings["epsilon"])

    def _context(self, layer, read, w, b, dtype):
        """A layer with weights at some of its places alone, as if it had no others."""
        kind = Dense if isinstance(layer, Dense) else Convolution
        x, mask, w, b = (None if each is None else tf.cast(each, dtype) for each in (*read, w, b))
        nonnegative = self.network.nonnegative(layer.inputs[0])
        alone = kind(name=layer.name, kernel=layer.kernel)
        return LayerContext(alone, x, w, b, mask, nonnegative)

    # Downwards

    def _down(self, layer, index):
        """What a unit hands to each input, and what of its relevance is set aside."""
        downs = self._handed_down(layer, index)
        if not self.e.through:
            return downs
        for k, down in enumerate(downs):
            if (layer.name, down.source) in self._past:
                aside = float(down.relevance.sum())
                downs[k] = _set_aside(replace(down, relevance=0 * down.relevance), aside)
        aside = float(self.e[layer.name].relevance[index]) - self._relevance(layer, index)
        return [_set_aside(downs[0], aside), *downs[1:]]

    def _handed_down(self, layer, index):
        match layer:
            case EinsumDense():
                return [self._down_einsum(layer, index)]
            case _ if isinstance(self.e[layer.name].rule, OperationRule):
                return self._down_operation(layer, index)
            case Weighted():
                return [self._down_weighted(layer, index)]
            case Window() | GlobalWindow():
                return [self._down_pooled(layer, index)]
            case Addition():
                return self._down_added(layer, index)
            case Maximum():
                return self._down_to_largest(layer, index)
            case Affine() if isinstance(self.e[layer.name].rule, Rule):
                return [self._down_scaled(layer, index)]
        return self._down_moved(layer, index)

    def _down_weighted(self, layer, index):
        source, output = layer.inputs[0], slice(index[-1], index[-1] + 1)
        places = self._places_read(layer, index)
        context, divided = self._divide(
            layer, [index[:-1]], output, layer.kernel[..., output], "float64"
        )
        return self._down_by_sums(source, places, context, divided)

    def _down_einsum(self, layer, index):
        """A projection, or what joins the heads: a dense unit of the places that it reads."""
        [source] = layer.inputs
        places, taps = terms_read(layer, self.shapes, index)
        x = tf.constant(self._x(source)[tuple(places.T)][None], tf.float64)
        w = tf.constant(layer.kernel[tuple(taps.T)][:, None], tf.float64)
        b = None
        if layer.bias is not None:
            bias = np.broadcast_to(layer.bias, self.shapes[layer.name])[index]
            b = tf.constant([bias], tf.float64)
        alone = Dense(name=layer.name, kernel=layer.kernel)
        context = LayerContext(alone, x, w, b, nonnegative=self.network.nonnegative(source))
        given = np.array([[self._relevance(layer, index)]])
        divided = divide(self._rule(layer), context, given, self.e.settings["epsilon"])
        return self._down_by_sums(source, places, context, divided)

    def _down_operation(self, layer, index):
        """A product, a softmax or a LayerNorm, as a unit whose weights are at hand here."""
        relevance = self._relevance(layer, index)
        rule = self.e[layer.name].rule
        terms = unit_terms(layer, rule, self.shapes, index, self._x)
        s = relevance / (terms.z + terms.bias + terms.stabilizer)
        part = UnitSum(
            1.0, terms.products, terms.z, terms.bias, terms.stabilizer, s, symbols=("x", "w")
        )
        count = len(layer.inputs)
        absorbed = _absorbed(bias=s * terms.bias / count, stabilizer=s * terms.stabilizer / count)
        shares = np.split(s * terms.products, count)
        return [
            Downward(source, places, x, w, (part,), share, absorbed, np.ones(len(x), bool))
            for source, places, x, w, share in zip(
                layer.inputs, terms.places, terms.x, terms.w, shares, strict=True
            )
        ]

    def _down_scaled(self, layer, index):
        """A scale and an offset: a unit with one input."""
        [source] = layer.inputs
        real = self._real(source)
        if real is not None and not real[index]:
            return self._on_padding(layer, index)
        x, at = self._x(source), index
        if np.ndim(layer.offset) < 2:  # one number a channel: the other places do not matter
            x, at = x[index[:-1]], index[-1:]
        whole = affine_context(layer, tf.constant(x[None]))

        def here(values):
            return tf.constant([np.broadcast_to(values, x.shape)[at]], tf.float64)

        w, b = here(whole.w), here(whole.b)
        context = replace(whole, x=here(whole.x[0])[None], w=w, b=b, z=here(whole.z[0])[None])
        relevance = np.array([[self._relevance(layer, index)]])
        divided = divide(self._rule(layer), context, relevance, self.e.settings["epsilon"])
        return self._down_by_sums(source, np.array([index]), context, divided)

    def _on_padding(self, layer, index):
        """A scale and an offset at a place of padding, which keeps nothing."""
        [source] = layer.inputs
        places, absorbed = np.array([index]), _absorbed(padding=self._relevance(layer, index))
        x = self._x(source)[tuple(places.T)]
        return Downward(source, places, x, None, (), np.zeros(1), absorbed, np.ones(1, bool))

    def _down_by_sums(self, source, places, context, divided):
        """Where one unit's relevance goes, by the sums of its rule."""
        sums, absorbed, pairs = [], np.zeros(3), []
        for each in divided:
            part = each.part
            here = context.concerns(part)
            if here is not None and not np.any(here):  # a sum for units of the other sign
                continue
            pairs = [(np.ravel(x), np.ravel(w)) for x, w in context.pairs(part)]
            bias = context.bias(part)
            sums.append(
                UnitSum(
                    factor=part.factor,
                    products=np.sum([x * w for x, w in pairs], 0),
                    z=_number(each.z(context)),
                    bias=0.0 if bias is None else _number(bias),
                    stabilizer=_number(each.e),
                    s=_number(each.s),
                    name=part.letter,
                    symbols=part.symbols,
                )
            )
            entries = absorbed_by_unit(each, context)
            absorbed += part.factor * np.array([_number(entry) for entry in entries])
        alone = len(sums) == len(pairs) == 1  # then x and w are the rule's own
        x, w = pairs[0] if alone else (np.ravel(context.x), np.ravel(context.w))
        return Downward(
            source=source,
            places=places,
            x=x,
            w=w,
            sums=tuple(sums),
            relevance=np.sum([part.factor * part.s * part.products for part in sums], 0),
            absorbed=_absorbed(*absorbed),
            real=_inside(places, self.shapes[source]),
        )

    def _channels(self, layer, output):
        """The channels that one output reads, in the order of the kernel's weights: a slice."""
        if isinstance(layer, Dense):
            return slice(0, layer.kernel.shape[0])
        return channels_read(layer, output)

    def _places_read(self, layer, index):
        """All places (n, axes) that one output reads, in the order of the kernel's weights."""
        if isinstance(layer, Dense):
            channels = np.arange(layer.kernel.shape[0])
            beside = np.tile(index[:-1], (len(channels), 1))
            return np.column_stack([beside, channels]).astype(int)
        shape = self.shapes[layer.inputs[0]]
        cells = cells_read(layer, shape, [index[:-1]]).reshape(-1, len(shape) - 1)
        if isinstance(layer, Weighted):
            read = channels_read(layer, index[-1])
            channels = np.arange(read.start, read.stop)
        else:
            channels = np.array(index[-1:])
        return np.column_stack(
            [np.repeat(cells, len(channels), 0), np.tile(channels, len(cells))]
        ).astype(int)

    def _down_pooled(self, layer, index):
        source = layer.inputs[0]
        places = self._places_read(layer, index)
        real = _inside(places, self.shapes[source])
        x = np.zeros(len(places))
        x[real] = self._x(source)[tuple(places[real].T)]
        relevance = self._relevance(layer, index)
        if isinstance(self.e[layer.name].rule, WinnerTakeAll):
            winner = int(np.argmax(np.where(real, x, -np.inf)))
            shares = np.where(np.arange(len(x)) == winner, relevance, 0.0)
            return Downward(source, places, x, None, (), shares, _absorbed(), real, winner)
        rule = self._rule(layer)
        if isinstance(rule, Rule):
            part, absorbed = _signed(rule, x / len(x), relevance)
        else:
            part, absorbed = _proportional(x, relevance)
        shares = part.s * part.products
        return Downward(source, places, x, None, (part,), shares, absorbed, real)

    def _down_added(self, layer, index):
        x = np.array([self._x(source)[index] for source in layer.inputs], np.float64)
        factors = np.array(layer.factors or [1.0] * len(x))
        terms = factors * x
        relevance = self._relevance(layer, index)
        rule = self._rule(layer)
        share = partial(_signed, rule) if isinstance(rule, Rule) else _proportional
        part, absorbed = share(terms, relevance)
        if layer.factors is not None:
            part = replace(part, symbols=("x", "w", SIGNED_PRODUCT[part.symbols[-1]]))
        absorbed = {key: value / len(x) for key, value in absorbed.items()}
        return [
            Downward(
                source=source,
                places=np.array([index]),
                x=x[[k]],
                w=None if layer.factors is None else factors[[k]],
                sums=(part,),
                relevance=part.s * part.products[[k]],
                absorbed=absorbed,
                real=np.ones(1, bool),
            )
            for k, source in enumerate(layer.inputs)
        ]

    def _down_to_largest(self, layer, index):
        x = np.array([self._x(source)[index] for source in layer.inputs])
        relevance, winner, real = self._relevance(layer, index), int(x.argmax()), np.ones(1, bool)
        places, given = np.array([index]), [relevance * (k == winner) for k in range(len(x))]
        return [
            Downward(
                source,
                places,
                x[[k]],
                None,
                (),
                np.array([share]),
                _absorbed(),
                real,
                0 if k == winner else None,
            )
            for k, (source, share) in enumerate(zip(layer.inputs, given, strict=True))
        ]

    def _down_moved(self, layer, index):
        relevance = self._relevance(layer, index)
        source, place = origin(layer, self.shapes, index)
        inside = place is not None  # padding keeps nothing, nor does a constant
        kept = inside and not (isinstance(layer, Affine) and _at(layer.constant, place[-1]))
        places = np.array([place] if inside else np.zeros((0, len(index))), int)
        return [
            Downward(
                source=source,
                places=places,
                x=self._x(source)[tuple(places.T)],
                w=None,
                sums=(),
                relevance=np.full(len(places), relevance if kept else 0.0),
                absorbed=_absorbed() if kept else _absorbed(**{layer.absorbed_by: relevance}),
                real=np.ones(len(places), bool),
            )
        ]

    # Upwards

    def _up(self, consumer, name, index):
        """What unit `index` of layer `name` got from the layer `consumer`, unit by unit."""
        if isinstance(consumer, Weighted) and not isinstance(consumer, EinsumDense):
            up = self._up_weighted(consumer, name, index)
            past = (consumer.name, name) in self._past
            return replace(up, relevance=0 * up.relevance) if past else up
        summed = isinstance(self.e[consumer.name].rule, OperationRule)
        feeds = outputs_reading if summed or isinstance(consumer, EinsumDense) else fed_by
        outputs = feeds(consumer, self.shapes, name, index)
        sent = [
            down.relevance[(down.places == index).all(1)].sum()
            for output in outputs
            for down in self._down(consumer, tuple(output))
            if down.source == name
        ]
        return Upward(consumer.name, np.array(outputs), np.array(sent))

    def _up_weighted(self, consumer, name, place):
        positions, taps, outputs = readers(consumer, self.shapes, name, place)
        given = self._followed(consumer.name)[tuple(positions.T)]
        given = np.atleast_2d(given)[..., outputs]  # (positions, outputs)
        send = self._sent_by_dense if isinstance(consumer, Dense) else self._sent_by_windows
        sent = send(consumer, positions, taps, outputs) if len(positions) else given
        at, number = np.nonzero(given)
        places = np.column_stack([positions[at], number + (outputs.start or 0)]).astype(int)
        return Upward(consumer.name, places, sent[at, number].astype(np.float64))

    def _sent_by_windows(self, layer, positions, taps, outputs):
        """What each output of a convolution sends to the one input that it reads at its tap."""
        small = layer.kernel[..., outputs].size <= MOST_WEIGHTS
        dtype = "float64" if small else self.e.settings["dtype"]
        context, divided = self._divide(
            layer, positions, outputs, layer.kernel[..., outputs], dtype
        )
        at = tuple(taps.T)
        sent = []
        for each in divided:
            s = np.reshape(each.s, (len(positions), -1))
            for x, w in context.pairs(each.part):
                x = np.asarray(x)[(np.arange(len(positions)), *at)]
                w = np.asarray(w)[at]
                sent.append(each.part.factor * x[:, None] * w * s)
        return np.sum(sent, 0)

    def _sent_by_dense(self, layer, positions, taps, outputs):
        """What every unit of a dense layer sends to one of its inputs."""
        row = int(taps[0, 0])
        read = self._read(layer, positions, None)
        context = self._context(layer, read, layer.kernel[row : row + 1], None, "float64")
        sent = []
        sums = context.sums(self._rule(layer))
        for part, s in zip(sums, self._dense_s(layer, positions), strict=True):
            for x, w in context.pairs(part):
                sent.append(part.factor * np.asarray(x)[:, row : row + 1] * np.asarray(w) * s)
        return np.sum(sent, 0)

    def _dense_s(self, layer, positions):
        """Step s of all units of a dense layer at a place, (1, units) a sum; kept once made."""
        key = layer.name, *map(int, positions[0])
        if key not in self._shared:
            inputs, units = layer.kernel.shape
            small = layer.kernel.size <= MOST_WEIGHTS
            dtype = "float64" if small else self.e.settings["dtype"]
            step = max(1, MOST_WEIGHTS // inputs)
            rows, sums = slice(None), self._rule(layer).sums
            if not small and not any(x.moves_zero for part in sums for x, _ in part.pairs):
                rows = np.flatnonzero(self._read(layer, positions, None)[0][0])
            blocks = []
            for start in range(0, units, step):
                some = slice(start, start + step)
                w = layer.kernel[rows, some]
                _, divided = self._divide(layer, positions, some, w, dtype, rows)
                blocks.append([np.asarray(each.s) for each in divided])
            self._shared[key] = [np.concatenate(s, 1) for s in zip(*blocks, strict=True)]
        return self._shared[key]


def _set_aside(down, aside):
    """A `Downward` of which so much more is set aside."""
    entry = down.absorbed["set aside"] + aside
    return replace(down, absorbed=down.absorbed | {"set aside": entry})


def _at(values, channel):
    """One channel's value, of one a channel or one for all."""
    return values[channel] if np.ndim(values) else values


def _together(ups):
    """What several units received from one layer, as one."""
    first = ups[0]
    if all(np.array_equal(up.places, first.places) for up in ups):
        return Upward(first.sender, first.places, np.sum([up.relevance for up in ups], 0))
    places, relevance = (
        np.concatenate(each) for each in zip(*((u.places, u.relevance) for u in ups), strict=True)
    )
    return Upward(first.sender, places, relevance)


def _inside(places, shape):
    """Whether places (…, axes) lie within `shape`, of which these are the first axes."""
    return ((places >= 0) & (places < shape[: places.shape[-1]])).all(-1)


def _proportional(x, relevance):
    """Sharing by strength, what is above zero or else what is below: (sum, absorbed)."""
    window = tf.constant(np.reshape(x, (1, -1, 1, 1)), tf.float64)
    for strength in strengths(GlobalAveragePooling(name="window"), [window], [[relevance]]):
        if np.any(strength.used):
            break
    products, z = np.ravel(strength.parts[0]), _number(strength.z)
    symbols = ("x",) if np.array_equal(products, x) else ("x", "x⁺" if z > 0 else "x⁻")
    part = UnitSum(1.0, products, z, 0.0, 0.0, _number(strength.s), symbols=symbols)
    return part, _absorbed(dead=0.0 if z else relevance)


def _signed(rule, x, relevance):
    """Sharing an addition as a layer with weights of one, as LRP-0 and ε do: (sum, absorbed)."""
    xs = [tf.constant([[each]], tf.float64) for each in x]
    context = AdditionContext(Addition(name="addition"), xs, None)
    [divided] = divide(rule, context, [[relevance]], 0.0)
    _, stabilizer, dead = map(_number, absorbed_by_unit(divided, context))
    d, e, s = map(_number, (divided.d, divided.e, divided.s))
    return UnitSum(1.0, x, d, 0.0, e, s), _absorbed(stabilizer=stabilizer, dead=dead)


def _absorbed(*values, **named):
    """A unit's entries in the ledger, 0 where none is given."""
    return dict.fromkeys(ABSORBED, 0.0) | dict(zip(ABSORBED, values, strict=False)) | named


def _number(value):
    return float(np.squeeze(np.asarray(value)))
