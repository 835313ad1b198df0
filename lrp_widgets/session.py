"""What a person asks for, and the one place that answers: a request in, an explanation out."""

import gc
import threading
from collections import OrderedDict
from dataclasses import MISSING, dataclass, field, replace

from ._support import memory
from ._support.downloads import Cancelled
from ._support.lazy_tensorflow import has_tensorflow, load_tensorflow
from .lrp.attribution import map_of
from .lrp.composites import rules_text
from .lrp.explain import explain
from .lrp.judging import METHOD_WORDS
from .lrp.live_frame import explain_frame
from .lrp.map_measures import class_map
from .lrp.question import Question
from .lrp.rule_syntax import OWN
from .lrp.settings import like, setting, settings, whole_number
from .media.images import load_image
from .networks.blocks import blocks
from .networks.layers import Convolution, Window
from .networks.receptive_fields import sliding
from .networks.zoo import registry

# Explanations kept for when one is asked for again, in bytes; VGG16's takes about 120 MB, most
# others a tenth of that.
KEPT = 128 * 2**20

# Networks kept at the same time, in bytes: two small ones to compare, but only one VGG.
KEPT_NETWORKS = 512 * 2**20

# Maps of other classes kept for comparisons: one of VGG16 takes 0.2 MB.
KEPT_CLASS_MAPS = 32

LARGEST_SEED = 2**31 - 1

QUESTION = settings(Question)

# Explanations above this size (bytes) leave memory behind that is worth the time to give it back.
LARGE = 16 * 2**20


@dataclass(frozen=True)
class Request(Question):
    """A question about one picture to one network; equal requests have equal answers.

        Request("cat", "vgg16", rules="epsilon-plus", start="logit")

    `picture`: a sample's name, or an uploaded file's bytes; `network`, `weights` and `seed` are the
    arguments of `load_network`, the others those of `explain`.
    """

    picture: str | bytes = setting(
        MISSING,
        "Picture",
        "The picture x that the network looks at: a photograph, a drawn scene, or yours.",
        option="",
    )
    network: str = setting(
        MISSING, "Network", "The network whose answer is traced back to the pixels."
    )
    weights: str = setting(
        "pretrained",
        "Weights",
        "Trained weights w, or random ones, with which relevance spreads about evenly.",
        words={"pretrained": "pretrained", "random": "random"},
    )
    seed: int = setting(
        0,
        "Seed",
        "The number from which the random weights are drawn; the same seed, the same weights.",
        whole_number(0, LARGEST_SEED),
        least=0,
        most=LARGEST_SEED,
        follows="weights",
    )
    rules: str = like(QUESTION["rules"], OWN, read=rules_text)

    @property
    def essential(self):
        """The request without what makes no difference to its answer."""
        return replace(
            self,
            seed=self.seed if self.weights == "random" else 0,
            target=None if self.start == "softmax" else self.target,
            other=self.other if self.start == "contrast" else None,
        )

    @property
    def settings(self):
        """The arguments of `explain` besides network and picture."""
        return {name: getattr(self, name) for name in QUESTION}


# The settings of a request, network and picture first.
REQUEST = dict(sorted(settings(Request).items(), key=lambda item: item[0] in QUESTION))


@dataclass(frozen=True)
class MapRequest:
    """What `Session.map` is asked: one picture's map by a method that is not LRP.

        MapRequest.of(request, "occlusion", target=3)

    `method`: one of `attribution.METHODS`; every method explains a class's logit, `target`, by
    default the top class's. Rules, pooling and the like make no difference to it.
    """

    method: str
    picture: str | bytes
    network: str
    weights: str
    seed: int
    target: int | None

    @classmethod
    def of(cls, request, method, target=None):
        """That of a `Request`'s picture and network."""
        seed = request.seed if request.weights == "random" else 0
        return cls(method, request.picture, request.network, request.weights, seed, target)


