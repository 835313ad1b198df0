"""The arithmetic of one unit: where its relevance goes, and where it comes from.

The same rule objects as in `propagation` work on the unit's own inputs, as a dense layer with one
output; nothing is computed by another formula. Everything here is float64.
"""

from dataclasses import dataclass, replace

import numpy as np
import tensorflow as tf

from .geometry import receptive_field, sliding
from .layers import (
    Addition,
    Concatenation,
    Dense,
    GlobalWindow,
    Padding,
    Reshape,
    Weighted,
    Window,
)
from .propagation import divide, unit_ledger
from .rules import Inputs, Rule, WinnerTakeAll


@dataclass(frozen=True)
class UnitSum:
    """One of the rule's sums for one unit: Σ products + bias + stabilizer = denominator.

    `products`: each input's contribution; `s` = R / denominator, 0 where there is nothing to
    share by; `factor`: the rule's factor on this sum.
    """

    factor: float
    products: np.ndarray
    z: float
    bias: float
    stabilizer: float
    s: float

    @property
    def denominator(self):
        return self.z + self.bias + self.stabilizer


@dataclass(frozen=True)
class Downward:
    """Where a unit's relevance goes: to the units `places` (n, axes) of the layer `source`.

    `x` are their activations, `w` the weights (None without weights), `relevance` what each
    receives; Σ relevance + Σ booked = the unit's relevance. `winner` is the number of the largest
    input under winner-take-all. `real` is 0 for an input that is padding.
    """

    source: str
    places: np.ndarray
    x: np.ndarray
    w: np.ndarray | None
    sums: tuple[UnitSum, ...]
    relevance: np.ndarray
    booked: dict
    winner: int | None = None


@dataclass(frozen=True)
class Upward:
    """Where a unit's relevance comes from: `relevance` (n,) sent by `places` of layer `sender`."""

    sender: str
    places: np.ndarray
    relevance: np.ndarray


@dataclass(frozen=True)
class Unit:
    """One unit of a layer with all its arithmetic; made by `Examiner.unit`."""

    layer: str
    index: tuple[int, ...]
    activation: float
    relevance: float
    down: tuple[Downward, ...]
    up: tuple[Upward, ...]
    field: tuple[int, int, int, int] | None


