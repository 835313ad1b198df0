"""A network: layers in topological order, and its forward pass."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from .._support import checks
from .._support.aligned import ALIGNMENT, aligned_empty
from .._support.hardware import gpus
from .._support.lazy_tensorflow import tf
from . import precision
from .attention import ClassToken
from .canonize import only_moves_the_input
from .channel_order import flipped
from .layers import Affine, Input, Layer, PassThrough, Weighted
from .normalizing import Normalization
from .preprocessing import AS_IT_IS


@dataclass(eq=False, repr=False)
class Network:
    """A graph of layers, input first, through which `explain` propagates relevance back.

    `layers`: in topological order, as they were trained; the first is the input, the last the
    output. `preprocess`: turns uint8 RGB pixels into the input that it was trained with (see
    `Preprocess`), by default the pixels themselves. Where that is BGR, the attribute `layers` is of
    a network that reads RGB and gives the same answers: its first kernels are flipped
    (`channel_order`).
    `class_names`: one a class, "class 3" where none are given.
    `weights`: where the weights are from, in a word ("pretrained", "random", "file").
    `default_rules`: the name of the composite that suits it, used for `rules=None`.
    `notes`: what became of each BatchNorm when the network was read, in a sentence each.
    """

    layers: list[Layer]
    name: str = "network"
    class_names: list[str] = field(default_factory=list)
    preprocess: Callable = AS_IT_IS
    weights: str = "file"
    seed: int | None = None
    default_rules: str = "z-plus"
    notes: Sequence[str] = ()

    def __post_init__(self):
        self.layers = list(self.layers) if np.iterable(self.layers) else [self.layers]
        if not all(isinstance(layer, Layer) for layer in self.layers):
            raise ValueError(
                "A network consists of layers, such as those of `lrp_widgets.networks.layers`."
            )
        self.preprocess = self.preprocess or AS_IT_IS
        self.notes = tuple(self.notes)
        _check(self.layers)
        if self.channel_order == "BGR":
            self.layers = flipped(self.layers)
        self._by_name = {layer.name: layer for layer in self.layers}
        self._tensors = {}
        self._nonnegative = {}
        numbered = [f"class {k}" for k in range(self._class_count())]
        self.class_names = _names(self.class_names or numbered)

    @classmethod
    def from_keras(
        cls,
        model: Any,
        preprocess: Callable | None = None,
        class_names: Sequence[str] | None = None,
    ) -> "Network":
        """Read a Keras 3 functional or Sequential model, nested ones too.

        `preprocess` is applied to uint8 pictures; class names default to "class 3".
        The network's output equals `model(x, training=False)` to 1e-5 relative.
        Raises ValueError that names a layer which cannot be read, and for too few or too many
        class names.
        """
        from .from_keras import read

        preprocess = checks.function("preprocess", preprocess) or AS_IT_IS
        if class_names is not None:
            class_names = _names(class_names)
        layers, notes = read(model)
        classes = model.output_shape[-1]
        if class_names is None:
            class_names = [f"class {k}" for k in range(classes or 0)]
        if classes is not None and len(class_names) != classes:
            raise ValueError(
                f"{model.name} puts out {classes} classes, but {len(class_names)} class names were "
                "given: give one for each."
            )
        return cls(layers, model.name, list(class_names), preprocess, notes=notes)

    @classmethod
    def from_file(
        cls,
        path: str | Path,
        preprocess: Callable | None = None,
        class_names: Sequence[str] | None = None,
    ) -> "Network":
        """Read a model that Keras has saved, a `.keras` or whole-model `.h5` file.

        `preprocess` and `class_names` as in `from_keras`. Nothing in the file is run, and options
        that Keras 2 wrote and Keras 3 refuses are left out.
        Raises ValueError, one sentence, for a file that cannot be read or holds code, and as
        `from_keras`.
        """
        from .keras_file import SUFFIXES, load_model

        path = checks.path("path", path)
        if path.suffix not in SUFFIXES:
            raise ValueError(f"{path.name} is no {' or '.join(SUFFIXES)} file.")
        if not path.is_file():
            raise ValueError(f"There is no file {checks.quoted(path)[1:-1]}.")
        return cls.from_keras(load_model(path), preprocess, class_names)

    def with_weights(self, given: dict, /, **changes: Any) -> "Network":
        """The same network with the weights `given` to some layers, {layer name: (kernel, bias)}.

        `changes`: other fields of the network, such as `weights="file"`.
        """
        layers = [
            replace(layer, kernel=given[layer.name][0], bias=given[layer.name][1])
            if layer.name in given
            else layer
            for layer in self.as_trained()
        ]
        return replace(self, layers=layers, **changes)

    def __getitem__(self, name: str) -> Layer:
        try:
            return self._by_name[name]
        except (KeyError, TypeError):  # the latter for what is no key, such as a list
            raise KeyError(
                f"{self.name} has no layer {checks.shown(name)}: it has {', '.join(self._by_name)}."
            ) from None

    def __repr__(self):
        return f"<Network {self.name}: {len(self.layers)} layers, {self.weights} weights>"

    @property
    def input_shape(self) -> tuple:
        """(H, W, C), None where any size will do.

        (T, C) where it reads signals, (D, H, W, C) volumes, (D,) vectors.
        """
        [source, *_] = self.layers
        assert isinstance(source, Input)  # as _check has found
        return source.shape

    @property
    def channel_order(self) -> str:
        """ "RGB", or "BGR" where it was trained on blue first, and takes arrays in that order."""
        return getattr(self.preprocess, "order", "RGB")

    def in_rgb(self, x: np.ndarray) -> np.ndarray:
        """An array (…, C) in the order that the network was trained with, in RGB."""
        return x[..., ::-1] if self.channel_order == "BGR" else x

    @property
    def ends_with_softmax(self) -> bool:
        """Whether the outputs are probabilities of classes, which add up to 1."""
        last = self.layers[-1].activation
        return last is not None and last.name == "softmax"

    @property
    def weighted(self) -> list[Weighted]:
        """The layers with weights, input first."""
        return [layer for layer in self.layers if isinstance(layer, Weighted)]

    def summary(self) -> None:
        """Print a table of the layers: kind, output shape, weights, and the rule of each.

        A network that stands here can be explained as a whole: layers that have no rule are
        refused by name when a model is read.
        """
        from ..figures.network_summary import text

        print(text(self))

    def shapes(self) -> dict[str, tuple]:
        """Every layer's output shape without the batch axis, None where it varies: {name: tuple}.

        Nothing is computed.
        """
        tensors = self.tensors()
        forward = tf.function(lambda x: self.forward_pass(x, tensors)[0], autograph=False)
        traced = forward.get_concrete_function(tf.TensorSpec((None, *self.input_shape), tf.float32))
        return {name: tuple(x.shape[1:]) for name, x in traced.structured_outputs.items()}

    def as_trained(self) -> list[Layer]:
        """The layers in the order of channels that they were trained with."""
        return flipped(self.layers) if self.channel_order == "BGR" else self.layers

    def _class_count(self):
        for layer in reversed(self.layers):
            if isinstance(layer, Weighted):
                return layer.kernel.shape[-1]
        return 0

    def tensors(self, dtype="float32", products=None):
        """The weights as TensorFlow tensors: {layer name: (kernel, bias or None)}.

        `products`: the type of kernels that `precision` shortens, in which their products are
        computed; `dtype` for None.
        """
        key = dtype, products or dtype
        if key not in self._tensors:
            precision.keep_exact()
            self._tensors[key] = {
                layer.name: (
                    _tensor(layer.kernel, key[precision.is_shortened(layer)]),
                    None if layer.bias is None else _tensor(layer.bias, dtype),
                )
                for layer in self.weighted
            }
        return self._tensors[key]

    def combine(self, tensors, layer, outputs):
        """A layer's output before its activation, from the outputs of the layers before it."""
        xs = [outputs[name] for name in layer.inputs]
        return layer.combine(xs, *tensors.get(layer.name, ()))

    def forward_pass(self, x, tensors, sums=None, combine=None):
        """The forward pass on tensors: every layer's output, and the output's logits.

        `x` is the network's input (B, …), its channels RGB, as `network_input` gives it.
        The logits are what stands before a final softmax or sigmoid, else the output itself.
        A dict `sums` is filled with what the layers with weights put out before their activation.
        `combine(layer, outputs)`, with the outputs so far, takes the place of this network's own.
        """
        combine = combine or partial(self.combine, tensors)
        outputs = {}
        for layer in self.layers:
            if isinstance(layer, Input):
                outputs[layer.name] = x
                continue
            z: Any = combine(layer, outputs)
            outputs[layer.name] = tf.cast(layer.activate(z), x.dtype)
            z = tf.cast(z, x.dtype)  # of a shorter type where the kernel is
            if sums is not None and isinstance(layer, Weighted):
                sums[layer.name] = z
        squashed = layer.activation is not None and layer.activation.name in ("softmax", "sigmoid")
        return outputs, (z if squashed else outputs[layer.name])

    def forward(self, x, dtype: str = "float32") -> dict[str, np.ndarray]:
        """Every layer's output for the network input `x` of shape (B, …): {name: array}.

        `x` has the channels in the order that the network was trained with; outputs are RGB.
        """
        dtype = checks.choice("dtype", dtype, ("float32", "float64"))
        x = checks.finite_array(f"The input of {self.name}", x)
        shape = self.input_shape
        if x.ndim != len(shape) + 1 or any(
            want not in (None, have) for have, want in zip(x.shape[1:], shape, strict=True)
        ):
            raise ValueError(f"{self.name} takes batches of {shape}; got {checks.shown(x)}.")
        outputs, _ = self.forward_pass(
            tf.convert_to_tensor(np.asarray(self.in_rgb(x), dtype)), self.tensors(dtype)
        )
        return {name: output.numpy() for name, output in outputs.items()}

    def __call__(self, x, dtype: str = "float32") -> np.ndarray:
        """The network's output for the input `x` of shape (B, …), as an array (B, classes)."""
        return self.forward(x, dtype)[self.layers[-1].name]

    def nonnegative(self, name: str) -> bool:
        """Whether the outputs of layer `name` can never be below zero."""
        layer = self[name]
        if name not in self._nonnegative:
            self._nonnegative[name] = self._never_below_zero(layer)
        return self._nonnegative[name]

    def _never_below_zero(self, layer):
        if layer.activation is not None and layer.activation.nonnegative:
            return True
        if layer.activation is not None and not layer.activation.keeps_sign:
            return False
        if isinstance(layer, Input) or not layer.keeps_sign:
            return False
        return all(self.nonnegative(source) for source in layer.inputs)

    def reads_input(self, layer: Layer) -> bool:
        """Whether no layer with weights stands between `layer` and the input."""
        sources = [self[name] for name in layer.inputs]
        return not any(
            isinstance(source, Weighted) or not self.reads_input(source) for source in sources
        )

    def padding_mask(self, name, outputs):
        """1 where layer `name` puts out real values, 0 where it puts out padding: (1, …)."""
        layer = self[name]
        if isinstance(layer, PassThrough) and not isinstance(layer, Input):
            return layer.move([self.padding_mask(source, outputs) for source in layer.inputs])
        output = outputs[name]
        if tf.TensorShape(output.shape[1:]).is_fully_defined():
            return tf.ones((1, *output.shape[1:]), output.dtype)
        return tf.ones_like(output[:1])

    def randomized(self, seed: int = 0, down_to: str | None = None) -> "Network":
        """The same network with He-scaled random weights and no bias, reproducible by `seed`.

        w ~ N(0, 2 / fan-in), drawn layer by layer from the input on (He et al. 2015). A BatchNorm
        among the layers drawn, where it is one of its own, is left out: its statistics are trained.
        Other normalisations among them lose scale and offset; positions and class token are 0.
        With `down_to`, a layer's name, the layers below it keep their weights: only those from
        the output down to it are drawn, as `randomized(seed)` draws them (Adebayo et al. 2018,
        "Sanity Checks for Saliency Maps"). Raises ValueError for a layer without weights.
        """
        names = [layer.name for layer in self.weighted]
        if not (down_to is None or (isinstance(down_to, str) and down_to in names)):
            raise ValueError(
                f"{self.name} has no weights to draw in a layer {checks.shown(down_to)}: "
                f"choose one of {', '.join(names)}."
            )
        kept = names[: names.index(down_to)] if down_to else []
        random = np.random.default_rng(checks.seed(seed))
        layers, drawing = [], down_to is None
        for layer in self.as_trained():
            drawing = drawing or layer.name == down_to
            if isinstance(layer, Affine) and drawing and not only_moves_the_input(layer, self):
                layer = replace(layer, scale=np.array(1.0), offset=np.array(0.0), center=None)
            if isinstance(layer, ClassToken) and drawing:
                layer = replace(layer, token=np.zeros_like(layer.token))
            if isinstance(layer, Normalization) and drawing:
                layer = replace(layer, scale=np.array(1.0), offset=np.array(0.0))
            if isinstance(layer, Weighted):
                # Drawn also where it is not used, so that the layers above stay the same.
                drawn = _with_random_weights(layer, random)
                layer = layer if layer.name in kept else drawn
            layers.append(layer)
        word = "partly random" if kept else "random"
        return replace(self, layers=layers, weights=word, seed=seed)


