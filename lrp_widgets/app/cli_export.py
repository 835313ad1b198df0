"""``lrp-widgets export``: an explanation, or the lessons, as pages that need no server."""

from dataclasses import replace
from pathlib import Path

from .._support import checks, memory
from .._support.checks import spelled_out
from ..figures import captions
from ..figures.code_snippet import as_python
from ..figures.view_settings import View
from ..lrp.map_measures import class_map, compare, measure
from ..media.images import SAMPLES, load_image, object_mask
from .cli_explain import choose_start, explain_settings
from .cli_networks import open_network
from .cli_output import DONE, UsageError

LOOKS = {
    "channels": "view",
    "colormap": "colormap",
    "scale": "scale",
}  # option: the stepper's trait


LESSONS = "lessons"
PAGE, SITE = "lrp.html", "site"  # where it goes by default


def export(options):
    """Write what `options.picture` names: a page that explains it, or all lessons."""
    if options.picture == LESSONS:
        return _export_lessons(checks.path("--out", options.out or SITE))
    return _export_picture(options, checks.path("--out", options.out or PAGE))


def _export_lessons(out):
    from ..widgets.lessons.site.lesson_pages import write_lessons

    if out.is_file():
        raise UsageError(f'--out names the file "{out}": the lessons are a folder.')
    try:
        write_lessons(out)
    except RuntimeError as error:
        raise ValueError(str(error)) from error
    print(f'"{spelled_out(str(out))}" holds the lessons: index.html opens them in any browser.')
    return DONE


def _export_picture(options, out):
    """Explain a picture and write the page; return the exit code.

    Raises UsageError for options that do not go together, ValueError where the picture or the
    network cannot be had.
    """
    from ..lrp.explain import explain
    from ..widgets.page.export import export_page
    from ..widgets.stepper.stepper import LayerStepper

    start = choose_start(options)
    if out.is_dir():
        raise UsageError(f'--out names the folder "{out}": a page is a file, such as lrp.html.')
    network = open_network(options)
    settings = explain_settings(options, network, start)
    image = load_image(options.picture, network)
    e = explain(network, image, **settings)
    looks = {trait: getattr(options, name) for name, trait in LOOKS.items()}
    stepper = LayerStepper(**looks)
    stepper.current = _layer(options.layer, e)
    stepper.measure = lambda e: None
    stepper.show(e)
    stepper.show_measures(e, _measured(e, image, options.picture, settings))
    out.parent.mkdir(parents=True, exist_ok=True)
    marked = [_unit(text, e) for text in options.unit]
    title = f"{Path(options.picture).stem}: {captions.explained(e)}"
    words = captions.settings_line(e)
    sample = options.picture if options.picture in SAMPLES else None
    code = as_python(e, sample, View(current=stepper.current, **looks))
    export_page(stepper, out, title, words, code, units=options.units, marked=marked)
    size = memory.size(out.stat().st_size)
    print(f'"{spelled_out(str(out))}" has {size} and opens in any browser, without a network.')
    return DONE


def _layer(name, e):
    """The layer that the page begins with: the input, where the backward pass ends."""
    if name is None:
        return e.layers[0].name
    if name not in e.totals:
        raise UsageError(f"There is no layer {name!r}; there are {', '.join(e.totals)}.")
    return name


def _unit(text, e):
    """A unit that the page shall carry, such as block2_conv1:3,4,7."""
    from ..widgets.microscope.unit_payload import has_unit

    layer, _, numbers = text.rpartition(":")
    index = tuple(int(each) for each in numbers.split(",") if each.strip().isdecimal())
    if len(index) != numbers.count(",") + 1 or not has_unit(e, layer, index):
        raise UsageError(
            f"There is no unit {text!r}; a unit is a layer and its numbers, such as "
            "block2_conv1:3,4,7 (row, column, channel) or fc1:12."
        )
    return layer, index


def _measured(e, image, picture, settings):
    """The measures of the map, as the dashboard shows them."""
    from ..lrp.explain import explain
    from ..widgets.shared.measuring import comparison

    shape = e.layers[0].shape
    found = measure(e, object_mask(picture, *shape[:2]) if len(shape) == 3 else None)
    other = comparison(e)
    if other is None:
        return found
    question = settings | {"start": "logit", "target": other.target, "other": None}
    correlation = compare(class_map(e), class_map(explain(e.network, image, **question)))
    return replace(found, compared=replace(other, correlation=correlation))