class Examiner:
    """Looks at single units of one explanation.

        unit = Examiner(e).unit("block2_conv1", (3, 4, 7))
        unit.down[0].relevance.sum()    # what it hands on; with what is booked, its relevance
        unit.up[0].relevance.sum()      # what it received: its relevance

    `network` is needed where `e.network` is only a card. Raises ValueError for several pictures.
    """

    def __init__(self, e, network=None):
        if e.is_batch:
            raise ValueError("This explanation is of a batch: choose one picture, such as e[0].")
        self.e, self.network = e, network or e.network
        self.shapes = {layer.name: layer.shape for layer in e.layers}
        self._real_places = {}
        self._settled = {}

    def unit(self, name, index):
        """All arithmetic of unit `index` (without the batch axis) of layer `name`.

        Downwards R_{i←j} = contribution of i to j / denominator of j · R_j; upwards the same,
        from the other end. Raises ValueError for a unit that is not there.
        """
        layer, result = self.network[name], self.e[name]
        index = tuple(int(k) for k in index)
        if len(index) != len(result.shape) or not all(
            0 <= k < size for k, size in zip(index, result.shape, strict=True)
        ):
            raise ValueError(f"{name} has the shape {result.shape}: there is no unit {index}.")
        consumers = [each for each in self.network.layers if name in each.inputs]
        return Unit(
            layer=name,
            index=index,
            activation=float(result.activation[index]),
            relevance=float(result.relevance[index]),
            down=tuple(self._down(layer, index)) if layer.inputs else (),
            up=tuple(self._up(consumer, name, index) for consumer in consumers),
            field=receptive_field(self.network, self.shapes, name, index),
        )

    # What the explanation says of a layer's inputs, in the network's own channel order

    def _x(self, source):
        values = self.e[source].activation
        return values[..., ::-1] if self._swapped(source) else values

    def _real(self, source):
        """1 where a layer puts out real values, 0 where padding."""
        if source not in self._real_places:
            outputs = {name: tf.zeros((1, *shape)) for name, shape in self.shapes.items()}
            self._real_places[source] = self.network.real_places(source, outputs)[0].numpy()
        return self._real_places[source]

    def _shown(self, source, places):
        """Places as the explanation counts them: RGB at the input, also where BGR is read."""
        if self._swapped(source):
            places = places.copy()
            places[:, -1] = self.shapes[source][-1] - 1 - places[:, -1]
        return places

    def _swapped(self, source):
        return source == self.network.layers[0].name and self.network.channel_order == "BGR"

    def _relevance(self, layer, index):
        return float(self.e[layer.name].relevance[index])

    def _rule(self, layer):
        """The layer's rule; a stabilizer relative to the whole layer is made a number here."""
        rule = self.e[layer.name].rule
        if not getattr(rule, "relative", False):
            return rule
        if layer.name not in self._settled:
            xs = [tf.constant(self._x(source)[None], tf.float64) for source in layer.inputs]
            z = layer.combine(xs, *self.network.tensors("float64").get(layer.name, ()))
            epsilon = _number(rule.stabilizer(0.0, z))
            self._settled[layer.name] = replace(rule, epsilon=epsilon, relative=False)
        return self._settled[layer.name]

    # Downwards

    def _down(self, layer, index):
        match layer:
            case Weighted():
                return [self._down_weighted(layer, index)]
            case Window() | GlobalWindow():
                return [self._down_pooled(layer, index)]
            case Addition():
                return self._down_added(layer, index)
        return self._down_moved(layer, index)

    def _down_weighted(self, layer, index):
        source = layer.inputs[0]
        places, w = _fan_in(layer, self.shapes[source], index[:-1], index[-1:])
        a, parts = self._divide(layer, places, w, index[:-1], index[-1:])
        sums, booked = [], np.zeros(3)
        for divided in parts:
            part = divided.part
            bias = 0.0 if part.bias is None else _number(part.bias)
            products = sum(np.asarray(x[0] * w[:, 0]) for x, w in part.pairs)
            numbers = map(_number, (divided.z, bias, divided.e, divided.s))
            sums.append(UnitSum(part.factor, products, *numbers))
            booked += part.factor * np.array([_number(v) for v in unit_ledger(divided, a.b)])
        shares = sum(part.factor * part.s * part.products for part in sums)
        names = ("bias", "stabilizer", "dead")
        return Downward(
            source=source,
            places=self._shown(source, places),
            x=self._x(source)[tuple(places.T)],
            w=w[:, 0],
            sums=tuple(sums),
            relevance=shares,
            booked=dict(zip(names, booked, strict=True)),
        )

    def _divide(self, layer, places, w, position, outputs, dtype="float64"):
        """Steps z and s of outputs that share their inputs: a dense layer of these alone."""
        source = layer.inputs[0]
        here = tuple(places.T)
        b = None if layer.bias is None else tf.constant(layer.bias[outputs], dtype)
        a = Inputs(
            layer=Dense(name=layer.name, kernel=w),
            x=tf.constant(self._x(source)[here][None], dtype),
            w=tf.constant(w, dtype),
            b=b,
            real=tf.constant(self._real(source)[here][None], dtype),
            nonnegative=self.network.nonnegative(source),
            channel=places[:, -1],
        )
        relevance = self.e[layer.name].relevance[position][outputs]
        rule, epsilon = self._rule(layer), self.e.settings["epsilon"]
        return a, list(divide(rule, a, tf.constant(relevance[None], dtype), epsilon))

    def _down_pooled(self, layer, index):
        source = layer.inputs[0]
        places = _window(layer, self.shapes[source], index)
        x = np.float64(self._x(source)[tuple(places.T)])
        shown, relevance = self._shown(source, places), self._relevance(layer, index)
        if isinstance(self.e[layer.name].rule, WinnerTakeAll):
            winner = int(np.argmax(x))
            shares = np.where(np.arange(len(x)) == winner, relevance, 0.0)
            return Downward(source, shown, x, None, (), shares, _booked(), winner)
        part = _proportional(x, relevance)
        lost = 0.0 if part.z else relevance
        shares = part.s * part.products
        return Downward(source, shown, x, None, (part,), shares, _booked(dead=lost))

    def _down_added(self, layer, index):
        x = np.array([self._x(source)[index] for source in layer.inputs], np.float64)
        relevance = self._relevance(layer, index)
        rule = self._rule(layer)
        if isinstance(rule, Rule):
            part, lost = _signed(rule, x, relevance)
        else:
            part = _proportional(x, relevance)
            lost = _booked(dead=0.0 if part.z else relevance)
        booked = {key: value / len(x) for key, value in lost.items()}
        return [
            Downward(
                source=source,
                places=self._shown(source, np.array([index])),
                x=x[[k]],
                w=None,
                sums=(part,),
                relevance=part.s * part.products[[k]],
                booked=booked,
            )
            for k, source in enumerate(layer.inputs)
        ]

    def _down_moved(self, layer, index):
        relevance = self._relevance(layer, index)
        source, place = _origin(layer, self.shapes, index)
        if place is None:  # padding keeps nothing
            none, nowhere = np.zeros(0), np.zeros((0, len(index)), int)
            return [
                Downward(
                    source, nowhere, none, None, (), none, _booked(**{layer.lost_to: relevance})
                )
            ]
        places = np.array([place])
        x = self._x(source)[tuple(places.T)]
        shown = self._shown(source, places)
        return [Downward(source, shown, x, None, (), np.array([relevance]), _booked())]

    # Upwards

    def _up(self, consumer, name, index):
        """What unit `index` of layer `name` got from the layer `consumer`, unit by unit."""
        place = tuple(self._shown(name, np.array([index]))[0])  # swapping twice is no swap
        if isinstance(consumer, Weighted):
            return self._up_weighted(consumer, name, place)
        outputs = _fed_by(consumer, self.shapes, name, place)
        sent = [
            down.relevance[(down.places == index).all(1)].sum()
            for output in outputs
            for down in self._down(consumer, tuple(output))
            if down.source == name
        ]
        return Upward(consumer.name, np.array(outputs), np.array(sent))

    def _up_weighted(self, consumer, name, place):
        positions, filters = _positions_over(consumer, self.shapes, name, place)
        # Kernels of millions of weights stay in their own type.
        dtype = "float32" if consumer.kernel.size > 2**24 else "float64"
        outputs, sent = [], []
        for position in positions:
            position = tuple(position)
            given = self.e[consumer.name].relevance[position][filters]
            active = filters[given != 0]
            places, w = _fan_in(consumer, self.shapes[name], position, active)
            row = int(np.flatnonzero((places == place).all(1))[0])
            _, parts = self._divide(consumer, places, w, position, active, dtype)
            amounts = np.zeros(len(active))
            for divided in parts:
                for x, w in divided.part.pairs:
                    share = x[0, row] * w[row] * divided.s[0]
                    amounts += divided.part.factor * np.asarray(share, np.float64)
            outputs += [(*position, k) for k in active]
            sent.append(amounts)
        shape = (0, len(self.shapes[consumer.name]))
        places = np.array(outputs, int) if outputs else np.zeros(shape, int)
        return Upward(consumer.name, places, np.concatenate(sent) if sent else np.zeros(0))


