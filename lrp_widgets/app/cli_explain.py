"""``lrp-widgets explain``: pictures in, one PNG each and a table out."""

import re
import sys

from tqdm import tqdm

from .._support import checks, number_words
from .._support.checks import spelled_out
from ..lrp import composites, conservation_warning, rule_words
from ..lrp import targets as starts
from ..lrp.map_measures import measure
from ..lrp.through import path_through, words
from ..media.images import load_image, object_mask
from ..session import QUESTION
from .cli_networks import open_network
from .cli_output import SOME_FAILED, UsageError, print_table
from .cli_pictures import each_picture, exit_code, told_pictures


def explain_pictures(options):
    """Explain every picture that the options name; return the exit code.

    Figures go to the folder `options.out`, the table to the output, what fails to the error
    output while the rest go on. Raises UsageError for options that do not go together, ValueError
    where the network cannot be had.
    """
    start = choose_start(options)
    sources, failures = told_pictures(options.paths)
    if not sources:
        return SOME_FAILED
    network = open_network(options)
    settings = explain_settings(options, network, start)
    out, rows = checks.path("--out", options.out), []

    def explain_one(source, target):
        rows.append(_explain_one(source, target, network, settings, options))

    failures += each_picture(sources, out, "Explaining", explain_one)
    _print_table(rows, network, options.rules, options.through)
    return exit_code(failures, "explained")


def choose_start(options):
    """Return --start; a class without one asks for its probability, two for their contrast."""
    if options.start is None and options.other is not None:
        return "contrast"
    if options.start == "softmax" and options.target is not None:
        raise UsageError(
            "--start softmax explains all classes at once: leave out --target, or choose "
            "--start probability, logit or contrast."
        )
    if options.start not in (None, "contrast") and options.other is not None:
        raise UsageError("--other goes with --start contrast only.")
    return options.start


def explain_settings(options, network, start):
    """Return the arguments of `explain`, checked against the network once for all pictures."""
    if start is None and options.target is not None and network.ends_with_softmax:
        start = "probability"
    try:
        composites.assign(network, options.rules, options.pooling)
        path_through(network, options.through)
        start = starts.choose(network, start)
        target, other = (class_of(network, text) for text in (options.target, options.other))
    except ValueError as error:
        raise UsageError(error) from error
    if target is not None and target == other:
        raise UsageError("--target and --other name the same class; a contrast needs two.")
    given = {name: getattr(options, name) for name in QUESTION if hasattr(options, name)}
    return given | {"start": start, "target": target, "other": other}


def class_of(network, text):
    """Return the number of a class that an option names, by number or name; None for None."""
    if text is None:
        return None
    is_number = re.fullmatch(r"\d{1,19}", text, re.ASCII) and text not in network.class_names
    return starts.class_index(network, int(text) if is_number else text)


def _explain_one(source, target, network, settings, options):
    """Write one figure; return its row of the table."""
    from ..figures.plots import plot_heatmap
    from ..lrp.explain import explain

    e = explain(network, load_image(source, network), **settings)
    measures = measure(e, object_mask(source, *e.layers[0].shape[:2]))
    figure = plot_heatmap(e, options.channels, options.colormap, options.scale, measures=measures)
    figure.savefig(target, dpi=150)
    if warning := conservation_warning.warning(e):
        tqdm.write(f"lrp-widgets: {spelled_out(str(source))}: {warning}", sys.stderr)
    name, value = e.prediction[0]
    reached = number_words.share(e.layers[0].total, e.start_total)
    return str(source), name, f"{value:.3f}", reached, *_measured(measures), str(target)


def _measured(measures):
    """Half of Σ|R|, on the object and brightness, in words for the table."""
    count, places = (next(iter(each.values())) for each in (measures.half, measures.places))
    half = "–" if count is None else number_words.share(count, places)
    on_object = "–"
    if measures.on_object is not None:
        share, area = (number_words.share(v, 1) for v in (measures.on_object, measures.area))
        on_object = f"{share} (area {area})"
    bright = "–" if measures.brightness is None else number_words.correlation(measures.brightness)
    return half, on_object, bright


def _print_table(rows, network, rules, through):
    if not rows:
        return
    output = "probability" if network.ends_with_softmax else "output"
    measured = ("half of |R| in", "on the object", "with brightness")
    head = ("picture", "top class", output, "reached the pixels", *measured, "figure")
    print_table(head, rows, "<<>>>>><")
    print(
        "half of |R| in: of the pixels; 50 % where all are equal. on the object: of |R|, known for "
        "drawn scenes. with brightness: rank correlation of |R|, 0 by chance."
    )
    if network.weights == "random":
        print("Random weights: the names of the classes mean nothing.")
    if through:
        print(f"Only what passes through {words(through)} is followed.")
    print(f"Rules: {rule_words.rule_words(composites.choose(network, rules).name)}.")
