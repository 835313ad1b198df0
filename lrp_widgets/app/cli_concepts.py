"""``lrp-widgets concepts``: a folder of pictures in, what every channel stands for out."""

import sys
from pathlib import Path

from tqdm import tqdm

from .._support.checks import spelled_out
from ..lrp.composites import assign
from ..lrp.concepts import Concepts, PictureFiles
from ..lrp.concepts.collecting import Collector, collect
from ..lrp.concepts.finding import cached_file, own_rules
from .cli_networks import open_network
from .cli_output import DONE, SOME_FAILED, UsageError


def find_in_folder(options):
    """Go through the folder `options.folder`; return the exit code.

    What is found is written to the cache folder, where `concepts_of` finds it. What there is so far
    lies beside it until the end, and the same command goes on from there. Memory does not grow with
    the folder. Raises UsageError for what the options name and does not exist, and OSError where
    the cache folder cannot be written.
    """
    folder = Path(options.folder).expanduser()
    if not folder.is_dir():
        raise UsageError(f'There is no folder "{options.folder}".')
    files = sorted(path for path in folder.rglob("*") if path.is_file() and _is_seen(path, folder))
    if not files:
        raise UsageError(f'The folder "{options.folder}" holds no pictures.')
    network = open_network(options)
    if len(network.input_shape) != 3:
        raise UsageError(f"{network.name} does not take pictures.")
    rules = options.rules or own_rules(network)
    try:
        assign(network, rules)
    except ValueError as error:
        raise UsageError(error) from error
    pictures = PictureFiles.of(files, folder.name)
    collector = Collector(network, pictures, rules)
    target = cached_file(network)
    kept = target.with_suffix(".part.npz")
    read = _collect(collector, network, pictures, kept)
    kept.unlink(missing_ok=True)
    if not read:
        print("lrp-widgets: None of the files is a picture that can be read.", file=sys.stderr)
        return SOME_FAILED
    Concepts.of(collector, pictures).save(target)
    print(f"{read:,} of {len(pictures):,} pictures, {len(collector.shapes)} layers by {rules}.")
    print(target)
    return DONE if read == len(pictures) else SOME_FAILED


def _collect(collector, network, pictures, kept):
    """Go through all pictures with a bar; return how many could be read.

    Broken off, what there is so far is written down first.
    """
    if collector.resume(kept):
        print(f"Going on after {collector.done:,} pictures.")
    with tqdm(total=len(pictures), initial=collector.done, desc="Concepts", unit="picture") as bar:

        def told(done, failed):
            for _, sentence in failed:
                tqdm.write(f"lrp-widgets: {spelled_out(sentence)}", sys.stderr)
            bar.update(done - bar.n)

        try:
            collect(collector, network, pictures, kept, told)
        except KeyboardInterrupt:
            collector.save(kept)
            raise
    return int((collector.classes >= 0).sum())


def _is_seen(path, folder):
    """Whether neither the file nor a folder that it lies in is hidden."""
    return not any(part.startswith(".") for part in path.relative_to(folder).parts)