def _fan_in(layer, shape, position, outputs):
    """Inputs (n, axes) that the outputs at one position read, and their weights (n, outputs)."""
    if isinstance(layer, Dense):
        count = layer.kernel.shape[0]
        places = np.zeros((count, len(shape)), int)
        places[:, :-1] = position
        places[:, -1] = np.arange(count)
        return places, layer.kernel[:, outputs]
    depth, per_group = layer.kernel.shape[2], layer.kernel.shape[3] // layer.groups
    group = int(outputs[0]) // per_group if len(outputs) else 0
    taps, cells = sliding(layer, shape).places(position, shape)
    channels = np.arange(depth)
    places = np.concatenate(
        [
            np.repeat(cells, depth, 0),
            np.tile(channels + group * depth, len(cells))[:, None],
        ],
        1,
    )
    w = layer.kernel[taps[:, 0], taps[:, 1]][..., outputs]
    return places, w.reshape(len(places), len(outputs))


def _positions_over(layer, shapes, source, place):
    """Positions of a layer's outputs that read the input `place`, and which outputs there."""
    if isinstance(layer, Dense):
        return [place[:-1]], np.arange(layer.kernel.shape[1])
    depth, filters = layer.kernel.shape[2], layer.kernel.shape[3]
    group = place[-1] // depth
    per_group = filters // layer.groups
    positions, _ = sliding(layer, shapes[source]).outputs(place[:2], shapes[layer.name])
    return positions, np.arange(group * per_group, (group + 1) * per_group)


