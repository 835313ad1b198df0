"""Open a network of the visitor's own: its file comes in pieces, and is read in the background."""

import tempfile
from pathlib import Path

import anywidget
import traitlets

from ..._support import memory
from ..._support.host_limits import host_limit
from ..._support.lazy_tensorflow import has_tensorflow, load_tensorflow
from ...networks.keras_file import SUFFIXES
from ...networks.preprocessing import BY_NAME
from ...networks.zoo import own
from ..shared.background import Worker
from ..shared.built import built
from .requests import sentence

# Bytes that are taken where the host says nothing else, and those of one piece.
LARGEST = 100_000_000
PIECE = 1_000_000

# What the network was trained on, by the words of the command line's --preprocess.
PIXELS = {
    "as-it-is": "0 to 255, as they are",
    "unit": "0 to 1",
    "signed-unit": "−1 to 1",
    "torch": "as PyTorch's ImageNet networks",
    "caffe": "as Keras's VGG and ResNet50 (BGR)",
}


def most_bytes():
    """Return the bytes of the largest: LRP_WIDGETS_MAX_NETWORK_BYTES, 0 for none, or 100 MB."""
    return host_limit("LRP_WIDGETS_MAX_NETWORK_BYTES", LARGEST, least=0)


class NetworkOpener(anywidget.AnyWidget):
    """A drawer of the control column by which a visitor opens a Keras model of their own.

        opener = NetworkOpener()
        opener.opened = lambda network: …      # called on the widgets' thread with each network

    The browser sends "begin", "piece" and "close"; `pixels` and `names` are what it chooses, one
    class name a line. While a file is read `status` says so; `error` is why it cannot be,
    `unread` each layer with its reason, and `summary` the network that was opened.
    """

    _esm = built("settings/network_file.js")
    _css = built("settings/network_file.css")

    largest = traitlets.Int(help="in bytes; the host's limit").tag(sync=True)
    suffixes = traitlets.List(traitlets.Unicode(), list(SUFFIXES)).tag(sync=True)
    choices = traitlets.List(list(map(list, PIXELS.items()))).tag(sync=True)
    pixels = traitlets.Enum(list(PIXELS), "as-it-is").tag(sync=True)
    names = traitlets.Unicode("").tag(sync=True)
    status = traitlets.Unicode("").tag(sync=True)
    error = traitlets.Unicode("").tag(sync=True)
    unread = traitlets.List(traitlets.List(traitlets.Unicode())).tag(sync=True)
    title = traitlets.Unicode("").tag(sync=True)
    summary = traitlets.Unicode("").tag(sync=True)
    disabled = traitlets.Bool(False).tag(sync=True)

    def __init__(self, **traits):
        super().__init__(**{"largest": most_bytes(), **traits})
        self.opened = lambda network: None
        self._worker = Worker()
        self._file = None  # the one that is coming
        self._network = None  # the one that was opened last, and its file's name
        self.on_msg(self._receive)

    def wait(self, timeout=None):
        """Wait until nothing is read any more; return whether that came within `timeout`."""
        return self._worker.wait(timeout)

    def _receive(self, _widget, message, buffers):
        if self.disabled:
            return
        try:
            match message.get("type"):
                case "begin":
                    self._begin(str(message["name"]), int(message["size"]))
                case "piece" if self._file is not None:
                    self._take(bytes(buffers[0]))
                case "close":
                    self._close()
                case "apply":
                    self._apply()
        except (ValueError, OSError) as error:
            self._refuse(str(error))

    def _begin(self, name, size):
        self._close()
        self._say("", [])
        self._file = _ComingFile(name, size)
        self._more()

    def _more(self):
        self.send({"type": "more", "received": self._file.received, "piece": PIECE})

    def _take(self, piece):
        if not self._file.take(piece):
            self._more()
            return
        file, self._file = self._file, None
        self.send({"type": "sent"})
        self.status = f"Reading {file.name}"
        self._worker.submit(lambda cancel: self._read(file, cancel))

    def _close(self):
        self._worker.cancel()
        file, self._file = self._file, None
        if file is not None:
            file.close()
        self.status = ""

    def _refuse(self, text):
        self._close()
        self._say(text, [])
        self.send({"type": "sent"})

    def _say(self, error, unread):
        with self.hold_sync():
            self.error, self.unread, self.status = error, unread, ""

    # In the background

    def _read(self, file, cancel):
        deliver = self._worker.deliver
        try:
            if not has_tensorflow():
                deliver(self._report, "Loading TensorFlow")
                load_tensorflow()
            deliver(self._report, f"Reading the layers of {file.name}")
            found = _read(file)
            if not cancel.is_set():
                deliver(self._show, file.name, *found)
        except Exception as error:
            if not cancel.is_set():
                deliver(self._say, sentence(error), [])
        finally:
            file.close()

    # On the widgets' thread

    def _report(self, text):
        self.status = text

    def _show(self, file, network, unread):
        if unread:
            count = len(unread)
            words = "One layer" if count == 1 else f"{count} layers"
            self._say(f"{words} of {file} cannot be read.", unread)
            return
        self._network = network, file
        self._apply()

    def _apply(self):
        """Keep the network with the class names and pixels that are chosen, and hand it on."""
        if self._network is None:
            return
        network, file = self._network
        network = network.with_weights(
            {},
            class_names=class_names(self.names, network),
            preprocess=BY_NAME[self.pixels],
        )
        kept = own.keep(network, file)
        self._say("", [])
        self.title, self.summary = kept.name, _summary(kept)
        self.opened(kept)


