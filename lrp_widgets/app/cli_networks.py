"""``lrp-widgets fetch`` and ``networks``, and getting a network with its progress on screen."""

from .._support import memory
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


def open_network(name, weights, seed):
    """Return a network for `explain`, with a progress bar where its weights must be fetched.

    Raises UsageError for an unknown name, ValueError with one sentence where it cannot be had.
    """
    _check_name(name)
    memory.require(registry.memory_needed(name), f"The network {name}")
    try:
        with ProgressBar() as report:
            return registry.load_network(name, weights=weights, seed=seed, progress=report)
    except registry.DownloadError as error:
        # The library's advice names its arguments; here it must name ours.
        advice = registry.OFFERS[name].file.advice
        raise ValueError(f"{str(error).removesuffix(advice + '.')}; {WAYS_ON}.") from error


def _check_name(name):
    if name not in registry.NAMES:
        raise UsageError(f"There is no network {name!r}; there are {', '.join(registry.NAMES)}.")


def _place(name, size):
    return "yes" if not size or registry.on_disk(name) else "no"