def _window(layer, shape, index):
    """The inputs (n, 3) of one output of a pooling layer, row-major."""
    if isinstance(layer, GlobalWindow):
        cells = np.stack(np.meshgrid(*map(np.arange, shape[:2]), indexing="ij"), -1).reshape(-1, 2)
    else:
        _, cells = sliding(layer, shape).places(index[:2], shape)
    return np.column_stack([cells, np.full(len(cells), index[-1])])


def _origin(layer, shapes, index):
    """Where a moved value came from: (layer, place), place None for padding."""
    source = layer.inputs[0]
    match layer:
        case Reshape():
            flat = np.ravel_multi_index(index, shapes[layer.name])
            return source, tuple(map(int, np.unravel_index(flat, shapes[source])))
        case Padding():
            (top, _), (left, _) = layer.pads
            place = (index[0] - top, index[1] - left, index[2])
            inside = all(0 <= k < size for k, size in zip(place, shapes[source], strict=True))
            return source, place if inside else None
        case Concatenation():
            place = list(index)
            axis = layer.axis if layer.axis < 0 else layer.axis - 1
            for source in layer.inputs:
                if place[axis] < shapes[source][axis]:
                    break
                place[axis] -= shapes[source][axis]
            return source, tuple(place)
    return source, index


def _fed_by(layer, shapes, source, place):
    """The outputs of a layer without weights that read the input `place` of `source`."""
    match layer:
        case Window():
            positions, _ = sliding(layer, shapes[source]).outputs(place[:2], shapes[layer.name])
            return [(*map(int, position), place[-1]) for position in positions]
        case GlobalWindow():
            return [(0, 0, place[-1]) if layer.keepdims else (place[-1],)]
        case Reshape():
            flat = np.ravel_multi_index(place, shapes[source])
            return [tuple(map(int, np.unravel_index(flat, shapes[layer.name])))]
        case Padding():
            return [(place[0] + layer.pads[0][0], place[1] + layer.pads[1][0], place[2])]
        case Concatenation():
            axis = layer.axis if layer.axis < 0 else layer.axis - 1
            outputs, offset = [], 0
            for name in layer.inputs:
                if name == source:
                    output = list(place)
                    output[axis] += offset
                    outputs.append(tuple(output))
                offset += shapes[name][axis]
            return outputs
    return [place]


def _proportional(x, relevance):
    """Sharing by strength: what is above zero shares, else what is below."""
    products = np.maximum(x, 0)
    if not products.any():
        products = np.minimum(x, 0)
    z = float(products.sum())
    return UnitSum(1.0, products, z, 0.0, 0.0, relevance / z if z else 0.0)


def _signed(rule, x, relevance):
    """Sharing an addition as a layer with weights of one, as LRP-0 and ε do: (sum, lost)."""
    w = tf.ones((len(x), 1), tf.float64)
    a = Inputs(
        layer=Dense(name="addition", kernel=w),
        x=tf.constant([x]),
        w=w,
        b=None,
        real=tf.ones_like(x),
    )
    [divided] = divide(rule, a, tf.constant([[relevance]], tf.float64), 0.0)
    _, stabilizer, dead = map(_number, unit_ledger(divided, None))
    z, e, s = map(_number, (divided.z, divided.e, divided.s))
    return UnitSum(1.0, x, z, 0.0, e, s), _booked(stabilizer=stabilizer, dead=dead)


def _booked(bias=0.0, stabilizer=0.0, dead=0.0):
    return {"bias": bias, "stabilizer": stabilizer, "dead": dead}


def _number(value):
    return float(np.squeeze(np.asarray(value)))
