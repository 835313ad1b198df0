"""Write a widget as one HTML file, which any browser shows without a network."""

import base64
import hashlib
import json
import re
from functools import lru_cache
from pathlib import Path

import anywidget

from ... import __version__
from ..._support import checks
from ..._support.templates import template
from ..shared.built import FOLDER, built
from .payload import Payload

_HERE = Path(__file__).parent
BUILT = _HERE / "built"
MOST = 7_700_000  # characters of a payload: learning platforms often take no more than 8 MB
JUPYTERS = {"layout", "tabbable", "tooltip"}  # of every widget; nothing of ours reads them


def export_page(widget, path, title="", words="", code="", **units):
    """Write `widget` to the file `path`, as a page that needs no Python any more.

        export_page(LayerStepper(explain(network, image)), "star.html")

    The page begins with what the widget shows now. It opens from a disk and asks nothing of any
    host; its own content security policy allows the scripts in it, by their hashes, and nothing
    else. What only a kernel could answer is not offered on it, and a widget that computes with each
    move stands still. `title` and `words` stand above the widget, and `code`, the lines of Python
    that reproduce it. A widget with a microscope takes three arguments more: `units`, how many of
    each layer can be opened on the page, the strongest (default 3); `marked`, others, as in
    `[("fc1", (12,))]`; `network`, where its explanation holds none. Returns the path. Raises
    TypeError for what is not a widget of this package, OSError where the file cannot be written.
    """
    path = checks.path("path", path)
    path.write_text(prepare({"widget": widget}, title, words, code, **units)(), "utf-8")
    return path


def prepare(widgets, title, words="", code="", **units):
    """Return a function that makes a page with widgets in it, {id: widget}, as one text.

    What the widgets show is read at once; the function may be called in the background.
    """
    make_parts = prepare_parts(widgets, dict.fromkeys(widgets, units))
    style = styles(widgets.values())

    def make():
        payload, scripts = make_parts()
        return template("page.html.j2", _HERE).render(
            title=title or "Layer-wise Relevance Propagation",
            words=words,
            code=code,
            places=[(name, lives(widget)) for name, widget in widgets.items()],
            policy=policy(scripts, style),
            style=style,
            payload=payload,
            scripts=scripts,
            version=__version__,
        )

    return make


def lives(widget):
    """Whether a widget does all that it offers without a kernel; others stand still on a page.

    One whose JavaScript tells a kernel something does not, unless its class has `needs_kernel`
    False.
    """
    asks = re.search(r"\.(send|save_changes)\(", str(widget._esm)) is not None
    return not getattr(widget, "needs_kernel", asks)


def prepare_parts(widgets, given):
    """As `prepare`, for a page of one's own: the function returns its payload and its scripts.

    `given`: {id: what the widget's `for_page` takes}. The function takes what else the payload
    shall carry.
    """
    read = {name: _read(widget, given[name]) for name, widget in widgets.items()}

    def make(**more):
        carried = {name: (*state, work()) for name, (*state, work) in read.items()}
        modules = dict.fromkeys(module for module, *_ in carried.values())
        scripts = [*(_script(module) for module in modules), _script("page/host.js")]
        return _payload(carried, more), scripts

    return make


def styles(widgets):
    """Return the style sheets of widgets, each once, and that of exported pages."""
    own = (_HERE / "page.css").read_text("utf-8")
    return "\n".join([*dict.fromkeys(str(widget._css) for widget in widgets), own])


def _payload(carried, more):
    """The payload of all widgets: everything, or as much as lets the page stay small."""
    ranks = {rank for *_, made in carried.values() for *_, rank in made.get("answers", ())}
    for most in sorted(ranks | {0}, reverse=True):
        payload = Payload()
        widgets = {name: _carry(payload, most, *each) for name, each in carried.items()}
        text = payload.text({"widgets": widgets, **more})
        if len(text) <= MOST:
            break
    return text


def _read(widget, units):
    """A widget's module, its state, what of it is stored in pieces, and what makes its answers."""
    module = _module(widget)
    names = [name for name in widget.keys if not name.startswith("_") and name not in JUPYTERS]
    pieces = widget.page_pieces() if hasattr(widget, "page_pieces") else {}
    make = widget.for_page(**units) if hasattr(widget, "for_page") else dict
    return module, widget.get_state(names), pieces, make


def _carry(payload, most, module, state, pieces, made):
    """What a page knows of a widget, in JSON, with answers up to the rank `most`."""
    answers = {
        key(message): {"content": content, "buffers": [payload.put(*parts)]}
        for message, content, parts, rank in made.get("answers", ())
        if rank <= most
    }
    stored = {name: payload.put(*each) for name, each in pieces.items()}
    return {"module": module, "state": state | stored, **made, "answers": answers}


def key(message):
    """Return a message as one text, as `keyOf` in model.js does."""
    return json.dumps(message, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def policy(scripts, style):
    """Return the content security policy of a page: its own scripts and styles, nothing else."""
    rules = {
        "default-src": ["'none'"],
        "script-src": [_hash(script) for script in scripts],
        "style-src": [_hash(style)],
        "img-src": ["data:"],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
    }
    return "; ".join(" ".join([name, *values]) for name, values in rules.items())


def _hash(text):
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@lru_cache(maxsize=1)
def _modules():
    """{a built module's text: its name}."""
    return {p.read_text("utf-8"): p.relative_to(FOLDER).as_posix() for p in FOLDER.rglob("*.js")}


def _module(widget):
    text = str(getattr(widget, "_esm", "")) if isinstance(widget, anywidget.AnyWidget) else ""
    if text not in _modules():
        _modules.cache_clear()  # `make watch` may have built it anew
    if text not in _modules():
        raise TypeError(
            f"{type(widget).__name__} is no widget of lrp_widgets.widgets, of which a page can be "
            "made; LayerStepper, Microscope and Compare are."
        )
    return _modules()[text]


def _script(name):
    return built(name, BUILT).read_text("utf-8").replace("</script", "<\\/script")
