"""``lrp-widgets fetch`` and ``networks``, and getting a network with its progress on screen."""

from . import memory, models
from .cli_output import DONE, ProgressBar, UsageError, print_table

WAYS_ON = "--network mini-vgg and --weights random need no download"


def list_networks():
    """Print every network, what fetching it takes, and whether it is on the disk."""
    rows = [
        (name, memory.size(size) if size else "in the package", _place(name, size))
        for name, size in ((name, models.download_size(name)) for name in models.NAMES)
    ]
    print_table(("network", "download", "on the disk"), rows, "<><")
    return DONE


def fetch_network(name):
    """Fetch a network's weights, unless they are here, and say so."""
    _check_name(name)
    with ProgressBar() as report:
        models.fetch(name, progress=report)
    print(f"{name} is on the disk.")
    return DONE


def open_network(name, weights, seed):
    """Return a network for `explain`, with a progress bar where its weights must be fetched.

    Raises UsageError for an unknown name, ValueError with one sentence where it cannot be had.
    """
    _check_name(name)
    memory.require(models.memory_needed(name), f"The network {name}")
    try:
        with ProgressBar() as report:
            return models.load_network(name, weights=weights, seed=seed, progress=report)
    except models.DownloadError as error:
        # The library's advice names its arguments; here it must name ours.
        advice = models.OFFERS[name].file.advice
        raise ValueError(f"{str(error).removesuffix(advice + '.')}; {WAYS_ON}.") from error


def _check_name(name):
    if name not in models.NAMES:
        raise UsageError(f"There is no network {name!r}; there are {', '.join(models.NAMES)}.")


def _place(name, size):
    return "yes" if not size or models.on_disk(name) else "no"
