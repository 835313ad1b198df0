"""Write the few lines of Python that reproduce what the page shows."""

import json
from dataclasses import fields

from ..lrp.attribution.methods import METHODS
from ..lrp.judging import NONE
from ..lrp.question import Question
from ..networks.zoo import registry
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


def _second(e, versus):
    """The line that computes the second map."""
    if versus == NONE:
        return
    if versus in METHODS:
        yield f'second = attribution.method("{versus}")(network, image, settings["target"])'
        return
    asked = dict(_explain_settings(e)) | {"rules": versus}
    given = ", ".join(f"{name}={_literal(value)}" for name, value in asked.items())
    yield f"second = explain(network, image, {given}).pixels"


def _explain(e, picture, imported):
    """The lines that make an explanation anew, as `e`, with another line of imports."""
    network = e.network
    if network.name not in registry.NAMES:
        raise ValueError(
            f"Only the networks {', '.join(registry.NAMES)} can be written as Python, "
            f"not {network.name}."
        )
    own_weights = network.weights == "file"
    return [
        "from lrp_widgets import explain, load_image, load_network",
        imported,
        "",
        f'network = load_network("{network.name}", {_weights(network)})'
        + "  # put your weights' path here" * own_weights,
        f'image = load_image("{picture}", network)'
        if picture
        else 'image = load_image("picture.png", network)  # put your picture\'s path here',
        "e = explain(",
        "    network,",
        "    image,",
        *(f"    {name}={_literal(value)}," for name, value in _explain_settings(e)),
        ")",
    ]


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
