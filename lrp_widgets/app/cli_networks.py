"""``lrp-widgets fetch`` and ``networks``, and getting a network with its progress on screen."""

from pathlib import Path

from .._support import memory
from ..networks.keras_file import SUFFIXES
from ..networks.network import Network
from ..networks.preprocessing import BY_NAME
from ..networks.zoo import registry
from .cli_output import DONE, ProgressBar, UsageError, print_table

WAYS_ON = "--network mini-vgg and --weights random need no download"


def list_networks(_options):
    """Print every network, what fetching it takes, and whether it is on the disk."""
    rows = [
        (name, memory.size(size) if size else "in the package", _place(name, size))
        for name, size in ((name, registry.download_size(name)) for name in registry.NAMES)
    ]
    print_table(("network", "download", "on the disk"), rows, "<><")
    return DONE


def fetch_network(options):
    """Fetch the weights of the network `options.name`, unless they are here, and say so."""
    name = options.name
    _check_name(name)
    with ProgressBar() as report:
        registry.fetch(name, progress=report)
    print(f"{name} is on the disk.")
    return DONE


def open_network(options):
    """Return the network of the options, with a progress bar where its weights must be fetched.

    Raises UsageError for an unknown name, ValueError with one sentence where it cannot be had.
    """
    name, weights, seed = options.network, options.weights, options.seed
    if name.endswith(SUFFIXES):
        return _open_file(options)
    if options.classes or options.preprocess:
        raise UsageError(f"--classes and --preprocess are for a file; {name} has its own.")
    _check_name(name)
    memory.require(registry.memory_needed(name), f"The network {name}")
    try:
        with ProgressBar() as report:
            return registry.load_network(name, weights=weights, seed=seed, progress=report)
    except registry.DownloadError as error:
        # The library's advice names its arguments; here it must name ours.
        advice = registry.OFFERS[name].file.advice
        raise ValueError(f"{str(error).removesuffix(advice + '.')}; {WAYS_ON}.") from error


def _open_file(options):
    """The network of a Keras file, with its own weights or random ones."""
    if options.weights not in ("pretrained", "random"):
        raise UsageError(f"{options.network} has its own weights; --weights random draws others.")
    names = _class_names(options.classes) if options.classes else None
    preprocess = BY_NAME[options.preprocess or "as-it-is"]
    network = Network.from_file(options.network, preprocess, names)
    return network.randomized(options.seed) if options.weights == "random" else network


def _class_names(path):
    """The lines of a text file."""
    try:
        return [line.strip() for line in Path(path).read_text("utf-8").splitlines() if line.strip()]
    except UnicodeDecodeError:
        raise ValueError(f"{path} is no text: --classes takes a name a line.") from None


def _check_name(name):
    if name not in registry.NAMES:
        raise UsageError(
            f"There is no network {name!r}; there are {', '.join(registry.NAMES)}, and a "
            f"model of yours as a file, {' or '.join(SUFFIXES)}."
        )


def _place(name, size):
    return "yes" if not size or registry.on_disk(name) else "no"