def _names(class_names):
    """Names of classes as a list, checked: a text alone would be one class a letter."""
    names = list(class_names) if np.iterable(class_names) else None
    if names is None or isinstance(class_names, str | bytes | dict):
        raise ValueError(f"class_names must be a list of texts; got {checks.shown(class_names)}.")
    for name in names:
        if not isinstance(name, str):
            raise ValueError(f"class_names must be texts; got {checks.shown(name)} among them.")
    return list(map(str, names))


def _with_random_weights(layer, random):
    spread = np.float32(np.sqrt(2 / layer.fan_in))
    kernel = aligned_empty(layer.kernel.shape)
    random.standard_normal(dtype=np.float32, out=kernel)
    kernel *= spread
    bias = None if layer.bias is None else np.zeros(layer.bias.shape, np.float32)
    return replace(layer, kernel=kernel, bias=bias)


def _tensor(array, dtype):
    """A tensor over the array's own memory where type and alignment fit: no second copy."""
    if dtype == "bfloat16":  # which NumPy does not know
        return tf.cast(array, dtype)
    array = np.ascontiguousarray(array, dtype)
    if gpus():
        return tf.identity(array)  # in the GPU's memory, or each call would copy it there
    aligned = array.ctypes.data % ALIGNMENT == 0  # TensorFlow stops the process on less
    if aligned and array.flags.writeable:
        return tf.experimental.dlpack.from_dlpack(array.__dlpack__())
    return tf.constant(array)


def _check(layers):
    if not layers or not isinstance(layers[0], Input):
        raise ValueError("A network starts with its input layer.")
    if len({layer.name for layer in layers}) < len(layers):
        raise ValueError("Two layers of a network have the same name; names must differ.")
    seen = set()
    for layer in layers:
        for source in layer.inputs:
            if source not in seen:
                raise ValueError(f"Layer {layer.name!r} reads {source!r}, which comes later.")
        seen.add(layer.name)