class _ComingFile:
    """A file that arrives in pieces, in a temporary folder of its own until it is closed."""

    def __init__(self, name, size):
        largest = most_bytes()
        if not largest:
            raise ValueError("This server opens no networks of its visitors.")
        self.name = Path(name.replace("\\", "/")).name[:80] or "The file"
        suffix = Path(self.name).suffix.lower()
        if suffix not in SUFFIXES:
            raise ValueError(f"{self.name} is no {' or '.join(SUFFIXES)} file.")
        if size > largest:
            raise ValueError(
                f"{self.name} has {size / 1e6:.0f} MB; networks of up to {largest / 1e6:.0f} MB "
                "are taken."
            )
        if size <= 0:
            raise ValueError(f"{self.name} is empty.")
        self.size, self.received = size, 0
        self._folder = tempfile.TemporaryDirectory()
        self.path = Path(self._folder.name) / f"network{suffix}"

    def take(self, piece):
        """Add a piece; return whether the file is complete."""
        self.received += len(piece)
        if self.received > self.size:
            raise ValueError(f"More of {self.name} came than was announced; open it again.")
        try:
            with self.path.open("ab") as file:
                file.write(piece)
        except OSError as error:
            raise ValueError(f"There is no room for {self.name} ({error.strerror}).") from error
        return self.received == self.size

    def close(self):
        self._folder.cleanup()


def _read(file):
    """(the network in a file, why each layer that cannot be read cannot be, [(name, sentence)])."""
    from ...networks.from_keras import unread
    from ...networks.keras_file import load_model
    from ...networks.network import Network

    memory.require(own.memory_needed(file.size), f"The network in {file.name}")
    try:
        model = load_model(file.path)
    except ValueError as error:
        raise ValueError(str(error).replace(file.path.name, file.name)) from None
    problems = [[name, why] for name, why in unread(model).items()]
    if problems:
        return None, problems
    network = Network.from_keras(model)
    _check(network, file.name)
    return network, []


def _check(network, file):
    """Raise ValueError, one sentence, for a network that the page has nothing to show to."""
    shape = network.input_shape
    if len(shape) != 3 or shape[-1] not in (1, 3):
        raise ValueError(
            f"The network in {file} reads {_words(shape)}; the page shows pictures alone, of one "
            "channel or three: explain it in Python."
        )
    output = network.shapes()[network.layers[-1].name]
    if len(output) != 1:
        raise ValueError(
            f"The network in {file} puts out {_words(output)}, not one score a class: only "
            "networks that end in a vector of classes can be explained."
        )


def _words(shape):
    return " × ".join("any" if size is None else str(size) for size in shape)


def class_names(text, network):
    """The class names of a text, one a line or with commas between; the network's own for none."""
    parts = text.splitlines() if "\n" in text.strip() else text.split(",")
    names = [part.strip() for part in parts if part.strip()]
    count = len(network.class_names)
    if names and len(names) != count:
        raise ValueError(
            f"The network has {count} classes, but {len(names)} class names were given: give one "
            "for each, or none."
        )
    return names or [f"class {k}" for k in range(count)]


def _summary(network):
    from ...figures.network_summary import text

    return text(network)
