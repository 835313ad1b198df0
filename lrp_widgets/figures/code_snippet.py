"""Write the few lines of Python that reproduce what the page shows."""

import json
from dataclasses import fields

from ..lrp.attribution import METHODS, MethodMap
from ..lrp.judging import NONE
from ..lrp.question import Question
from ..networks.zoo import registry
from ..networks.zoo.own import is_own
from .captions import class_label
from .view_settings import View


def as_python(e, picture=None, view=None):
    """Return the code that makes an explanation anew and opens a LayerStepper at the same view.

    picture: the sample's name; None for a picture of one's own, whose path is then to be put in.
    view: a `view_settings.View`; settings left at their defaults are not written.
    Raises ValueError for a network that `load_network` cannot load by its name.
    """
    asked = _explain(e, picture, "from lrp_widgets.widgets import LayerStepper")
    lines = [*asked, "", f"LayerStepper({', '.join(['e', *_looks(view or View())])})"]
    return "\n".join(lines) + "\n"


def compare_as_python(e, second, pictures, looks):
    """Return the code that makes both of "Compare" anew and puts them side by side.

    `second`: an explanation, or a `MethodMap`; `pictures`: the samples' names, None for one of
    one's own; `looks`: {argument of the widget: value}. Raises ValueError as `as_python` does.
    """
    other = isinstance(second, MethodMap)
    public = "attribution, explain" if other else "explain"
    lines = _explain(e, pictures[0], "from lrp_widgets.widgets import Compare", public)
    network, image = "network", "image"
    if _identity(second.network) != _identity(e.network):
        network = "other_network"
        lines += _load(second.network, network)
    if network != "network" or pictures[1] != pictures[0]:
        image = "other_image"
        lines += _read(pictures[1], image, network)
    if other:
        target = _literal(class_label(second.network.class_names, second.target_index))
        asked = f'"{second.method}", {network}, {image}, target={target}'
        lines += [f"second = attribution.map_of({asked})"]
    else:
        lines += _call(second, "second", network, image)
    given = [f"{name}={_literal(value)}" for name, value in looks.items()]
    return "\n".join([*lines, "", f"Compare({', '.join(['e', 'second', *given])})"]) + "\n"


def concept_as_python(layer, channel, difference=None):
    """Return the lines to be put below `as_python`'s: what a channel stands for, what tells apart.

    `channel`: −1 for none; `difference`: (one, other, score) as `Concepts.which` takes them.
    """
    lines = ["", "from lrp_widgets import concepts", "", "found = concepts.concepts_of(network)"]
    if channel >= 0:
        shown = f'concepts.show_channel(found, network, "{layer}", {channel}'
        lines += [
            f"used = {shown})  # its pictures by relevance",
            f'excites = {shown}, "activation")',
            f'print(found.tells("{layer}", {channel})[:3])',
        ]
    if difference:
        asked = ", ".join(f'"{each}"' for each in (layer, *difference))
        lines.append(f"print(found.which({asked})[:3])")
    return "\n".join(lines) + "\n" if len(lines) > 4 else ""


def judge_as_python(e, picture, versus, settings):
    """Return the code that takes the picture apart, and prints the areas between the curves.

    `versus`: the second map, as `lrp.judging.Judging` names it; `settings`: those of a
    `metrics.Perturbation`. Raises ValueError as `as_python` does.
    """
    names = e.network.class_names
    settings = settings | {"target": class_label(names, int(settings["target"]))}
    written = [f"{name}={_literal(value)}" for name, value in settings.items()]
    maps = {"this map": "e.pixels"} | ({} if versus == NONE else {versus: "second"})
    lines = [
        *_explain(e, picture, "from lrp_widgets import attribution, metrics"),
        "",
        f"settings = dict({', '.join(written)})",
        *_second(e, versus),
        *(
            f'print("{name}:", metrics.abpc(network, image, {value}, **settings))'
            for name, value in maps.items()
        ),
        'curve = metrics.perturb(network, image, e.pixels, "morf", **settings)',
        "print(curve.scores)  # the score after each patch, the most relevant first",
        "print(curve.lost_after)  # patches after which the network says another class",
    ]
    return "\n".join(lines) + "\n"


def graph_as_python(e, picture):
    """Return the code that computes the attribution graph, and prints its shares.

    Raises ValueError as `as_python` does.
    """
    lines = [
        *_explain(e, picture, "from lrp_widgets import attribution_graph"),
        "",
        "graph = attribution_graph(e)",
        "for edge in graph.edges:",
        "    upper, lower = edge.source, edge.target",
        '    print(upper.layer, upper.channels, "→", lower.layer, lower.channels, edge.share)',
    ]
    return "\n".join(lines) + "\n"


def _second(e, versus):
    """The line that computes the second map."""
    if versus == NONE:
        return
    if versus in METHODS:
        asked = f'"{versus}", network, image, settings["target"]'
        yield f"second = attribution.map_of({asked}).pixels"
        return
    asked = dict(_explain_settings(e)) | {"rules": versus}
    given = ", ".join(f"{name}={_literal(value)}" for name, value in asked.items())
    yield f"second = explain(network, image, {given}).pixels"


def _explain(e, picture, imported, public="explain"):
    """The lines that make an explanation anew, as `e`, with another line of imports."""
    return [
        f"from lrp_widgets import {public}, load_image, load_network",
        imported,
        "",
        *_load(e.network, "network"),
        *_read(picture, "image", "network"),
        *_call(e, "e", "network", "image"),
    ]


def _identity(network):
    return network.name, network.weights, network.seed


def _load(network, variable):
    """The lines that load a network."""
    if is_own(network.name):
        yield "from lrp_widgets import Network"
        yield f'{variable} = Network.from_file("my.keras")  # your file, preprocess, class_names'
        if network.weights == "random":
            yield f"{variable} = {variable}.randomized({network.seed})"
        return
    if network.name not in registry.NAMES:
        raise ValueError(
            f"Only the networks {', '.join(registry.NAMES)} can be written as Python, "
            f"not {network.name}."
        )
    own_weights = network.weights == "file"
    yield (
        f'{variable} = load_network("{network.name}", {_weights(network)})'
        + "  # put your weights' path here" * own_weights
    )


def _read(picture, variable, network):
    """The line that reads a picture for the network in a variable."""
    remark = "" if picture else "  # put your picture's path here"
    yield f'{variable} = load_image("{picture or "picture.png"}", {network}){remark}'


def _call(e, variable, network, image):
    """The lines that explain an image by the network in a variable."""
    yield f"{variable} = explain("
    yield f"    {network},"
    yield f"    {image},"
    yield from (f"    {name}={_literal(value)}," for name, value in _explain_settings(e))
    yield ")"


def _weights(network):
    if network.weights == "random":
        return f'weights="random", seed={network.seed}'
    return 'weights="weights.h5"' if network.weights == "file" else 'weights="pretrained"'


def _explain_settings(e):
    yield "pooling", e.pooling
    yield "start", e.start
    for name in ("target", "other"):
        number = getattr(e, f"{name}_index")
        if number is not None:
            yield name, class_label(e.network.class_names, int(number))
    for field in fields(Question):
        value = e.settings.get(field.name, field.default)
        if field.name != "pooling" and value != field.default:
            yield field.name, e.through if field.name == "through" else value


def _literal(value):
    """Python for a value; text in double quotes, as in the lines around it."""
    plain = isinstance(value, str | dict)
    return json.dumps(value, ensure_ascii=False) if plain else repr(value)


def _looks(view):
    for field in fields(View):
        value = getattr(view, field.name)
        if value != field.default:
            yield f"{field.name}={_literal(value)}"