@dataclass(frozen=True)
class NetworkInfo:
    """What an explanation's reader wants to know of the network, without its weights."""

    name: str
    weights: str
    seed: int | None
    class_names: list[str]
    default_rules: str = "z-plus"
    blocks: dict[str, tuple[str, ...]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


class Inspector:
    """Looks closer at one explanation: at its units, and at the four steps of its layers.

        Inspector(e).unit("fc1", (12,))

    `network` is needed where `e.network` is only a `NetworkInfo`; without it both methods raise
    ValueError, as they do for what the explanation has not.
    """

    def __init__(self, explanation, network=None):
        self.explanation = explanation
        self._network = network or explanation.network
        self._examiner = None  # it keeps what all units of a dense layer have in common

    def unit(self, layer, index):
        """Return the arithmetic of one unit, a `unit_arithmetic.Unit`."""
        from .lrp.unit_arithmetic import Examiner

        if self._examiner is None:
            self._examiner = Examiner(self.explanation, self._have_network())
        return self._examiner.unit(layer, index)

    def steps(self, layer):
        """Return a layer's four steps, `layer_steps.FourSteps`, and how its window slides.

        The window is a `receptive_fields.Sliding`, None for a layer without one.
        """
        from .lrp.layer_steps import four_steps

        network = self._have_network()
        found = four_steps(self.explanation, layer, network)
        below = self.explanation[network[layer].inputs[0]]
        return found, _window(network[layer], below.shape)

    def channels(self, layer):
        """Return a layer's strongest channels, a `channel_maps.RankedChannels`."""
        from .lrp.channel_maps import ranked_channels

        return ranked_channels(self.explanation, layer, network=self._have_network())

    def concept(self, layer, channel, cancel=None):
        """Return what a channel stands for, a `concepts.ShownChannel`.

        Raises Cancelled once `cancel`, a threading.Event, is set; the next call goes on from there.
        """
        from .lrp.concepts import concepts_of, show_both

        def stop_if_asked(done, of):
            if cancel is not None and cancel.is_set():
                raise Cancelled("Something else was asked meanwhile.")

        network = self._have_network()
        return show_both(concepts_of(network, stop_if_asked), network, layer, channel)

    def telling(self, layer, difference, count=12):
        """Return a layer's channels that tell a `difference` apart best: (one, other, score).

        As `Concepts.which` does.
        """
        from .lrp.concepts import concepts_of

        return concepts_of(self._have_network()).which(layer, *difference, count=count)

    def graph(self, report=None):
        """Return the `attribution_graph.AttributionGraph`; `report(fraction)` as there."""
        from .lrp.attribution_graph import attribution_graph

        return attribution_graph(self.explanation, network=self._have_network(), report=report)

    def _have_network(self):
        if not hasattr(self._network, "layers"):
            raise ValueError(
                "This explanation holds no network to compute with: give the one it was made "
                "with, as in Microscope(e, network=network)."
            )
        return self._network


class Session:
    """Answers requests with values, and keeps the last networks and explanations.

        session = Session()
        e = session.explain(Request("cat", "tiny-darknet"))

    Each method takes a `Request`; `report(text, fraction)` is told what is going on (fraction −1
    where it is unknown), and `cancel`, a threading.Event, ends a download. Several pages may share
    a session: its threads wait for each other. All raise ValueError, with one sentence, for what
    cannot be answered.

    `load(name, weights, seed, report, cancel)` → network, `read(picture, network)` → array,
    `explain(network, image, **settings)` → explanation, `live(network, frame, **settings)` → live
    frame and `memory_needed(name)` → bytes default to this package's own; tests and other backends
    give theirs.
    """

    def __init__(
        self, load=None, read=None, explain=None, memory_needed=None, kept=KEPT, live=None
    ):
        self._load = load or _load
        self._read = read or load_image
        self._explain = explain or _explain
        self._explain_beside = explain or _explain_beside
        self._live = live or _live
        self._memory_needed = memory_needed or registry.memory_needed
        self._kept = kept
        self._answers = OrderedDict()  # Request -> (explanation, bytes), the oldest first
        self._networks = OrderedDict()  # (name, weights, seed) -> network, the oldest first
        self._image = None  # the picture read last, and for which network
        self._inspected = None  # a request, and the Inspector of its explanation
        self._class_maps = OrderedDict()  # Request -> ClassMap, the oldest first
        self._lock = threading.Lock()  # of what is kept
        self._working = threading.Lock()

    def known(self, request):
        """Return the explanation if it is at hand, else None. May be called from any thread."""
        with self._lock:
            if request not in self._answers:
                return None
            self._answers.move_to_end(request)
            return self._answers[request][0]

    def explain(self, request, report=None, cancel=None):
        """Return the explanation that `request` asks for; its network is a `NetworkInfo`."""
        with self._working:
            return self._known_or_made(request, report or _say_nothing, cancel)

    def unit(self, request, layer, index, cancel=None):
        """Return the `unit_arithmetic.Unit` of a request's explanation."""
        return self._inspector(request, cancel).unit(layer, index)

    def steps(self, request, layer, cancel=None):
        """Return a layer's four steps and its window, as `Inspector.steps` does."""
        return self._inspector(request, cancel).steps(layer)

    def channels(self, request, layer, cancel=None):
        """Return a layer's strongest channels, a `channel_maps.RankedChannels`."""
        inspector = self._inspector(request, cancel)
        with self._working:
            return inspector.channels(layer)

    def concept(self, request, layer, channel, cancel=None):
        """Return what a channel stands for, a `concepts.ShownChannel`."""
        inspector = self._inspector(request, cancel)
        with self._working:
            return inspector.concept(layer, channel, cancel)

    def telling(self, request, layer, difference, cancel=None):
        """Return a layer's channels that tell a `difference` apart: (one, other, score)."""
        inspector = self._inspector(request, cancel)
        with self._working:
            return inspector.telling(layer, difference)

    def graph(self, request, report=None, cancel=None):
        """Return a request's `AttributionGraph`; `report(fraction)` may raise to end it."""
        inspector = self._inspector(request, cancel)
        with self._working:
            return inspector.graph(report)

    def class_map(self, request):
        """Return the `map_measures.ClassMap` of a request, to compare the one on the screen with.

        It takes the place of nothing that is kept for the next answer. None where the network is
        no longer at hand: for a comparison none is loaded.
        """
        with self._working:
            if request not in self._class_maps:
                explanation = self.known(request) or self._explain_aside(request)
                if explanation is None:
                    return None
                self._keep_class_map(request, explanation)
            self._class_maps.move_to_end(request)
            return self._class_maps[request]

    def measure(self, request, function, report=None, cancel=None):
        """Return `function(network, image)` of a request's network and picture.

        For measures that ask the network themselves, as `metrics.perturb` does.
        """
        with self._working:
            report = report or _say_nothing
            network = self._get_network(request, report, cancel)
            return function(network, self._get_image(request, network, report))

    def map(self, request, report=None, cancel=None):
        """Return the `attribution.MethodMap` of a `MapRequest`; its network is a `NetworkInfo`.

        It is kept as explanations are. Raises Cancelled soon after `cancel` is set.
        """
        with self._working:
            return self.known(request) or self._make_map(request, report or _say_nothing, cancel)

    def live(self, request, frame, channels, report=None, cancel=None, precision="exact"):
        """Return the live frame of a picture file's bytes, or of an array (`live_frame`).

        The request's own picture and dtype play no part, and nothing is kept.
        """
        with self._working:
            network = self._get_network(request, report or _say_nothing, cancel)
            return self._live(
                network,
                self._read(frame, network),
                channels=channels,
                precision=precision,
                **{name: each for name, each in request.settings.items() if name != "dtype"},
            )

    def _known_or_made(self, request, report, cancel):
        return self.known(request) or self._answer(request, report, cancel)

    def _answer(self, request, report, cancel):
        network = self._get_network(request, report, cancel)
        image = self._get_image(request, network, report)
        report("Explaining", -1)
        explanation = self._explain(network, image, **request.settings)
        explanation = replace(explanation, network=_info(network))
        self._keep(request, explanation)
        if _bytes(explanation) > LARGE:
            memory.give_back()
        return explanation

    def _make_map(self, request, report, cancel):
        network = self._get_network(request, report, cancel)
        image = self._get_image(request, network, report)
        words = f"Computing {METHOD_WORDS[request.method]}"

        def progress(done, count):
            if cancel is not None and cancel.is_set():
                raise Cancelled(f"{words} was cancelled.")
            report(words, done / count)

        report(words, -1)
        found = map_of(request.method, network, image, request.target, progress)
        found = replace(found, network=_info(network))
        self._keep(request, found)
        return found

    def _inspector(self, request, cancel):
        """Of a request's explanation; its network is loaded again where another took its place."""
        with self._working:
            if self._inspected is None or self._inspected[0] != request:
                explanation = self._known_or_made(request, _say_nothing, cancel)
                network = self._get_network(request, _say_nothing, cancel)
                self._inspected = (request, Inspector(explanation, network))
            return self._inspected[1]

    def _explain_aside(self, request):
        network = self._networks.get((request.network, request.weights, request.seed))
        if network is None:
            return None
        image = self._get_image(request, network, _say_nothing)
        return self._explain_beside(network, image, **request.settings)

    def _keep_class_map(self, request, explanation):
        self._class_maps[request] = class_map(explanation)
        if len(self._class_maps) > KEPT_CLASS_MAPS:
            self._class_maps.popitem(last=False)
        if _bytes(explanation) > LARGE:
            memory.give_back()

    def _get_network(self, request, report, cancel):
        key = (request.network, request.weights, request.seed)
        if key not in self._networks:
            self._make_room(request.network)
            network = self._load(request.network, request.weights, request.seed, report, cancel)
            self._networks[key] = network
        self._networks.move_to_end(key)
        return self._networks[key]

    def _get_image(self, request, network, report):
        """The picture as the network takes it; the last one is kept, for another rule or class."""
        key = request.picture, request.network
        if self._image is None or self._image[0] != key:
            report("Reading the picture", -1)
            self._image = key, self._read(request.picture, network)
        return self._image[1]

    def _make_room(self, name):
        """Let old networks go before another comes: two large ones would not fit a small machine.

        Raises NotEnoughMemory, and keeps them, where it would not fit even so.
        """
        needed = self._memory_needed(name)
        held = {key: self._memory_needed(key[0]) for key in self._networks}
        going = []
        while held and needed + sum(held.values()) > KEPT_NETWORKS:
            oldest = next(iter(held))
            going.append((oldest, held.pop(oldest)))
        memory.require(needed, f"The network {name}", freed=sum(size for _, size in going))
        for key, _ in going:
            _runner(self._networks.pop(key)).stop()
            self._inspected = None  # it may hold that network
        if going:
            gc.collect()  # what is compiled for a network refers to it, as it does to that
            memory.give_back()

    def _keep(self, request, explanation):
        with self._lock:
            self._answers[request] = (explanation, _bytes(explanation))
            # The newest stays whatever it takes: it is on the screen.
            while len(self._answers) > 1 and sum(n for _, n in self._answers.values()) > self._kept:
                self._answers.popitem(last=False)


def _info(network):
    return NetworkInfo(
        network.name,
        network.weights,
        network.seed,
        network.class_names,
        network.default_rules,
        blocks(network),
        network.notes,
    )


def _window(layer, shape):
    """How a layer's window slides over its input; None where none does."""
    if not isinstance(layer, Convolution | Window) or len(shape) != 3:
        return None
    return sliding(layer, shape)


def _runner(network):
    """The network's runner; who asks first has TensorFlow loaded already."""
    from .lrp.engine.runner import runner_of

    return runner_of(network)


def _bytes(explanation):
    return sum(layer.activation.nbytes + layer.relevance.nbytes for layer in explanation.layers)


def _say_nothing(text, fraction):
    pass


def _load(name, weights, seed, report, cancel):
    if not has_tensorflow():
        report("Loading TensorFlow", -1)
        load_tensorflow()

    report(f"Reading the {weights} weights of {name}", -1)

    def progress(done, total, text):
        report(text, done / total if total else -1)

    return registry.load_network(name, weights=weights, seed=seed, progress=progress, cancel=cancel)


def _explain(network, image, **settings):
    explanation = explain(network, image, **settings)
    _runner(network).compile_aside()
    return explanation


def _explain_beside(network, image, **settings):
    with _runner(network).beside():
        return explain(network, image, **settings)


def _live(network, frame, **settings):
    found = explain_frame(network, frame, **settings)
    _runner(network).compile_aside()
    return found
