"""Pictures that a command line names: found, given a file for the result each, and worked off."""

import os
import sys
from pathlib import Path

from tqdm import tqdm

from .._support.checks import spelled_out
from ..media.images import SAMPLES, ImageError, load_image
from .cli_output import DONE, SOME_FAILED, sentence


def told_pictures(paths):
    """As `find_pictures`; what failed stands on the error output."""
    sources, failures = find_pictures(paths)
    for failure in failures:
        print(f"lrp-widgets: {spelled_out(failure)}", file=sys.stderr)
    return sources, failures


def each_picture(sources, out, doing, work):
    """Call `work(source, file)` for every picture, with its `name_results` in the folder `out`.

    The folder is made on need. A bar shows what it is `doing`. Returns the errors of those that
    failed, each told on the error output while the rest go on.
    """
    out.mkdir(parents=True, exist_ok=True)
    failures = []
    with tqdm(total=len(sources), desc=doing, unit="picture") as bar:
        for source, file in zip(sources, name_results(sources, out), strict=True):
            bar.set_postfix_str(spelled_out(Path(source).name))
            try:
                work(source, file)
            except (ValueError, OSError) as error:
                failures.append(error)
                # What is wrong with a picture's file names it already.
                named = isinstance(error, ImageError | OSError)
                name = "" if named else f"{spelled_out(str(source))}: "
                tqdm.write(f"lrp-widgets: {name}{sentence(error)}", sys.stderr)
            bar.update()
    return failures


def exit_code(failures, done):
    """Return the code of a command that has `done` its pictures, "explained"; say what failed."""
    if failures:
        print(f"{len(failures)} could not be {done}; the error output says why.")
    return SOME_FAILED if failures else DONE


def find_pictures(paths):
    """Return what to explain, and a sentence for every path that holds nothing.

    A sample's name is the sample; of a folder, all files count that are not hidden, by name.
    """
    sources, failures = [], []
    for path in paths:
        if path in SAMPLES:
            sources.append(path)
        elif os.path.isdir(path):
            files = sorted(p for p in Path(path).iterdir() if p.is_file() and p.name[0] != ".")
            sources += files
            if not files:
                failures.append(f'The folder "{path}" holds no pictures.')
        elif os.path.isfile(path):
            sources.append(Path(path))
        else:
            failures.append(_why_missing(path))
    return sources, failures


def name_results(sources, out):
    """Return a file in the folder `out` for every source, each different, none of them a source.

    The name is the source's with .png; where that is taken, a number follows it. Names that differ
    in case only count as equal, as some file systems take them.
    """
    taken = {_plain(source) for source in sources if isinstance(source, Path)}
    results = []
    for source in sources:
        stem, count = Path(source).stem, 1
        result = out / f"{stem}.png"
        while _plain(result) in taken:
            count += 1
            result = out / f"{stem}_{count}.png"
        taken.add(_plain(result))
        results.append(result)
    return results


def _plain(path):
    return str(path.resolve()).casefold()


def _why_missing(path):
    if os.path.exists(path):
        return f'"{path}" is neither a file nor a folder.'
    try:
        load_image(path)
    except ImageError as error:
        return str(error)
